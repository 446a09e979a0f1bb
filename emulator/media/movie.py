"""MP4 files (ISO 14496-12) of one still picture that is shown for as long as a video call lasted.

The picture is a PNG (object type 0x6D of ISO 14496-1) of upright bars: the bits of a text, 40
ASCII characters, the most significant bit first, white for 1. There is no sound track.
"""

from __future__ import annotations

import struct
import zlib

from emulator.media.wav import RATE

HD, SD = (1280, 720), (640, 360)
"""Width and height in pixels."""
LETTERS = 40
_PNG = 0x6D
_IDENTITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def movie(text: str, frames: int, size: tuple[int, int] = HD, comment: bytes = b"") -> bytes:
    """A whole file; its duration is counted in frames of telephone sound, 8000 a second."""
    frames = min(frames, 0xFFFFFFFF)
    still = picture(text, size)
    head = _box(b"ftyp", b"isom", struct.pack(">I", 0x200), b"isomiso2mp41")
    if comment:
        head += _box(b"free", comment)
    # The place of the picture depends on the length of what stands before it, not on its content.
    length = len(head) + len(_moov(frames, size, len(still), 0)) + 8
    return head + _moov(frames, size, len(still), length) + _box(b"mdat", still)


def _box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + name + body


def _full(name: bytes, *content: bytes, flags: int = 0) -> bytes:
    """A box with version 0 and flags."""
    return _box(name, struct.pack(">I", flags), *content)


def _moov(frames: int, size: tuple[int, int], picture: int, place: int) -> bytes:
    times = struct.pack(">IIII", 0, 0, RATE, frames)
    movie_header = _full(
        b"mvhd", times, struct.pack(">IHH8x", 0x10000, 0x100, 0), _IDENTITY, bytes(24),
        struct.pack(">I", 2),
    )  # fmt: skip
    return _box(b"moov", movie_header, _track(frames, size, times, picture, place))


def _track(frames: int, size: tuple[int, int], times: bytes, picture: int, place: int) -> bytes:
    width, height = size
    shown = struct.pack(">II", width << 16, height << 16)
    header = _full(
        b"tkhd", struct.pack(">IIIII8xHHHH", 0, 0, 1, 0, frames, 0, 0, 0, 0), _IDENTITY, shown,
        flags=7,
    )  # fmt: skip
    handler = _full(b"hdlr", struct.pack(">I4s12x", 0, b"vide"), b"video\0")
    here = _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", flags=1)))
    table = _box(
        b"stbl",
        _full(b"stsd", struct.pack(">I", 1), _sample_entry(size)),
        _full(b"stts", struct.pack(">III", 1, 1, frames)),
        _full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        _full(b"stsz", struct.pack(">II", picture, 1)),
        _full(b"stco", struct.pack(">II", 1, place)),
    )
    media = _box(b"minf", _full(b"vmhd", bytes(8), flags=1), here, table)
    described = _full(b"mdhd", times, struct.pack(">HH", 0x55C4, 0))
    return _box(b"trak", header, _box(b"mdia", described, handler, media))


def _sample_entry(size: tuple[int, int]) -> bytes:
    resolution = 72 << 16
    visual = struct.pack(">6xH16xHHIIIH32xHh", 1, *size, resolution, resolution, 0, 1, 24, -1)
    decoder = _descriptor(4, struct.pack(">BBBHII", _PNG, 0x11, 0, 0, 0, 0))
    stream = _descriptor(3, struct.pack(">HB", 1, 0), decoder, _descriptor(6, b"\x02"))
    return _box(b"mp4v", visual, _full(b"esds", stream))


def _descriptor(tag: int, *content: bytes) -> bytes:
    body = b"".join(content)
    return bytes((tag, len(body))) + body


# The picture


def picture(text: str, size: tuple[int, int] = HD) -> bytes:
    """A PNG of the text's bits as bars, one bit for each pixel."""
    width, height = size
    letters = text.encode("ascii", "replace")[:LETTERS].ljust(LETTERS, b"\0")
    bits = "".join(f"{letter:08b}" for letter in letters)
    bar = width // len(bits)
    row = int("".join(bit * bar for bit in bits), 2).to_bytes(width // 8, "big")
    # The first line as it is, all others like the one above them.
    lines = b"\0" + row + (b"\2" + bytes(len(row))) * (height - 1)
    layout = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", layout), (b"IDAT", zlib.compress(lines, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(*part) for part in parts)


def _png_chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
