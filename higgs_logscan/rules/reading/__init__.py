"""Rules of the area `reading`, one a file."""
