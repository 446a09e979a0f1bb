"""Ending one call for another, and ending a call for everybody."""

from __future__ import annotations

import pytest

from emulator.switch import errors
from emulator.switch.events import (
    CallCleared,
    ConnectionCleared,
    NotAnswered,
    QueueLeft,
    Retrieved,
    StayEnded,
)
from emulator.switch.rooms import ConferenceWish
from emulator.switch.terms import (
    AgentState,
    ConnectionState,
    LeaveReason,
    LegState,
    QueueOutcome,
    SupervisionMode,
    TransferMode,
)
from tests.switch.support import AGENT, CUSTOMER, OUTSIDE, QUEUE, CallCenter


@pytest.fixture
def talking(center: CallCenter) -> CallCenter:
    """101 talks to a customer; 102 is idle, 104 serves queue 2."""
    center.sign_in(101, 102, 104)
    center.talk(101)
    return center


def only_call(center: CallCenter) -> str:
    (call,) = center.switch.calls
    return call


def talks_on(center: CallCenter, call: str) -> bool:
    active = center.agent(101).active
    return active is not None and active.call.id == call and active.talk_begin > 0


# Reconnecting


@pytest.mark.parametrize("named", [True, False])
def test_an_agent_ends_a_consultation_and_talks_to_the_customer(
    talking: CallCenter, named: bool
) -> None:
    first = only_call(talking)
    second = talking.switch.consultation_call(101, (AGENT, "102"))
    talking.switch.answer_call(102)
    talking.forget()
    talking.switch.reconnect_call(101, second if named else None)
    assert only_call(talking) == first
    assert talks_on(talking, first)
    assert talking.state(102) is AgentState.IDLE
    kinds = talking.kinds()
    assert kinds.index("CallCleared") < kinds.index("Retrieved")
    assert talking.heard(Retrieved)[0].agent == 101


@pytest.mark.parametrize("three_party", [True, False])
def test_a_consultation_that_still_rings_ends_and_the_customer_is_back_once(
    talking: CallCenter, three_party: bool
) -> None:
    first = only_call(talking)
    talking.switch.consultation_call(101, (AGENT, "102"), three_party=three_party)
    talking.switch.reconnect_call(101)
    assert talks_on(talking, first)
    assert len(talking.heard(Retrieved)) == 1
    assert talking.state(102) is AgentState.IDLE
    assert talking.agent(101).operation is None


def test_a_consultation_that_waits_in_a_queue_leaves_it(talking: CallCenter) -> None:
    first = only_call(talking)
    talking.switch.set_not_ready(104)
    talking.switch.consultation_call(101, (QUEUE, "2"))
    talking.switch.reconnect_call(101)
    assert talks_on(talking, first)
    assert talking.switch.queue(1, 2).in_progress == 0


@pytest.mark.parametrize("seconds", [0, 2])
def test_the_second_call_of_a_talk_transfer_ends_in_place_of_handing_over(
    talking: CallCenter, seconds: int
) -> None:
    first = only_call(talking)
    talking.switch.single_step_transfer(101, (OUTSIDE, "0201"), TransferMode.TALK)
    talking.wait(seconds)
    talking.switch.reconnect_call(101)
    assert only_call(talking) == first
    assert talks_on(talking, first)


def test_of_two_held_calls_the_one_held_last_is_reconnected(talking: CallCenter) -> None:
    first = only_call(talking)
    talking.switch.hold_call(101)
    second = talking.switch.make_call(101, "0201")
    talking.wait(2)
    talking.switch.alternate_call(101)
    talking.wait(1)
    talking.switch.hold_call(101)
    third = talking.switch.make_call(101, "0202")
    talking.switch.reconnect_call(101)
    assert not talking.lives(third)
    assert talks_on(talking, first)
    assert [held.call.id for held in talking.agent(101).held] == [second]


def test_an_agent_leaves_a_conference_for_a_held_call(talking: CallCenter) -> None:
    first = only_call(talking)
    talking.switch.hold_call(101)
    second = talking.switch.make_call(101, "40102")
    talking.switch.answer_call(102)
    third = talking.switch.consultation_call(102, (OUTSIDE, "0201"))
    talking.wait(2)
    talking.switch.conference_call(102, second)
    talking.switch.reconnect_call(101)
    assert talks_on(talking, first)
    assert not talking.lives(third)
    assert talking.parties(second) == ["agent:102", "trunk:0201"]


