"""Agents answer by an interface: how their phones are picked up."""

from __future__ import annotations

from typing import Any

from tests.peers.phones.baresip import comes_true
from tests.peers.phones.center import (
    CUSTOMER,
    FIRST,
    PASSWORD,
    Center,
    baresip,
    center,
    house,
)
from tests.surfaces.sip.test_sipp import succeeds

__all__ = ["baresip", "center", "house"]


def answered_by(center: Center, how: str) -> None:
    """Phones of agents are picked up in this way."""
    phones = [{"range": "101-120", "number": "40{n}", "password": PASSWORD, "answer": how}]
    center.configure(phones=phones)


def rings(center: Center) -> Any:
    """A customer's call rings at agent 101, who is to answer it."""
    center.sign_in(101, autoanswer=False)
    customer = center.customer()
    customer.dial("95001")
    assert center.becomes(101, "answering")
    return customer


def answer(center: Center) -> None:
    center.ask("PUT", "voicecall/101/answer")


def test_a_phone_that_knows_talk_is_picked_up_by_a_notice(center: Center) -> None:
    phone = center.sipp_desk("talk", FIRST)
    customer = rings(center)
    assert customer.hears() != {FIRST}
    answer(center)
    assert comes_true(lambda: customer.hears() == {FIRST})
    assert center.state(101) == "talking"
    customer.hang_up()
    succeeds(phone)


def test_a_phone_that_knows_call_info_is_called_again_to_answer_by_itself(
    center: Center,
) -> None:
    answered_by(center, "alert")
    phone = center.sipp_desk("asked_to_answer", FIRST, "-m", "2")
    customer = rings(center)
    assert customer.hears() != {FIRST}
    answer(center)
    assert comes_true(lambda: customer.hears() == {FIRST})
    assert center.state(101) == "talking"
    customer.hang_up()
    succeeds(phone)


def test_a_phone_that_is_called_late_is_silent_until_its_agent_answers(center: Center) -> None:
    answered_by(center, "late")
    desk = center.registered_phone(101, FIRST)
    customer = rings(center)
    assert "Incoming call" not in desk.said()
    answer(center)
    assert comes_true(lambda: customer.hears() == {FIRST}), desk.said()
    assert comes_true(lambda: desk.hears() == {CUSTOMER})


def test_a_phone_that_knows_neither_is_called_again_and_picked_up_by_hand(
    center: Center,
) -> None:
    desk = center.registered_phone(101, FIRST, answermode="manual")
    customer = rings(center)
    answer(center)
    assert comes_true(lambda: desk.said().count("Incoming call") == 2), desk.said()
    assert center.state(101) == "answering"
    desk.command("accept")
    assert comes_true(lambda: customer.hears() == {FIRST}), desk.said()
    assert center.state(101) == "talking"


def test_linphonec_is_called_again_and_picked_up_by_hand(center: Center) -> None:
    """Its library knows Call-Info, it does not."""
    phone = center.linphone(101, FIRST, by_itself=False)
    customer = rings(center)
    answer(center)
    assert comes_true(lambda: phone.said().count("new incoming call") == 2), phone.said()
    assert customer.hears() != {FIRST}
    phone.tell("answer")
    assert comes_true(lambda: customer.hears() == {FIRST}), phone.said()
    assert comes_true(lambda: phone.hears() == {CUSTOMER})
