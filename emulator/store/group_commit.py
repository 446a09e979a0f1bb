"""Group commit: rows from the event loop, committed together every few milliseconds."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from emulator.store import directory, records
from emulator.store.errors import Conflict
from emulator.store.rows import Directory, Entry, Row, Served
from emulator.store.store import Store

logger = logging.getLogger(__name__)

T = TypeVar("T")

WRITER = "group_commit_writer"
RETRY_AFTER = 0.25
"""Seconds between a commit that failed and the next attempt."""

CLOSING_ATTEMPTS = 5
"""Failures in a row after which closing gives up."""


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Rows on their way to the store: a batch that may be there already, and those after it."""

    writer: int | None
    number: int
    batch: Sequence[Entry]
    pending: Sequence[Entry]

    def everything(self, connection: Connection, tenants: Sequence[int]) -> list[Row]:
        """All that these tenants have on record, there already or on its way."""
        found = records.everything(connection, tenants)
        found += (
            replace(row, generation=0)
            for row in self._missing(connection)
            if not isinstance(row, Served) and row.tenant_id in tenants
        )
        return records.in_order(found)

    def directories(self, connection: Connection, tenants: Sequence[int]) -> dict[int, Directory]:
        """Whom these tenants know, with what is on its way about them; of some it is nobody."""
        served = [row for row in self._missing(connection) if isinstance(row, Served)]
        return {
            tenant: directory.noted(known, [it for it in served if it.tenant_id == tenant])
            for tenant, known in directory.load(connection, tenants).items()
        }

    def _missing(self, connection: Connection) -> list[Entry]:
        """Those that the store does not hold."""
        known = self.writer is not None and records.holds(connection, self.writer, self.number)
        return [*(() if known else self.batch), *self.pending]


class GroupCommit:
    """Collects rows on the event loop and commits them in the store's thread.

    A batch that failed is kept as it is and tried again. It carries a number that is committed
    with it, so that a batch whose commit succeeded but whose answer was lost is not written twice.
    A row that the database will never take is reported, logged and kept in `refused`; it does not
    hold up the others.
    `interval` and `retry_after` are seconds of wire time, and so is `patience`: how long rows may
    lie for whose commit nobody waits. `on_commit` is told how many rows were committed.
    """

    def __init__(
        self,
        store: Store,
        interval: float = 0.003,
        *,
        patience: float = 0.0,
        on_commit: Callable[[int], None] = lambda rows: None,
        retry_after: float = RETRY_AFTER,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._interval = interval
        self._patience = patience
        self._wanted = asyncio.Event()
        self._retry_after = retry_after
        self._on_commit = on_commit
        self._monotonic = monotonic
        self._writer: int | None = None
        self._batch: list[Entry] = []
        self._batch_number = 0
        self._batch_since = 0.0
        self._pending: list[Entry] = []
        self._pending_since = 0.0
        self._added = 0
        self._committed = 0
        self._failures = 0
        self._salvage = False
        self.refused: list[Entry] = []
        self._attempt: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def lag(self) -> float:
        """Seconds since the oldest uncommitted row was added; 0 when there is none."""
        if self._batch:
            return self._monotonic() - self._batch_since
        if self._pending:
            return self._monotonic() - self._pending_since
        return 0.0

    @property
    def committed(self) -> int:
        """How many rows were committed so far."""
        return self._committed

    @property
    def waiting(self) -> int:
        """How many rows are on their way."""
        return self._added - self._committed

    def add(self, row: Entry) -> None:
        """Have the row committed soon; called on the event loop, never waits."""
        if self._closed:
            raise RuntimeError("the group commit is closed")
        if not self._pending:
            self._pending_since = self._monotonic()
        self._pending.append(row)
        self._added += 1
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name="group commit")

    def outstanding(self) -> Outstanding:
        """What has been added and was not known to be committed at this instant."""
        return Outstanding(self._writer, self._batch_number, list(self._batch), list(self._pending))

    async def flushed(self) -> None:
        """Wait until everything added so far is committed.

        Raises what an attempt to commit failed with; the rows are kept and tried again.
        """
        target = self._added
        while self._committed < target:
            self._wanted.set()
            await asyncio.shield(self._current_attempt())

    async def close(self) -> None:
        """Commit what is left. Raises the last failure when the database stays away."""
        self._closed = True
        while self._committed < self._added:
            try:
                await self.flushed()
            except Exception:
                if self._failures >= CLOSING_ATTEMPTS:
                    await self._stop()
                    raise
        await self._stop()

    def _current_attempt(self) -> asyncio.Future[None]:
        if self._attempt is None:
            self._attempt = asyncio.get_running_loop().create_future()
        return self._attempt

    async def _run(self) -> None:
        while self._committed < self._added:
            await self._collect()
            self._take_batch()
            try:
                await self._commit_batch()
            except Exception as error:
                self._failed(error)
            else:
                self._succeeded()
        self._task = None

    async def _collect(self) -> None:
        """Give others the time to add to the batch."""
        if self._patience and not self._failures:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), self._patience)
            self._wanted.clear()
        await asyncio.sleep(self._retry_after if self._failures else self._interval)

    def _take_batch(self) -> None:
        if self._batch:
            return
        self._batch, self._pending = self._pending, []
        self._batch_since = self._pending_since
        self._batch_number += 1

    async def _commit_batch(self) -> None:
        if self._writer is None:
            reserved = partial(records.reserve, name=WRITER, block=1)
            self._writer = await self._store.perform(reserved) + 1
        if self._salvage:
            await self._salvage_batch(self._writer)
        else:
            await self._store.perform(self._work(records.write_batch, self._writer))

    async def _salvage_batch(self, writer: int) -> None:
        refused = await self._store.perform(self._work(records.salvage_batch, writer))
        self.refused += refused
        for row in refused:
            logger.error("the database refuses a record for good: %r", row)

    def _work(self, write: Callable[..., T], writer: int) -> Callable[[Connection], T]:
        return partial(write, writer=writer, number=self._batch_number, rows=self._batch)

    def _succeeded(self) -> None:
        self._failures = 0
        self._salvage = False
        rows = len(self._batch)
        self._committed += rows
        self._batch = []
        self._on_commit(rows)
        if attempt := self._finish_attempt():
            attempt.set_result(None)

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        self._salvage = isinstance(error, (Conflict, *records.UNSTORABLE))
        logger.error(
            "%d records could not be committed (attempt %d), trying again",
            len(self._batch),
            self._failures,
            exc_info=error,
        )
        if attempt := self._finish_attempt():
            attempt.set_exception(error)
            attempt.exception()  # seen, also when every waiter has been cancelled meanwhile

    def _finish_attempt(self) -> asyncio.Future[None] | None:
        attempt, self._attempt = self._attempt, None
        return attempt

    async def _stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
