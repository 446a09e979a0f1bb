"""Sounds faster or slower than they are, at their own pitch.

Pieces of 40 ms are laid over each other by halves. Each is taken from up to 10 ms before or behind
its place, from where its waves are most like those that would have followed the last one (WSOLA).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emulator.media.rtp.frames import FRAME, RATE, Samples

REACH = RATE // 100
"""Samples by which a piece is moved at most: half a wave of 50 Hz."""
_RISES: NDArray[np.float64] = np.sin(np.pi / 2 * (np.arange(FRAME) + 0.5) / FRAME) ** 2
_FALLS = _RISES[::-1]


class Stretcher:
    """Makes one sound's frames, one after the other; where in the sound is the caller's choice."""

    def __init__(self) -> None:
        self._following: Samples | None = None
        """What came behind the first half of the last piece."""

    def frame(self, samples: Samples, place: int) -> Samples:
        """20 ms of a sound, from about that place on."""
        before = self._following
        begin = place if before is None else _most_like(before, samples, place)
        piece = _cut(samples, begin, 2 * FRAME)
        self._following = piece[FRAME:]
        if before is None:
            return piece[:FRAME]
        laid_over: Samples = np.rint(_RISES * piece[:FRAME] + _FALLS * before).astype(np.int16)
        return laid_over


def _most_like(wanted: Samples, samples: Samples, place: int) -> int:
    """The place within reach at which the sound is like what is wanted, however loud it is."""
    around = _cut(samples, place - REACH, FRAME + 2 * REACH).astype(np.float64)
    likeness = np.correlate(around, wanted.astype(np.float64), "valid")
    energy = np.concatenate([[0.0], np.cumsum(around**2)])
    likeness /= np.sqrt(energy[FRAME:] - energy[:-FRAME] + 1)
    best = int(likeness.argmax())
    return place - REACH + best if likeness[best] > 0 else place


def _cut(samples: Samples, begin: int, count: int) -> Samples:
    """So many samples from a place on; there is silence around a sound."""
    piece = np.zeros(count, np.int16)
    first, last = max(begin, 0), min(begin + count, len(samples))
    if first < last:
        piece[first - begin : last - begin] = samples[first:last]
    return piece
