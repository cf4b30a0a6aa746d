"""One file per way of writing a log. They never import each other; `catalogue` lists them."""
