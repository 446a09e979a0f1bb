"""IVR flows: what each node does, and which flows are refused."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.switch import errors
from emulator.switch.config import FlowConfig
from emulator.switch.events import (
    AnnouncementRequested,
    CallDataChanged,
    IvrNodeEntered,
    LookupRequested,
    MessageRecorded,
    SurveyAnswered,
)
from emulator.switch.terms import AgentState, MediaType
from tests.switch.support import CUSTOMER, IVR, CallCenter, code, flow, small_call_center

BYE = {"type": "hang_up"}


def ivr(start: str, **nodes: dict[str, Any]) -> CallCenter:
    """A customer's 95009 leads to flow 1; flow 2 returns after a second."""
    base = small_call_center().config
    center = small_call_center(
        flows=(
            flow(1, start, "7001", **nodes),
            flow(
                2,
                "a",
                a={"type": "play", "seconds": 1, "next": "b"},
                b={"type": "return"},
            ),
        ),
        access_codes=(*base.access_codes, code("95009", IVR, 1)),
    )
    center.sign_in(101)
    return center


def nodes(center: CallCenter) -> list[str]:
    return [event.node for event in center.heard(IvrNodeEntered)]


def test_an_announcement_names_the_caller_and_takes_its_time() -> None:
    center = ivr(
        "a", a={"type": "play", "prompt": "hi {caller} {", "seconds": 2, "next": "b"}, b=BYE
    )
    call = center.dial("95009")
    assert center.last(AnnouncementRequested).prompt == f"hi {CUSTOMER} {{"
    center.wait(1.9)
    assert center.lives(call)
    center.wait(0.1)
    assert not center.lives(call)


def menu() -> CallCenter:
    return ivr(
        "m",
        m={"type": "menu", "digits": {"1": "q"}, "retries": 1, "timeout": 5, "variable": "v"},
        q={"type": "queue", "queue": 1},
    )


def test_a_menu_leads_on_by_digit() -> None:
    center = menu()
    call = center.dial("95009")
    center.switch.outside_presses(call, "1")
    assert center.state(101) is AgentState.ANSWERING


@pytest.mark.parametrize("wrong", [True, False])
def test_a_menu_asks_again_and_then_gives_up(wrong: bool) -> None:
    center = menu()
    call = center.dial("95009")
    if wrong:
        center.switch.outside_presses(call, "23")
    else:
        center.wait(5)
        assert center.lives(call)
        center.wait(5)
    assert not center.lives(call)


def collecting() -> CallCenter:
    return ivr(
        "c",
        c={"type": "collect", "variable": "id", "length": 3, "next": "d", "retries": 0},
        d={
            "type": "condition",
            "variable": "id",
            "cases": {"123": "q", "45": "s"},
            "otherwise": "x",
        },
        q={"type": "queue", "queue": 1},
        s={"type": "set", "variable": "w", "value": "{id}-{called}", "next": "t"},
        t={"type": "data", "value": "{w}", "next": "x"},
        x=BYE,
    )


@pytest.mark.parametrize(
    ("keys", "path"),
    [("123", ["c", "d", "q"]), ("45#", ["c", "d", "s", "t", "x"]), ("9#", ["c", "d", "x"])],
)
def test_collected_digits_decide_the_way(keys: str, path: list[str]) -> None:
    center = collecting()
    center.switch.outside_presses(center.dial("95009"), keys)
    assert nodes(center) == path


def test_nothing_collected_ends_the_flow_and_variables_become_call_data() -> None:
    center = collecting()
    call = center.dial("95009")
    center.switch.outside_presses(call, "#")
    assert not center.lives(call)
    center.switch.outside_presses(center.dial("95009"), "45#")
    assert center.last(CallDataChanged).data == "45-95009"


@pytest.mark.parametrize("how", ["key", "time", "hang up"])
def test_a_message_is_recorded_until_a_key_the_time_or_the_end(how: str) -> None:
    center = ivr("r", r={"type": "record", "next": "b", "max_seconds": 9}, b=BYE)
    call = center.dial("95009")
    center.wait(4)
    if how == "key":
        center.switch.outside_presses(call, "1#")
    elif how == "time":
        center.wait(5)
    else:
        center.switch.outside_hangs_up(call)
    assert [m.seconds for m in center.heard(MessageRecorded)] == [9 if how == "time" else 4]
    assert not center.lives(call)


def test_a_message_says_on_which_channel_it_came() -> None:
    center = ivr("r", r={"type": "record", "next": "b"}, b=BYE)
    center.dial("95001", "13900000002")
    center.switch.outside_presses(center.dial("95009"), "#")
    assert center.last(MessageRecorded).channel == 2


def test_a_message_of_an_agent_came_on_no_channel() -> None:
    center = ivr("r", r={"type": "record", "next": "b", "max_seconds": 9}, b=BYE)
    center.talk(101)
    center.switch.consultation_call(101, (IVR, "7001"))
    center.wait(9)
    assert center.last(MessageRecorded).channel == 0


def test_a_survey_takes_only_its_digits_and_notes_silence() -> None:
    center = ivr("s", s={"type": "survey", "question": "q1", "next": "b", "timeout": 5}, b=BYE)
    center.switch.outside_presses(center.dial("95009"), "94")
    center.dial("95009")
    center.wait(5)
    assert [s.answer for s in center.heard(SurveyAnswered)] == ["4", ""]


