"""`_scanner`, compiled for processors with AVX2: see setup.py."""

include "_scanner.pyx"
