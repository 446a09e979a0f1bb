"""Who hears whom in a call center, whatever their phones are."""

from __future__ import annotations

import pytest

from emulator.surfaces.sip import hearing
from emulator.switch.model import Connection
from emulator.switch.rooms import Address, ConferenceWish, Invitation
from emulator.switch.terms import ChannelAttribute, SupervisionMode, TargetType
from tests.switch.support import CUSTOMER, CallCenter, small_call_center

OTHER = "13900000002"
LISTEN, BARGE_IN = SupervisionMode.LISTEN, SupervisionMode.BARGE_IN
WHISPER = SupervisionMode.WHISPER


class Listener:
    """A call center, and what is heard in it: names of devices, and the backdrop."""

    def __init__(self, center: CallCenter) -> None:
        self.center = center
        self.switch = center.switch

    def agent(self, work_no: int) -> tuple[set[str], str]:
        return self._told(hearing.by_agent(self.center.agent(work_no)))

    def outside(self, number: str = CUSTOMER) -> tuple[set[str], str]:
        return self._told(hearing.by_party(self.party(number)))

    def party(self, number: str) -> Connection:
        return next(
            it
            for call in self.switch.calls.values()
            for it in call.connections
            if it.device == f"trunk:{number}"
        )

    def _told(self, heard: hearing.Heard) -> tuple[set[str], str]:
        devices = [it.device.removeprefix("agent:") for it in heard.voices]
        assert len(set(devices)) == len(devices)
        return set(devices), heard.backdrop.value


@pytest.fixture
def ear() -> Listener:
    """101 to 103 and the inspector 190 are signed in; 101 talks to a customer."""
    center = small_call_center()
    center.sign_in(101, 102, 103, 190)
    center.talk(101)
    return Listener(center)


CALLER = f"trunk:{CUSTOMER}"
NOBODY = (set[str](), "silence")


def test_two_who_talk_hear_each_other(ear: Listener) -> None:
    assert ear.outside() == ({"101"}, "silence")
    assert ear.agent(101) == ({CALLER}, "silence")
    assert ear.agent(102) == NOBODY


def test_a_customer_who_waits_hears_music() -> None:
    center = small_call_center()
    center.sign_in(101)
    center.dial()
    assert Listener(center).outside() == (set(), "music")


def test_a_listening_inspector_hears_both_and_is_heard_by_none(ear: Listener) -> None:
    ear.switch.supervise(190, 101, LISTEN)
    assert ear.agent(190) == ({CALLER, "101"}, "silence")
    assert ear.agent(101) == ({CALLER}, "silence")
    assert ear.outside() == ({"101"}, "silence")


def test_a_whispering_inspector_is_heard_by_the_agent_alone(ear: Listener) -> None:
    ear.switch.supervise(190, 101, WHISPER)
    assert ear.agent(190) == ({CALLER, "101"}, "silence")
    assert ear.agent(101) == ({CALLER, "190"}, "silence")
    assert ear.outside() == ({"101"}, "silence")


def test_an_inspector_who_barges_in_is_heard_by_all(ear: Listener) -> None:
    ear.switch.supervise(190, 101, BARGE_IN)
    assert ear.agent(101) == ({CALLER, "190"}, "silence")
    assert ear.outside() == ({"101", "190"}, "silence")


def test_an_inspector_hears_nothing_while_the_call_is_held(ear: Listener) -> None:
    ear.switch.supervise(190, 101, BARGE_IN)
    ear.switch.hold_call(101)
    assert ear.agent(190) == NOBODY
    assert ear.outside() == (set(), "music")


def test_who_is_consulted_does_not_hear_the_customer(ear: Listener) -> None:
    ear.switch.consultation_call(101, (TargetType.AGENT, "102"))
    assert ear.agent(101) == (set(), "ringback")
    assert ear.outside() == (set(), "music")
    ear.switch.answer_call(102)
    assert ear.agent(101) == ({"102"}, "silence")
    assert ear.agent(102) == ({"101"}, "silence")
    assert ear.outside() == (set(), "music")


def test_three_in_a_call_hear_each_other(ear: Listener) -> None:
    held = ear.party(CUSTOMER).call.id
    ear.switch.consultation_call(101, (TargetType.AGENT, "102"))
    ear.switch.answer_call(102)
    ear.switch.conference_call(101, held)
    assert ear.outside() == ({"101", "102"}, "silence")
    assert ear.agent(101) == ({CALLER, "102"}, "silence")
    assert ear.agent(102) == ({CALLER, "101"}, "silence")


def test_who_has_muted_is_heard_by_nobody(ear: Listener) -> None:
    ear.switch.mute(101, True)
    assert ear.outside() == NOBODY


def test_in_a_conference_all_hear_who_may_speak(ear: Listener) -> None:
    switch = ear.switch
    switch.release_call(101)
    switch.request_conference(101, ConferenceWish(4))
    for work_no in ("102", "103"):
        switch.invite_participants(101, [Invitation(Address(True, work_no))])
        switch.answer_conference(int(work_no))
    assert ear.agent(101) == ({"102", "103"}, "silence")
    switch.change_participant(101, Address(True, "102"), ChannelAttribute.LISTEN)
    assert ear.agent(101) == ({"103"}, "silence")
    assert ear.agent(102) == ({"101", "103"}, "silence")
    switch.change_participant(101, Address(True, "103"), ChannelAttribute.SPEAK)
    assert ear.agent(103) == NOBODY


def test_who_is_held_in_a_conference_hears_music_and_is_not_heard(ear: Listener) -> None:
    switch = ear.switch
    switch.release_call(101)
    switch.request_conference(101, ConferenceWish(4))
    switch.invite_participants(101, [Invitation(Address(True, "102"))])
    switch.answer_conference(102)
    switch.hold_participant(101, Address(True, "102"), "")
    assert ear.agent(102) == (set(), "music")
    assert ear.agent(101) == NOBODY
