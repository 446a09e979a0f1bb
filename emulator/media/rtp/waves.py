"""WAV files as sounds: any rate, channels and common encoding become 8000 Hz mono."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emulator.media import wav
from emulator.media.rtp.codecs import A_LAW, U_LAW
from emulator.media.rtp.frames import RATE, Samples
from emulator.media.wav import NotAWave

MOST_BYTES = 256 * 1024 * 1024
_PCM, _A_LAW, _U_LAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE


def load(path: Path) -> Samples:
    """The sound of a file; NotAWave, OSError."""
    if path.stat().st_size > MOST_BYTES:
        raise NotAWave("too long")
    return read(path.read_bytes())


def read(content: bytes) -> Samples:
    """The sound of a file's content; what is cut off at its end is not heard. NotAWave."""
    parts: dict[bytes, bytes] = {}
    for name, begin, length in wav.chunks(content):
        parts.setdefault(name, content[begin : begin + length])
    layout = parts.get(b"fmt ", b"")
    tag, channels, rate, bits = wav.described(layout)
    if tag == _EXTENSIBLE and len(layout) >= 26:
        tag = int.from_bytes(layout[24:26], "little")
    if not channels or not rate or b"data" not in parts:
        raise NotAWave("no channels, no rate or no samples")
    samples = _samples(parts[b"data"], tag, bits)
    frames = samples[: len(samples) // channels * channels].reshape(-1, channels)
    return resample(frames.mean(axis=1), rate)


def _samples(data: bytes, tag: int, bits: int) -> NDArray[np.float64]:
    """Samples of all channels, as loud as those of 16 bits."""
    if (tag, bits) == (_PCM, 16):
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float64)
    if (tag, bits) == (_PCM, 8):
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) * 256
    if (tag, bits) in ((_A_LAW, 8), (_U_LAW, 8)):
        levels = A_LAW if tag == _A_LAW else U_LAW
        return levels[np.frombuffer(data, np.uint8)].astype(np.float64)
    raise NotAWave(f"format {tag} with {bits} bits")


def resample(samples: NDArray[np.float64], rate: int) -> Samples:
    """The sound at 8000 Hz, without what such sound cannot have.

    Above 8000 Hz it is first smoothed by a low pass, then read in between its samples.
    """
    if rate != RATE and len(samples):
        if rate > RATE:
            samples = np.convolve(samples, _low_pass(rate), mode="same")[: len(samples)]
        count = max(len(samples) * RATE // rate, 1)
        places = np.arange(count) * (rate / RATE)
        samples = np.interp(places, np.arange(len(samples)), samples)
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)


def _low_pass(rate: int) -> NDArray[np.float64]:
    """A windowed sinc that ends at 3600 Hz."""
    half = 16 * rate // RATE
    cut = 2 * 3600 / rate
    taps: NDArray[np.float64] = np.sinc(np.arange(-half, half + 1) * cut)
    taps *= np.hamming(2 * half + 1)
    taps /= taps.sum()
    return taps
