"""What a recorded call sounds like: tones that tell which call it is, and murmur.

A recording repeats a period of ten seconds. At its begin the customer (left) dials the call's id
and the agent (right) dials its work number, in the DTMF tones of ITU-T Q.23 between # and #, with
* for the dash of a call id. Then the two murmur by turns. Everything is made of a few sounds that
are computed once, so that an hour takes no longer than a second.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from functools import cache

from emulator.media import g711
from emulator.media.wav import RATE, Encoding, Format

KEYS = {
    key: (low, high)
    for low, row in zip((697, 770, 852, 941), ("123A", "456B", "789C", "*0#D"), strict=True)
    for high, key in zip((1209, 1336, 1477, 1633), row, strict=True)
}
"""Frequencies in Hz of each key."""

STEREO = Format(Encoding.A_LAW, channels=2)
PERIOD = 10 * RATE
"""Frames after which everything comes again."""
TONE = RATE * 60 // 1000
GAP = RATE * 40 // 1000
SYLLABLE = RATE * 200 // 1000
_SILENCE = bytes([g711.SILENCE])
_SYMBOLS = str.maketrans({"-": "*"})
_DASHES = str.maketrans({"*": "-"})


@cache
def _key(key: str) -> bytes:
    """A key's tone and the silence behind it."""
    low, high = KEYS[key]
    tone = [round(9000 * (_sine(low, place) + _sine(high, place)) / 2) for place in range(TONE)]
    return _encoded(tone) + _SILENCE * GAP


@cache
def _syllable(pitch: int) -> bytes:
    """A vowel that swells and fades."""
    sound = [
        round(
            2500
            * math.sin(math.pi * place / SYLLABLE)
            * (_sine(pitch, place) + _sine(2 * pitch, place) / 2 + _sine(5 * pitch, place) / 4)
        )
        for place in range(SYLLABLE)
    ]
    return _encoded(sound)


def _sine(frequency: int, place: int) -> float:
    return math.sin(2 * math.pi * frequency * place / RATE)


def _encoded(samples: Sequence[int]) -> bytes:
    return bytes(map(g711.encode_sample, samples))


def signature(text: str) -> bytes:
    """The tones of digits and dashes, A-law."""
    keys = f"#{text.translate(_SYMBOLS)}#"
    return b"".join(_key(key) for key in keys if key in KEYS)


@cache
def _murmur(pitches: tuple[int, ...], turn: int) -> bytes:
    """A second of silence in turns: whose turn it is speaks four syllables."""
    speaking = b"".join(_syllable(pitch) for pitch in pitches) + _SILENCE * (RATE - 4 * SYLLABLE)
    silent = _SILENCE * RATE
    order = (speaking, silent) if turn == 0 else (silent, speaking)
    return b"".join(order) * 5


def period(call: str, agent: str) -> bytes:
    """One period of a call's recording, customer left and agent right."""
    sound = bytearray(2 * PERIOD)
    sound[0::2] = _side(signature(call), _murmur((210, 190, 230, 200), 0))
    sound[1::2] = _side(signature(agent), _murmur((120, 130, 110, 125), 1))
    return bytes(sound)


def _side(dialled: bytes, murmur: bytes) -> bytes:
    lead = (dialled + _SILENCE * RATE)[: 4 * RATE].ljust(4 * RATE, _SILENCE)
    return lead + murmur[: PERIOD - 4 * RATE]


def frames_of(microseconds: int) -> int:
    """How many frames a sound of that duration has."""
    return max(microseconds, 0) * RATE // 1_000_000


def sound(call: str, agent: str, frames: int) -> Iterator[bytes]:
    """The frames of a recording in pieces of at most one period."""
    piece = period(call, agent)
    for _ in range(frames // PERIOD):
        yield piece
    rest = frames % PERIOD
    if rest:
        yield piece[: 2 * rest]


# Listening


def dialled(samples: Sequence[int] | array[int]) -> str:
    """What was dialled first in one channel: digits and dashes, empty if nothing was."""
    # Who makes recordings has no need of it, and of what it takes to load it.
    from emulator.media.rtp import detect

    heard = ""
    for key in detect.at_steps(samples, TONE, TONE + GAP):
        if not key or (not heard and key != "#"):
            return ""
        heard += key
        if key == "#" and len(heard) > 1:
            return heard.strip("#").translate(_DASHES)
    return ""
