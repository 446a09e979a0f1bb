"""RIFF WAVE files of G.711 A-law or 16-bit PCM."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from emulator.media import g711

RATE = 8000
"""Samples of each channel in a second."""


class Encoding(IntEnum):
    """How samples are written; values of the format tag."""

    PCM_16 = 1
    A_LAW = 6


class NotAWave(ValueError):
    """The bytes are no WAVE file, or one of another encoding."""


@dataclass(frozen=True, slots=True)
class Format:
    """What a file's samples are."""

    encoding: Encoding = Encoding.A_LAW
    channels: int = 1
    rate: int = RATE

    @property
    def frame(self) -> int:
        """Bytes of one sample of all channels."""
        return self.channels * (2 if self.encoding is Encoding.PCM_16 else 1)


def header(kind: Format, frames: int, comment: bytes = b"") -> bytes:
    """Everything before the samples; `comment` is ASCII that players show as such."""
    bits = 8 * kind.frame // kind.channels
    # Whatever is not PCM says how many bytes of its format follow (none), and its samples.
    extra = b"" if kind.encoding is Encoding.PCM_16 else b"\0\0"
    layout = struct.pack(
        "<HHIIHH",
        kind.encoding,
        kind.channels,
        kind.rate,
        kind.rate * kind.frame,
        kind.frame,
        bits,
    )
    chunks = _chunk(b"fmt ", layout + extra)
    if kind.encoding is not Encoding.PCM_16:
        chunks += _chunk(b"fact", struct.pack("<I", frames))
    if comment:
        chunks += _chunk(b"LIST", b"INFO" + _chunk(b"ICMT", comment + b"\0"))
    size = frames * kind.frame
    chunks += b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) + size + size % 2) + b"WAVE" + chunks


def padding(kind: Format, frames: int) -> bytes:
    """What follows the samples: chunks have an even length."""
    return b"\0" * (frames * kind.frame % 2)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


# Reading


class Chunk(NamedTuple):
    """A part of a file: where its content begins, and how long it is said to be."""

    name: bytes
    begin: int
    length: int


def chunks(head: bytes) -> Iterator[Chunk]:
    """The parts of a file that begin in these first bytes of it; NotAWave."""
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise NotAWave("no RIFF WAVE header")
    place = 12
    while place + 8 <= len(head):
        length = int.from_bytes(head[place + 4 : place + 8], "little")
        yield Chunk(head[place : place + 4], place + 8, length)
        place += 8 + length + length % 2


class Description(NamedTuple):
    """What a format chunk says; `tag` is 1 for PCM, 6 for A-law, 7 for µ-law."""

    tag: int
    channels: int
    rate: int
    bits: int


def described(content: bytes) -> Description:
    """What is in a format chunk; NotAWave."""
    if len(content) < 16:
        raise NotAWave("no format")
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content)
    return Description(tag, channels, rate, bits)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the samples of a file are."""

    format: Format
    frames: int
    begin: int
    comment: bytes = b""

    @property
    def microseconds(self) -> int:
        return self.frames * 1_000_000 // self.format.rate


def layout(head: bytes, size: int) -> Layout:
    """What the first bytes of a file of that size say; NotAWave if that is nothing."""
    found, comment = None, b""
    for name, begin, length in chunks(head):
        if name == b"data" and found is not None:
            present = max(min(length, size - begin), 0)
            return Layout(found, present // found.frame, begin, comment)
        content = head[begin : begin + length]
        if name == b"fmt ":
            found = _format(described(content))
        elif name == b"LIST" and content[4:8] == b"ICMT":
            comment = content[12:].rstrip(b"\0")
    raise NotAWave("no samples")


def _format(said: Description) -> Format:
    known = {(1, 16): Encoding.PCM_16, (6, 8): Encoding.A_LAW}
    encoding = known.get((said.tag, said.bits))
    if encoding is None or not said.channels or not said.rate:
        raise NotAWave(f"format {said.tag} with {said.bits} bits")
    return Format(encoding, said.channels, said.rate)


def read(content: bytes) -> tuple[Format, list[array[int]]]:
    """A whole file: its format, and the 16-bit samples of each channel."""
    found = layout(content, len(content))
    kind = found.format
    data = content[found.begin : found.begin + found.frames * kind.frame]
    if kind.encoding is Encoding.A_LAW:
        samples = g711.decode(data)
    else:
        samples = array("h", struct.unpack(f"<{len(data) // 2}h", data))
    return kind, [samples[channel :: kind.channels] for channel in range(kind.channels)]
