"""RIFF WAVE files of G.711 A-law or 16-bit PCM."""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass
from enum import IntEnum

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
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise NotAWave("no RIFF WAVE header")
    place, found, comment = 12, None, b""
    while place + 8 <= len(head):
        name, length = (
            head[place : place + 4],
            int.from_bytes(head[place + 4 : place + 8], "little"),
        )
        content = head[place + 8 : place + 8 + length]
        if name == b"fmt ":
            found = _format(content)
        elif name == b"LIST" and content[4:8] == b"ICMT":
            comment = content[12:].rstrip(b"\0")
        elif name == b"data" and found is not None:
            begin = place + 8
            present = max(min(length, size - begin), 0)
            return Layout(found, present // found.frame, begin, comment)
        place += 8 + length + length % 2
    raise NotAWave("no samples")


def _format(content: bytes) -> Format:
    if len(content) < 16:
        raise NotAWave("no format")
    tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", content[:16])
    known = {(1, 16): Encoding.PCM_16, (6, 8): Encoding.A_LAW}
    encoding = known.get((tag, bits))
    if encoding is None or not channels or not rate:
        raise NotAWave(f"format {tag} with {bits} bits")
    return Format(encoding, channels, rate)


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
