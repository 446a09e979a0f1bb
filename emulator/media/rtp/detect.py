"""Keys that are pressed in the sound (ITU-T Q.23, Q.24), of many parties at once.

Windows of 20 ms, every 10 ms, are looked at for one low and one high frequency that are together
nearly all there is to hear. Speech has those for a moment, but not for long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from emulator.media.rtp.frames import FRAME, RATE, Samples
from emulator.media.tones import KEYS

LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
HALF = FRAME // 2
HITS = 3
"""Windows with the same key in which it is pressed: it sounds for 40 ms."""
MISSES = 4
"""Windows without it in which it is let go: a lost packet is shorter, a pause is not."""
PURITY = 0.55
"""Part of all energy that the two have."""
TWIST = 10**0.8
"""How much stronger one of the two may be: 8 dB."""
PEAK = 5.0
"""How much stronger each is than its neighbours: 7 dB."""
WEAKEST = (500 * FRAME / 2) ** 2
"""Power of a tone with peaks of 500, about -33 dBm0."""

_NAMES = {pair: key for key, pair in KEYS.items()}
_KEYS = [_NAMES[low, high] for low in LOW for high in HIGH]
_ANGLES = 2 * np.pi * np.outer(np.arange(FRAME), LOW + HIGH) / RATE
_BASIS = np.concatenate([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1).astype(np.float32)


@dataclass(slots=True)
class Listening:
    """What was heard of one party."""

    tail: Samples = field(default_factory=lambda: np.zeros(HALF, np.int16))
    _heard: int = -1
    _hits: int = 0
    _misses: int = 0
    _is_down: bool = False

    @property
    def is_idle(self) -> bool:
        return self._heard < 0

    def saw(self, found: int) -> str | None:
        """A window's key or -1; gives the key when it is sure that it is pressed."""
        if found == self._heard:
            self._misses = 0
            return self._hit() if found >= 0 else None
        if self._is_down:
            self._misses += 1
            if self._misses < MISSES:
                return None
        self._heard, self._hits, self._misses, self._is_down = found, 0, 0, False
        return self._hit() if found >= 0 else None

    def _hit(self) -> str | None:
        self._hits += 1
        if self._hits < HITS or self._is_down:
            return None
        self._is_down = True
        return _KEYS[self._heard]


def detect(parties: list[Listening], frames: Samples) -> list[tuple[int, str]]:
    """Which of them press a key with this frame; a row of `frames` for each."""
    line = np.empty((len(parties), HALF + FRAME), np.float32)
    for row, party in enumerate(parties):
        line[row, :HALF] = party.tail
        party.tail = frames[row, HALF:].copy()
    line[:, HALF:] = frames
    first, second = keys(line[:, :FRAME]), keys(line[:, HALF:])
    pressed = []
    for row, party in enumerate(parties):
        if party.is_idle and first[row] < 0 and second[row] < 0:
            continue
        for found in (first[row], second[row]):
            key = party.saw(int(found))
            if key is not None:
                pressed.append((row, key))
    return pressed


def at_steps(samples: Sequence[int], length: int, step: int) -> list[str]:
    """The keys in the middle of each piece of that length, one every `step`; empty: none."""
    line = np.array(samples, np.float32)
    begins = np.arange(0, len(line) - length + 1, step) + (length - FRAME) // 2
    found = keys(line[begins[:, np.newaxis] + np.arange(FRAME)])
    return [_KEYS[number] if number >= 0 else "" for number in found]


def keys(windows: NDArray[np.float32]) -> NDArray[np.intp]:
    """The number of the key in each row of 160 samples; -1 where there is none."""
    turned = (windows @ _BASIS) ** 2
    power = turned[:, :8] + turned[:, 8:]
    energy = np.einsum("ij,ij->i", windows, windows)
    low, lows, low_is_clear = _strongest(power[:, :4])
    high, highs, high_is_clear = _strongest(power[:, 4:])
    is_key = (
        low_is_clear
        & high_is_clear
        & (lows < TWIST * highs)
        & (highs < TWIST * lows)
        & ((lows + highs) * 2 > PURITY * FRAME * energy)
    )
    return np.where(is_key, 4 * low + high, -1)


def _strongest(
    power: NDArray[np.float32],
) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.bool_]]:
    """Which of four frequencies is the strongest, how strong, and whether no other is near."""
    ordered = np.sort(power, axis=1)
    most = ordered[:, 3]
    return power.argmax(axis=1), most, (most > PEAK * ordered[:, 2]) & (most > WEAKEST)
