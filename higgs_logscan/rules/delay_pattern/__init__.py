"""Rules of the area `delay-pattern`, one a file."""
