"""A run in this process, as fast as real time or so many times as fast."""

from __future__ import annotations

import pytest

from emulator.scenario.doors.pacing import Pace, play_paced
from emulator.scenario.engine.run import GoesOn, Run
from emulator.scenario.result import Result
from tests.scenario.support import callers, play, scenario, team

FIELDS = {"streams": [callers("1s", "5s", "2min")], "agents": [team(wrap_up="10s")]}


class Sleeper:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


def paced(run: Run, scale: float, sleeper: Sleeper, goes_on: GoesOn | None = None) -> Result:
    return run.play(goes_on, Pace(run, scale, goes_on, sleeper.monotonic, sleeper.sleep).wait)


def test_a_paced_run_gives_what_a_run_in_virtual_time_gives() -> None:
    assert paced(Run(scenario(**FIELDS)), 60, Sleeper()) == play(**FIELDS).result


def test_at_sixty_times_the_speed_an_hour_takes_a_minute() -> None:
    sleeper = Sleeper()
    paced(Run(scenario(**FIELDS)), 60, sleeper)
    assert sum(sleeper.slept) == pytest.approx(60, abs=0.1)


def test_nobody_sleeps_for_longer_than_people_wait_after_ctrl_c() -> None:
    sleeper = Sleeper()
    paced(Run(scenario(**FIELDS)), 1, sleeper)
    assert max(sleeper.slept) <= 0.2


def test_what_is_late_is_made_up_for_without_sleeping() -> None:
    sleeper = Sleeper()
    run = Run(scenario(**FIELDS))
    pace = Pace(run, 1, None, sleeper.monotonic, sleeper.sleep)
    sleeper.now += 3600
    run.play(None, pace.wait)
    assert not sleeper.slept


def test_a_paced_run_that_is_not_to_go_on_gives_what_was_seen_until_then() -> None:
    def for_the_first_minute(run: Run) -> bool:
        return run.now < run.begins + 60_000_000

    result = paced(Run(scenario(**FIELDS)), 1, Sleeper(), for_the_first_minute)
    assert not result.complete
    assert result.dialled == 2


def test_time_does_not_run_backwards_or_stand_still() -> None:
    with pytest.raises(ValueError, match="scales above 0"):
        play_paced(Run(scenario()), 0)


def test_a_run_can_be_played_in_real_time() -> None:
    run = Run(scenario(duration="1s", streams=[callers("100ms")], agents=[team(talk="200ms")]))
    assert play_paced(run, 10).value("answered") == 1
