"""Queues, agents and phones that are removed while they are named, or in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from emulator.switch import errors
from emulator.switch.config import Policy, PolicyAction, QueueConfig, TenantConfig
from emulator.switch.events import AgentLoggedOff, QueueLeft, StayEnded
from emulator.switch.terms import AgentState, LeaveReason, QueueOutcome
from tests.switch.support import (
    AGENT,
    CUSTOMER,
    QUEUE,
    CallCenter,
    agent,
    code,
    flow,
    small_call_center,
)

# Queues


@pytest.fixture
def spare() -> CallCenter:
    """Queue 9 is there, and nothing names it."""
    base = small_call_center().config
    return small_call_center(queues=(*base.queues, QueueConfig(9, "spare")))


def without_spare(config: TenantConfig) -> tuple[QueueConfig, ...]:
    return tuple(queue for queue in config.queues if queue.id != 9)


def a_skill(center: CallCenter) -> dict[str, Any]:
    return {"agents": (*center.config.agents, agent(130, 9))}


def an_access_code(center: CallCenter) -> dict[str, Any]:
    return {"access_codes": (*center.config.access_codes, code("95099", QUEUE, 9))}


def a_node_of_a_flow(center: CallCenter) -> dict[str, Any]:
    return {"flows": (flow(1, "a", a={"type": "queue", "queue": 9}),)}


def a_policy(name: str) -> Callable[[CallCenter], dict[str, Any]]:
    def names(center: CallCenter) -> dict[str, Any]:
        first, *others = center.config.queues
        moves = replace(first, **{name: Policy(PolicyAction.QUEUE, 9)})  # type: ignore[arg-type]
        return {"queues": (moves, *others)}

    return names


NAMED: dict[str, tuple[Callable[[CallCenter], dict[str, Any]], str]] = {
    "skill": (a_skill, r"agents\[8\].skills\[0\].queue"),
    "access code": (an_access_code, r"access_codes\[3\].routes\[0\].target_id"),
    "flow": (a_node_of_a_flow, r"flows\[0\].nodes.a.queue"),
    "no agents": (a_policy("on_no_agents"), r"queues\[0\].on_no_agents.target"),
    "busy": (a_policy("on_busy"), r"queues\[0\].on_busy.target"),
    "timeout": (a_policy("on_timeout"), r"queues\[0\].on_timeout.target"),
}


@pytest.mark.parametrize(("names", "place"), NAMED.values(), ids=NAMED)
def test_a_queue_that_is_named_stays_unless_its_name_goes_as_well(
    spare: CallCenter, names: Callable[[CallCenter], dict[str, Any]], place: str
) -> None:
    before = spare.config
    spare.reconfigure(**names(spare))
    named = spare.config
    with pytest.raises(errors.ConfigurationError, match=f"{place}: the tenant has no queue 9"):
        spare.reconfigure(queues=without_spare(named))
    assert 9 in spare.switch.tenant(1).queues
    assert spare.switch.tenant(1).config == named
    spare.switch.apply_tenant(replace(before, queues=without_spare(before)))
    assert 9 not in spare.switch.tenant(1).queues


def without_first_queue(center: CallCenter) -> None:
    config = center.config
    center.reconfigure(
        queues=tuple(queue for queue in config.queues if queue.id != 1),
        access_codes=tuple(it for it in config.access_codes if it.code != "95001"),
        agents=tuple(
            replace(it, skills=tuple(skill for skill in it.skills if skill.queue != 1))
            for it in config.agents
        ),
    )


@pytest.mark.parametrize("rings", [True, False])
def test_a_customer_whose_queue_is_removed_is_released(center: CallCenter, rings: bool) -> None:
    center.sign_in(101)
    if not rings:
        center.switch.set_not_ready(101)
    call = center.dial()
    without_first_queue(center)
    assert not center.lives(call)
    assert center.last(QueueLeft).outcome is QueueOutcome.RELEASED
    assert center.last(StayEnded).leave_reason is LeaveReason.QUEUE_CANCELLED
    assert center.state(101) is (AgentState.IDLE if rings else AgentState.BUSY)
    assert not center.switch.timers.pending()


def test_who_talks_already_talks_on_when_the_queue_is_removed(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.talk(101)
    without_first_queue(center)
    assert center.parties(call) == ["agent:101", f"trunk:{CUSTOMER}"]
    center.switch.release_call(101)
    assert center.state(101) is AgentState.IDLE


# Agents


def without_agent(center: CallCenter, work_no: int) -> None:
    center.reconfigure(agents=tuple(it for it in center.config.agents if it.work_no != work_no))


def test_the_customer_of_an_agent_that_is_removed_is_released(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.talk(101)
    without_agent(center, 101)
    assert not center.lives(call)
    assert center.last(StayEnded).leave_reason is LeaveReason.AGENT_RELEASED
    assert center.last(AgentLoggedOff).agent == 101
    assert center.switch.tenant(1).trunks[0].in_use == 0
    assert not center.switch.timers.pending()


def test_the_customer_of_an_agent_that_is_removed_goes_to_the_survey_that_was_to_follow(
    center: CallCenter,
) -> None:
    center.sign_in(101)
    call = center.talk(101)
    center.switch.follow_up(101)
    without_agent(center, 101)
    assert center.parties(call) == ["ivr:0", f"trunk:{CUSTOMER}"]


def test_a_customer_that_rings_at_an_agent_that_is_removed_waits_again(center: CallCenter) -> None:
    center.sign_in(101, 102)
    call = center.dial()
    without_agent(center, 101)
    assert center.call(call).requeued == 1
    assert center.state(102) is AgentState.ANSWERING


def test_in_a_conference_the_customer_keeps_the_agent_that_is_left(center: CallCenter) -> None:
    center.sign_in(101, 102)
    call = center.talk(101)
    center.switch.consultation_call(101, (AGENT, "102"), three_party=True)
    center.switch.answer_call(102)
    without_agent(center, 101)
    assert center.parties(call) == ["agent:102", f"trunk:{CUSTOMER}"]


def test_an_agent_that_was_asked_for_help_and_is_removed_leaves_the_customer_on_hold(
    center: CallCenter,
) -> None:
    center.sign_in(101, 102)
    first = center.talk(101)
    center.switch.consultation_call(101, (AGENT, "102"))
    center.switch.answer_call(102)
    without_agent(center, 102)
    assert list(center.switch.calls) == [first]
    center.switch.retrieve_call(101)


def test_an_agent_that_is_removed_during_a_consultation_leaves_nobody_waiting(
    center: CallCenter,
) -> None:
    center.sign_in(101, 102)
    center.talk(101)
    center.switch.consultation_call(101, (AGENT, "102"))
    center.switch.answer_call(102)
    without_agent(center, 101)
    assert not center.switch.calls
    assert center.state(102) is AgentState.IDLE


def test_an_agent_that_is_removed_cannot_be_reached_or_sign_in(center: CallCenter) -> None:
    center.sign_in(101, 102)
    without_agent(center, 101)
    with pytest.raises(errors.UnknownAgent):
        center.switch.make_internal_call(102, 101)
    with pytest.raises(errors.UnknownAgent):
        center.sign_in(101)


# Phones


def test_a_phone_that_is_removed_in_a_call_serves_its_agent_to_the_end(center: CallCenter) -> None:
    center.sign_in(101, phone="50001")
    center.reconfigure(phones=())
    assert center.agent(101).phone is center.switch.phones["50001"]
    center.switch.make_call(101, "0201")
    center.switch.release_call(101)
    center.switch.log_off(101)
    assert "50001" not in center.switch.phones
    with pytest.raises(errors.UnknownPhone):
        center.sign_in(101, phone="50001")


def test_a_phone_that_is_configured_again_stays(center: CallCenter) -> None:
    phones = center.config.phones
    center.sign_in(101, phone="50001")
    center.reconfigure(phones=())
    center.reconfigure(phones=phones)
    center.switch.log_off(101)
    center.sign_in(101, phone="50001")


def test_the_phone_on_the_desk_of_an_agent_goes_with_the_agent(center: CallCenter) -> None:
    center.sign_in(101)
    center.talk(101)
    without_agent(center, 101)
    assert "40101" not in center.switch.phones
