"""Rules of the area `alignment`, one a file."""
