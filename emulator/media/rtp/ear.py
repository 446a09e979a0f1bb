"""What a party says, frame by frame: packets wait their time and are decoded in their order."""

from __future__ import annotations

import numpy as np

from emulator.media.rtp.codecs import Codec
from emulator.media.rtp.frames import FRAME, RATE, Samples
from emulator.media.rtp.jitter import Buffer, Due

_LONGEST = RATE * 120 // 1000
"""Samples of a packet that are heard."""


class Ear:
    """One party's playout buffer and decoder."""

    def __init__(self, codec: Codec) -> None:
        self.buffer = Buffer(codec.step)
        self.broken = 0
        """Packets that the codec did not understand."""
        self._codec = codec
        self._decoder = codec.decoder()
        self._rest: Samples | None = None

    def put(self, source: int, timestamp: int, payload: bytes) -> None:
        """Take a packet's payload."""
        self.buffer.put(source, timestamp, payload)

    def frame(self) -> Samples | None:
        """The next 20 ms; None if nothing is heard."""
        due = self.buffer.take()
        if self._rest is None:
            if not due:
                return None
            if len(due) == 1 and due[0].offset == 0:
                samples = self._decode(due[0].payload)
                if len(samples) == FRAME:
                    return samples
                return self._lay([(0, samples)])
        return self._lay([(self._at(one), self._decode(one.payload)) for one in due])

    def stop(self) -> None:
        """Forget what waits: nobody listens for a while."""
        self.buffer.clear()
        self._rest = None

    def _at(self, due: Due) -> int:
        return due.offset * FRAME // self._codec.step

    def _decode(self, payload: bytes) -> Samples:
        try:
            return self._decoder.decode(payload)[:_LONGEST]
        except ValueError:
            self.broken += 1
            return np.zeros(0, np.int16)

    def _lay(self, pieces: list[tuple[int, Samples]]) -> Samples:
        """Sounds at their places of the frame; what is left over begins the next one."""
        line = np.zeros(FRAME + _LONGEST, np.int16)
        end = 0
        if self._rest is not None:
            end = len(self._rest)
            line[:end] = self._rest
        for at, samples in pieces:
            line[at : at + len(samples)] = samples
            end = max(end, at + len(samples))
        self._rest = line[FRAME:end] if end > FRAME else None
        return line[:FRAME]
