"""A call center emulator: one switch, and every documented system a door onto it."""

__version__ = "0.1.0"
