"""Agents sign in and out, rest, study, and wrap up."""

from __future__ import annotations

import pytest

from emulator.switch import errors
from emulator.switch.agents import SignIn
from emulator.switch.config import RestReasonConfig
from emulator.switch.events import (
    AgentCustomState,
    AgentLoggedOff,
    AgentMonitored,
    AgentNotReady,
    AgentPendingState,
    AgentRestTimedOut,
    AgentSkillsChanged,
    Delivered,
    NoteReceived,
    RestRefused,
    RestRequested,
)
from emulator.switch.terms import AgentState
from tests.switch.support import CallCenter, agent, small_call_center


def test_an_agent_signs_in_idle_and_out_again(center: CallCenter) -> None:
    center.sign_in(101)
    assert center.state(101) is AgentState.IDLE
    center.switch.log_off(101, 3)
    assert center.state(101) is AgentState.SIGNED_OUT
    assert center.last(AgentLoggedOff).reason == 3


@pytest.mark.parametrize("state", [AgentState.BUSY, AgentState.WRAP_UP])
def test_an_agent_can_sign_in_without_being_ready(center: CallCenter, state: AgentState) -> None:
    center.sign_in(101, state=state)
    assert center.state(101) is state


@pytest.mark.parametrize(
    ("how", "error"),
    [
        (SignIn(phone="1"), errors.UnknownPhone),
        (SignIn(video=True), errors.WrongAgentType),
        (SignIn(state=AgentState.REST), errors.InvalidValue),
        (SignIn(phone="40102"), errors.PhoneInUse),
    ],
)
def test_an_impossible_sign_in_is_refused(
    center: CallCenter, how: SignIn, error: type[errors.SwitchError]
) -> None:
    center.sign_in(102)
    with pytest.raises(error):
        center.switch.log_on(101, how)
    assert center.state(101) is AgentState.SIGNED_OUT


def test_signing_in_twice_needs_force_and_no_call(center: CallCenter) -> None:
    center.sign_in(101)
    with pytest.raises(errors.AlreadySignedIn):
        center.sign_in(101)
    center.sign_in(101, force=True)
    assert len(center.heard(AgentLoggedOff)) == 1
    center.dial()
    with pytest.raises(errors.WrongAgentState):
        center.sign_in(101, force=True)


def test_signing_in_anew_ends_the_supervision(center: CallCenter) -> None:
    from emulator.switch.terms import SupervisionMode

    center.sign_in(101, 190)
    center.switch.supervise(190, 101, SupervisionMode.LISTEN)
    center.sign_in(101, force=True)
    assert center.state(190) is AgentState.IDLE


def test_who_has_not_signed_in_can_command_nothing(center: CallCenter) -> None:
    with pytest.raises(errors.NotSignedIn):
        center.switch.set_ready(101)
    with pytest.raises(errors.UnknownAgent):
        center.switch.set_ready(999)
    with pytest.raises(errors.UnknownAgent):
        center.switch.log_on(999)


