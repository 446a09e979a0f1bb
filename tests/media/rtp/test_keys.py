"""Keys: pressed by parties as events or in their sound, passed on, and pressed by us."""

from __future__ import annotations

import numpy as np
import pytest

from emulator.media.rtp import keys, packets, tones
from emulator.media.rtp.frames import FRAME
from emulator.media.wiring import KeyPressed, Press, Tone
from tests.media.rtp.studio import Phone, Studio, as_sent, noise


def events(phone: Phone) -> list[packets.Event]:
    found = [packet for packet in phone.got if packet.payload_type == 101]
    read = [packets.read_event(packet.payload) for packet in found]
    return [event for event in read if event is not None]


def pressed(studio: Studio) -> str:
    return "".join(report.key for report in studio.told(KeyPressed))  # type: ignore[union-attr]


def test_a_key_by_event_is_reported_once_for_each_press() -> None:
    studio = Studio()
    phone = studio.phone(2)
    for key in "1153*#D":
        phone.press(key)
    assert pressed(studio) == "1153*#D"


def test_a_key_of_whose_press_only_the_end_came_through_is_reported() -> None:
    studio = Studio()
    phone = studio.phone(2)
    phone.send(101, packets.write_event(packets.Event("7", 800, ended=True)))
    assert pressed(studio) == "7"


def test_what_is_no_key_is_not_reported() -> None:
    studio = Studio()
    phone = studio.phone(2)
    for payload in (b"\x10\x0a\x00\xa0", b"\x01\x0a", b"\xff" * 8):
        phone.sequence += 1
        phone.timestamp += 160
        phone.send(101, payload)
    assert pressed(studio) == ""


def test_who_is_relayed_gets_events_as_they_are() -> None:
    studio = Studio()
    a, b = studio.phone(2), studio.phone(4, events=97)
    studio.hear(b, a)
    studio.talk(2, (a, noise(1, 2)))
    a.press("5")
    got = [packet for packet in b.got if packet.payload_type == 97]
    assert [packets.read_event(packet.payload) for packet in got] == [
        packets.Event("5", min(number, 5) * 160, number >= 5) for number in range(1, 8)
    ]
    assert len({packet.timestamp for packet in got}) == 1
    assert got[0].marker
    assert b.is_continuous


def test_who_is_relayed_and_does_not_know_events_hears_a_tone() -> None:
    studio = Studio()
    a, b = studio.phone(2), studio.phone(4, events=None)
    studio.hear(b, a)
    a.press("5")
    studio.talk(10)
    assert np.array_equal(b.heard[: 5 * FRAME], as_sent(tones.key("5")))
    assert np.abs(b.heard[5 * FRAME :]).max() <= 8
    studio.talk(1, (a, noise(1, 1)))
    assert np.array_equal(b.heard[-FRAME:], as_sent(noise(1, 1)))


def test_in_a_conference_a_key_is_passed_on_in_each_one_s_way() -> None:
    studio = Studio()
    a, b, c = studio.phone(2), studio.phone(4), studio.phone(6, events=None)
    studio.hear(a, b, c)
    studio.hear(b, a, c)
    studio.hear(c, a, b)
    a.press("9")
    studio.talk(10)
    assert events(b)[-1] == packets.Event("9", 800, ended=True)
    assert np.array_equal(c.heard[: 5 * FRAME], as_sent(tones.key("9")))
    assert events(a) == []


def test_keys_that_we_press_are_events_of_100_ms_with_three_ends() -> None:
    studio = Studio()
    phone = studio.phone(2)
    studio.talk(3)
    studio.do(Press(2, "4x2"))
    studio.talk(30)
    found = events(phone)
    one = [packets.Event("4", duration) for duration in (160, 320, 480, 640)]
    assert found[:7] == one + [packets.Event("4", 800, ended=True)] * 3
    assert [event.key for event in found[7:]] == ["2"] * 7
    times = [packet.timestamp for packet in phone.got if packet.payload_type == 101]
    assert len(set(times[:7])) == len(set(times[7:])) == 1
    assert phone.is_continuous


def test_time_goes_on_behind_a_key_as_if_it_had_been_sound() -> None:
    studio = Studio()
    phone = studio.phone(2)
    studio.talk(2)
    studio.do(Press(2, "4"))
    studio.talk(keys.HOLD + 1)
    before, after = phone.got[1], phone.got[-1]
    assert after.payload_type == phone.payload
    assert after.timestamp - before.timestamp == (keys.HOLD + 1) * 160


def test_keys_that_we_press_are_tones_for_who_knows_no_events() -> None:
    studio = Studio()
    phone = studio.phone(2, events=None)
    studio.hear(phone, sound=Tone("music"))
    studio.do(Press(2, "12"))
    studio.talk(keys.HOLD + keys.PAUSE + keys.HOLD)
    assert np.array_equal(phone.heard[: 5 * FRAME], as_sent(tones.key("1")))
    assert np.array_equal(phone.heard[8 * FRAME :], as_sent(tones.key("2")))


@pytest.mark.parametrize("key", packets.EVENTS)
def test_a_key_in_the_sound_is_reported_where_there_are_no_events(key: str) -> None:
    studio = Studio()
    phone = studio.phone(2, events=None)
    silence = np.zeros(800, np.int16)
    sound = np.concatenate([silence, tones.key(key), silence, tones.key(key), silence])
    studio.talk(30, (phone, sound))
    assert pressed(studio) == key * 2


def test_where_events_were_agreed_sound_presses_no_keys() -> None:
    studio = Studio()
    phone = studio.phone(2)
    studio.talk(20, (phone, tones.key("1")))
    assert pressed(studio) == ""


def test_keys_that_we_press_in_sound_are_understood_at_the_other_end() -> None:
    studio = Studio()
    phone, other = studio.phone(2, events=None), studio.phone(4, events=None)
    studio.do(Press(2, "0123456789*#"))
    for _ in range(120):
        studio.talk(1)
        other.put(phone.got[-1].payload)
    assert pressed(studio) == "0123456789*#"