def test_without_a_held_or_a_current_call_nothing_is_reconnected(talking: CallCenter) -> None:
    first = only_call(talking)
    with pytest.raises(errors.NoCall):
        talking.switch.reconnect_call(101)
    talking.switch.hold_call(101)
    with pytest.raises(errors.NoCall):
        talking.switch.reconnect_call(101)
    second = talking.switch.make_call(101, "0201")
    talking.forget()
    with pytest.raises(errors.NoCall):
        talking.switch.reconnect_call(101, first)
    assert not talking.events
    talking.switch.reconnect_call(101, second)
    assert talks_on(talking, first)


def test_a_customer_being_transferred_is_not_reconnected(talking: CallCenter) -> None:
    talking.switch.single_step_transfer(101, (AGENT, "102"), TransferMode.RELEASE_AFTER)
    talking.switch.make_call(101, "0201")
    with pytest.raises(errors.WrongCallState):
        talking.switch.reconnect_call(101)


# Clearing


def test_an_agent_clears_a_call_for_everybody(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.forget()
    talking.switch.clear_call(101)
    assert not talking.lives(call)
    assert talking.state(101) is AgentState.IDLE
    cleared = [(event.device, event.agent) for event in talking.heard(ConnectionCleared)]
    assert cleared == [("agent:101", 101), (f"trunk:{CUSTOMER}", 101)]
    assert talking.last(CallCleared).call == call
    assert talking.last(StayEnded).leave_reason is LeaveReason.AGENT_RELEASED


def test_a_conference_of_three_is_cleared_by_any_of_them(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.switch.consultation_call(101, (AGENT, "102"), three_party=True)
    talking.switch.answer_call(102)
    talking.switch.clear_call(102, call)
    assert not talking.switch.calls
    assert {talking.state(101), talking.state(102)} == {AgentState.IDLE}


def test_a_held_call_is_cleared_by_its_id_and_the_current_one_goes_on(talking: CallCenter) -> None:
    first = only_call(talking)
    second = talking.switch.consultation_call(101, (AGENT, "102"))
    talking.switch.answer_call(102)
    talking.switch.clear_call(101, first)
    assert only_call(talking) == second
    assert talking.agent(101).operation is None


def test_a_call_that_rings_is_cleared(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.dial()
    center.switch.clear_call(101)
    assert not center.lives(call)
    assert center.last(QueueLeft).outcome is QueueOutcome.RELEASED
    assert center.state(101) is AgentState.IDLE
    assert center.switch.phones["40101"].leg is LegState.DOWN
    assert not center.heard(NotAnswered)


def test_a_consultation_that_is_cleared_while_it_rings_leaves_the_customer_as_ever(
    talking: CallCenter,
) -> None:
    first = only_call(talking)
    talking.switch.consultation_call(101, (AGENT, "102"), three_party=True)
    talking.switch.clear_call(102)
    assert talks_on(talking, first)


def test_a_transfer_under_way_is_cleared_with_its_customer(talking: CallCenter) -> None:
    talking.switch.single_step_transfer(101, (AGENT, "102"), TransferMode.RELEASE_AFTER)
    talking.switch.clear_call(101)
    assert not talking.switch.calls
    assert talking.state(102) is AgentState.IDLE


def test_a_chat_is_cleared_by_its_id(center: CallCenter) -> None:
    center.sign_in(120)
    chat = center.dial("95005")
    with pytest.raises(errors.NoCall):
        center.switch.clear_call(120)
    center.switch.clear_call(120, chat)
    assert not center.lives(chat)


def test_only_an_own_call_is_cleared(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.forget()
    for work_no, named in ((102, None), (102, call), (101, "0-0")):
        with pytest.raises(errors.NoCall):
            talking.switch.clear_call(work_no, named)
    assert not talking.events
    assert talks_on(talking, call)


def test_a_line_is_no_call_to_clear(center: CallCenter) -> None:
    center.sign_in(101, 190)
    center.switch.supervise(190, 101, SupervisionMode.LISTEN)
    center.switch.play(101, "Y:/1/0/a.V3", 10_000_000)
    for work_no in (101, 190):
        with pytest.raises(errors.NoCall):
            center.switch.clear_call(work_no)
    assert len(center.switch.calls) == 2


def test_a_conference_is_released_by_its_chairperson_only(talking: CallCenter) -> None:
    talking.switch.request_conference(101, ConferenceWish(3))
    with pytest.raises(errors.WrongCallState):
        talking.switch.clear_call(101)
    assert talking.agent(101).connections[0].state is ConnectionState.CONNECTED
