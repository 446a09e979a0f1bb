"""Trunk groups that real gateways serve: they are asked, and what they report happens."""

from __future__ import annotations

import pytest

from emulator.switch import errors
from emulator.switch.config import OutsideNumberConfig, TrunkConfig
from emulator.switch.events import (
    Conferenced,
    ConferenceJoined,
    ConferenceRinging,
    Delivered,
    EndpointRequested,
    Established,
    Failed,
    OutsideReleased,
    OutsideRequested,
    TransferResult,
)
from emulator.switch.rooms import Address, ConferenceWish, Invitation
from emulator.switch.terms import AgentState, CallType, TargetType, TransferMode
from tests.switch.support import OUTSIDE, CallCenter, code, flow, small_call_center

FRIEND = "0301"
GATE = TrunkConfig("gate", 2, "03", external=True)
TRUNKS = (TrunkConfig("outside"), GATE)


@pytest.fixture
def center() -> CallCenter:
    """Numbers that begin with 03 are behind a gateway, which is there."""
    center = small_call_center(trunks=TRUNKS)
    center.switch.attach_trunk(1, "gate", True)
    center.sign_in(101, 102)
    return center


def asked(center: CallCenter) -> OutsideRequested:
    return center.last(OutsideRequested)


def answer(center: CallCenter) -> None:
    center.switch.outside_answered(asked(center).request)


def released(center: CallCenter) -> list[int]:
    return [it.request for it in center.heard(OutsideReleased)]


def test_a_gateway_is_asked_and_says_when_it_rings_and_when_somebody_answers(
    center: CallCenter,
) -> None:
    call = center.switch.make_call(101, FRIEND)
    wanted = asked(center)
    assert (wanted.call, wanted.number, wanted.trunk) == (call, FRIEND, "gate")
    assert wanted.caller == "95000"
    assert not center.heard(Delivered)
    center.wait(30)
    center.switch.outside_rings(wanted.request)
    center.switch.outside_rings(wanted.request)
    [rings] = center.heard(Delivered)
    assert rings.number == FRIEND
    assert center.state(101) is AgentState.OCCUPIED
    center.switch.outside_answered(wanted.request)
    assert center.last(Established).device == f"trunk:{FRIEND}"
    assert center.state(101) is AgentState.TALKING
    assert not center.switch.requests
    center.switch.release_call(101)
    assert released(center) == [wanted.request]


def test_who_answers_has_rung(center: CallCenter) -> None:
    center.switch.make_call(101, FRIEND)
    answer(center)
    kinds = center.kinds()
    assert kinds.index("Delivered") < kinds.index("Established")


@pytest.mark.parametrize("cause", [537, 538, 604])
def test_a_gateway_says_why_nobody_is_reached(center: CallCenter, cause: int) -> None:
    call = center.switch.make_call(101, FRIEND)
    center.switch.outside_failed(asked(center).request, cause)
    assert center.last(Failed).cause == cause
    assert not center.lives(call)
    assert not center.switch.requests
    assert center.state(101) is AgentState.IDLE


def test_a_trunk_group_without_a_gateway_has_no_resource(center: CallCenter) -> None:
    center.switch.attach_trunk(1, "gate", False)
    call = center.switch.make_call(101, FRIEND)
    assert center.last(Failed).cause == 602
    assert not center.lives(call)
    assert not center.heard(OutsideRequested)


def test_a_gateway_that_says_nothing_reaches_nobody_in_the_end(center: CallCenter) -> None:
    center.switch.make_call(101, FRIEND)
    center.wait(60)
    assert center.last(Failed).cause == 603
    assert released(center) == [asked(center).request]
    with pytest.raises(errors.UnknownRequest):
        answer(center)


def test_who_gives_up_has_the_gateway_told(center: CallCenter) -> None:
    center.switch.make_call(101, FRIEND)
    center.switch.outside_rings(asked(center).request)
    center.switch.release_call(101)
    assert released(center) == [asked(center).request]
    assert not center.switch.requests


def test_what_is_behind_a_gateway_is_not_simulated() -> None:
    habits = OutsideNumberConfig(FRIEND, answer_after=1, digits="1", hang_up_after=3)
    center = small_call_center(trunks=TRUNKS, outside_numbers=(habits,))
    center.switch.attach_trunk(1, "gate", True)
    center.sign_in(101)
    call = center.switch.make_call(101, FRIEND)
    center.wait(10)
    assert center.state(101) is AgentState.OCCUPIED
    with pytest.raises(errors.WrongCallState):
        center.switch.outside_answers(call)
    answer(center)
    center.wait(10)
    assert center.lives(call)


