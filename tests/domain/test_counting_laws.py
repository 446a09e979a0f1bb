"""Counting little by little, through crashes and restarts, comes to what counting at once does."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select

from emulator.domain.calendar import days, local
from emulator.domain.indicators.cells import Kind
from emulator.domain.statistics import count
from emulator.store import Store, generations, tables
from emulator.store.rows import AgentOperation, CallRecord
from tests.domain.busy_day import BusyDay, busy_center
from tests.domain.ledger import Ledger
from tests.domain.shop import MIDNIGHT, SALES, Shop

ZONES = {1: "Asia/Kathmandu"}
Cells = list[tuple[Any, ...]]


class Crash(Exception):
    """The process dies within a transaction."""


def cells_of(store: Store) -> Cells:
    """Everything that has been counted, of all generations."""

    def read(connection: Connection) -> Cells:
        rows = connection.execute(select(tables.statistics))
        return sorted((tuple(row[:-1]), tuple(sorted(row[-1].items()))) for row in rows)

    return store.submit(read).result()


def forget_counts(connection: Connection) -> None:
    """Nothing has been counted."""
    connection.execute(delete(tables.statistics))
    connection.execute(delete(tables.counted))


def count_everything(store: Store, most_calls: int) -> None:
    """Count until nothing is left."""
    while store.submit(partial(count, zones=ZONES, most_calls=most_calls)).result():
        pass


class Life:
    """A day whose records are counted now and then, by a process that now and then dies."""

    def __init__(self, url: str, seed: int) -> None:
        self.url = url
        self.draw = Random(seed)
        self.ledger = Ledger(busy_center(12), 1_699_981_200_000_000, Store.open(url))
        self.day = BusyDay(self.ledger.switch, seed, crowd=150)
        self.generation = 0

    def live(self, parts: int) -> None:
        """So many parts of the day, each with something after it."""
        for _ in range(parts):
            self.day.live(60)
            self._file()
            self.draw.choice((self._counts, self._counts, self._dies, self._restarts, self._anew))()
        self.day.end()
        self._file()
        count_everything(self.ledger.store, 7)

    def _file(self) -> None:
        rows = [
            replace(row, generation=self.generation)
            for row in self.ledger.rows
            if isinstance(row, CallRecord | AgentOperation)
        ]
        self.ledger.rows.clear()
        self.ledger.store.write(rows)

    def _counts(self) -> None:
        most = self.draw.randint(1, 9)
        self.ledger.store.submit(partial(count, zones=ZONES, most_calls=most)).result()

    def _dies(self) -> None:
        def counting(connection: Connection) -> None:
            count(connection, ZONES, 5)
            raise Crash

        with pytest.raises(Crash):
            self.ledger.store.submit(counting).result()

    def _restarts(self) -> None:
        self.ledger.store.close()
        self.ledger.store = Store.open(self.url)

    def _anew(self) -> None:
        if not self.ledger.switch.calls and self.draw.random() < 0.5:
            return
        begun = self.ledger.store.submit(partial(generations.begin, tenants=[1])).result()
        self.generation = begun[1]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_counted_little_by_little_is_what_is_counted_at_once(
    durable_url: str, seed: int
) -> None:
    life = Life(durable_url, seed)
    life.live(20)
    store = life.ledger.store
    little_by_little = cells_of(store)
    assert little_by_little
    store.submit(forget_counts).result()
    count_everything(store, 10_000)
    assert cells_of(store) == little_by_little
    store.close()


def test_counting_again_counts_nothing_twice() -> None:
    shop = Shop()
    shop.sign_in(101)
    shop.is_served(SALES, 101, 2, 5)
    once = shop.indicators(Kind.QUEUE, str(SALES))
    assert once["IDX_COUNT_SKILL_REQUEST"] == 1
    assert shop.indicators(Kind.QUEUE, str(SALES)) == once


# Time


def test_a_call_across_midnight_counts_whole_on_the_day_of_its_end() -> None:
    shop = Shop()
    shop.sign_in(101)
    shop.at(86_390)
    shop.is_served(SALES, 101, 4, 600)
    queue = shop.indicators(Kind.QUEUE, str(SALES), span=(MIDNIGHT, MIDNIGHT + 86_400_000_000))
    assert queue["IDX_DURATION_SKILL_CONNECTED"] == 600
    assert shop.indicators(Kind.QUEUE, str(SALES)) == {}
    tomorrow = shop.indicators(Kind.AGENT, "101")
    assert tomorrow["IDX_DURATION_AGENT_CONVERSATION_IN"] == 600
    assert shop.indicators(Kind.VDN)["IDX_DURATION_AVG_VDN_INBOUND"] == 604


def test_an_agents_time_is_divided_among_the_days_and_the_quarters() -> None:
    shop = Shop()
    shop.sign_in(101)
    shop.at(86_400 - 1000)
    shop.switch.set_not_ready(101)
    shop.at(86_400 + 300)
    shop.switch.log_off(101)
    today = shop.indicators(Kind.AGENT, "101")
    assert today == {
        "IDX_DURATION_AGENT_SIGN_IN": 300,
        "IDX_DURATION_AGENT_SET_BUSY": 300,
    }
    yesterday = (MIDNIGHT, MIDNIGHT + 86_400_000_000)
    (intervals,) = shop.cells(Kind.AGENT, minutes=15, span=yesterday).values()
    busy = {at: values.get("busy_time", 0) // 1_000_000 for at, values in intervals.items()}
    assert [it for it in busy.values() if it] == [100, 900]
    assert shop.indicators(Kind.AGENT, "101", span=yesterday)["IDX_COUNT_AGENT_SET_BUSY"] == 1


LONG_AND_SHORT = (
    ("Europe/Berlin", 1_711_839_600, 23),
    ("Europe/Berlin", 1_729_980_000, 25),
    ("Europe/Berlin", 1_700_002_800, 24),
    ("Asia/Kolkata", 1_699_986_600, 24),
    ("Asia/Kathmandu", 1_699_985_700, 24),
)
"""A zone, when a day begins there (s), and how many hours it has."""


@pytest.mark.parametrize(("zone", "begin", "hours"), LONG_AND_SHORT)
@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_days_and_intervals_are_those_of_the_tenants_clock(
    zone: str, begin: int, hours: int, minutes: int
) -> None:
    """A customer hangs up in the last second of each hour of the day, and one before and after."""
    shop = Shop(zone, (begin - 10) * 1_000_000)
    shop.sign_in(103)
    shop.switch.set_not_ready(103)
    for hour in range(hours + 2):
        shop.at(3600 * hour + 8)
        call = shop.calls(6)
        shop.at(3600 * hour + 9)
        shop.hangs_up(call)
    noon = (begin + 12 * 3600) * 1_000_000
    day = local(noon, zone).date()
    span = days(day, day, zone)
    assert span == (begin * 1_000_000, (begin + hours * 3600) * 1_000_000)
    lost = shop.indicators(Kind.QUEUE, "6", span=span)
    assert lost["IDX_COUNT_SKILL_USER_ABANDON"] == hours
    (intervals,) = shop.cells(Kind.QUEUE, minutes=minutes, span=span).values()
    length = minutes * 60_000_000
    assert list(intervals) == [
        span[0] + hour * 3_600_000_000 - length for hour in range(1, hours + 1)
    ]
