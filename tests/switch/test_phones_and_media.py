"""External phones, chats and video."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emulator.switch import errors
from emulator.switch.config import PhoneConfig
from emulator.switch.events import (
    EndpointRequested,
    MediaSwitched,
    PhoneAlerting,
    PhoneConditionChanged,
    PhoneOffHook,
    VideoModeChanged,
)
from emulator.switch.terms import AgentState, LegState, PhoneCondition
from tests.switch.support import AGENT, CallCenter, agent, small_call_center


@pytest.fixture
def external() -> CallCenter:
    """101 sits at the external phone 50001."""
    center = small_call_center()
    center.sign_in(101, phone="50001")
    return center


def confirm(center: CallCenter) -> str:
    """Confirm what was asked last; returns what it was."""
    asked = center.last(EndpointRequested)
    center.switch.endpoint_confirmed(asked.request)
    return asked.action


def test_an_external_phone_confirms_ringing_and_answering(external: CallCenter) -> None:
    external.dial()
    assert external.state(101) is AgentState.OCCUPIED
    assert confirm(external) == "ring"
    assert external.state(101) is AgentState.ANSWERING
    external.switch.answer_call(101)
    with pytest.raises(errors.WrongCallState):
        external.switch.answer_call(101)
    assert confirm(external) == "answer"
    assert external.state(101) is AgentState.TALKING
    external.switch.release_call(101)
    assert external.last(EndpointRequested).action == "release"


def test_a_phone_that_never_confirms_is_not_answered(external: CallCenter) -> None:
    call = external.dial()
    external.wait(30)
    assert external.state(101) is AgentState.BUSY
    assert external.lives(call)
    assert not external.switch.requests
    with pytest.raises(errors.UnknownRequest):
        external.switch.endpoint_confirmed(1)


def test_a_phone_that_fails_gives_the_call_back(external: CallCenter) -> None:
    call = external.dial()
    external.switch.endpoint_failed(external.last(EndpointRequested).request)
    assert external.state(101) is AgentState.BUSY
    assert external.call(call).requeued == 1


def test_a_phone_that_attaches_answers_for_itself_until_it_is_gone() -> None:
    center = small_call_center()
    center.sign_in(101, phone="40101")
    center.switch.attach_phone("40101", True)
    center.dial()
    assert center.state(101) is AgentState.OCCUPIED
    assert confirm(center) == "ring"
    center.switch.phone_off_hook("40101")
    assert center.state(101) is AgentState.TALKING
    center.switch.phone_on_hook("40101")
    center.switch.attach_phone("40101", False)
    center.dial()
    assert center.state(101) is AgentState.ANSWERING


def test_a_phone_that_stays_attached_is_external_in_the_next_configuration_too() -> None:
    center = small_call_center()
    center.switch.attach_phone("40101", True)
    center.switch.apply_tenant(center.config)
    assert center.switch.phones["40101"].external
    with pytest.raises(errors.UnknownPhone):
        center.switch.attach_phone("49999", True)


def test_an_external_phone_begins_a_call_when_it_is_up(external: CallCenter) -> None:
    external.switch.make_call(101, "0201")
    assert confirm(external) == "ring"
    assert confirm(external) == "answer"
    assert external.state(101) is AgentState.OCCUPIED
    external.wait(2)
    assert external.state(101) is AgentState.TALKING


@pytest.mark.parametrize("never", [True, False])
def test_a_call_whose_own_phone_does_not_come_up_ends(external: CallCenter, never: bool) -> None:
    call = external.switch.make_call(101, "0201")
    if never:
        external.wait(30)
    else:
        external.switch.endpoint_failed(external.last(EndpointRequested).request)
    assert not external.lives(call)
    assert external.state(101) is AgentState.IDLE


def test_lifting_the_phone_answers_or_begins_the_call(external: CallCenter) -> None:
    external.dial()
    confirm(external)
    external.switch.phone_off_hook("50001")
    assert external.state(101) is AgentState.TALKING
    external.switch.phone_on_hook("50001")
    assert external.state(101) is AgentState.IDLE
    external.switch.make_call(101, "0201")
    external.switch.phone_off_hook("50001")
    external.wait(2)
    assert external.state(101) is AgentState.TALKING


def test_an_external_phone_answers_automatically_when_asked() -> None:
    center = small_call_center()
    center.sign_in(101, phone="50001", auto_answer=True)
    center.dial()
    confirm(center)
    assert confirm(center) == "answer"
    assert center.state(101) is AgentState.TALKING


def test_hanging_up_an_external_phone_before_it_rings_keeps_the_customer(
    external: CallCenter,
) -> None:
    external.switch.phone_off_hook("50001")
    call = external.dial()
    external.switch.phone_on_hook("50001")
    assert external.lives(call)


def test_hanging_up_a_ringing_phone_refuses_the_call(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.dial()
    center.switch.phone_on_hook("40101")
    assert center.call(call).requeued == 1
    with pytest.raises(errors.WrongCallState):
        center.switch.phone_on_hook("40101")
    with pytest.raises(errors.UnknownPhone):
        center.switch.phone_off_hook("1")


def test_a_phone_can_be_lifted_with_nobody_signed_in(center: CallCenter) -> None:
    center.switch.phone_off_hook("40101")
    center.sign_in(101)
    assert center.heard(PhoneOffHook)
    center.switch.log_off(101)
    center.switch.phone_off_hook("40101")
    center.switch.phone_on_hook("40101")
    assert center.switch.phones["40101"].leg is LegState.DOWN


def test_a_phone_that_stays_off_the_hook_is_up_between_calls(center: CallCenter) -> None:
    center.sign_in(101, release_phone=False)
    call = center.talk(101)
    center.switch.outside_hangs_up(call)
    assert center.switch.phones["40101"].leg is LegState.UP


def test_a_call_begun_at_a_lifted_phone_uses_it(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.phone_off_hook("40101")
    assert center.switch.phones["40101"].leg is LegState.UP
    assert not center.switch.calls
    center.forget()
    call = center.switch.make_call(101, "0201")
    center.wait(2)
    assert center.parties(call) == ["agent:101", "trunk:0201"]
    assert not center.heard(PhoneAlerting)
    assert not center.heard(PhoneOffHook)
    center.switch.release_call(101)
    assert center.switch.phones["40101"].leg is LegState.DOWN


def test_a_lifted_external_phone_is_not_asked_to_ring_for_a_call_of_its_own(
    external: CallCenter,
) -> None:
    external.switch.phone_off_hook("50001")
    external.switch.make_call(101, "0201")
    assert not external.heard(EndpointRequested)
    external.wait(2)
    assert external.state(101) is AgentState.TALKING


def test_hanging_up_during_a_transfer_or_consultation_ends_what_is_active(
    center: CallCenter,
) -> None:
    center.sign_in(101, 102)
    center.talk(101)
    center.switch.consultation_call(101, (AGENT, "102"), three_party=True)
    center.switch.phone_on_hook("40101")
    assert not center.switch.calls


def test_an_agent_has_so_many_chats_at_once_and_no_more(center: CallCenter) -> None:
    center.sign_in(120)
    chats = [center.dial("95005", f"c{n}") for n in range(3)]
    assert center.agent(120).chats == 2
    assert center.call(chats[2]).entry is not None
    center.switch.outside_hangs_up(chats[0])
    assert center.call(chats[2]).entry is None
    assert center.state(120) is AgentState.TALKING
    center.switch.release_call(120, chats[1])
    center.switch.release_call(120, chats[2])
    assert center.state(120) is AgentState.IDLE


def test_a_chat_agent_who_wants_to_be_busy_gets_no_further_chat(center: CallCenter) -> None:
    center.sign_in(120)
    center.dial("95005", "c1")
    center.switch.set_not_ready(120)
    second = center.dial("95005", "c2")
    assert center.call(second).entry is not None


def test_a_chat_needs_no_phone() -> None:
    base = small_call_center().config
    center = small_call_center(phones=(PhoneConfig("40120", external=True),), agents=base.agents)
    center.sign_in(120)
    center.dial("95005")
    assert center.state(120) is AgentState.TALKING
    assert not center.heard(EndpointRequested)


def test_a_video_agent_switches_between_voice_and_video(center: CallCenter) -> None:
    center.sign_in(104, 101)
    center.talk(104, "95002")
    center.switch.switch_media(104, True)
    assert center.last(MediaSwitched).ability == 3
    with pytest.raises(errors.WrongCallState):
        center.switch.switch_media(104, True)
    with pytest.raises(errors.WrongCallType):
        center.switch.generate_digits(104, "1")
    with pytest.raises(errors.WrongCallState):
        center.switch.set_video_mode(104, 1)
    with pytest.raises(errors.InvalidValue):
        center.switch.set_video_mode(104, 4)
    center.switch.consultation_call(104, (AGENT, "101"), three_party=True)
    center.switch.answer_call(101)
    center.switch.set_video_mode(104, 1)
    assert center.last(VideoModeChanged).mode == 1


def test_a_voice_agent_has_no_video(center: CallCenter) -> None:
    center.sign_in(101)
    with pytest.raises(errors.WrongCallType):
        center.switch.make_call(101, "0201", video=True)
    center.talk(101)
    with pytest.raises(errors.WrongCallType):
        center.switch.switch_media(101, True)
    with pytest.raises(errors.WrongCallType):
        center.switch.set_video_mode(101, 1)
    with pytest.raises(errors.WrongCallState):
        center.switch.transmit_digits(101)


def test_an_agents_phone_cannot_be_anothers(center: CallCenter) -> None:
    center.reconfigure(agents=(*center.config.agents, agent(130, phone="40101")))
    center.sign_in(101)
    with pytest.raises(errors.PhoneInUse):
        center.sign_in(130)


# Registrations


@pytest.fixture
def registered() -> CallCenter:
    """101 has signed in at a phone that has registered."""
    center = small_call_center()
    center.switch.attach_phone("40101", True)
    center.sign_in(101)
    return center


def conditions(center: CallCenter) -> list[PhoneCondition]:
    return [it.condition for it in center.heard(PhoneConditionChanged)]


def test_a_phone_of_which_nothing_is_heard_is_offline_for_its_agent(
    registered: CallCenter,
) -> None:
    registered.switch.lose_phone("40101")
    registered.switch.lose_phone("40101")
    registered.switch.attach_phone("40101", True)
    assert conditions(registered) == [PhoneCondition.OFFLINE, PhoneCondition.IN_SERVICE]
    assert registered.switch.phones["40101"].external


def test_when_the_agent_has_signed_out_the_phone_is_simulated_again(
    registered: CallCenter,
) -> None:
    registered.switch.lose_phone("40101")
    registered.switch.log_off(101)
    phone = registered.switch.phones["40101"]
    assert (phone.lost, phone.external, phone.condition) == (
        False,
        False,
        PhoneCondition.IN_SERVICE,
    )


def test_a_phone_that_has_to_be_a_real_one_stays_offline(external: CallCenter) -> None:
    external.switch.lose_phone("50001")
    external.switch.log_off(101)
    assert external.switch.phones["50001"].condition is PhoneCondition.OFFLINE
    external.switch.attach_phone("50001", True)
    assert external.switch.phones["50001"].condition is PhoneCondition.IN_SERVICE


def test_a_configuration_that_changes_does_not_bring_a_phone_back(
    registered: CallCenter,
) -> None:
    registered.switch.lose_phone("40101")
    registered.switch.apply_tenant(replace(registered.config, name="renamed"))
    assert registered.switch.phones["40101"].external


def test_a_phone_that_signs_off_after_all_is_simulated(registered: CallCenter) -> None:
    registered.switch.lose_phone("40101")
    registered.switch.attach_phone("40101", False)
    assert conditions(registered) == [PhoneCondition.OFFLINE, PhoneCondition.IN_SERVICE]
    registered.dial()
    assert registered.state(101) is AgentState.ANSWERING
