"""G.711 A-law: eight bits for each sample of a telephone's sound."""

from __future__ import annotations

from array import array

SILENCE = 0xD5
"""The code of no sound."""


def _expand(code: int) -> int:
    """The 16-bit sample that a code stands for."""
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    level = (mantissa << 4) + 8
    if exponent:
        level = (level + 0x100) << (exponent - 1)
    return level if code & 0x80 else -level


LEVELS = tuple(_expand(code) for code in range(256))
"""The samples of all codes (ITU-T G.711, table 1): 13 bits, in the upper bits of 16."""


def encode_sample(sample: int) -> int:
    """The code of a 16-bit sample."""
    mask = 0xD5 if sample >= 0 else 0x55
    level = min(sample if sample >= 0 else -sample - 1, 0x7FFF)
    exponent = max((level >> 8).bit_length(), 0)
    mantissa = (level >> 4 if exponent < 2 else level >> (exponent + 3)) & 15
    return ((exponent << 4) | mantissa) ^ mask


def decode(codes: bytes) -> array[int]:
    """16-bit samples of the codes."""
    return array("h", [LEVELS[code] for code in codes])
