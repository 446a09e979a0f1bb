"""The agent's client, at an emulator behind a real port."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from emulator.app import Emulator
from emulator.clients.control import AsyncControlClient
from emulator.clients.gateway import AgentClient, GatewayRefused, NotHeard
from emulator.settings import Settings

PASSWORD = "Demo@2026"


@dataclass
class Site:
    """A running emulator with the demo seed."""

    emulator: Emulator
    url: str
    control: AsyncControlClient
    agents: list[AgentClient] = field(default_factory=list)

    def agent(self, work_no: int, password: str = PASSWORD) -> AgentClient:
        agent = AgentClient(self.url, work_no, password)
        self.agents.append(agent)
        return agent


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # With every poll a new guid: clients must follow.
    settings = Settings(http_port=port, https_port=0, guid_interval_ms=1)
    emulator = Emulator(settings)
    await emulator.start()
    url = f"http://127.0.0.1:{port}"
    async with AsyncControlClient(url) as control:
        opened = Site(emulator, url, control)
        yield opened
        for agent in opened.agents:
            await agent.close()
    await emulator.stop()


async def test_an_agent_hears_its_calls_and_follows_new_guids(site: Site) -> None:
    agent = site.agent(101)
    await agent.sign_in("40101", autoanswer=False)
    first_guid = agent.guid
    await agent.expect("AgentState_Ready")
    call = await site.control.dial_in("139", "95001")
    ringing = await agent.expect("AgentEvent_Ringing", caller="139")
    assert ringing.content["callid"] == call
    assert agent.guid != first_guid
    await agent.put("voicecall", "answer")
    await agent.expect("AgentEvent_Talking", callid=call)
    assert (await agent.get("onlineagent", "agentstatus"))["agentState"] == 7


async def test_an_agent_who_signs_out_hears_the_last_event_and_polls_no_more(site: Site) -> None:
    agent = site.agent(101)
    await agent.sign_in("40101")
    await agent.expect("AgentState_Ready")
    await agent.sign_out()
    await agent.expect("AgentOther_ShutdownService")
    assert [event.type for event in agent.events][-1] == "AgentOther_ShutdownService"
    assert not [task for task in (agent._polling,) if task is not None]


async def test_a_refusal_is_raised_with_its_code_and_told(site: Site) -> None:
    told: list[tuple[str, str]] = []
    agent = site.agent(101, "wrong")
    agent.on_request = lambda agent, method, path, retcode: told.append((method, retcode))
    with pytest.raises(GatewayRefused, match="onlineagent/101 answered 100-004") as refused:
        await agent.sign_in("40101")
    assert refused.value.retcode == "100-004"
    assert told == [("PUT", "100-004")]


async def test_an_event_that_does_not_come_is_missed_with_what_came_instead(site: Site) -> None:
    agent = site.agent(101)
    await agent.sign_in("40101")
    await agent.expect("AgentState_Ready")
    with pytest.raises(NotHeard, match=r"AgentEvent_Ringing.*heard AgentOther_InService"):
        await agent.expect("AgentEvent_Ringing", within=0.05)
    agent.forget()
    with pytest.raises(NotHeard, match="heard nothing"):
        await agent.expect("AgentOther_InService", within=0.05)


async def test_an_event_is_claimed_once_and_by_its_content(site: Site) -> None:
    agent = site.agent(101)
    await agent.sign_in("40101")
    await agent.expect("AgentState_Ready")
    await site.control.dial_in("139", "95001")
    with pytest.raises(NotHeard, match="'caller': '138'"):
        await agent.expect("AgentEvent_Talking", within=0.1, caller="138")
    await agent.expect("AgentEvent_Talking", caller="139")
    with pytest.raises(NotHeard):
        await agent.expect("AgentEvent_Talking", within=0.05)


async def test_one_who_waits_is_told_at_once_when_the_poll_is_refused(site: Site) -> None:
    agent = site.agent(101)
    await agent.sign_in("40101")
    await agent.expect("AgentState_Ready")
    await site.control.reset()
    with pytest.raises(NotHeard, match=r"the poll was refused: .*100-006"):
        await agent.expect("AgentEvent_Ringing", within=60)


async def test_one_who_waits_is_told_at_once_when_the_emulator_goes_away(site: Site) -> None:
    agent = site.agent(101)
    await agent.sign_in("40101")
    await agent.expect("AgentState_Ready")
    await site.emulator.server.stop()
    with pytest.raises(NotHeard, match="the poll failed"):
        await agent.expect("AgentEvent_Ringing", within=60)
