"""How many requests came to the doors, and how long their answers took.

Every request counts, whether or not the journal keeps it. A request that the interface holds until
there is something to tell is measured apart: its time is no latency. Nothing of this is kept in
snapshots, for it tells of the process.
"""

from __future__ import annotations

from bisect import bisect_left
from time import perf_counter
from typing import Any

ANSWERED = "emulator.answered"
"""Key under which the status of the answer is put into the scope by whoever writes it."""
HELD = "emulator.held"
"""Key of requests that wait for something to happen before they are answered."""

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends of the buckets in seconds; what took longer is in one more."""

METHODS = frozenset({"GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"})
OTHER = "other"


class Durations:
    """A histogram."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0

    def note(self, seconds: float) -> None:
        """Count one duration."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds


class RequestMeter:
    """The requests of one world, by component (the prefix of its addresses)."""

    __slots__ = ("answered", "held", "in_progress", "took")

    def __init__(self) -> None:
        self.answered: dict[tuple[str, str, int], int] = {}
        """By component, method, and class of the status (2: 200 to 299; 0: not answered)."""
        self.took: dict[str, Durations] = {}
        self.held: dict[str, Durations] = {}
        self.in_progress: dict[str, int] = {}

    async def serve(self, component: str, door: Any, scope: Any, receive: Any, send: Any) -> None:
        """Have the door serve the request, and count it."""
        in_progress = self.in_progress
        in_progress[component] = in_progress.get(component, 0) + 1
        begun = perf_counter()
        try:
            await door(scope, receive, send)
        finally:
            seconds = perf_counter() - begun
            in_progress[component] -= 1
            method = scope["method"]
            if method not in METHODS:
                method = OTHER
            key = (component, method, scope.get(ANSWERED, 0) // 100)
            self.answered[key] = self.answered.get(key, 0) + 1
            durations = self.held if HELD in scope else self.took
            found = durations.get(component)
            if found is None:
                found = durations[component] = Durations()
            found.note(seconds)
