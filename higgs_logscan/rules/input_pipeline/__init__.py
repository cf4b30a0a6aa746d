"""Rules of the area `input-pipeline`, one a file."""
