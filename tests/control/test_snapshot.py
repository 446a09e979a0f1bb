"""A world that is saved goes on: in another one, in the same one, after a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.clients.control import AsyncControlClient, ControlRefused
from emulator.control.seed import load_seed
from emulator.settings import Settings
from emulator.store import Contact, Customer, Directory
from emulator.switch.clock import Clock, ClockMode, ClockState
from emulator.traffic.faults import Double, EventEffect, EventPattern, Fault, Late, Lose, Reorder
from tests.control.conftest import NOON, World, open_world
from tests.surfaces.cec.gateway.receiver import answer, receiver
from tests.surfaces.cec.gateway.site import site

AGENT = "/agentgateway/resource/onlineagent/101"
EVENTS = "/agentgateway/resource/agentevent/101"
BODY = {"password": "Demo@2026", "phonenum": "40101", "autoanswer": False}
SECOND = 1_000_000
TOKEN = {"app_key": "demo-app-key", "app_secret": "demo-app-secret"}


async def signed_in(world: World, **more: Any) -> dict[str, str]:
    """Agent 101 signs in; the header that proves it."""
    answer = await world.http.put(AGENT, json={**BODY, **more})
    assert answer.json()["retcode"] == "0"
    return {"guid": answer.headers["set-guid"]}


async def polled(world: World, proof: dict[str, str]) -> list[str]:
    """The events that the agent has not polled yet."""
    names = []
    while "event" in (answer := (await world.http.get(EVENTS, headers=proof)).json()):
        names.append(answer["event"]["eventType"])
    assert answer["retcode"] == "0"
    return names


QUICK = Settings(poll_wait=0)


async def test_an_agent_goes_on_in_another_world_with_the_guid_it_had() -> None:
    async for one in open_world(QUICK):
        proof = await signed_in(one)
        await polled(one, proof)
        call = await one.control.dial_in("139", "95001")
        saved = await one.control.save_snapshot()
        told = await polled(one, proof)
        assert "AgentEvent_Ringing" in told
        async for other in open_world(Settings(poll_wait=0, random_seed=99), Clock(0)):
            await other.control.load_snapshot(saved)
            assert await polled(other, proof) == told
            path = "/agentgateway/resource/voicecall/101/answer"
            assert (await other.http.put(path, headers=proof)).json()["retcode"] == "0"
            assert "AgentEvent_Talking" in await polled(other, proof)
            assert (await other.control.call(call))["caller"] == "139"


async def test_a_loaded_world_is_saved_to_the_same_bytes(world: World) -> None:
    proof = await signed_in(world)
    await world.control.dial_in("139", "95001")
    await world.control.dial_in("138", "95003")
    await world.control.advance(5)
    saved = await world.control.save_snapshot()
    assert await world.control.save_snapshot() == saved
    async for other in open_world(Settings(random_seed=99), Clock(0)):
        await other.control.load_snapshot(saved)
        assert await other.control.save_snapshot() == saved
    assert (await world.http.get(f"{AGENT}/agentstatus", headers=proof)).json()["retcode"] == "0"


async def test_random_streams_go_on_where_they_were(world: World) -> None:
    await signed_in(world)
    saved = await world.control.save_snapshot()
    guids = []
    for _ in range(2):
        await world.control.load_snapshot(saved)
        body = {**BODY, "phonenum": "40102"}
        answer = await world.http.put(AGENT.replace("101", "102"), json=body)
        guids.append(answer.headers["set-guid"])
    assert guids[0] == guids[1]


async def test_time_goes_on_from_then(world: World) -> None:
    await world.control.advance(60)
    saved = await world.control.save_snapshot()
    await world.control.advance(3600)
    await world.control.load_snapshot(saved)
    clock = await world.control.clock()
    assert clock["now"] == NOON + 60 * SECOND
    assert clock["started_at"] == NOON


async def test_a_bearer_token_of_then_is_good(world: World) -> None:
    path = "/apigovernance/api/oauth/tokenByAkSk"
    token = (await world.http.post(path, json=TOKEN)).json()["AccessToken"]
    saved = await world.control.save_snapshot()
    await world.control.reset()
    tokens = world.emulator.platform.form.read(saved).state["bearer tokens"]
    assert list(tokens) == [token]
    await world.control.load_snapshot(saved)
    assert await world.control.save_snapshot() == saved


async def test_faults_are_still_in_force(world: World) -> None:
    order = {"requests": {"section": "6.1.1.1"}, "effect": {"kind": "http_status", "status": 503}}
    made = await world.http.post("/_emulator/faults", json=order)
    assert made.status_code < 300, made.text
    saved = await world.control.save_snapshot()
    await world.http.delete("/_emulator/faults")
    await world.control.load_snapshot(saved)
    assert (await world.http.put(AGENT, json=BODY)).status_code == 503


@pytest.mark.parametrize("effect", [Lose(), Double(), Late(5), Reorder()])
async def test_faults_of_events_are_still_in_force(world: World, effect: EventEffect) -> None:
    faults = world.emulator.platform.traffic.faults
    faults.order(Fault(EventPattern(agent=101), effect, count=3))
    saved = await world.control.save_snapshot()
    faults.clear()
    await world.control.load_snapshot(saved)
    (fault,) = faults
    assert (fault.effect, fault.count, fault.number) == (effect, 3, 1)


async def test_a_clock_that_shows_no_time_is_refused(world: World) -> None:
    form = world.emulator.platform.form
    world.emulator.platform.clock.take_up(ClockState(NOON, ClockMode.FROZEN, 0))
    with pytest.raises(ControlRefused, match="clock cannot"):
        await world.control.load_snapshot(form.write(form.take(), []))


async def test_a_changed_password_is_still_the_right_one(tmp_path: Path) -> None:
    changed = "Other!935x"
    async for world in open_world(Settings(data=tmp_path / "one")):
        platform = world.emulator.platform
        platform.accounts.reset_password(101, changed, NOON)
        saved = await world.control.save_snapshot()
    for _ in range(2):
        async for other in open_world(Settings(data=tmp_path / "two")):
            if other.emulator.platform.accounts.password_of(101) != changed:
                await other.control.load_snapshot(saved)
            answer = await other.http.put(AGENT, json={**BODY, "password": changed})
            assert answer.json()["retcode"] == "0"


# Records and numbers


async def serve(world: World, code: str = "95001") -> str:
    call: str = await world.control.dial_in("139", code)
    await world.control.advance(10)
    return call


async def ids(world: World) -> list[Any]:
    """What is on record: calls, operations, recordings."""
    found = [
        *[row["call_id"] for row in await world.control.call_records()],
        *[f"{it['begin_time']} {it['op_type']}" for it in await world.control.operations()],
        *[row["record_id"] for row in await world.control.recordings()],
    ]
    assert found
    return found


async def test_what_was_on_record_is_on_record_and_what_came_later_is_not(world: World) -> None:
    world.sign_in(101)
    await world.control.hang_up(await serve(world))
    live = await serve(world)
    before = await ids(world)
    saved = await world.control.save_snapshot()
    await world.control.hang_up(live)
    after = await ids(world)
    assert len(after) > len(before)
    await world.control.load_snapshot(saved)
    assert await ids(world) == before
    await world.control.hang_up(live)
    assert sorted(await ids(world)) == sorted(after)


@pytest.mark.parametrize("folder", ["same", "other"])
async def test_a_world_that_is_kept_goes_on_after_a_restart(tmp_path: Path, folder: str) -> None:
    async for world in open_world(Settings(data=tmp_path / "same")):
        world.sign_in(101)
        await world.control.hang_up(await serve(world))
        live = await serve(world)
        before = await ids(world)
        saved = await world.control.save_snapshot()
        await world.control.hang_up(live)
        after = await ids(world)
    async for world in open_world(Settings(data=tmp_path / folder)):
        await world.control.load_snapshot(saved)
        assert await ids(world) == before
        await world.control.hang_up(live)
        assert sorted(await ids(world)) == sorted(after)
    async for world in open_world(Settings(data=tmp_path / folder)):
        assert sorted(await ids(world)) == sorted(after)


async def test_a_database_of_either_kind_takes_a_snapshot(durable_url: str) -> None:
    async for world in open_world(Settings(database=durable_url)):
        world.sign_in(101)
        await world.control.hang_up(await serve(world))
        live = await serve(world)
        before = await ids(world)
        saved = await world.control.save_snapshot()
        ends = []
        for _ in range(3):
            await world.control.hang_up(live)
            ends.append(await ids(world))
            await world.control.load_snapshot(saved)
            assert await ids(world) == before
        assert ends[0] == ends[1] == ends[2]


async def test_no_call_id_is_given_twice(tmp_path: Path) -> None:
    given: list[int] = []

    async def call(world: World) -> None:
        made = await world.control.dial_in("139", "95001")
        given.append(int(made.partition("-")[2]))

    async for world in open_world(Settings(data=tmp_path)):
        saved = await world.control.save_snapshot()
        await call(world)
        await world.control.load_snapshot(saved)
        await call(world)
        ahead = await world.control.save_snapshot()
    async for world in open_world(Settings(data=tmp_path)):
        # Every start reserves the next block; what was saved knows nothing of it.
        await call(world)
        await world.control.load_snapshot(ahead)
        await call(world)
    assert given == sorted(set(given))


async def test_a_snapshot_that_is_far_ahead_reserves_its_call_ids(tmp_path: Path) -> None:
    async for world in open_world(Settings()):
        world.switch.next_call = 5_000_000
        saved = await world.control.save_snapshot()
    numbers = []
    for _ in range(2):
        async for world in open_world(Settings(data=tmp_path)):
            if not numbers:
                await world.control.load_snapshot(saved)
            made = await world.control.dial_in("139", "95001")
            numbers.append(int(made.partition("-")[2]))
    assert numbers[0] >= 5_000_000
    assert numbers[1] > numbers[0]


# Clients that are there


async def test_a_poll_that_is_held_ends_and_the_next_one_goes_on() -> None:
    async with (
        site(poll_wait=60) as it,
        AsyncControlClient(f"http://127.0.0.1:{it.port}") as control,
    ):
        client = it.client(101)
        await client.sign_in()
        saved = await control.save_snapshot()
        queued = len(it.session(101).events)
        for _ in range(queued):
            assert await client.poll()
        held = await client.hold_poll()
        await it.until_held(101)
        await control.load_snapshot(saved)
        assert (await client.finish(held)).document.get("event") is None
        for _ in range(queued):
            assert await client.poll()


async def test_an_event_that_was_on_its_way_is_told_again() -> None:
    async with site() as it, AsyncControlClient(f"http://127.0.0.1:{it.port}") as control:
        client = await it.agent(101)
        it.note(101)
        session = it.session(101)
        session.first_events(1)
        saved = await control.save_snapshot()
        session.delivered(True)
        assert await client.poll() is None
        await control.load_snapshot(saved)
        event = await client.poll()
        assert event is not None
        assert event["eventType"] == "AgentOther_Note"


async def test_events_that_were_not_confirmed_are_pushed_by_the_other_process() -> None:
    busy = answer(b"{}", "503 Busy")
    async with receiver(*[busy] * 3) as there, site() as it:
        async with AsyncControlClient(f"http://127.0.0.1:{it.port}") as control:
            await it.client(101).sign_in(callbackUri=there.uri, serviceToken="t")
            await there.until(lambda: bool(there.requests))
            saved = await control.save_snapshot()
            await it.emulator.doors.gateway.sessions.stop()
        there.answers.clear()
        assert not there.names
        async with (
            site() as other,
            AsyncControlClient(f"http://127.0.0.1:{other.port}") as control,
        ):
            await control.load_snapshot(saved)
            await there.hear("AgentOther_InService")
            other.note(101)
            await there.hear("AgentOther_Note")
            assert there.names.count("AgentOther_InService") == 1


async def test_an_event_that_a_fault_delays_comes_late_after_loading_too() -> None:
    async with site() as it, AsyncControlClient(f"http://127.0.0.1:{it.port}") as control:
        client = await it.agent(101)
        it.emulator.platform.traffic.faults.order(Fault(EventPattern(agent=101), Late(0.05)))
        it.note(101)
        assert not it.session(101).events
        saved = await control.save_snapshot()
        await it.emulator.doors.control.desk.begin_anew(load_seed("demo"))
        await control.load_snapshot(saved)
        while (event := await client.poll()) is None:
            pass
        assert event["eventType"] == "AgentOther_Note"
        assert await client.poll() is None


async def test_a_copy_of_a_world_beside_it(world: World) -> None:
    proof = await signed_in(world)
    await world.control.make_world("copy", as_here=True)
    copied = AsyncControlClient("http://127.0.0.1:8000/_world/copy", http=world.http)
    status = await world.http.get(f"/_world/copy{AGENT}/agentstatus", headers=proof)
    assert status.json()["retcode"] == "0"
    await copied.dial_in("139", "95001")
    assert await world.control.calls() == []


async def test_a_copy_has_no_seed_of_its_own(world: World) -> None:
    with pytest.raises(ControlRefused, match="neither a seed"):
        await world.control.make_world(as_here=True, seed="demo")
    assert await world.control.worlds() == []


async def test_a_flow_that_waits_to_be_told_asks_again() -> None:
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        if len(asked) > 1:
            writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"vip": "1"}')
        else:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    seed = f"""
