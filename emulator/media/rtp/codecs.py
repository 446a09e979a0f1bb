"""Codecs: what a payload sounds like.

G.711 by tables, G.722 by its library, Opus where the machine has it (`emulator.media.rtp.opus`).
Inside there is 8000 Hz only, so what is above 4 kHz is lost when a G.722 or Opus party is mixed; it
is not when it is relayed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from G722 import G722
from numpy.typing import NDArray

from emulator.media import g711
from emulator.media.rtp import opus
from emulator.media.rtp.frames import RATE, Samples

# G.711


def _u_law() -> Samples:
    """The level of each code (ITU-T G.711, table 2): 14 bits, in the upper bits of 16."""
    codes = ~np.arange(256) & 0xFF
    level = ((((codes & 15) << 3) + 0x84) << ((codes >> 4) & 7)) - 0x84
    return np.where(codes & 0x80, -level, level).astype(np.int16)


def _nearest(levels: Samples, preferred: int) -> NDArray[np.uint8]:
    """The code of each of 65,536 samples, by the sample's bits; `preferred` for what is silent.

    Between two levels the decision is in the middle, as G.711 has it; there the larger magnitude.
    """
    order = np.argsort(levels, kind="stable")
    values = levels[order].astype(np.int32)
    samples = np.arange(-32768, 32768)
    middles = (values[1:] + values[:-1]) / 2
    up = np.searchsorted(middles, samples, side="right")
    down = np.searchsorted(middles, samples, side="left")
    codes = order[np.where(samples >= 0, up, down)].astype(np.uint8)
    codes[samples == 0] = preferred
    return np.roll(codes, 32768)


A_LAW: Samples = np.array(g711.LEVELS, np.int16)
U_LAW = _u_law()
TO_A_LAW = _nearest(A_LAW, g711.SILENCE)
TO_U_LAW = _nearest(U_LAW, 0xFF)


class Decoder(Protocol):
    """What one party sends, packet after packet."""

    def decode(self, payload: bytes) -> Samples:
        """Its samples; ValueError if that is no payload."""


class Encoder(Protocol):
    """What one party is sent, frame after frame."""

    def encode(self, samples: Samples) -> bytes:
        """The payload of a frame."""


@dataclass(frozen=True, slots=True)
class Table:
    """G.711 of one law, both ways; it has no state."""

    levels: Samples
    codes: NDArray[np.uint8]

    def decode(self, payload: bytes) -> Samples:
        return self.levels[np.frombuffer(payload, np.uint8)]

    def encode(self, samples: Samples) -> bytes:
        return self.codes[samples.view(np.uint16)].tobytes()


class _G722:
    """G.722 at 64 kbit/s, one direction."""

    def __init__(self) -> None:
        self._library = G722(RATE, 64000)

    def decode(self, payload: bytes) -> Samples:
        return np.array(self._library.decode(payload), np.int16)

    def encode(self, samples: Samples) -> bytes:
        return bytes(self._library.encode(samples))


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec by its name in session descriptions; `clock` counts timestamps in a second."""

    name: str
    clock: int
    decoder: Callable[[], Decoder]
    encoder: Callable[[], Encoder]

    @property
    def step(self) -> int:
        """Timestamps in 20 ms."""
        return self.clock // 50


PCMA = Table(A_LAW, TO_A_LAW)
PCMU = Table(U_LAW, TO_U_LAW)
CODECS = {
    "PCMU": Codec("PCMU", RATE, lambda: PCMU, lambda: PCMU),
    "PCMA": Codec("PCMA", RATE, lambda: PCMA, lambda: PCMA),
    # Its clock is said to be 8000 by an error that became the rule (RFC 3551, 4.5.2).
    "G722": Codec("G722", RATE, _G722, _G722),
}
"""What is always there."""


def find(name: str) -> Codec | None:
    """The codec of that name; None if it is not there."""
    if name == "OPUS":
        return _opus()
    return CODECS.get(name)


def available() -> tuple[str, ...]:
    """Names of the codecs there are on this machine."""
    return (*CODECS, *(("OPUS",) if _opus() is not None else ()))


def _opus() -> Codec | None:
    if opus.library() is None:
        return None
    return Codec("OPUS", opus.CLOCK, opus.Decoder, opus.Encoder)
