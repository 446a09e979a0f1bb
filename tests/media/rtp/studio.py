"""A board with phones at its ports, on a clock that is moved by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest

from emulator.media.rtp import codecs, opus, packets
from emulator.media.rtp.frames import FRAME, PERIOD, Samples
from emulator.media.rtp.mixer import Board
from emulator.media.rtp.packets import Packet
from emulator.media.rtp.party import Address
from emulator.media.wiring import Connect, Hear, Order, Report, Sound, Stream, Voice

OPUS = pytest.param(
    "OPUS", marks=pytest.mark.skipif(opus.library() is None, reason="there is no Opus library")
)
WAIT = 2
"""Frames for which what is said waits at the board when it is mixed."""


def noise(seed: int, frames: int, level: int = 4000) -> Samples:
    """Sound that is like nobody else's."""
    draw = np.random.default_rng(seed)
    return draw.integers(-level, level, frames * FRAME).astype(np.int16)


def as_sent(samples: Samples, codec: str = "PCMA") -> Samples:
    """What is left of a sound behind a G.711 codec."""
    table = codecs.PCMA if codec == "PCMA" else codecs.PCMU
    return table.decode(table.encode(samples))


def mixed(*parts: Samples, codec: str = "PCMA") -> Samples:
    """What is heard of several at once."""
    total = np.sum([part.astype(np.int32) for part in parts], axis=0)
    return as_sent(np.clip(total, -32768, 32767).astype(np.int16), codec)


class Studio:
    """Keeps what the board sends and reports."""

    def __init__(self, **how: Any) -> None:
        self.now = 1_000_000
        self.sent: list[tuple[int, bytes, Address]] = []
        self.controls: list[tuple[int, bytes, Address]] = []
        self.reports: list[Report] = []
        self.board = Board(self, self.reports.append, random=Random(1), **how)
        self.phones: list[Phone] = []

    def send(self, port: int, packet: bytes, to: Address) -> None:
        self.sent.append((port, packet, to))
        for phone in self.phones:
            if to == phone.address:
                phone.get(packet)

    def send_control(self, port: int, packet: bytes, to: Address) -> None:
        self.controls.append((port, packet, to))

    def phone(self, port: int, codec: str = "PCMA", **stream: Any) -> Phone:
        """A phone that is connected to a port."""
        phone = Phone(self, port, codec, source=port)
        self.phones.append(phone)
        self.board.open(port)
        phone.connect(**stream)
        return phone

    def do(self, *orders: Order) -> None:
        for order in orders:
            self.board.do(order, self.now)

    def hear(
        self,
        listener: Phone,
        *voices: Phone | tuple[Phone, float],
        sound: Sound | None = None,
        serial: int = 0,
    ) -> None:
        """Say all that a phone hears."""
        heard = tuple(
            Voice(voice.port) if isinstance(voice, Phone) else Voice(voice[0].port, voice[1])
            for voice in voices
        )
        self.do(Hear(listener.port, heard, sound, serial))

    def talk(self, frames: int, *speaking: tuple[Phone, Samples]) -> None:
        """Let time pass, in which phones say something."""
        for number in range(frames):
            for phone, samples in speaking:
                piece = samples[number * FRAME : (number + 1) * FRAME]
                if len(piece):
                    phone.say(piece)
            self.now += PERIOD
            self.board.beat(self.now)

    def told(self, kind: type[Report]) -> list[Report]:
        """The reports of a kind."""
        return [report for report in self.reports if isinstance(report, kind)]


@dataclass
class Phone:
    """A phone that says frames of sound, and keeps the packets it gets."""

    studio: Studio
    port: int
    codec: str
    source: int
    payload: int = 96
    sequence: int = 0
    timestamp: int = 0
    got: list[Packet] = field(default_factory=list)

    def __post_init__(self) -> None:
        found = codecs.find(self.codec)
        assert found is not None
        self.step = found.step
        self.encoder, self.decoder = found.encoder(), found.decoder()
        self.address: Address = ("192.0.2.1", 20_000 + self.port)

    def connect(self, **stream: Any) -> None:
        """Be there, or change how."""
        told = {"host": self.address[0], "port": self.address[1], "events": 101} | stream
        self.payload = told.setdefault("payload", self.payload)
        found = Stream(codec=self.codec, **told)
        self.studio.do(Connect(self.port, found))

    def say(self, samples: Samples) -> None:
        """Send 20 ms of sound."""
        self.put(self.encoder.encode(samples))

    def put(self, payload: bytes, *, marker: bool = False) -> None:
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.timestamp = (self.timestamp + self.step) & 0xFFFFFFFF
        self.send(self.payload, payload, marker=marker)

    def send(self, payload_type: int, payload: bytes, *, marker: bool = False) -> None:
        packet = Packet(payload_type, self.sequence, self.timestamp, self.source, payload, marker)
        self.raw(packets.write(packet))

    def raw(self, raw: bytes) -> None:
        self.studio.board.receive(self.port, raw, self.address, self.studio.now)

    def get(self, raw: bytes) -> None:
        packet = packets.read(raw)
        assert packet is not None
        self.got.append(packet)

    def press(self, key: str, *, events: int = 101, packets_sent: int = 5) -> None:
        """Press a key as phones do, its end three times."""
        self.timestamp = (self.timestamp + self.step) & 0xFFFFFFFF
        for number in range(packets_sent + 2):
            ended = number >= packets_sent - 1
            duration = min(number + 1, packets_sent) * 160
            self.sequence += 1
            event = packets.write_event(packets.Event(key, duration, ended))
            self.send(events, event, marker=number == 0)

    @property
    def heard(self) -> Samples:
        """All that was heard, from the first packet on."""
        sound = [packet for packet in self.got if packet.payload_type == self.payload]
        pieces = [self.decoder.decode(packet.payload) for packet in sound]
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)

    @property
    def is_continuous(self) -> bool:
        """Whether all packets are of one source and their sequence has no gap."""
        sequences = [packet.sequence for packet in self.got]
        follow = all((after - before) & 0xFFFF == 1 for before, after in pairwise(sequences))
        return follow and len({packet.source for packet in self.got}) <= 1
