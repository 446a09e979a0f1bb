"""Records over the control API."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.clients.control import ControlRefused
from emulator.settings import Settings
from tests.control.conftest import NOON, World, open_world

SECOND = 1_000_000


async def serve_a_customer(world: World) -> str:
    call: str = await world.control.dial_in("139", "95001")
    await world.control.advance(30)
    await world.control.hang_up(call)
    return call


async def test_a_call_that_is_over_is_on_record_at_once(world: World) -> None:
    world.sign_in(101)
    call = await serve_a_customer(world)
    rows = await world.control.call_records(call=call)
    assert [row["device_in"] for row in rows] == ["DEVICE_QUEUE", "DEVICE_AGENT"]
    assert rows[-1]["agent_id"] == "101"
    assert rows[-1]["call_end"] == NOON + 30 * SECOND


async def test_in_a_world_that_is_kept_an_answer_waits_until_its_records_are(
    tmp_path: Path,
) -> None:
    async for world in open_world(Settings(data=tmp_path)):
        world.sign_in(101)
        await serve_a_customer(world)
        assert world.emulator.platform.records.lag == 0


async def test_records_come_by_pages_agents_and_times(world: World) -> None:
    world.sign_in(101)
    calls = [await serve_a_customer(world) for _ in range(3)]
    everything = await world.control.call_records()
    assert len(everything) == 6
    assert await world.control.call_records(limit=2, offset=2) == everything[2:4]
    own = await world.control.call_records(agent="101")
    assert [row["call_id"] for row in own] == calls
    later = await world.control.call_records(agent="101", since=NOON + 60 * SECOND)
    assert [row["call_id"] for row in later] == calls[1:]
    assert await world.control.call_records(tenant=2) == []


async def test_operations_and_recordings_are_on_record(world: World) -> None:
    world.sign_in(101)
    call = await serve_a_customer(world)
    operations = await world.control.operations(agent="101")
    assert operations[0]["op_type"] == "1"
    recordings = await world.control.recordings()
    assert [(row["call_id"], row["agent_id"]) for row in recordings] == [(call, "101")]


async def test_operations_stay_distinct_when_the_world_begins_anew_at_one_instant(
    world: World,
) -> None:
    for _ in range(2):
        world.sign_in(101)
        world.emulator.platform.reset([world.switch.tenants[1].config])
    operations = await world.control.operations(agent="101")
    assert [row["op_type"] for row in operations] == ["1", "1"]
    assert world.emulator.platform.records.refused == []


async def test_a_page_has_a_size(world: World) -> None:
    for wanted in ({"limit": 0}, {"limit": 10**6}, {"offset": -1}, {"since": 10**30}):
        with pytest.raises(ControlRefused) as refused:
            await world.control.call_records(**wanted)
        assert refused.value.status == 422
