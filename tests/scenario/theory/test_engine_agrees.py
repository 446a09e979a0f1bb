"""The engine agrees with theory; the whole grid is in `bench.theory`."""

from __future__ import annotations

import pytest

from bench.theory import CHECKED, GRID, Setting, Window, exact, play, scenario
from emulator.scenario.intervals import spread
from emulator.scenario.replications import seed_of

REPLICATIONS = 20
CONFIDENCE = 1 - 0.01 / (3 * len(CHECKED))
"""Of one figure: all of them together are within their intervals with 99 %."""


@pytest.mark.parametrize(
    "setting", [Setting(5, 0.6), Setting(20, 0.95, 60), Setting(100, 1.1, 30)], ids=str
)
def test_the_exact_values_lie_in_the_intervals_around_the_simulated_ones(setting: Setting) -> None:
    counted = Window(1, max(1, round(1000 / setting.line.rate / 900)))
    jobs = [(setting, seed_of(1, replication), counted) for replication in range(REPLICATIONS)]
    played = [figures for _, figures in map(play, jobs)]
    for place, true in enumerate(exact(setting)):
        values = [figures[place] for figures in played]
        mean, _, half_width = spread(values, CONFIDENCE)
        assert abs(mean - true) <= half_width
        assert half_width < 10


def test_the_grid_is_as_wide_as_it_has_to_be() -> None:
    assert len(GRID) >= 24
    assert {it.agents for it in GRID} >= {5, 500}
    never = [it.load for it in GRID if it.patience is None]
    patient = [it.load for it in GRID if it.patience is not None]
    assert (min(never), max(never)) == (0.6, 0.95)
    assert (min(patient), max(patient)) == (0.6, 1.1)


def test_replications_begin_with_as_many_customers_as_theory_says() -> None:
    setting = Setting(5, 0.8)
    there = [
        sum(stream.arrivals.bursts.size for stream in made.streams[1:])  # type: ignore[union-attr]
        for made in (scenario(setting, seed, Window(1, 1)) for seed in range(400))
    ]
    line = setting.line
    mean = line.agents * line.occupancy + line.mean_queue
    assert sum(there) / len(there) == pytest.approx(mean, rel=0.15)
