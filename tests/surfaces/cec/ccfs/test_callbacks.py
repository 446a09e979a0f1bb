"""Developers are told that their files are there, in signed requests (13.2.1.2, 13.2.1.6)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from emulator import signing
from emulator.surfaces.cec.ccfs import callbacks
from tests.surfaces.cec.ccfs.office import opened


@dataclass
class Receiver:
    """A developer's server: notes requests, and answers with these statuses, then with 200."""

    statuses: list[int | None] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    url: str = ""
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(head.lower().partition("content-length:")[2].split("\r\n")[0])
            self.heads.append(head)
            self.bodies.append(await reader.readexactly(length))
            status = self.statuses.pop(0) if self.statuses else 200
            if status is None:
                await reader.read()
            else:
                line = f"HTTP/1.1 {status} So\r\nContent-Length: 1000\r\n\r\n"
                writer.write(line.encode())
                await writer.drain()
                if status == 200:
                    self.told.set()
        writer.close()


@asynccontextmanager
async def receiver(*statuses: int | None) -> AsyncIterator[Receiver]:
    it = Receiver(list(statuses))
    server = await asyncio.start_server(it.serve, "127.0.0.1", 0)
    it.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/ready?for=you"
    try:
        yield it
    finally:
        server.close()
        await server.wait_closed()


def headers_of(head: str) -> dict[str, bytes]:
    lines = head.strip().split("\r\n")[1:]
    return {
        name.lower(): value.strip().encode() for name, _, value in (x.partition(":") for x in lines)
    }


@pytest.mark.parametrize(
    ("path", "asked", "named", "account"),
    [
        ("/queryBillData", {"accountId": ""}, "billFileName", {"accountId": ""}),
        ("/queryBillData", {"accountId": "demo"}, "billFileName", {"accountId": "demo"}),
        ("/queryBillData", {}, "billFileName", {}),
        ("/queryAgentOprInfoData", {"accountId": ""}, "agentOprInfoFileName", {}),
        (
            "/queryAgentOprInfoData",
            {"accountId": "demo"},
            "agentOprInfoFileName",
            {"accountId": "demo"},
        ),
    ],
)
async def test_the_documented_message_is_sent_and_signed(
    path: str, asked: dict[str, Any], named: str, account: dict[str, str]
) -> None:
    async with receiver() as it, opened() as office:
        name = await office.begin_export(path, callBackURL=it.url, **asked)
        await asyncio.wait_for(it.told.wait(), 30)
        assert await office.made(name)
        response_id = name.removesuffix(".zip").partition("_")[2]
        assert json.loads(it.bodies[0]) == {
            "request": {"version": "2.0"},
            "msgBody": {"responseId": response_id, named: name, **account},
        }
        headers = headers_of(it.heads[0])
        assert it.heads[0].startswith("POST /ready?for=you HTTP/1.1")
        assert headers["content-type"] == b"application/json;charset=UTF-8"
        authorization = signing.parse_authorization(headers["authorization"].decode())
        assert authorization.access_key == "demo-ak"
        assert authorization.signed_headers == ("content-length", "content-type", "host")
        request = signing.SignedRequest("POST", b"/ready", b"for=you", headers, it.bodies[0])
        signing.verify(authorization, "demo-sk", request)
        with pytest.raises(signing.SignatureError):
            signing.verify(authorization, "another", request)


async def test_who_does_not_take_it_is_told_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "PAUSES", (0.0, 0.0))
    async with receiver(500, 404) as it, opened() as office:
        name = await office.begin_export(callBackURL=it.url)
        await asyncio.wait_for(it.told.wait(), 30)
        assert len(it.bodies) == 3
        assert len(set(it.bodies)) == 1
        assert await office.made(name)


async def test_nobody_who_listens_or_who_hangs_hurts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "PAUSES", (0.0, 0.0))
    async with receiver(None, None, None, None) as hangs, opened(push_timeout=0.05) as office:
        urls = (hangs.url, "http://127.0.0.1:9/", "http://nowhere.invalid/")
        names = [await office.begin_export(callBackURL=url) for url in urls]
        await asyncio.wait_for(office.doors.file_server.exports.settled(), 30)
        assert len(hangs.bodies) == 3
        for name in names:
            answer = await office.ask("/downloadBillFile", billFileName=name)
            assert answer.content[:2] == b"PK"


async def test_a_world_does_not_wait_for_who_hangs() -> None:
    async with receiver(None) as hangs, opened(push_timeout=60) as office:
        await office.begin_export(callBackURL=hangs.url)
        async with asyncio.timeout(30):
            while not hangs.bodies:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        # Nobody has answered when both end.
