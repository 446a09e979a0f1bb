"""Which recordings there are, by the name of their file or by their call, finished or running."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from functools import partial

from emulator.domain.recorder import recording_row, screen_row
from emulator.media import movie
from emulator.media.library import Library, MediaFile, Take
from emulator.media.paths import RecordingPath
from emulator.store import records
from emulator.store.rows import RecordingRow
from emulator.store.store import Store
from emulator.switch.model import Agent
from emulator.switch.switch import Switch
from emulator.switch.terms import VOICE_AND_VIDEO

MOST_OF_AN_AGENT = 10_000
"""Recordings of one agent that are looked through."""


class Recordings:
    """Finds recordings and opens their files.

    `present` gives the switch at the present; `kept` waits until the store has all that has ended.
    """

    def __init__(
        self,
        present: Callable[[], Switch],
        kept: Callable[[], Awaitable[None]],
        store: Store,
        library: Library,
    ) -> None:
        self._present = present
        self._kept = kept
        self._store = store
        self.library = library

    async def of_file(self, path: RecordingPath) -> list[RecordingRow]:
        """What was recorded to that file and not overwritten since, in order."""
        name = str(path)
        rows = await self._find(
            partial(records.recordings_of_file, tenant_id=path.tenant, file_name=name),
            lambda row: row.file_name == name and row.tenant_id == path.tenant,
        )
        begins = [place for place, row in enumerate(rows) if not row.appends]
        return rows[begins[-1] :] if begins else rows

    async def of_call(self, call_id: str) -> list[RecordingRow]:
        """The recordings of a call of any tenant, in the order in which they began."""
        return await self._find(
            partial(records.recordings_of_call, call_id=call_id),
            lambda row: row.call_id == call_id,
        )

    async def of_agent(self, tenant: int, agent: str, since: int, until: int) -> list[RecordingRow]:
        """What an agent (empty: nobody, messages) began to record in since ≤ instant < until, µs.

        The first `MOST_OF_AN_AGENT`.
        """
        return await self._find(
            partial(
                records.recordings,
                tenant_id=tenant,
                since=since,
                until=until,
                agent=agent,
                limit=MOST_OF_AN_AGENT,
            ),
            lambda row: (
                row.tenant_id == tenant
                and row.agent_id == agent
                and since <= row.started_at < until
            ),
        )

    async def _find(
        self, query: Callable[..., list[RecordingRow]], wanted: Callable[[RecordingRow], bool]
    ) -> list[RecordingRow]:
        # Those that run come first: one that ends while the store is asked is then in both.
        rows = {row.record_id: row for row in running(self._present()) if wanted(row)}
        await self._kept()
        rows.update((row.record_id, row) for row in await self._store.perform(query))
        return sorted(rows.values(), key=_order)

    async def belongs_to_another(self, path: RecordingPath, work_no: int) -> bool:
        """Whether the name is taken: by another agent's recording, or by a file in the folder."""
        rows = await self.of_file(path)
        if any(row.agent_id != str(work_no) for row in rows):
            return True
        return await asyncio.to_thread(self.library.holds_foreign, path)

    async def open(self, path: RecordingPath, size: tuple[int, int] = movie.HD) -> MediaFile | None:
        """The file with that name, None if there is none; a picture has that size."""
        return await self.open_rows(path, await self.of_file(path), size)

    async def open_rows(
        self, path: RecordingPath, rows: Sequence[RecordingRow], size: tuple[int, int] = movie.HD
    ) -> MediaFile | None:
        """The same, of recordings that have been found."""
        takes = [Take(row.call_id, row.agent_id, row.ended_at - row.started_at) for row in rows]
        unfinished = {row.record_id for row in running(self._present())}
        keep = unfinished.isdisjoint(row.record_id for row in rows)
        return await asyncio.to_thread(self.library.open, path, takes, size=size, keep=keep)


def _order(row: RecordingRow) -> tuple[int, int, int]:
    """When it began; in a world that began anew at the same instant, call ids have gone on."""
    name, _, sequence = row.record_id.rpartition("-")
    number = name.rpartition("c")[0].rpartition("r")[2]
    return (
        row.started_at,
        int(sequence) if sequence.isdecimal() else 0,
        int(number) if number.isdecimal() else 0,
    )


async def sent(file: MediaFile) -> AsyncIterator[bytes]:
    """The bytes of a file, for a door to send; the event loop does not wait for the disk."""
    pieces = file.pieces()
    while (piece := await asyncio.to_thread(next, pieces, b"")) != b"":
        yield piece


def running(switch: Switch) -> Iterator[RecordingRow]:
    """What is being recorded, as if it ended now."""
    for agent in switch.agents.values():
        yield from _calls_of(agent, switch.now)
        if agent.screen is not None:
            screen = agent.screen
            yield screen_row(
                agent.tenant.id,
                agent.work_no,
                screen.number,
                screen.session,
                screen.call,
                screen.begun,
                switch.now,
            )


def _calls_of(agent: Agent, now: int) -> Iterator[RecordingRow]:
    for connection in agent.connections:
        if not connection.recording:
            continue
        own = agent.own_recording
        if own is not None and own.connection is not connection:
            own = None
        yield recording_row(
            agent.tenant.id,
            agent.work_no,
            connection.recording,
            connection.call.id,
            connection.recording_begun,
            now,
            video=own is None and connection.call.ability == VOICE_AND_VIDEO,
            file=own.file if own is not None else "",
            appends=own is not None and own.appends,
        )
