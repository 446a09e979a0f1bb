"""The same scenario again and again, each time by another chance: means, and how sure they are.

Replication 0 has the scenario's own seed, the others have seeds that come from it: so the same file
has the same replications everywhere, whoever plays them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from emulator.scenario.engine.run import Run
from emulator.scenario.file.expectations import Expectation
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.intervals import spread
from emulator.scenario.result import Value, Verdict
from emulator.scenario.verdicts import verdict_on
from emulator.scenario.workers import Alone, Workers

VERSION = 1
CONFIDENCE = 0.95


def seed_of(seed: int, replication: int) -> int:
    """The seed of a replication, from 0, of a scenario with that seed; below 2**48."""
    if not replication:
        return seed
    digest = sha256(f"{seed}:{replication}".encode()).digest()
    return int.from_bytes(digest[:6], "big")


# One replication


@dataclass(frozen=True, slots=True)
class Replication:
    """What came of one: figures, and what the expectations are about, in their order."""

    seed: int
    complete: bool
    dialled: int
    figures: tuple[Value, ...]
    seen: tuple[float | None, ...]
    verdicts: tuple[Verdict, ...]


Job = tuple[Scenario, int]
"""A scenario and a seed."""


def play(job: Job) -> Replication:
    """Play a scenario once with that seed: the work that is divided."""
    scenario, seed = job
    run = Run(scenario, seed)
    result = run.play()
    return Replication(
        seed,
        result.complete,
        result.dialled,
        tuple(result.figures),
        run.books.seen(),
        tuple(result.verdicts),
    )


def jobs(scenario: Scenario, count: int, seed: int | None = None) -> list[Job]:
    """The work of so many replications."""
    if count < 1:
        raise ValueError("a scenario is played once at least")
    first = scenario.random_seed if seed is None else seed
    return [(scenario, seed_of(first, replication)) for replication in range(count)]


# Many


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over all replications; `half_width` None: a single one tells nothing of it."""

    figure: str
    of: str
    id: str
    name: str
    unit: str
    mean: float
    sd: float
    half_width: float | None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true value lies with the confidence that was asked for."""
        if self.half_width is None:
            return None
        return self.mean - self.half_width, self.mean + self.half_width


@dataclass(slots=True)
class Replications:
    """All replications of a scenario; expectations are held against the means."""

    scenario: str
    purpose: str
    seeds: list[int]
    confidence: float
    complete: bool
    dialled: int
    """Calls, in all replications together."""
    figures: list[Estimate] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    version: int = VERSION

    @property
    def met(self) -> bool:
        """Whether every expectation was met."""
        return all(verdict.met for verdict in self.verdicts)

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)

    def estimate(self, figure: str, of: str = "") -> Estimate:
        """A figure of the one with that id, or of all together."""
        for it in self.figures:
            if it.figure == figure and it.id == of:
                return it
        raise KeyError(f"{figure} {of}")


Told = Callable[[int, int], None]
"""Told how many replications are over, and of how many."""


def replicate(
    scenario: Scenario,
    count: int,
    *,
    seed: int | None = None,
    confidence: float = CONFIDENCE,
    by: Workers | None = None,
    told: Told | None = None,
) -> Replications:
    """Play a scenario so many times; `seed` is by default the scenario's own.

    `confidence` between 0 and 1 is that of the intervals of every single figure. After Ctrl-C it
    gives what those amount to that are over, if any.
    """
    played = until_ctrl_c((by or Alone()).map(play, jobs(scenario, count, seed)), count, told)
    found = summed_up(scenario, played, confidence)
    found.complete = found.complete and len(played) == count
    return found


def until_ctrl_c(
    replications: Iterator[Replication], count: int, told: Told | None
) -> list[Replication]:
    """Those that are over when all are, or when Ctrl-C is pressed; one at least."""
    played: list[Replication] = []
    try:
        for replication in replications:
            played.append(replication)
            if told is not None:
                told(len(played), count)
    except KeyboardInterrupt:
        if not played:
            raise
    return played


def summed_up(
    scenario: Scenario, played: Sequence[Replication], confidence: float = CONFIDENCE
) -> Replications:
    """What replications amount to, in their order."""
    return Replications(
        scenario.name,
        scenario.purpose,
        [it.seed for it in played],
        confidence,
        all(it.complete for it in played),
        sum(it.dialled for it in played),
        _figures(played, confidence),
        _verdicts(scenario, played, confidence),
    )


def _figures(played: Sequence[Replication], confidence: float) -> list[Estimate]:
    """Every figure that any replication has; of a queue that nobody asked it is not counted."""
    values: dict[tuple[str, str, str, str, str], list[float]] = {}
    for replication in played:
        for it in replication.figures:
            key = (it.figure, it.of, it.id, it.name, it.unit)
            values.setdefault(key, []).append(it.value)
    return [_estimate(key, found, confidence) for key, found in values.items()]


def _estimate(
    key: tuple[str, str, str, str, str], values: Sequence[float], confidence: float
) -> Estimate:
    mean, sd, half_width = spread(values, confidence)
    return Estimate(*key, mean, sd, half_width if len(values) > 1 else None)


def _verdicts(
    scenario: Scenario, played: Sequence[Replication], confidence: float
) -> list[Verdict]:
    return [
        _on_means(expected, [it.seen[place] for it in played], confidence)
        if played[0].seen[place] is not None
        else _on_each([it.verdicts[place] for it in played])
        for place, expected in enumerate(scenario.expect)
    ]


def _on_means(expected: Expectation, seen: Sequence[float | None], confidence: float) -> Verdict:
    values = [it for it in seen if it is not None]
    mean, _, half_width = spread(values, confidence)
    return verdict_on(expected, mean, f" ± {half_width:.3g}" if len(values) > 1 else "")


def _on_each(verdicts: Sequence[Verdict]) -> Verdict:
    """What is about no number must be so each time."""
    broken = [it for it in verdicts if not it.met]
    if not broken:
        return Verdict(verdicts[0].expected, f"in all {len(verdicts)} replications", True)
    times = f"not in {len(broken)} of {len(verdicts)} replications"
    return Verdict(broken[0].expected, f"{times}: {broken[0].seen}", False)
