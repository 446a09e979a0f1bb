"""Agents intrude on calls of their colleagues, and end them."""

from __future__ import annotations

import pytest

from emulator.switch import errors
from emulator.switch.config import TenantConfig
from emulator.switch.events import (
    ConnectionCleared,
    PhoneOnHook,
    SupervisionStarted,
    SupervisionStopped,
)
from emulator.switch.rooms import ConferenceWish
from emulator.switch.supervision import heard_by
from emulator.switch.terms import (
    AgentState,
    LegState,
    PhoneCondition,
    SupervisionMode,
    TransferMode,
)
from tests.switch.support import AGENT, CUSTOMER, OUTSIDE, QUEUE, CallCenter, agent

LISTEN, BARGE_IN = SupervisionMode.LISTEN, SupervisionMode.BARGE_IN


@pytest.fixture
def talking(center: CallCenter) -> CallCenter:
    """101 talks to a customer; 102, 104, 105 and the inspector 190 are idle."""
    center.sign_in(101, 102, 104, 105, 190)
    center.talk(101)
    return center


@pytest.fixture
def heard(talking: CallCenter) -> CallCenter:
    """105 listens to 101's call."""
    talking.switch.intrude_call(105, 101, LISTEN)
    return talking


def only_call(center: CallCenter) -> str:
    """The customer's, which is the eldest."""
    return next(iter(center.switch.calls))


def is_out(center: CallCenter) -> bool:
    """Whether 105 has nothing to do with anybody's call."""
    idle = center.state(105) is AgentState.IDLE and not center.agent(105).connections
    return idle and center.switch.phones["40105"].leg is LegState.DOWN


# Beginning


@pytest.mark.parametrize("mode", SupervisionMode)
def test_an_agent_without_any_role_intrudes_on_a_call(
    talking: CallCenter, mode: SupervisionMode
) -> None:
    talking.switch.intrude_call(105, 101, mode)
    started = talking.last(SupervisionStarted)
    assert (started.agent, started.target, started.mode) == (105, 101, mode)
    assert talking.state(105) is AgentState.TALKING
    hears = heard_by(talking.agent(105))
    assert hears is not None
    assert hears.id == only_call(talking)


def test_a_busy_agent_is_busy_again_after_intruding(talking: CallCenter) -> None:
    talking.switch.set_not_ready(105, 200)
    talking.switch.intrude_call(105, 101, LISTEN)
    talking.switch.stop_intrusion(105)
    assert talking.state(105) is AgentState.BUSY


def test_nobody_intrudes_where_nobody_talks(talking: CallCenter) -> None:
    talking.forget()
    for target in (102, 103):
        with pytest.raises(errors.NoCall):
            talking.switch.intrude_call(105, target, LISTEN)
    assert not talking.events
    talking.switch.hold_call(101)
    with pytest.raises(errors.NoCall):
        talking.switch.intrude_call(105, 101, LISTEN)


def test_nobody_intrudes_on_a_call_that_rings_or_on_a_line(talking: CallCenter) -> None:
    talking.switch.make_internal_call(102, 104)
    talking.switch.play(105, "Y:/1/0/a.V3", 10_000_000)
    for target in (102, 104, 105):
        with pytest.raises(errors.NoCall):
            talking.switch.intrude_call(190, target, LISTEN)


def test_nobody_intrudes_on_oneself_on_an_inspector_or_on_another_tenant(
    talking: CallCenter,
) -> None:
    talking.switch.apply_tenant(TenantConfig(2, "other", agents=(agent(201),)))
    talking.switch.make_call(190, "0201")
    talking.wait(2)
    talking.switch.set_not_ready(105)
    for target, error in (
        (105, errors.WrongSupervisionTarget),
        (190, errors.WrongSupervisionTarget),
        (201, errors.UnknownAgent),
        (999, errors.UnknownAgent),
    ):
        with pytest.raises(error):
            talking.switch.intrude_call(105, target, LISTEN)
    assert talking.state(105) is AgentState.BUSY


def test_only_whose_phone_is_free_intrudes(talking: CallCenter) -> None:
    talking.talk(102)
    talking.switch.set_working(105)
    for work_no in (102, 105):
        with pytest.raises(errors.WrongAgentState):
            talking.switch.intrude_call(work_no, 101, LISTEN)
    talking.switch.set_phone_condition("40104", PhoneCondition.BUSY)
    with pytest.raises(errors.WrongAgentState):
        talking.switch.intrude_call(104, 101, LISTEN)


