"""A whole emulator over its lives: what it keeps on each database."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator

import pytest

from emulator.app import Emulator
from emulator.clients.gateway import AgentClient
from emulator.settings import Settings
from emulator.switch.config import OutsideNumberConfig, QueueConfig
from emulator.switch.errors import ConfigurationError

PASSWORD, NEW_PASSWORD = "Demo@2026", "Winter-5-Sun"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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
