"""Rules of the area `text-learning`, one a file."""
