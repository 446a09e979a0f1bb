"""WAV files as sounds: any rate, channels and common encoding become 8000 Hz mono."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emulator.media.rtp.codecs import A_LAW, U_LAW
from emulator.media.rtp.frames import RATE, Samples

MOST_BYTES = 256 * 1024 * 1024
_PCM, _A_LAW, _U_LAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE


class NotASound(ValueError):
    """The file is no WAV file that can be played."""


def load(path: Path) -> Samples:
    """The sound of a file; NotASound, OSError."""
    if path.stat().st_size > MOST_BYTES:
        raise NotASound("too long")
    return read(path.read_bytes())


def read(content: bytes) -> Samples:
    """The sound of a file's content; what is cut off at its end is not heard. NotASound."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise NotASound("no RIFF WAVE header")
    chunks = _chunks(content)
    layout = chunks.get(b"fmt ", b"")
    if len(layout) < 16 or b"data" not in chunks:
        raise NotASound("no format or no samples")
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", layout)
    if tag == _EXTENSIBLE and len(layout) >= 26:
        (tag,) = struct.unpack_from("<H", layout, 24)
    if not channels or not rate:
        raise NotASound("no channels or no rate")
    samples = _samples(chunks[b"data"], tag, bits)
    frames = samples[: len(samples) // channels * channels].reshape(-1, channels)
    return resample(frames.mean(axis=1), rate)


def _chunks(content: bytes) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    place = 12
    while place + 8 <= len(content):
        length = int.from_bytes(content[place + 4 : place + 8], "little")
        found.setdefault(content[place : place + 4], content[place + 8 : place + 8 + length])
        place += 8 + length + length % 2
    return found


def _samples(data: bytes, tag: int, bits: int) -> NDArray[np.float64]:
    """Samples of all channels, as loud as those of 16 bits."""
    if (tag, bits) == (_PCM, 16):
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float64)
    if (tag, bits) == (_PCM, 8):
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) * 256
    if (tag, bits) in ((_A_LAW, 8), (_U_LAW, 8)):
        levels = A_LAW if tag == _A_LAW else U_LAW
        return levels[np.frombuffer(data, np.uint8)].astype(np.float64)
    raise NotASound(f"format {tag} with {bits} bits")


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
