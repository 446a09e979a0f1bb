"""When customers call: every kind of arrivals, and every kind of distribution."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import mean, stdev
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from emulator.scenario.file.arrivals import Arrival, Arrivals, Period
from emulator.scenario.file.distributions import ENDLESS, Distribution
from emulator.scenario.file.quantities import SECOND, duration, rate, spelled, time_of_day
from emulator.scenario.file.tables import TableError

HOUR = 3600 * SECOND
EIGHT = 8 * HOUR
ARRIVALS: TypeAdapter[Any] = TypeAdapter(Arrivals)
DISTRIBUTIONS: TypeAdapter[Any] = TypeAdapter(Distribution)


def calls(form: dict[str, Any], length: int = HOUR, weekday: int = 0, **more: Any) -> list[Arrival]:
    """Everybody who calls in a run that begins at eight."""
    period = Period(EIGHT, length, weekday, **more)
    return list(ARRIVALS.validate_python(form).arrivals(period, Random(1)))


def seconds(form: dict[str, Any], length: int = HOUR, weekday: int = 0) -> list[float]:
    """When they call, in seconds after the begin."""
    return [it.at / SECOND for it in calls(form, length, weekday)]


# Quantities


@pytest.mark.parametrize(
    ("written", "microseconds"),
    [
        (90, 9e7),
        (0.5, 5e5),
        ("90s", 90e6),
        ("1h30min", 5400e6),
        ("2 min 5 s", 125e6),
        ("3ms", 3e3),
    ],
)
def test_durations_are_written_as_people_write_them(written: Any, microseconds: float) -> None:
    assert duration(written) == microseconds


@pytest.mark.parametrize("written", ["", "soon", "-1s", -1, True, None, "1x", "1s nonsense", [1]])
def test_what_is_no_duration_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match="must be a duration"):
        duration(written)


@given(st.integers(0, 10**14))
def test_a_duration_that_is_spelled_out_is_read_again(microseconds: int) -> None:
    rounded = microseconds // SECOND * SECOND
    assert duration(spelled(rounded)) == rounded


def test_rates_are_per_second_or_per_anything() -> None:
    assert (rate(2), rate("120/h"), rate("48/min")) == (2, 120 / 3600, 0.8)


def test_the_day_ends_at_24() -> None:
    assert time_of_day("24:00") == 24 * HOUR
    with pytest.raises(ValueError, match="time of day"):
        time_of_day("25:00")


# Arrivals


def test_fixed_times_are_put_in_order_and_end_with_the_run() -> None:
    assert seconds({"at": ["10s", 5, "2h"]}) == [5, 10]


def test_constant_arrivals_come_at_equal_distances() -> None:
    assert seconds({"constant": "6/min"}, 60 * SECOND) == [0, 10, 20, 30, 40, 50]
    assert seconds({"constant": 0}) == []


def test_poisson_arrivals_have_their_rate_and_the_spread_of_chance() -> None:
    found = seconds({"poisson": "1/s"}, 100 * HOUR)
    gaps = [after - before for before, after in pairwise(found)]
    assert len(found) == pytest.approx(360_000, rel=0.01)
    assert stdev(gaps) == pytest.approx(mean(gaps), rel=0.02)


def test_a_profile_has_its_numbers_in_its_intervals() -> None:
    form = {"profile": {"step": "15min", "from": "08:15", "calls": [2, 0, 1], "spread": "even"}}
    assert seconds(form) == [900, 1350, 2700]


def test_a_profile_knows_the_days_of_the_week() -> None:
    profile = {"step": "1h", "from": "08:00", "calls": [2], "weekdays": {"sat": [1], "sun": []}}
    form = {"profile": {**profile, "spread": "even"}}
    days = [len(seconds(form, weekday=day)) for day in range(7)]
    assert days == [2, 2, 2, 2, 2, 1, 0]


def test_a_profile_goes_on_the_next_day() -> None:
    form = {"profile": {"step": "1h", "from": "08:00", "calls": [1], "spread": "even"}}
    assert seconds(form, 50 * HOUR, weekday=4) == [0, 86_400, 172_800]


def test_a_profile_that_began_before_the_run_has_lost_what_was_before() -> None:
    form = {"profile": {"step": "1h", "from": "07:30", "calls": [4, 4], "spread": "even"}}
    assert seconds(form) == [0, 900, 1800, 2700]


def test_a_ramp_rises() -> None:
    found = seconds({"ramp": {"from": 0, "to": "2/s"}})
    first, second = sum(it < 1800 for it in found), sum(it >= 1800 for it in found)
    assert len(found) == pytest.approx(3600, rel=0.06)
    assert second / first == pytest.approx(3, rel=0.15)


def test_bursts_come_and_come_again() -> None:
    form = {"bursts": {"size": 3, "first": "10min", "every": "20min", "within": "1min"}}
    found = seconds(form)
    for begin in (600, 1800, 3000):
        assert sum(begin <= at < begin + 60 for at in found) == 3
    assert len(found) == 9


def test_call_times_are_read_from_a_table(tmp_path: Path) -> None:
    table = "at,caller,dialled\n20,13900000002,95002\n5.5,13900000001,\n9999,13900000003,\n"
    (tmp_path / "calls.csv").write_text(table)
    assert calls({"csv": "calls.csv"}, folder=tmp_path) == [
        Arrival(5_500_000, "13900000001"),
        Arrival(20_000_000, "13900000002", "95002"),
    ]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("at,caller\nx,1\n", "line 2: at: must be seconds as a number"),
        ("caller\n1\n", "line 1: the columns must be"),
        ("at,who\n1,1\n", "line 1: the columns must be"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(tmp_path: Path, table: str, reason: str) -> None:
    (tmp_path / "calls.csv").write_text(table)
    with pytest.raises(TableError, match=reason):
        calls({"csv": "calls.csv"}, folder=tmp_path)


# Distributions


@pytest.mark.parametrize(
    ("form", "average", "deviation"),
    [
        ("20s", 20, 0),
        ({"exponential": "20s"}, 20, 20),
        ({"lognormal": {"mean": "20s", "sd": "10s"}}, 20, 10),
        ({"weibull": {"mean": "20s", "shape": 1}}, 20, 20),
        ({"gamma": {"mean": "20s", "shape": 4}}, 20, 10),
        ({"uniform": ["10s", "30s"]}, 20, 20 / 12**0.5),
        ({"empirical": ["10s", "30s"]}, 20, 10),
        ({"mixture": [{"weight": 1, "of": "10s"}, {"weight": 3, "of": "30s"}]}, 25, 75**0.5),
    ],
)
def test_a_distribution_has_its_mean_and_spread(
    form: Any, average: float, deviation: float
) -> None:
    made = DISTRIBUTIONS.validate_python(form)
    draw = made.sampler(Random(1))
    found = [draw() / SECOND for _ in range(40_000)]
    assert mean(found) == pytest.approx(average, rel=0.02)
    assert stdev(found) == pytest.approx(deviation, rel=0.03, abs=1e-9)
    assert made.mean / SECOND == pytest.approx(average)


def test_never_has_no_end() -> None:
    made = DISTRIBUTIONS.validate_python("never")
    assert made.sampler(Random(1))() >= ENDLESS


def test_a_range_has_the_shorter_duration_first() -> None:
    with pytest.raises(ValidationError, match="shorter duration first"):
        DISTRIBUTIONS.validate_python({"uniform": ["30s", "10s"]})


def test_the_same_seed_draws_the_same() -> None:
    made = DISTRIBUTIONS.validate_python({"lognormal": {"mean": "20s", "sd": "10s"}})
    one, two = made.sampler(Random(7)), made.sampler(Random(7))
    assert [one() for _ in range(100)] == [two() for _ in range(100)]
