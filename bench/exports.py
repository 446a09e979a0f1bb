"""How long the index file of a day takes (CEC 13.2.1.2): 200,000 calls.

    python -m bench.exports [database URL]

The database is SQLite in a file, or an empty one of PostgreSQL.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from emulator.domain import index_files
from emulator.domain.index_files import CALLS, RECORDINGS, Wanted
from emulator.reports import Pieces, Reports
from emulator.store.engine import file_url
from emulator.store.pages import Criteria
from emulator.store.rows import CallRecord, RecordingRow, Row
from emulator.store.store import Store

CALLS_OF_A_DAY = 200_000
DAY = 24 * 3600 * 1_000_000
BEGIN = 1_700_000_000_000_000 // DAY * DAY
ROWS_AT_ONCE = 10_000
TENANT = 1


def stay(call: int, at: int, serial: int, device: int) -> CallRecord:
    """A stay of a call: on the flow, in the queue, at the agent."""
    return CallRecord(
        TENANT,
        developer="demo",
        account_id="demo",
        cc_id="1",
        agent_id=str(101 + call % 500) if device == 2 else "",
        call_id=f"1700000000-{call}",
        caller_no=f"138{call:08}",
        callee_no="95001",
        wait_begin=at,
        wait_end=at + 5_000_000,
        ack_begin=at + 5_000_000,
        ack_end=at + 8_000_000,
        call_begin=at + 8_000_000,
        call_end=at + 100_000_000 + serial,
        device_type=device,
        device_no=101,
        call_id_num=serial if device != 2 else -1,
        vdn_id="1",
        skill_id="1",
        current_skill_id="1",
        device_in="DEVICE_AGENT",
        leave_reason="16",
        media_type="5",
    )


def rows() -> Iterator[Row]:
    """A day: half of the calls go through a flow first, and each is recorded."""
    for call in range(CALLS_OF_A_DAY):
        at = BEGIN + call * (DAY - 200_000_000) // CALLS_OF_A_DAY
        devices = (3, 1, 2) if call % 2 else (1, 2)
        for serial, device in enumerate(devices, 1):
            yield stay(call, at, serial, device)
        agent = str(101 + call % 500)
        name = f"Y:/1/0/20231114/{agent}/{call:07}.V3"
        yield RecordingRow(
            TENANT, f"{call}-0", f"1700000000-{call}", agent, at, at + 90_000_000, name, 5
        )


def fill(store: Store) -> int:
    """Write the day; gives how many records it has."""
    batch: list[Row] = []
    count = 0
    for row in rows():
        batch.append(row)
        if len(batch) >= ROWS_AT_ONCE:
            store.write(batch)
            count += len(batch)
            batch = []
    store.write(batch)
    return count + len(batch)


def write_measured(connection: Connection, wanted: Wanted) -> Pieces[tuple[int, float]]:
    """The report; gives the lines, and the largest size of its process in mebibytes."""
    lines = yield from index_files.write(connection, wanted)
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return lines, largest / (1024 * 1024 if sys.platform == "darwin" else 1024)


async def measure(store: Store, folder: Path) -> None:
    """Write the file and say what it took."""
    # Run as a program this module has a name that other processes do not find.
    from bench import exports

    async def flushed() -> None:
        """There is nothing on its way."""

    reports = Reports(store, flushed)
    for what, sorts in (("calls", (CALLS,)), ("calls and recordings", (CALLS, RECORDINGS))):
        wanted = Wanted(
            place=folder / "index.zip",
            stem="20231114000000000000",
            sorts=sorts,
            criteria=Criteria(TENANT, BEGIN, BEGIN + DAY),
            account="demo",
            cc_id=1,
            zone="Asia/Shanghai",
        )
        started = time.perf_counter()
        lines, mebibytes = await reports.run(exports.write_measured, wanted)
        seconds = time.perf_counter() - started
        size = wanted.place.stat().st_size / 2**20
        print(
            f"index file of {what}: {lines:,} lines in {seconds:.1f} s, {size:.0f} MiB; "
            f"largest size of the process {mebibytes:.0f} MiB"
        )
    await reports.close()


def main() -> None:
    """Print what the index file of a day takes."""
    database = sys.argv[1] if len(sys.argv) > 1 else ""
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(database or file_url(Path(folder))) as store,
    ):
        count = fill(store)
        print(f"a day of {CALLS_OF_A_DAY:,} calls, {count:,} records")
        asyncio.run(measure(store, Path(folder)))


if __name__ == "__main__":
    main()
