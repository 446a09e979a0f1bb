"""The recordings folder: names to files.

A file that somebody has put into the folder is served as it is. All others are rendered from what
is known of their recordings, always to the same bytes; with a folder they are put there when
somebody first asks for them, and anew when more was recorded to them since. Everything here
blocks: call it in a thread.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from emulator.media import movie, tones, wav
from emulator.media.paths import RecordingPath

log = logging.getLogger(__name__)

PIECE = 128 * 1024
"""Bytes of a file that are read at once."""
_HEAD = 4096
_MARK = re.compile(rb"emulator [0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Take:
    """A stretch of sound: who was recorded on which call, for how many µs."""

    call: str
    agent: str
    microseconds: int


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file to be sent: its size, how long it is heard (None: it is no sound), its bytes."""

    size: int
    microseconds: int | None
    place: Path | None = None
    rendered: Rendered | None = None

    def pieces(self) -> Iterator[bytes]:
        """The bytes, a little at a time; never more than `size`."""
        if self.rendered is not None:
            yield from self.rendered.pieces()
        elif self.place is not None:
            yield from _read(self.place, self.size)


def _read(place: Path, size: int) -> Iterator[bytes]:
    with place.open("rb") as file:
        while size > 0 and (piece := file.read(min(PIECE, size))):
            size -= len(piece)
            yield piece


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file that is made while it is sent."""

    head: bytes
    mark: bytes
    takes: tuple[Take, ...] = ()
    tail: bytes = b""
    size: int = field(default=0)
    microseconds: int | None = None

    def pieces(self) -> Iterator[bytes]:
        yield self.head
        for take in self.takes:
            yield from tones.sound(take.call, take.agent, tones.frames_of(take.microseconds))
        if self.tail:
            yield self.tail


class Library:
    """Recordings, with or without a folder of their own."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root

    def open(
        self,
        path: RecordingPath,
        takes: Sequence[Take],
        *,
        size: tuple[int, int] = movie.HD,
        keep: bool = True,
    ) -> MediaFile | None:
        """The file with that name; None if there is none.

        `takes` is what was recorded to it. `size` is that of a picture. Only what is complete is
        to be kept in the folder.
        """
        place = self.place(path)
        made = _render(path, takes, size) if takes else None
        if place is not None and place.is_file():
            mark = _mark_of(place)
            if mark is None or made is None or mark == made.mark:
                return _on_disk(place, path)
        if made is None:
            return None
        if place is None or not keep or size != movie.HD or not _write(place, made):
            return MediaFile(made.size, made.microseconds, rendered=made)
        return MediaFile(made.size, made.microseconds, place=place)

    def holds_foreign(self, path: RecordingPath) -> bool:
        """Whether somebody else has put a file with that name into the folder."""
        place = self.place(path)
        return place is not None and place.is_file() and _mark_of(place) is None

    def place(self, path: RecordingPath) -> Path | None:
        """Where the file is; None without a folder, or if a link leads out of it."""
        if self.root is None or not path.mapped:
            return None
        root = self.root.resolve()
        place = root.joinpath(*path.below).resolve()
        return place if place.is_relative_to(root) else None


def _render(path: RecordingPath, takes: Sequence[Take], size: tuple[int, int]) -> Rendered:
    made_of = repr((tuple(takes), size)).encode()
    mark = b"emulator " + hashlib.sha256(made_of).hexdigest()[:32].encode()
    frames = sum(tones.frames_of(take.microseconds) for take in takes)
    if path.is_video:
        head = movie.movie(f"{takes[0].call} {takes[0].agent}", frames, size, mark)
        return Rendered(head, mark, size=len(head))
    head = wav.header(tones.STEREO, frames, mark)
    tail = wav.padding(tones.STEREO, frames)
    return Rendered(
        head,
        mark,
        tuple(takes),
        tail,
        len(head) + frames * tones.STEREO.frame + len(tail),
        frames * 1_000_000 // wav.RATE,
    )


def _head_of(place: Path) -> bytes:
    with place.open("rb") as file:
        return file.read(_HEAD)


def _mark_of(place: Path) -> bytes | None:
    """What the library has written into its own file; None in a file of somebody else."""
    found = _MARK.search(_head_of(place))
    return found.group() if found is not None else None


def _on_disk(place: Path, path: RecordingPath) -> MediaFile:
    size = place.stat().st_size
    heard = None
    if not path.is_video:
        try:
            heard = wav.layout(_head_of(place), size).microseconds
        except wav.NotAWave:
            log.info("%s is no sound that can be played", path)
    return MediaFile(size, heard, place=place)


def _write(place: Path, made: Rendered) -> bool:
    """Put the file into the folder at one stroke; False if the disk does not take it."""
    unfinished = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, suffix=".part", delete=False) as file:
            unfinished = file.name
            file.writelines(made.pieces())
        os.replace(unfinished, place)
    except OSError as error:
        log.warning("%s was not kept: %s", place, error)
        if unfinished is not None:
            Path(unfinished).unlink(missing_ok=True)
        return False
    return True
