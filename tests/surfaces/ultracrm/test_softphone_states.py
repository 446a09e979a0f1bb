"""The states in which UltraCRM's softphone puts its agent (chapter 3)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.surfaces.soap_world import AGENT, SoapWorld


@pytest.fixture
def world() -> Iterator[SoapWorld]:
    with SoapWorld() as made:
        made.sign_in(AGENT)
        yield made


@pytest.mark.parametrize(
    ("operation", "state", "event"),
    [
        ("ATSetAfterWorking", "wrap_up", "AgentState_SetWork_Success"),
        ("ATSetBusy", "busy", "AgentState_SetNotReady_Success"),
        ("ATSetLeaveSeat", "rest", "AgentState_SetRest_Success"),
    ],
)
def test_a_state_is_entered_and_left(
    world: SoapWorld, operation: str, state: str, event: str
) -> None:
    name = "nBusy_state" if operation == "ATSetBusy" else "nState"
    world.events(AGENT)
    assert world.at(operation, strUid=AGENT, **{name: 0}, strCause="") == 0
    assert world.at(operation, strUid=AGENT, **{name: 2}, strCause="") == 0
    assert world.at(operation, strUid=AGENT, **{name: 1}, strCause="") == 1
    assert world.states(AGENT) == state
    assert event in [it["eventType"] for it in world.events(AGENT)]
    assert world.at(operation, strUid=AGENT, **{name: 0}) == 1
    assert world.states(AGENT) == "idle"
    assert world.at(operation, strUid=999, **{name: 1}, strCause="") == 0


def test_a_cause_is_one_of_the_tenants_reasons_by_code_or_by_name(world: SoapWorld) -> None:
    agent = world.platform.switch.agents[AGENT]
    for cause, reason in (("200", 200), ("meeting", 200), ("lunch", 0), ("?", 0), ("99999", 0)):
        assert world.at("ATSetBusy", strUid=AGENT, nBusy_state=1, strCause=cause) == 1
        assert agent.reason == reason
    for cause, reason in (("lunch", 1), ("2", 2), ("", 0)):
        assert world.at("ATSetLeaveSeat", strUid=AGENT, nState=1, strCause=cause) == 1
        assert agent.reason == reason


def test_ready_agents_are_given_calls_and_others_are_not(world: SoapWorld) -> None:
    assert world.at("ATSetReady", strUid=AGENT, nState=0) == 1
    call = world.dial_in()
    assert world.call_info()["STATUS"] == "01"
    assert world.at("ATSetReady", strUid=AGENT, nState=1) == 1
    assert world.call_info()["STATUS"] == "03"
    assert world.at("ATSetReady", strUid=AGENT, nState=7) == 0
    assert call in world.platform.switch.calls


def test_busy_during_a_call_is_busy_after_it(world: SoapWorld) -> None:
    world.talk()
    assert world.at("ATSetBusy", strUid=AGENT, nBusy_state=1, strCause="") == 1
    world.at("ATHangup", strUid=AGENT)
    assert world.states(AGENT) == "busy"
