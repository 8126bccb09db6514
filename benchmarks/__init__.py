"""Benchmarks: scripts that anyone can run; see `python -m benchmarks --help`."""
