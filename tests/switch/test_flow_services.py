"""Flows that agents let their customers go through: entered anywhere, or joined to a call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator.switch import errors
from emulator.switch.events import (
    AnnouncementRequested,
    CallDataChanged,
    ConnectionCleared,
    Established,
    IvrNodeEntered,
    LookupRequested,
    MessageRecorded,
    StayEnded,
    SurveyAnswered,
)
from emulator.switch.flow import IvrEntry
from emulator.switch.rooms import ConferenceWish
from emulator.switch.switch import Switch
from emulator.switch.terms import (
    AgentState,
    ConnectionState,
    DeviceType,
    LeaveReason,
    SupervisionMode,
    TargetType,
    TransferMode,
)
from tests.switch.support import (
    AGENT,
    CUSTOMER,
    IVR,
    OUTSIDE,
    QUEUE,
    CallCenter,
    flow,
    small_call_center,
)

BYE = {"type": "hang_up"}


@pytest.fixture
def talking() -> CallCenter:
    """101 talks to a customer; 102 is idle, 104 serves queue 2.

    Flow 7001 asks for a number and checks it; its nodes `queue`, `agent`, `out`, `leave` and
    `rate` are entered by name.
    """
    center = small_call_center(
        flows=(
            flow(
                1,
                "ask",
                "7001",
                ask={"type": "collect", "variable": "id", "length": 3, "next": "check"},
                check={
                    "type": "condition",
                    "variable": "id",
                    "cases": {
                        "111": "right",
                        "1": "queue",
                        "2": "agent",
                        "3": "out",
                        "4": "leave",
                        "5": "rate",
                        "6": "sub",
                        "7": "look",
                    },
                    "otherwise": "bye",
                },
                right={"type": "data", "value": "{id} of {who}", "next": "wait"},
                wait={"type": "play", "prompt": "{who}", "seconds": 5, "next": "bye"},
                queue={"type": "queue", "queue": 2},
                agent={"type": "agent", "agent": "102"},
                out={"type": "outside", "number": "0201"},
                leave={"type": "record", "next": "bye"},
                rate={"type": "survey", "question": "q", "next": "bye"},
                sub={"type": "flow", "flow": 2, "next": "bye"},
                look={"type": "lookup", "url": "http://x", "next": "wait"},
                bye=BYE,
            ),
            flow(2, "on", "7002", on={"type": "queue", "queue": 2}),
        )
    )
    center.sign_in(101, 102, 104)
    center.talk(101)
    return center


def only_call(center: CallCenter) -> str:
    return next(iter(center.switch.calls))


def nodes(center: CallCenter) -> list[str]:
    return [event.node for event in center.heard(IvrNodeEntered)]


def talk_on(center: CallCenter) -> bool:
    """Whether 101 and the customer talk, and nobody else is there."""
    call = center.call(only_call(center))
    talks = all(party.state is ConnectionState.CONNECTED for party in call.connections)
    both = center.parties(call.id) == ["agent:101", f"trunk:{CUSTOMER}"]
    return both and talks and call.entry is None and call.ivr is None


# Entries


@pytest.mark.parametrize("variables", [{"who": "Ann"}, (("who", "Ann"),)])
def test_a_transferred_customer_enters_a_flow_at_a_node_and_brings_variables(
    talking: CallCenter, variables: dict[str, str]
) -> None:
    entry = IvrEntry("wait", variables)
    talking.switch.single_step_transfer(101, (IVR, "7001"), TransferMode.BLIND, entry=entry)
    assert nodes(talking) == ["wait"]
    assert talking.last(AnnouncementRequested).prompt == "Ann"
    talking.wait(5)
    assert not talking.switch.calls


def test_a_hang_up_transfer_enters_at_a_node_and_comes_back(talking: CallCenter) -> None:
    entry = IvrEntry("rate")
    talking.switch.single_step_transfer(101, (IVR, "7001"), TransferMode.HANG_UP, entry=entry)
    talking.switch.outside_presses(only_call(talking), "5")
    assert talking.last(SurveyAnswered).answer == "5"
    assert talk_on(talking)


def test_an_entry_without_a_node_is_at_the_start(talking: CallCenter) -> None:
    entry = IvrEntry(variables={"id": "111"})
    talking.switch.single_step_transfer(101, (IVR, "1"), TransferMode.BLIND, entry=entry)
    assert nodes(talking) == ["ask"]


@pytest.mark.parametrize("mode", [TransferMode.BLIND, TransferMode.HANG_UP])
def test_a_node_that_the_flow_does_not_have_is_not_entered(
    talking: CallCenter, mode: TransferMode
) -> None:
    talking.forget()
    with pytest.raises(errors.UnknownFlow):
        talking.switch.single_step_transfer(
            101, (IVR, "7001"), mode, data="x", entry=IvrEntry("nowhere")
        )
    assert not talking.events
    assert talk_on(talking)


@pytest.mark.parametrize("target", [(QUEUE, "2"), (AGENT, "102"), (OUTSIDE, "0201")])
def test_only_a_flow_is_entered(talking: CallCenter, target: tuple[TargetType, str]) -> None:
    with pytest.raises(errors.TransferNotAllowed):
        talking.switch.single_step_transfer(101, target, TransferMode.BLIND, entry=IvrEntry())
    assert talk_on(talking)


# Flows that are joined to a call


def test_a_customer_goes_through_a_flow_while_the_agent_stays(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.forget()
    talking.switch.join_ivr(101, "7001", IvrEntry(variables={"who": "Ann"}), data="begun")
    assert talking.heard(CallDataChanged)[0].data == "begun"
    assert talking.last(Established).device == "ivr:1"
    assert talking.parties(call) == ["agent:101", "ivr:1", f"trunk:{CUSTOMER}"]
    assert talking.state(101) is AgentState.TALKING
    talking.switch.outside_presses(call, "111")
    assert talking.call(call).data == "111 of Ann"
    talking.wait(5)
    assert talk_on(talking)
    assert nodes(talking) == ["ask", "check", "right", "wait", "bye"]


def test_a_flow_is_joined_by_its_id_and_at_a_node(talking: CallCenter) -> None:
    talking.switch.join_ivr(101, "1", IvrEntry("rate"))
    talking.switch.outside_presses(only_call(talking), "4")
    assert talking.last(SurveyAnswered).answer == "4"
    assert talk_on(talking)


@pytest.mark.parametrize("node", ["queue", "agent", "out", "sub", "bye"])
def test_a_joined_flow_that_would_hand_the_customer_on_ends(talking: CallCenter, node: str) -> None:
    talking.switch.join_ivr(101, "7001", IvrEntry(node))
    assert talk_on(talking)
    assert talking.state(102) is talking.state(104) is AgentState.IDLE
    talking.wait(5)
    assert talk_on(talking)


def test_a_stay_in_a_joined_flow_is_recorded_between_nothing_else(talking: CallCenter) -> None:
    talking.switch.join_ivr(101, "7001", IvrEntry("wait"))
    talking.wait(5)
    talking.switch.release_call(101)
    stays = [(it.device_type, it.leave_reason) for it in talking.heard(StayEnded)]
    assert stays == [
        (DeviceType.QUEUE, LeaveReason.NORMAL),
        (DeviceType.IVR, LeaveReason.NORMAL),
        (DeviceType.AGENT, LeaveReason.AGENT_RELEASED),
    ]


def test_a_joined_flow_waits_to_be_told(talking: CallCenter) -> None:
    talking.switch.join_ivr(101, "7001", IvrEntry("look"))
    talking.switch.lookup_answered(talking.last(LookupRequested).request, {"who": "Ben"})
    assert talking.last(AnnouncementRequested).prompt == "Ben"
    assert not talk_on(talking)


@pytest.mark.parametrize("who", ["agent", "customer", "clears"])
def test_whoever_hangs_up_during_a_joined_flow_ends_everything(
    talking: CallCenter, who: str
) -> None:
    talking.switch.join_ivr(101, "7001", IvrEntry("leave"))
    talking.wait(3)
    talking.forget()
    if who == "agent":
        talking.switch.release_call(101)
    elif who == "clears":
        talking.switch.clear_call(101)
    else:
        talking.switch.outside_hangs_up(only_call(talking))
    assert not talking.switch.calls
    assert not talking.switch.timers.pending()
    assert talking.state(101) is AgentState.IDLE
    assert [event.seconds for event in talking.heard(MessageRecorded)] == [3]
    cleared = [event.device for event in talking.heard(ConnectionCleared)]
    assert cleared[0] == "ivr:1"
    assert sorted(cleared) == ["agent:101", "ivr:1", f"trunk:{CUSTOMER}"]


def test_in_a_conference_the_flow_goes_on_without_an_agent_who_leaves(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.switch.consultation_call(101, (AGENT, "102"), three_party=True)
    talking.switch.answer_call(102)
    talking.switch.join_ivr(102, "7001", IvrEntry("wait"))
    talking.switch.release_call(102)
    assert talking.parties(call) == ["agent:101", "ivr:1", f"trunk:{CUSTOMER}"]
    assert not talking.call(call).conference
    talking.wait(5)
    assert talk_on(talking)


def test_in_a_conference_the_flow_ends_when_the_customer_leaves(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.switch.consultation_call(101, (AGENT, "102"), three_party=True)
    talking.switch.answer_call(102)
    talking.switch.join_ivr(102, "7001")
    talking.switch.outside_hangs_up(call)
    assert talking.parties(call) == ["agent:101", "agent:102"]


def test_an_agent_holds_a_call_in_a_flow_and_asks_for_help(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.switch.join_ivr(101, "7001", IvrEntry("wait"))
    talking.switch.consultation_call(101, (AGENT, "102"), three_party=True)
    talking.switch.answer_call(102)
    assert len(talking.parties(call)) == 4
    talking.wait(5)
    assert talking.parties(call) == ["agent:101", "agent:102", f"trunk:{CUSTOMER}"]


def test_a_joined_flow_works_for_the_number_that_an_agent_has_called(center: CallCenter) -> None:
    center.reconfigure(
        flows=(flow(1, "r", "7001", r={"type": "survey", "question": "q", "next": "b"}, b=BYE),)
    )
    center.sign_in(101)
    call = center.switch.make_call(101, "0201")
    center.wait(2)
    center.switch.join_ivr(101, "7001")
    center.switch.outside_presses(call, "3")
    assert center.last(SurveyAnswered).answer == "3"
    assert center.parties(call) == ["agent:101", "trunk:0201"]


REFUSED: list[tuple[str, Callable[[Switch], object], type[errors.SwitchError]]] = [
    ("no such flow", lambda switch: switch.join_ivr(101, "9"), errors.UnknownFlow),
    (
        "no such node",
        lambda switch: switch.join_ivr(101, "7001", IvrEntry("x"), data="x"),
        errors.UnknownFlow,
    ),
    ("no call", lambda switch: switch.join_ivr(102, "7001"), errors.NoCall),
    (
        "too much data",
        lambda switch: switch.join_ivr(101, "7001", data="x" * 20_000),
        errors.InvalidValue,
    ),
]


@pytest.mark.parametrize(("join", "error"), [it[1:] for it in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_cannot_be_joined_is_refused_and_changes_nothing(
    talking: CallCenter, join: Callable[[Switch], object], error: type[errors.SwitchError]
) -> None:
    talking.forget()
    with pytest.raises(error):
        join(talking.switch)
    assert not talking.events
    assert talk_on(talking)


def test_only_one_flow_at_a_time_is_on_a_call(talking: CallCenter) -> None:
    talking.switch.join_ivr(101, "7001")
    talking.forget()
    with pytest.raises(errors.WrongCallState):
        talking.switch.join_ivr(101, "7002")
    with pytest.raises(errors.WrongCallState):
        talking.switch.single_step_transfer(101, (IVR, "7001"), TransferMode.BLIND)
    assert not talking.events


def test_no_flow_is_joined_where_nobody_is_from_outside(talking: CallCenter) -> None:
    talking.switch.make_internal_call(102, 104)
    talking.switch.answer_call(104)
    with pytest.raises(errors.WrongCallType):
        talking.switch.join_ivr(104, "7001")


def test_no_flow_is_joined_during_a_consultation_or_on_hold(talking: CallCenter) -> None:
    talking.switch.hold_call(101)
    with pytest.raises(errors.NoCall):
        talking.switch.join_ivr(101, "7001")
    talking.switch.retrieve_call(101)
    talking.switch.consultation_call(101, (OUTSIDE, "0201"))
    with pytest.raises(errors.WrongCallState):
        talking.switch.join_ivr(101, "7001")
    talking.wait(2)
    with pytest.raises(errors.WrongCallState):
        talking.switch.join_ivr(101, "7001")


def test_no_flow_is_joined_to_an_agent_conference(talking: CallCenter) -> None:
    talking.switch.request_conference(101, ConferenceWish(3))
    with pytest.raises(errors.WrongCallState):
        talking.switch.join_ivr(101, "7001")


def test_a_customer_who_is_intercepted_leaves_the_joined_flow(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.sign_in(190)
    talking.switch.join_ivr(101, "7001")
    talking.switch.supervise(190, 101, SupervisionMode.LISTEN)
    talking.switch.intercept(190, 101)
    assert talking.parties(call) == ["agent:190", f"trunk:{CUSTOMER}"]


# Variables


def test_a_flow_is_told_variables_while_it_runs(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.switch.single_step_transfer(101, (IVR, "7001"), TransferMode.BLIND)
    talking.switch.set_flow_variables(call, {"who": "Eve"})
    talking.switch.outside_presses(call, "111")
    assert talking.last(AnnouncementRequested).prompt == "Eve"


def test_a_call_that_is_in_no_flow_has_no_variables(talking: CallCenter) -> None:
    with pytest.raises(errors.WrongCallState):
        talking.switch.set_flow_variables(only_call(talking), {"who": "Eve"})
    with pytest.raises(errors.NoCall):
        talking.switch.set_flow_variables("0-0", {})
