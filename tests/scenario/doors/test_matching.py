"""Customers hear of their own calls, whichever comes first: the answer or the events."""

from __future__ import annotations

import asyncio

import pytest

from emulator.scenario.doors.matching import Matching
from emulator.scenario.engine.customers import Customer
from emulator.scenario.engine.hearing import Hearing
from emulator.switch import events
from emulator.switch.terms import CallType, MediaType


class Caller(Customer):
    """A customer who notes what it hears."""

    __slots__ = ("heard",)

    def __init__(self) -> None:
        super().__init__(None, "139", "95001", "")  # type: ignore[arg-type]
        self.heard: list[str] = []

    def queued(self) -> None:
        self.heard.append("queued")

    def talks(self) -> None:
        self.heard.append("talks")

    def over(self) -> None:
        self.heard.append("over")


def offered(call: str, media: MediaType = MediaType.VOICE) -> events.Offered:
    return events.Offered(1, 1, call, "trunk:139", "139", "95001", media, CallType.INBOUND)


def queued(call: str) -> events.Queued:
    return events.Queued(1, 1, call, "queue:1", 1, 1, 0)


def over(call: str) -> events.CallCleared:
    return events.CallCleared(1, 1, call, 0)


@pytest.fixture
def matching() -> Matching:
    return Matching(Hearing())


def test_events_after_the_answer_are_heard_at_once(matching: Matching) -> None:
    customer = Caller()
    matching.begun(matching.dials(), customer, "1")
    matching.hear(queued("1"))
    assert customer.heard == ["queued"]


def test_events_before_the_answer_are_heard_with_it(matching: Matching) -> None:
    customer = Caller()
    dial = matching.dials()
    matching.hear(queued("1"))
    assert customer.heard == []
    matching.begun(dial, customer, "1")
    assert customer.heard == ["queued"]


def test_a_call_that_is_over_before_the_answer_is_over(matching: Matching) -> None:
    customer = Caller()
    dial = matching.dials()
    matching.hear(queued("1"))
    matching.hear(over("1"))
    matching.begun(dial, customer, "1")
    assert customer.heard == ["queued", "over"]


def test_customers_who_call_from_the_same_number_are_told_apart(matching: Matching) -> None:
    first, second = Caller(), Caller()
    dials = [matching.dials(), matching.dials()]
    matching.hear(queued("1"))
    matching.hear(queued("2"))
    matching.hear(over("2"))
    matching.begun(dials[1], second, "2")
    assert (first.heard, second.heard) == ([], ["queued", "over"])
    matching.begun(dials[0], first, "1")
    assert first.heard == ["queued"]


def test_events_of_others_calls_do_not_wait_for_those_who_dial_later() -> None:
    hearing = Hearing()
    heard: list[str] = []
    hearing.handlers[events.Queued] = lambda event: heard.append(event.call)
    matching = Matching(hearing)
    dial = matching.dials()
    matching.hear(queued("other"))
    later = matching.dials()
    assert heard == []
    matching.failed(dial)
    assert heard == ["other"]
    matching.failed(later)
    assert heard == ["other"]


@pytest.mark.parametrize("early", [True, False])
def test_a_customer_who_writes_is_known_by_the_event(matching: Matching, early: bool) -> None:
    customer = Caller()
    dial = matching.dials()
    if early:
        matching.hear(offered("1", MediaType.SOCIAL_CHAT))
    matching.begun(dial, customer, "1")
    if not early:
        matching.hear(offered("1", MediaType.SOCIAL_CHAT))
    assert customer.is_chat


async def test_whose_call_rings_is_known_when_everybody_who_dialled_was_answered(
    matching: Matching,
) -> None:
    dial, other = matching.dials(), matching.dials()
    waits = asyncio.ensure_future(matching.settled("1"))
    await asyncio.sleep(0)
    matching.begun(other, Caller(), "2")
    await asyncio.sleep(0)
    assert not waits.done()
    matching.begun(dial, Caller(), "1")
    await waits
    await matching.settled("nobody dials")
