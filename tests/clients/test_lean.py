"""The lean client asks a real server, over connections that it keeps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from emulator.clients.gateway import AgentClient
from emulator.clients.lean import Disconnected, LeanHttp
from emulator.testing.servers import ChildProcess


class Server:
    """Answers each connection's requests with these bytes, and notes what was asked."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.asked: list[bytes] = []
        self.connections = 0
        self.serving: list[asyncio.Task[None] | None] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.serving.append(asyncio.current_task())
        while self.answers and not reader.at_eof():
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self.asked.append(head + await reader.readexactly(int(length or 0)))
            answer = self.answers.pop(0)
            if not answer:
                await reader.read()  # until the client has had enough
            writer.write(answer)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.wait([it for it in self.serving if it is not None], timeout=5)


DONE = b'HTTP/1.1 200 OK\r\nSet-GUID: JSESSIONID=x\r\nContent-Length: 7\r\n\r\n{"a":1}'
LAST = DONE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


async def test_a_request_carries_what_it_was_given() -> None:
    server, http = Server(DONE), LeanHttp()
    async with server.open() as url:
        answer = await http.request(
            "PUT", url + "/a b", headers={"guid": "g"}, params={"x": "1;2", "n": 3}, json={"k": "é"}
        )
        await http.aclose()
    assert (answer.status_code, answer.json()) == (200, {"a": 1})
    assert answer.headers["set-guid"] == "JSESSIONID=x"
    head, _, body = server.asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /a%20b?x=1%3B2&n=3 HTTP/1.1\r\n")
    assert b"guid: g" in head
    assert body.decode() == '{"k":"é"}'


async def test_connections_are_kept_unless_the_server_closes_them() -> None:
    server, http = Server(DONE, LAST, DONE), LeanHttp()
    async with server.open() as url:
        for _ in range(3):
            await http.request("GET", url + "/")
        await http.aclose()
    assert server.connections == 2


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\r\n\r\n", b"nonsense\r\n\r\n", DONE[:-1]])
async def test_an_answer_that_is_not_whole_is_none(answer: bytes) -> None:
    server, http = Server(answer), LeanHttp()
    async with server.open() as url:
        with pytest.raises(Disconnected):
            await http.request("GET", url + "/")


async def test_who_does_not_answer_is_not_waited_for_without_end() -> None:
    http = LeanHttp(timeout=0.01)

    async with Server(b"").open() as url:
        with pytest.raises(TimeoutError):
            await http.request("GET", url + "/")


async def test_agents_can_share_it() -> None:
    emulator, http = ChildProcess({}), LeanHttp()
    agents = [AgentClient(emulator.url, number, "Demo@2026", http) for number in (101, 102)]
    for agent in agents:
        await agent.sign_in(str(40_000 + agent.work_no))
        await agent.expect("AgentState_Ready")
    for agent in agents:
        await agent.sign_out()
        await agent.close()
    await http.aclose()
    emulator.stop()
