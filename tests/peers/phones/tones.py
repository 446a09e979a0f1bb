"""Sounds by which parties are told apart, and what is found of them in what was heard."""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

import numpy as np

RATE = 8000
LOUD = 500
"""Of the amplitude, from which on a tone counts as heard."""
HEADER = 44


def write_tone(path: Path, hertz: int, seconds: int = 120) -> None:
    """A WAV file of one tone."""
    turn = 2 * math.pi * hertz / RATE
    second = array("h", (round(8000 * math.sin(turn * at)) for at in range(RATE)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(second.tobytes() * seconds)


def amplitudes(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> dict[int, float]:
    """How loud each whole frequency (Hz) is, in the order of loudness, those that are heard."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float) * np.hanning(len(samples))))
    spectrum *= 4 / len(samples)
    step = RATE / len(samples)
    found: dict[int, float] = {}
    for place in np.argsort(spectrum)[::-1]:
        hertz = round(float(place) * step)
        if spectrum[place] < LOUD:
            break
        if all(abs(hertz - other) > 15 for other in found):
            found[hertz] = float(spectrum[place])
    return found


def tones(path: Path, seconds: float = 0.5) -> set[int]:
    """The frequencies (Hz, to the nearest ten) in the last part of a file that is still written."""
    raw = path.read_bytes()[HEADER:]
    wanted = int(seconds * RATE) * 2
    raw = raw[: len(raw) // 2 * 2][-wanted:]
    if len(raw) < wanted:
        return set()
    return {round(it, -1) for it in amplitudes(np.frombuffer(raw, np.int16))}
