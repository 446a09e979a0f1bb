"""Inspectors listen, whisper, barge in, take calls and give orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from emulator.switch import errors
from emulator.switch.config import GroupMemberConfig, UserGroupConfig
from emulator.switch.events import (
    AgentMonitored,
    AgentSkillsChanged,
    EndpointRequested,
    SupervisionChanged,
    SupervisionStopped,
)
from emulator.switch.supervision import heard_by
from emulator.switch.switch import Switch
from emulator.switch.terms import AgentState, GroupType, QueueOutcome, SupervisionMode
from tests.switch.support import AGENT, CUSTOMER, QUEUE, CallCenter

LISTEN, BARGE_IN = SupervisionMode.LISTEN, SupervisionMode.BARGE_IN


@pytest.fixture
def watched(center: CallCenter) -> CallCenter:
    """190 listens to 101, who talks to a customer; 102 and 191 are idle."""
    center.sign_in(101, 102, 190, 191)
    center.talk(101)
    center.switch.supervise(190, 101, LISTEN)
    return center


def test_an_inspector_hears_the_call_of_its_agent(watched: CallCenter) -> None:
    call = heard_by(watched.agent(190))
    assert call is watched.agent(101).connections[0].call
    assert heard_by(watched.agent(191)) is None
    watched.switch.hold_call(101)
    assert heard_by(watched.agent(190)) is None


def test_the_mode_changes_and_the_supervision_ends(watched: CallCenter) -> None:
    watched.switch.switch_supervision(190, 101)
    assert watched.last(SupervisionChanged).mode is BARGE_IN
    watched.switch.switch_supervision(190, 101)
    assert watched.last(SupervisionChanged).mode is LISTEN
    watched.switch.switch_supervision(190, 101, SupervisionMode.WHISPER)
    watched.switch.stop_supervision(190, 101)
    assert watched.state(190) is AgentState.IDLE
    with pytest.raises(errors.NotSupervised):
        watched.switch.switch_supervision(190, 101)


@pytest.mark.parametrize("how", ["release", "hook", "force"])
def test_an_inspector_who_hangs_up_stops_listening(watched: CallCenter, how: str) -> None:
    if how == "release":
        watched.switch.release_call(190)
    elif how == "hook":
        watched.switch.phone_on_hook("40190")
    else:
        own = watched.agent(190).connections[0].call.id
        watched.switch.force_release(191, own)
    assert watched.last(SupervisionStopped).target == 101
    assert watched.state(190) is AgentState.IDLE
    assert watched.state(101) is AgentState.TALKING


def test_an_inspector_who_stops_listening_is_told_of_no_call_that_ended(
    watched: CallCenter,
) -> None:
    watched.forget()
    watched.switch.stop_supervision(190, 101)
    assert watched.kinds() == ["SupervisionStopped", "CallCleared", "PhoneOnHook", "AgentReady"]


def test_a_busy_inspector_is_busy_again_afterwards(center: CallCenter) -> None:
    center.sign_in(101, 190)
    center.switch.set_not_ready(190, 200)
    center.switch.supervise(190, 101, LISTEN)
    center.switch.stop_supervision(190, 101)
    assert center.state(190) is AgentState.BUSY


def test_an_intercepted_agent_is_idle_and_the_inspector_talks(watched: CallCenter) -> None:
    call = watched.switch.intercept(190, 101)
    assert watched.parties(call) == ["agent:190", f"trunk:{CUSTOMER}"]
    assert watched.state(101) is AgentState.IDLE
    assert len(watched.switch.calls) == 1


def test_a_held_customer_cannot_be_intercepted(watched: CallCenter) -> None:
    watched.switch.hold_call(101)
    with pytest.raises(errors.NoCall):
        watched.switch.intercept(190, 101)


def test_an_agent_who_waits_in_a_queue_cannot_be_intercepted(watched: CallCenter) -> None:
    watched.sign_in(104)
    watched.switch.set_not_ready(104)
    watched.switch.consultation_call(101, (QUEUE, "2"))
    with pytest.raises(errors.NoCall):
        watched.switch.intercept(190, 101)


def test_an_intercepted_consultation_leaves_the_customer_on_hold(watched: CallCenter) -> None:
    second = watched.switch.consultation_call(101, (AGENT, "102"))
    watched.switch.answer_call(102)
    watched.switch.intercept(190, 101)
    assert watched.parties(second) == ["agent:102", "agent:190"]
    watched.switch.retrieve_call(101)


def test_a_supervised_call_that_is_released_leaves_the_supervision(watched: CallCenter) -> None:
    call = watched.agent(101).connections[0].call.id
    watched.switch.force_release(190, call)
    assert watched.state(101) is AgentState.IDLE
    assert watched.agent(190).supervision is not None


def test_an_inspector_releases_a_waiting_call(center: CallCenter) -> None:
    center.sign_in(101, 190)
    center.switch.set_not_ready(101)
    call = center.dial()
    center.switch.force_release(190, call)
    assert not center.lives(call)
    assert center.switch.queue(1, 1).outcomes[QueueOutcome.RELEASED] == 1


def test_an_agent_that_signs_out_is_no_longer_supervised(center: CallCenter) -> None:
    center.sign_in(101, 190)
    center.switch.supervise(190, 101, LISTEN)
    center.switch.log_off(101)
    assert center.state(190) is AgentState.IDLE


def test_a_supervising_inspector_can_be_forced_out(watched: CallCenter) -> None:
    watched.switch.force_log_off(190)
    assert not watched.agent(101).supervisors


def test_only_inspectors_supervise_and_only_agents_are_supervised(center: CallCenter) -> None:
    center.sign_in(101, 102, 190, 191)
    with pytest.raises(errors.NoPermission):
        center.switch.supervise(102, 101, LISTEN)
    with pytest.raises(errors.WrongSupervisionTarget):
        center.switch.supervise(190, 191, LISTEN)
    with pytest.raises(errors.WrongSupervisionTarget):
        center.switch.supervise(190, 103, LISTEN)
    with pytest.raises(errors.UnknownAgent):
        center.switch.supervise(190, 999, LISTEN)
    center.switch.set_working(190)
    with pytest.raises(errors.WrongAgentState):
        center.switch.supervise(190, 101, LISTEN)


def test_an_inspector_changes_the_states_of_agents(center: CallCenter) -> None:
    center.sign_in(101, 190)
    center.switch.force_not_ready(190, 101)
    assert center.state(101) is AgentState.BUSY
    center.switch.force_ready(190, 101)
    assert center.state(101) is AgentState.IDLE
    center.switch.force_rest(190, 101, 5, 0)
    assert center.state(101) is AgentState.REST
    center.switch.force_skills(190, 101, [])
    assert center.last(AgentSkillsChanged).queues == ()
    center.switch.force_sign_out(190, 101)
    assert center.state(101) is AgentState.SIGNED_OUT


def test_orders_during_a_call_take_effect_after_it(watched: CallCenter) -> None:
    watched.switch.force_rest(190, 101, 5, 0)
    watched.switch.force_ready(190, 101)
    call = watched.agent(101).connections[0].call.id
    watched.switch.outside_hangs_up(call)
    assert watched.state(101) is AgentState.IDLE


# User groups (CEC 12.3.4)


@pytest.fixture
def grouped(center: CallCenter) -> CallCenter:
    """190 inspects 101's group; 102 is in another one, 191 in none."""
    members = {"a": 101, "b": 102, "i": 190}
    center.reconfigure(
        user_groups=tuple(
            UserGroupConfig(
                name,
                name,
                GroupType.INSPECTORS if name == "i" else GroupType.AGENTS,
                members=(GroupMemberConfig(member),),
                inspects=("a",) if name == "i" else (),
            )
            for name, member in members.items()
        )
    )
    center.sign_in(101, 102, 190, 191)
    return center


