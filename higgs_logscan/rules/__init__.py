"""One file per rule, in one folder per area. They never import each other; `catalogue` lists them."""
