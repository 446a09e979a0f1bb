"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["tests.databases", "tests.peers.fixtures"]

# The same examples on every run and every machine; slow machines are not failures.
settings.register_profile("reproducible", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("reproducible")
