"""Phones that talk in different ways: what one says the other hears, translated or as it is."""

from __future__ import annotations

import ctypes.util
import os

import pytest

from tests.peers.phones.baresip import comes_true
from tests.peers.phones.center import (
    CUSTOMER,
    FIRST,
    Center,
    baresip,
    center,
    house,
)

__all__ = ["baresip", "center", "house"]
OPUS, G722 = "opus/48000/2", "g722/16000"


@pytest.mark.parametrize(
    ("customers", "agents", "spoken"),
    [
        ("pcma", "pcmu", "PCMU"),
        ("pcma", G722, "G722"),
        (G722, "pcmu", "PCMU"),
        (G722, G722, "G722"),
        (OPUS, "pcma", "PCMA"),
        (OPUS, OPUS, "opus"),
    ],
)
def test_two_who_talk_hear_each_other_whatever_they_talk_in(
    center: Center, customers: str, agents: str, spoken: str
) -> None:
    if OPUS in (customers, agents):
        has_opus()
    desk = center.desk(101, FIRST, audio_codecs=agents)
    customer = center.customer(audio_codecs=customers)
    customer.dial("95001")
    assert comes_true(lambda: customer.hears() == {FIRST}), customer.said()
    assert comes_true(lambda: desk.hears() == {CUSTOMER}), desk.said()
    assert f"Set audio decoder: {spoken}" in desk.said()


def has_opus() -> None:
    """Without libopus there is no Opus, which is not for CI."""
    if ctypes.util.find_library("opus"):
        return
    if os.environ.get("CI"):
        pytest.fail("libopus is not installed")
    pytest.skip("libopus is not installed")


def test_an_encrypted_customer_and_a_plain_agent_hear_each_other(center: Center) -> None:
    desk = center.desk(101, FIRST)
    customer = center.customer(mediaenc="srtp-mand", **center.by_tls())
    customer.dial("95001")
    assert comes_true(lambda: customer.hears() == {FIRST}), customer.said()
    assert comes_true(lambda: desk.hears() == {CUSTOMER}), customer.said()
    center.ask("POST", "voicecall/101/hold")
    center.ask("POST", "voicecall/101/gethold")
    assert comes_true(lambda: customer.hears() == {FIRST}), customer.said()
