"""The board: all parties of a call center, and who hears whom. It has no sockets.

Packets are given to it as they come, and every 20 ms a beat. A party that hears just one other in
the same codec is sent its packets at once; every other one that is to be sent anything is sent a
frame on each beat, silence if there is nothing to hear, so that nobody takes us for gone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor
from random import Random
from typing import Protocol

import numpy as np

from emulator.media.rtp import codecs, detect, keys, packets
from emulator.media.rtp.frames import FRAME, PERIOD, SILENCE, Samples
from emulator.media.rtp.packets import MARKER, Packet
from emulator.media.rtp.party import Address, Party
from emulator.media.rtp.recorder import Recorder
from emulator.media.rtp.routes import Hearing, Routes, work_out
from emulator.media.rtp.sending import Sending
from emulator.media.rtp.sounds import Playing, Sounds
from emulator.media.rtp.srtp import BadKeys
from emulator.media.wiring import (
    Closed,
    Connect,
    Hear,
    KeyPressed,
    Order,
    Played,
    Press,
    Record,
    Report,
    Silent,
    StopRecording,
)

log = logging.getLogger(__name__)

SECOND = 1_000_000
BEATS = SECOND // PERIOD
REPORTS = 5 * BEATS
"""Beats after which RTCP is sent."""
QUIET = 10 * PERIOD
"""µs after which one whose source sends nothing is sent silence."""
PATIENCE = 20 * SECOND
"""µs after which a party that says nothing is reported."""


class Wire(Protocol):
    """The way out: from which port, what, where to."""

    def send(self, port: int, packet: bytes, to: Address) -> None:
        """Send RTP, or RTCP that shares its port."""

    def send_control(self, port: int, packet: bytes, to: Address) -> None:
        """Send RTCP from its own port."""


class Board:
    """Does what is ordered; `report` is told what happens.

    `now` is everywhere µs of a clock that never goes back, and `epoch` what is to be added to have
    µs since 1970. `disk` writes recordings; without it that is done at once.
    """

    def __init__(
        self,
        wire: Wire,
        report: Callable[[Report], None],
        *,
        random: Random,
        sounds: Sounds | None = None,
        disk: Executor | None = None,
        epoch: int = 0,
        patience: int = PATIENCE,
    ) -> None:
        self._wire = wire
        self._report = report
        self._random = random
        self._sounds = Sounds() if sounds is None else sounds
        self._recorder = Recorder(report, disk)
        self._epoch = epoch
        self._patience = patience
        self._parties: dict[int, Party] = {}
        self._hearings: dict[int, Hearing] = {}
        self._routes = Routes()
        self._is_settled = True
        self._heard: Samples = np.zeros((0, FRAME), np.int16)
        self._beats = 0

    def open(self, port: int) -> None:
        """Know a port, so that orders about it are followed."""
        self._hearings[port] = Hearing()

    def has(self, port: int) -> bool:
        """Whether a port is open."""
        return port in self._hearings

    def party(self, port: int) -> Party | None:
        """Who is connected at a port."""
        return self._parties.get(port)

    # What is asked

    def do(self, order: Order, now: int) -> None:
        """Do what is asked; what does not exist is left alone."""
        if isinstance(order, Record):
            self._recorder.start(order)
        elif isinstance(order, StopRecording):
            self._recorder.stop(order.name)
        elif order.port not in self._hearings:
            return
        elif isinstance(order, Connect):
            self._connect(order, now)
        elif isinstance(order, Hear):
            if not self._hear(order):
                return
        elif isinstance(order, Press):
            self._press(order)
        else:
            self._close(order.port, now)
        self._is_settled = False

    def stop(self, now: int) -> None:
        """Close every port and have every file closed."""
        self._recorder.stop_all()
        for port in list(self._parties):
            self._close(port, now)
        self._is_settled = False

    def tell(self) -> None:
        """Report what was completed outside the beat."""
        self._recorder.tell()

    def _connect(self, order: Connect, now: int) -> None:
        port, stream = order.port, order.stream
        codec = codecs.find(stream.codec)
        if codec is None:
            log.warning("port %d cannot have %s", port, stream.codec)
            return
        party = self._parties.get(port)
        try:
            if party is not None:
                party.connect(stream, codec, now)
            else:
                self._parties[port] = Party(port, self._sending(), stream, codec, now)
        except BadKeys as error:
            log.warning("port %d cannot have these keys: %s", port, error)

    def _sending(self) -> Sending:
        draw = self._random.getrandbits
        return Sending(draw(32), draw(15), draw(31))

    def _hear(self, order: Hear) -> bool:
        """Have a party hear this; False if it does already."""
        hearing = self._hearings[order.port]
        voices, before = hearing.voices, hearing.playing
        hearing.voices = order.voices
        if order.sound is None:
            hearing.playing = None
        elif before is None or (before.serial, before.sound) != (order.serial, order.sound):
            hearing.playing = Playing(order.sound, order.serial)
        return hearing.voices != voices or hearing.playing is not before

    def _press(self, order: Press) -> None:
        party = self._parties.get(order.port)
        if party is not None:
            party.keypad.press(order.keys)

    def _close(self, port: int, now: int) -> None:
        party = self._parties.pop(port, None)
        del self._hearings[port]
        self._recorder.forget(port)
        for hearing in self._hearings.values():
            if any(voice.port == port for voice in hearing.voices):
                hearing.voices = tuple(voice for voice in hearing.voices if voice.port != port)
        if party is None:
            self._report(Closed(port, 0, 0, 0, 0))
            return
        # Two who hear each other would keep each other.
        party.relays_to = []
        self._send_report(party, now, goodbye=True)
        if party.foreign or party.broken:
            log.info("port %d: %d foreign, %d broken", port, party.foreign, party.broken)
        received, sent = party.receiving, party.sending
        lost = max(received.lost, 0)
        self._report(Closed(port, received.received, lost, sent.packets, received.jitter))

    # What comes

    def receive(self, port: int, raw: bytes, source: Address, now: int) -> None:
        """A datagram has come to a port."""
        party = self._parties.get(port)
        if party is None:
            return
        if packets.is_rtcp(raw):
            party.take_control(raw, source, now, muxed=True)
            return
        packet = party.take(raw, source, now)
        if packet is None:
            return
        if not self._is_settled:
            self._settle()
        if packet.payload_type != party.stream.payload:
            self._hear_event(party, packet, now)
            return
        if party.is_tapped:
            party.ear.put(packet.source, packet.timestamp, packet.payload)
        for listener in party.relays_to:
            self._relay(listener, packet, listener.stream.payload, now)

    def receive_control(self, port: int, raw: bytes, source: Address, now: int) -> None:
        """A datagram has come to the port beside, which is for RTCP."""
        party = self._parties.get(port)
        if party is not None:
            party.take_control(raw, source, now, muxed=False)

    def _relay(self, listener: Party, packet: Packet, payload_type: int, now: int) -> None:
        if listener.remote is None:
            return
        head = (
            payload_type | MARKER if packet.marker else payload_type,
            packet.sequence,
            packet.timestamp,
            packet.source,
        )
        raw = listener.sending.relay(head, packet.payload, listener.codec.step, now)
        if raw is not None:
            self._send(listener, raw)

    def _hear_event(self, party: Party, packet: Packet, now: int) -> None:
        """A key by an event: listeners who know events get it as it is, others as a tone."""
        key = party.presses.heard(packet)
        if key is not None:
            self._report(KeyPressed(party.port, key))
        for port, listener in self._parties.items():
            if not any(voice.port == party.port for voice in self._hearings[port].voices):
                continue
            events = listener.stream.events
            if events is not None and listener in party.relays_to:
                self._relay(listener, packet, events, now)
            elif key is not None:
                listener.keypad.press(key)
                self._is_settled = False

    # The beat

    def beat(self, now: int) -> None:
        """Let 20 ms pass; `now` is when they are due, not when they are done."""
        if not self._is_settled:
            self._settle()
        self._listen()
        self._send_mixed(now)
        self._fill_gaps(now)
        self._recorder.beat(self._heard, self._routes.rows)
        self._beats += 1
        for port, party in self._parties.items():
            if (self._beats + port // 2) % REPORTS == 0:
                self._send_report(party, now)
        if self._beats % BEATS == 0:
            self._report_silence(now)

    def _settle(self) -> None:
        self._routes = work_out(self._parties, self._hearings, self._recorder.ports)
        self._heard = np.zeros((len(self._routes.sources), FRAME), np.int16)
        self._is_settled = True

    def _listen(self) -> None:
        heard, routes = self._heard, self._routes
        for row, party in enumerate(routes.sources):
            frame = party.ear.frame()
            heard[row] = 0 if frame is None else frame
        if not routes.detected:
            return
        rows = [row for row, _ in routes.detected]
        listening = [party.listening for _, party in routes.detected]
        for number, key in detect.detect(listening, heard[rows]):
            self._report(KeyPressed(routes.detected[number][1].port, key))

    def _send_mixed(self, now: int) -> None:
        routes = self._routes
        for port, playing in routes.unheard:
            self._play(port, playing)
        mixed = np.zeros((len(routes.mixed), FRAME), np.float32)
        for group in routes.groups:
            mixed[group.listeners] = group.gains @ self._heard[group.sources].astype(np.float32)
        for row, playing in routes.playing:
            mixed[row] += self._play(routes.mixed[row].port, playing)
        frames = np.clip(np.rint(mixed), -32768, 32767).astype(np.int16)
        for party, frame in zip(routes.mixed, frames, strict=True):
            if party.remote is not None:
                self._send_frame(party, frame, now)

    def _play(self, port: int, playing: Playing) -> Samples:
        frame = playing.frame(self._sounds)
        if playing.is_over:
            self._report(Played(port, playing.serial))
            self._is_settled = False
        return frame

    def _send_frame(self, party: Party, frame: Samples, now: int) -> None:
        pressed = None
        if party.keypad.is_busy:
            pressed = party.keypad.next()
            self._is_settled = self._is_settled and party.keypad.is_busy
        stream, sending, step = party.stream, party.sending, party.codec.step
        if pressed is None:
            payload = party.encoder.encode(frame)
            self._send(party, sending.own(stream.payload, payload, step, now))
        elif stream.events is None:
            payload = party.encoder.encode(keys.tone(*pressed))
            self._send(party, sending.own(stream.payload, payload, step, now))
        else:
            for number, event in enumerate(keys.events(*pressed)):
                first = step if pressed[1] == 0 and number == 0 else 0
                payload = packets.write_event(event)
                self._send(party, sending.event(stream.events, payload, first, now))
            if pressed[1] == keys.HOLD - 1:
                sending.skip(step * (keys.HOLD - 1))

    def _fill_gaps(self, now: int) -> None:
        """Send silence to those whose source sends nothing."""
        for party in self._routes.relayed:
            sending = party.sending
            if party.remote is None or sending.is_relayed_since(now - QUIET):
                continue
            payload = party.encoder.encode(SILENCE)
            step = party.codec.step
            self._send(party, sending.own(party.stream.payload, payload, step, now))

    def _report_silence(self, now: int) -> None:
        for party in self._parties.values():
            is_due = party.stream.sends and now - party.alive_at >= self._patience
            if is_due and not party.is_silent:
                party.is_silent = True
                self._report(Silent(party.port))

    def _send(self, party: Party, raw: bytes) -> None:
        sealed = raw if party.guard is None else party.guard.seal(raw)
        if sealed is not None and party.remote is not None:
            self._wire.send(party.port, sealed, party.remote)

    def _send_report(self, party: Party, now: int, *, goodbye: bool = False) -> None:
        raw = party.report(now, self._epoch, goodbye=goodbye)
        if raw is None or party.control is None:
            return
        if party.is_muxed:
            self._wire.send(party.port, raw, party.control)
        else:
            self._wire.send_control(party.port, raw, party.control)
