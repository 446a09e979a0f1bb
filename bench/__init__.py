"""Measurements: `python -m bench.simulation`."""
