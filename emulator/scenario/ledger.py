"""Keeps the books of a run: call records and operations as the platform writes them, counted.

The records are those of `domain.recorder`, counted by `domain.indicators` as for the monitoring
interfaces (CEC 12.3.8.1); only that nothing is kept of them here but the counts. Settlements of
days and the system's five minutes are not counted: no result has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from emulator.domain.indicators.cells import Contribution, Kind, Subject, Values, add
from emulator.domain.indicators.counting import count_service
from emulator.domain.indicators.work import count_work
from emulator.domain.recorder import Recorder
from emulator.store.rows import AgentOperation, CallRecord, Row
from emulator.switch.events import MessageRecorded, RecordingStopped, ScreenRecordingStopped
from emulator.switch.switch import Switch

Cells = dict[tuple[Subject, int], Values]
"""What was counted, by subject and number of the interval."""
AT_ONCE = 256
"""Calls, and operations, that are counted together: much of the same goes faster."""
RECORDINGS = (RecordingStopped, ScreenRecordingStopped, MessageRecorded)
"""What becomes rows that are not counted."""


class Ledger:
    """Hears a switch's events; counts what they amount to from `begin` (µs) on by `step`.

    `sink` is given every row too.
    """

    def __init__(
        self, switch: Switch, begin: int, step: int, sink: Callable[[Row], None] | None = None
    ) -> None:
        self.begin = begin
        self.step = step
        self._cells_of: dict[int, Cells] = {}
        self._calls: list[list[CallRecord]] = []
        self._work: list[AgentOperation] = []
        """What is over, and not counted yet."""
        self.records = 0
        self.operations = 0
        self._sink = sink
        self._open: dict[str, list[CallRecord]] = {}
        self._recorder = Recorder(self._write, lambda: switch)
        self.handlers = dict(self._recorder.handlers)
        """What takes note of an event, by its type."""
        if sink is None:
            for kind in RECORDINGS:
                del self.handlers[kind]

    def take(self, rows: Iterable[Row]) -> None:
        """Count rows that another has written, those of a call in their order."""
        for row in rows:
            self._write(row)

    @property
    def unfinished(self) -> int:
        """How many calls have records, but are not over."""
        return len(self._open)

    def _write(self, row: Row) -> None:
        if self._sink is not None:
            self._sink(row)
        if type(row) is CallRecord:
            self.records += 1
            if row.call_id_num == -1:
                rows = self._open.pop(row.call_id, [])
                rows.append(row)
                self._calls.append(rows)
                if len(self._calls) >= AT_ONCE:
                    self._count_all()
            else:
                self._open.setdefault(row.call_id, []).append(row)
        elif type(row) is AgentOperation:
            self.operations += 1
            self._work.append(row)
            if len(self._work) >= AT_ONCE:
                self._count_all()

    def _count_all(self) -> None:
        calls, self._calls = self._calls, []
        work, self._work = self._work, []
        for records in calls:
            self._count(records[0].tenant_id, count_service(records))
        for operation in work:
            self._count(operation.tenant_id, count_work(operation))

    def _count(self, tenant: int, contributions: Iterable[Contribution]) -> None:
        cells = self._cells_of.get(tenant)
        if cells is None:
            cells = self._cells_of[tenant] = {}
        begin, step = self.begin, self.step
        for subject, at, more in contributions:
            if at < begin:
                continue
            key = (subject, (at - begin) // step)
            values = cells.get(key)
            if values is None:
                values = cells[key] = {}
            add(values, more)

    # Reading

    @property
    def cells(self) -> Mapping[int, Cells]:
        """What was counted so far, by tenant."""
        self._count_all()
        return self._cells_of

    def values(
        self,
        kind: Kind,
        subject: str | None = None,
        tenant: int | None = None,
        intervals: range | None = None,
    ) -> Values:
        """Everything that was counted of a subject, or of all of the kind, as one cell."""
        total: Values = {}
        for values in self._cells(kind, subject, tenant, intervals):
            add(total, values)
        return total

    def by_interval(
        self, kind: Kind, subject: str | None = None, tenant: int | None = None
    ) -> Mapping[int, Values]:
        """The same by number of the interval; those without anything are missing."""
        found: dict[int, Values] = {}
        for number, cells in self.cells.items():
            if tenant in (None, number):
                for (who, interval), values in cells.items():
                    if who.kind is kind and subject in (None, who.id):
                        add(found.setdefault(interval, {}), values)
        return found

    def subjects(self, kind: Kind, tenant: int) -> list[str]:
        """Of whom anything was counted, in order."""
        found = {who.id for who, _ in self.cells.get(tenant, ()) if who.kind is kind}
        return sorted(found, key=lambda it: (len(it), it))

    def _cells(
        self, kind: Kind, subject: str | None, tenant: int | None, intervals: range | None
    ) -> Iterator[Values]:
        for number, cells in self.cells.items():
            if tenant in (None, number):
                for (who, interval), values in cells.items():
                    fits = who.kind is kind and subject in (None, who.id)
                    if fits and (intervals is None or interval in intervals):
                        yield values
