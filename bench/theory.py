"""Does the scenario engine agree with Erlang C and Erlang A, over a grid of settings?

    python -m bench.theory [--quick] [--processes N] [--minutes M]

Each setting is simulated by independent replications, as many as are needed: until, for each of its
figures, the confidence interval around the simulated mean lies within what is allowed around the
exact value. The intervals hold for all figures of the whole grid together with a probability of
99 % (Bonferroni). Allowed are 0.01 for probabilities and shares; 5 % of the average speed of
answer, or 0.1 s where that is more.

A replication begins in the steady state: with as many customers as chance gives by the exact
probabilities, whose conversations and patience are memoryless. Nobody of them waits any more when
counting begins.
"""

from __future__ import annotations

import argparse
import time
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil
from random import Random
from typing import Any

from bench.machine import machine
from emulator.domain.indicators.historical import seconds
from emulator.scenario.engine.run import Run
from emulator.scenario.erlang import Line
from emulator.scenario.figures import FIGURES, service_level
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.intervals import spread
from emulator.scenario.replications import seed_of
from emulator.scenario.workers import Workers, workers

TALK = 60.0
"""Seconds of a conversation, on average."""
WITHIN = 20
"""Seconds of the service level."""
QUARTER = 900
CALLS = 12_000
"""Counted calls of a replication, about."""
FAMILY = 0.99
FIRST, MOST = 24, 4_000
"""Replications before one looks for the first time, and at most."""
SEED = 20260302

CHECKED = (
    FIGURES["wait_probability"],
    service_level(WITHIN),
    FIGURES["abandonment"],
    FIGURES["occupancy"],
    FIGURES["asa"],
)


@dataclass(frozen=True, slots=True)
class Setting:
    """So many agents, the load that is offered to each in erlangs, and mean patience (s)."""

    agents: int
    load: float
    patience: float | None = None

    @property
    def line(self) -> Line:
        """What theory says of it."""
        return Line(self.agents, self.load * self.agents / TALK, TALK, self.patience)

    def __str__(self) -> str:
        patience = "never" if self.patience is None else f"{self.patience:.0f} s"
        return f"{self.agents:>4} {self.load:>5.2f} {patience:>7}"


GRID = (
    Setting(50, 0.7),
    Setting(20, 0.6),
    Setting(100, 0.8),
    Setting(200, 0.85),
    Setting(500, 0.9),
    Setting(20, 0.6, 120),
    Setting(50, 0.7, 300),
    Setting(100, 0.8, 60),
    Setting(20, 0.7, 60),
    Setting(200, 0.85, 120),
    Setting(5, 1.1, 30),
    Setting(5, 0.95, 60),
    Setting(50, 0.8, 30),
    Setting(500, 0.9, 30),
    Setting(5, 0.6, 120),
    Setting(5, 1.0, 120),
    Setting(10, 0.9, 30),
    Setting(10, 1.1, 60),
    Setting(20, 0.8, 30),
    Setting(100, 0.85, 30),
    Setting(10, 1.1, 300),
    Setting(20, 1.1, 30),
    Setting(500, 1.1, 300),
    Setting(5, 0.6),
    Setting(5, 0.8),
    Setting(50, 0.8),
    Setting(20, 0.7),
    Setting(5, 0.95),
)
"""The quick ones first; without patience the load may be 0.95, which takes longest of all."""
QUICK = GRID[1:2] + GRID[9:13]


# One replication


@dataclass(frozen=True, slots=True)
class Window:
    """The time that is counted: quarters of an hour after a warm-up of so many."""

    warm_up: int
    counted: int


def window(setting: Setting, calls: int = CALLS) -> Window:
    """A time in which about so many call, when nobody waits any more who did at the begin."""
    line = setting.line
    crowd = bisect(list(accumulate(line.states)), 1 - 1e-9)
    emptied = TALK * (1 + 2 * max(crowd / setting.agents - 1, 0))
    return Window(ceil(emptied / QUARTER), ceil(calls / line.rate / QUARTER))


def scenario(setting: Setting, seed: int, time: Window) -> Scenario:
    """The setting as a scenario, beginning with as many customers as chance gives."""
    line = setting.line
    chance = Random(f"{seed}:state").random()
    there = bisect(list(accumulate(line.states)), chance, hi=len(line.states) - 1)
    customers = {
        "dials": "95001",
        "customers": {
            "patience": "never" if setting.patience is None else {"exponential": setting.patience}
        },
    }
    arrivals: list[dict[str, Any]] = [{"poisson": line.rate}]
    if there:
        arrivals.append({"bursts": {"size": there}})
    agents = f"101-{100 + setting.agents}"
    return Scenario.model_validate(
        {
            "name": "theory",
            "random_seed": seed,
            "duration": (time.warm_up + time.counted) * QUARTER,
            "warm_up": time.warm_up * QUARTER,
            "run_out": "12h",
            "tenants": [_tenant(agents)],
            "streams": [
                {"name": f"stream {place}", "arrivals": it, **customers}
                for place, it in enumerate(arrivals)
            ],
            "agents": [
                {
                    "name": "team",
                    "agents": agents,
                    "auto_answer": True,
                    "talk": {"exponential": TALK},
                }
            ],
        }
    )


