"""A call center whose records are counted, and what is asked of the counts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from weakref import finalize

from emulator.domain.calendar import day_begin, days, local
from emulator.domain.indicators.cells import Kind, Values, merged
from emulator.domain.indicators.historical import INDICATORS, seconds
from emulator.domain.recorder import Recorder
from emulator.domain.statistics import Counted, Question, count, read
from emulator.store.engine import MEMORY_URL
from emulator.store.rows import Row
from emulator.store.store import Store
from emulator.switch.config import TenantConfig
from emulator.switch.switch import Switch
from tests.switch.support import CallCenter

Numbers = dict[str, Any]


class Ledger(CallCenter):
    """A call center with one tenant that begins at `start` (µs), its records and its counts."""

    def __init__(self, config: TenantConfig, start: int, store: Store | None = None) -> None:
        super().__init__(config)
        self.switch = Switch(start)
        self.switch.apply_tenant(config)
        self.switch.subscribe(self.events.append)
        self.store = store or Store.open(MEMORY_URL)
        finalize(self, self.store.close)
        self.rows: list[Row] = []
        self.recorder = Recorder(self.rows.append, lambda: self.switch)
        self.switch.subscribe(self.recorder)

    def file(self) -> None:
        """What has been recorded is in the store."""
        rows, self.rows[:] = list(self.rows), []
        self.store.write(rows)

    def count(self, most_calls: int = 200) -> None:
        """Everything on record is counted."""
        self.file()
        zones = {self.config.id: self.config.timezone}
        while self.store.submit(partial(count, zones=zones, most_calls=most_calls)).result():
            pass

    def ask(self, question: Question) -> Counted:
        """What has been counted."""
        self.count()
        return self.store.submit(partial(read, question=question)).result()

    def today(self) -> tuple[int, int]:
        """The day of the tenant's on which it is now."""
        date = local(self.switch.now, self.config.timezone).date()
        return days(date, date, self.config.timezone)

    def cells(self, kind: Kind, minutes: int | None = None, **which: Any) -> Counted:
        """The counts of today."""
        since, until = which.pop("span", None) or self.today()
        tenant = self.config.id
        which.setdefault("subjects", None)
        return self.ask(
            Question(tenant, kind, since=since, until=until, by_days=True, minutes=minutes, **which)
        )

    def values(self, kind: Kind, name: str = "", **which: Any) -> Values:
        """The counts of a subject; of all that there are, where it has no name."""
        found = self.cells(kind, **which)
        return merged(
            values
            for subject, intervals in found.items()
            if name in ("", subject.id)
            for values in intervals.values()
        )

    def indicators(self, kind: Kind, name: str = "", **which: Any) -> Numbers:
        """All indicators of a subject that are not zero."""
        return shown(kind, self.values(kind, name, **which))

    def day_begins(self) -> int:
        """When the day of the tenant's began (µs)."""
        return day_begin(self.switch.now, self.config.timezone)


def shown(kind: Kind, *cells: Mapping[str, int]) -> Numbers:
    """The indicators that come from counts, without those that are zero."""
    values = merged(cells)
    numbers = {code: it.value(seconds(values)) for code, it in INDICATORS[kind].items()}
    return {code: value for code, value in numbers.items() if value}
