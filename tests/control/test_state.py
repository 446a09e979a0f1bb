"""The view of the whole world."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.clients.control import ControlRefused
from emulator.switch.playback import Playing
from emulator.switch.terms import SupervisionMode, TargetType
from tests.control.conftest import NOON, World


async def tenant(world: World) -> Any:
    return (await world.control.state())["tenants"][0]


async def agent(world: World, work_no: int) -> Any:
    return next(it for it in (await tenant(world))["agents"] if it["work_no"] == work_no)


async def queue(world: World, queue_id: int) -> Any:
    return next(it for it in (await tenant(world))["queues"] if it["id"] == queue_id)


async def test_nothing_secret_is_shown(world: World) -> None:
    world.sign_in(101)
    shown = json.dumps(await world.control.state())
    for secret in ("Demo@2026", "demo-app-secret", "demo-sk", "demo-oiap"):
        assert secret not in shown


async def test_an_agent_who_came_to_work_is_shown_with_phone_and_queues(world: World) -> None:
    assert (await agent(world, 106))["state"] == "signed_out"
    world.sign_in(106)
    shown = await agent(world, 106)
    assert shown["state"] == "idle"
    assert shown["signed_in_at"] == NOON
    assert shown["phone"] == {
        "number": "40106",
        "leg": "down",
        "condition": "in service",
        "external": False,
    }
    assert shown["queues"] == [1, 2]
    assert (await queue(world, 2))["idle_agents"] == [106]


async def test_waiting_customers_are_shown_in_their_order(world: World) -> None:
    world.sign_in(101)
    world.switch.set_not_ready(101)
    calls = [await world.control.dial_in(caller, "95001") for caller in ("138", "139")]
    waiting = (await queue(world, 1))["waiting"]
    assert [(it["call"], it["position"], it["since"]) for it in waiting] == [
        (calls[0], 1, NOON),
        (calls[1], 2, NOON),
    ]
    assert waiting[1]["expected_wait"] > waiting[0]["expected_wait"] > 0
    await world.control.hang_up(calls[0])
    shown = await queue(world, 1)
    assert shown["outcomes"]["abandoned"] == 1
    assert shown["entered"] == 2
    assert (await world.control.call(calls[1]))["queue"]["position"] == 1


async def test_a_consultation_under_way_is_shown(world: World) -> None:
    world.sign_in(101)
    world.sign_in(102, auto_answer=False)
    call = await world.control.dial_in("139", "95001")
    second = world.switch.consultation_call(101, (TargetType.AGENT, "102"))
    shown = await agent(world, 101)
    assert shown["operation"] == {
        "kind": "two-party consultation",
        "call": call,
        "second": second,
    }
    assert {part["call"]: part["state"] for part in shown["calls"]}[call] == "hold"


async def test_supervision_is_shown_on_both_sides(world: World) -> None:
    world.sign_in(101)
    world.sign_in(191)
    world.switch.supervise(191, 101, SupervisionMode.WHISPER)
    listening = {"target": 101, "mode": "whisper", "hears": None}
    assert (await agent(world, 191))["supervision"] == listening
    call = world.switch.dial_in("13900000001", "95001")
    assert (await agent(world, 191))["supervision"] == {**listening, "hears": call}
    assert (await agent(world, 101))["supervised_by"] == [191]


async def test_a_state_asked_for_during_a_call_and_a_preview_are_shown(world: World) -> None:
    world.sign_in(101)
    world.sign_in(102)
    await world.control.dial_in("139", "95001")
    world.switch.request_rest(101, 60, 1)
    pending = (await agent(world, 101))["pending"]
    assert pending == {"state": "rest", "reason": 1, "duration": 60}
    control = await world.control.offer_preview(102, "555")
    preview = (await agent(world, 102))["preview"]
    assert preview == {"control": control, "numbers": ["555"], "data": ""}


async def test_one_tenant_can_be_shown_alone(world: World) -> None:
    assert len((await world.control.state(1))["tenants"]) == 1
    with pytest.raises(ControlRefused) as refused:
        await world.control.state(99)
    assert refused.value.status == 404


async def test_what_is_played_to_an_agent_is_shown_where_it_stands(world: World) -> None:
    world.sign_in(101)
    assert (await agent(world, 101))["playback"] is None
    how = Playing(volume=20, speed=100, times=2)
    world.switch.play(101, "Y:/1/0/a.V3", 10_000_000, how)
    await world.control.advance(6)
    assert (await agent(world, 101))["playback"] == {
        "file": "Y:/1/0/a.V3",
        "length": 10.0,
        "position": 2.0,
        "volume": 20,
        "speed": 100,
        "times": 2,
        "paused": False,
    }


async def test_whose_screen_is_recorded_is_shown(world: World) -> None:
    world.sign_in(101)
    assert (await agent(world, 101))["screen_recording"] is None
    world.switch.start_screen_recording(101)
    assert (await agent(world, 101))["screen_recording"] == 1
