"""SIPp and real phones in one call: controllers, holds of every kind, SIPp's own scenarios."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.peers.phones.baresip import comes_true
from tests.peers.phones.center import (
    CUSTOMER,
    FIRST,
    FRIEND,
    MUSIC,
    OUTSIDE,
    Center,
    baresip,
    center,
    house,
    required,
)
from tests.peers.phones.test_menus import nodes
from tests.ports import free_port
from tests.surfaces.sip.test_sipp import succeeds

__all__ = ["baresip", "center", "house"]
PCAPS = Path("/usr/share/sip-tester")
"""Where SIPp's own scenario finds a voice and a key."""


@pytest.fixture(autouse=True)
def sipp() -> None:
    required("sipp")


def listens(port: int) -> bool:
    """Whether somebody does at a port of this machine."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def test_a_third_party_connects_a_phone_with_an_agent(center: Center) -> None:
    desk, friend = center.desk(101, FIRST), center.outside(answermode="auto")
    port = free_port()
    between = f"127.0.0.1:{port}"
    far = center.sipp(
        "controller_of_phone",
        "-s",
        FRIEND,
        "-3pcc",
        between,
        to=f"127.0.0.1:{center.house.outside}",
    )
    assert comes_true(lambda: listens(port))
    near = center.sipp("controller_of_us", "-s", "95001", "-3pcc", between)
    assert comes_true(lambda: friend.hears() == {FIRST}), friend.said()
    assert comes_true(lambda: desk.hears() == {OUTSIDE}), desk.said()
    center.ask("DELETE", "voicecall/101/release")
    succeeds(near)
    succeeds(far)


@pytest.mark.parametrize(
    ("where", "way"),
    [("127.0.0.1", "sendonly"), ("127.0.0.1", "inactive"), ("0.0.0.0", "sendrecv")],
)
def test_who_is_held_by_a_phone_hears_music(center: Center, where: str, way: str) -> None:
    phone = center.sipp_desk("holds", FIRST, "-key", "from", where, "-key", "way", way)
    center.sign_in(101)
    customer = center.customer()
    customer.dial("95001")
    assert comes_true(lambda: bool(customer.hears() & MUSIC)), customer.said()
    assert center.state(101) == "talking"
    customer.hang_up()
    succeeds(phone)


def test_a_customer_who_holds_is_not_heard_until_the_call_is_taken_back(center: Center) -> None:
    customer, desk = center.talk()
    customer.command("hold")
    assert comes_true(lambda: desk.hears() == set()), customer.said()
    assert center.state(101) == "talking"
    customer.command("resume")
    assert comes_true(lambda: customer.hears() == {FIRST}), customer.said()
    assert comes_true(lambda: desk.hears() == {CUSTOMER})


@pytest.mark.parametrize("scenario", ["uac", "regexp"])
def test_customers_of_sipps_own_are_served(center: Center, scenario: str) -> None:
    center.desk(101, FIRST)
    succeeds(center.sipp(scenario, "-s", "95001", "-d", "500"))
    assert center.becomes(101, "idle")


def test_a_gateway_of_sipps_own_is_called(center: Center) -> None:
    center.desk(101, FIRST)
    gateway = center.sipp("uas", port=center.house.outside)
    center.ask("PUT", "voicecall/101/callout", called=FRIEND)
    assert center.becomes(101, "talking")
    center.ask("DELETE", "voicecall/101/release")
    succeeds(gateway)


def test_a_key_between_packets_of_a_voice_is_a_key(center: Center) -> None:
    if os.geteuid() or not PCAPS.is_dir():
        pytest.skip("packets that were captured are sent by root")
    (center.folder / "pcap").symlink_to(PCAPS)
    center.desk(101, FIRST)
    customer = center.sipp("uac_pcap", "-s", "95003")
    assert comes_true(lambda: "to_support" in nodes(center))
    assert center.becomes(101, "talking")
    succeeds(customer)
