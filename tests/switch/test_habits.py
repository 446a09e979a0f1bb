"""What customers and outside numbers do by themselves."""

from __future__ import annotations

from typing import Any

from emulator.switch.config import OutsideNumberConfig, TenantConfig
from emulator.switch.events import CallCleared, DigitsGenerated, Established
from emulator.switch.terms import AgentState
from tests.switch.support import AGENT, CUSTOMER, IVR, CallCenter, code, flow, small_call_center

FRIEND = "0209"


def knowing(number: str, agent: int = 101, **habits: Any) -> CallCenter:
    """A call center with one agent, where an outside number has habits; 95009 is a menu."""
    base: TenantConfig = small_call_center().config
    menu = {
        "m": {"type": "menu", "digits": {"1": "q"}, "retries": 0, "timeout": 9, "variable": "v"},
        "q": {"type": "queue", "queue": 1},
    }
    center = small_call_center(
        outside_numbers=(OutsideNumberConfig(number, **habits),),
        flows=(flow(1, "m", "7001", **menu),),
        access_codes=(*base.access_codes, code("95009", IVR, 1)),
    )
    center.sign_in(agent, auto_answer=False)
    return center


def pending(center: CallCenter) -> int:
    return len(center.switch.timers.pending())


def test_a_customer_who_loses_patience_hangs_up_while_the_phone_rings() -> None:
    center = knowing(CUSTOMER, ring_patience=4)
    call = center.dial()
    assert center.state(101) is AgentState.ANSWERING
    center.wait(3.9)
    assert center.lives(call)
    center.wait(0.1)
    assert not center.lives(call)
    assert center.state(101) is AgentState.IDLE
    assert pending(center) == 0


def test_a_customer_whose_call_is_answered_in_time_stays() -> None:
    center = knowing(CUSTOMER, ring_patience=4)
    call = center.dial()
    center.wait(3)
    center.switch.answer_call(101)
    center.wait(60)
    assert center.lives(call)


def test_waiting_in_the_queue_does_not_cost_patience() -> None:
    center = knowing(CUSTOMER, ring_patience=4)
    center.switch.set_not_ready(101)
    call = center.dial()
    center.wait(30)
    assert center.lives(call)
    center.switch.set_ready(101)
    assert center.state(101) is AgentState.ANSWERING
    center.wait(4)
    assert not center.lives(call)


def test_a_customer_presses_the_keys_it_always_presses() -> None:
    center = knowing(CUSTOMER, digits="1", digits_after=2)
    center.dial("95009")
    center.wait(1.9)
    assert center.state(101) is AgentState.IDLE
    center.wait(0.1)
    assert center.last(DigitsGenerated).digits == "1"
    assert center.state(101) is AgentState.ANSWERING


def test_a_called_number_presses_keys_and_hangs_up_in_its_time_after_it_answered() -> None:
    center = knowing(
        FRIEND, agent=101, answer_after=3, digits="42#", digits_after=1, hang_up_after=10
    )
    call = center.switch.make_call(101, FRIEND)
    center.wait(3)
    assert center.heard(Established)
    assert center.heard(DigitsGenerated) == []
    center.wait(1)
    assert center.last(DigitsGenerated).digits == "42#"
    center.wait(8.9)
    assert center.lives(call)
    center.wait(0.1)
    assert not center.lives(call)


def test_a_customer_who_hangs_up_early_presses_nothing_any_more() -> None:
    center = knowing(CUSTOMER, digits="1", digits_after=5, hang_up_after=2)
    call = center.dial("95009")
    center.wait(60)
    assert not center.lives(call)
    assert center.heard(DigitsGenerated) == []
    assert len(center.heard(CallCleared)) == 1
    assert pending(center) == 0


def test_habits_go_along_when_calls_are_joined() -> None:
    center = knowing(CUSTOMER, hang_up_after=60)
    center.sign_in(102)
    first = center.dial()
    (caller,) = [it for it in center.parties(first) if not it.startswith("agent")]
    center.switch.answer_call(101)
    center.switch.consultation_call(101, (AGENT, "102"))
    center.switch.answer_call(102)
    center.switch.conference_call(101, first)
    center.wait(59.9)
    assert [caller in center.parties(call) for call in center.switch.calls] == [True]
    center.wait(0.1)
    assert [caller in center.parties(call) for call in center.switch.calls] in ([], [False])
    assert pending(center) == 0
