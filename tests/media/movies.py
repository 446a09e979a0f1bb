"""Reads what `emulator.media.movie` writes, from the standards and not from its code."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf")


@dataclass(frozen=True, slots=True)
class Movie:
    seconds: float
    size: tuple[int, int]
    text: str


def boxes(content: bytes, path: bytes = b"") -> dict[bytes, bytes]:
    """Every box by the path of its names; ValueError if sizes do not add up."""
    found: dict[bytes, bytes] = {}
    place = 0
    while place < len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        name = content[place + 4 : place + 8]
        if size < 8 or place + size > len(content):
            raise ValueError(f"{name!r} has {size} bytes of {len(content) - place}")
        body = content[place + 8 : place + size]
        found[path + name] = body
        if name in CONTAINERS:
            found.update(boxes(body, path + name + b"/"))
        place += size
    return found


def read(content: bytes) -> Movie:
    """A file with one picture: how long and large it is, and what it shows."""
    found = boxes(content)
    scale, duration = struct.unpack(">II", found[b"moov/mvhd"][12:20])
    track = found[b"moov/trak/tkhd"]
    media = b"moov/trak/mdia/"
    table = media + b"minf/stbl/"
    assert struct.unpack(">II", found[media + b"mdhd"][12:20]) == (scale, duration)
    assert struct.unpack(">I", track[20:24])[0] == duration
    assert struct.unpack(">III", found[table + b"stts"][4:16]) == (1, 1, duration)
    assert found[media + b"hdlr"][8:12] == b"vide"
    (length,) = struct.unpack(">I", found[table + b"stsz"][4:8])
    (place,) = struct.unpack(">I", found[table + b"stco"][8:12])
    entry = found[table + b"stsd"][8:]
    assert entry[4:8] == b"mp4v"
    size = struct.unpack(">HH", entry[32:36])
    assert struct.unpack(">II", track[76:84]) == (size[0] << 16, size[1] << 16)
    width, height, text = picture(content[place : place + length])
    assert (width, height) == size
    return Movie(duration / scale, (width, height), text)


def picture(png: bytes) -> tuple[int, int, str]:
    """Width, height and the text of a PNG's bars."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    place, chunks = 8, {}
    while place < len(png):
        length = int.from_bytes(png[place : place + 4], "big")
        name = png[place + 4 : place + 8]
        content = png[place + 8 : place + 8 + length]
        check = int.from_bytes(png[place + 8 + length : place + 12 + length], "big")
        assert check == zlib.crc32(name + content)
        chunks[name] = content
        place += 12 + length
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, colour) == (1, 0)
    lines = zlib.decompress(chunks[b"IDAT"])
    assert len(lines) == height * (1 + width // 8)
    first = lines[1 : 1 + width // 8]
    bits = "".join(f"{byte:08b}" for byte in first)
    bar = width // 320
    letters = [bits[letter * 8 * bar : (letter + 1) * 8 * bar : bar] for letter in range(40)]
    text = bytes(int(letter, 2) for letter in letters)
    return width, height, text.rstrip(b"\0").decode()
