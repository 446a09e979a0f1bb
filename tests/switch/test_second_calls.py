"""Holding, consulting, conferring, and calls between agents."""

from __future__ import annotations

import pytest

from emulator.switch import errors
from emulator.switch.events import (
    Conferenced,
    ConnectionMoved,
    DigitsGenerated,
    Diverted,
    Established,
    Failed,
    Held,
    Muted,
)
from emulator.switch.terms import (
    AgentState,
    CallType,
    ConnectionState,
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


def consult(center: CallCenter, number: int = 102, *, three_party: bool = False) -> str:
    second = center.switch.consultation_call(101, (AGENT, str(number)), three_party=three_party)
    center.switch.answer_call(number)
    return second


def test_a_held_customer_is_retrieved(talking: CallCenter) -> None:
    talking.switch.hold_call(101)
    assert talking.last(Held).device == "agent:101"
    with pytest.raises(errors.NoCall):
        talking.switch.hold_call(101)
    talking.switch.retrieve_call(101)
    with pytest.raises(errors.NoCall):
        talking.switch.retrieve_call(101)


def test_of_two_held_calls_the_one_held_last_is_retrieved(talking: CallCenter) -> None:
    first = only_call(talking)
    talking.switch.hold_call(101)
    second = talking.switch.make_call(101, "0201")
    talking.wait(2)
    talking.switch.alternate_call(101)
    talking.wait(1)
    talking.switch.hold_call(101)
    assert [held.call.id for held in talking.agent(101).held] == [second, first]
    talking.switch.retrieve_call(101)
    active = talking.agent(101).active
    assert active is not None
    assert active.call.id == first


def test_a_phone_hung_up_during_hold_is_lifted_by_retrieving(talking: CallCenter) -> None:
    talking.switch.hold_call(101)
    talking.switch.phone_on_hook("40101")
    talking.switch.retrieve_call(101)
    phone = talking.agent(101).phone
    assert phone is not None
    assert phone.leg.name == "UP"


def test_muting_twice_is_refused(talking: CallCenter) -> None:
    talking.switch.mute(101, True)
    with pytest.raises(errors.WrongCallState):
        talking.switch.mute(101, True)
    talking.switch.mute(101, False)
    assert [event.muted for event in talking.heard(Muted)] == [True, False]


def test_second_dialling_sends_keys_of_a_phone_only(talking: CallCenter) -> None:
    talking.switch.generate_digits(101, "12#")
    assert talking.last(DigitsGenerated).digits == "12#"
    with pytest.raises(errors.InvalidNumber):
        talking.switch.generate_digits(101, "a")


def test_second_dialling_sends_the_keys_a_to_d_if_it_is_told_to(talking: CallCenter) -> None:
    talking.switch.generate_digits(101, "1ABCD*", letters=True)
    assert talking.last(DigitsGenerated).digits == "1ABCD*"
    for keys in ("", "E", "a", "A" * 25):
        with pytest.raises(errors.InvalidNumber):
            talking.switch.generate_digits(101, keys, letters=True)
    with pytest.raises(errors.InvalidNumber):
        talking.switch.generate_digits(101, "A")


def test_an_agent_consults_another_and_returns(talking: CallCenter) -> None:
    first = only_call(talking)
    second = consult(talking)
    assert talking.call(second).type is CallType.TWO_PARTY_CONSULTATION
    assert talking.call(second).linkage == first
    with pytest.raises(errors.WrongCallState):
        talking.switch.retrieve_call(101)
    talking.switch.alternate_call(101)
    assert talking.agent(101).held[0].call.id == second
    talking.switch.release_call(101, second)
    assert only_call(talking) == first
    assert talking.state(102) is AgentState.IDLE


def test_a_consultation_of_a_queue_waits_and_is_answered(talking: CallCenter) -> None:
    talking.switch.set_not_ready(104)
    second = talking.switch.consultation_call(101, (QUEUE, "2"))
    assert talking.call(second).entry is not None
    talking.switch.set_ready(104)
    talking.switch.answer_call(104)
    assert talking.parties(second) == ["agent:101", "agent:104"]
    talking.switch.release_call(104)
    talking.switch.retrieve_call(101)


def test_after_a_refused_two_party_consultation_the_customer_stays_on_hold(
    talking: CallCenter,
) -> None:
    talking.switch.consultation_call(101, (AGENT, "102"))
    talking.switch.reject_call(102, release=False)
    assert talking.last(Failed).agent == 101
    assert len(talking.agent(101).held) == 1
    talking.switch.retrieve_call(101)


def test_after_a_refused_three_party_consultation_the_customer_is_back(
    talking: CallCenter,
) -> None:
    talking.switch.consultation_call(101, (AGENT, "102"), three_party=True)
    talking.switch.reject_call(102, release=False)
    active = talking.agent(101).active
    assert active is not None
    assert active.call.id == only_call(talking)


def test_a_three_party_consultation_becomes_a_conference_and_dissolves(
    talking: CallCenter,
) -> None:
    first = only_call(talking)
    consult(talking, three_party=True)
    assert talking.parties(first) == ["agent:101", "agent:102", f"trunk:{CUSTOMER}"]
    assert talking.call(first).conference
    talking.switch.clear_connection(101, "102")
    assert talking.state(102) is AgentState.IDLE
    assert not talking.call(first).conference


def test_a_conference_of_which_the_third_party_never_answers_is_an_ordinary_call_again(
    talking: CallCenter,
) -> None:
    talking.sign_in(103, 190)
    second = consult(talking)
    talking.switch.supervise(190, 101, SupervisionMode.LISTEN)
    talking.switch.intercept(190, 101)
    talking.switch.single_step_transfer(190, (QUEUE, "2"), TransferMode.BLIND)
    talking.switch.consultation_call(102, (AGENT, "103"), three_party=True)
    talking.switch.answer_call(103)
    assert talking.parties(second) == ["agent:102", "agent:103", "agent:104"]
    assert talking.call(second).conference
    talking.switch.reject_call(104, release=True)
    assert talking.parties(second) == ["agent:102", "agent:103"]
    assert not talking.call(second).conference


def test_a_customer_who_hangs_up_during_a_consultation_leaves_the_agents_talking(
    talking: CallCenter,
) -> None:
    first = only_call(talking)
    second = consult(talking)
    talking.switch.outside_hangs_up(first)
    assert only_call(talking) == second
    assert talking.agent(101).operation is None


def test_the_held_and_the_current_call_are_joined(talking: CallCenter) -> None:
    first = only_call(talking)
    second = consult(talking)
    talking.switch.conference_call(101, first, "note")
    assert talking.last(Conferenced).merged == second
    assert talking.call(first).data == "note"
    assert len(talking.parties(first)) == 3
    talking.switch.release_call(101)
    assert talking.parties(first) == ["agent:102", f"trunk:{CUSTOMER}"]


def test_a_consulted_agent_takes_the_customer_over(talking: CallCenter) -> None:
    first = only_call(talking)
    consult(talking)
    talking.switch.transfer_call(101, first)
    assert talking.parties(first) == ["agent:102", f"trunk:{CUSTOMER}"]
    assert talking.state(101) is AgentState.IDLE


def test_an_agent_who_takes_a_customer_over_is_told_the_call_it_talks_on_now(
    talking: CallCenter,
) -> None:
    first = only_call(talking)
    second = consult(talking)
    talking.forget()
    talking.switch.transfer_call(101, first)
    moved = talking.last(ConnectionMoved)
    assert (moved.agent, moved.from_call, moved.call) == (102, second, first)
    told = talking.last(Established)
    assert (told.agent, told.call, told.caller) == (102, first, CUSTOMER)


def test_calls_are_not_joined_while_one_of_them_is_still_ringing(talking: CallCenter) -> None:
    first = only_call(talking)
    talking.switch.consultation_call(101, (AGENT, "102"))
    with pytest.raises(errors.WrongCallState):
        talking.switch.conference_call(101, first)


def test_a_consulted_agent_can_transfer_the_consultation(talking: CallCenter) -> None:
    from emulator.switch.terms import TransferMode

    second = consult(talking)
    talking.switch.single_step_transfer(102, (QUEUE, "2"), TransferMode.RELEASE_AFTER)
    talking.switch.answer_call(104)
    assert talking.parties(second) == ["agent:101", "agent:104"]
    assert talking.state(102) is AgentState.IDLE


def test_an_agent_forced_out_during_a_consultation_releases_both_calls(
    talking: CallCenter,
) -> None:
    consult(talking)
    talking.switch.force_log_off(101)
    assert not talking.switch.calls
    assert talking.state(102) is AgentState.IDLE


def test_an_agent_forced_out_while_dialling_ends_only_its_own_call(center: CallCenter) -> None:
    center.sign_in(101, 102)
    center.switch.make_internal_call(101, 102)
    center.switch.force_log_off(101)
    assert not center.switch.calls
    assert center.state(102) is AgentState.IDLE


def test_an_internal_call_is_answered_and_ended(center: CallCenter) -> None:
    center.sign_in(101, 102)
    call = center.switch.make_internal_call(101, 102)
    assert center.state(101) is AgentState.OCCUPIED
    center.switch.answer_call(102)
    assert center.state(101) is AgentState.TALKING
    center.switch.release_call(102)
    assert not center.lives(call)
    with pytest.raises(errors.UnknownAgent):
        center.switch.make_internal_call(101, 101)


def test_an_agent_in_a_call_is_busy_for_internal_calls(talking: CallCenter) -> None:
    call = talking.switch.make_internal_call(102, 101)
    assert not talking.lives(call)
    assert talking.last(Failed).cause == 537
    assert talking.state(102) is AgentState.IDLE


def test_an_outbound_call_is_answered_refused_or_never_answered(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.make_call(101, "0201")
    center.wait(2)
    assert center.state(101) is AgentState.TALKING
    with pytest.raises(errors.WrongAgentState):
        center.switch.make_call(101, "0201")
    center.switch.release_call(101)
    center.switch.make_call(101, "0203")
    assert center.last(Failed).cause == 537
    center.switch.make_call(101, "0202")
    center.wait(60)
    assert center.last(Failed).cause == 603
    assert center.state(101) is AgentState.IDLE


def test_an_outside_number_can_be_told_to_answer_or_refuse(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.switch.make_call(101, "0202")
    center.switch.outside_answers(call)
    assert center.state(101) is AgentState.TALKING
    with pytest.raises(errors.NoCall):
        center.switch.outside_answers(call)
    center.switch.outside_hangs_up(call)
    call = center.switch.make_call(101, "0202")
    center.switch.outside_refuses(call, 548)
    assert center.last(Failed).cause == 548
    call = center.switch.make_call(101, "0202")
    center.switch.outside_hangs_up(call)
    assert center.last(Failed).cause == 604


def test_a_call_to_the_number_of_an_agents_phone_rings_the_agent(center: CallCenter) -> None:
    center.sign_in(101, 102)
    center.switch.make_call(101, "40102")
    assert center.state(102) is AgentState.ANSWERING
    center.sign_in(103)
    center.switch.make_call(103, "40102")
    assert center.last(Failed).cause == 537


def test_a_party_is_not_dialled_into_its_own_call_twice(center: CallCenter) -> None:
    from emulator.switch.terms import TransferMode

    center.sign_in(101)
    center.switch.make_call(101, "0201")
    center.wait(2)
    center.switch.single_step_transfer(101, (OUTSIDE, "0201"), TransferMode.RELEASE_AFTER)
    assert center.last(Failed).cause == 537
    assert center.agent(101).active is not None


def test_a_ringing_call_is_picked_up_by_a_colleague(center: CallCenter) -> None:
    center.sign_in(101, 105)
    call = center.dial()
    center.switch.pick_up(105, 101)
    assert center.last(Diverted).by == 105
    center.switch.answer_call(105)
    assert center.parties(call) == ["agent:105", f"trunk:{CUSTOMER}"]
    assert center.state(101) is AgentState.IDLE
    with pytest.raises(errors.NoCall):
        center.switch.pick_up(101, 105)
    with pytest.raises(errors.UnknownAgent):
        center.switch.pick_up(101, 999)


def test_a_busy_agent_picks_up_nothing(center: CallCenter) -> None:
    center.sign_in(101, 105)
    center.dial()
    center.switch.set_not_ready(105)
    with pytest.raises(errors.WrongAgentState):
        center.switch.pick_up(105, 101)


def test_an_internal_call_is_not_picked_up(center: CallCenter) -> None:
    center.sign_in(101, 102, 103)
    center.switch.make_internal_call(101, 102)
    with pytest.raises(errors.WrongCallType):
        center.switch.pick_up(103, 102)


def test_a_waiting_call_is_asked_for_by_name(center: CallCenter) -> None:
    center.sign_in(101, 105, 120)
    center.switch.set_not_ready(101)
    call = center.dial()
    with pytest.raises(errors.NoCall):
        center.switch.request_queued_call(105, call, 2)
    with pytest.raises(errors.TargetNotAvailable):
        center.switch.request_queued_call(120, call, 1)
    center.switch.request_queued_call(105, call, 1)
    assert center.state(105) is AgentState.ANSWERING
    with pytest.raises(errors.WrongCallState):
        center.switch.request_queued_call(101, call, 1)


def test_a_preview_is_called_or_runs_out(center: CallCenter) -> None:
    center.sign_in(101)
    control = center.switch.offer_preview(101, ["0201", "0202"], "who")
    assert center.state(101) is AgentState.PREOCCUPIED
    with pytest.raises(errors.InvalidValue):
        center.switch.call_preview(101, control, "0209")
    call = center.switch.call_preview(101, control, "0201")
    assert center.call(call).type is CallType.PREVIEWED
    center.switch.release_call(101)
    center.switch.offer_preview(101, ["0201"])
    with pytest.raises(errors.WrongAgentState):
        center.switch.offer_preview(101, ["0201"])
    center.switch.set_not_ready(101, 200)
    center.wait(60)
    assert center.state(101) is AgentState.BUSY


def test_call_data_has_at_most_16_kilobytes(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.switch.set_call_data(call, "x" * 16384)
    with pytest.raises(errors.InvalidValue):
        talking.switch.set_call_data(call, "x" * 16383 + "é")
    with pytest.raises(errors.NoCall):
        talking.switch.set_call_data("0-0", "x")


def test_a_party_is_released_by_its_number(talking: CallCenter) -> None:
    with pytest.raises(errors.NoCall):
        talking.switch.clear_connection(101, "5")
    with pytest.raises(errors.NoCall):
        talking.switch.clear_connection(102, "5")
    consult(talking)
    with pytest.raises(errors.WrongCallState):
        talking.switch.clear_connection(102, "101")
    talking.switch.clear_connection(101, "40102")
    assert talking.state(102) is AgentState.IDLE
    talking.switch.clear_connection(101, "101")
    assert not talking.switch.calls


def test_the_customers_state_is_connected_while_the_agent_holds(talking: CallCenter) -> None:
    talking.switch.hold_call(101)
    served = talking.call(only_call(talking)).served
    assert served is not None
    assert served.state is ConnectionState.CONNECTED
