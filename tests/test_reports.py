"""Long reads happen beside the call center, in a process of their own where that is possible."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from emulator import reports
from emulator.reports import (
    Pieces,
    ReportProcessDied,
    Reports,
    ReportsBusy,
    ReportsClosed,
    ReportUnreadable,
)
from emulator.store.engine import file_url
from emulator.store.group_commit import GroupCommit
from emulator.store.rows import RecordingRow
from emulator.store.store import Store
from emulator.store.tables import recordings

A_RECORDING = RecordingRow(1, "1-0", "1-0", "101", 0, 1, "Y:/1/0/19700101/101/0.V3", 5)
numbers = count()


def how_many(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(recordings)) or 0


def process(_: Connection) -> int:
    return os.getpid()


def fail(_: Connection, message: str) -> None:
    raise LookupError(message)


class Inexpressible(Exception):
    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"{one} and {other}")


def fail_inexpressibly(_: Connection) -> None:
    raise Inexpressible(1, 2)


def give_what_cannot_be_sent(_: Connection) -> Any:
    return lambda: None


def print_something(_: Connection) -> str:
    print("something", flush=True)  # noqa: T201
    return "printed"


def write(connection: Connection) -> None:
    connection.execute(text("DELETE FROM recordings"))


def die(_: Connection) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def never_end(_: Connection, sign: Path) -> Pieces[None]:
    sign.touch()
    while True:
        time.sleep(0.01)
        yield


def never_end_at_all(_: Connection, sign: Path) -> None:
    sign.touch()
    while True:
        time.sleep(1)


def in_three_pieces(connection: Connection, log: Path) -> Pieces[list[int]]:
    found = []
    try:
        for _ in range(3):
            found.append(how_many(connection))
            connection = yield
    finally:
        log.write_text("tidied up")
    return found


@pytest.fixture(autouse=True)
def _can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reports above are found by the processes that run them."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1]))


async def seen(sign: Path) -> None:
    async with asyncio.timeout(30):
        while not sign.exists():  # noqa: ASYNC110, ASYNC240
            await asyncio.sleep(0.01)


def recording() -> RecordingRow:
    return replace(A_RECORDING, record_id=f"1-{next(numbers)}")


class Office:
    """A store, its records, and the reports about them."""

    def __init__(self, store: Store) -> None:
        self.records = GroupCommit(store)
        self.reports = Reports(store, self.records.flushed)

    async def close(self) -> None:
        await self.reports.close()
        await self.records.close()


@pytest.fixture
async def office(store: Store) -> AsyncIterator[Office]:
    """On every kind of database."""
    opened = Office(store)
    yield opened
    await opened.close()


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(file_url(tmp_path)) as opened:
        yield opened


@pytest.fixture
async def outside(file_store: Store) -> AsyncIterator[Office]:
    """On a file, where reports have processes of their own."""
    opened = Office(file_store)
    yield opened
    await opened.close()


async def test_a_report_sees_what_was_recorded_just_before(office: Office) -> None:
    for expected in (1, 2):
        office.records.add(recording())
        assert await office.reports.run(how_many) == expected


async def test_a_report_may_be_interrupted_between_its_pieces(
    office: Office, tmp_path: Path
) -> None:
    office.records.add(recording())
    assert await office.reports.run(in_three_pieces, tmp_path / "log") == [1, 1, 1]
    assert (tmp_path / "log").read_text() == "tidied up"


async def test_what_a_report_raises_is_raised(office: Office) -> None:
    with pytest.raises(LookupError, match="no such agent"):
        await office.reports.run(fail, "no such agent")
    assert await office.reports.run(how_many) == 0


async def test_a_report_cannot_write(office: Office) -> None:
    office.records.add(recording())
    with pytest.raises(DBAPIError):
        await office.reports.run(write)
    assert await office.reports.run(how_many) == 1
    office.records.add(recording())
    await office.records.flushed()


async def test_calls_are_recorded_while_a_report_runs(office: Office, tmp_path: Path) -> None:
    running = asyncio.create_task(office.reports.run(never_end, tmp_path / "begun"))
    await seen(tmp_path / "begun")
    office.records.add(recording())
    await office.records.flushed()
    assert await office.reports.run(how_many) == 1
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_world_that_ends_ends_its_reports(office: Office, tmp_path: Path) -> None:
    running = asyncio.create_task(office.reports.run(never_end, tmp_path / "begun"))
    await seen(tmp_path / "begun")
    await office.reports.close()
    with pytest.raises(ReportsClosed):
        await running
    with pytest.raises(ReportsClosed):
        await office.reports.run(how_many)
    assert not office.reports.processes


def fail_slowly(_: Connection, sign: Path) -> None:
    sign.touch()
    time.sleep(0.1)
    raise LookupError("too late")


async def test_a_report_that_was_given_up_does_nothing_any_more(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    running = asyncio.create_task(office.reports.run(fail_slowly, tmp_path / "begun"))
    await seen(tmp_path / "begun")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    gc.collect()
    assert caplog.records == []
    assert await office.reports.run(how_many) == 0


async def test_who_asks_too_much_is_refused(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MAX_WAITING", 1)
    ways = [tmp_path / "one", tmp_path / "two"]
    running = [asyncio.create_task(office.reports.run(never_end, way)) for way in ways]
    for way in ways:
        await seen(way)
    waiting = asyncio.create_task(office.reports.run(how_many))
    await asyncio.sleep(0)
    with pytest.raises(ReportsBusy):
        await office.reports.run(how_many)
    running[0].cancel()
    assert await waiting == 0


async def test_a_process_is_started_when_it_is_needed_and_kept(outside: Office) -> None:
    assert not outside.reports.processes
    first = await outside.reports.run(process)
    assert first != os.getpid()
    assert await outside.reports.run(process) == first
    assert outside.reports.processes == [first]


async def test_in_memory_there_is_no_process() -> None:
    with Store.open() as store:
        office = Office(store)
        assert await office.reports.run(process) == os.getpid()
        await office.close()


async def test_a_report_that_never_ends_does_not_hold_up_the_others(
    outside: Office, tmp_path: Path
) -> None:
    endless = asyncio.create_task(outside.reports.run(never_end_at_all, tmp_path / "begun"))
    await seen(tmp_path / "begun")
    assert await outside.reports.run(how_many) == 0
    assert len(outside.reports.processes) == 2
    endless.cancel()
    with pytest.raises(asyncio.CancelledError):
        await endless


async def test_a_process_that_dies_fails_its_report_and_no_other(outside: Office) -> None:
    with pytest.raises(ReportProcessDied):
        await outside.reports.run(die)
    assert await outside.reports.run(how_many) == 0


async def test_a_process_that_was_killed_is_replaced(outside: Office) -> None:
    first = await outside.reports.run(process)
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(30):
        while outside.reports.processes:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert await outside.reports.run(process) != first


async def test_what_cannot_be_sent_is_reported(outside: Office) -> None:
    with pytest.raises(ReportUnreadable, match="given"):
        await outside.reports.run(give_what_cannot_be_sent)
    with pytest.raises(ReportUnreadable, match="1 and 2"):
        await outside.reports.run(fail_inexpressibly)
    assert await outside.reports.run(how_many) == 0


async def test_a_report_may_print(outside: Office) -> None:
    assert await outside.reports.run(print_something) == "printed"


async def test_the_exception_says_where_in_the_other_process_it_was_raised(
    outside: Office,
) -> None:
    with pytest.raises(LookupError) as raised:
        await outside.reports.run(fail, "nobody")
    assert "in fail" in raised.value.__notes__[0]


async def test_a_first_report_that_is_given_up_leaves_the_process_for_the_next(
    outside: Office,
) -> None:
    given_up = asyncio.create_task(outside.reports.run(how_many))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert await outside.reports.run(how_many) == 0


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from emulator.reports import Reports
from emulator.store.store import Store
from tests.test_reports import never_end_at_all, seen

async def main(url, sign):
    with Store.open(url) as store:
        async def flushed(): pass
        running = asyncio.create_task(Reports(store, flushed).run(never_end_at_all, sign))
        await seen(sign)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
"""


def test_the_process_does_not_outlive_an_emulator_that_is_killed(tmp_path: Path) -> None:
    url, sign = file_url(tmp_path), tmp_path / "begun"
    killed = subprocess.Popen(
        [sys.executable, "-c", KILLED, url, str(sign)], stderr=subprocess.PIPE
    )
    # Its errors end when the last process ends that can write there.
    _, errors = killed.communicate(timeout=60)
    assert (killed.returncode, errors) == (-signal.SIGKILL, b"")
    assert sign.exists()


async def test_a_process_that_was_asked_for_serves_the_first_report(file_store: Store) -> None:
    office = Office(file_store)
    office.reports.prepare()
    office.reports.prepare()
    pid = await office.reports.run(process)
    assert office.reports.processes == [pid]
    await office.close()


async def test_a_store_in_memory_needs_no_process() -> None:
    with Store.open() as store:
        office = Office(store)
        office.reports.prepare()
        await office.reports.run(how_many)
        assert office.reports.processes == []
        await office.close()
