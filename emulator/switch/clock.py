"""The domain clock: real, scaled, frozen or virtual (rule 2).

The switch itself only knows the instant it was last advanced to. A platform asks this clock for
the instant and advances the switch to it. All times are integer microseconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

MICROSECONDS = 1_000_000
END_OF_TIME = 253_402_300_800_000_000
"""µs since the epoch until the year 10000: no clock shows that."""


class ClockMode(StrEnum):
    REAL = "real"
    SCALED = "scaled"
    FROZEN = "frozen"
    VIRTUAL = "virtual"
    """Stands still like FROZEN, and never follows the source again."""


@dataclass(frozen=True, slots=True)
class ClockState:
    """What a clock showed, and how it went on: `scale` domain seconds for each real one."""

    now: int
    mode: ClockMode
    scale: float


class Clock:
    """Domain time that follows a source of real time at a scale, or stands still.

    `source` returns microseconds of real time and never goes back. A virtual clock needs none.
    A clock of scale 0 begins frozen.
    """

    __slots__ = ("_base", "_mark", "_mode", "_scale", "_source")

    def __init__(
        self, start: int, source: Callable[[], int] | None = None, *, scale: float = 1.0
    ) -> None:
        self._source = source
        self._base = start
        self._mark = source() if source else 0
        self._scale = scale or 1.0
        self._mode = ClockMode.VIRTUAL
        if source is not None and scale == 0:
            self._mode = ClockMode.FROZEN
        elif source is not None:
            self._mode = ClockMode.REAL if scale == 1.0 else ClockMode.SCALED

    @property
    def mode(self) -> ClockMode:
        return self._mode

    @property
    def scale(self) -> float:
        """Domain seconds for each real second; 0 while the clock stands still."""
        return self._scale if self._runs else 0.0

    @property
    def _runs(self) -> bool:
        return self._mode in (ClockMode.REAL, ClockMode.SCALED)

    def now(self) -> int:
        """The instant, in microseconds since the epoch."""
        if self._source is None or not self._runs:
            return self._base
        elapsed = self._source() - self._mark
        if self._mode is ClockMode.REAL:
            return self._base + elapsed
        return self._base + int(elapsed * self._scale)

    def freeze(self) -> None:
        """Stand still from now on."""
        self._base = self.now()
        if self._source is not None:
            self._mode = ClockMode.FROZEN

    def run(self, scale: float = 1.0) -> None:
        """Follow the source again, `scale` domain seconds for each real one (0 < scale ≤ 1000)."""
        if self._source is None:
            raise ValueError("a virtual clock has no source to follow")
        if not 0 < scale <= 1000:
            raise ValueError("the scale must be above 0 and at most 1000")
        self._base = self.now()
        self._mark = self._source()
        self._scale = scale
        self._mode = ClockMode.REAL if scale == 1.0 else ClockMode.SCALED

    def state(self, now: int) -> ClockState:
        """How it goes, as if it showed `now`."""
        return ClockState(now, self._mode, self._scale)

    def take_up(self, state: ClockState) -> None:
        """Show what another clock showed, and go on as it did; without a source it stands still."""
        self._base = state.now
        self._scale = state.scale
        if self._source is not None:
            self._mark = self._source()
            virtual = state.mode is ClockMode.VIRTUAL
            self._mode = ClockMode.FROZEN if virtual else state.mode

    def advance(self, microseconds: int) -> int:
        """Move forward by hand; returns the new instant."""
        if microseconds < 0:
            raise ValueError("time does not go back")
        self._base += microseconds
        return self.now()

    def wait_for(self, deadline: int) -> float | None:
        """Real seconds until domain time reaches `deadline`; None if it never does by itself."""
        if not self._runs:
            return None
        return max(0.0, (deadline - self.now()) / self._scale / MICROSECONDS)
