"""RTCP: what is counted of a party's packets, and what is told of ours."""

from __future__ import annotations

import pytest

from emulator.media.rtp import packets
from emulator.media.rtp.frames import FRAME, PERIOD
from emulator.media.rtp.mixer import REPORTS
from emulator.media.rtp.packets import Packet, Reception, Report, Sent
from emulator.media.rtp.reception import Receiving
from emulator.media.wiring import Close
from tests.media.rtp.studio import Studio, noise

SECOND = 1_000_000


def receiving(sequences: list[int], source: int = 5) -> Receiving:
    found = Receiving(8000)
    for place, sequence in enumerate(sequences):
        found.saw(source, sequence & 0xFFFF, place * 160, place * PERIOD)
    return found


def test_what_is_missing_is_counted_over_the_turn_of_the_sequence() -> None:
    found = receiving([0xFFFD, 0xFFFE, 0x10001, 0x10002])
    assert (found.received, found.expected, found.lost) == (4, 6, 2)
    report = found.report(SECOND)
    assert report is not None
    assert (report.highest, report.fraction) == (0x10002, 2 * 256 // 6)


def test_disorder_is_no_loss() -> None:
    assert receiving([1, 3, 2, 5, 4]).lost == 0


def test_a_source_that_begins_anew_has_lost_nothing() -> None:
    found = receiving([1, 2, 3])
    found.saw(6, 30_000, 5, SECOND)
    found.saw(6, 30_002, 325, SECOND)
    assert (found.expected, found.lost) == (6, 1)
    found.saw(6, 10_000, 325, SECOND)
    assert (found.expected, found.lost) == (7, 1)


def test_each_report_tells_the_loss_since_the_one_before() -> None:
    found = receiving([1, 2, 4])
    first, second = found.report(SECOND), found.report(SECOND)
    assert first is not None
    assert second is not None
    assert (first.fraction, first.lost) == (64, 1)
    assert (second.fraction, second.lost) == (0, 1)


def test_jitter_is_nothing_when_packets_come_evenly_and_something_when_not() -> None:
    assert receiving(list(range(100))).jitter == 0
    uneven = Receiving(8000)
    for place in range(200):
        uneven.saw(5, place, place * 160, place * PERIOD + (place % 2) * 10_000)
    # Each is 10 ms off from the one before: 80 timestamps.
    assert uneven.jitter == pytest.approx(80, abs=2)


def test_packets_of_a_key_do_not_count_as_jitter() -> None:
    studio = Studio()
    phone = studio.phone(2)
    studio.talk(10, (phone, noise(1, 10)))
    for _ in range(10):
        studio.now += PERIOD
        phone.sequence += 1
        phone.send(101, packets.write_event(packets.Event("1", 160)))
    party = studio.board.party(2)
    assert party is not None
    assert (party.receiving.received, party.receiving.jitter) == (20, 0)


def test_nobody_is_reported_on_before_something_came() -> None:
    assert Receiving(8000).report(SECOND) is None


def reports(studio: Studio) -> list[Report]:
    found = []
    for _, raw, _ in studio.controls:
        read = packets.read_reports(raw)
        assert read is not None
        found += read
    return found


def test_every_five_seconds_a_report_goes_to_the_port_beside() -> None:
    studio = Studio(epoch=1_700_000_000 * SECOND)
    phone = studio.phone(2)
    studio.talk(REPORTS, (phone, noise(1, REPORTS)))
    assert [to for _, _, to in studio.controls] == [("192.0.2.1", phone.address[1] + 1)]
    [report] = reports(studio)
    assert report.source == phone.got[0].source
    assert report.sent is not None
    sent = report.sent.packets
    assert sent in range(REPORTS - 1, REPORTS + 1)
    assert report.sent.octets == sent * FRAME
    assert report.sent.timestamp == phone.got[sent - 1].timestamp
    at = 1_700_000_000 * SECOND + 1_000_000 + sent * PERIOD
    assert report.sent.ntp == packets.ntp(at)
    [reception] = report.receptions
    assert (reception.source, reception.lost, reception.fraction) == (phone.source, 0, 0)


def test_a_report_tells_how_long_ago_the_party_s_own_came() -> None:
    studio = Studio()
    phone = studio.phone(2)
    studio.talk(10, (phone, noise(1, 10)))
    ntp = 0x11112222_33334444
    theirs = packets.write_report(Report(phone.source, Sent(ntp, 0, 10, 1600)), "phone")
    studio.board.receive_control(2, theirs, ("192.0.2.1", 5), studio.now)
    studio.talk(REPORTS)
    assert studio.controls[0][2] == ("192.0.2.1", 5)
    [report] = reports(studio)
    [reception] = report.receptions
    assert reception.last_report == 0x22223333
    assert reception.delay in range(4 * 65536, 5 * 65536)


def test_a_party_that_sends_rtcp_to_the_port_of_its_sound_gets_ours_there() -> None:
    studio = Studio()
    phone = studio.phone(2)
    studio.talk(2, (phone, noise(1, 2)))
    phone.raw(packets.write_report(Report(phone.source), "phone"))
    studio.talk(REPORTS)
    assert studio.controls == []
    muxed = [raw for _, raw, _ in studio.sent if packets.is_rtcp(raw)]
    assert len(muxed) == 1


def test_rtcp_of_another_host_is_not_believed() -> None:
    studio = Studio()
    studio.phone(2)
    raw = packets.write_report(Report(1), "stranger")
    studio.board.receive_control(2, raw, ("198.51.100.9", 5), studio.now)
    studio.talk(REPORTS)
    assert studio.controls[0][2][0] == "192.0.2.1"


def test_a_party_that_goes_is_told_goodbye() -> None:
    studio = Studio()
    studio.phone(2)
    studio.do(Close(2))
    [(_, raw, _)] = studio.controls
    assert raw[-8:-4] == bytes([0x81, packets.GOODBYE, 0, 1])


def test_an_empty_packet_of_rtp_is_not_counted() -> None:
    studio = Studio()
    phone = studio.phone(2)
    phone.raw(packets.write(Packet(phone.payload, 1, 1, 1, b"")))
    party = studio.board.party(2)
    assert party is not None
    assert party.receiving.received == 0
    assert party.receiving.report(0) is None


def test_loss_is_told_as_it_is_on_the_wire() -> None:
    block = Reception(1, 255, -5, 2, 3)
    raw = packets.write_report(Report(9, None, (block,)), "n")
    assert packets.read_reports(raw) == [Report(9, None, (block,))]