tenants:
  - id: 1
    name: one
    flows:
      - id: 1
        name: ask
        start: look
        nodes:
          look: {{type: lookup, url: "http://127.0.0.1:{port}/{{caller}}", timeout: 50, next: wait}}
          wait: {{type: play, seconds: 1000, next: bye}}
          bye: {{type: hang_up}}
    access_codes: [{{code: "95009", routes: [{{target: ivr, target_id: 1}}]}}]
"""
    async for world in open_world(Settings()):
        await world.control.load_seed(seed)
        call = await world.control.dial_in("139", "95009")
        while not asked:  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0)
        saved = await world.control.save_snapshot()
        async for other in open_world(Settings()):
            await other.control.load_snapshot(saved)
            flow = other.switch.calls[call].ivr
            assert flow is not None
            while flow.variables.get("vip") != "1":  # noqa: ASYNC110
                await asyncio.sleep(0)
            assert len(asked) == 2
            assert asked[0].splitlines()[0] == asked[1].splitlines()[0]
    server.close()


# Refusals


@pytest.mark.parametrize("spoil", [lambda it: it[:-1], lambda it: b"", lambda it: b"x" + it])
async def test_a_file_in_disorder_changes_nothing(world: World, spoil: Any) -> None:
    await signed_in(world)
    saved = await world.control.save_snapshot()
    await world.control.dial_in("139", "95001")
    before = await world.control.save_snapshot()
    with pytest.raises(ControlRefused) as refused:
        await world.control.load_snapshot(spoil(saved))
    assert (refused.value.status, refused.value.kind) == (422, "SnapshotRefused")
    assert await world.control.save_snapshot() == before


async def test_records_that_the_store_cannot_keep_change_nothing(world: World) -> None:
    world.sign_in(101)
    await world.control.hang_up(await serve(world))
    platform = world.emulator.platform
    before = await world.control.save_snapshot()
    saved = platform.form.read(before)
    content = platform.form.write(platform.form.take(), [*saved.records, *saved.records])
    with pytest.raises(ControlRefused, match="store cannot keep"):
        await world.control.load_snapshot(content)
    assert await world.control.save_snapshot() == before


async def test_customers_of_a_tenant_that_is_not_there_are_refused(world: World) -> None:
    form = world.emulator.platform.form
    content = form.write(form.take(), [], {9: Directory((Customer("1"),))})
    with pytest.raises(ControlRefused, match="a tenant that is not there"):
        await world.control.load_snapshot(content)


@pytest.mark.parametrize(
    "unsound",
    [Directory((), (Contact("1", customer="9"),)), Directory((Customer("1"), Customer("1")))],
    ids=["a contact of nobody", "a customer twice"],
)
async def test_customers_whom_the_store_cannot_keep_change_nothing(
    world: World, unsound: Directory
) -> None:
    form, before = world.emulator.platform.form, await world.control.customers()
    with pytest.raises(ControlRefused, match="store cannot keep"):
        await world.control.load_snapshot(form.write(form.take(), [], {1: unsound}))
    assert await world.control.customers() == before != []


async def test_a_guarded_world_is_not_given_away(guarded: World) -> None:
    for method in ("GET", "PUT"):
        answer: httpx.Response = await guarded.http.request(method, "/_emulator/snapshot")
        assert answer.status_code == 401
    await guarded.control.load_snapshot(await guarded.control.save_snapshot())
