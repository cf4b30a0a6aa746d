"""Rules of the area `incidents`, one a file."""
