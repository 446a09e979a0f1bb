"""Reads files of call records (CEC 13.2.2.1), line by line, and says what is wrong with them.

No line of names is needed; a file that has one may have its columns in any order, and lack some.
Nothing of a file stays in memory but the calls in progress.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from emulator.domain.local_time import instant
from emulator.scenario.replay import findings as kinds
from emulator.scenario.replay import lines as texts
from emulator.scenario.replay.columns import (
    COLUMNS,
    ESSENTIAL,
    MAYBE_NUMBERS,
    NUMBERS,
    TIMES,
    column,
    is_header,
)
from emulator.scenario.replay.findings import Findings, Place
from emulator.scenario.replay.lines import Source, Text
from emulator.store.rows import CallRecord
from emulator.switch.terms import DeviceType

SECOND = 1_000_000
DEVICES = frozenset(int(it) for it in (DeviceType.QUEUE, DeviceType.AGENT, DeviceType.IVR))
DIGITS = 18
"""Of a number at most."""
DAMAGED_CALLS = 100_000
"""Calls with a damaged line that are remembered by name."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line that could be read."""

    record: CallRecord
    place: Place


class Damaged(Exception):
    """A line cannot be used: what kind of damage it is, and its detail."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail


class Clock:
    """Reads what clocks in a zone show, in seconds, as instants (µs)."""

    def __init__(self, zone: str) -> None:
        ZoneInfo(zone)
        self._zone = zone
        self._minutes: dict[str, int] = {}
        self._seconds = {f":{it:02}": it * SECOND for it in range(60)}

    def __call__(self, text: str) -> int | None:
        """Nothing of nothing; `ValueError` if it is no time."""
        if not text:
            return None
        minute = self._minutes.get(text[:16])
        if minute is None:
            minute = self._minute(text[:16])
        second = self._seconds.get(text[16:])
        if second is None:
            raise ValueError(text)
        return minute + second

    def _minute(self, text: str) -> int:
        if len(self._minutes) > 100_000:
            self._minutes.clear()
        try:
            found = self._minutes[text] = instant(text + ":00", self._zone)
        except OverflowError as error:
            raise ValueError(text) from error
        return found


class Reading:
    """One way through files of call records. `findings` tells what was wrong on it.

    `missing` are columns that some file does not have, `damaged_calls` those with a damaged line.
    """

    def __init__(self, sources: Sequence[Source], zone: str) -> None:
        self.findings = Findings()
        self.missing: set[str] = set()
        self.damaged_calls: set[str] = set()
        self.encodings: dict[str, str] = {}
        self._sources = sources
        self._clock = Clock(zone)
        self._texts: dict[str, str] = {}
        self._out_of_order = 0
        self._latest = 0

    def rows(self) -> Iterator[Row]:
        """The lines that can be used, in the order of the files; `CannotRead` if one is not."""
        for source in self._sources:
            encoding = self.encodings[source.name] = texts.encoding_of(source)
            if encoding != texts.UTF_8:
                self.findings.notes.append(f"{source.name}: in {encoding}, not in UTF-8")
            self._out_of_order = 0
            yield from self._rows_of(source, encoding)
            if self._out_of_order:
                self.findings.notes.append(
                    f"{source.name}: {self._out_of_order} lines end before the line above them"
                )

    def _rows_of(self, source: Source, encoding: str) -> Iterator[Row]:
        findings, name = self.findings, source.name
        layout = _Layout(COLUMNS, self)
        usable = True
        for line in texts.lines_of(source, encoding):
            findings.read += 1
            if line.number == 1 and (named := _names(line)):
                findings.used += 1
                layout, usable = self._named_layout(name, named)
                continue
            cells: list[str] = []
            try:
                if not usable:
                    raise Damaged(kinds.MISSING_COLUMN)
                cells = _cells(line)
                record = layout.record(cells)
            except Damaged as damage:
                findings.damage(damage.kind, Place(name, line.number), damage.detail)
                self._remember(layout, cells)
                continue
            if (end := record.call_end or 0) < self._latest:
                self._out_of_order += 1
            self._latest = end
            findings.used += 1
            yield Row(record, Place(name, line.number))

    def _named_layout(self, file: str, named: list[str]) -> tuple[_Layout, bool]:
        found = [column(it) for it in named]
        notes = self.findings.notes
        for cell, name in zip(named, found, strict=True):
            if name is None:
                notes.append(f"{file}: column {cell!r} is not known and not used")
        missing = [it for it in COLUMNS if it not in found]
        if missing:
            notes.append(f"{file}: without the columns {', '.join(missing)}")
            self.missing.update(missing)
        return _Layout(found, self), not any(it in missing for it in ESSENTIAL)

    def _remember(self, layout: _Layout, cells: list[str]) -> None:
        """The call of a damaged line, if it can be told: the rest of it is of no use."""
        place = layout.place_of_call
        if place is not None and place < len(cells) and len(self.damaged_calls) < DAMAGED_CALLS:
            self.damaged_calls.add(cells[place])

    def shared(self, text: str) -> str:
        """The same text, but one for all lines that have it."""
        known = self._texts.get(text)
        if known is None:
            if len(self._texts) > 50_000:
                self._texts.clear()
            known = self._texts[text] = text
        return known

    @property
    def clock(self) -> Clock:
        """How times are read."""
        return self._clock


def _names(line: Text) -> list[str]:
    """The cells of a first line that names columns."""
    try:
        cells = _cells(line)
    except Damaged:
        return []
    return cells if is_header(cells) else []


def _cells(line: Text) -> list[str]:
    if line.problem:
        undecodable = line.problem == texts.UNDECODABLE
        raise Damaged(kinds.UNDECODABLE if undecodable else kinds.TOO_LONG)
    text = line.text
    if "\0" in text:
        raise Damaged(kinds.NUL)
    if not text.strip():
        raise Damaged(kinds.BLANK)
    if '"' not in text:
        return text.split(",")
    try:
        (cells,) = csv.reader([text], strict=True)
    except (csv.Error, ValueError) as error:
        raise Damaged(kinds.QUOTING, str(error)) from error
    return cells


class _Layout:
    """Which cell is which column in a file."""

    def __init__(self, columns: Sequence[str | None], reading: Reading) -> None:
        self._width = len(columns)
        self._plain = tuple(columns) == COLUMNS
        places = {name: place for place, name in enumerate(columns) if name is not None}
        self._places = [places.get(name) for name in COLUMNS]
        self.place_of_call = places.get("call_id")
        self._readers = [_reader(name, reading) for name in COLUMNS]

    def record(self, cells: list[str]) -> CallRecord:
        """The record of a line; `Damaged` if it is none."""
        if len(cells) != self._width:
            few = len(cells) < self._width
            raise Damaged(
                kinds.TOO_FEW if few else kinds.TOO_MANY, f"{len(cells)}, not {self._width}"
            )
        if not self._plain:
            cells = ["" if place is None else cells[place] for place in self._places]
        values = [read(cell) for read, cell in zip(self._readers, cells, strict=True)]
        record = CallRecord(0, *values)
        _check(record)
        return record


def _reader(name: str, reading: Reading) -> Callable[[str], Any]:
    shared = reading.shared
    if name in TIMES:
        return _time(name, reading.clock)
    if name in NUMBERS:
        return _number(name)
    if name in MAYBE_NUMBERS:
        return _maybe_number(name, shared)
    return str if name == "call_id" else shared


def _time(name: str, clock: Clock) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        try:
            return clock(text)
        except ValueError:
            raise Damaged(kinds.NOT_A_TIME, f"{name} {text[:40]!r}") from None

    return read


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= DIGITS


def _number(name: str) -> Callable[[str], int]:
    may_be_empty = name in ("release_cause", "call_type")
    known: dict[str, int] = {}

    def read(text: str) -> int:
        value = known.get(text)
        if value is None:
            if not text and may_be_empty:
                return 0
            if not _is_number(text):
                raise Damaged(kinds.NOT_A_NUMBER, f"{name} {text[:40]!r}")
            if len(known) > 10_000:
                known.clear()
            value = known[text] = int(text)
        return value

    return read


def _maybe_number(name: str, shared: Callable[[str], str]) -> Callable[[str], str]:
    known: set[str] = {""}

    def read(text: str) -> str:
        if text not in known:
            if not _is_number(text):
                raise Damaged(kinds.NOT_A_NUMBER, f"{name} {text[:40]!r}")
            if len(known) > 10_000:
                known.clear()
            known.add(text)
        return shared(text)

    return read


_SPANS = [
    (begin, end, attrgetter(begin), attrgetter(end))
    for begin, end in (
        ("wait_begin", "wait_end"),
        ("ack_begin", "ack_end"),
        ("call_begin", "call_end"),
        ("wait_end", "call_end"),
        ("ack_end", "call_end"),
    )
]


def _check(record: CallRecord) -> None:
    """Refuse what no stay of a call can be."""
    if not record.call_id.strip():
        raise Damaged(kinds.NO_CALL_ID)
    if record.device_type not in DEVICES:
        raise Damaged(kinds.UNKNOWN_DEVICE, str(record.device_type))
    if record.call_end is None or record.call_begin is None:
        raise Damaged(kinds.NOT_A_TIME, "call_begin and call_end must be there")
    if record.device_no < 0 or record.call_id_num < -1 or not record.call_id_num:
        raise Damaged(kinds.NOT_A_NUMBER, "device_no or call_id_num out of range")
    for begin, end, begin_of, end_of in _SPANS:
        first, last = begin_of(record), end_of(record)
        if first is not None and last is not None and last < first:
            raise Damaged(kinds.BACKWARDS, f"{end} is before {begin}")
