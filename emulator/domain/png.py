"""Small pictures with a few lines of digits, as PNG files (ISO/IEC 15948)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence

BACKGROUND, INK = 32, 224
"""Shades of grey, 0 to 255."""
SCALE, MARGIN = 4, 8
"""Pixels: of a dot of the font, and around the text."""
WIDTH, HEIGHT = 3, 5
"""Dots of a character; one dot lies between two of them."""

_FONT = {
    "0": "7 5 5 5 7",
    "1": "2 6 2 2 7",
    "2": "7 1 7 4 7",
    "3": "7 1 7 1 7",
    "4": "5 5 7 1 1",
    "5": "7 4 7 1 7",
    "6": "7 4 7 5 7",
    "7": "7 1 1 1 1",
    "8": "7 5 7 5 7",
    "9": "7 5 7 1 7",
    "-": "0 0 7 0 0",
    ":": "0 2 0 2 0",
}
"""Five rows of three dots for each character; every other one is a blank."""


def picture(lines: Sequence[str], texts: Mapping[str, str]) -> bytes:
    """A picture of the lines; `texts` stand in the file beside it, by keyword."""
    columns = max(map(len, lines)) * (WIDTH + 1) - 1
    rows = [[BACKGROUND] * (columns * SCALE + 2 * MARGIN) for _ in range(MARGIN)]
    for line in lines:
        for height in range(HEIGHT):
            rows += [_row(line, height, columns)] * SCALE
        rows += rows[:MARGIN]
    return _file(rows, texts)


def _row(line: str, height: int, columns: int) -> list[int]:
    dots = ""
    for character in line:
        bits = int(_FONT.get(character, "0 0 0 0 0").split()[height])
        dots += f"{bits:03b}0"
    dots = dots[:columns].ljust(columns, "0")
    inked = [INK if dot == "1" else BACKGROUND for dot in dots for _ in range(SCALE)]
    return [BACKGROUND] * MARGIN + inked + [BACKGROUND] * MARGIN


def _file(rows: Sequence[Sequence[int]], texts: Mapping[str, str]) -> bytes:
    eight_bits, grey = 8, 0
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), eight_bits, grey, 0, 0, 0)
    unfiltered = b"".join(b"\0" + bytes(row) for row in rows)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            *(_chunk(b"tEXt", f"{name}\0{text}".encode("latin-1")) for name, text in texts.items()),
            _chunk(b"IDAT", zlib.compress(unfiltered, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
