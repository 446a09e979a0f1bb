"""A whole emulator over its lives: what it keeps on each database."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from emulator.app import Emulator
from emulator.clients.gateway import AgentClient, GatewayRefused
from emulator.settings import Settings
from emulator.store import Removal
from emulator.switch.config import AgentConfig, OutsideNumberConfig, QueueConfig, SkillConfig
from emulator.switch.errors import ConfigurationError
from tests.ports import free_port

PASSWORD, NEW_PASSWORD = "Demo@2026", "Winter-5-Sun"


@contextlib.asynccontextmanager
async def life(url: str) -> AsyncIterator[tuple[Emulator, str]]:
    """One start and stop of an emulator on the database."""
    settings = Settings(https_port=0, http_port=free_port(), database=url)
    emulator = Emulator(settings)
    await emulator.start()
    try:
        yield emulator, f"http://127.0.0.1:{settings.http_port}"
    finally:
        await emulator.stop()


NEW_AGENT = AgentConfig(130, "Nora", "nora", PASSWORD, phone="40130", skills=(SkillConfig(1),))


async def refused_sign_in(url: str, agent: int, password: str) -> str:
    """The code with which the gateway refuses it; empty: it does not."""
    async with AgentClient(url, agent, password) as client:
        try:
            await client.sign_in(f"40{agent}")
        except GatewayRefused as refused:
            return refused.retcode
    return ""


async def talk_and_hang_up(emulator: Emulator, agent: AgentClient) -> str:
    call = emulator.platform.advance().dial_in("13900000001", "95001")
    await agent.expect("AgentEvent_Talking")
    await agent.delete("voicecall", "release")
    return call


async def test_calls_and_passwords_are_there_in_the_next_life(durable_url: str) -> None:
    async with life(durable_url) as (emulator, url), AgentClient(url, 101, PASSWORD) as agent:
        await agent.sign_in("40101")
        first = await talk_and_hang_up(emulator, agent)
        await agent.post(
            "onlineagent", "modifyaccountpwdex", oldPassword=PASSWORD, newPassword=NEW_PASSWORD
        )
    async with life(durable_url) as (emulator, url), AgentClient(url, 101, NEW_PASSWORD) as agent:
        await agent.sign_in("40101")
        second = await talk_and_hang_up(emulator, agent)
        records = emulator.store.call_records(1, since=0, until=2**62)
    ended = [record.call_id for record in records if record.call_id_num == -1]
    assert ended == [first, second]
    assert int(second.partition("-")[2]) > int(first.partition("-")[2])


async def test_a_changed_configuration_is_there_in_the_next_life(durable_url: str) -> None:
    busy = OutsideNumberConfig("5550000", refuse=537)
    async with life(durable_url) as (emulator, _):
        await emulator.platform.configure(1, busy)
        assert emulator.platform.switch.tenants[1].outside["5550000"] == busy
    async with life(durable_url) as (emulator, _):
        assert emulator.platform.switch.tenants[1].outside["5550000"] == busy


async def test_a_refused_change_changes_neither_the_switch_nor_the_store(durable_url: str) -> None:
    async with life(durable_url) as (emulator, _):
        before = emulator.platform.switch.tenants[1].config
        with pytest.raises(ConfigurationError):
            await emulator.platform.configure(1, QueueConfig(1, "support", max_wait=0))
        assert emulator.platform.switch.tenants[1].config == before
        assert emulator.store.load_tenants() == [before]


# Agents who come and go by configuration


async def test_an_agent_who_is_added_works_at_once_and_in_the_next_life(durable_url: str) -> None:
    async with life(durable_url) as (emulator, url):
        assert await refused_sign_in(url, 130, PASSWORD) == "100-004"
        await emulator.platform.configure(1, NEW_AGENT)
        async with AgentClient(url, 130, PASSWORD) as agent:
            await agent.sign_in("40130")
            first = await talk_and_hang_up(emulator, agent)
    async with life(durable_url) as (emulator, url):
        async with AgentClient(url, 130, PASSWORD) as agent:
            await agent.sign_in("40130")
            await talk_and_hang_up(emulator, agent)
        records = emulator.store.call_records(1, since=0, until=2**62, agent="130")
    assert records[0].call_id == first
    assert len(records) == 2


async def test_an_agent_who_is_removed_has_no_account_any_more(durable_url: str) -> None:
    async with life(durable_url) as (emulator, url):
        async with AgentClient(url, 101, PASSWORD) as agent:
            await agent.sign_in("40101")
            await agent.post(
                "onlineagent", "modifyaccountpwdex", oldPassword=PASSWORD, newPassword=NEW_PASSWORD
            )
        assert [it.work_no for it in emulator.store.load_accounts()] == [101]
        await emulator.platform.edit(1, lambda _: [Removal(AgentConfig, 101)])
        for password in (PASSWORD, NEW_PASSWORD):
            assert await refused_sign_in(url, 101, password) == "100-004"
        assert emulator.store.load_accounts() == []
    async with life(durable_url) as (emulator, url):
        assert await refused_sign_in(url, 101, NEW_PASSWORD) == "100-004"


async def test_an_agent_who_is_added_again_begins_with_the_password_of_then(
    durable_url: str,
) -> None:
    async with life(durable_url) as (emulator, url):
        await emulator.platform.configure(1, NEW_AGENT)
        for _ in range(3):
            await refused_sign_in(url, 130, "wrong")
        assert await refused_sign_in(url, 130, PASSWORD) == "110-016"
        await emulator.platform.edit(1, lambda _: [Removal(AgentConfig, 130)])
        await emulator.platform.configure(1, replace(NEW_AGENT, password=NEW_PASSWORD))
        assert await refused_sign_in(url, 130, NEW_PASSWORD) == ""
    async with life(durable_url) as (_, url):
        assert await refused_sign_in(url, 130, NEW_PASSWORD) == ""


async def test_a_password_that_is_configured_stands_over_the_one_that_was(durable_url: str) -> None:
    async with life(durable_url) as (emulator, url):
        for _ in range(3):
            await refused_sign_in(url, 101, "wrong")
        changed = replace(emulator.platform.switch.agents[101].config, password=NEW_PASSWORD)
        await emulator.platform.configure(1, changed)
        assert emulator.platform.needs_commit
        await emulator.platform.committed()
        assert await refused_sign_in(url, 101, PASSWORD) == "100-004"
        assert await refused_sign_in(url, 101, NEW_PASSWORD) == ""
    async with life(durable_url) as (_, url):
        assert await refused_sign_in(url, 101, NEW_PASSWORD) == ""


async def test_another_change_of_an_agent_leaves_its_password_alone(durable_url: str) -> None:
    async with life(durable_url) as (emulator, url):
        async with AgentClient(url, 101, PASSWORD) as agent:
            await agent.sign_in("40101")
            await agent.post(
                "onlineagent", "modifyaccountpwdex", oldPassword=PASSWORD, newPassword=NEW_PASSWORD
            )
            await agent.sign_out()
        renamed = replace(emulator.platform.switch.agents[101].config, name="Ada")
        await emulator.platform.configure(1, renamed)
        assert await refused_sign_in(url, 101, NEW_PASSWORD) == ""


async def test_a_world_whose_agents_have_changed_can_be_saved_and_loaded(durable_url: str) -> None:
    async with life(durable_url) as (emulator, url):
        await emulator.platform.edit(1, lambda _: [Removal(AgentConfig, 120), NEW_AGENT])
        await emulator.world.load(await emulator.platform.snapshot())
        assert await refused_sign_in(url, 130, PASSWORD) == ""
        assert await refused_sign_in(url, 120, PASSWORD) == "100-004"
