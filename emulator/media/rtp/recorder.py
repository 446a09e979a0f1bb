"""The recordings that are under way, by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor

import numpy as np

from emulator.media.rtp.frames import SILENCE, Samples
from emulator.media.rtp.recording import Recording
from emulator.media.wiring import Record, Recorded


class Recorder:
    """Starts, feeds and stops recordings; `report` is told when a file is complete."""

    def __init__(self, report: Callable[[Recorded], None], disk: Executor | None) -> None:
        self._report = report
        self._disk = disk
        self._running: dict[str, Recording] = {}
        self._ending: list[tuple[str, Recording]] = []

    @property
    def ports(self) -> set[int]:
        """Ports that are recorded."""
        return {
            port
            for recording in self._running.values()
            for side in (recording.left, recording.right)
            for port in side
        }

    def start(self, order: Record) -> None:
        """Begin a recording, or change the sides of one."""
        recording = self._running.get(order.name)
        if recording is None:
            recording = Recording(order.path, append=order.append, executor=self._disk)
            self._running[order.name] = recording
        recording.left, recording.right = order.left, order.right

    def stop(self, name: str) -> None:
        """Have a recording's file closed; it is reported when that is done."""
        recording = self._running.pop(name, None)
        if recording is not None:
            recording.stop()
            self._ending.append((name, recording))

    def stop_all(self) -> None:
        for name in list(self._running):
            self.stop(name)

    def forget(self, port: int) -> None:
        """A party has gone: who has its port after it is not recorded."""
        for recording in self._running.values():
            recording.left = tuple(side for side in recording.left if side != port)
            recording.right = tuple(side for side in recording.right if side != port)

    def beat(self, heard: Samples, rows: Mapping[int, int]) -> None:
        """Add a frame to each; `rows` tells which port is heard in which row."""
        for name, recording in list(self._running.items()):
            if recording.is_broken:
                self.stop(name)
            else:
                recording.add(_sum(heard, rows, recording.left), _sum(heard, rows, recording.right))
        if self._ending:
            self.tell()

    def tell(self) -> None:
        """Report the files that are complete by now."""
        for name, recording in list(self._ending):
            frames = recording.frames
            if frames is not None:
                self._ending.remove((name, recording))
                self._report(Recorded(name, frames))


def _sum(heard: Samples, rows: Mapping[int, int], ports: tuple[int, ...]) -> Samples:
    found = [rows[port] for port in ports if port in rows]
    if not found:
        return SILENCE
    if len(found) == 1:
        alone: Samples = heard[found[0]]
        return alone
    total = heard[found].sum(axis=0, dtype=np.int32)
    both: Samples = np.clip(total, -32768, 32767).astype(np.int16)
    return both
