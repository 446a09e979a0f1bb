"""Statistics by interval: counted from the records as calls end, and read for who asks.

`count` and `read` take a connection to the store and what they need; questions are answered in
another process where there is one. `Statistics` has it done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from emulator.domain.calendar import QUARTER, SECOND, day_begin
from emulator.domain.indicators.cells import (
    FIVE_MINUTES,
    SETTLED,
    Contribution,
    Kind,
    Subject,
    Values,
    add,
)
from emulator.domain.indicators.counting import count_call
from emulator.domain.indicators.work import count_operation
from emulator.store import statistics
from emulator.store.statistics import CALLS, OPERATIONS, CellKey, Wanted
from emulator.store.store import Store

if TYPE_CHECKING:
    from emulator.reports import Reports

log = logging.getLogger(__name__)

T = TypeVar("T")

CALLS_AT_ONCE = 200
OPERATIONS_AT_ONCE = 1_000
"""What is counted in one transaction, while others wait for the store."""
DAY, QUARTERS, FIVES = 1440, 15, 5
"""The lengths of cells, in minutes."""


class CellSubject(NamedTuple):
    """Whom counts are about, whatever the media: see `indicators.cells.Subject`."""

    id: str
    detail: str
    call_type: int


MANY = min(CALLS_AT_ONCE, OPERATIONS_AT_ONCE)
"""Rows after which there may be more: fewer are the last."""
BEHIND = 1_000
"""After so many records it is counted without anybody asking."""


def count(connection: Connection, zones: Mapping[int, str], most_calls: int = CALLS_AT_ONCE) -> int:
    """Count some of what is on record and not counted yet; gives how many rows it was.

    `zones` are the time zones of the tenants; what belongs to others is passed over.
    """
    counted: Counts = {}
    behind, rows = statistics.behind(connection), 0
    if CALLS in behind:
        rows += _count_calls(connection, zones, most_calls, counted)
    if OPERATIONS in behind:
        rows += _count_operations(connection, zones, counted)
    if counted:
        statistics.add(connection, _cells(counted, zones), add)
    return rows


def _count_calls(
    connection: Connection, zones: Mapping[int, str], most: int, counted: Counts
) -> int:
    begun = statistics.counted_up_to(connection, CALLS)
    last, calls = statistics.uncounted_calls(connection, begun, most)
    for records in calls:
        first = records[0]
        if first.tenant_id in zones:
            _collect(counted, first.tenant_id, first.generation, count_call(records))
    statistics.note_counted(connection, CALLS, last)
    return sum(map(len, calls))


def _count_operations(connection: Connection, zones: Mapping[int, str], counted: Counts) -> int:
    begun = statistics.counted_up_to(connection, OPERATIONS)
    last, operations = statistics.uncounted_operations(connection, begun, OPERATIONS_AT_ONCE)
    for row in operations:
        if row.tenant_id in zones:
            _collect(counted, row.tenant_id, row.generation, count_operation(row))
    statistics.note_counted(connection, OPERATIONS, last)
    return len(operations)


Counts = dict[tuple[int, int, Subject, int], Values]
"""By tenant, generation, subject and the begin (µs) of the shortest interval that there is."""


def _collect(
    counted: Counts, tenant: int, generation: int, contributions: Iterable[Contribution]
) -> None:
    for it in contributions:
        step = FIVE_MINUTES if it.subject.kind is Kind.SYSTEM else QUARTER
        key = (tenant, generation, it.subject, it.at // step * step)
        values = counted.get(key)
        if values is None:
            values = counted[key] = {}
        add(values, it.values)


def _cells(counted: Counts, zones: Mapping[int, str]) -> dict[CellKey, Values]:
    """What was counted, by the cells to which it belongs."""
    cells: dict[CellKey, Values] = {}
    for (tenant, generation, subject, begin), values in counted.items():
        for grain, since in _grains(subject.kind, begin, zones[tenant]):
            kind, name, *rest = subject
            key = CellKey._make((tenant, generation, kind.value, grain, name, since, *rest))
            add(cells.setdefault(key, {}), values)
    return cells


def _grains(kind: Kind, begin: int, zone: str) -> Iterator[tuple[int, int]]:
    """The lengths and begins of the cells to which an interval belongs."""
    if kind is Kind.SYSTEM:
        yield FIVES, begin
        return
    yield DAY, day_begin(begin, zone)
    if kind not in SETTLED:
        yield QUARTERS, begin


@dataclass(frozen=True, slots=True)
class Question:
    """Whose counts are asked for, in since ≤ time < until (µs, at whole quarters of an hour).

    `minutes` is the length of the intervals that the answer tells apart, from `since` on; None: the
    answer is one. `by_days`: the time is one of whole days. `details` are the numbers that were
    called (`Subject.detail`); conditions that are None leave it open.
    """

    tenant: int
    kind: Kind
    subjects: tuple[str, ...] | None
    since: int
    until: int
    by_days: bool = False
    minutes: int | None = None
    details: tuple[str, ...] | None = None
    call_types: tuple[int, ...] | None = None
    media: int | None = None
    sub_media: int | None = None

    @property
    def cells(self) -> Wanted:
        """The cells that together have the answer."""
        return Wanted(
            self.tenant,
            self.kind.value,
            DAY if self.by_days and self.minutes is None else QUARTERS,
            self.since,
            self.until,
            self.subjects,
            self.details,
            self.call_types,
            self.media,
            self.sub_media,
        )

    def interval(self, begin: int) -> int:
        """The begin of the interval of the answer to which a cell belongs."""
        if self.minutes is None:
            return self.since
        length = self.minutes * 60 * SECOND
        return self.since + (begin - self.since) // length * length


Counted = dict[CellSubject, dict[int, Values]]
"""Counts by subject and begin of the interval (µs); who has none is missing."""


def read(connection: Connection, question: Question) -> Counted:
    """The counts that answer a question."""
    found: Counted = {}
    for key, counts in statistics.cells(connection, question.cells):
        intervals = found.setdefault(CellSubject(key.subject, key.detail, key.call_type), {})
        add(intervals.setdefault(question.interval(key.begin), {}), counts)
    return found


SystemCells = dict[tuple[int, str, str], dict[int, Values]]
"""Counts of the system by VDN, by what was counted and by number, and by begin (µs)."""


def read_system(
    connection: Connection, tenants: Sequence[int], since: int, until: int
) -> SystemCells:
    """What was counted of the system in since ≤ begin < until (µs)."""
    found: SystemCells = {}
    for tenant in tenants:
        wanted = Wanted(tenant, Kind.SYSTEM.value, FIVES, since, until)
        for key, counts in statistics.cells(connection, wanted):
            found.setdefault((tenant, key.subject, key.detail), {})[key.begin] = counts
    return found


def first_of_system(connection: Connection, tenants: Sequence[int]) -> int | None:
    """When the first of these counts begins (µs); None: nothing was counted yet."""
    wanted = (Wanted(it, Kind.SYSTEM.value, FIVES, 0, 0) for it in tenants)
    begins = (statistics.first_begin(connection, it) for it in wanted)
    return min((it for it in begins if it is not None), default=None)


class Statistics:
    """Has records counted in the store's thread, a few at a time; questions are for `reports`.

    `zones` gives the time zones of the tenants.
    """

    def __init__(
        self, store: Store, reports: Reports, zones: Callable[[], Mapping[int, str]]
    ) -> None:
        self._store = store
        self._reports = reports
        self._zones = zones
        self._waiting = 0
        self._counting: asyncio.Task[None] | None = None

    def committed(self, rows: int) -> None:
        """So many more records are committed; called on the event loop."""
        self._waiting += rows
        if self._waiting >= BEHIND and self._counting is None:
            self._counting = asyncio.get_running_loop().create_task(self._follow())

    async def close(self) -> None:
        """Leave what is not counted to the next life of the store."""
        if self._counting is not None:
            self._counting.cancel()
            await asyncio.gather(self._counting, return_exceptions=True)

    async def report(self, work: Callable[..., T], *args: Any) -> T:
        """What a report gives, with everything counted that is on record now."""
        await self.count_all()
        return await self._reports.run(work, *args)

    async def count_all(self) -> None:
        """Wait until everything that is on record now is counted."""
        await self._reports.flushed()
        await self._count_all()

    async def _follow(self) -> None:
        try:
            await self._count_all()
        except Exception:
            log.exception("records could not be counted")
        finally:
            self._counting = None

    async def _count_all(self) -> None:
        self._waiting = 0
        # To look takes less than to count, which others wait for.
        if await self._store.perform(statistics.behind, read_only=True):
            while await self._store.perform(partial(count, zones=self._zones())) >= MANY:
                pass
