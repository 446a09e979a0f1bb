"""Linked phones, whose keys do what commands do, and phones at which nothing can ring."""

from __future__ import annotations

import pytest

from emulator.switch import errors
from emulator.switch.config import OutsideNumberConfig
from emulator.switch.events import (
    Held,
    LinkedPhoneDials,
    LinkedPhoneHeld,
    LinkedPhoneMuted,
    LinkedPhoneTransferResult,
    LinkedPhoneTransfers,
    PhoneAlerting,
    PhoneConditionChanged,
    UserMediaDetected,
)
from emulator.switch.terms import AgentState, LegState, PhoneCondition
from tests.switch.support import CallCenter, numbers, small_call_center

BUSY, OFFLINE, IN_SERVICE = (
    PhoneCondition.BUSY,
    PhoneCondition.OFFLINE,
    PhoneCondition.IN_SERVICE,
)


@pytest.fixture
def linked() -> CallCenter:
    """101 has signed in at its linked phone 40101."""
    center = small_call_center()
    center.sign_in(101, phone_linkage=True)
    return center


def test_the_mute_key_mutes_the_call_until_it_is_pressed_again(linked: CallCenter) -> None:
    call = linked.talk(101)
    linked.switch.phone_mutes("40101", True)
    assert linked.agent(101).connections[0].muted
    linked.switch.phone_mutes("40101", False)
    assert not linked.agent(101).connections[0].muted
    assert [(e.call, e.muted) for e in linked.heard(LinkedPhoneMuted)] == [
        (call, True),
        (call, False),
    ]


def test_the_hold_key_holds_the_call_and_takes_it_back(linked: CallCenter) -> None:
    call = linked.talk(101)
    linked.switch.phone_holds("40101")
    assert [c.call.id for c in linked.agent(101).held] == [call]
    assert linked.last(Held).call == call
    linked.switch.phone_retrieves("40101")
    assert linked.agent(101).held == []
    assert [e.held for e in linked.heard(LinkedPhoneHeld)] == [True, False]


def test_a_number_dialled_at_the_phone_is_called_without_ringing_it_first(
    linked: CallCenter,
) -> None:
    call = linked.switch.phone_dials("40101", "0201")
    assert linked.heard(PhoneAlerting) == []
    dialled = linked.last(LinkedPhoneDials)
    assert (dialled.call, dialled.phone, dialled.number) == (call, "40101", "0201")
    linked.wait(3)
    assert linked.state(101) is AgentState.TALKING


def test_a_call_transferred_at_the_phone_leaves_the_agent_when_it_is_answered(
    linked: CallCenter,
) -> None:
    call = linked.talk(101)
    linked.switch.phone_transfers("40101", "0201")
    transfer = linked.last(LinkedPhoneTransfers)
    assert (transfer.call, transfer.phone, transfer.number) == (call, "40101", "0201")
    assert linked.heard(LinkedPhoneTransferResult) == []
    linked.wait(3)
    assert linked.last(LinkedPhoneTransferResult).result == 0
    assert linked.agent(101).connections == []


def test_a_call_transferred_at_the_phone_to_a_busy_number_comes_back(linked: CallCenter) -> None:
    call = linked.talk(101)
    linked.switch.phone_transfers("40101", "0203")
    assert linked.last(LinkedPhoneTransferResult).result == 537
    assert linked.agent(101).active is linked.agent(101).connection(linked.call(call))


def test_a_transfer_by_command_is_none_of_the_phone(linked: CallCenter) -> None:
    linked.talk(101)
    linked.switch.phone_transfers("40101", "0203")
    linked.forget()
    linked.switch.phone_transfers("40101", "0202")
    linked.switch.cancel_transfer(101)
    assert linked.heard(LinkedPhoneTransferResult) == []


def test_only_a_linked_phone_has_keys() -> None:
    center = small_call_center()
    center.sign_in(101)
    center.talk(101)
    for press in (
        lambda: center.switch.phone_mutes("40101", True),
        lambda: center.switch.phone_holds("40101"),
        lambda: center.switch.phone_retrieves("40101"),
        lambda: center.switch.phone_transfers("40101", "0201"),
        lambda: center.switch.phone_dials("40101", "0201"),
        lambda: center.switch.phone_holds("40102"),
    ):
        with pytest.raises(errors.WrongCallState):
            press()
    with pytest.raises(errors.UnknownPhone):
        center.switch.phone_holds("none")


# Phones at which nothing can ring


@pytest.mark.parametrize("condition", [BUSY, OFFLINE])
def test_a_call_to_a_phone_that_cannot_ring_is_not_answered(
    center: CallCenter, condition: PhoneCondition
) -> None:
    center.sign_in(101)
    center.switch.set_phone_condition("40101", condition)
    call = center.dial()
    center.wait(0)
    assert center.state(101) is AgentState.BUSY
    assert center.heard(PhoneAlerting) == []
    center.sign_in(102)
    assert center.state(102) is AgentState.ANSWERING
    assert center.call(call).requeued == 1


def test_an_agent_cannot_call_with_a_phone_that_is_used_without_the_call_center(
    center: CallCenter,
) -> None:
    center.sign_in(101)
    center.switch.set_phone_condition("40101", BUSY)
    with pytest.raises(errors.WrongAgentState):
        center.switch.make_call(101, "0201")
    with pytest.raises(errors.WrongCallState):
        center.switch.phone_off_hook("40101")
    center.switch.set_phone_condition("40101", IN_SERVICE)
    center.switch.make_call(101, "0201")


def test_a_phone_that_is_cut_off_loses_its_calls(center: CallCenter) -> None:
    center.sign_in(101)
    held = center.talk(101)
    center.switch.hold_call(101)
    second = center.switch.make_call(101, "0201")
    center.wait(3)
    center.switch.set_phone_condition("40101", OFFLINE)
    assert not center.lives(held)
    assert not center.lives(second)
    assert center.agent(101).connections == []
    phone = center.switch.phones["40101"]
    assert (phone.leg, phone.condition) == (LegState.DOWN, OFFLINE)


def test_a_phone_in_a_call_is_not_used_for_another(center: CallCenter) -> None:
    center.sign_in(101)
    center.talk(101)
    with pytest.raises(errors.WrongCallState):
        center.switch.set_phone_condition("40101", BUSY)


def test_who_signs_in_at_a_phone_that_cannot_ring_is_told(center: CallCenter) -> None:
    center.switch.set_phone_condition("40101", OFFLINE)
    center.sign_in(101, phone_linkage=True)
    assert [e.condition for e in center.heard(PhoneConditionChanged)] == [OFFLINE]
    assert not center.agent(101).phone_linkage


def test_an_agent_learns_what_the_phone_that_it_calls_can_do() -> None:
    seeing = OutsideNumberConfig("0299", video=True)
    center = small_call_center(outside_numbers=(seeing,))
    center.sign_in(101)
    center.switch.make_call(101, "0299")
    center.switch.release_call(101)
    center.switch.make_call(101, "0298")
    assert numbers(center.heard(UserMediaDetected), "ability") == [3, 1]
