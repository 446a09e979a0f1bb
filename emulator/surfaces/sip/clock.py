"""Wire time (rule 2): SIP timers run in real seconds, or by the hand of a test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Protocol


class Handle(Protocol):
    """A call that waits for its time."""

    def cancel(self) -> None:
        """Forget the call; without effect after it was made."""


class WireClock(Protocol):
    """Where SIP timers come from; seconds, from any origin, never going back."""

    def now(self) -> float: ...

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Handle: ...


class LoopClock:
    """The clock of an event loop: of the running one if none is named."""

    __slots__ = ("_loop",)

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = loop or asyncio.get_running_loop()

    def now(self) -> float:
        return self._loop.time()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Handle:
        return self._loop.call_later(seconds, callback)


class _Alarm:
    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class ManualClock:
    """A clock that stands still until a test advances it."""

    __slots__ = ("_alarms", "_now", "_sequence")

    def __init__(self, now: float = 0.0) -> None:
        self._now = now
        self._sequence = 0
        self._alarms: list[tuple[float, int, _Alarm]] = []

    @property
    def waiting(self) -> int:
        """Calls that are neither made nor cancelled."""
        return sum(alarm.callback is not None for _, _, alarm in self._alarms)

    def now(self) -> float:
        return self._now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Handle:
        alarm = _Alarm(callback)
        self._sequence += 1
        heappush(self._alarms, (self._now + seconds, self._sequence, alarm))
        return alarm

    def advance(self, seconds: float) -> None:
        """Make every call that falls due in the next `seconds`, each at its own instant."""
        end = self._now + seconds
        while self._alarms and self._alarms[0][0] <= end:
            self._now, _, alarm = heappop(self._alarms)
            callback, alarm.callback = alarm.callback, None
            if callback is not None:
                callback()
        self._now = end
