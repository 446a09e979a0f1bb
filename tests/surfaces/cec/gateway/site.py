"""A whole emulator behind a real socket, and clients that see every byte."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from emulator.app import Emulator
from emulator.settings import Settings
from emulator.switch.clock import Clock
from tests.ports import free_port

ROOT = "/agentgateway/resource"
PASSWORD = "Demo@2026"
NEVER = 30.0
"""Seconds after which an answer will not come any more: a failure, not a hang."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it stood on the wire."""

    head: bytes
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.document["retcode"])

    def header(self, name: bytes) -> bytes | None:
        """The value of the header with exactly this name."""
        for line in self.head.split(b"\r\n")[1:]:
            found, colon, value = line.partition(b":")
            if colon and found == name:
                return value.strip()
        return None


class Wire:
    """One connection of a client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, method: str, path: str, body: bytes = b"", *lines: str) -> None:
        head = [f"{method} {path} HTTP/1.1", "Host: cec", f"Content-Length: {len(body)}", *lines]
        self._writer.write("\r\n".join([*head, "", ""]).encode() + body)

    async def receive(self) -> Raw:
        async with asyncio.timeout(NEVER):
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            return Raw(head, await self._reader.readexactly(length))

    def vanish(self) -> None:
        """Drop the connection without a word."""
        self._writer.transport.abort()


class Client:
    """An agent's program: it keeps the guid, and opens a connection for each request at once."""

    def __init__(self, site: Site, agent: int) -> None:
        self.agent = agent
        self.guid = ""
        self._site = site
        self._idle: list[Wire] = []

    async def open(self) -> Wire:
        wire = Wire(*await asyncio.open_connection("127.0.0.1", self._site.port))
        self._site.wires.append(wire)
        return wire

    def start(self, wire: Wire, method: str, path: str, body: Any = None) -> None:
        """Send a request; `{}` in the path is the agent."""
        raw = b"" if body is None else json.dumps(body).encode()
        lines = [f"guid: {self.guid}"] if self.guid else []
        wire.send(method, ROOT + path.format(self.agent), raw, *lines)

    async def finish(self, wire: Wire) -> Raw:
        answer = await wire.receive()
        guid = answer.header(b"Set-GUID")
        if guid is not None:
            self.guid = guid.decode().removeprefix("JSESSIONID=")
        self._idle.append(wire)
        return answer

    async def request(self, method: str, path: str, body: Any = None) -> Raw:
        wire = self._idle.pop() if self._idle else await self.open()
        self.start(wire, method, path, body)
        return await self.finish(wire)

    async def sign_in(self, path: str = "/onlineagent/{}", **how: Any) -> Raw:
        body = {"password": PASSWORD, "phonenum": f"40{self.agent}", "autoanswer": False, **how}
        return await self.request("PUT", path, body)

    async def hold_poll(self) -> Wire:
        """Send a poll and leave it open."""
        wire = await self.open()
        self.start(wire, "GET", "/agentevent/{}")
        return wire

    async def poll(self) -> dict[str, Any] | None:
        event: dict[str, Any] | None
        event = (await self.request("GET", "/agentevent/{}")).document.get("event")
        return event

    async def drain(self) -> list[str]:
        """Poll until there is nothing more."""
        names = []
        while (event := await self.poll()) is not None:
            names.append(event["eventType"])
        return names


class Site:
    """A running emulator."""

    def __init__(self, emulator: Emulator, port: int) -> None:
        self.emulator = emulator
        self.port = port
        self.wires: list[Wire] = []

    def client(self, agent: int) -> Client:
        return Client(self, agent)

    async def agent(self, agent: int, **how: Any) -> Client:
        """An agent that has signed in and was told everything about it."""
        client = self.client(agent)
        answer = await client.sign_in(**how)
        assert answer.code == "0"
        await client.drain()
        return client

    def note(self, agent: int, text: str = "") -> None:
        """Raise one event for the agent."""
        self.emulator.platform.advance().send_note(agent, [agent], text)

    def session(self, agent: int) -> Any:
        return self.emulator.doors.gateway.sessions.get(agent)

    async def until_held(self, agent: int, *, but: object = None) -> None:
        """Wait until a poll of the agent is held, another one than `but`."""
        await until(lambda: self.session(agent).waiter not in (None, but))


async def until(happened: Callable[[], bool]) -> None:
    """Wait for what the server does in the same event loop."""
    while not happened():  # noqa: ASYNC110 (nothing tells of it)
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def site(clock: Clock | None = None, **settings: Any) -> AsyncIterator[Site]:
    """Run an emulator; its polls are held for a moment only, unless the test says otherwise."""
    port = free_port()
    defaults: dict[str, Any] = {"http_port": port, "https_port": 0, "poll_wait": 0.02}
    emulator = Emulator(Settings(**{**defaults, **settings}), clock)
    await emulator.start()
    running = Site(emulator, port)
    try:
        yield running
    finally:
        for wire in running.wires:
            wire.vanish()
        await emulator.stop()
