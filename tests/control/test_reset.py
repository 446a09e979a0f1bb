"""What is left when a world or one of its tenants begins anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from emulator.clients.control import ControlRefused
from emulator.domain.messages import Message
from emulator.settings import Settings
from emulator.store import Customer, MessageChannel
from emulator.switch.agents import SignIn
from tests.control.conftest import NOON, World, open_world

OTHER = """
tenants:
  - id: 1
    name: demo
    agents: [{work_no: 101, name: One, password: Demo@2026, phone: "40101", skills: [{queue: 1}]}]
    queues: [{id: 1, name: q}]
    access_codes: [{code: "95001", routes: [{target: queue, target_id: 1}]}]
    trunks: [{name: t, channels: 10}]
  - id: 2
    name: other
    agents: [{work_no: 501, name: Two, password: Demo@2026, phone: "60501", skills: [{queue: 1}]}]
    queues: [{id: 1, name: q}]
    access_codes: [{code: "96001", routes: [{target: queue, target_id: 1}]}]
    trunks: [{name: t, channels: 10}]
"""


async def busy_morning(world: World) -> list[str]:
    """An agent and a call in the queue in each of two tenants; a call is over in each."""
    await world.control.load_seed(OTHER)
    switch = world.emulator.platform.advance()
    calls = []
    for work_no, phone, code in ((101, "40101", "95001"), (501, "60501", "96001")):
        switch.log_on(work_no, SignIn(phone=phone, auto_answer=True))
        switch.outside_hangs_up(switch.dial_in("138", code))
        calls.append(switch.dial_in("139", code))
    return calls


def live(world: World, tenant: int) -> tuple[int, list[bool]]:
    """How many calls a tenant has, and which of its agents are signed in."""
    there = world.switch.tenants[tenant]
    return len(there.calls), [agent.signed_in for agent in there.agents.values()]


async def records(world: World, tenant: int) -> tuple[int, int]:
    found = [
        await world.control.call_records(tenant=tenant),
        await world.control.operations(tenant=tenant),
    ]
    return len(found[0]), len(found[1])


async def test_one_tenant_begins_anew_and_the_other_goes_on(world: World) -> None:
    _, kept = await busy_morning(world)
    assert await records(world, 1) == await records(world, 2) != (0, 0)
    begun = await world.control.reset(tenant=1)
    assert [tenant["id"] for tenant in begun["tenants"]] == [1]
    assert live(world, 1)[0] == 0
    assert not any(live(world, 1)[1])
    assert await records(world, 1) == (0, 0)
    assert live(world, 2) == (1, [True])
    assert (await records(world, 2))[0] > 0
    assert (await world.control.call(kept))["caller"] == "139"
    assert [agent.work_no for agent in world.switch.agents.values()][:1] == [501]


async def test_the_tenant_works_again_as_its_seed_has_it(world: World) -> None:
    await busy_morning(world)
    await world.control.reset(tenant=1)
    assert len(world.switch.tenants[1].agents) == 22
    world.sign_in(101)
    call = await world.control.dial_in("139", "95001")
    await world.control.advance(1)
    assert (await world.control.call(call))["connections"]
    await world.control.hang_up(call)
    assert (await records(world, 1))[0] > 0


async def test_of_a_tenant_that_began_anew_nothing_is_due_any_more(world: World) -> None:
    await busy_morning(world)
    switch = world.switch
    for tenant in (1, 2):
        await world.control.reset(tenant=tenant)
    assert switch.timers.pending() == []
    assert dict(switch.calls) == {}
    assert dict(switch.requests) == {}
    await world.control.advance(86_400)


async def test_only_its_own_agents_lose_their_sessions(world: World) -> None:
    await world.control.load_seed(OTHER)
    guids = {}
    for agent, phone in ((101, "40101"), (501, "60501")):
        path = f"/agentgateway/resource/onlineagent/{agent}"
        answer = await world.http.put(path, json={"password": "Demo@2026", "phonenum": phone})
        guids[agent] = {"guid": answer.headers["set-guid"]}
    await world.control.reset(tenant=1)

    async def code(agent: int) -> Any:
        path = f"/agentgateway/resource/onlineagent/{agent}/agentstatus"
        return (await world.http.get(path, headers=guids[agent])).json()["retcode"]

    assert (await code(101), await code(501)) == ("100-006", "0")


async def test_a_tenant_that_nobody_knows_cannot_begin_anew(world: World) -> None:
    with pytest.raises(ControlRefused, match="no tenant 9"):
        await world.control.reset(tenant=9)


async def test_after_a_reset_there_are_no_records(world: World) -> None:
    await busy_morning(world)
    await world.control.reset()
    assert await records(world, 1) == (0, 0)


async def test_a_world_that_is_kept_keeps_the_records_of_its_past(tmp_path: Path) -> None:
    async for world in open_world(Settings(data=tmp_path)):
        await busy_morning(world)
        before, _ = await records(world, 1)
        await world.control.reset()
        await busy_morning(world)
        assert (await records(world, 1))[0] == before
    with closing(sqlite3.connect(tmp_path / "emulator.db")) as database:
        found = database.execute(
            "SELECT generation, count(*) FROM call_records WHERE tenant_id = 1"
            " GROUP BY generation ORDER BY generation"
        ).fetchall()
    assert [count for _, count in found] == [before, before]


async def test_after_a_restart_the_past_is_still_past(tmp_path: Path) -> None:
    async for world in open_world(Settings(data=tmp_path)):
        await busy_morning(world)
        await world.control.reset()
    async for world in open_world(Settings(data=tmp_path)):
        assert await records(world, 1) == (0, 0)


async def test_a_world_in_memory_lets_go_of_its_past(world: World) -> None:
    await busy_morning(world)
    await world.control.reset()
    purging = world.emulator.platform._purging
    if purging is not None:
        await purging
    await world.emulator.platform.records.flushed()
    assert world.emulator.store.submit(_count).result() == 0


def _count(connection: Any) -> int:
    found: int = connection.exec_driver_sql("SELECT count(*) FROM call_records").scalar()
    return found


BOOKS = """
tenants:
  - id: 1
    name: desk
    customers: [{id: "1", name: Ada, mobile: "139"}]
    contacts: [{id: "7", customer: "1", name: Colin}]
    messages:
      - {channel: sms, sender: "139", body: hello, ago: 3600}
      - {channel: email, direction: sent, recipient: a@example.com, at: 2023-11-01T12:00:00}
  - {id: 2, name: other, customers: [{id: "1", name: Bea}]}
