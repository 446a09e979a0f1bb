"""Files of call times."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from emulator.scenario.file.arrivals import Arrival, Period
from emulator.scenario.file.quantities import SECOND

COLUMNS = ("at", "caller", "dialled", "data")


class TableError(Exception):
    """A file of call times that cannot be used: file, line and what is wrong there."""


def arrivals_of_csv(file: Path, period: Period) -> Iterator[Arrival]:
    """The calls of a file with a line of names: `at` in seconds after the begin, in any order."""
    arrivals = sorted(_lines(file), key=lambda it: it.at)
    return (it for it in arrivals if 0 <= it.at < period.length)


def _lines(file: Path) -> Iterator[Arrival]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            lines = csv.DictReader(text)
            names = lines.fieldnames or ()
            if "at" not in names or set(names) - set(COLUMNS):
                raise TableError(f"{file}: line 1: the columns must be {', '.join(COLUMNS)}")
            for line in lines:
                yield _arrival(file, lines.line_num, line)
    except (OSError, ValueError, csv.Error) as error:
        raise TableError(f"{file}: cannot be read: {error}") from error


def _arrival(file: Path, number: int, line: dict[str, str]) -> Arrival:
    try:
        at = round(float(line["at"]) * SECOND)
    except (TypeError, ValueError, OverflowError):
        raise TableError(f"{file}: line {number}: at: must be seconds as a number") from None
    return Arrival(at, *((line.get(name) or "").strip() for name in COLUMNS[1:]))
