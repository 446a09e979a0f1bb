"""Whether a file is what a voice robot may be given: G.711 at 64 kbit/s (CEC 13.2.1.13)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

RATE = 8000
BITS = 8
_TAGS = (1, 6, 7)
"""8-bit PCM, A-law, µ-law."""


class NotVoice(ValueError):
    """The file is none that may be uploaded; `flaw` says why."""

    flaw = "format"


class NotRiff(NotVoice):
    """It is no WAVE file at all."""

    flaw = "type"


class WrongChannels(NotVoice):
    """It is not mono."""

    flaw = "channels"


class WrongBits(NotVoice):
    """Its samples have not 8 bits."""

    flaw = "bits"


class WrongRate(NotVoice):
    """It has not 8000 samples in a second."""

    flaw = "rate"


@dataclass(frozen=True, slots=True)
class _Chunk:
    name: bytes
    begin: int
    length: int


def check(content: bytes) -> None:
    """Raise a `NotVoice` unless it is mono sound of 8 bits at 8000 Hz, complete."""
    if len(content) < 12 or content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise NotRiff("no RIFF WAVE file")
    chunks = {chunk.name: chunk for chunk in _chunks(content)}
    if b"fmt " not in chunks or chunks[b"fmt "].length < 16 or b"data" not in chunks:
        raise NotVoice("no format or no samples")
    begin = chunks[b"fmt "].begin
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content, begin)
    if tag not in _TAGS and bits == BITS:
        raise NotVoice(f"format {tag}")
    if channels != 1:
        raise WrongChannels(f"{channels} channels")
    if bits != BITS:
        raise WrongBits(f"{bits} bits")
    if rate != RATE:
        raise WrongRate(f"{rate} Hz")


def _chunks(content: bytes) -> list[_Chunk]:
    found, place = [], 12
    while place + 8 <= len(content):
        length = int.from_bytes(content[place + 4 : place + 8], "little")
        if place + 8 + length > len(content):
            raise NotVoice("the file is not complete")
        found.append(_Chunk(content[place : place + 4], place + 8, length))
        place += 8 + length + length % 2
    return found
