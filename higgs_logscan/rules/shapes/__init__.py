"""Rules of the area `shapes`, one a file."""
