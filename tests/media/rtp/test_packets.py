"""RTP, RTCP and telephone events on the wire."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.media.rtp import packets
from emulator.media.rtp.packets import Event, Packet, Reception, Report, Sent

U16, U32 = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)


@given(
    st.builds(
        Packet,
        st.integers(0, 127),
        U16,
        U32,
        U32,
        st.binary(min_size=1, max_size=64),
        st.booleans(),
    )
)
def test_what_is_written_is_read_again(packet: Packet) -> None:
    assert packets.read(packets.write(packet)) == packet


def test_the_head_is_as_rfc_3550_draws_it() -> None:
    raw = packets.write(Packet(8, 0x1234, 0x01020304, 0xAABBCCDD, b"sound", marker=True))
    assert raw.hex() == "8088123401020304aabbccdd" + b"sound".hex()


def test_contributing_sources_extension_and_padding_are_left_out() -> None:
    head = struct.pack("!BBHII", 0x80 | 0x30 | 2, 8, 1, 2, 3)
    extension = struct.pack("!HH", 0xBEDE, 1) + b"abcd"
    raw = head + bytes(8) + extension + b"sound" + b"\0\0\3"
    packet = packets.read(raw)
    assert packet is not None
    assert packet.payload == b"sound"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x80\x08",
        struct.pack("!BBHII", 0x80, 8, 1, 2, 3),
        struct.pack("!BBHII", 0x40, 8, 1, 2, 3) + b"sound",
        struct.pack("!BBHII", 0x8F, 8, 1, 2, 3) + b"sound",
        struct.pack("!BBHII", 0x90, 8, 1, 2, 3) + b"\xbe\xde",
        struct.pack("!BBHII", 0x90, 8, 1, 2, 3) + b"\xbe\xde\0\x09sound",
        struct.pack("!BBHII", 0xA0, 8, 1, 2, 3) + b"sound\0",
        struct.pack("!BBHII", 0xA0, 8, 1, 2, 3) + b"sound\xff",
        b"OPTIONS sip:me SIP/2.0\r\n\r\n",
    ],
)
def test_what_is_no_packet_is_none(raw: bytes) -> None:
    assert packets.read(raw) is None


@given(st.binary(max_size=100))
def test_bytes_of_anybody_do_no_harm(raw: bytes) -> None:
    packets.read(raw)
    packets.read(b"\x80" + raw)
    packets.read_event(raw)
    packets.read_reports(raw)
    packets.read_reports(b"\x81\xc8\x00\x06" + raw)


def test_an_event_is_as_rfc_4733_draws_it() -> None:
    assert packets.write_event(Event("#", 800, ended=True)).hex() == "0b8a0320"
    assert packets.read_event(bytes.fromhex("0b8a0320")) == Event("#", 800, ended=True)
    assert [packets.write_event(Event(key, 1))[0] for key in "0*#AD"] == [0, 10, 11, 12, 15]


def test_rtcp_is_told_from_rtp_at_a_port_for_both() -> None:
    assert packets.is_rtcp(packets.write_report(Report(1), "name"))
    assert not packets.is_rtcp(packets.write(Packet(127, 1, 2, 3, b"sound", marker=True)))


def test_a_sender_s_report_is_as_rfc_3550_draws_it() -> None:
    report = Report(
        0x11111111,
        Sent(packets.ntp(1_500_000), 0x22222222, 3, 4),
        (Reception(0x33333333, 128, -1, 0x10005, 7, 8, 9),),
    )
    raw = packets.write_report(report, "a", goodbye=True)
    ntp = f"{2_208_988_801:08x}80000000"
    block = "33333333" + "80ffffff" + "00010005" + "00000007" + "00000008" + "00000009"
    assert raw.hex() == (
        f"81c8000c11111111{ntp}222222220000000300000004{block}"
        "81ca0002" + "11111111" + "01016100" + "81cb0001" + "11111111"
    )
    assert packets.read_reports(raw) == [report]


def test_a_receiver_s_report_says_nothing_of_sending() -> None:
    raw = packets.write_report(Report(5, None, (Reception(6, 0, 2, 3, 4),)), "name")
    assert raw[1] == packets.RECEIVER_REPORT
    assert packets.read_reports(raw) == [Report(5, None, (Reception(6, 0, 2, 3, 4),))]


@pytest.mark.parametrize("length", range(1, 30))
def test_a_canonical_name_of_any_length_ends_at_a_multiple_of_four(length: int) -> None:
    raw = packets.write_report(Report(5), "n" * length)
    assert len(raw) % 4 == 0
    assert packets.read_reports(raw) == [Report(5)]


@pytest.mark.parametrize(
    "raw", ["80c80001", "81c9000100000001", "80c9ffff00000001", "00c9000100000001"]
)
def test_a_report_that_is_cut_off_is_none(raw: str) -> None:
    assert packets.read_reports(bytes.fromhex(raw)) is None