def _tenant(agents: str) -> dict[str, Any]:
    return {
        "id": 1,
        "name": "theory",
        "trunks": [{"name": "outside", "channels": 100_000}],
        "queues": [{"id": 1, "name": "queue", "max_wait": 60_000, "max_waiting": 10_000}],
        "agents": [{"range": agents, "name": "a", "phone": "4{n}", "skills": [{"queue": 1}]}],
        "access_codes": [{"code": "95001", "routes": [{"target": "queue", "target_id": 1}]}],
    }


Job = tuple[Setting, int, Window]
Figures = tuple[float, ...]


def play(job: Job) -> tuple[int, Figures]:
    """One replication: how many calls there were, and what is CHECKED."""
    setting, seed, time = job
    run = Run(scenario(setting, seed, time))
    result = run.play()
    ledger, counted = run.books.ledger, range(time.counted)
    figures = (it.value(seconds(ledger.values(it.kind, intervals=counted))) for it in CHECKED)
    return result.dialled, tuple(map(float, figures))


# As many as are needed


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure: exact, simulated, how far the true mean may be off, and what is allowed."""

    exact: float
    mean: float
    half_width: float
    allowed: float

    @property
    def agrees(self) -> bool:
        """Whether the whole interval is within what is allowed."""
        return abs(self.mean - self.exact) + self.half_width <= self.allowed

    @property
    def differs(self) -> bool:
        """Whether the whole interval is outside."""
        return abs(self.mean - self.exact) - self.half_width > self.allowed

    def needed(self, count: int) -> int:
        """About how many replications would do, when so many have given this."""
        room = max(self.allowed - abs(self.mean - self.exact), self.allowed / 4)
        return ceil(1.05 * count * (self.half_width / room) ** 2)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a setting."""

    setting: Setting
    replications: int
    calls: int
    comparisons: tuple[Comparison, ...]

    @property
    def verdict(self) -> str:
        """In a word or two."""
        if all(it.agrees for it in self.comparisons):
            return "agrees"
        return "DIFFERS" if any(it.differs for it in self.comparisons) else "not decided"


def exact(setting: Setting) -> Figures:
    """What theory says, in the order of CHECKED: shares in percent, as figures are."""
    line = setting.line
    shares = (
        line.wait_probability,
        line.service_level(WITHIN),
        line.abandonment,
        line.occupancy,
    )
    return (*(100 * share for share in shares), line.asa)


def examine(
    setting: Setting, comparisons: int, by: Workers, until: float, calls: int = CALLS
) -> Outcome:
    """Simulate until it is clear, or the time (`perf_counter`) is over.

    `comparisons` is how many figures the family has.
    """
    confidence = 1 - (1 - FAMILY) / comparisons
    time_counted, true = window(setting, calls), exact(setting)
    played: list[tuple[int, Figures]] = []
    wanted = FIRST
    while True:
        jobs = [
            (setting, seed_of(SEED, replication), time_counted)
            for replication in range(len(played), wanted)
        ]
        played += by.map(play, jobs)
        found = tuple(_compared(true, [figures for _, figures in played], confidence))
        outcome = Outcome(setting, len(played), sum(count for count, _ in played), found)
        if outcome.verdict != "not decided" or wanted >= MOST or time.perf_counter() > until:
            return outcome
        needed = max(it.needed(len(played)) for it in found)
        wanted = min(max(needed, len(played) + 4), 2 * len(played), MOST)


def _compared(true: Figures, played: Sequence[Figures], confidence: float) -> Iterator[Comparison]:
    for place, value in enumerate(true):
        mean, _, half_width = spread([figures[place] for figures in played], confidence)
        allowed = max(0.05 * value, 0.1) if CHECKED[place].code == "asa" else 1.0
        yield Comparison(value, mean, half_width, allowed)


# The table

HEADER = ("wait %", f"≤ {WITHIN} s %", "lost %", "occup. %", "ASA s")


def line_of(outcome: Outcome) -> str:
    """Exact value, simulated mean and half-width of each figure, and the verdict."""
    cells = (f"{it.exact:7.3f} {it.mean:7.3f} ±{it.half_width:5.3f}" for it in outcome.comparisons)
    runs = f"{outcome.replications:>5} {outcome.calls / 1e6:6.2f}M"
    return f"{outcome.setting} | {' | '.join(cells)} | {runs} | {outcome.verdict}"


def main(arguments: Sequence[str] = ()) -> None:
    """Examine the grid and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.theory")
    parser.add_argument("--quick", action="store_true", help="some settings only")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=45, help="begin no setting after these")
    asked = parser.parse_args(arguments)
    settings = QUICK if asked.quick else GRID
    print(machine())
    print(f"Erlang C and Erlang A, mean conversation {TALK:.0f} s: exact, simulated, half-width")
    print("agents load patience | " + " | ".join(f"{it:^22}" for it in HEADER) + " | runs calls")
    begun = time.perf_counter()
    until = begun + 60 * asked.minutes
    outcomes = []
    with workers(asked.processes) as by:
        for setting in settings:
            if time.perf_counter() > until:
                print(f"{setting} | not begun")
                continue
            outcomes.append(examine(setting, len(GRID) * len(CHECKED), by, until))
            print(line_of(outcomes[-1]), flush=True)
    agree = sum(it.verdict == "agrees" for it in outcomes)
    calls, elapsed = sum(it.calls for it in outcomes), time.perf_counter() - begun
    print(f"{agree} of {len(settings)} agree; {calls / 1e6:.1f} million calls in {elapsed:.0f} s")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
