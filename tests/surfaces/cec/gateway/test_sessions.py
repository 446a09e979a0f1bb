"""An agent's event queue, polled in every way that the wire allows but seldom shows."""

from __future__ import annotations

import asyncio

from emulator.surfaces.cec.gateway.client import AgentSession
from emulator.surfaces.cec.gateway.events import AgentEvent

LONG = 3600.0


def session_with(*names: str) -> AgentSession:
    session = AgentSession(101, 0.0)
    for name in names:
        session.put(AgentEvent(101, name, None))
    return session


def name(event: dict[str, object] | None) -> object:
    return None if event is None else event["eventType"]


async def test_while_an_answer_is_being_written_the_next_poll_waits_for_its_fate() -> None:
    session = session_with("first", "second")
    assert name(await session.next_event(LONG)) == "first"
    next_poll = asyncio.create_task(session.next_event(LONG))
    await asyncio.sleep(0)
    assert not next_poll.done()
    session.delivered(True)
    assert name(await next_poll) == "second"


async def test_an_event_that_did_not_arrive_is_told_again() -> None:
    session = session_with("first")
    assert name(await session.next_event(LONG)) == "first"
    next_poll = asyncio.create_task(session.next_event(LONG))
    await asyncio.sleep(0)
    session.delivered(False)
    assert name(await next_poll) == "first"


async def test_a_poll_that_found_nothing_in_its_time_is_answered_empty() -> None:
    assert await session_with().next_event(0.0) is None


async def test_synchronising_takes_back_nothing_that_is_being_written() -> None:
    session = session_with("first", "second")
    assert name(await session.next_event(LONG)) == "first"
    session.clear()
    session.delivered(True)
    assert await session.next_event(0.0) is None
