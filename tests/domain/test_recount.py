"""Random days counted twice: from the records, and by hand from what the switch reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from emulator.domain.indicators.cells import Kind
from emulator.switch.events import Event
from tests.domain import recount
from tests.domain.busy_day import BusyDay, busy_center
from tests.domain.ledger import Ledger, shown
from tests.domain.recount import QUARTER, Numbers, Recount

EVENING = 1_699_981_200_000_000
"""17:00 UTC: an hour and a quarter before midnight in Kathmandu, which is 5:45 ahead."""
DAY = 96 * QUARTER
Counter = Callable[[int, int], Numbers]
"""Counts the time from one instant to another."""


class TwiceCounted:
    """A day at a call center, the one count of it and the other."""

    def __init__(self, agents: int, seed: int, crowd: int, acts: int) -> None:
        self.ledger = Ledger(busy_center(agents), EVENING)
        self.ledger.switch.on_subscriber_error = _raise
        self.recount = Recount(inside="950")
        self.ledger.switch.subscribe(self.recount)
        self._lives(BusyDay(self.ledger.switch, seed, crowd), acts)
        midnight = self.ledger.day_begins()
        self.days = [(midnight - DAY, midnight), (midnight, midnight + DAY)]

    def _lives(self, day: BusyDay, acts: int) -> None:
        day.live(acts)
        day.end()

    def counters(self) -> Mapping[tuple[Kind, str], Counter]:
        """How each subject is counted by hand."""
        day = self.recount
        queues = self.ledger.config.queues
        return {
            (Kind.VDN, ""): lambda since, until: recount.of_vdn(day, since, until),
            (Kind.IVR, ""): lambda since, until: recount.of_flows(day, since, until),
            **{
                (Kind.QUEUE, str(it.id)): lambda since, until, it=it: recount.of_queue(  # type: ignore[misc]
                    day, it.id, since, until
                )
                for it in queues
            },
            **{
                (Kind.AGENT, str(it)): lambda since, until, it=it: recount.of_agent(  # type: ignore[misc]
                    day, it, since, until
                )
                for it in self.ledger.switch.agents
            },
        }

    def compare_days(self) -> None:
        """Each day is the same in both counts."""
        for span in self.days:
            for (kind, name), counter in self.counters().items():
                found = self.ledger.indicators(kind, name, span=span)
                assert found == counter(*span), (kind, name, span)

    def compare_quarters(self) -> None:
        """Each quarter of an hour is the same in both counts."""
        span = (
            self.days[0][1] - 8 * QUARTER,
            self.ledger.switch.now // QUARTER * QUARTER + QUARTER,
        )
        for (kind, name), counter in self.counters().items():
            names = (name,) if name else None
            cells = self.ledger.cells(kind, minutes=15, span=span, subjects=names)
            for since, until in recount.quarters(*span):
                values = [it[since] for it in cells.values() if since in it]
                assert shown(kind, *values) == counter(since, until), (kind, name, since)


def _raise(subscriber: object, event: Event) -> None:
    raise  # noqa: PLE0704 - the error of the subscriber, which is being handled


def test_a_busy_day_is_counted_right() -> None:
    day = TwiceCounted(agents=60, seed=9, crowd=110, acts=10_000)
    assert len(day.recount.calls) > 3_000
    day.compare_days()
    day.compare_quarters()


@pytest.mark.parametrize("seed", range(3))
def test_a_day_with_too_few_agents_is_counted_right(seed: int) -> None:
    day = TwiceCounted(agents=15, seed=seed, crowd=220, acts=2_000)
    day.compare_days()
    day.compare_quarters()


@pytest.mark.parametrize("seed", range(6))
def test_a_quiet_day_is_counted_right(seed: int) -> None:
    TwiceCounted(agents=12, seed=100 + seed, crowd=40, acts=3_000).compare_days()


def test_nothing_is_counted_outside_the_day() -> None:
    day = TwiceCounted(agents=12, seed=1, crowd=75, acts=2_000)
    ever = (0, 2**62)
    for kind in Kind:
        for intervals in day.ledger.cells(kind, span=ever).values():
            assert intervals
        within = [day.ledger.values(kind, span=span) for span in day.days]
        assert shown_sum(within) == shown_sum([day.ledger.values(kind, span=ever)]), kind


def shown_sum(found: list[dict[str, int]]) -> dict[str, int]:
    """The sums of several cells, without what is no sum."""
    total: dict[str, int] = {}
    for values in found:
        for name, value in values.items():
            if not name.startswith(("max_", "min_")):
                total[name] = total.get(name, 0) + value
    return total
