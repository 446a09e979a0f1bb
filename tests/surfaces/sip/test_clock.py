"""Time on the wire, moved by hand."""

from __future__ import annotations

import asyncio

from emulator.surfaces.sip.clock import LoopClock
from tests.surfaces.sip.manual import ManualClock


def test_timers_are_due_in_order_and_each_at_its_own_instant() -> None:
    clock = ManualClock(100.0)
    heard: list[tuple[str, float]] = []
    for name, seconds in (("late", 4.0), ("first", 0.5), ("second", 0.5)):
        clock.call_later(seconds, lambda name=name: heard.append((name, clock.now())))
    clock.advance(1.0)
    assert heard == [("first", 100.5), ("second", 100.5)]
    assert (clock.now(), clock.waiting) == (101.0, 1)


def test_a_cancelled_timer_is_silent() -> None:
    clock = ManualClock()
    heard: list[str] = []
    clock.call_later(1.0, lambda: heard.append("timer")).cancel()
    assert clock.waiting == 0
    clock.advance(2.0)
    assert heard == []


def test_a_timer_may_start_the_next_one() -> None:
    clock = ManualClock()
    heard: list[float] = []

    def again() -> None:
        heard.append(clock.now())
        clock.call_later(1.0, again)

    clock.call_later(1.0, again)
    clock.advance(3.5)
    assert heard == [1.0, 2.0, 3.0]


async def test_the_clock_of_the_loop_goes_by_itself() -> None:
    clock = LoopClock()
    heard = asyncio.Event()
    before = clock.now()
    clock.call_later(0.01, heard.set)
    await asyncio.wait_for(heard.wait(), 5)
    assert clock.now() > before
