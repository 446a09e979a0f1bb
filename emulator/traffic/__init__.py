"""What passes through the doors: kept in a journal, and disturbed on request.

A door that attends to it asks `Traffic` before it serves a request which faults the request meets,
and tells it afterwards what came of the request. While neither is wanted (`attends` is false) a
door serves as if it were not there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

from emulator.traffic.faults import Faults
from emulator.traffic.journal import Journal
from emulator.traffic.meter import RequestMeter

__all__ = ["Traffic"]

TenantOf = Callable[[int, str], int]
"""The tenant of an agent or else of an application; 0 if neither is known."""


class Traffic:
    """Journal, faults and meter of one world."""

    __slots__ = ("failed_polls", "faults", "journal", "meter", "monotonic", "now", "tenant_of")

    def __init__(
        self, journal: Journal, random: Random, now: Callable[[], int], tenant_of: TenantOf
    ) -> None:
        """`now` gives domain time in microseconds; `random` decides about probabilities."""
        self.journal = journal
        self.now = now
        self.tenant_of = tenant_of
        self.faults = Faults(random, now)
        self.meter = RequestMeter()
        self.monotonic: Callable[[], float] = time.perf_counter
        """Wire time, in seconds."""
        self.failed_polls: dict[int, float] = {}
        """Agents whose last poll had another status than 200, and when that was (wire time)."""

    @property
    def attends(self) -> bool:
        """Whether doors have to show their requests at all."""
        return self.journal.recording or bool(self.faults.for_requests)