def inspected(center: CallCenter) -> list[tuple[int, int]]:
    """Who may supervise whom."""
    found = []
    for inspector in (190, 191):
        for work_no in (101, 102):
            try:
                center.switch.supervise(inspector, work_no, LISTEN)
            except errors.NoPermission:
                continue
            center.switch.stop_supervision(inspector, work_no)
            found.append((inspector, work_no))
    return found


def test_inspectors_supervise_the_groups_that_theirs_inspects(grouped: CallCenter) -> None:
    assert inspected(grouped) == [(190, 101)]


def test_without_any_relation_inspectors_supervise_everybody(grouped: CallCenter) -> None:
    groups = tuple(replace(it, inspects=()) for it in grouped.config.user_groups)
    grouped.reconfigure(user_groups=groups)
    assert len(inspected(grouped)) == 4


ORDERS = [
    pytest.param(lambda sw, by, to: sw.force_ready(by, to), id="ready"),
    pytest.param(lambda sw, by, to: sw.force_not_ready(by, to), id="busy"),
    pytest.param(lambda sw, by, to: sw.force_rest(by, to, 60, 1), id="rest"),
    pytest.param(lambda sw, by, to: sw.force_skills(by, to, [1]), id="skills"),
    pytest.param(lambda sw, by, to: sw.force_sign_out(by, to), id="sign out"),
    pytest.param(lambda sw, by, to: sw.supervise(by, to, BARGE_IN), id="barge in"),
]


