"""What happens when something varies: a scenario at the points of a grid, replicated at each."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import product
from typing import Any

from emulator.scenario.file.scenario import Scenario
from emulator.scenario.replications import (
    CONFIDENCE,
    Replication,
    Replications,
    Told,
    jobs,
    play,
    summed_up,
    until_ctrl_c,
)
from emulator.scenario.workers import Alone, Workers

VERSION = 1
DIGITS = 6
"""Significant digits of a number in a table."""


@dataclass(frozen=True, slots=True)
class Point:
    """The values that variables have at a point, and the scenario that they make."""

    values: Mapping[str, Any]
    scenario: Scenario


def grid(
    variables: Mapping[str, Sequence[Any]], make: Callable[[dict[str, Any]], Scenario]
) -> list[Point]:
    """A point for each combination of values, the last variable varying fastest.

    `make` gives the scenario for the values of all variables.
    """
    combinations = (
        dict(zip(variables, values, strict=True)) for values in product(*variables.values())
    )
    return [Point(values, make(values)) for values in combinations]


@dataclass(slots=True)
class Row:
    """What came of a point."""

    values: dict[str, Any]
    outcome: Replications


@dataclass(slots=True)
class Sweep:
    """A table: a row for each point, in their order."""

    replications: int
    confidence: float
    rows: list[Row] = field(default_factory=list)
    complete: bool = True
    """False: it was interrupted; what was played until then is here."""
    version: int = VERSION

    @property
    def met(self) -> bool:
        """Whether every expectation was met everywhere."""
        return all(row.outcome.met for row in self.rows)

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def sweep(
    points: Sequence[Point],
    replications: int = 1,
    *,
    confidence: float = CONFIDENCE,
    by: Workers | None = None,
    told: Told | None = None,
) -> Sweep:
    """Play each point's scenario so many times; the work of all points is divided at once.

    `told` hears of each replication that is over, of all points. After Ctrl-C there are rows for
    the points that were come to, the last one perhaps of fewer replications.
    """
    work = [job for point in points for job in jobs(point.scenario, replications)]
    played = until_ctrl_c((by or Alone()).map(play, work), len(work), told)
    rows = [
        Row(dict(point.values), summed_up(point.scenario, list(of_point), confidence))
        for point, of_point in zip(points, _parts(played, replications), strict=False)
    ]
    return Sweep(replications, confidence, rows, complete=len(played) == len(work))


def _parts(played: Sequence[Replication], size: int) -> Iterator[Sequence[Replication]]:
    return (played[place : place + size] for place in range(0, len(played), size))


# The table


def as_csv(table: Sweep) -> str:
    """A line for each point: its values, then each figure of all together with its half-width.

    A half-width is empty where a single replication tells nothing of it. Figures of single queues
    are in the JSON.
    """
    names = list(dict.fromkeys(name for row in table.rows for name in row.values))
    figures = list(
        dict.fromkeys(it.figure for row in table.rows for it in row.outcome.figures if not it.id)
    )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, "met", *(column for it in figures for column in (it, f"{it} ±"))])
    for row in table.rows:
        values = [row.values.get(name, "") for name in names]
        writer.writerow([*values, "yes" if row.outcome.met else "no", *_columns(row, figures)])
    return text.getvalue()


def _columns(row: Row, figures: Sequence[str]) -> Iterator[str]:
    known = {it.figure: it for it in row.outcome.figures if not it.id}
    for name in figures:
        it = known.get(name)
        half_width = it.half_width if it is not None else None
        yield "" if it is None else f"{it.mean:.{DIGITS}g}"
        yield "" if half_width is None else f"{half_width:.{DIGITS}g}"


def as_json(table: Sweep) -> str:
    """Everything, the same to the byte for the same points."""
    return json.dumps(table.document(), indent=1, ensure_ascii=False, default=str) + "\n"
