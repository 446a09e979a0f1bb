"""Index files that tenants have asked for: made in the background, kept for a while.

A file belongs to the tenant in whose folder it is, so that with a data folder it is still there
after a restart. Of each tenant's the `KEPT` newest stay; a tenant that begins anew loses them all.
"""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from emulator.domain.folder import Folder
from emulator.reports import Reports

log = logging.getLogger(__name__)

KEPT = 100
"""Files of each tenant."""
MAX_UNDER_WAY = 50
NAME = re.compile(r"[0-9]{8}_[0-9a-f]{32}\.zip")
_WORK = "work"

Done = Callable[[], Awaitable[None]]


class TooManyExports(Exception):
    """`MAX_UNDER_WAY` files are being made."""


class Exports:
    """Makes index files and finds them again, by their sort: of calls, or of operations."""

    def __init__(self, reports: Reports, folder: Folder) -> None:
        self._reports = reports
        self._folder = folder
        self.most = MAX_UNDER_WAY
        self._under_way: dict[asyncio.Task[None], int] = {}

    def begin(
        self, tenant: int, sort: str, name: str, wanted: Callable[[Path], object], done: Done
    ) -> None:
        """Have a file made; `done` is called when it is there.

        `wanted` gives what is to be written to a place, an `index_files.Wanted`.
        `TooManyExports` or OSError, if there is no place for it: nothing was begun.
        """
        if len(self._under_way) >= self.most:
            raise TooManyExports
        own = self._of(tenant, sort)
        work = self._folder.place / _WORK / name.removesuffix(".zip")
        if not self._under_way:
            # What an earlier life has left unfinished.
            shutil.rmtree(work.parent, ignore_errors=True)
        own.mkdir(parents=True, exist_ok=True)
        work.mkdir(parents=True, exist_ok=True)
        task = asyncio.get_running_loop().create_task(self._make(work, own / name, wanted, done))
        self._under_way[task] = tenant
        task.add_done_callback(lambda task: self._under_way.pop(task, None))

    def find(self, tenant: int, sort: str, name: str) -> Path | None:
        """Where a tenant's file is; None: it has none of that name, or not yet."""
        if not self._folder.exists or NAME.fullmatch(name) is None:
            return None
        place = self._of(tenant, sort) / name
        return place if place.is_file() else None

    def forget(self, tenant: int | None) -> None:
        """A tenant begins anew, or all do: their files are gone, also those under way."""
        for task, owner in list(self._under_way.items()):
            if tenant in (None, owner):
                task.cancel()
        if self._folder.exists:
            for folder in self._folder.place.iterdir():
                if folder.name == str(tenant) or (tenant is None and folder.name.isdecimal()):
                    shutil.rmtree(folder, ignore_errors=True)

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in list(self._under_way):
            task.cancel()
        await self.settled()

    def _of(self, tenant: int, sort: str) -> Path:
        return self._folder.place / str(tenant) / sort

    async def _make(
        self, work: Path, place: Path, wanted: Callable[[Path], object], done: Done
    ) -> None:
        # Loaded for the first file: the start has no time for it.
        from emulator.domain import index_files

        try:
            try:
                made = work / place.name
                await self._reports.run(index_files.write, wanted(made))
                await asyncio.to_thread(_put, made, place)
            finally:
                # What goes on nevertheless finds no folder to write to.
                await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
            await done()
        except Exception:
            log.exception("an index file could not be made")


def _put(made: Path, place: Path) -> None:
    """Keep the file, and no more than there is room for."""
    made.replace(place)
    files = sorted(place.parent.glob("*.zip"), key=lambda file: file.stat().st_mtime_ns)
    for file in files[:-KEPT]:
        file.unlink(missing_ok=True)
