"""The latest events of the switch over the control API."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from emulator.switch.events import AllAgentsBusy, Event
from emulator.traffic.journal import EVENT_COST, EVENTS_SHARE, Journal
from tests.control.conftest import World


async def test_events_are_numbered_and_can_be_continued(world: World) -> None:
    world.sign_in(101)
    first = await world.control.events()
    assert first[0] == {
        "number": 1,
        "event": "AgentLoggedOn",
        "at": world.switch.now,
        "tenant": 1,
        "agent": 101,
        "phone": "40101",
    }
    assert all(before["number"] + 1 == after["number"] for before, after in pairwise(first))
    world.switch.set_not_ready(101)
    (more,) = await world.control.events(first[-1]["number"])
    assert (more["event"], more["previous"]) == ("AgentNotReady", "idle")


async def test_the_number_of_a_party_does_not_hide_that_of_the_event(world: World) -> None:
    world.sign_in(101)
    call = await world.control.dial_in("139", "95001")
    await world.control.hang_up(call)
    heard = await world.control.events()
    assert [event["number"] for event in heard] == list(range(1, len(heard) + 1))
    cleared = [event for event in heard if event["event"] == "ConnectionCleared"]
    assert "139" in {event["party"] for event in cleared}


async def test_one_who_waits_for_an_event_hears_it_when_it_happens(world: World) -> None:
    asyncio.get_running_loop().call_later(0.05, world.sign_in, 101)
    (first, *_) = await world.control.events(0, wait=60)
    assert first["event"] == "AgentLoggedOn"


async def test_one_who_waits_in_vain_is_answered_empty(world: World) -> None:
    assert await world.control.events(0, wait=0.01) == []
    assert world.emulator.platform.traffic.journal._waiters == []


async def test_after_a_reset_numbers_go_on(world: World) -> None:
    world.sign_in(101)
    last = (await world.control.events())[-1]["number"]
    await world.control.reset()
    world.sign_in(101)
    assert (await world.control.events(last))[0]["number"] == last + 1


def test_old_events_make_room_and_keep_their_numbers() -> None:
    journal = Journal(3 * EVENTS_SHARE * EVENT_COST)
    heard: list[Event] = [AllAgentsBusy(at, 1) for at in range(5)]
    for event in heard:
        journal.hear(event)
    assert (journal.first, journal.last) == (3, 5)
    kept = [(number, event.at) for number, event in journal.after(0, 10)]
    assert kept == [(3, 2), (4, 3), (5, 4)]
    assert [number for number, _ in journal.after(3, 1)] == [4]
    assert journal.after(5, 10) == []
    assert journal.after(99, 10) == []
