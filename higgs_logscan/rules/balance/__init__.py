"""Rules of the area `balance`, one a file."""
