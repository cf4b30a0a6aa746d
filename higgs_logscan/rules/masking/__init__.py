"""Rules of the area `masking`, one a file."""
