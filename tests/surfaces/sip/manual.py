"""Wire time that stands still until a test moves it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush

from emulator.surfaces.sip.clock import Handle
from tests.contract.world import World


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


class ClockOf(ManualClock):
    """A clock for the doors of a world: what falls due does so inside its event loop."""

    __slots__ = ("_world",)

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def advance(self, seconds: float) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            self._world.do(lambda _: super(ClockOf, self).advance(seconds))
        else:  # who is called back may take its time
            super().advance(seconds)
