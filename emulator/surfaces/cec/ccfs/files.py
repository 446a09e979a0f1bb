"""Files as streams: from the disk, or a stretch of what is made while it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from emulator.domain.recordings import sent
from emulator.media.library import PIECE, MediaFile


def from_disk(place: Path, *, once: bool = False) -> tuple[int, AsyncIterator[bytes]]:
    """A file's size and its bytes; one that is sent `once` is gone then."""
    size = place.stat().st_size
    return size, _pieces(place, 0, size, once=once)


async def _pieces(place: Path, begin: int, size: int, *, once: bool) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(place.open, "rb")
    try:
        if once:
            await asyncio.to_thread(place.unlink, missing_ok=True)
        await asyncio.to_thread(file.seek, begin)
        while size > 0 and (piece := await asyncio.to_thread(file.read, min(PIECE, size))):
            size -= len(piece)
            yield piece
    finally:
        file.close()


def stretch(file: MediaFile, begin: int, size: int) -> AsyncIterator[bytes]:
    """So many bytes of a file from `begin`."""
    if file.place is not None:
        return _pieces(file.place, begin, size, once=False)
    return _made(file, begin, size)


async def _made(file: MediaFile, begin: int, size: int) -> AsyncIterator[bytes]:
    async for piece in sent(file):
        if begin >= len(piece):
            begin -= len(piece)
            continue
        found = piece[begin : begin + size]
        begin = 0
        size -= len(found)
        if found:
            yield found
        if size <= 0:
            return
