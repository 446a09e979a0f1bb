"""Transfers: every target and mode, and what becomes of them half way."""

from __future__ import annotations

import pytest

from emulator.switch import errors
from emulator.switch.events import Conferenced, Failed, Retrieved, Transferred, TransferResult
from emulator.switch.model import OperationKind
from emulator.switch.terms import AgentState, ConnectionState, TargetType, TransferMode
from tests.switch.support import (
    AGENT,
    CODE,
    CUSTOMER,
    IVR,
    OUTSIDE,
    QUEUE,
    CallCenter,
    flow,
    small_call_center,
)

BLIND, RELEASE_AFTER = TransferMode.BLIND, TransferMode.RELEASE_AFTER
TALK, THREE_PARTY, HANG_UP = TransferMode.TALK, TransferMode.THREE_PARTY, TransferMode.HANG_UP


@pytest.fixture
def talking() -> CallCenter:
    """101 talks to a customer; 102 is idle, 104 serves queue 2; flow 1 waits for five seconds."""
    center = small_call_center(
        flows=(
            flow(
                1,
                "wait",
                "7001",
                wait={"type": "play", "seconds": 5, "next": "end"},
                end={"type": "return"},
            ),
            flow(2, "on", "7002", on={"type": "queue", "queue": 2}),
        )
    )
    center.sign_in(101, 102, 104)
    center.talk(101)
    return center


def call_of(center: CallCenter) -> str:
    return next(iter(center.switch.calls))


def transfer(center: CallCenter, kind: TargetType, address: str, mode: TransferMode) -> None:
    center.switch.single_step_transfer(101, (kind, address), mode)


def test_a_blind_transfer_frees_the_agent_before_the_target_answers(talking: CallCenter) -> None:
    transfer(talking, AGENT, "102", BLIND)
    assert talking.state(101) is AgentState.IDLE
    assert talking.state(102) is AgentState.ANSWERING
    assert talking.last(Transferred).device == "agent:102"
    talking.switch.answer_call(102)
    assert talking.parties(call_of(talking)) == ["agent:102", f"trunk:{CUSTOMER}"]


def test_a_blind_transfer_that_is_refused_loses_the_customer(talking: CallCenter) -> None:
    transfer(talking, AGENT, "102", BLIND)
    talking.switch.reject_call(102, release=False)
    assert not talking.switch.calls


def test_a_blind_transfer_to_a_queue_waits_there(talking: CallCenter) -> None:
    talking.switch.set_not_ready(104)
    transfer(talking, QUEUE, "2", BLIND)
    assert talking.call(call_of(talking)).entry is not None
    talking.switch.set_ready(104)
    assert talking.state(104) is AgentState.ANSWERING


def test_a_customer_goes_to_an_outside_number_blindly(talking: CallCenter) -> None:
    transfer(talking, OUTSIDE, "0201", BLIND)
    talking.wait(2)
    assert talking.parties(call_of(talking)) == ["trunk:0201", f"trunk:{CUSTOMER}"]
    assert talking.state(101) is AgentState.IDLE


def test_a_release_after_transfer_keeps_the_agent_until_the_target_answers(
    talking: CallCenter,
) -> None:
    transfer(talking, AGENT, "102", RELEASE_AFTER)
    call = talking.call(call_of(talking))
    assert talking.state(101) is AgentState.TALKING
    assert call.served is not None
    assert call.served.state is ConnectionState.HOLD
    talking.switch.answer_call(102)
    assert talking.state(101) is AgentState.IDLE
    assert talking.last(TransferResult).result == 0
    assert call.served.state is ConnectionState.CONNECTED


@pytest.mark.parametrize("release", [True, False])
def test_a_release_after_transfer_that_is_refused_gives_the_customer_back(
    talking: CallCenter, release: bool
) -> None:
    transfer(talking, AGENT, "102", RELEASE_AFTER)
    talking.switch.reject_call(102, release=release)
    assert talking.last(TransferResult).result == 852
    assert talking.last(Failed).device == "agent:102"
    assert talking.last(Retrieved).agent == 101
    assert talking.agent(101).active is not None


def test_a_transfer_to_an_agent_in_a_call_fails_at_once(talking: CallCenter) -> None:
    talking.talk(102)
    transfer(talking, AGENT, "102", RELEASE_AFTER)
    assert talking.last(TransferResult).result == 537
    assert talking.agent(101).active is not None


def test_a_transfer_to_a_queue_refused_with_release_leaves_no_stay_behind(
    talking: CallCenter,
) -> None:
    transfer(talking, QUEUE, "2", RELEASE_AFTER)
    talking.switch.reject_call(104, release=True)
    assert talking.call(call_of(talking)).entry is None
    assert talking.switch.queue(1, 2).in_progress == 0
    assert talking.agent(101).active is not None