"""
BEGUN = NOON - 3600 * 1_000_000


async def books(world: World, tenant: int) -> tuple[list[str], list[str], list[str]]:
    """Whom a tenant knows, and the texts and addresses of its messages."""
    platform = world.emulator.platform
    customers = await platform.customers.find(tenant)
    contacts = await platform.customers.find_contacts(tenant)
    messages = await platform.messages.find(tenant)
    return (
        [it.name for it in customers],
        [it.name for it in contacts],
        [it.body or it.recipient for it in messages],
    )


async def spoil(world: World) -> None:
    """Remove and add what the seed has."""
    platform = world.emulator.platform
    for tenant in (1, 2):
        await platform.customers.save(tenant, Customer("2", "Eve"))
        await platform.customers.save(tenant, Customer("1", "Nobody"))
        platform.messages.receive(tenant, Message(MessageChannel.SMS, body="new"))


SEEDED = ["Ada"], ["Colin"], ["a@example.com", "hello"]


async def test_a_seed_brings_customers_contacts_and_messages(world: World) -> None:
    await world.control.load_seed(BOOKS)
    assert await books(world, 1) == SEEDED
    assert await books(world, 2) == (["Bea"], [], [])
    _, hello = await world.emulator.platform.messages.find(1)
    assert (hello.at, hello.message_id.partition("-")[0]) == (BEGUN, str(BEGUN // 1_000_000))


async def test_a_reset_brings_what_was_seeded_again_and_nothing_else(tmp_path: Path) -> None:
    seed = tmp_path / "books.yaml"
    seed.write_text(BOOKS, encoding="utf-8")
    async for world in open_world(Settings(seed=str(seed))):
        assert await books(world, 1) == SEEDED
        await spoil(world)
        await world.control.advance(60)
        await world.control.reset()
        assert await books(world, 1) == SEEDED
        assert await books(world, 2) == (["Bea"], [], [])
        _, hello = await world.emulator.platform.messages.find(1)
        assert hello.at == BEGUN + 60 * 1_000_000
        await spoil(world)
        await world.control.reset(tenant=1)
        assert await books(world, 1) == SEEDED
        assert await books(world, 2) == (["Nobody", "Eve"], [], ["new"])


async def test_a_tenant_that_the_seed_does_not_have_keeps_whom_it_knows(world: World) -> None:
    await world.control.load_seed(BOOKS)
    await spoil(world)
    await world.control.reset(tenant=2)
    assert await books(world, 2) == (["Nobody", "Eve"], [], [])


async def test_what_a_seed_brings_is_kept_and_not_brought_again_by_a_restart(
    tmp_path: Path,
) -> None:
    seed = tmp_path / "books.yaml"
    seed.write_text(BOOKS, encoding="utf-8")
    settings = Settings(seed=str(seed), data=tmp_path / "data")
    async for world in open_world(settings):
        await spoil(world)
    async for world in open_world(settings):
        assert await books(world, 1) == (["Nobody", "Eve"], ["Colin"], [*SEEDED[2], "new"])
        await world.control.reset()
        assert await books(world, 1) == SEEDED
    async for world in open_world(settings):
        assert await books(world, 1) == SEEDED
