"""A party at a port: where its packets come from and go to, what it says and hears."""

from __future__ import annotations

import ipaddress

from emulator.media.rtp import packets
from emulator.media.rtp.codecs import Codec
from emulator.media.rtp.detect import Listening
from emulator.media.rtp.ear import Ear
from emulator.media.rtp.frames import PERIOD
from emulator.media.rtp.keys import Keypad, Presses
from emulator.media.rtp.packets import Packet, Report, Sent
from emulator.media.rtp.reception import Receiving
from emulator.media.rtp.sending import Sending
from emulator.media.rtp.srtp import Guard
from emulator.media.wiring import Stream

Address = tuple[str, int]
"""Host and port; sockets of IPv6 put more behind them."""
PATIENCE = 2_000_000
"""µs of silence after which another source is believed."""


class Party:
    """All that is known of one port from when it is connected."""

    def __init__(self, port: int, sending: Sending, stream: Stream, codec: Codec, now: int) -> None:
        self.port = port
        self.sending = sending
        self.receiving = Receiving(codec.clock)
        self.keypad = Keypad()
        self.listening = Listening()
        self.presses = Presses()
        self.foreign = 0
        """Packets of sources that are not the party."""
        self.broken = 0
        """Datagrams that are no packets, or not those that were agreed."""
        self.heard_at = now
        """When its newest packet came, or it was connected, in µs."""
        self.alive_at = now
        """The same, of RTCP too: who does not send silence is there nevertheless."""
        self.is_silent = False
        """Whether its silence was reported."""
        self.relays_to: list[Party] = []
        """Those who get its packets as they come."""
        self.is_tapped = False
        """Whether its sound is listened to here."""
        self.stream = stream
        self.remote = destination(stream.host, stream.port)
        self.control = destination(stream.host, stream.port + 1)
        """Where its RTCP is sent."""
        self.is_muxed = False
        """Whether its RTCP comes to the port of its RTP."""
        self.guard = _guard(stream)
        self._latched: Address | None = None
        self._use(codec)

    def connect(self, stream: Stream, codec: Codec, now: int) -> None:
        """Have another stream, and believe a new source. BadKeys."""
        before = self.stream
        if before.keys != stream.keys:
            self.guard = _guard(stream)
        if (before.host, before.port) != (stream.host, stream.port):
            self.remote = destination(stream.host, stream.port)
            self.control = destination(stream.host, stream.port + 1)
        self.stream = stream
        self.heard_at = self.alive_at = now
        self._latched = None
        if codec is not self.codec:
            self._use(codec)

    def _use(self, codec: Codec) -> None:
        self.codec = codec
        self.ear = Ear(codec)
        self.encoder = codec.encoder()
        self.receiving.clock = codec.clock

    def take(self, raw: bytes, address: Address, now: int) -> Packet | None:
        """The packet in a datagram; None if there is none of the party's in it."""
        latched = self._latched
        if address != latched and latched is not None and now - self.heard_at < PATIENCE:
            self.foreign += 1
            return None
        opened = raw if self.guard is None else self.guard.open(raw)
        packet = None if opened is None else packets.read(opened)
        stream = self.stream
        if packet is None or packet.payload_type not in (stream.payload, stream.events):
            self.broken += 1
            return None
        if address != latched:
            self._latched = self.remote = address
        self.heard_at = self.alive_at = now
        self.is_silent = False
        if not stream.sends:
            return None
        # All packets of an event have the time of its begin.
        timestamp = packet.timestamp if packet.payload_type == stream.payload else None
        self.receiving.saw(packet.source, packet.sequence, timestamp, now)
        return packet

    def take_control(self, raw: bytes, address: Address, now: int, *, muxed: bool) -> None:
        """Read the party's RTCP, and answer to where it came from."""
        if self.remote is None or address[0] != self.remote[0]:
            self.foreign += 1
            return
        opened = raw if self.guard is None else self.guard.open_control(raw)
        reports = None if opened is None else packets.read_reports(opened)
        if reports is None:
            self.broken += 1
            return
        self.control, self.is_muxed = address, muxed
        self.alive_at, self.is_silent = now, False
        for report in reports:
            if report.sent is not None and report.source == self.receiving.source:
                self.receiving.heard_report(report.sent.ntp, now)

    def report(self, now: int, epoch: int, *, goodbye: bool = False) -> bytes | None:
        """The RTCP that is due at `now`; `epoch` is what makes it µs since 1970."""
        sending = self.sending
        sent = None
        if sending.at is not None:
            timestamp = sending.timestamp + (now - sending.at) * self.codec.step // PERIOD
            sent = Sent(
                packets.ntp(now + epoch),
                timestamp & 0xFFFFFFFF,
                sending.packets & 0xFFFFFFFF,
                sending.octets & 0xFFFFFFFF,
            )
        reception = self.receiving.report(now)
        receptions = () if reception is None else (reception,)
        report = Report(sending.source, sent, receptions)
        raw = packets.write_report(report, f"{sending.source:08x}@emulator", goodbye=goodbye)
        return raw if self.guard is None else self.guard.seal_control(raw)


def destination(host: str, port: int) -> Address | None:
    """Where packets can be sent to at once; None for names, and addresses that are of nobody."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if address.is_unspecified or not 0 < port < 65536:
        return None
    return str(address), port


def _guard(stream: Stream) -> Guard | None:
    return None if stream.keys is None else Guard(stream.keys)