@pytest.mark.parametrize(("kind", "address"), [(QUEUE, "2"), (CODE, "95002")])
def test_a_release_after_transfer_completes_when_the_queue_is_answered(
    talking: CallCenter, kind: TargetType, address: str
) -> None:
    transfer(talking, kind, address, RELEASE_AFTER)
    talking.switch.answer_call(104)
    assert talking.state(101) is AgentState.IDLE
    assert talking.state(104) is AgentState.TALKING


@pytest.mark.parametrize("number", ["0202", "0203"])
def test_an_outside_number_that_does_not_take_the_transfer_gives_it_back(
    talking: CallCenter, number: str
) -> None:
    transfer(talking, OUTSIDE, number, RELEASE_AFTER)
    talking.wait(60)
    assert talking.last(TransferResult).result in (537, 603)
    assert talking.last(Failed).number == number
    assert talking.agent(101).active is not None


@pytest.mark.parametrize(("kind", "address"), [(AGENT, "102"), (QUEUE, "2"), (OUTSIDE, "0202")])
def test_a_customer_who_hangs_up_during_a_transfer_frees_everybody(
    talking: CallCenter, kind: TargetType, address: str
) -> None:
    transfer(talking, kind, address, RELEASE_AFTER)
    talking.switch.outside_hangs_up(call_of(talking))
    assert not talking.switch.calls
    assert {talking.state(n) for n in (101, 102, 104)} == {AgentState.IDLE}


def test_a_customer_who_hangs_up_in_the_queue_of_a_transfer_has_abandoned(
    talking: CallCenter,
) -> None:
    talking.switch.set_not_ready(104)
    transfer(talking, QUEUE, "2", RELEASE_AFTER)
    talking.switch.outside_hangs_up(call_of(talking))
    assert not talking.switch.calls
    assert talking.state(101) is AgentState.IDLE


@pytest.mark.parametrize(("kind", "address"), [(AGENT, "102"), (QUEUE, "2"), (OUTSIDE, "0202")])
def test_a_transfer_can_be_cancelled(talking: CallCenter, kind: TargetType, address: str) -> None:
    transfer(talking, kind, address, RELEASE_AFTER)
    talking.switch.cancel_transfer(101)
    assert talking.parties(call_of(talking)) == ["agent:101", f"trunk:{CUSTOMER}"]
    assert talking.agent(101).active is not None
    with pytest.raises(errors.NoCall):
        talking.switch.cancel_transfer(101)


def test_an_agent_who_hangs_up_during_a_transfer_makes_it_a_blind_one(talking: CallCenter) -> None:
    transfer(talking, AGENT, "102", RELEASE_AFTER)
    talking.switch.release_call(101)
    assert talking.state(101) is AgentState.IDLE
    talking.switch.answer_call(102)
    call = talking.call(call_of(talking))
    assert all(c.state is ConnectionState.CONNECTED for c in call.connections)


def test_a_customer_in_transfer_cannot_be_retrieved_only_the_transfer_cancelled(
    talking: CallCenter,
) -> None:
    transfer(talking, AGENT, "102", RELEASE_AFTER)
    with pytest.raises(errors.WrongCallState):
        talking.switch.retrieve_call(101)


def test_a_transfer_that_fails_while_the_agent_talks_elsewhere_leaves_the_customer_on_hold(
    talking: CallCenter,
) -> None:
    transfer(talking, AGENT, "102", RELEASE_AFTER)
    talking.switch.make_call(101, "0201")
    talking.wait(2)
    talking.switch.reject_call(102, release=False)
    assert len(talking.agent(101).held) == 1
    talking.switch.release_call(101)
    talking.switch.retrieve_call(101)
    assert talking.agent(101).active is not None


def test_after_a_talk_transfer_the_agent_talks_to_the_target_and_hands_over_by_hanging_up(
    talking: CallCenter,
) -> None:
    first = call_of(talking)
    transfer(talking, OUTSIDE, "0201", TALK)
    talking.wait(2)
    assert talking.agent(101).held[0].call.id == first
    talking.switch.release_call(101)
    assert talking.parties(first) == ["trunk:0201", f"trunk:{CUSTOMER}"]
    assert talking.state(101) is AgentState.IDLE


@pytest.mark.parametrize("mode", [TALK, THREE_PARTY])
@pytest.mark.parametrize("number", ["0202", "0203"])
def test_a_target_outside_that_is_not_reached_gives_the_customer_back(
    talking: CallCenter, mode: TransferMode, number: str
) -> None:
    first = call_of(talking)
    transfer(talking, OUTSIDE, number, mode)
    talking.wait(60)
    active = talking.agent(101).active
    assert active is not None
    assert active.call.id == first
    assert talking.agent(101).operation is None
    assert talking.last(Failed).transfer


@pytest.mark.parametrize("mode", [TALK, THREE_PARTY])
def test_a_second_call_of_a_transfer_can_be_cancelled(
    talking: CallCenter, mode: TransferMode
) -> None:
    transfer(talking, OUTSIDE, "0202", mode)
    talking.switch.cancel_transfer(101)
    assert len(talking.switch.calls) == 1
    assert talking.agent(101).active is not None


