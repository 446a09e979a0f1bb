"""Agents who are not to be disturbed: busy, and for calls directed at them as if in a call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator.switch import errors
from emulator.switch.events import (
    AgentNotReady,
    AgentPendingState,
    AgentReady,
    Failed,
    ParticipantChanged,
    TransferResult,
)
from emulator.switch.rooms import Address, ConferenceWish, Invitation
from emulator.switch.switch import Switch
from emulator.switch.terms import AgentState, AgentType, TargetType, TransferMode
from tests.switch.support import (
    AGENT,
    IVR,
    OUTSIDE,
    CallCenter,
    agent,
    code,
    flow,
    small_call_center,
)


@pytest.fixture
def quiet(center: CallCenter) -> CallCenter:
    """101 is not to be disturbed; 102 and 104 are idle."""
    center.sign_in(101, 102, 104)
    center.switch.set_do_not_disturb(101, True)
    return center


def test_whoever_is_not_to_be_disturbed_is_busy_for_no_reason(quiet: CallCenter) -> None:
    assert quiet.state(101) is AgentState.BUSY
    assert quiet.last(AgentNotReady).reason == 0


def test_asking_twice_not_to_be_disturbed_is_asking_once(quiet: CallCenter) -> None:
    quiet.forget()
    quiet.switch.set_do_not_disturb(101, True)
    assert not quiet.events
    quiet.switch.set_do_not_disturb(101, False)
    assert quiet.last(AgentReady).requested
    quiet.forget()
    quiet.switch.set_do_not_disturb(101, False)
    assert not quiet.events
    assert quiet.state(101) is AgentState.IDLE


def test_a_reason_to_be_busy_stays_when_the_agent_is_not_to_be_disturbed_besides(
    center: CallCenter,
) -> None:
    center.sign_in(101)
    center.switch.set_not_ready(101, 200)
    center.switch.set_do_not_disturb(101, True)
    assert center.agent(101).reason == 200


CALLS: list[Callable[[Switch], object]] = [
    lambda switch: switch.make_internal_call(102, 101),
    lambda switch: switch.make_call(102, "40101"),
]


@pytest.mark.parametrize("call", CALLS, ids=["internal", "phone number"])
def test_a_call_of_a_colleague_finds_the_agent_busy(
    quiet: CallCenter, call: Callable[[Switch], object]
) -> None:
    call(quiet.switch)
    assert quiet.last(Failed).cause == 537
    assert not quiet.switch.calls
    quiet.switch.set_do_not_disturb(101, False)
    quiet.switch.set_not_ready(101)
    call(quiet.switch)
    assert quiet.state(101) is AgentState.ANSWERING


@pytest.mark.parametrize("three_party", [True, False])
def test_a_consultation_finds_the_agent_busy(quiet: CallCenter, three_party: bool) -> None:
    quiet.talk(102)
    quiet.switch.consultation_call(102, (AGENT, "101"), three_party=three_party)
    assert quiet.last(Failed).cause == 537
    assert len(quiet.switch.calls) == 1


@pytest.mark.parametrize("target", [(AGENT, "101"), (OUTSIDE, "40101")])
def test_a_transfer_finds_the_agent_busy_and_gives_the_customer_back(
    quiet: CallCenter, target: tuple[TargetType, str]
) -> None:
    quiet.talk(102)
    quiet.switch.single_step_transfer(102, target, TransferMode.RELEASE_AFTER)
    assert quiet.last(TransferResult).result == 537
    assert quiet.agent(102).active is not None


def test_a_flow_does_not_lead_to_the_agent() -> None:
    center = small_call_center(
        flows=(
            flow(
                1,
                "to",
                to={"type": "agent", "agent": "101", "otherwise": "queue"},
                queue={"type": "queue", "queue": 2},
            ),
        ),
        access_codes=(code("95009", IVR, 1),),
    )
    center.sign_in(101, 104)
    center.switch.set_do_not_disturb(101, True)
    center.dial("95009")
    assert center.state(104) is AgentState.ANSWERING


def test_an_invitation_to_a_conference_finds_the_agent_busy(quiet: CallCenter) -> None:
    quiet.switch.request_conference(102, ConferenceWish(3))
    quiet.switch.invite_participants(102, [Invitation(Address(True, "101"))])
    assert quiet.last(ParticipantChanged).result == 537


def test_a_chat_is_not_transferred_to_the_agent() -> None:
    base = small_call_center().config
    center = small_call_center(
        agents=(*base.agents, agent(121, agent_type=AgentType.MULTIMEDIA, max_chats=2))
    )
    center.sign_in(120, 121)
    center.switch.set_do_not_disturb(121, True)
    chat = center.dial("95005")
    with pytest.raises(errors.TargetNotAvailable):
        center.switch.transfer_chat(120, chat, (AGENT, "121"), TransferMode.BLIND)
    center.switch.transfer_chat(120, chat, (AGENT, "121"), TransferMode.RELEASE_AFTER)
    assert center.last(TransferResult).result == 537


def test_the_agent_itself_still_makes_calls_and_is_busy_after_them(quiet: CallCenter) -> None:
    quiet.switch.make_call(101, "0201")
    quiet.wait(2)
    quiet.switch.release_call(101)
    assert quiet.state(101) is AgentState.BUSY
    quiet.switch.make_internal_call(102, 101)
    assert quiet.last(Failed).cause == 537


def test_an_agent_takes_a_waiting_call_although_it_is_not_to_be_disturbed(
    quiet: CallCenter,
) -> None:
    quiet.switch.set_not_ready(102)
    call = quiet.dial()
    quiet.switch.request_queued_call(101, call, 1)
    quiet.switch.answer_call(101)
    quiet.switch.outside_hangs_up(call)
    assert quiet.state(101) is AgentState.BUSY
    assert quiet.agent(101).do_not_disturb


def test_during_a_call_the_wish_is_for_after_it(center: CallCenter) -> None:
    center.sign_in(101, 102)
    call = center.talk(101)
    center.switch.set_do_not_disturb(101, True)
    assert center.last(AgentPendingState).state is AgentState.BUSY
    center.forget()
    center.switch.set_do_not_disturb(101, True)
    assert not center.events
    center.switch.outside_hangs_up(call)
    assert center.state(101) is AgentState.BUSY
    center.switch.make_internal_call(102, 101)
    assert center.last(Failed).cause == 537


@pytest.mark.parametrize("before", [True, False])
def test_during_a_call_the_wish_is_withdrawn(center: CallCenter, before: bool) -> None:
    center.sign_in(101)
    if before:
        center.switch.set_do_not_disturb(101, True)
    center.switch.make_call(101, "0201")
    center.wait(2)
    if not before:
        center.switch.set_do_not_disturb(101, True)
    center.switch.set_do_not_disturb(101, False)
    assert center.last(AgentPendingState).state is AgentState.IDLE
    center.forget()
    center.switch.set_do_not_disturb(101, False)
    assert not center.events
    center.switch.release_call(101)
    assert center.state(101) is AgentState.IDLE


def test_a_rest_asked_for_instead_is_kept_when_the_agent_may_be_disturbed(
    center: CallCenter,
) -> None:
    center.sign_in(101)
    call = center.talk(101)
    center.switch.set_do_not_disturb(101, True)
    center.switch.request_rest(101, 60)
    assert not center.agent(101).do_not_disturb
    center.switch.set_do_not_disturb(101, False)
    center.switch.outside_hangs_up(call)
    assert center.state(101) is AgentState.REST


WAYS_OUT: list[Callable[[Switch], object]] = [
    lambda switch: switch.set_ready(101),
    lambda switch: switch.cancel_state(101, AgentState.BUSY),
    lambda switch: switch.set_working(101),
    lambda switch: switch.request_rest(101, 60),
    lambda switch: switch.set_study(101, studying=True),
    lambda switch: switch.force_ready(190, 101),
    lambda switch: switch.log_off(101),
    lambda switch: switch.force_log_off(101),
]


@pytest.mark.parametrize("leave", WAYS_OUT)
def test_whatever_ends_being_busy_lets_the_agent_be_disturbed(
    quiet: CallCenter, leave: Callable[[Switch], object]
) -> None:
    quiet.sign_in(190)
    leave(quiet.switch)
    assert not quiet.agent(101).do_not_disturb


def test_an_agent_that_is_busy_again_may_be_disturbed(quiet: CallCenter) -> None:
    quiet.switch.set_ready(101)
    quiet.switch.set_not_ready(101)
    quiet.switch.make_internal_call(102, 101)
    assert quiet.state(101) is AgentState.ANSWERING


def test_an_agent_that_rests_or_studies_cannot_say_that_it_may_be_disturbed(
    center: CallCenter,
) -> None:
    center.sign_in(101)
    center.switch.request_rest(101, 60)
    with pytest.raises(errors.WrongAgentState):
        center.switch.set_do_not_disturb(101, False)
    center.switch.set_do_not_disturb(101, True)
    assert center.state(101) is AgentState.BUSY
    center.switch.set_study(101, studying=True)
    for on in (True, False):
        with pytest.raises(errors.WrongAgentState):
            center.switch.set_do_not_disturb(101, on)
    assert center.state(101) is AgentState.STUDY


def test_only_a_signed_in_agent_can_ask_not_to_be_disturbed(center: CallCenter) -> None:
    with pytest.raises(errors.NotSignedIn):
        center.switch.set_do_not_disturb(101, True)
