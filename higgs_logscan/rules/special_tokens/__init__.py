"""Rules of the area `special-tokens`, one a file."""
