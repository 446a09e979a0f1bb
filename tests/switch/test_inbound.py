"""Customers call in: queues, policies, routing order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emulator.switch import errors
from emulator.switch.config import (
    AccessCodeConfig,
    Policy,
    PolicyAction,
    QueueConfig,
    RouteConfig,
    SkillConfig,
    TrunkConfig,
)
from emulator.switch.events import (
    AllAgentsBusy,
    CallCleared,
    Delivered,
    NotAnswered,
    Offered,
    QueueLeft,
    StayEnded,
)
from emulator.switch.queues import expected_wait, position
from emulator.switch.terms import AgentState, LeaveReason, MediaType, QueueOutcome
from tests.switch.support import CUSTOMER, QUEUE, CallCenter, agent, code, small_call_center


def outcome(center: CallCenter) -> QueueOutcome:
    return center.last(QueueLeft).outcome


def test_a_customer_is_offered_queued_rung_and_connected(center: CallCenter) -> None:
    center.sign_in(101)
    center.forget()
    call = center.talk(101)
    assert center.kinds()[:3] == ["Offered", "Queued", "PhoneAlerting"]
    assert center.last(Offered).caller == CUSTOMER
    assert center.state(101) is AgentState.TALKING
    assert center.parties(call) == ["agent:101", f"trunk:{CUSTOMER}"]
    assert outcome(center) is QueueOutcome.ANSWERED


def test_an_agent_who_answers_automatically_needs_no_command(center: CallCenter) -> None:
    center.sign_in(101, auto_answer=True)
    center.dial()
    assert center.state(101) is AgentState.TALKING


def test_the_agent_idle_longest_is_rung_first(center: CallCenter) -> None:
    center.sign_in(102, 101)
    center.dial()
    assert center.state(102) is AgentState.ANSWERING


def test_a_larger_agent_weight_beats_a_longer_idle_time() -> None:
    center = small_call_center(agents=(agent(101, 1), agent(102, SkillConfig(1, agent_weight=9))))
    center.sign_in(101, 102)
    center.dial()
    assert center.state(102) is AgentState.ANSWERING


def test_a_free_agent_takes_the_queue_with_its_larger_skill_weight() -> None:
    center = small_call_center(
        agents=(agent(101, 1, SkillConfig(2, skill_weight=9)), agent(102, 1), agent(103, 2))
    )
    center.sign_in(101, 102, 103)
    for work_no in (101, 102, 103):
        center.switch.set_not_ready(work_no)
    center.dial("95001")
    second = center.dial("95002", "13900000002")
    center.switch.set_ready(101)
    assert center.last(Delivered).call == second


def test_a_priority_customer_overtakes_those_who_wait() -> None:
    center = small_call_center(priority_customers={"1388": 5})
    center.sign_in(101)
    center.switch.set_not_ready(101)
    first = center.dial()
    second = center.dial(caller="1388")
    assert position(center.call(second)) == 1
    assert position(center.call(first)) == 2
    center.switch.set_ready(101)
    assert center.last(Delivered).call == second
    assert position(center.call(second)) == 0


def test_without_agents_the_queue_releases_its_caller(center: CallCenter) -> None:
    call = center.dial()
    assert not center.lives(call)
    assert outcome(center) is QueueOutcome.RELEASED
    assert center.last(CallCleared).cause == 562


def test_a_full_queue_overflows_to_the_next_one() -> None:
    queues = (
        QueueConfig(1, "sales", max_waiting=1, on_busy=Policy(PolicyAction.QUEUE, 2)),
        QueueConfig(2, "service"),
    )
    center = small_call_center(
        queues=queues,
        agents=(agent(101, 1), agent(104, 2)),
        access_codes=(code("95001", QUEUE, 1),),
    )
    center.sign_in(101, 104)
    center.switch.set_not_ready(101)
    center.dial()
    second = center.dial(caller="1382")
    assert center.last(Delivered).work_no == 104
    assert center.heard(QueueLeft)[-1].outcome is QueueOutcome.OVERFLOWED
    assert center.last(Delivered).call == second


def test_queues_that_overflow_in_a_circle_release_the_caller_in_the_end() -> None:
    round_trip = (
        QueueConfig(1, "a", on_no_agents=Policy(PolicyAction.QUEUE, 2)),
        QueueConfig(2, "b", on_no_agents=Policy(PolicyAction.QUEUE, 1)),
    )
    center = small_call_center(
        queues=round_trip, agents=(), access_codes=(code("95001", QUEUE, 1),)
    )
    assert not center.lives(center.dial())
    assert len(center.heard(QueueLeft)) == 11


def test_who_waits_too_long_is_released(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.set_not_ready(101)
    call = center.dial()
    center.wait(59.9)
    assert center.lives(call)
    center.wait(0.1)
    assert not center.lives(call)
    assert outcome(center) is QueueOutcome.TIMED_OUT


def test_a_queued_customer_who_hangs_up_counts_as_abandoned(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.set_not_ready(101)
    call = center.dial()
    center.wait(5)
    center.switch.outside_hangs_up(call)
    assert outcome(center) is QueueOutcome.ABANDONED
    assert center.last(QueueLeft).waited == 5_000_000


def test_a_customer_who_hangs_up_while_an_agent_is_rung_leaves_the_agent_idle(
    center: CallCenter,
) -> None:
    center.sign_in(101)
    call = center.dial()
    center.switch.outside_hangs_up(call)
    assert center.state(101) is AgentState.IDLE
    assert outcome(center) is QueueOutcome.ABANDONED


def test_an_agent_who_does_not_answer_is_busy_and_the_next_one_is_rung(center: CallCenter) -> None:
    center.sign_in(101, 102)
    center.dial()
    center.wait(30)
    assert center.state(101) is AgentState.BUSY
    assert center.state(102) is AgentState.ANSWERING
    assert not center.last(NotAnswered).rejected


def test_an_agent_who_refused_a_call_is_not_offered_it_again(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.dial()
    center.switch.reject_call(101, release=False)
    center.switch.set_ready(101)
    assert center.state(101) is AgentState.IDLE
    assert center.call(call).requeued == 1
    center.sign_in(102)
    assert center.last(Delivered).work_no == 102


def test_a_call_refused_with_release_ends_and_the_agent_is_idle(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.dial()
    center.switch.reject_call(101, release=True)
    assert not center.lives(call)
    assert center.state(101) is AgentState.IDLE
    assert outcome(center) is QueueOutcome.RELEASED


def test_waiting_goes_on_from_the_first_minute_after_a_refusal(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.dial()
    center.wait(20)
    center.switch.reject_call(101, release=False)
    center.wait(39.9)
    assert center.lives(call)
    center.wait(0.1)
    assert not center.lives(call)


def test_the_last_idle_agent_who_is_taken_leaves_all_agents_busy(center: CallCenter) -> None:
    center.sign_in(101, 102)
    center.dial()
    assert not center.heard(AllAgentsBusy)
    center.dial(caller="1382")
    assert len(center.heard(AllAgentsBusy)) == 1


def test_a_blacklisted_caller_is_refused_before_any_queue() -> None:
    center = small_call_center(blacklist=("666",))
    center.sign_in(101)
    call = center.dial(caller="666")
    assert not center.lives(call)
    assert center.last(CallCleared).cause == 604
    assert center.state(101) is AgentState.IDLE
    assert center.switch.queue(1, 1).entered == 0


def test_what_is_dialled_behind_the_access_code_chooses_the_route() -> None:
    routes = (RouteConfig(QUEUE, 1), RouteConfig(QUEUE, 2, "7"))
    center = small_call_center(access_codes=(AccessCodeConfig("95001", routes=routes),))
    center.sign_in(101, 104)
    center.dial("950017")
    assert center.last(Delivered).queue == 2
    with pytest.raises(errors.UnknownAccessCode, match="no route for '8'"):
        center.dial("950018")


@pytest.mark.parametrize("dialled", ["", "94", "9500"])
def test_a_number_that_nobody_has_is_refused(center: CallCenter, dialled: str) -> None:
    with pytest.raises(errors.UnknownAccessCode):
        center.dial(dialled)


@pytest.mark.parametrize("caller", ["", "1" * 25])
def test_a_calling_number_has_1_to_24_characters(center: CallCenter, caller: str) -> None:
    with pytest.raises(errors.InvalidNumber):
        center.dial(caller=caller)


def test_without_a_free_trunk_channel_nobody_gets_in() -> None:
    center = small_call_center(trunks=(TrunkConfig("one", channels=1),))
    center.sign_in(101)
    call = center.dial()
    with pytest.raises(errors.NoTrunk):
        center.dial(caller="1382")
    center.switch.outside_hangs_up(call)
    assert center.lives(center.dial(caller="1382"))


def test_a_call_record_has_a_row_for_each_stay_and_only_the_last_is_the_last(
    center: CallCenter,
) -> None:
    center.sign_in(101)
    call = center.talk(101)
    center.wait(10)
    center.switch.outside_hangs_up(call)
    rows = center.heard(StayEnded)
    assert [(row.serial, row.device_no, row.last) for row in rows] == [
        (1, "1", False),
        (2, "101", True),
    ]
    assert rows[1].talk_end - rows[1].talk_begin == 10_000_000
    assert rows[1].leave_reason is LeaveReason.USER_RELEASED


def test_the_expected_wait_follows_the_talking_times(center: CallCenter) -> None:
    queue = center.switch.queue(1, 1)
    assert expected_wait(queue, 1) == 60
    center.sign_in(101)
    assert expected_wait(queue, 1) == 60
    call = center.talk(101)
    center.wait(10)
    center.switch.outside_hangs_up(call)
    assert expected_wait(queue, 2) == 20


def test_a_chat_cannot_enter_a_voice_queue(center: CallCenter) -> None:
    center.sign_in(101)
    assert not center.lives(center.dial(media=MediaType.TEXT_CHAT))
    assert center.state(101) is AgentState.IDLE


def test_a_queue_without_a_tenant_is_unknown(center: CallCenter) -> None:
    with pytest.raises(errors.UnknownTenant):
        center.switch.queue(9, 1)
    with pytest.raises(errors.UnknownQueue):
        center.switch.queue(1, 9)


def test_a_priority_queue_time_out_can_lead_to_another_queue() -> None:
    base = small_call_center().config
    first = replace(base.queues[0], on_timeout=Policy(PolicyAction.QUEUE, 2))
    center = small_call_center(queues=(first, *base.queues[1:]))
    center.sign_in(101, 104)
    center.switch.set_not_ready(101)
    center.dial()
    center.wait(60)
    assert center.state(104) is AgentState.ANSWERING


@pytest.mark.parametrize("caller", ["", "1" * 25, "1\0", "1\n", "\x7f"])
def test_a_caller_has_a_number_that_can_be_shown(caller: str) -> None:
    center = small_call_center()
    with pytest.raises(errors.InvalidNumber):
        center.switch.dial_in(caller, "95001")
    assert not center.switch.calls