# Ending


@pytest.mark.parametrize("target", [101, None])
def test_an_intruder_ends_the_intrusion_and_nothing_else(
    heard: CallCenter, target: int | None
) -> None:
    heard.switch.stop_intrusion(105, target)
    assert is_out(heard)
    assert heard.last(SupervisionStopped).agent == 105
    assert heard.state(101) is AgentState.TALKING


def test_only_ones_own_intrusion_is_ended(heard: CallCenter) -> None:
    heard.switch.supervise(190, 101, LISTEN)
    for work_no, target in ((105, 102), (102, None), (190, 101), (190, None)):
        with pytest.raises(errors.NotSupervised):
            heard.switch.stop_intrusion(work_no, target)
    assert len(heard.agent(101).supervisors) == 2


@pytest.mark.parametrize("who", ["agent", "customer"])
def test_a_call_that_ends_takes_its_intruders_with_it(heard: CallCenter, who: str) -> None:
    heard.switch.intrude_call(102, 101, BARGE_IN)
    heard.forget()
    if who == "agent":
        heard.switch.release_call(101)
    else:
        heard.switch.outside_hangs_up(only_call(heard))
    assert not heard.switch.calls
    assert is_out(heard)
    assert [event.agent for event in heard.heard(SupervisionStopped)] == [105, 102]
    kinds = heard.kinds()
    assert kinds.index("ConnectionCleared") < kinds.index("SupervisionStopped")
    assert {event.agent for event in heard.heard(PhoneOnHook)} == {101, 102, 105}


def test_an_intruder_does_not_hear_the_next_call(heard: CallCenter) -> None:
    heard.switch.set_not_ready(102)
    heard.switch.outside_hangs_up(only_call(heard))
    heard.talk(101)
    assert is_out(heard)


def test_a_call_that_is_transferred_away_is_heard_no_longer(heard: CallCenter) -> None:
    heard.switch.single_step_transfer(101, (QUEUE, "2"), TransferMode.BLIND)
    assert is_out(heard)
    heard.switch.answer_call(104)
    assert heard.state(104) is AgentState.TALKING


def test_a_transfer_under_way_is_still_the_agents_call(heard: CallCenter) -> None:
    heard.switch.single_step_transfer(101, (AGENT, "102"), TransferMode.RELEASE_AFTER)
    assert heard_by(heard.agent(105)) is None
    assert heard.agent(105).supervision is not None
    heard.switch.answer_call(102)
    assert is_out(heard)


def test_a_call_that_is_intercepted_is_heard_no_longer(heard: CallCenter) -> None:
    heard.switch.supervise(190, 101, LISTEN)
    heard.switch.intercept(190, 101)
    assert is_out(heard)
    assert heard.state(190) is AgentState.TALKING


def test_an_intruding_inspector_supervises_and_intercepts_as_ever(talking: CallCenter) -> None:
    talking.switch.intrude_call(190, 101, LISTEN)
    talking.switch.switch_supervision(190, 101)
    call = talking.switch.intercept(190, 101)
    assert talking.parties(call) == ["agent:190", f"trunk:{CUSTOMER}"]
    assert not talking.agent(101).supervisors


def test_a_held_call_is_not_heard_and_neither_is_the_other_one(heard: CallCenter) -> None:
    first = only_call(heard)
    heard.switch.consultation_call(101, (AGENT, "102"))
    heard.switch.answer_call(102)
    assert heard_by(heard.agent(105)) is None
    heard.switch.reconnect_call(101)
    hears = heard_by(heard.agent(105))
    assert hears is not None
    assert hears.id == first


@pytest.mark.parametrize("consulted", [True, False])
def test_an_intrusion_goes_on_in_the_conference_that_the_call_becomes(
    talking: CallCenter, consulted: bool
) -> None:
    first = only_call(talking)
    talking.switch.consultation_call(101, (AGENT, "102"))
    talking.switch.answer_call(102)
    talking.switch.intrude_call(105, 102 if consulted else 101, LISTEN)
    talking.switch.conference_call(101, first)
    hears = heard_by(talking.agent(105))
    assert hears is not None
    assert hears.id == first
    talking.switch.release_call(102 if consulted else 101)
    assert is_out(talking)
    assert talking.lives(first)


