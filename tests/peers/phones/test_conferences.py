"""Agent conferences (CEC 6.1.6) of real phones, and of one outside: who hears whom."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.switch.terms import ChannelAttribute
from tests.peers.phones.baresip import Baresip, comes_true
from tests.peers.phones.center import (
    FIRST,
    FRIEND,
    INSPECTOR,
    MUSIC,
    OUTSIDE,
    SECOND,
    Center,
    baresip,
    center,
    house,
)
from tests.peers.phones.tones import write_tone

__all__ = ["baresip", "center", "house"]
PHONE, AGENT = "6", "9"
"""Kinds of addresses."""
NEITHER = int(ChannelAttribute.NEITHER)
NEWS, HELLO = 1900, 1500
"""Hz of announcements."""
VOICES = (FIRST, SECOND, INSPECTOR, OUTSIDE)


def whom(kind: str, number: str) -> dict[str, Any]:
    return {"addressType": kind, "address": number}


class Room:
    """A conference of agents 101, 102, 103 and of a friend outside."""

    def __init__(self, center: Center, **tone: Any) -> None:
        self.center = center
        numbers = (101, 102, 103)
        self.desks = [center.desk(it, tone) for it, tone in zip(numbers, VOICES, strict=False)]
        self.friend = center.outside(answermode="auto")
        self.ask("requestagentconf", memberNum=6, **tone)
        assert comes_true(lambda: self.conference() is not None)
        invited = [whom(AGENT, "102"), whom(AGENT, "103"), whom(PHONE, FRIEND)]
        self.ask("batchaddparticipant", addresses=invited)

    def ask(self, what: str, agent: int = 101, **body: Any) -> dict[str, Any]:
        return self.center.ask("POST", f"agentconf/{agent}/{what}", **body)

    def conference(self) -> dict[str, Any] | None:
        return next(iter(self.center.calls()), None)

    @property
    def phones(self) -> list[Baresip]:
        return [*self.desks, self.friend]

    def hear(self, *expected: set[int]) -> bool:
        return comes_true(lambda: [it.hears() for it in self.phones] == list(expected))


@pytest.fixture
def room(center: Center) -> Room:
    room = Room(center)
    everybody = [set(VOICES) - {own} for own in VOICES]
    assert room.hear(*everybody), [it.hears() for it in room.phones]
    return room


def test_one_who_is_held_hears_music_and_is_not_heard(room: Room) -> None:
    held = whom(AGENT, "102")
    room.ask("holdparticipant", **held, voicePath="hold.wav")
    assert comes_true(lambda: bool(room.desks[1].hears() & MUSIC))
    assert comes_true(lambda: room.friend.hears() == {FIRST, INSPECTOR})
    room.ask("unholdparticipant", **held)
    assert comes_true(lambda: room.friend.hears() == {FIRST, SECOND, INSPECTOR})
    assert comes_true(lambda: room.desks[1].hears() == {FIRST, INSPECTOR, OUTSIDE})


def test_an_announcement_is_heard_by_all_behind_their_voices_or_in_front(room: Room) -> None:
    write_tone(room.center.house.prompts / "news.wav", NEWS, 60)
    room.ask("playvoicetoconf", voicePath="Y:/1/0/news.wav", playType=1)
    assert room.hear(*({*VOICES, NEWS} - {own} for own in VOICES))
    room.ask("stopvoicetoconf")
    assert room.hear(*(set(VOICES) - {own} for own in VOICES))
    room.ask("playvoicetoconf", voicePath="Y:/1/0/news.wav", playType=0)
    assert room.hear(*([{NEWS}] * len(VOICES)))


def test_who_joins_is_welcomed_and_all_hear_of_it_and_of_who_leaves(center: Center) -> None:
    write_tone(center.house.prompts / "news.wav", NEWS, 5)
    write_tone(center.house.prompts / "hello.wav", HELLO, 5)
    room = Room(center, beepTone=True, playMode=2, voicePath="Y:/conf/1/news.wav")
    assert room.hear(*(set(VOICES) - {own} for own in VOICES))
    friend = [whom(PHONE, FRIEND)]
    room.ask("batchremoveparticipant", addresses=friend)
    agents = room.phones[:3]
    left = {FIRST, SECOND, INSPECTOR}
    assert comes_true(
        lambda: [it.hears() for it in agents] == [left - {own} | {NEWS} for own in VOICES[:3]]
    )
    assert comes_true(lambda: [it.hears() for it in agents] == [left - {own} for own in VOICES[:3]])
    hello = {"beepTone": True, "playMode": 2, "voicePath": "Y:/conf/1/hello.wav"}
    room.ask("batchaddparticipant", addresses=friend, **hello)
    assert room.hear(*({*VOICES, NEWS} - {own} for own in VOICES[:3]), {HELLO})
    assert room.hear(*(set(VOICES) - {own} for own in VOICES)), [it.hears() for it in room.phones]


def test_who_may_neither_listen_nor_speak_does_neither(room: Room) -> None:
    room.ask("changeparticipantmode", **whom(AGENT, "102"), attribute=NEITHER)
    assert room.hear({INSPECTOR, OUTSIDE}, set(), {FIRST, OUTSIDE}, {FIRST, INSPECTOR})


def test_who_is_removed_is_hung_up_and_not_heard_any_more(room: Room) -> None:
    removed = [whom(AGENT, "103"), whom(PHONE, FRIEND)]
    room.ask("batchremoveparticipant", addresses=removed)
    assert comes_true(lambda: room.desks[0].hears() == {SECOND})
    assert comes_true(lambda: room.desks[1].hears() == {FIRST})
    assert comes_true(lambda: room.center.state(103) == "idle")
    assert comes_true(lambda: "session closed" in room.friend.said()), room.friend.said()