def test_a_customer_who_hangs_up_during_a_talk_transfer_leaves_the_other_two_talking(
    talking: CallCenter,
) -> None:
    transfer(talking, OUTSIDE, "0201", TALK)
    talking.wait(2)
    talking.switch.outside_hangs_up(call_of(talking))
    assert len(talking.switch.calls) == 1
    assert talking.agent(101).operation is None
    talking.switch.release_call(101)
    assert not talking.switch.calls


def test_a_three_party_transfer_ends_in_a_conference(talking: CallCenter) -> None:
    first = call_of(talking)
    transfer(talking, OUTSIDE, "0201", THREE_PARTY)
    talking.wait(2)
    assert talking.parties(first) == ["agent:101", "trunk:0201", f"trunk:{CUSTOMER}"]
    assert talking.last(Conferenced).parties == (CUSTOMER, "0201")


def test_a_hang_up_transfer_comes_back_from_its_flow(talking: CallCenter) -> None:
    transfer(talking, IVR, "7001", HANG_UP)
    assert talking.agent(101).active is None
    talking.wait(5)
    assert talking.agent(101).active is not None


def test_a_flow_that_leads_on_completes_the_hang_up_transfer(talking: CallCenter) -> None:
    transfer(talking, IVR, "7002", HANG_UP)
    operation = talking.agent(101).operation
    assert operation is not None
    assert operation.kind is OperationKind.RELEASE_AFTER_TRANSFER
    talking.switch.answer_call(104)
    assert talking.state(101) is AgentState.IDLE


@pytest.mark.parametrize(
    ("kind", "address", "mode", "error"),
    [
        (AGENT, "102", TALK, errors.TransferNotAllowed),
        (IVR, "7001", RELEASE_AFTER, errors.TransferNotAllowed),
        (AGENT, "101", BLIND, errors.UnknownAgent),
        (AGENT, "x", BLIND, errors.UnknownAgent),
        (QUEUE, "9", BLIND, errors.UnknownQueue),
        (IVR, "9", BLIND, errors.UnknownFlow),
        (CODE, "9", BLIND, errors.UnknownAccessCode),
        (OUTSIDE, "x", BLIND, errors.InvalidNumber),
    ],
)
def test_an_impossible_transfer_leaves_the_talk_as_it_is(
    talking: CallCenter,
    kind: TargetType,
    address: str,
    mode: TransferMode,
    error: type[errors.SwitchError],
) -> None:
    talking.forget()
    with pytest.raises(error):
        transfer(talking, kind, address, mode)
    assert not talking.events
    assert talking.agent(101).active is not None


def test_outbound_and_internal_calls_have_limits_of_transfer(center: CallCenter) -> None:
    center.sign_in(101, 102)
    center.switch.make_call(101, "0201")
    center.wait(2)
    with pytest.raises(errors.WrongCallType):
        transfer(center, OUTSIDE, "0202", BLIND)
    center.switch.release_call(101)
    center.switch.make_internal_call(101, 102)
    center.switch.answer_call(102)
    with pytest.raises(errors.WrongCallType):
        transfer(center, QUEUE, "2", BLIND)


def test_only_one_operation_at_a_time(talking: CallCenter) -> None:
    transfer(talking, OUTSIDE, "0201", TALK)
    talking.wait(2)
    with pytest.raises(errors.WrongCallState):
        transfer(talking, AGENT, "102", BLIND)
    with pytest.raises(errors.WrongCallState):
        talking.switch.consultation_call(101, (AGENT, "102"))


def test_a_removed_queue_gives_a_transferred_customer_back(talking: CallCenter) -> None:
    from dataclasses import replace

    transfer(talking, QUEUE, "2", RELEASE_AFTER)
    config = talking.config
    talking.reconfigure(
        queues=tuple(q for q in config.queues if q.id != 2),
        flows=(),
        access_codes=tuple(c for c in config.access_codes if c.code != "95002"),
        agents=tuple(
            replace(a, skills=tuple(s for s in a.skills if s.queue != 2)) for a in config.agents
        ),
    )
    assert talking.state(104) is AgentState.IDLE
    assert talking.agent(101).active is not None
    assert talking.last(TransferResult).result == 526


def test_a_conference_is_handed_on_and_goes_on_if_the_target_refuses(talking: CallCenter) -> None:
    transfer(talking, OUTSIDE, "0201", THREE_PARTY)
    talking.wait(2)
    with pytest.raises(errors.WrongCallType):
        transfer(talking, AGENT, "102", RELEASE_AFTER)
    transfer(talking, AGENT, "102", BLIND)
    talking.switch.reject_call(102, release=False)
    assert talking.parties(call_of(talking)) == ["trunk:0201", f"trunk:{CUSTOMER}"]