@pytest.mark.parametrize("order", ORDERS)
def test_inspectors_order_about_their_own_only(
    grouped: CallCenter, order: Callable[[Switch, int, int], None]
) -> None:
    grouped.forget()
    with pytest.raises(errors.NoPermission):
        order(grouped.switch, 190, 102)
    assert grouped.kinds() == []
    order(grouped.switch, 190, 101)


def test_a_supervision_that_is_no_longer_allowed_can_only_end(grouped: CallCenter) -> None:
    grouped.talk(101)
    grouped.switch.supervise(190, 101, LISTEN)
    grouped.reconfigure(
        user_groups=(
            *(replace(it, inspects=()) for it in grouped.config.user_groups),
            UserGroupConfig("j", "j", GroupType.INSPECTORS, inspects=("a",)),
        )
    )
    with pytest.raises(errors.NoPermission):
        grouped.switch.switch_supervision(190, 101)
    with pytest.raises(errors.NoPermission):
        grouped.switch.intercept(190, 101)
    grouped.switch.stop_supervision(190, 101)
    assert grouped.state(190) is AgentState.IDLE


def test_inspectors_release_calls_of_their_own_and_of_nobody(grouped: CallCenter) -> None:
    grouped.switch.set_not_ready(101)
    call = grouped.talk(102)
    with pytest.raises(errors.NoPermission):
        grouped.switch.force_release(190, call)
    grouped.switch.set_not_ready(102)
    waiting = grouped.dial()
    grouped.switch.force_release(190, waiting)
    assert grouped.lives(call)
    assert not grouped.lives(waiting)


def test_inspectors_are_told_of_their_own_who_sign_in(grouped: CallCenter) -> None:
    for inspector in (190, 191):
        grouped.agent(inspector).wants_monitoring = True
    grouped.switch.log_off(101)
    grouped.switch.log_off(102)
    told = [(it.agent, it.target) for it in grouped.events if isinstance(it, AgentMonitored)]
    assert told == [(190, 101)]


def test_an_inspector_at_a_real_phone_hears_when_it_is_picked_up(center: CallCenter) -> None:
    center.sign_in(101)
    center.sign_in(190, phone="50001")
    center.talk(101)
    center.switch.supervise(190, 101, LISTEN)
    assert heard_by(center.agent(190)) is None
    for _ in ("ring", "answer"):
        center.switch.endpoint_confirmed(center.last(EndpointRequested).request)
    assert heard_by(center.agent(190)) is center.agent(101).connections[0].call


def test_an_inspector_whose_phone_still_rings_takes_no_customer(center: CallCenter) -> None:
    center.sign_in(101)
    center.sign_in(190, phone="50001")
    center.talk(101)
    center.switch.supervise(190, 101, LISTEN)
    with pytest.raises(errors.WrongAgentState):
        center.switch.intercept(190, 101)
    assert center.state(101) is AgentState.TALKING
    for _ in ("ring", "answer"):
        center.switch.endpoint_confirmed(center.last(EndpointRequested).request)
    center.switch.intercept(190, 101)
    assert center.state(190) is AgentState.TALKING


def test_an_inspector_whose_phone_is_not_picked_up_supervises_nobody(center: CallCenter) -> None:
    center.sign_in(101)
    center.sign_in(190, phone="50001")
    center.talk(101)
    center.switch.supervise(190, 101, LISTEN)
    center.switch.endpoint_failed(center.last(EndpointRequested).request)
    assert center.state(190) is AgentState.IDLE
    assert not center.agent(101).supervisors