@pytest.mark.parametrize("consulted", [True, False])
def test_an_intrusion_stays_with_whoever_stays_in_a_call_that_is_handed_over(
    talking: CallCenter, consulted: bool
) -> None:
    first = only_call(talking)
    talking.switch.consultation_call(101, (AGENT, "102"))
    talking.switch.answer_call(102)
    talking.switch.intrude_call(105, 102 if consulted else 101, LISTEN)
    talking.switch.transfer_call(101, first)
    assert is_out(talking) != consulted
    assert talking.parties(first) == ["agent:102", f"trunk:{CUSTOMER}"]


def test_an_intrusion_on_an_agent_conference_ends_when_the_agent_leaves_it(
    heard: CallCenter,
) -> None:
    heard.switch.request_conference(101, ConferenceWish(3))
    assert heard_by(heard.agent(105)) is not None
    heard.switch.release_conference(101)
    assert is_out(heard)


@pytest.mark.parametrize("how", ["release", "hook", "force", "line"])
def test_an_intruder_who_hangs_up_is_out(heard: CallCenter, how: str) -> None:
    if how == "release":
        heard.switch.release_call(105)
    elif how == "hook":
        heard.switch.phone_on_hook("40105")
    elif how == "force":
        heard.switch.force_release(190, heard.agent(105).connections[0].call.id)
    else:
        heard.switch.set_phone_condition("40105", PhoneCondition.OFFLINE)
    assert is_out(heard)
    assert not heard.agent(101).supervisors
    assert heard.state(101) is AgentState.TALKING


@pytest.mark.parametrize("who", [101, 105])
@pytest.mark.parametrize("removed", [True, False])
def test_an_intrusion_ends_when_either_side_is_signed_out(
    heard: CallCenter, who: int, removed: bool
) -> None:
    if removed:
        heard.reconfigure(agents=tuple(a for a in heard.config.agents if a.work_no != who))
    else:
        heard.switch.force_log_off(who)
    assert heard.heard(SupervisionStopped)
    if who == 101:
        assert is_out(heard)
    else:
        assert not heard.agent(101).supervisors
        assert heard.state(101) is AgentState.TALKING


def test_a_tenant_that_is_forgotten_leaves_nothing_of_an_intrusion(heard: CallCenter) -> None:
    heard.switch.forget_tenant(1)
    assert not heard.switch.calls
    assert not heard.switch.timers.pending()


# Ending a colleague's call


def test_the_call_of_a_colleague_is_ended_for_everybody(heard: CallCenter) -> None:
    call = only_call(heard)
    heard.switch.disconnect_call(102, 101)
    assert not heard.lives(call)
    assert {event.device for event in heard.heard(ConnectionCleared)} == {
        "agent:101",
        f"trunk:{CUSTOMER}",
    }
    assert heard.state(101) is AgentState.IDLE
    assert is_out(heard)


def test_a_held_call_of_a_colleague_is_ended_by_its_id(talking: CallCenter) -> None:
    first = only_call(talking)
    talking.switch.hold_call(101)
    with pytest.raises(errors.NoCall):
        talking.switch.disconnect_call(102, 101)
    second = talking.switch.make_call(101, "0201")
    talking.wait(2)
    talking.switch.disconnect_call(102, 101, first)
    assert list(talking.switch.calls) == [second]


def test_a_call_that_a_colleague_does_not_have_is_not_ended(talking: CallCenter) -> None:
    call = only_call(talking)
    talking.forget()
    for target, named, error in (
        (104, None, errors.NoCall),
        (104, call, errors.NoCall),
        (103, None, errors.NoCall),
        (101, "0-0", errors.NoCall),
        (999, None, errors.UnknownAgent),
        (102, None, errors.WrongSupervisionTarget),
    ):
        with pytest.raises(error):
            talking.switch.disconnect_call(102, target, named)
    assert not talking.events


def test_a_call_that_still_rings_is_not_ended(talking: CallCenter) -> None:
    talking.switch.make_call(102, "0202")
    with pytest.raises(errors.NoCall):
        talking.switch.disconnect_call(101, 102)


def test_an_agent_conference_is_not_ended_by_a_colleague(talking: CallCenter) -> None:
    talking.switch.request_conference(101, ConferenceWish(3))
    with pytest.raises(errors.WrongCallState):
        talking.switch.disconnect_call(102, 101)


def test_a_conference_of_three_is_ended_for_all_three(talking: CallCenter) -> None:
    talking.switch.single_step_transfer(101, (OUTSIDE, "0201"), TransferMode.THREE_PARTY)
    talking.wait(2)
    talking.switch.disconnect_call(102, 101)
    assert not talking.switch.calls
