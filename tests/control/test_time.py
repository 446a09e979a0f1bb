"""The clock over the control API."""

from __future__ import annotations

import asyncio

import pytest

from emulator.clients.control import ControlRefused
from emulator.platform import real_time
from emulator.settings import Settings
from emulator.switch.clock import Clock
from emulator.switch.terms import AgentState
from tests.control.conftest import NOON, World, open_world

SECOND = 1_000_000


async def test_time_moved_by_hand_fires_the_timers_on_the_way(world: World) -> None:
    world.sign_in(101)
    world.switch.request_rest(101, 60, 1)
    await world.control.advance(59.5)
    assert (await world.control.events())[-1]["event"] != "AgentRestTimedOut"
    clock = await world.control.advance(1.5)
    assert clock["now"] == NOON + 61 * SECOND
    fired = [e for e in await world.control.events() if e["event"] == "AgentRestTimedOut"]
    assert [event["at"] for event in fired] == [NOON + 60 * SECOND]


async def test_a_move_signs_silent_agents_out_only_if_it_is_asked_to(world: World) -> None:
    body = {"password": "Demo@2026", "phonenum": "40101"}
    await world.http.put("/agentgateway/resource/onlineagent/101", json=body)
    await world.control.advance(3600)
    assert world.switch.agent(101).state is AgentState.IDLE
    await world.control.advance(3600, trip_watchdogs=True)
    assert not world.switch.agent(101).signed_in


async def test_a_frozen_clock_stands_still_and_runs_on_at_a_scale() -> None:
    instants = [0]
    clock = Clock(NOON, lambda: instants[0])
    async for world in open_world(Settings(), clock):
        assert (await world.control.freeze())["mode"] == "frozen"
        instants[0] += SECOND
        assert (await world.control.clock())["now"] == NOON
        assert (await world.control.run(60))["scale"] == 60
        instants[0] += SECOND
        assert (await world.control.clock())["now"] == NOON + 60 * SECOND


async def test_what_is_shown_is_the_present_also_when_nobody_woke_the_switch() -> None:
    instants = [0]
    async for world in open_world(Settings(), Clock(NOON, lambda: instants[0])):
        world.sign_in(101)
        world.switch.request_rest(101, 60, 1)
        instants[0] += 61 * SECOND
        assert (await world.control.events())[-1]["event"] == "AgentRestTimedOut"


async def test_timers_fire_by_themselves_once_a_frozen_clock_runs_again() -> None:
    async for world in open_world(Settings(), Clock(NOON, real_time)):
        await world.control.freeze()
        world.sign_in(101)
        world.switch.request_rest(101, 60, 1)
        last = (await world.control.events())[-1]["number"]
        await asyncio.sleep(0.01)  # the platform has seen that nothing is due
        await world.control.run(1000)
        (fired, *_) = await world.control.events(last, wait=30)
        assert fired["event"] == "AgentRestTimedOut"


async def test_a_virtual_clock_cannot_run_by_itself(world: World) -> None:
    with pytest.raises(ControlRefused) as refused:
        await world.control.run()
    assert refused.value.status == 409


@pytest.mark.parametrize("seconds", [-1, 1e12, float("1e400")])
async def test_time_neither_goes_back_nor_leaps_over_years(world: World, seconds: float) -> None:
    content = f'{{"seconds": {"1e400" if seconds > 1e300 else seconds}}}'
    headers = {"content-type": "application/json"}
    answer = await world.http.post("/_emulator/clock/advance", content=content, headers=headers)
    assert answer.status_code == 422
    assert (await world.control.clock())["now"] == NOON


@pytest.mark.parametrize("scale", [0, -1, 1001])
async def test_a_scale_is_above_0_and_at_most_1000(world: World, scale: float) -> None:
    with pytest.raises(ControlRefused) as refused:
        await world.control.run(scale)
    assert refused.value.status == 422
