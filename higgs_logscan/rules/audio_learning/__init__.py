"""Rules of the area `audio-learning`, one a file."""
