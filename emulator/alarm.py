"""Wakes a world when the next timer of its switch is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from emulator.switch.clock import Clock


class Alarm:
    """One wake-up call at a time, in the event loop in which it was started."""

    __slots__ = ("_clock", "_handle", "_next_deadline", "_on", "_ring", "_soon")

    def __init__(
        self, clock: Clock, next_deadline: Callable[[], int | None], ring: Callable[[], object]
    ) -> None:
        """`next_deadline` says when something is due (domain time, µs); `ring` is called then."""
        self._clock = clock
        self._next_deadline = next_deadline
        self._ring = ring
        self._handle: asyncio.TimerHandle | None = None
        self._on = False
        self._soon = False

    def start(self) -> None:
        """Wake from now on."""
        self._on = True
        self.set()

    def stop(self) -> None:
        """Wake nobody any more."""
        self._on = False
        self._cancel()

    def set_soon(self) -> None:
        """Something may be due earlier now: look once, when the present work is done."""
        if self._on and not self._soon:
            self._soon = True
            asyncio.get_running_loop().call_soon(self.set)

    def set(self) -> None:
        """Look when the next timer is due."""
        self._soon = False
        if not self._on:
            return
        self._cancel()
        deadline = self._next_deadline()
        wait = None if deadline is None else self._clock.wait_for(deadline)
        if wait is not None:
            self._handle = asyncio.get_running_loop().call_later(wait, self._wake)

    def _wake(self) -> None:
        self._handle = None
        self._ring()
        self.set()

    def _cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
