"""What agents ask of their calls, and the data that goes with them (CEC 6.1.3)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.world import CUSTOMER, World

AGENT, OTHER, INSPECTOR = 101, 102, 191
OUTSIDE = "13900000002"
LONGEST = 16 * 1024


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


def talking(world: World) -> str:
    """The agent talks to a customer who waited five seconds; gives the call id."""
    world.sign_in(AGENT)
    world.agent("6.1.1.22", AGENT, flag=0)
    call = world.dial_in()
    world.pass_time(5)
    world.agent("6.1.1.22", AGENT, flag=1)
    world.pass_time(3)
    world.agent("6.1.2.3", AGENT)
    return call


def set_data(world: World, agent: int, **body: Any) -> str:
    return world.call("6.1.3.3", {"agentid": agent}, body=body).code


# Data


def test_data_that_was_set_is_shown_wherever_the_call_is(world: World) -> None:
    call = talking(world)
    assert set_data(world, AGENT, callid=call, calldata="order 4711") == "0"
    assert world.agent("6.1.3.2", AGENT) == "order 4711"
    assert world.agent("6.1.3.1", AGENT)["calldata"] == "order 4711"
    assert world.agent("6.1.1.25", AGENT)["agentStateInfo"]["callData"] == "order 4711"


def test_data_goes_with_a_call_that_is_transferred(world: World) -> None:
    talking(world)
    set_data(world, AGENT, calldata="order 4711")
    world.sign_in(OTHER)
    world.agent("6.1.2.11", AGENT, {"devicetype": 2, "address": str(OTHER), "mode": 2})
    assert world.agent("6.1.3.5", OTHER)["calldata"] == "order 4711"
    world.agent("6.1.2.3", OTHER)
    assert world.agent("6.1.3.2", OTHER) == "order 4711"


def test_data_that_a_transfer_brings_is_the_call_s_from_then_on(world: World) -> None:
    talking(world)
    set_data(world, AGENT, calldata="old")
    world.sign_in(OTHER)
    body = {"devicetype": 2, "address": str(OTHER), "mode": 2, "callappdata": "new"}
    world.agent("6.1.2.11", AGENT, body)
    world.agent("6.1.2.3", OTHER)
    assert world.agent("6.1.3.2", OTHER) == "new"


def test_who_is_asked_for_help_sees_the_customer_s_data(world: World) -> None:
    talking(world)
    set_data(world, AGENT, calldata="order 4711")
    world.sign_in(OTHER)
    world.agent("6.1.2.5", AGENT, {"devicetype": 2, "dstaddress": str(OTHER), "mode": 1})
    world.agent("6.1.2.3", OTHER)
    assert world.agent("6.1.3.2", OTHER) == "order 4711"
    assert world.agent("6.1.3.1", OTHER)["orgicallednum"] == "95001"


def test_base64_is_a_way_to_send_data_and_a_way_to_fetch_it(world: World) -> None:
    talking(world)
    sent = base64.b64encode("größer".encode()).decode()
    assert set_data(world, AGENT, calldata=sent, isDataEncoded="true") == "0"
    assert world.agent("6.1.3.2", AGENT) == "größer"
    assert world.agent("6.1.3.2", AGENT, isEncodeResult="true") == sent
    assert world.agent("6.1.3.2", AGENT, isEncodeResult="TRUE") == "größer"


def test_the_limit_is_of_the_data_not_of_its_base64(world: World) -> None:
    talking(world)
    longest = base64.b64encode(b"x" * LONGEST).decode()
    too_long = base64.b64encode(b"x" * (LONGEST + 1)).decode()
    assert set_data(world, AGENT, calldata=too_long, isDataEncoded=True) == "000-002"
    assert set_data(world, AGENT, calldata="x" * (LONGEST + 1)) == "000-002"
    assert world.agent("6.1.3.2", AGENT) == ""
    assert set_data(world, AGENT, calldata=longest, isDataEncoded=True) == "0"
    assert len(world.agent("6.1.3.2", AGENT)) == LONGEST


@pytest.mark.parametrize("data", ["123", "12 3", "größer", base64.b64encode(b"a\0b").decode()])
def test_what_is_not_the_base64_of_a_text_is_refused(world: World, data: str) -> None:
    talking(world)
    assert set_data(world, AGENT, calldata=data, isDataEncoded=True) == "000-002"


def test_nobody_touches_the_data_of_another_agent_s_call(world: World) -> None:
    call = talking(world)
    world.sign_in(OTHER)
    assert set_data(world, OTHER, callid=call, calldata="mine") == "400-001"
    assert world.call("6.1.3.2", {"agentid": OTHER}, query={"callid": call}).code == "100-007"
    assert world.agent("6.1.3.2", AGENT) == ""


# Calls


def test_a_call_shows_its_times_at_the_agent(world: World) -> None:
    began = world.platform.now // 1000
    call = talking(world)
    found = world.agent("6.1.3.1", AGENT)
    assert (found["callid"], found["caller"], found["called"]) == (call, CUSTOMER, "95001")
    assert (found["callskill"], found["callskillid"], found["trunkNo"]) == ("support", 1, 1)
    assert (found["begintime"], found["endtime"], found["waitTime"]) == (began + 5000, None, 3)
    trace = found["trace"]
    assert (trace["waitBeginTime"], trace["waitEndTime"]) == (began, began + 5000)
    assert (trace["answerBeginTime"], trace["answerEndTime"]) == (began + 5000, began + 8000)
    assert (trace["talkBeginTime"], trace["talkEndTime"]) == (began + 8000, None)
    assert (trace["deviceNo"], trace["deviceType"], trace["vdnId"]) == (AGENT, 2, 1)


def test_the_trace_tells_a_ringing_a_talking_and_a_held_call_apart(world: World) -> None:
    world.sign_in(AGENT)
    world.dial_in()
    modes = [world.agent("6.1.3.1", AGENT)["trace"]["callDirectMode"]]
    for section in ("6.1.2.3", "6.1.2.8"):
        world.agent(section, AGENT)
        modes.append(world.agent("6.1.3.1", AGENT)["trace"]["callDirectMode"])
    assert modes == ["WAIT_DIRECT", "NORMAL_DIRECT", "KEEP_DIRECT"]


def test_a_call_that_another_agent_did_not_answer_says_so_when_it_rings_here(world: World) -> None:
    world.sign_in(OTHER)
    world.dial_in()
    world.pass_time(30)
    world.sign_in(AGENT)
    trace = world.agent("6.1.3.1", AGENT)["trace"]
    assert (trace["enterReason"], trace["enterReasonDesc"]) == (5, "Agent did not answer")


def test_the_last_call_is_shown_on_demand_only(world: World) -> None:
    call = talking(world)
    set_data(world, AGENT, calldata="order 4711")
    world.pass_time(10)
    world.agent("6.1.2.16", AGENT)
    ended = world.platform.now // 1000
    assert world.agent("6.1.3.1", AGENT) is None
    found = world.agent("6.1.3.1", AGENT, isNoContainLastCall="true")
    assert (found["callid"], found["endtime"], found["callskill"]) == (call, ended, "support")
    assert (found["calldata"], found["trace"]["talkEndTime"]) == ("order 4711", None)
    assert world.agent("6.1.3.6", AGENT, callid=call)["endtime"] == ended


def test_a_call_that_was_handed_on_is_the_last_one_while_it_still_lives(world: World) -> None:
    call = talking(world)
    world.sign_in(OTHER)
    world.agent("6.1.2.11", AGENT, {"devicetype": 2, "address": str(OTHER), "mode": 0})
    world.agent("6.1.2.3", OTHER)
    world.pass_time(60)
    found = world.agent("6.1.3.1", AGENT, isNoContainLastCall="true")
    assert found["callid"] == call
    assert found["endtime"] == world.platform.now // 1000 - 60_000


def test_there_is_no_last_call_of_an_earlier_sign_in(world: World) -> None:
    talking(world)
    world.agent("6.1.2.16", AGENT)
    world.agent("6.1.1.18", AGENT)
    world.guids.pop(AGENT)
    world.sign_in(AGENT)
    assert world.agent("6.1.3.1", AGENT, isNoContainLastCall="true") is None


def test_a_call_to_answer_is_shown_until_it_is_answered(world: World) -> None:
    world.sign_in(AGENT)
    assert world.agent("6.1.3.5", AGENT) is None
    call = world.dial_in()
    assert world.agent("6.1.3.5", AGENT)["callid"] == call
    world.agent("6.1.2.3", AGENT)
    assert world.agent("6.1.3.5", AGENT) is None


def test_a_call_the_agent_makes_itself_is_none_that_it_has_to_answer(world: World) -> None:
    world.sign_in(AGENT)
    world.agent("6.1.2.1", AGENT, {"called": OUTSIDE})
    assert world.agent("6.1.3.5", AGENT) is None
    assert world.agent("6.1.3.8", AGENT) == 1


def test_those_who_wait_are_listed_as_they_will_be_served(world: World) -> None:
    world.configure(priority_customers={"13800000009": 5})
    world.sign_in(AGENT)
    world.agent("6.1.1.22", AGENT, flag=0)
    first = world.dial_in()
    world.pass_time(4)
    preferred = world.dial_in(caller="13800000009")
    found = world.agent("6.1.3.11", AGENT, skillid=1)
    assert [c["callid"] for c in found] == [preferred, first]
    assert [c["waitTime"] for c in found] == [0, 4]
    assert [c["userPriority"] for c in found] == [5, 0]


def test_held_calls_are_listed_for_the_agent_and_for_inspectors(world: World) -> None:
    first = talking(world)
    world.agent("6.1.2.8", AGENT)
    second = world.agent("6.1.2.1", AGENT, {"called": OUTSIDE})
    world.sign_in(INSPECTOR)
    assert world.agent("6.1.3.8", AGENT) == 2
    assert world.agent("6.1.3.7", AGENT, workno=AGENT) == [first, second]
    assert world.agent("6.1.3.7", INSPECTOR, workno=AGENT) == [first, second]
    [own] = world.agent("6.1.3.4", AGENT)
    [seen] = world.agent("6.1.3.12", INSPECTOR, workno=AGENT)
    assert own["callid"] == seen["callid"] == first
    assert seen["callskill"] == "support"
