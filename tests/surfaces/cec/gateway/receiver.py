"""What a third party builds to be told of events (CEC 6.1.4.2): a small server on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

NEVER = 30.0
"""Seconds after which what is waited for will not come any more: a failure, not a hang."""

CUT = b""
"""In the place of an answer: the connection ends without one."""
HANG = None
"""In the place of an answer: there is none, and the connection stays open."""


def answer(body: bytes, status: str = "200 OK", *lines: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *lines, "", ""]
    return "\r\n".join(head).encode() + body


CONFIRMED = answer(b'{"message":"success","retcode":"0"}')


@dataclass(frozen=True, slots=True)
class Pushed:
    """A request as it stood on the wire."""

    line: str
    headers: dict[str, str]
    document: Any
    confirmed: bool

    @property
    def names(self) -> list[str]:
        return [event["eventType"] for event in self.document["eventList"]]


@dataclass(slots=True)
class Receiver:
    """Notes every request, and answers it as `answers` say, then with a confirmation."""

    uri: str = ""
    answers: deque[bytes | None] = field(default_factory=deque)
    requests: list[Pushed] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def confirmed(self) -> list[dict[str, Any]]:
        """The events that the receiver has taken."""
        taken = [pushed.document["eventList"] for pushed in self.requests if pushed.confirmed]
        return [event for events in taken for event in events]

    @property
    def names(self) -> list[str]:
        return [event["eventType"] for event in self.confirmed]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until requests have made it true."""
        async with asyncio.timeout(NEVER), self._news:
            await self._news.wait_for(happened)

    async def hear(self, name: str, times: int = 1) -> None:
        """Wait until the receiver has taken so many events of this name."""
        await self.until(lambda: self.names.count(name) >= times)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while (reply := await self._request(reader)) != CUT:
                if reply is HANG:
                    await reader.read()
                    break
                writer.write(reply)
        writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> bytes | None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        document = json.loads(await reader.readexactly(int(headers["Content-Length"])))
        reply = self.answers.popleft() if self.answers else CONFIRMED
        self.requests.append(Pushed(head[0], headers, document, reply == CONFIRMED))
        async with self._news:
            self._news.notify_all()
        return reply


@contextlib.asynccontextmanager
async def receiver(
    *answers: bytes | None, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Run a receiver."""
    running = Receiver(answers=deque(answers))
    connections: set[asyncio.Task[Any]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        with contextlib.suppress(asyncio.CancelledError):
            await running.serve(reader, writer)
        writer.transport.abort()
        connections.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", port, ssl=tls)
    scheme = "https" if tls else "http"
    running.uri = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/events?to=me"
    try:
        yield running
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections)
