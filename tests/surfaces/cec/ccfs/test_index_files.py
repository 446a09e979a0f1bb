"""Index files hold what is on record, in the documented columns (CEC 13.2.1.2, 6; 13.2.2)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from emulator.domain import exports, index_files
from emulator.reports import ReportProcessDied
from emulator.store import pages
from emulator.store.generations import begin
from emulator.store.rows import AgentOperation
from tests.contract import facts
from tests.surfaces.cec.ccfs.office import SECOND, START, Office, lines_of, opened, recording, stay


@pytest.fixture(params=["memory", "file"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened(tmp_path / "data" if request.param == "file" else None) as it:
        yield it


@pytest.fixture
async def small() -> AsyncIterator[Office]:
    async with opened() as it:
        yield it


async def test_a_call_is_a_line_of_the_documented_columns(office: Office) -> None:
    await office.have(
        stay(-10, wait_begin=START - 20 * SECOND, wait_end=None, caller_no='1,"3'),
    )
    [(name, [line])] = (await office.export()).items()
    assert re.fullmatch(r"20231114221320\d{6}_call_1\.csv", name)
    columns = [column.name for column in facts.record_files()["calls"].columns]
    found = dict(zip(columns, line, strict=True))
    assert found["caller_no"] == '1,"3'
    assert (found["wait_begin"], found["wait_end"]) == ("2023-11-14 22:13:00", "")
    assert found["call_end"] == "2023-11-14 22:13:10"
    assert (found["developer"], found["account_id"], found["agent_id"]) == ("demo", "demo", "101")
    assert (found["call_id_num"], found["device_type"], found["media_type"]) == ("-1", "2", "5")
    lengths = [column.max_length for column in facts.record_files()["calls"].columns]
    assert all(len(text) <= (length or 19) for text, length in zip(line, lengths, strict=True))


async def test_a_recording_is_a_line_that_knows_its_call(office: Office) -> None:
    await office.have(stay(-10, call_type=7), recording(-10), stay(-10, tenant_id=2, call_type=8))
    files = await office.export(dataType="call_record")
    assert [name[20:] for name in files] == ["_call_1.csv", "_record_1.csv"]
    [line] = list(files.values())[1]
    columns = [column.name for column in facts.record_files()["recordings"].columns]
    assert dict(zip(columns, line, strict=True)) == {
        "developer": "demo",
        "account_id": "demo",
        "cc_id": "1",
        "agent_id": "101",
        "call_id": "1700000000-10",
        "caller_number": "13800000001",
        "callee_no": "95001",
        "call_begin": "2023-11-14 22:13:10",
        "call_end": "2023-11-14 22:13:12",
        "file_name": "/256/1/record/1/20231114/101/0000010.wav",
        "task_status": "0",
        "task_result": "",
        "original_file_name": "Y:/1/0/20231114/101/0000010.V3",
        "vdn_id": "1",
        "call_type": "7",
        "media_type": "5",
        "user_wanted_skill_id": "1",
        "current_skill_id": "1",
    }


async def test_an_operation_is_a_line_of_the_documented_columns(office: Office) -> None:
    await office.have(
        AgentOperation(1, "1", START - 9 * SECOND, agent_id="101", op_type="4", skill_info_sn="s"),
        AgentOperation(1, "2", START - 8 * SECOND, agent_id="102", call_in_out="0"),
        AgentOperation(2, "3", START - 8 * SECOND, agent_id="102"),
    )
    [(name, lines)] = (await office.export("/queryAgentOprInfoData")).items()
    assert name[20:] == "_agentOprInfo_1.csv"
    columns = [column.name for column in facts.record_files()["agent_operations"].columns]
    first, second = (dict(zip(columns, line, strict=True)) for line in lines)
    assert (first["id"], first["op_type"], first["skillInfo_sn"]) == ("1", "4", "s")
    assert (first["begin_time"], first["end_time"]) == ("2023-11-14 22:13:11", "")
    assert second["callIn_out"] == "0"
    [only] = (await office.export("/queryAgentOprInfoData", agentId="102")).values()
    assert [line[0] for line in only] == ["2"]


async def test_a_file_without_records_is_empty(office: Office) -> None:
    files = await office.export(dataType="call_record")
    assert [list(lines) for lines in files.values()] == [[], []]


NUMBERS = ("-1", "-2", "-3")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, NUMBERS),
        ({"agentId": "102"}, ("-2",)),
        ({"callId": "1700000000-3"}, ("-3",)),
        ({"callerNo": "200"}, ("-2",)),
        ({"calleeNo": "300"}, ("-3",)),
        ({"calleeNo": "200", "calleeNo2": "95001"}, ("-2",)),
        ({"calleeNo": "200", "calleeNo2": "300"}, ()),
        ({"callerNo": "13800000001", "calleeNo2": "300"}, ("-3",)),
        ({"accountId": "demo"}, NUMBERS),
        ({"beginTime": "2023-11-14 22:13:18"}, ("-1", "-2")),
        ({"endTime": "2023-11-14 22:13:18"}, ("-2", "-3")),
    ],
)
async def test_what_is_asked_for_is_found(
    small: Office, asked: dict[str, Any], found: tuple[str, ...]
) -> None:
    await small.have(
        stay(-1),
        stay(-2, agent_id="102", caller_no="200"),
        stay(-3, callee_no="300"),
        stay(-4, tenant_id=2),
        *(recording(number) for number in (-1, -3)),
        recording(-2, agent_id="102"),
    )
    files = await small.export(**{"dataType": "call_record", **asked})
    wanted = sorted(f"1700000000{number}" for number in found)
    assert [sorted(line[4] for line in lines) for lines in files.values()] == [wanted, wanted]


async def test_what_was_before_a_tenant_began_anew_is_not_shown(office: Office) -> None:
    await office.have(stay(-1))
    await office.platform.store.perform(lambda connection: begin(connection, [1]))
    await office.have(stay(-2, generation=1))
    assert await office.calls() == ["1700000000-2"]


async def test_times_are_those_of_the_tenant_s_zone() -> None:
    async with opened(change={"timezone": "Asia/Shanghai"}) as office:
        await office.have(stay(-10))
        then = "2023-11-15 06:13:10"
        asked = {"dataType": "call", "callBackURL": "http://127.0.0.1:9/"}
        answer = await office.ask("/queryBillData", beginTime=then, endTime=then, **asked)
        # It is named for the day that it is in that zone.
        name = f"20231115_{answer.json()['resultData']['responseId']}.zip"
        await office.made(name)
        found = await office.ask("/downloadBillFile", billFileName=name)
        [(file, [line])] = lines_of(found.content).items()
        assert file.startswith("20231115061320")
        assert line[12] == then


async def test_pages_and_files_follow_one_another_without_gaps(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    if office.platform.settings.data is None:
        monkeypatch.setattr(pages, "PAGE", 3)
        monkeypatch.setattr(index_files, "LINES_IN_A_FILE", 6)
    at = START - 5 * SECOND
    await office.have(*(stay(-n, call_end=at + n // 4) for n in range(1, 15)))
    files = await office.export()
    if office.platform.settings.data is None:
        assert [name[-6:] for name in files] == ["_1.csv", "_2.csv", "_3.csv"]
    calls = [line[4] for lines in files.values() for line in lines]
    assert calls == [f"1700000000-{n}" for n in range(1, 15)]


async def test_files_are_found_again_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as office:
        await office.have(stay(-1))
        name = await office.begin_export()
        await office.made(name)
    async with opened(tmp_path) as office:
        answer = await office.ask("/downloadBillFile", billFileName=name)
        assert answer.headers["content-type"] == "application/octet-stream;charset=UTF-8"
        assert answer.content[:2] == b"PK"


async def test_a_reset_forgets_the_files(office: Office) -> None:
    name = await office.begin_export()
    await office.made(name)
    office.doors.file_server.forget(2)
    assert (await office.ask("/downloadBillFile", billFileName=name)).content[:2] == b"PK"
    office.doors.file_server.forget(1)
    answer = await office.ask("/downloadBillFile", billFileName=name)
    assert answer.json()["resultCode"] == "0300011"


async def test_the_oldest_files_go(small: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "KEPT", 2)
    names = []
    for _ in range(3):
        names.append(await small.begin_export())
        await small.made(names[-1])
    codes = [
        (await small.ask("/downloadBillFile", billFileName=name)).content[:2] for name in names
    ]
    assert codes == [b'{"', b"PK", b"PK"]


async def test_a_file_is_its_owner_s_and_of_its_sort(small: Office) -> None:
    name = await small.begin_export()
    await small.made(name)
    answer = await small.as_other("/downloadBillFile", billFileName=name)
    assert answer.json()["resultCode"] == "0300018"
    answer = await small.ask("/downloadAgentOprInfoFile", agentOprInfoFileName=name)
    assert answer.json()["resultCode"] == "0300011"


async def test_a_report_that_dies_leaves_nothing(
    small: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def dies(*_: Any) -> None:
        raise ReportProcessDied("killed")

    monkeypatch.setattr(small.platform.reports, "run", dies)
    name = await small.begin_export()
    await small.doors.file_server.exports.settled()
    answer = await small.ask("/downloadBillFile", billFileName=name)
    assert answer.json()["resultCode"] == "0300011"
    folder = small.doors.file_server.scratch.place
    assert [file for file in folder.rglob("*") if file.is_file()] == []
    assert "could not be made" in caplog.text


async def test_a_world_that_ends_gives_up_what_is_under_way(tmp_path: Path) -> None:
    async with opened(tmp_path) as office:
        await office.have(stay(-1))
        await office.begin_export()
        await asyncio.sleep(0)
    assert [file for file in (tmp_path / "exports").rglob("*") if file.is_file()] == []
