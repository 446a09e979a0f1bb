"""Calls, put together from their lines; those that are not whole are reported."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from emulator.domain.indicators.calls import begun, ended
from emulator.scenario.replay import findings as kinds
from emulator.scenario.replay.findings import Place
from emulator.scenario.replay.reading import SECOND, Reading, Row
from emulator.store.rows import CallRecord

GRACE = 10 * SECOND
"""For so long a line may follow the last one of its call, by the clock of the file."""
FORGOTTEN = 24 * 3600 * SECOND
"""A call of which nothing was heard for so long has no last line."""
BETWEEN_SWEEPS = 20_000
"""Lines."""


@dataclass(slots=True)
class Call:
    """A call: its records in the order in which the stays ended, and where they stand."""

    id: str
    records: list[CallRecord]
    places: list[Place]
    begin: int = 0
    end: int = 0


@dataclass(slots=True)
class _Open:
    rows: dict[int, Row] = field(default_factory=dict)
    latest: int = 0


class Calls:
    """The whole calls of a reading, as their last lines come.

    Of those that are over only the ids are kept, by which they are known if they come again.
    `back` (µs) is how far the begin of a call came behind that of an earlier one, at most;
    `longest` (µs) how long a call lasted.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.count = 0
        self.back = 0
        self.longest = 0
        self._open: dict[tuple[str, str], _Open] = {}
        self._over: set[tuple[str, str]] = set()
        self._closing: deque[tuple[int, tuple[str, str]]] = deque()
        self._now = 0
        self._latest_begin = 0

    def __iter__(self) -> Iterator[Call]:
        for number, row in enumerate(self.reading.rows(), 1):
            self._add(row)
            yield from self._closed(self._now - GRACE)
            if not number % BETWEEN_SWEEPS:
                self._sweep()
        yield from self._closed(None)
        for rest in self._open.values():
            self._give_up(rest, kinds.NO_LAST_LINE)
        self._open.clear()

    def _add(self, row: Row) -> None:
        record = row.record
        key = (record.vdn_id, record.call_id)
        end = ended(record)
        self._now = max(self._now, end)
        call = self._open.get(key)
        if call is None:
            if key in self._over:
                self._refuse(row, kinds.DUPLICATE, "its call was complete before")
                return
            call = self._open[key] = _Open()
        known = call.rows.get(record.call_id_num)
        if known is not None:
            same = known.record == record
            kind = kinds.DUPLICATE if same else kinds.CONTRADICTION
            self._refuse(row, kind, f"as {known.place}")
            return
        call.rows[record.call_id_num] = row
        call.latest = max(call.latest, end)
        if record.call_id_num == -1:
            self._closing.append((end, key))

    def _refuse(self, row: Row, kind: str, detail: str) -> None:
        self.reading.findings.used -= 1
        self.reading.findings.damage(kind, row.place, detail)

    def _closed(self, until: int | None) -> Iterator[Call]:
        closing = self._closing
        while closing and (until is None or closing[0][0] < until):
            _, key = closing.popleft()
            self._over.add(key)
            call = self._whole(key[1], self._open.pop(key))
            if call is not None:
                self.count += 1
                self.longest = max(self.longest, call.end - call.begin)
                self.back = max(self.back, self._latest_begin - call.begin)
                self._latest_begin = max(self._latest_begin, call.begin)
                yield call

    def _whole(self, call_id: str, found: _Open) -> Call | None:
        rows = [found.rows[it] for it in sorted(found.rows) if it > 0] + [found.rows[-1]]
        if sorted(found.rows) != [-1, *range(1, len(rows))]:
            self._give_up(found, kinds.GAP)
            return None
        if call_id in self.reading.damaged_calls:
            self._give_up(found, kinds.BESIDE_DAMAGE)
            return None
        records = [it.record for it in rows]
        return Call(
            call_id,
            records,
            [it.place for it in rows],
            min(map(begun, records)),
            max(map(ended, records)),
        )

    def _give_up(self, found: _Open, kind: str) -> None:
        for row in found.rows.values():
            self._refuse(row, kind, f"call {row.record.call_id}")

    def _sweep(self) -> None:
        """Give up calls whose last line will not come any more."""
        old = [
            key
            for key, call in self._open.items()
            if call.latest < self._now - FORGOTTEN and -1 not in call.rows
        ]
        for key in old:
            self._give_up(self._open.pop(key), kinds.NO_LAST_LINE)
