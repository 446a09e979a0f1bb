"""How late the event loop is: a callback that should come at regular intervals of wire time."""

from __future__ import annotations

import asyncio

from emulator.traffic.meter import Durations

INTERVAL = 0.25
"""Seconds between two looks."""


class LoopLag:
    """Measures from the first time that somebody asks for it."""

    __slots__ = ("_due", "_timer", "late")

    def __init__(self) -> None:
        self.late = Durations()
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    def start(self) -> None:
        """Begin to measure, unless that is being done."""
        if self._timer is None:
            self._wait(asyncio.get_running_loop())

    def stop(self) -> None:
        """Measure no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = loop.time() + INTERVAL
        self._timer = loop.call_at(self._due, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self.late.note(max(0.0, loop.time() - self._due))
        self._wait(loop)
