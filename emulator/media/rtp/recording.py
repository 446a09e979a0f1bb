"""Recordings: stereo WAV files at 8000 Hz that grow while people speak.

A file is complete after each second of it, sizes in its header too: whoever dies leaves a file that
can be heard. Files are of A-law, as all recordings of the emulator are; one that goes on keeps its
encoding. The disk is somebody else's business: `executor` does what takes time.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from io import FileIO
from pathlib import Path

import numpy as np

from emulator.media import wav
from emulator.media.rtp.codecs import PCMA
from emulator.media.rtp.frames import FRAME, Samples
from emulator.media.wav import Encoding, Format

log = logging.getLogger(__name__)

FLUSH = 50
"""Frames that are written at once: a second."""
_HEAD = 65536
_LARGEST = 0xFFFFFFFF


class _File:
    """A file that is written to; OSError, and NotAWave if it cannot go on."""

    def __init__(self, path: Path, append: bool, encoding: Encoding) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        goes_on = append and path.exists() and path.stat().st_size > 0
        self._file = FileIO(path, "r+" if goes_on else "w+")
        self.frames = 0
        try:
            if goes_on:
                self._find_end()
            else:
                self._begin_anew(Format(encoding, channels=2))
        except (OSError, wav.NotAWave):
            self._file.close()
            raise

    def _begin_anew(self, kind: Format) -> None:
        head = wav.header(kind, 0)
        self._file.write(head)
        self._kind = kind
        self._begin, self._count = len(head), head.find(b"fact") + 8

    def _find_end(self) -> None:
        head = self._file.read(_HEAD)
        found = wav.layout(head, self._file.seek(0, 2))
        if (found.format.channels, found.format.rate) != (2, wav.RATE):
            raise wav.NotAWave("neither stereo nor of 8000 Hz")
        self._kind, self._begin, self.frames = found.format, found.begin, found.frames
        self._count = head.find(b"fact", 12, found.begin) + 8
        self._file.truncate(self._begin + self.frames * self._kind.frame)

    def write(self, samples: Samples) -> None:
        """Add samples, left and right by turns."""
        if self._kind.encoding is Encoding.A_LAW:
            raw = PCMA.encode(samples)
        else:
            raw = samples.astype("<i2").tobytes()
        self._file.seek(self._begin + self.frames * self._kind.frame)
        _write_all(self._file, raw)
        self.frames += len(samples) // 2
        size = min(self.frames * self._kind.frame, _LARGEST - self._begin)
        self._patch(self._begin - 4, size)
        self._patch(4, self._begin - 8 + size)
        if self._count >= 20:
            self._patch(self._count, self.frames)

    def close(self) -> None:
        self._file.close()

    def _patch(self, place: int, value: int) -> None:
        self._file.seek(place)
        self._file.write(struct.pack("<I", value))


def _write_all(file: FileIO, raw: bytes) -> None:
    view = memoryview(raw)
    while view:
        view = view[file.write(view) :]


class Recording:
    """What two sides say, on its way to a file."""

    def __init__(
        self,
        path: Path,
        *,
        append: bool = False,
        encoding: Encoding = Encoding.A_LAW,
        executor: Executor | None = None,
    ) -> None:
        self.left: tuple[int, ...] = ()
        self.right: tuple[int, ...] = ()
        self._path = path
        self._append = append
        self._encoding = encoding
        self._executor = executor
        self._waiting: list[Samples] = []
        self._file: _File | None = None
        self._failed = False
        self._ending: Future[int] | None = None
        self._do_soon(self._open)

    def add(self, left: Samples, right: Samples) -> None:
        """20 ms of both sides."""
        both = np.empty(2 * FRAME, np.int16)
        both[0::2] = left
        both[1::2] = right
        self._waiting.append(both)
        if len(self._waiting) >= FLUSH:
            self._flush()

    def stop(self) -> None:
        """Write what there is and close the file."""
        if self._ending is None:
            self._flush()
            self._ending = self._do_soon(self._close)

    @property
    def is_broken(self) -> bool:
        """Whether the file cannot be written."""
        return self._failed

    @property
    def frames(self) -> int | None:
        """Frames in the whole file, once it is closed; 0 if it could not be written."""
        if self._ending is None or not self._ending.done():
            return None
        return self._ending.result()

    def _flush(self) -> None:
        if self._waiting:
            samples = np.concatenate(self._waiting)
            self._waiting.clear()
            self._do_soon(lambda: self._write(samples))

    def _do_soon(self, work: Callable[[], int]) -> Future[int]:
        if self._executor is not None:
            return self._executor.submit(self._guarded, work)
        done: Future[int] = Future()
        done.set_result(self._guarded(work))
        return done

    # What the executor does

    def _guarded(self, work: Callable[[], int]) -> int:
        if self._failed:
            return 0
        try:
            return work()
        except (OSError, wav.NotAWave) as error:
            log.warning("%s cannot be recorded: %s", self._path.name, error)
            self._failed = True
            self._close_quietly()
            return 0

    def _open(self) -> int:
        self._file = _File(self._path, self._append, self._encoding)
        return 0

    def _write(self, samples: Samples) -> int:
        assert self._file is not None
        self._file.write(samples)
        return 0

    def _close(self) -> int:
        assert self._file is not None
        self._file.close()
        return self._file.frames

    def _close_quietly(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
