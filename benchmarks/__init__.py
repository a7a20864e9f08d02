"""Figures with their floors beside them, measured in one interleaved run: `make bench`."""
