"""The server is killed without warning, again and again, while it is at work.

What was acknowledged must be there, once: calls whose release was answered, and passwords whose
change was answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest

from emulator.store.engine import file_url
from emulator.store.rows import CallRecord
from emulator.store.store import Store
from tests.ports import free_port

KILLS = 50
REQUESTS_PER_SECOND = 200
CUSTOMERS = 8
CALLING_AGENTS = (111, 112, 113, 114)
CHANGING_AGENT = 115
ANSWERING_AGENTS = tuple(range(101, 111))
PASSWORD = "Demo@2026"
GATEWAY = "/agentgateway/resource"
LAST_STAY = -1


class Http:
    """One keep-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.guid = ""

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, port: int) -> AsyncIterator[Http]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield cls(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def request(self, method: str, path: str, body: object = None) -> dict[str, object]:
        content = b"" if body is None else orjson.dumps(body)
        self._writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nguid: {self.guid}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        lower = {name.lower(): value for name, value in fields.items()}
        if "set-guid" in lower:
            self.guid = lower["set-guid"].removeprefix("JSESSIONID=")
        answer: dict[str, object] = orjson.loads(
            await self._reader.readexactly(int(lower["content-length"]))
        )
        return answer

    async def sign_in(self, agent: int, password: str = PASSWORD) -> dict[str, object]:
        body = {"password": password, "phonenum": str(40000 + agent), "autoanswer": "true"}
        return await self.request("PUT", f"{GATEWAY}/onlineagent/{agent}", body)


@dataclass
class Acknowledged:
    """What the server has answered, over all its lives."""

    released: list[str] = field(default_factory=list)
    requests: int = 0
    password: str = PASSWORD
    attempted: str = PASSWORD
    """The password of the last change asked for, answered or not."""
    changes: int = 0
    """How many were asked for; a busy machine may change more passwords than it releases calls."""


async def customers_call(port: int, seen: Acknowledged) -> None:
    customer = {"caller": "13900000000", "called": "95001"}
    async with Http.open(port) as http:
        while True:
            call = (await http.request("POST", "/_emulator/calls", customer))["call"]
            await http.request("POST", f"/_emulator/calls/{call}/hang-up", {})
            seen.requests += 2
            seen.released.append(str(call))


async def an_agent_calls_out(port: int, agent: int, seen: Acknowledged) -> None:
    path = f"{GATEWAY}/voicecall/{agent}"
    async with Http.open(port) as http:
        await http.sign_in(agent)
        while True:
            placed = await http.request("PUT", f"{path}/callout", {"called": "5551234"})
            released = await http.request("DELETE", f"{path}/release")
            seen.requests += 2
            assert placed["retcode"] == released["retcode"] == "0"
            seen.released.append(str(placed["result"]))


async def an_agent_changes_its_password(port: int, seen: Acknowledged) -> None:
    path = f"{GATEWAY}/onlineagent/{CHANGING_AGENT}/modifyaccountpwdex"
    async with Http.open(port) as http:
        answer = await http.sign_in(CHANGING_AGENT, seen.attempted)
        if answer["retcode"] == "0":
            seen.password = seen.attempted
        else:
            answer = await http.sign_in(CHANGING_AGENT, seen.password)
        assert answer["retcode"] == "0", "neither the old nor the new password is kept"
        while True:
            seen.changes += 1
            digits = "".join(f"{digit}x" for digit in str(seen.changes))
            seen.attempted = f"Stored{digits}!"
            body = {"oldPassword": seen.password, "newPassword": seen.attempted}
            answer = await http.request("POST", path, body)
            assert answer["retcode"] == "0", answer
            seen.requests += 1
            seen.password = seen.attempted
            await asyncio.sleep(0.02)


async def work_until_killed(process: subprocess.Popen[str], port: int, seen: Acknowledged) -> float:
    """Keep the server busy, kill it in the middle; seconds it was at work."""
    for agent in ANSWERING_AGENTS:
        async with Http.open(port) as http:
            await http.sign_in(agent)
    workers = [customers_call(port, seen) for _ in range(CUSTOMERS)]
    workers += [an_agent_calls_out(port, agent, seen) for agent in CALLING_AGENTS]
    workers.append(an_agent_changes_its_password(port, seen))
    tasks = [asyncio.create_task(worker) for worker in workers]
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(random.Random(len(seen.released)).uniform(0.2, 0.5))
    process.send_signal(signal.SIGKILL)
    worked = loop.time() - began
    await asyncio.wait(tasks, timeout=10)
    for task in tasks:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await task
    return worked


@contextlib.contextmanager
def running_server(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    arguments = ["serve", "--http-port", str(port), "--https-port", "0", "--data", str(data)]
    process = subprocess.Popen(
        [sys.executable, "-m", "emulator.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready")
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.mark.skipif(os.name != "posix", reason="needs kill -9")
async def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed_fifty_times(
    tmp_path: Path,
) -> None:
    seen, worked = Acknowledged(), 0.0
    for _ in range(KILLS):
        port = free_port()
        with running_server(tmp_path, port) as process:
            worked += await work_until_killed(process, port, seen)
    assert seen.requests / worked >= REQUESTS_PER_SECOND, "the server was not busy enough"
    assert len(set(seen.released)) == len(seen.released), "a call id was given twice"
    with Store.open(file_url(tmp_path)) as store:
        records = all_records(store)
        passwords = {state.work_no: state.password for state in store.load_accounts()}
    ends = Counter(record.call_id for record in records if record.call_id_num == LAST_STAY)
    lost = [call for call in seen.released if call not in ends]
    assert not lost, f"{len(lost)} of {len(seen.released)} released calls are not recorded"
    assert set(ends.values()) == {1}, "a call has ended twice"
    stays = Counter((record.call_id, record.call_id_num) for record in records)
    assert set(stays.values()) == {1}, "a stay is recorded twice"
    assert passwords[CHANGING_AGENT] in (seen.password, seen.attempted)


def all_records(store: Store) -> list[CallRecord]:
    records: list[CallRecord] = []
    while True:
        page = store.call_records(1, since=0, until=2**62, limit=10_000, offset=len(records))
        records += page
        if len(page) < 10_000:
            return records
