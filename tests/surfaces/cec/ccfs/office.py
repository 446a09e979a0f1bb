"""A developer's office: a call center with records, asked over HTTP with signed requests."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from emulator.app import Doors, open_doors
from emulator.clients.signer import AuthV2
from emulator.control.seed import load_seed
from emulator.platform import Platform, database_url
from emulator.settings import Settings
from emulator.store.rows import CallRecord, RecordingRow, Row
from emulator.store.store import Store
from emulator.switch.clock import Clock
from emulator.switch.config import TenantConfig

START = 1_700_000_000_000_000
"""2023-11-14 22:13:20 in Greenwich."""
SECOND = 1_000_000
CCFS = "/CCFS/resource/ccfs"
OTHER = TenantConfig(2, "other", secrets={"ak": "other-ak", "sk": "other-sk"})


def stay(number: int, **changes: Any) -> CallRecord:
    """A call that ended at that second of the world's time, negative: before it began."""
    record = CallRecord(
        1,
        developer="demo",
        account_id="demo",
        cc_id="1",
        agent_id="101",
        call_id=f"1700000000-{abs(number)}",
        caller_no="13800000001",
        callee_no="95001",
        ack_begin=START + number * SECOND,
        call_begin=START + number * SECOND,
        call_end=START + number * SECOND,
        device_type=2,
        device_no=101,
        vdn_id="1",
        skill_id="1",
        current_skill_id="1",
        media_type="5",
    )
    return replace(record, **changes)


def recording(number: int, **changes: Any) -> RecordingRow:
    """A recording that began at that second, and took two."""
    begun = START + number * SECOND
    row = RecordingRow(
        1,
        f"r{number}",
        f"1700000000-{abs(number)}",
        "101",
        begun,
        begun + 2 * SECOND,
        f"Y:/1/0/20231114/101/{abs(number):07}.V3",
        5,
    )
    return replace(row, **changes)


class Office:
    """The call center, and the client of one developer."""

    def __init__(self, platform: Platform, doors: Doors, client: httpx.AsyncClient) -> None:
        self.platform = platform
        self.doors = doors
        self.client = client
        self.auth = AuthV2("demo-ak", "demo-sk")

    async def ask(self, path: str, query: Any = None, **message: Any) -> httpx.Response:
        """Send a `msgBody`."""
        body = {"request": {"version": "2.0"}, "msgBody": message}
        return await self.client.post(CCFS + path, json=body, params=query, auth=self.auth)

    async def as_other(self, path: str, **message: Any) -> httpx.Response:
        """The same as the other tenant's developer."""
        own, self.auth = self.auth, AuthV2("other-ak", "other-sk")
        try:
            return await self.ask(path, **message)
        finally:
            self.auth = own

    async def have(self, *rows: Row) -> None:
        """These are on record."""
        for row in rows:
            self.platform.records.add(row)
        await self.platform.records.flushed()

    async def begin_export(self, path: str = "/queryBillData", **changes: Any) -> str:
        """Ask for a file; gives the name that it will have."""
        asked = {
            "beginTime": "2023-11-13 22:13:20",
            "endTime": "2023-11-14 22:13:20",
            "dataType": "call",
            "callBackURL": "http://127.0.0.1:9/",
            **changes,
        }
        if path != "/queryBillData":
            asked.pop("dataType")
        answer = (await self.ask(path, **asked)).json()
        assert answer["resultCode"] == "0", answer
        return f"20231114_{answer['resultData']['responseId']}.zip"

    async def made(self, name: str) -> Path:
        """Wait until the file is there."""
        import asyncio

        exports = self.doors.file_server.exports
        async with asyncio.timeout(30):
            while True:
                for sort in ("bill", "agentOprInfo"):
                    if place := exports.find(1, sort, name):
                        return place
                await asyncio.sleep(0.01)

    async def export(self, path: str = "/queryBillData", **changes: Any) -> dict[str, Lines]:
        """Ask for a file and download it: the lines of each file in it, by its name."""
        name = await self.begin_export(path, **changes)
        await self.made(name)
        if path == "/queryBillData":
            answer = await self.ask("/downloadBillFile", billFileName=name)
        else:
            answer = await self.ask("/downloadAgentOprInfoFile", agentOprInfoFileName=name)
        return lines_of(answer.content)

    async def calls(self, **changes: Any) -> list[str]:
        """The ids of the calls in an index file."""
        [lines] = (await self.export(**changes)).values()
        return [line[4] for line in lines]


Lines = Sequence[Sequence[str]]


def lines_of(content: bytes) -> dict[str, Lines]:
    """The lines of each file in a zip."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return {
        name: list(csv.reader(io.StringIO(archive.read(name).decode("utf-8"), newline="")))
        for name in archive.namelist()
    }


@asynccontextmanager
async def opened(
    data: Path | None = None, *, change: Any = None, **settings: Any
) -> AsyncIterator[Office]:
    """The demo's call center with a second tenant, in memory or with a data folder."""
    wanted = Settings(data=data, **settings)
    [demo] = load_seed("demo")
    tenants = [replace(demo, **(change or {})), OTHER]
    with Store.open(database_url(wanted)) as store:
        for tenant in tenants:
            store.save_tenant(tenant)
        platform = Platform(wanted, store, tenants, Clock(START))
        doors = open_doors(platform)
        platform.start()
        transport = httpx.ASGITransport(app=doors.app)
        async with httpx.AsyncClient(
            transport=transport, base_url="https://ccfs.example"
        ) as client:
            try:
                yield Office(platform, doors, client)
            finally:
                await doors.stop()
                await platform.stop()
