"""What is on the wire: RTP and RTCP (RFC 3550), telephone events (RFC 4733).

Reading is strict: what is not exactly a packet is none.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

HEAD = struct.Struct("!BBHII")
"""Version and counts, marker and payload type, sequence, timestamp, source."""
VERSION = 0x80
MARKER = 0x80
EVENTS = "0123456789*#ABCD"
"""Keys in the order of their event numbers."""
_EVENT = struct.Struct("!BBH")
_END = 0x80
_VOLUME = 10
"""Of the keys that we press, in -dBm0."""


class Packet(NamedTuple):
    """One RTP packet; sequence 16 bits, timestamp and source 32 bits."""

    payload_type: int
    sequence: int
    timestamp: int
    source: int
    payload: bytes
    marker: bool = False


def read(raw: bytes) -> Packet | None:
    """The packet in a datagram; None if it is none."""
    if len(raw) <= HEAD.size:
        return None
    first, second, sequence, timestamp, source = HEAD.unpack_from(raw)
    if first == VERSION:
        payload = raw[HEAD.size :]
    elif first & 0xC0 == VERSION:
        payload = _payload(raw, first)
    else:
        return None
    if not payload:
        return None
    return Packet(second & 0x7F, sequence, timestamp, source, payload, second >= MARKER)


def _payload(raw: bytes, first: int) -> bytes:
    """What is behind contributing sources and an extension, and before the padding."""
    begin = HEAD.size + 4 * (first & 0x0F)
    if first & 0x10:
        if len(raw) < begin + 4:
            return b""
        begin += 4 + 4 * int.from_bytes(raw[begin + 2 : begin + 4], "big")
    end = len(raw)
    if first & 0x20:
        if raw[-1] == 0:
            return b""
        end -= raw[-1]
    return raw[begin:end] if begin < end else b""


def write(packet: Packet) -> bytes:
    """The datagram of a packet."""
    second = packet.payload_type | (MARKER if packet.marker else 0)
    head = HEAD.pack(VERSION, second, packet.sequence, packet.timestamp, packet.source)
    return head + packet.payload


def is_rtcp(raw: bytes) -> bool:
    """Whether a datagram at a port that takes both is RTCP (RFC 5761, section 4)."""
    return len(raw) >= 8 and 192 <= raw[1] <= 223


@dataclass(frozen=True, slots=True)
class Event:
    """A state of a key that is pressed; `duration` in timestamp units."""

    key: str
    duration: int
    ended: bool = False


def read_event(payload: bytes) -> Event | None:
    """A telephone event; None if it is none, or not that of a key."""
    if len(payload) < _EVENT.size:
        return None
    number, flags, duration = _EVENT.unpack_from(payload)
    if number >= len(EVENTS):
        return None
    return Event(EVENTS[number], duration, flags & _END != 0)


def write_event(event: Event) -> bytes:
    """The payload of a telephone event."""
    flags = _VOLUME | (_END if event.ended else 0)
    return _EVENT.pack(EVENTS.index(event.key), flags, min(event.duration, 0xFFFF))


# RTCP

SENDER_REPORT, RECEIVER_REPORT, DESCRIPTION, GOODBYE = 200, 201, 202, 203
_SENDER = struct.Struct("!IQIII")
_BLOCK = struct.Struct("!IIIIII")
_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 to 1970."""


@dataclass(frozen=True, slots=True)
class Reception:
    """What one source's packets are like (RFC 3550, 6.4.1).

    `fraction` lost since the last report, of 256; `last_report` is the middle of the NTP time of
    the source's report, `delay` the time since then, both in units of 1/65536 s.
    """

    source: int
    fraction: int
    lost: int
    highest: int
    jitter: int
    last_report: int = 0
    delay: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sender says of itself; `ntp` in units of 2^-32 s since 1900."""

    ntp: int
    timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class Report:
    """A sender's or a receiver's report."""

    source: int
    sent: Sent | None = None
    receptions: tuple[Reception, ...] = ()


def ntp(microseconds: int) -> int:
    """An instant (µs since 1970) as RTCP has it."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return (seconds + _NTP_EPOCH) << 32 | (rest << 32) // 1_000_000


def write_report(report: Report, name: str, *, goodbye: bool = False) -> bytes:
    """A compound packet: the report, the canonical name, and perhaps the farewell."""
    blocks = b"".join(_block(reception) for reception in report.receptions)
    count = len(report.receptions)
    if report.sent is None:
        first = _chunk(count, RECEIVER_REPORT, struct.pack("!I", report.source) + blocks)
    else:
        sent = report.sent
        own = _SENDER.pack(report.source, sent.ntp, sent.timestamp, sent.packets, sent.octets)
        first = _chunk(count, SENDER_REPORT, own + blocks)
    item = struct.pack("!IBB", report.source, 1, len(name)) + name.encode("ascii")
    # The list of items ends with a zero, and the chunk at a multiple of four.
    item += bytes(4 - len(item) % 4)
    last = _chunk(1, GOODBYE, struct.pack("!I", report.source)) if goodbye else b""
    return first + _chunk(1, DESCRIPTION, item) + last


def _block(reception: Reception) -> bytes:
    lost = max(min(reception.lost, 0x7FFFFF), -0x800000) & 0xFFFFFF
    return _BLOCK.pack(
        reception.source,
        reception.fraction << 24 | lost,
        reception.highest,
        reception.jitter,
        reception.last_report,
        reception.delay,
    )


def _chunk(count: int, kind: int, body: bytes) -> bytes:
    return struct.pack("!BBH", VERSION | count, kind, len(body) // 4) + body


def read_reports(raw: bytes) -> list[Report] | None:
    """The reports in a compound packet; None if the datagram is not RTCP."""
    found, place = [], 0
    while place < len(raw):
        if len(raw) < place + 8:
            return None
        first, kind, words = struct.unpack_from("!BBH", raw, place)
        end = place + 4 + 4 * words
        if first & 0xC0 != VERSION or end > len(raw):
            return None
        if kind in (SENDER_REPORT, RECEIVER_REPORT):
            report = _read_report(kind, first & 0x1F, raw[place + 4 : end])
            if report is None:
                return None
            found.append(report)
        place = end
    return found


def _read_report(kind: int, count: int, body: bytes) -> Report | None:
    begin = _SENDER.size if kind == SENDER_REPORT else 4
    if len(body) < begin + count * _BLOCK.size:
        return None
    sent = None
    if kind == SENDER_REPORT:
        source, at, timestamp, packets, octets = _SENDER.unpack_from(body)
        sent = Sent(at, timestamp, packets, octets)
    else:
        source = int.from_bytes(body[:4], "big")
    receptions = tuple(_reception(body, begin + number * _BLOCK.size) for number in range(count))
    return Report(source, sent, receptions)


def _reception(body: bytes, place: int) -> Reception:
    source, loss, highest, jitter, last_report, delay = _BLOCK.unpack_from(body, place)
    lost = loss & 0xFFFFFF
    signed = lost - 0x1000000 if lost & 0x800000 else lost
    return Reception(source, loss >> 24, signed, highest, jitter, last_report, delay)