def test_a_flow_runs_another_and_goes_on_where_it_left() -> None:
    center = ivr("f", f={"type": "flow", "flow": 2, "next": "q"}, q={"type": "queue", "queue": 1})
    center.dial("95009")
    center.wait(1)
    assert nodes(center) == ["f", "a", "b", "q"]
    assert center.state(101) is AgentState.ANSWERING


def lookup() -> CallCenter:
    return ivr(
        "l",
        l={"type": "lookup", "url": "http://x?{caller}", "next": "t", "otherwise": "b"},
        t={"type": "agent", "agent": "{who}", "otherwise": "b"},
        b=BYE,
    )


def test_a_lookup_sets_variables() -> None:
    center = lookup()
    call = center.dial("95009")
    asked = center.last(LookupRequested)
    assert asked.url == f"http://x?{CUSTOMER}"
    with pytest.raises(errors.UnknownRequest):
        center.switch.endpoint_confirmed(asked.request)
    center.switch.lookup_answered(asked.request, {"who": "101"})
    assert center.state(101) is AgentState.ANSWERING
    center.switch.lookup_answered(asked.request, None)
    assert center.lives(call)


@pytest.mark.parametrize("values", [None, {"who": "²"}, {"who": "102"}])
def test_a_lookup_that_fails_or_names_nobody_leads_elsewhere(values: dict[str, str] | None) -> None:
    center = lookup()
    center.dial("95009")
    center.switch.lookup_answered(center.last(LookupRequested).request, values)
    assert nodes(center)[-1] == "b"


def test_a_lookup_without_an_answer_times_out() -> None:
    center = lookup()
    center.dial("95009")
    center.wait(5)
    assert nodes(center) == ["l", "b"]
    assert not center.switch.requests


@pytest.mark.parametrize(("number", "last"), [("0201", "o"), ("", "b")])
def test_a_flow_dials_outside_if_the_number_is_one(number: str, last: str) -> None:
    center = ivr("o", o={"type": "outside", "number": number, "otherwise": "b"}, b=BYE)
    call = center.dial("95009")
    center.wait(2)
    assert nodes(center)[-1] == last
    if last == "o":
        assert center.parties(call) == ["trunk:0201", f"trunk:{CUSTOMER}"]


def test_a_chat_is_not_led_outside() -> None:
    center = ivr("o", o={"type": "outside", "number": "0201", "otherwise": "b"}, b=BYE)
    center.dial("95009", media=MediaType.TEXT_CHAT)
    assert nodes(center)[-1] == "b"


def test_flows_that_run_each_other_without_end_are_stopped() -> None:
    center = ivr("f", f={"type": "flow", "flow": 1, "next": "f"})
    assert not center.lives(center.dial("95009"))


def test_a_call_finishes_the_flow_it_began() -> None:
    center = ivr(
        "a", a={"type": "play", "seconds": 5, "next": "q"}, q={"type": "queue", "queue": 1}
    )
    center.dial("95009")
    base = small_call_center().config
    center.reconfigure(flows=(), access_codes=base.access_codes)
    center.wait(5)
    assert center.state(101) is AgentState.ANSWERING


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"a": {"type": "dance"}}, "nodes.a.type: unknown type 'dance'"),
        ({"a": {"type": ["x"]}}, "nodes.a.type: unknown type"),
        ({"a": "x"}, "nodes.a: a node is a set of fields"),
        ({"a": {"type": "play"}}, "nodes.a.next: is missing"),
        ({"a": {"type": "hang_up", "x": 1}}, "nodes.a.x: is not known here"),
        ({"a": {"type": "queue", "queue": "1"}}, "nodes.a.queue: has the wrong type str"),
        ({"a": {"type": "queue", "queue": True}}, "nodes.a.queue: has the wrong type bool"),
        ({"a": {"type": "play", "seconds": -1, "next": "a"}}, "nodes.a.seconds: is negative"),
        ({"a": {"type": "menu", "digits": {}, "timeout": 0}}, "nodes.a.timeout: is less than 0.1"),
        (
            {"a": {"type": "menu", "digits": {"11": "a"}}},
            "nodes.a.digits.11: a key must be a single digit",
        ),
        ({"a": {"type": "menu", "digits": {1: "a"}}}, "nodes.a.digits[1]: a key must be text"),
        (
            {"a": {"type": "menu", "digits": {"1": ["a"]}}},
            "nodes.a.digits.1: leads to ['a'], which is missing",
        ),
        ({"a": {"type": "play", "next": "z"}}, "nodes.a.next: leads to 'z', which is missing"),
        ({"a": BYE, "b": BYE}, "nodes.b: nothing leads to it"),
        (
            {"a": {"type": "play", "next": "a"}},
            "nodes.a: goes round in a circle that takes no time",
        ),
        ({"b": BYE}, "start: there is no node 'a'"),
    ],
)
def test_a_broken_flow_is_refused_with_node_and_reason(broken: dict[str, Any], reason: str) -> None:
    center = small_call_center()
    flows = (FlowConfig(4, "broken", "a", broken),)
    with pytest.raises(errors.ConfigurationError) as caught:
        center.reconfigure(flows=flows)
    assert str(caught.value).startswith(f"tenant 1: flows[0].{reason}")
