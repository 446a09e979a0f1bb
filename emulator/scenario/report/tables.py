"""A result as comma-separated tables: figures, intervals, waits and agents' days."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from emulator.scenario.result import Result

Line = Sequence[Any]
COLUMNS = (
    "offered",
    "answered",
    "abandoned",
    "service_level",
    "asa",
    "longest_queue",
    "mean_queue",
)
"""What there is of a queue by interval."""


def write_tables(result: Result, folder: Path) -> None:
    """Write the tables into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "figures": _figures(result),
        "intervals": _intervals(result),
        "waits": _waits(result),
        "agents": _agents(result),
    }
    for name, lines in tables.items():
        _write(folder / f"{name}.csv", lines)


def _write(file: Path, lines: Iterable[Line]) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows(lines)


def _figures(result: Result) -> Iterator[Line]:
    yield "figure", "of", "id", "name", "value", "unit"
    for it in result.figures:
        yield it.figure, it.of, it.id, it.name, it.value, it.unit


def _intervals(result: Result) -> Iterator[Line]:
    yield "begins_after_s", "tenant", "queue", "name", *COLUMNS
    for queue in result.queues:
        for place in range(len(result.arrivals)):
            values = (getattr(queue, column)[place] for column in COLUMNS)
            yield _begin(result, place), queue.tenant, queue.id, queue.name, *values


def _begin(result: Result, place: int) -> float:
    return result.counted_from + place * result.step


def _waits(result: Result) -> Iterator[Line]:
    yield "tenant", "queue", "seconds", "answered", "gave_up"
    for queue in result.queues:
        for wait in sorted({*queue.waits_answered, *queue.waits_abandoned}):
            counts = (waits.get(wait, 0) for waits in (queue.waits_answered, queue.waits_abandoned))
            yield queue.tenant, queue.id, wait, *counts


def _agents(result: Result) -> Iterator[Line]:
    yield "agent", "state", "begin_s", "end_s"
    for agent in result.agents:
        for state, begin, end in agent.spans:
            yield agent.agent, state, begin, end