def test_a_trunk_group_to_which_a_gateway_comes_is_simulated_no_more() -> None:
    center = small_call_center()
    center.sign_in(101)
    center.switch.attach_trunk(1, "outside", True)
    center.reconfigure(default_caller="95009")
    center.switch.make_call(101, FRIEND)
    assert asked(center).trunk == "outside"
    center.switch.release_call(101)
    center.switch.attach_trunk(1, "outside", False)
    center.switch.make_call(101, FRIEND)
    assert center.last(Failed).cause == 602
    with pytest.raises(errors.UnknownTrunk):
        center.switch.attach_trunk(1, "none", True)


def test_phones_and_gateways_answer_their_own_requests_only(center: CallCenter) -> None:
    center.switch.make_call(101, FRIEND)
    with pytest.raises(errors.UnknownRequest):
        center.switch.endpoint_confirmed(asked(center).request)
    center.sign_in(103, phone="50001")
    center.switch.make_call(103, "0201")
    with pytest.raises(errors.UnknownRequest):
        center.switch.outside_answered(center.last(EndpointRequested).request)


@pytest.mark.parametrize("mode", [TransferMode.RELEASE_AFTER, TransferMode.TALK])
def test_customers_are_transferred_through_a_gateway(
    center: CallCenter, mode: TransferMode
) -> None:
    call = center.talk(101)
    center.switch.single_step_transfer(101, (OUTSIDE, FRIEND), mode)
    center.switch.outside_rings(asked(center).request)
    answer(center)
    if mode is TransferMode.TALK:
        center.switch.release_call(101)
    assert center.state(101) is AgentState.IDLE
    [left] = center.switch.calls.values()
    assert center.parties(left.id) == [f"trunk:{FRIEND}", "trunk:13900000001"]
    assert left.id == call


def test_a_transfer_through_a_gateway_that_fails_brings_the_customer_back(
    center: CallCenter,
) -> None:
    call = center.talk(101)
    center.switch.single_step_transfer(101, (OUTSIDE, FRIEND), TransferMode.RELEASE_AFTER)
    center.switch.outside_failed(asked(center).request, 537)
    assert center.last(TransferResult).result == 537
    assert center.state(101) is AgentState.TALKING
    assert center.parties(call) == ["agent:101", "trunk:13900000001"]


def test_three_talk_when_who_was_asked_is_behind_a_gateway(center: CallCenter) -> None:
    center.talk(101)
    center.switch.single_step_transfer(101, (OUTSIDE, FRIEND), TransferMode.THREE_PARTY)
    answer(center)
    assert center.last(Conferenced).parties == ("13900000001", FRIEND)


def test_who_is_invited_to_a_conference_is_called_by_the_gateway(center: CallCenter) -> None:
    center.switch.request_conference(101, ConferenceWish(5, 60))
    friend = Invitation(Address(False, FRIEND))
    center.switch.invite_participants(101, [friend], caller="95007")
    assert asked(center).caller == "95007"
    center.switch.outside_rings(asked(center).request)
    assert center.last(ConferenceRinging).device == f"trunk:{FRIEND}"
    answer(center)
    assert center.last(ConferenceJoined).device == f"trunk:{FRIEND}"
    center.switch.remove_participants(101, [friend.address])
    assert released(center) == [asked(center).request]


def test_a_flow_leads_out_through_a_gateway() -> None:
    out = flow(
        1,
        "out",
        out={"type": "outside", "number": FRIEND, "otherwise": "bye"},
        bye={"type": "hang_up"},
    )
    codes = (code("95001", TargetType.IVR, 1),)
    center = small_call_center(trunks=TRUNKS, flows=(out,), access_codes=codes)
    center.switch.attach_trunk(1, "gate", True)
    call = center.dial()
    answer(center)
    assert center.parties(call) == [f"trunk:{FRIEND}", "trunk:13900000001"]
    center.switch.outside_hangs_up(call, FRIEND)
    assert released(center) == [asked(center).request]


def test_previews_are_called_through_a_gateway(center: CallCenter) -> None:
    control = center.switch.offer_preview(101, [FRIEND], "")
    call = center.switch.call_preview(101, control, FRIEND)
    answer(center)
    assert center.call(call).type is CallType.PREVIEWED
    assert center.state(101) is AgentState.TALKING


def test_a_mobile_phone_behind_a_gateway_answers_for_itself(center: CallCenter) -> None:
    center.switch.log_on_mobile(103, "0302")
    center.switch.set_not_ready(101)
    center.switch.set_not_ready(102)
    center.dial()
    wanted = center.last(EndpointRequested)
    assert (wanted.phone, wanted.action) == ("0302", "ring")
    center.switch.endpoint_confirmed(wanted.request)
    center.switch.phone_off_hook("0302")
    assert center.state(103) is AgentState.TALKING
