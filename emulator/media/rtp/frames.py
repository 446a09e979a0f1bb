"""What sound is inside: frames of 20 ms, mono, 16 bits, 8000 Hz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
RATE = 8000
FRAME = 160
"""Samples in a frame."""
PERIOD = 20_000
"""µs that a frame takes."""
SILENCE: Samples = np.zeros(FRAME, np.int16)


def as_samples(raw: bytes) -> Samples:
    """16-bit samples as they are in memory."""
    return np.frombuffer(raw, np.int16)
