"""Plays a run on a switch in this process as fast as real time, or so many times as fast."""

from __future__ import annotations

import time
from collections.abc import Callable

from emulator.scenario.engine.run import GoesOn, Run
from emulator.scenario.file.quantities import SECOND
from emulator.scenario.result import Result

LONGEST_SLEEP_S = 0.2
"""After so long it is asked whether to go on."""


class Pace:
    """Has a run wait until real time has come as far; what it lags behind it makes up for."""

    def __init__(
        self,
        run: Run,
        scale: float,
        goes_on: GoesOn | None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._run = run
        self._scale = scale
        self._goes_on = goes_on
        self._monotonic = monotonic
        self._sleep = sleep
        self._begun = monotonic()
        self._begin = run.now

    def wait(self, instant: int) -> bool:
        """Sleep until the instant (µs of the run) has come; False: it is not to go on."""
        due = self._begun + (instant - self._begin) / SECOND / self._scale
        while (left := due - self._monotonic()) > 0:
            self._sleep(min(left, LONGEST_SLEEP_S))
            if self._goes_on is not None and not self._goes_on(self._run):
                return False
        return True


def play_paced(run: Run, scale: float = 1.0, goes_on: GoesOn | None = None) -> Result:
    """Play a run, `scale` of its seconds in a real one; partly, if `goes_on` says no.

    It is asked several times a real second. ValueError: the scale is not above 0.
    """
    if not scale > 0:
        raise ValueError("a run can be played at scales above 0")
    return run.play(goes_on, Pace(run, scale, goes_on).wait)
