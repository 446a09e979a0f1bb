"""Two parties that share a codec get each other's packets as they come, in one unbroken stream."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from emulator.media.rtp import packets
from emulator.media.rtp.frames import FRAME, PERIOD
from emulator.media.rtp.packets import Packet, Report
from emulator.media.wiring import Close, Closed, Hear, Record, Silent, StopRecording, Tone, Voice
from tests.media.rtp.studio import Phone, Studio, as_sent, noise

STRANGER = ("198.51.100.9", 9)


def conversation(**stream: object) -> tuple[Studio, Phone, Phone]:
    studio = Studio()
    a, b = studio.phone(2, **stream), studio.phone(4, **stream)
    studio.hear(a, b)
    studio.hear(b, a)
    return studio, a, b


def steps(phone: Phone) -> set[int]:
    """How far timestamps of packets of sound are apart."""
    times = [packet.timestamp for packet in phone.got]
    return {(after - before) & 0xFFFFFFFF for before, after in pairwise(times)}


def test_a_packet_is_there_at_once_and_not_decoded() -> None:
    _, a, b = conversation()
    a.put(b"any bytes")
    [packet] = b.got
    assert packet.payload == b"any bytes"
    assert packet.source != a.source


def test_gaps_and_disorder_arrive_as_they_were_sent() -> None:
    _, a, b = conversation()
    for sequence in (10, 11, 14, 12, 15):
        a.sequence, a.timestamp = sequence, 160 * sequence
        a.send(a.payload, bytes([sequence]))
    first = b.got[0].sequence
    assert [packet.sequence - first for packet in b.got] == [0, 1, 4, 2, 5]
    assert [packet.timestamp - b.got[0].timestamp for packet in b.got] == [
        160 * (packet.sequence - first) for packet in b.got
    ]


def test_sequence_and_timestamp_may_turn_over() -> None:
    studio, a, b = conversation()
    a.sequence, a.timestamp = 0xFFFE, 0xFFFFFF00
    studio.talk(6, (a, noise(1, 6)))
    assert b.is_continuous
    assert steps(b) == {160}


def test_a_payload_type_is_the_listener_s_own() -> None:
    studio = Studio()
    a, b = studio.phone(2), studio.phone(4, payload=8)
    studio.hear(b, a)
    a.put(b"sound")
    assert [packet.payload_type for packet in b.got] == [8]


def test_talk_relay_hold_and_talk_again_is_one_stream_for_the_listener() -> None:
    studio, a, b = conversation()
    studio.talk(10, (a, noise(1, 10)))
    studio.hear(b, sound=Tone("music"))
    studio.talk(10, (a, noise(2, 10)))
    studio.hear(b, a)
    studio.talk(10, (a, noise(3, 10)))
    assert b.is_continuous
    assert steps(b) <= {160, 320}
    assert [packet.marker for packet in b.got].count(True) == 3


def test_a_source_that_begins_anew_does_not_break_the_stream() -> None:
    studio, a, b = conversation()
    studio.talk(5, (a, noise(1, 5)))
    a.source, a.sequence, a.timestamp = 99, 40_000, 4_000_000
    studio.talk(5, (a, noise(2, 5)))
    assert b.is_continuous
    assert max(steps(b)) <= 320


def test_when_the_other_says_nothing_silence_is_sent() -> None:
    studio, a, b = conversation()
    studio.talk(5, (a, noise(1, 5)))
    studio.talk(50)
    studio.talk(5, (a, noise(2, 5)))
    assert b.is_continuous
    assert 45 <= len(b.got) <= 60


def test_a_recording_does_not_stop_the_relay(tmp_path: Path) -> None:
    studio, a, b = conversation()
    studio.do(Record("r", tmp_path / "r.wav", (2,), (4,)))
    a.put(b"\x55" * FRAME)
    assert [packet.payload for packet in b.got] == [b"\x55" * FRAME]
    studio.do(StopRecording("r"))


# Where packets come from and go to


def test_sound_is_sent_to_where_theirs_comes_from() -> None:
    studio, a, b = conversation()
    studio.talk(1)
    assert studio.sent[-1][2] == b.address
    b.address = STRANGER
    b.put(b"hello")
    a.put(b"sound")
    assert studio.sent[-1] == (4, studio.sent[-1][1], STRANGER)


def test_another_source_is_not_believed_while_the_party_speaks() -> None:
    studio, a, b = conversation()
    a.put(b"sound")
    a.address = STRANGER
    a.put(b"spoof")
    assert [packet.payload for packet in b.got] == [b"sound"]
    party = studio.board.party(2)
    assert party is not None
    assert party.foreign == 1


def test_another_source_is_believed_when_the_party_has_been_silent() -> None:
    studio, a, b = conversation()
    a.put(b"sound")
    studio.now += 2_000_001
    a.address = STRANGER
    a.put(b"moved")
    assert b.got[-1].payload == b"moved"


def test_another_source_is_believed_when_the_party_is_connected_anew() -> None:
    _, a, b = conversation()
    a.put(b"sound")
    a.connect()
    a.address = STRANGER
    a.put(b"moved")
    assert b.got[-1].payload == b"moved"


def test_a_first_packet_that_was_not_agreed_is_no_reason_to_believe_its_source() -> None:
    studio, a, b = conversation()
    stranger = Packet(13, 1, 1, 1, b"noise")
    studio.board.receive(2, packets.write(stranger), STRANGER, studio.now)
    studio.board.receive(2, b"\x80", STRANGER, studio.now)
    a.put(b"sound")
    assert [packet.payload for packet in b.got] == [b"sound"]
    party = studio.board.party(2)
    assert party is not None
    assert party.broken == 2


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "phone.example", ""])
def test_until_it_is_known_where_to_nothing_is_sent(host: str) -> None:
    studio = Studio()
    phone = studio.phone(2, host=host)
    studio.talk(3)
    assert studio.sent == []
    phone.put(b"sound")
    studio.talk(3)
    assert len(phone.got) == 3


def test_what_cannot_be_sent_is_not_counted_as_sent() -> None:
    studio = Studio()
    a, b = studio.phone(2), studio.phone(4, host="0.0.0.0")
    studio.hear(b, a)
    a.put(b"sound")
    studio.do(Close(b.port))
    assert studio.told(Closed) == [Closed(4, 0, 0, 0, 0)]


# Which way sound goes


def test_who_may_not_send_is_not_heard() -> None:
    studio, a, b = conversation()
    a.connect(sends=False)
    studio.talk(5, (a, noise(1, 5)))
    assert np.abs(b.heard).max() <= 8


def test_who_does_not_receive_is_sent_nothing() -> None:
    studio, a, b = conversation()
    b.connect(receives=False)
    studio.talk(5, (a, noise(1, 5)))
    assert b.got == []


def test_one_who_does_not_speak_for_long_is_reported_once_until_it_speaks() -> None:
    studio, a, b = conversation()
    b.connect(sends=False)
    studio.talk(1100)
    assert studio.told(Silent) == [Silent(2)]
    a.put(b"sound")
    studio.talk(1100)
    assert studio.told(Silent) == [Silent(2), Silent(2)]


def test_one_who_sends_no_silence_but_reports_is_there() -> None:
    studio, _, b = conversation()
    b.connect(sends=False)
    for _ in range(6):
        studio.talk(500)
        report = packets.write_report(Report(5), "phone")
        studio.board.receive_control(2, report, ("192.0.2.1", 5), studio.now)
    assert studio.told(Silent) == []


# The end


def test_what_went_over_a_port_is_told_when_it_is_closed() -> None:
    studio, a, _ = conversation()
    for sequence in (1, 2, 5):
        studio.now = 20_000 * sequence
        a.sequence, a.timestamp = sequence, 160 * sequence
        a.send(a.payload, b"sound")
    studio.do(Close(2), Close(4))
    assert studio.told(Closed) == [Closed(2, 3, 2, 0, 0), Closed(4, 0, 0, 3, 0)]


def test_who_gets_a_port_later_is_not_heard_by_those_who_heard_its_last_owner() -> None:
    studio, _, b = conversation()
    studio.do(Close(2))
    other = studio.phone(2)
    studio.talk(5, (other, noise(1, 5)))
    assert np.abs(b.heard).max() <= 8


def test_orders_for_ports_that_are_closed_are_left_alone() -> None:
    studio, a, b = conversation()
    studio.do(Close(2), Close(2), Hear(2, (Voice(4),)))
    a.connect()
    b.put(b"sound")
    studio.talk(2)
    assert a.got == []
    assert len(studio.told(Closed)) == 1


def test_three_who_hear_the_same_party_all_get_its_packets() -> None:
    studio = Studio()
    a, b, c = studio.phone(2), studio.phone(4), studio.phone(6)
    studio.hear(b, a)
    studio.hear(c, a)
    studio.talk(3, (a, noise(1, 3)))
    assert np.array_equal(b.heard, as_sent(noise(1, 3)))
    assert np.array_equal(c.heard, b.heard)


def test_a_party_that_begins_to_be_mixed_is_heard_from_then_on() -> None:
    studio, a, b = conversation()
    studio.talk(5, (a, noise(1, 5)))
    studio.hear(b, (a, 0.5))
    studio.now += PERIOD
    b.got.clear()
    says = noise(2, 10)
    studio.talk(10, (a, says))
    half = np.rint(as_sent(says).astype(float) / 2).astype(np.int16)
    assert np.array_equal(b.heard[2 * FRAME :], as_sent(half)[: 8 * FRAME])
