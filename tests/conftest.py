"""What all tests share."""

from __future__ import annotations

from hypothesis import settings
from hypothesis.internal.conjecture import providers

pytest_plugins = ["tests.databases", "tests.peers.fixtures"]

# The same examples on every run and every machine; slow machines are not failures.
settings.register_profile("reproducible", derandomize=True, deadline=None, print_blob=True)
# Other examples on each run: `make explore`.
settings.register_profile("exploring", derandomize=False, deadline=None, print_blob=True)
settings.load_profile("reproducible")

# Hypothesis also tries the constants of all modules of ours that are loaded. Which ones are differs
# from worker to worker, and so would the examples; there is no setting for it.
providers._get_local_constants = lambda: providers._local_constants
