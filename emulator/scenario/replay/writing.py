"""Writes call records as the platform does: no line of names, UTF-8, CRLF (CEC 13.2.2.1)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path

from emulator.domain.local_time import LocalTime
from emulator.scenario.replay.columns import COLUMNS, TIMES
from emulator.store.rows import CallRecord

_VALUES = attrgetter(*COLUMNS)
_TIMES = slice(COLUMNS.index(TIMES[0]), COLUMNS.index(TIMES[-1]) + 1)


@contextmanager
def record_file(path: Path, zone: str) -> Iterator[Callable[[CallRecord], None]]:
    """A file for records; times are those of clocks in the zone. Unfinished, it is not there."""
    shown = LocalTime(zone)
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")

            def write(record: CallRecord) -> None:
                values = list(_VALUES(record))
                values[_TIMES] = map(shown, values[_TIMES])
                writer.writerow(values)

            yield write
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
