"""Index files: what a tenant has on record, as comma-separated lines in a zip (CEC 13.2.2).

Each line is a record; there is no line of names. A report writes the file, a page of records at a
time, so that neither time nor memory of the call center depend on how many there are.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from emulator.domain.local_time import LocalTime
from emulator.media.paths import index_name
from emulator.reports import Pieces
from emulator.store import pages
from emulator.store.pages import Criteria, Mark, Page

LINES_IN_A_FILE = 100_000
"""A longer one is continued in the next, `…_2.csv`."""
CALLS, RECORDINGS, OPERATIONS = "call", "record", "agentOprInfo"
"""The sorts of index files, by the word in their names."""

_COMPRESSION = 3
"""A third of the size for a tenth of the time that the best takes."""
_NOT_CONVERTED = "0"
"""task_status: no text was made of the recording."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written: `sorts` of files whose names begin with `stem`, into the zip."""

    place: Path
    stem: str
    sorts: tuple[str, ...]
    criteria: Criteria
    account: str
    cc_id: int
    zone: str


def write(connection: Connection, wanted: Wanted) -> Pieces[int]:
    """Write the zip; gives how many lines. What is interrupted leaves no file."""
    lines = 0
    unfinished = wanted.place.with_suffix(".part")
    try:
        with zipfile.ZipFile(
            unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION
        ) as archive:
            for sort in wanted.sorts:
                rows = _SORTS[sort](wanted)
                part, after, done = 0, None, False
                while not done:
                    part += 1
                    room = LINES_IN_A_FILE
                    with _text(archive, f"{wanted.stem}_{sort}_{part}.csv") as text:
                        writer = csv.writer(text, lineterminator="\r\n")
                        while room > 0 and not done:
                            page, after = rows(connection, after)
                            writer.writerows(page)
                            room -= len(page)
                            lines += len(page)
                            done = after is None
                            connection = yield
        unfinished.replace(wanted.place)
    finally:
        unfinished.unlink(missing_ok=True)
    return lines


@contextmanager
def _text(archive: zipfile.ZipFile, name: str) -> Iterator[io.TextIOWrapper]:
    with (
        archive.open(name, "w", force_zip64=True) as file,
        io.TextIOWrapper(file, encoding="utf-8", newline="") as text,
    ):
        yield text


Rows = Callable[[Connection, Mark | None], tuple[Sequence[Sequence[Any]], Mark | None]]


def _calls(wanted: Wanted) -> Rows:
    names = [column.name for column in pages.CALLS]
    times = slice(names.index("wait_begin"), names.index("call_end") + 1)
    return _plain(wanted, pages.calls, times, len(names))


def _operations(wanted: Wanted) -> Rows:
    names = [column.name for column in pages.OPERATIONS]
    times = slice(names.index("begin_time"), names.index("end_time") + 1)
    return _plain(wanted, pages.operations, times, len(names))


def _plain(wanted: Wanted, page_of: Callable[..., Page], times: slice, columns: int) -> Rows:
    """Records as they are, but for their times."""
    shown = LocalTime(wanted.zone)

    def rows(connection: Connection, after: Mark | None) -> Any:
        page, mark = page_of(connection, wanted.criteria, after)
        return [
            [*row[: times.start], *map(shown, row[times]), *row[times.stop : columns]]
            for row in page
        ], mark

    return rows


def _recordings(wanted: Wanted) -> Rows:
    shown = LocalTime(wanted.zone)
    tenant, account, cc_id = str(wanted.criteria.tenant), wanted.account, str(wanted.cc_id)

    def line(row: Any, stay: Any) -> list[Any]:
        caller, callee, call_type, skill, current = stay
        return [
            *(account, account, cc_id, row.agent_id, row.call_id, caller, callee),
            *(shown(row.started_at), shown(row.ended_at)),
            index_name(row.file_name, row.agent_id, row.started_at, wanted.cc_id),
            *(_NOT_CONVERTED, "", row.file_name, tenant, call_type, row.media, skill, current),
        ]

    def rows(connection: Connection, after: Mark | None) -> Any:
        page, mark = pages.recorded(connection, wanted.criteria, after)
        known: dict[Any, Any] = {}
        if page:
            calls = [row.call_id for row in page]
            for stay in pages.stays_of(connection, wanted.criteria.tenant, calls):
                known[stay.call_id, stay.agent_id] = known[stay.call_id] = stay[2:7]
        unknown = ("",) * 5
        return [
            line(row, known.get((row.call_id, row.agent_id)) or known.get(row.call_id, unknown))
            for row in page
        ], mark

    return rows


_SORTS: dict[str, Callable[[Wanted], Rows]] = {
    CALLS: _calls,
    RECORDINGS: _recordings,
    OPERATIONS: _operations,
}
