"""Index files hold every record once, on every kind of database (CEC 13.2.2)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulator.domain.index_files import CALLS, OPERATIONS, RECORDINGS, Wanted, write
from emulator.domain.local_time import LocalTime, instant
from emulator.reports import Reports
from emulator.store.group_commit import GroupCommit
from emulator.store.pages import PAGE, Criteria
from emulator.store.rows import AgentOperation, CallRecord, RecordingRow, Row
from emulator.store.store import Store

SECOND = 1_000_000
COUNT = 2 * PAGE + 1


def rows() -> list[Row]:
    """So many of each sort that they take three pages; several of each instant."""
    found: list[Row] = []
    for n in range(COUNT):
        at, call = n // 7 * SECOND, f"0-{n}"
        file = f"Y:/1/0/19700101/101/{n:07}.V3"
        found += [
            CallRecord(1, call_id=call, call_end=at, caller_no=f"{n}", agent_id="101"),
            AgentOperation(1, f"{n}", at, agent_id="101"),
            RecordingRow(1, f"{n}-0", call, "101", at, at + SECOND, file, 5),
        ]
    return found


@pytest.fixture
async def reports(store: Store) -> AsyncIterator[Reports]:
    records = GroupCommit(store)
    opened = Reports(store, records.flushed)
    for row in rows():
        records.add(row)
    yield opened
    await opened.close()
    await records.close()


def wanted(place: Path, **criteria: str) -> Wanted:
    return Wanted(
        place=place,
        stem="x",
        sorts=(CALLS, RECORDINGS, OPERATIONS),
        criteria=Criteria(1, 0, COUNT * SECOND, **criteria),
        account="demo",
        cc_id=1,
        zone="UTC",
    )


async def test_every_record_is_there_once_and_in_order(reports: Reports, tmp_path: Path) -> None:
    place = tmp_path / "index.zip"
    assert await reports.run(write, wanted(place)) == 3 * COUNT
    archive = zipfile.ZipFile(place)
    columns = {"x_call_1.csv": 4, "x_record_1.csv": 5, "x_agentOprInfo_1.csv": 0}
    assert archive.namelist() == list(columns)
    for name, column in columns.items():
        text = archive.read(name).decode()
        found = [line[column] for line in csv.reader(io.StringIO(text, newline=""))]
        # What happened at one instant has no order of its own.
        assert sorted(found) == sorted(f"0-{n}" if column == 4 else f"{n}" for n in range(COUNT))
        assert found[0] in {"0-0", "0"}
        assert text.endswith("\r\n")
    assert not place.with_suffix(".part").exists()


async def test_the_recordings_of_a_caller_are_found_by_its_calls(
    reports: Reports, tmp_path: Path
) -> None:
    place = tmp_path / "index.zip"
    await reports.run(write, wanted(place, caller="7"))
    archive = zipfile.ZipFile(place)
    for name in ("x_call_1.csv", "x_record_1.csv"):
        assert archive.read(name).decode().count("\r\n") == 1


@pytest.mark.parametrize(
    ("zone", "text", "shown"),
    [
        ("UTC", "2023-11-14 22:13:20", "2023-11-14 22:13:20"),
        ("Asia/Kathmandu", "2023-11-14 22:13:20", "2023-11-14 22:13:20"),
        ("Europe/Berlin", "2023-03-26 01:59:59", "2023-03-26 01:59:59"),
        # An hour that the clocks leave out, and one that they show twice.
        ("Europe/Berlin", "2023-03-26 02:30:00", "2023-03-26 03:30:00"),
        ("Europe/Berlin", "2023-10-29 02:30:00", "2023-10-29 02:30:00"),
        ("Europe/Berlin", "2023-10-29 03:00:00", "2023-10-29 03:00:00"),
        ("Australia/Lord_Howe", "2023-10-01 02:30:00", "2023-10-01 02:30:00"),
    ],
)
def test_times_are_what_the_clocks_of_a_zone_show(zone: str, text: str, shown: str) -> None:
    assert LocalTime(zone)(instant(text, zone)) == shown


def test_the_hour_that_comes_twice_is_shown_twice() -> None:
    first = instant("2023-10-29 02:30:00", "Europe/Berlin")
    clock = LocalTime("Europe/Berlin")
    assert clock(first + 3600 * SECOND) == clock(first)
    assert clock(None) == ""


@pytest.mark.parametrize(
    "text", ["2023-11-14", "2023-11-14 24:00:00", "2023-1-14 10:00:000", "2023-02-30 00:00:00", ""]
)
def test_what_no_clock_shows_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"time|hour|day|month|range"):
        instant(text, "UTC")
