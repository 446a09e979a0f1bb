"""What tests say of a call center in a line, and what they are told when it is not so."""

from __future__ import annotations

import httpx
import pytest

from emulator.clients.gateway import NotHeard
from emulator.clients.traffic import NotAsExpected
from emulator.testing import matchers
from emulator.testing.matchers import (
    Heard,
    called,
    called_once,
    hears,
    hears_not,
    keeps_the_contract,
    never_called,
)
from emulator.testing.receiver import PushReceiver
from emulator.testing.world import World

HOUR = 3600


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matchers, "PATIENCE_S", 0.2)
    monkeypatch.setattr(matchers, "SETTLES_S", 0.2)


def test_an_agent_hears_what_its_own_client_was_told(world: World) -> None:
    agent = world.agent(101)
    agent.sign_in(autoanswer=False)
    call = world.control.dial_in("139", "95001")
    ringing = hears(world, "AgentEvent_Ringing", agent=101, caller="139")
    assert ringing.content["callid"] == call
    agent.put("voicecall", "answer")
    hears(agent, "AgentEvent_Talking", callid=call)


def test_time_that_stands_still_is_moved_no_further_than_needed(world: World) -> None:
    agent = world.agent(101)
    agent.sign_in()
    begun = world.control.clock()["now"]
    agent.put("voicecall", "callout", called="13900000000")
    hears(agent, "AgentEvent_Talking", within=HOUR)
    # The outside number rings for two seconds.
    assert world.control.clock()["now"] == begun + 2 * matchers.MICROSECONDS


def test_what_comes_later_than_expected_is_not_heard(world: World) -> None:
    agent = world.agent(101)
    agent.sign_in()
    begun = world.control.clock()["now"]
    agent.put("voicecall", "callout", called="13900000000")
    with pytest.raises(NotHeard, match="AgentEvent_Talking within 1 s"):
        hears(agent, "AgentEvent_Talking", within=1)
    assert world.control.clock()["now"] == begun + matchers.MICROSECONDS


@pytest.mark.emulator(settings={"clock_scale": 1000})
def test_time_that_runs_is_waited_for(world: World) -> None:
    agent = world.agent(101)
    agent.sign_in()
    agent.put("voicecall", "callout", called="13900000000")
    hears(agent, "AgentEvent_Talking", within=HOUR)


def test_the_failure_says_what_was_heard_instead(world: World) -> None:
    agent = world.agent(101)
    agent.sign_in()
    with pytest.raises(
        NotHeard, match=r"agent 101: expected AgentEvent_Ringing with .*'139'.* heard .*State_Ready"
    ):
        hears(agent, "AgentEvent_Ringing", caller="139")


def test_the_failure_says_that_nobody_listens(world: World) -> None:
    with pytest.raises(NotHeard, match="no client has asked for the agent's events"):
        hears(world, "AgentEvent_Ringing", agent=101, within=0)


def test_an_event_meets_one_expectation(world: World) -> None:
    agent = world.agent(101)
    agent.sign_in()
    hears(agent, "AgentState_Ready")
    with pytest.raises(NotHeard):
        hears(agent, "AgentState_Ready", within=0)
    assert "AgentState_Ready" in [event.type for event in world.ear.heard(101)]


def test_an_event_that_should_not_come_is_shown(world: World) -> None:
    agent = world.agent(101)
    agent.sign_in()
    hears_not(agent, "AgentEvent_Ringing", within=0)
    world.control.dial_in("139", "95001")
    with pytest.raises(Heard, match=r"agent 101: heard AgentEvent_Talking .*139"):
        hears_not(agent, "AgentEvent_Talking")


def test_a_pushed_event_is_heard(world: World) -> None:
    with PushReceiver() as receiver:
        world.agent(101).sign_in(callbackUri=receiver.uri, serviceToken="t-1")
        world.control.dial_in("139", "95001")
        hears(world, "AgentEvent_Talking", agent=101, caller="139")
        assert {batch["workNo"] for batch in receiver.batches} == {"101"}
        assert set(receiver.tokens) == {"t-1"}


def test_a_pushed_event_that_is_not_confirmed_is_not_heard(world: World) -> None:
    with PushReceiver() as receiver:
        receiver.answer = (200, b'{"retcode":"1"}')
        world.agent(101).sign_in(callbackUri=receiver.uri, serviceToken="t-1")
        with pytest.raises(NotHeard):
            hears(world, "AgentState_Ready", agent=101, within=0)
        assert receiver.batches


def test_calls_of_interfaces_are_counted(world: World) -> None:
    agent = world.agent(101)
    agent.sign_in()
    agent.post("onlineagent", "saybusy")
    called_once(world, section="6.1.1.10")
    never_called(world, path="*/hold")
    assert called(world, at_most=2, agent=101, path="*/saybusy") == 1
    with pytest.raises(NotAsExpected, match=r"found 0\s.*\s.*agent: expected 102, was 101"):
        called_once(world, section="6.1.1.1", body={"phonenum": "40101"}, agent=102)


def test_departures_from_the_contract_are_listed(world: World) -> None:
    keeps_the_contract(world)
    address = f"{world.url}/agentgateway/resource/onlineagent/101"
    httpx.put(address, json={"password": "Demo@2026", "phonenum": "40101", "colour": "red"})
    with pytest.raises(AssertionError, match=r"6\.1\.1\.1: undocumented_field .*colour"):
        keeps_the_contract(world)


@pytest.mark.emulator(port=True, start=1_700_000_000_000_000)
def test_a_world_is_made_as_the_test_orders_it(world: World) -> None:
    assert "/_world/" not in world.url
    health = httpx.get(f"{world.url}/_emulator/clock").json()
    assert health["now"] == 1_700_000_000_000_000
    assert world.control.clock()["scale"] == 0
