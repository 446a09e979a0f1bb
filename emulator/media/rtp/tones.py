"""Tones: ringback, busy, beep, music on hold, keys, and texts in beeps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from emulator.media.rtp.frames import RATE, Samples
from emulator.media.tones import KEYS

LEVEL = 8000
"""Of the peaks, about 12 dB below the loudest."""
PROGRESS = 425
"""Hz of ringback and busy, as in most countries and China (ITU-T E.180, supplement 2)."""
BEEP = 1000
KEY = RATE // 10
"""Samples of a key's tone."""
_FADE = RATE // 200
"""Samples in which a note swells and fades, so that it does not click."""
MELODY = (262, 330, 392, 523, 392, 330, 294, 349, 440, 587, 440, 349)
"""Hz of the notes of music on hold: chords of C and D minor, up and down."""
_NOTE = RATE // 2
UNIT = RATE * 6 // 100
"""Samples of a dot: 20 words in a minute."""
MOST_LETTERS = 40
"""Of a text in beeps; the rest is cut off."""
_PITCH = 800


def sine(frequencies: Sequence[int], count: int, level: float = LEVEL) -> Samples:
    """A sum of equal sines, from zero."""
    time = np.arange(count) / RATE
    waves = np.zeros(count)
    for frequency in frequencies:
        waves += np.sin(2 * np.pi * frequency * time)
    return np.rint(waves * (level / len(frequencies))).astype(np.int16)


def silence(count: int) -> Samples:
    return np.zeros(count, np.int16)


def _faded(samples: Samples) -> Samples:
    ramp = np.minimum(np.arange(1, len(samples) + 1) / _FADE, 1)
    faded: Samples = np.rint(samples * np.minimum(ramp, ramp[::-1])).astype(np.int16)
    return faded


@cache
def named(name: str) -> Samples | None:
    """One period of a tone; None if there is none of that name."""
    if name == "ringback":
        return np.concatenate([sine([PROGRESS], RATE), silence(4 * RATE)])
    if name == "busy":
        return np.concatenate([sine([PROGRESS], RATE * 35 // 100), silence(RATE * 35 // 100)])
    if name == "beep":
        return sine([BEEP], RATE // 4)
    if name == "music":
        return np.concatenate([_faded(sine([note], _NOTE, LEVEL / 2)) for note in MELODY])
    return None


@cache
def key(pressed: str) -> Samples:
    """The tone of a key (ITU-T Q.23), 100 ms."""
    return sine(KEYS[pressed], KEY)


_CODES = (
    "A.- B-... C-.-. D-.. E. F..-. G--. H.... I.. J.--- K-.- L.-.. M-- N-. O--- P.--. Q--.- R.-. "
    "S... T- U..- V...- W.-- X-..- Y-.-- Z--.. "
    "0----- 1.---- 2..--- 3...-- 4....- 5..... 6-.... 7--... 8---.. 9----."
)
_MORSE = {letter[0]: letter[1:] for letter in _CODES.split()}


def code(text: str) -> Samples:
    """A text in Morse code at 800 Hz, which presses no keys; other letters by their code points.

    A text of which nothing is left is a beep.
    """
    letters = "".join(
        letter if letter in _MORSE or letter == " " else f"{ord(letter):X}"
        for letter in text.upper()[:MOST_LETTERS]
    )
    pieces = [piece for letter in letters for piece in _letter(letter)]
    return np.concatenate(pieces) if pieces else sine([BEEP], RATE // 4)


def _letter(letter: str) -> list[Samples]:
    if letter == " ":
        return [silence(4 * UNIT)]
    marks = _MORSE[letter]
    sounds = [_mark(UNIT if mark == "." else 3 * UNIT) for mark in marks]
    return [part for sound in sounds for part in (sound, silence(UNIT))] + [silence(2 * UNIT)]


@cache
def _mark(count: int) -> Samples:
    return _faded(sine([_PITCH], count))