def test_a_busy_agent_is_offered_nothing(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.set_not_ready(101, 201)
    center.dial()
    assert center.state(101) is AgentState.BUSY
    with pytest.raises(errors.WrongAgentState):
        center.switch.set_not_ready(101, 202)
    center.switch.set_not_ready(101, 202, prolong=True)
    assert center.last(AgentNotReady).reason == 202


@pytest.mark.parametrize("reason", [1, 199, 251])
def test_busy_reasons_are_0_or_200_to_250(center: CallCenter, reason: int) -> None:
    center.sign_in(101)
    with pytest.raises(errors.InvalidValue):
        center.switch.set_not_ready(101, reason)


def test_a_wish_to_be_busy_waits_for_the_end_of_the_call(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.talk(101)
    center.switch.set_not_ready(101, 200)
    assert center.last(AgentPendingState).state is AgentState.BUSY
    center.switch.outside_hangs_up(call)
    assert center.state(101) is AgentState.BUSY


@pytest.mark.parametrize("by_cancelling", [True, False])
def test_a_pending_wish_can_be_withdrawn(center: CallCenter, by_cancelling: bool) -> None:
    center.sign_in(101)
    call = center.talk(101)
    center.switch.set_not_ready(101)
    if by_cancelling:
        center.switch.cancel_state(101, AgentState.BUSY)
    else:
        center.switch.set_ready(101)
    center.switch.outside_hangs_up(call)
    assert center.state(101) is AgentState.IDLE


def test_a_talking_agent_cannot_be_made_idle_by_cancelling_the_talk(center: CallCenter) -> None:
    center.sign_in(101)
    center.talk(101)
    with pytest.raises(errors.WrongAgentState):
        center.switch.cancel_state(101, AgentState.TALKING)
    with pytest.raises(errors.WrongAgentState):
        center.switch.set_ready(101)
    assert center.state(101) is AgentState.TALKING


def test_wrap_up_lasts_as_long_as_the_queue_says(center: CallCenter) -> None:
    center.sign_in(104)
    call = center.talk(104, "95002")
    center.switch.outside_hangs_up(call)
    assert center.state(104) is AgentState.WRAP_UP
    center.wait(19.9)
    assert center.state(104) is AgentState.WRAP_UP
    center.wait(0.1)
    assert center.state(104) is AgentState.IDLE


def test_without_auto_idle_the_agent_ends_its_wrap_up_itself(center: CallCenter) -> None:
    center.sign_in(101, auto_idle=False)
    call = center.talk(101)
    center.switch.outside_hangs_up(call)
    center.wait(3600)
    assert center.state(101) is AgentState.WRAP_UP
    center.switch.cancel_state(101, AgentState.WRAP_UP)
    assert center.state(101) is AgentState.IDLE


def test_wrap_up_can_be_asked_for_only_between_calls(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.set_working(101)
    assert center.state(101) is AgentState.WRAP_UP
    with pytest.raises(errors.WrongAgentState):
        center.switch.set_working(101)


def test_a_rest_that_is_over_only_reminds_the_agent(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.request_rest(101, 10)
    center.wait(10)
    assert len(center.heard(AgentRestTimedOut)) == 1
    assert center.state(101) is AgentState.REST
    with pytest.raises(errors.WrongAgentState):
        center.switch.request_rest(101, 10)
    center.switch.request_rest(101, 20, prolong=True)


@pytest.mark.parametrize(("duration", "reason"), [(0, 0), (86400, 0), (5, 256), (5, -1)])
def test_a_rest_out_of_range_is_refused(duration: int, reason: int) -> None:
    center = small_call_center()
    center.sign_in(101, 190)
    with pytest.raises(errors.InvalidValue):
        center.switch.request_rest(101, duration, reason)
    with pytest.raises(errors.InvalidValue):
        center.switch.force_rest(190, 101, duration, reason)


@pytest.mark.parametrize("reason", [1, 2, 255])
def test_a_rest_may_have_a_reason_that_the_tenant_has_no_name_for(reason: int) -> None:
    center = small_call_center(rest_reasons=(RestReasonConfig(1, "lunch"),))
    center.sign_in(101)
    center.switch.request_rest(101, 10, reason)
    assert center.state(101) is AgentState.REST
    assert center.agent(101).reason == reason


def test_only_so_many_agents_rest_at_once() -> None:
    center = small_call_center(max_rest_agents=1)
    center.sign_in(101, 102)
    center.switch.request_rest(101, 10)
    with pytest.raises(errors.WrongAgentState):
        center.switch.request_rest(102, 10)


@pytest.mark.parametrize("talking", [True, False])
def test_a_rest_that_needs_approval_waits_for_an_inspector(talking: bool) -> None:
    center = small_call_center(rest_approval=True)
    center.sign_in(101, 190)
    center.switch.request_rest(101, 10)
    assert center.last(RestRequested).duration == 10
    assert center.state(101) is AgentState.IDLE
    call = center.talk(101) if talking else ""
    center.switch.decide_rest(190, 101, approve=True)
    if talking:
        center.switch.outside_hangs_up(call)
    assert center.state(101) is AgentState.REST


def test_an_inspector_can_refuse_a_rest_and_the_agent_can_take_it_back() -> None:
    center = small_call_center(rest_approval=True)
    center.sign_in(101, 190)
    center.switch.request_rest(101, 10)
    center.switch.decide_rest(190, 101, approve=False)
    assert center.last(RestRefused).by == 190
    center.switch.request_rest(101, 10)
    center.switch.cancel_state(101, AgentState.REST)
    with pytest.raises(errors.WrongAgentState):
        center.switch.decide_rest(190, 101, approve=True)


def test_a_rest_can_be_asked_for_during_a_call(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.talk(101)
    center.switch.request_rest(101, 10)
    center.switch.outside_hangs_up(call)
    assert center.state(101) is AgentState.REST


def test_a_studying_agent_is_withdrawn_from_work(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.set_study(101, studying=True)
    for refused in (
        lambda: center.switch.set_ready(101),
        lambda: center.switch.set_not_ready(101),
        lambda: center.switch.request_rest(101, 5),
    ):
        with pytest.raises(errors.WrongAgentState):
            refused()
    center.switch.set_study(101, studying=False)
    assert center.state(101) is AgentState.IDLE
    with pytest.raises(errors.WrongAgentState):
        center.switch.set_study(101, studying=False)
    center.talk(101)
    with pytest.raises(errors.WrongAgentState):
        center.switch.set_study(101, studying=True)


def test_a_custom_state_is_shown_and_taken_back(center: CallCenter) -> None:
    center.sign_in(101)
    with pytest.raises(errors.WrongAgentState):
        center.switch.set_custom_state(101, None)
    center.switch.set_custom_state(101, 65534)
    center.switch.set_custom_state(101, None)
    assert center.last(AgentCustomState).state == 65535
    with pytest.raises(errors.InvalidValue):
        center.switch.set_custom_state(101, 65535)
    center.talk(101)
    with pytest.raises(errors.WrongAgentState):
        center.switch.set_custom_state(101, 1)


def test_an_agent_who_takes_no_calls_stays_idle_beside_a_waiting_customer(
    center: CallCenter,
) -> None:
    center.sign_in(101)
    center.switch.accept_calls(101, False)
    center.dial()
    assert center.state(101) is AgentState.IDLE
    center.switch.accept_calls(101, True)
    assert center.state(101) is AgentState.ANSWERING


def test_an_agent_can_leave_some_of_its_queues(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.set_skills(101, [])
    assert center.last(AgentSkillsChanged).queues == ()
    assert not center.lives(center.dial())
    center.switch.set_skills(101, None)
    assert center.lives(center.dial())


def test_an_agent_without_video_is_not_given_video_by_changing_skills() -> None:
    from emulator.switch.config import QueueConfig
    from emulator.switch.terms import AgentType, MediaType

    center = small_call_center(
        queues=(QueueConfig(1, "v", MediaType.VIDEO),),
        access_codes=(),
        agents=(agent(104, 1, agent_type=AgentType.VIDEO),),
    )
    center.sign_in(104, video=False)
    center.switch.set_skills(104, None)
    assert center.last(AgentSkillsChanged).queues == ()


def test_inspectors_who_ask_for_it_hear_who_signs_in_and_out(center: CallCenter) -> None:
    center.sign_in(190, wants_monitoring=True)
    center.sign_in(101)
    center.switch.log_off(101)
    seen = [(e.agent, e.target, e.signed_in) for e in center.heard(AgentMonitored)]
    assert seen == [(190, 101, True), (190, 101, False)]


def test_a_note_reaches_those_who_are_signed_in(center: CallCenter) -> None:
    center.sign_in(101, 102)
    center.switch.send_note(101, [102, 103], "hello")
    assert [note.agent for note in center.heard(NoteReceived)] == [102]
    with pytest.raises(errors.InvalidValue):
        center.switch.send_note(101, [102], "é" * 512)
    with pytest.raises(errors.UnknownAgent):
        center.switch.send_note(101, [999], "x")


def test_signing_out_is_refused_during_a_call_but_can_be_forced(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.talk(101)
    with pytest.raises(errors.WrongAgentState):
        center.switch.log_off(101)
    center.switch.force_log_off(101, 5)
    assert not center.lives(call)
    assert center.last(AgentLoggedOff).reason == 5


def test_forcing_out_an_agent_who_is_rung_gives_the_call_to_another(center: CallCenter) -> None:
    center.sign_in(101, 102)
    call = center.dial()
    center.switch.force_log_off(101)
    assert center.lives(call)
    assert center.last(Delivered).work_no == 102


def test_a_busy_agent_is_busy_again_after_its_own_call(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.set_not_ready(101, 201)
    center.switch.make_call(101, "0201")
    center.wait(2)
    center.switch.release_call(101)
    assert center.state(101) is AgentState.BUSY
    assert center.last(AgentNotReady).reason == 201


def test_automatic_answering_can_be_changed_between_calls(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.set_auto_answer(101, True)
    center.switch.set_auto_idle(101, False)
    call = center.dial()
    assert center.state(101) is AgentState.TALKING
    center.switch.outside_hangs_up(call)
    assert center.state(101) is AgentState.WRAP_UP
