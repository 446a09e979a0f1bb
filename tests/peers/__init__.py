"""Clients written by others, as integrators use them, for the tests to call the doors with."""
