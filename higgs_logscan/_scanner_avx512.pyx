"""`_scanner`, compiled for processors with AVX-512: see setup.py."""

include "_scanner.pyx"
