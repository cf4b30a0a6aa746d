"""Rules of the area `optimisation`, one a file."""
