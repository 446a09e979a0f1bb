"""A survey, or another flow, that follows when the agent has hung up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator.switch import errors
from emulator.switch.events import (
    AnnouncementRequested,
    CallCleared,
    ConnectionCleared,
    IvrNodeEntered,
    StayEnded,
    SurveyAnswered,
)
from emulator.switch.flow import IvrEntry
from emulator.switch.switch import Switch
from emulator.switch.terms import (
    AgentState,
    DeviceType,
    LeaveReason,
    LegState,
    SupervisionMode,
    TargetType,
    TransferMode,
)
from tests.switch.support import (
    AGENT,
    CUSTOMER,
    OUTSIDE,
    QUEUE,
    CallCenter,
    flow,
    small_call_center,
)

BYE = {"type": "hang_up"}
RATE = {"type": "survey", "question": "q", "next": "bye"}


@pytest.fixture
def talking() -> CallCenter:
    """101 talks to a customer, who is to be asked afterwards; 102 is idle, 104 serves queue 2.

    Flow 7001 asks no question of a survey, 7002 does, and so does 7003.
    """
    center = small_call_center(
        flows=(
            flow(1, "wait", "7001", wait={"type": "play", "seconds": 5, "next": "bye"}, bye=BYE),
            flow(2, "rate", "7002", rate=RATE, bye=BYE),
            flow(3, "rate", "7003", rate={**RATE, "question": "other"}, bye=BYE),
        )
    )
    center.sign_in(101, 102, 104)
    center.talk(101)
    center.switch.follow_up(101)
    center.forget()
    return center


def only_call(center: CallCenter) -> str:
    (call,) = center.switch.calls
    return call


def is_asked(center: CallCenter, question: str = "q") -> bool:
    """Whether the customer is alone with the survey, and answers 3."""
    call = only_call(center)
    alone = center.parties(call) == ["ivr:2" if question == "q" else "ivr:3", f"trunk:{CUSTOMER}"]
    center.switch.outside_presses(call, "3")
    answered = center.last(SurveyAnswered)
    return alone and (answered.question, answered.answer) == (question, "3")


# Whom it follows


def test_a_customer_is_asked_when_the_agent_has_hung_up(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.switch.release_call(101)
    assert talking.state(101) is AgentState.IDLE
    assert talking.switch.phones["40101"].leg is LegState.DOWN
    assert is_asked(talking)
    assert talking.last(SurveyAnswered).rated == 101
    assert talking.last(CallCleared).call == call
    assert not talking.switch.calls


def test_to_the_agent_the_call_is_over_as_ever(talking: CallCenter) -> None:
    talking.switch.release_call(101)
    kinds = [kind for kind in talking.kinds() if kind != "StayEnded"]
    assert kinds[:4] == ["ConnectionCleared", "PhoneOnHook", "RecordingStopped", "AgentReady"]
    cleared = talking.heard(ConnectionCleared)[0]
    assert (cleared.agent, cleared.device, cleared.cause) == (101, "agent:101", 518)


def test_the_stay_in_the_flow_follows_that_at_the_agent(talking: CallCenter) -> None:
    talking.switch.release_call(101)
    is_asked(talking)
    stays = talking.heard(StayEnded)
    assert [(it.device_type, it.leave_reason, it.last) for it in stays] == [
        (DeviceType.QUEUE, LeaveReason.NORMAL, False),
        (DeviceType.AGENT, LeaveReason.AGENT_RELEASED, False),
        (DeviceType.IVR, LeaveReason.NORMAL, True),
    ]
    assert stays[2].previous_no == "101"


def test_a_phone_that_is_put_down_hangs_up_as_well(talking: CallCenter) -> None:
    talking.switch.phone_on_hook("40101")
    assert is_asked(talking)


def test_an_agent_who_hangs_up_a_held_call_has_its_customer_asked(talking: CallCenter) -> None:
    talking.switch.hold_call(101)
    talking.switch.release_call(101, only_call(talking))
    assert is_asked(talking)


def test_an_agent_who_is_signed_out_leaves_its_customer_to_the_survey(talking: CallCenter) -> None:
    talking.switch.force_log_off(101)
    assert is_asked(talking)


@pytest.mark.parametrize("target", [(AGENT, "102"), (QUEUE, "2")])
@pytest.mark.parametrize("mode", [TransferMode.BLIND, TransferMode.RELEASE_AFTER])
def test_a_transferred_customer_is_asked_when_the_last_agent_has_hung_up(
    talking: CallCenter, target: tuple[TargetType, str], mode: TransferMode
) -> None:
    last = 102 if target[0] is AGENT else 104
    talking.switch.single_step_transfer(101, target, mode)
    talking.switch.answer_call(last)
    assert not talking.heard(IvrNodeEntered)
    talking.switch.release_call(last)
    assert is_asked(talking)
    assert talking.last(SurveyAnswered).rated == last


def test_a_customer_that_talks_to_somebody_outside_is_asked_after_that(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.switch.single_step_transfer(101, (OUTSIDE, "0201"), TransferMode.RELEASE_AFTER)
    talking.wait(2)
    talking.switch.outside_hangs_up(call, "0201")
    assert is_asked(talking)


def test_in_a_conference_the_last_to_hang_up_leaves_the_customer_to_the_survey(
    talking: CallCenter,
) -> None:
    talking.switch.consultation_call(101, (AGENT, "102"), three_party=True)
    talking.switch.answer_call(102)
    talking.switch.release_call(101)
    assert not talking.heard(IvrNodeEntered)
    talking.switch.release_call(102)
    assert is_asked(talking)


@pytest.mark.parametrize("hands_over", [True, False])
def test_a_call_that_is_joined_with_another_keeps_what_follows(
    talking: CallCenter, hands_over: bool
) -> None:
    first = only_call(talking)
    talking.switch.consultation_call(101, (AGENT, "102"))
    talking.switch.answer_call(102)
    if hands_over:
        talking.switch.transfer_call(101, first)
    else:
        talking.switch.conference_call(101, first)
        talking.switch.release_call(101)
    talking.switch.release_call(102)
    assert is_asked(talking)


def test_what_follows_moves_with_its_customer_into_another_call(talking: CallCenter) -> None:
    first = only_call(talking)
    talking.switch.hold_call(101)
    second = talking.switch.make_internal_call(101, 102)
    talking.switch.answer_call(102)
    talking.switch.hold_call(101)
    talking.switch.retrieve_call(101, first)
    talking.switch.transfer_call(101, second)
    assert talking.parties(second) == ["agent:102", f"trunk:{CUSTOMER}"]
    talking.switch.release_call(102)
    assert is_asked(talking)


def test_an_inspector_who_took_the_customer_leaves_it_to_the_survey(talking: CallCenter) -> None:
    talking.sign_in(190)
    talking.switch.supervise(190, 101, SupervisionMode.LISTEN)
    talking.switch.intercept(190, 101)
    talking.switch.release_call(190)
    assert is_asked(talking)


def test_whoever_intrudes_on_the_call_is_out_when_it_is_the_surveys(talking: CallCenter) -> None:
    talking.switch.intrude_call(102, 101, SupervisionMode.LISTEN)
    talking.switch.release_call(101)
    assert talking.state(102) is AgentState.IDLE
    assert is_asked(talking)


def test_an_agent_who_hangs_up_during_a_joined_flow_ends_it_for_what_follows(
    talking: CallCenter,
) -> None:
    talking.switch.join_ivr(101, "7001", IvrEntry("wait"))
    talking.switch.release_call(101)
    assert is_asked(talking)


# Whom it does not follow


WITHOUT: list[Callable[[Switch], object]] = [
    lambda switch: switch.outside_hangs_up(next(iter(switch.calls))),
    lambda switch: switch.clear_connection(101, CUSTOMER),
    lambda switch: switch.clear_call(101),
    lambda switch: switch.disconnect_call(102, 101),
    lambda switch: switch.force_release(190, next(iter(switch.calls))),
]


@pytest.mark.parametrize("end", WITHOUT)
def test_a_customer_who_is_gone_or_a_call_that_is_cleared_is_not_followed(
    talking: CallCenter, end: Callable[[Switch], object]
) -> None:
    talking.sign_in(190)
    end(talking.switch)
    assert not talking.switch.calls
    assert not talking.heard(IvrNodeEntered)


def test_when_the_customer_has_left_a_conference_nobody_else_is_asked(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.switch.single_step_transfer(101, (OUTSIDE, "0201"), TransferMode.THREE_PARTY)
    talking.wait(2)
    talking.switch.outside_hangs_up(call, CUSTOMER)
    talking.switch.release_call(101)
    assert not talking.switch.calls


# Which flow it is


def test_the_survey_is_the_tenants_first_one(talking: CallCenter) -> None:
    talking.switch.release_call(101)
    assert talking.last(IvrNodeEntered).flow == 2


@pytest.mark.parametrize("named", ["7003", "3"])
def test_a_flow_is_named_by_its_access_code_or_id_and_the_last_one_counts(
    talking: CallCenter, named: str
) -> None:
    for _ in range(2):
        talking.switch.follow_up(101, named)
    talking.switch.release_call(101)
    assert is_asked(talking, "other")


def test_without_a_survey_of_its_own_a_tenant_has_one_question(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.talk(101)
    center.switch.follow_up(101)
    center.switch.release_call(101)
    assert center.parties(call) == ["ivr:0", f"trunk:{CUSTOMER}"]
    assert center.last(AnnouncementRequested).prompt == "satisfaction"
    center.switch.outside_presses(call, "4")
    center.switch.outside_presses(call, "3")
    answered = center.last(SurveyAnswered)
    assert (answered.rated, answered.question, answered.answer) == (101, "satisfaction", "3")
    assert not center.lives(call)


def test_a_customer_who_does_not_answer_is_released_after_ten_seconds(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.talk(101)
    center.switch.follow_up(101)
    center.switch.release_call(101)
    center.wait(9.9)
    assert center.lives(call)
    center.wait(0.1)
    assert not center.lives(call)
    assert center.last(SurveyAnswered).answer == ""


def test_a_number_that_the_agent_called_is_asked_too(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.switch.make_call(101, "0201")
    center.wait(2)
    center.switch.follow_up(101)
    center.switch.release_call(101)
    assert center.parties(call) == ["ivr:0", "trunk:0201"]


def test_what_cannot_follow_is_refused(talking: CallCenter) -> None:
    talking.switch.make_internal_call(102, 104)
    talking.switch.answer_call(104)
    for work_no, named, error in (
        (101, "9", errors.UnknownFlow),
        (102, "", errors.WrongCallType),
        (103, "", errors.NotSignedIn),
    ):
        with pytest.raises(error):
            talking.switch.follow_up(work_no, named)
    talking.switch.hold_call(101)
    with pytest.raises(errors.NoCall):
        talking.switch.follow_up(101)
