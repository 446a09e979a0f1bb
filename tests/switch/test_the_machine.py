"""Clock, timers, subscribers, and configuration under live calls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emulator.switch import errors
from emulator.switch.clock import Clock, ClockMode
from emulator.switch.config import (
    OutsideNumberConfig,
    PhoneConfig,
    Policy,
    PolicyAction,
    QueueConfig,
    SkillConfig,
    TenantConfig,
    TrunkConfig,
)
from emulator.switch.terms import AgentState, MediaType
from emulator.switch.timers import TimerKind, Timers
from tests.switch.support import IVR, QUEUE, CallCenter, agent, code, flow, small_call_center


def test_a_clock_follows_its_source_at_a_scale_or_stands_still() -> None:
    real = [0]
    clock = Clock(100, lambda: real[0])
    real[0] = 10
    assert (clock.mode, clock.now(), clock.scale) == (ClockMode.REAL, 110, 1.0)
    clock.run(2.0)
    real[0] = 20
    assert (clock.mode, clock.now()) == (ClockMode.SCALED, 130)
    assert clock.wait_for(2_000_130) == 1.0
    clock.freeze()
    real[0] = 99
    assert (clock.mode, clock.now(), clock.scale) == (ClockMode.FROZEN, 130, 0.0)
    assert clock.wait_for(200) is None
    assert clock.advance(5) == 135
    with pytest.raises(ValueError, match="above 0"):
        clock.run(0)
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(-1)


def test_a_virtual_clock_moves_only_by_hand() -> None:
    clock = Clock(7)
    clock.freeze()
    assert (clock.mode, clock.now(), clock.advance(3)) == (ClockMode.VIRTUAL, 7, 10)
    with pytest.raises(ValueError, match="no source"):
        clock.run()


def test_timers_fire_in_order_of_deadline_and_start() -> None:
    timers = Timers()
    late = timers.start(20, TimerKind.IVR, "late")
    timers.start(10, TimerKind.IVR, "a")
    timers.start(10, TimerKind.IVR, "b")
    gone = timers.start(5, TimerKind.IVR, "gone")
    timers.cancel(gone)
    assert timers.next_deadline() == 10
    assert [entry[3] for entry in timers.pending()] == ["a", "b", "late"]
    assert [timers.pop_due(15)[3] for _ in "ab"] == ["a", "b"]  # type: ignore[index]
    assert timers.pop_due(15) is None
    timers.cancel(late)
    assert len(timers) == 0
    assert timers.next_deadline() is None


def test_cancelled_timers_do_not_pile_up() -> None:
    timers = Timers()
    for serial in [timers.start(n, TimerKind.IVR, n) for n in range(1000)][:-1]:
        timers.cancel(serial)
    assert len(timers._heap) < 100
    assert timers.next_deadline() == 999


def test_time_never_goes_back(center: CallCenter) -> None:
    now = center.switch.now
    center.switch.advance_to(now - 1)
    assert center.switch.now == now


def test_a_subscriber_that_raises_keeps_nobody_from_hearing(center: CallCenter) -> None:
    faults: list[Exception] = []
    center.switch.on_subscriber_error = lambda _, error: faults.append(error)
    heard: list[Any] = []
    stop = center.switch.subscribe(lambda event: 1 / 0)
    center.switch.subscribe(heard.append)
    center.sign_in(101)
    assert heard
    assert all(type(fault) is ZeroDivisionError for fault in faults)
    stop()
    faults.clear()
    center.switch.set_not_ready(101)
    assert not faults


def test_a_subscriber_that_commands_is_refused(center: CallCenter) -> None:
    faults: list[Exception] = []
    center.switch.on_subscriber_error = lambda _, error: faults.append(error)
    center.switch.subscribe(lambda event: center.switch.set_not_ready(101))
    center.sign_in(101)
    assert type(faults[0]) is errors.CommandDuringPublication
    assert center.state(101) is AgentState.IDLE


def test_a_fault_handler_that_raises_does_not_stop_the_switch(center: CallCenter) -> None:
    def raising(subscriber: object, error: Exception) -> None:
        raise error

    center.switch.on_subscriber_error = raising
    stop = center.switch.subscribe(lambda event: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        center.sign_in(101)
    stop()
    center.switch.set_not_ready(101)
    assert center.state(101) is AgentState.BUSY


def test_an_unheard_switch_keeps_no_events() -> None:
    center = small_call_center()
    center.switch._subscribers = ()
    center.sign_in(101)
    assert not center.switch._outbox


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"queues": (QueueConfig(1, "a"), QueueConfig(1, "b"))},
            r"queues\[1\].id: 1: occurs more than once",
        ),
        ({"queues": (QueueConfig(1, "a", max_wait=0),)}, "max_wait: 0 is not within 1 to 60000"),
        (
            {"queues": (QueueConfig(1, "a", on_busy=Policy(PolicyAction.QUEUE, 9)),)},
            "on_busy.target: the tenant has no queue 9",
        ),
        ({"agents": (agent(100),)}, "work_no: 100 is not within 101 to 59999"),
        ({"agents": (agent(101, 9),)}, "the tenant has no queue 9"),
        ({"agents": (agent(101, SkillConfig(1, 0)),)}, "agent_weight: 0 is less than 1"),
        ({"agents": (agent(201),)}, "201 occurs more than once in the world"),
        ({"agents": (agent(101, phone="40201"),)}, "phone: 40201 belongs to another tenant"),
        ({"phones": (PhoneConfig("40201"),)}, "40201 belongs to another tenant"),
        ({"access_codes": (code("96001", QUEUE, 1),)}, "96001 occurs more than once"),
        ({"access_codes": (code("95001", QUEUE, 9),)}, "target_id: the tenant has no queue 9"),
        ({"access_codes": (code("9", QUEUE, 1),) * 2}, "9 occurs more than once"),
        ({"trunks": (TrunkConfig("t"),) * 2}, "'t': occurs more than once"),
        (
            {"flows": (flow(1, "a", a={"type": "queue", "queue": 9}),)},
            r"flows\[0\].nodes.a.queue: the tenant has no queue 9",
        ),
    ],
)
def test_a_contradictory_tenant_is_refused_and_named(changes: dict[str, Any], reason: str) -> None:
    center = small_call_center()
    other = TenantConfig(
        2,
        "other",
        agents=(agent(201),),
        queues=(QueueConfig(1, "q"),),
        access_codes=(code("96001", QUEUE, 1),),
    )
    center.switch.apply_tenant(other)
    config = replace(center.config, **changes)
    with pytest.raises(errors.ConfigurationError, match=reason):
        center.switch.check_tenant(config)


def test_an_agent_removed_in_a_call_is_signed_out_and_its_phone_goes(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.talk(101)
    center.reconfigure(agents=center.config.agents[1:])
    assert not center.lives(call)
    assert 101 not in center.switch.agents
    assert "40101" not in center.switch.phones


def test_an_agent_given_another_skill_takes_who_waits(center: CallCenter) -> None:
    center.sign_in(104, 105)
    center.switch.set_not_ready(104)
    center.dial("95002")
    agents = tuple(agent(105, 2) if a.work_no == 105 else a for a in center.config.agents)
    center.reconfigure(agents=agents)
    assert center.state(105) is AgentState.ANSWERING


def test_a_queue_that_becomes_a_chat_queue_loses_its_voice_agents(center: CallCenter) -> None:
    center.sign_in(101, 105)
    first = replace(center.config.queues[0], media_type=MediaType.WEB_CHAT)
    center.reconfigure(queues=(first, *center.config.queues[1:]))
    assert not center.switch.queue(1, 1).agents


def test_how_an_outside_number_behaves_can_be_changed(center: CallCenter) -> None:
    center.sign_in(101)
    center.reconfigure(outside_numbers=(OutsideNumberConfig("0202", answer_after=0),))
    center.switch.make_call(101, "0202")
    center.wait(0)
    assert center.state(101) is AgentState.TALKING


def test_a_trunk_group_that_is_removed_keeps_its_calls(center: CallCenter) -> None:
    center.sign_in(101)
    call = center.talk(101)
    center.reconfigure(trunks=(TrunkConfig("new", 1), TrunkConfig("long", 1, "02")))
    assert center.lives(call)
    center.switch.outside_hangs_up(call)
    assert [trunk.in_use for trunk in center.switch.tenant(1).trunks] == [0, 0]
    center.switch.make_call(101, "0201")
    assert [trunk.in_use for trunk in center.switch.tenant(1).trunks] == [0, 1]


def test_an_access_code_can_lead_to_a_flow() -> None:
    center = small_call_center(
        flows=(flow(1, "a", a={"type": "hang_up"}),), access_codes=(code("95001", IVR, 1),)
    )
    assert not center.lives(center.dial())


def test_a_phone_at_which_an_agent_of_another_tenant_is_signed_in_is_refused() -> None:
    center = small_call_center()
    center.switch.apply_tenant(TenantConfig(2, "other", agents=(agent(201),)))
    center.switch.log_on_mobile(201, "13800000000")
    with pytest.raises(errors.ConfigurationError, match="phone 13800000000"):
        center.reconfigure(phones=(PhoneConfig("13800000000"),))


def test_every_problem_of_a_tenant_is_named(center: CallCenter) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        center.reconfigure(ring=0, outside_ring=0)
    assert str(caught.value) == (
        "tenant 1: ring: 0 is less than 1; tenant 1: outside_ring: 0 is less than 1"
    )
