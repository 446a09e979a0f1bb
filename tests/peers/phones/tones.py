"""Sounds by which parties are told apart, and what is found of them in what was heard."""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

import numpy as np

from emulator.media import g711

RATE = 8000
LOUD = 500
"""Of the amplitude, from which on a tone counts as heard."""
HEADER = 44
CHANNELS, RATES = slice(22, 24), slice(24, 28)
"""Where they are in it."""


ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)
"""Hz of a telephone's keys (ITU-T Q.23)."""
KEYS = "123456789*0#"
PRESSED_S, BETWEEN_S = 0.2, 0.3


def write_tone(path: Path, hertz: int, seconds: int = 120) -> None:
    """A WAV file of one tone."""
    _write(path, _mixed((hertz,), 1) * seconds)


def write_keys(path: Path, keys: str, after_s: int, hertz: int, seconds: int = 60) -> None:
    """Silence, keys that are pressed after a while, and then a tone, in A-law."""
    sound = array("h", [0]) * (after_s * RATE)
    for key in keys:
        row, column = divmod(KEYS.index(key), len(COLUMNS))
        sound += _mixed((ROWS[row], COLUMNS[column]), PRESSED_S)
        sound += array("h", [0]) * int(BETWEEN_S * RATE)
    sound += _mixed((hertz,), 1) * seconds
    path.write_bytes(bytes(map(g711.encode_sample, sound)))


def _mixed(together: tuple[int, ...], seconds: float) -> array[int]:
    turns = [2 * math.pi * hertz / RATE for hertz in together]
    frames = range(int(seconds * RATE))
    return array("h", (round(sum(8000 * math.sin(it * at) for it in turns)) for at in frames))


def _write(path: Path, samples: array[int]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def amplitudes(
    samples: np.ndarray[tuple[int], np.dtype[np.int16]], rate: int = RATE
) -> dict[int, float]:
    """How loud each whole frequency (Hz) is, in the order of loudness, those that are heard."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float) * np.hanning(len(samples))))
    spectrum *= 4 / len(samples)
    step = rate / len(samples)
    found: dict[int, float] = {}
    for place in np.argsort(spectrum)[::-1]:
        hertz = round(float(place) * step)
        if spectrum[place] < LOUD:
            break
        if all(abs(hertz - other) > 15 for other in found):
            found[hertz] = float(spectrum[place])
    return found


def tones(path: Path, seconds: float = 0.5) -> set[int]:
    """The frequencies (Hz, to the nearest ten) in the last part of a file that is still written.

    Of several channels the first is listened to. Some phones write the header at the end.
    """
    raw = path.read_bytes()
    channels = int.from_bytes(raw[CHANNELS], "little") or 1
    rate = int.from_bytes(raw[RATES], "little") or RATE
    frames = int(seconds * rate)
    each = 2 * channels
    sound = raw[HEADER:]
    sound = sound[: len(sound) // each * each]
    if len(sound) < frames * each:
        return set()
    heard = np.frombuffer(sound[-frames * each :], np.int16)[::channels]
    return {round(it, -1) for it in amplitudes(heard, rate)}
