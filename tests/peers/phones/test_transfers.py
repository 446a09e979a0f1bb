"""Calls that are handed on, by interfaces and by the keys of real phones."""

from __future__ import annotations

import subprocess

from tests.peers.phones.baresip import Baresip, comes_true
from tests.peers.phones.center import (
    CUSTOMER,
    FIRST,
    FRIEND,
    MUSIC,
    OUTSIDE,
    SECOND,
    Center,
    baresip,
    center,
    house,
)
from tests.peers.phones.tones import write_keys
from tests.surfaces.sip.test_sipp import succeeds

__all__ = ["baresip", "center", "house"]
QUEUE, ANYBODY_OUTSIDE = 1, 5
"""Device types of CEC 6.1.2.11."""
BLIND, BLIND_OUTSIDE = 0, 1


def linked(center: Center) -> Baresip:
    """Agent 101's phone, whose keys count."""
    desk = center.registered_phone(101, FIRST)
    center.sign_in(101, phonelinkage=True)
    return desk


def talks(center: Center) -> Baresip:
    """A customer who talks to agent 101."""
    customer = center.customer()
    customer.dial("95001")
    assert comes_true(lambda: customer.hears() == {FIRST}), customer.said()
    return customer


def early(center: Center) -> subprocess.Popen[str]:
    """A gateway behind which somebody is heard, who does not answer."""
    write_keys(center.folder / "voice.alaw", "", 0, OUTSIDE)
    return center.sipp("early", port=center.house.outside)


def test_a_call_is_sent_back_to_a_queue(center: Center) -> None:
    sales = center.desk(111, SECOND)
    center.ask("POST", "onlineagent/111/saybusy")
    customer, _ = center.talk()
    center.ask("POST", "voicecall/101/transfer", devicetype=QUEUE, address="2", mode=BLIND)
    assert comes_true(lambda: bool(customer.hears() & MUSIC))
    assert center.becomes(101, "idle")
    center.ask("POST", "onlineagent/111/sayfree")
    assert comes_true(lambda: customer.hears() == {SECOND})
    assert comes_true(lambda: sales.hears() == {CUSTOMER})


def test_a_customer_who_is_sent_outside_hears_what_there_is_before_the_answer(
    center: Center,
) -> None:
    gateway = early(center)
    customer, _ = center.talk()
    outside = {"devicetype": ANYBODY_OUTSIDE, "address": FRIEND, "mode": BLIND_OUTSIDE}
    center.ask("POST", "voicecall/101/transfer", **outside)
    assert comes_true(lambda: customer.hears() == {OUTSIDE})
    customer.hang_up()
    assert comes_true(lambda: not center.calls())
    succeeds(gateway)


def test_an_agent_who_calls_out_hears_what_there_is_before_the_answer(center: Center) -> None:
    gateway = early(center)
    desk = center.desk(101, FIRST)
    center.ask("PUT", "voicecall/101/callout", called=FRIEND)
    assert comes_true(lambda: desk.hears() == {OUTSIDE})
    assert center.state(101) != "talking"
    center.ask("DELETE", "voicecall/101/release")
    succeeds(gateway)


def test_a_customer_is_sent_to_somebody_outside_who_answers(center: Center) -> None:
    friend = center.outside(answermode="auto")
    customer, _ = center.talk()
    outside = {"devicetype": ANYBODY_OUTSIDE, "address": FRIEND, "mode": BLIND_OUTSIDE}
    center.ask("POST", "voicecall/101/transfer", **outside)
    assert comes_true(lambda: customer.hears() == {OUTSIDE}), friend.said()
    assert comes_true(lambda: friend.hears() == {CUSTOMER}), friend.said()
    assert center.becomes(101, "idle")
    friend.hang_up()
    assert comes_true(lambda: not center.calls())


def test_a_phone_transfers_its_call_to_a_colleague(center: Center) -> None:
    desk, colleague = linked(center), center.desk(102, SECOND)
    customer = talks(center)
    desk.command("transfer", f"sip:40102@{center.sip}")
    assert comes_true(lambda: customer.hears() == {SECOND}), desk.said()
    assert comes_true(lambda: colleague.hears() == {CUSTOMER}), desk.said()
    assert center.becomes(101, "idle")


def test_a_phone_holds_its_call_and_takes_it_back(center: Center) -> None:
    desk = linked(center)
    customer = talks(center)
    desk.command("hold")
    assert comes_true(lambda: bool(customer.hears() & MUSIC)), desk.said()
    desk.command("resume")
    assert comes_true(lambda: customer.hears() == {FIRST}), desk.said()


def test_a_phone_of_another_make_consults_a_colleague_and_connects_both(center: Center) -> None:
    desk = center.linphone(101, FIRST)
    center.sign_in(101, phonelinkage=True)
    colleague = center.desk(102, SECOND)
    customer = talks(center)
    desk.tell("pause 1")
    assert comes_true(lambda: bool(customer.hears() & MUSIC)), desk.said()
    desk.tell(f"call sip:40102@{center.sip}")
    assert comes_true(lambda: colleague.hears() == {FIRST}), desk.said()
    desk.tell("transfer 1 --to-call 2")
    assert comes_true(lambda: customer.hears() == {SECOND}), desk.said()
    assert comes_true(lambda: colleague.hears() == {CUSTOMER})
