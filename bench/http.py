"""How fast the doors are, beside a trivial FastAPI endpoint on the same server.

    python -m bench.http [seconds for each measurement]

Prints requests/s of the plain endpoint; of the agent gateway, where agents of the demo call center
show busy and idle in turn; of the first and the last of 500 interfaces; and their ratios. Server
and clients have a processor each, if there are two. All are measured in turn, several rounds, and
the medians are shown.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any

from fastapi import FastAPI
from pydantic import BaseModel, Field

from emulator.app import open_doors
from emulator.control.seed import load_seed
from emulator.platform import Platform
from emulator.server import HttpServer, ServerSettings, run
from emulator.settings import Settings
from emulator.store.store import Store
from emulator.surfaces.cec.auth_c4 import (
    AgentRequest,
    GuidRefused,
    GuidSessions,
    GuidSettings,
    NotSignedIn,
    guid_gates,
)
from emulator.surfaces.cec.component import Component
from emulator.surfaces.cec.envelope import GatewayEnvelope
from emulator.surfaces.cec.errors import ErrorTable, Failure
from emulator.surfaces.coercion import Int, MaxBytes, Text, spelled
from emulator.surfaces.dispatch import Dispatcher

INTERFACES = 500
CONNECTIONS = 32
ROUNDS = 5
AGENT = 101
AGENTS = range(101, 116)
PASSWORD = "Demo@2026"
BODY = b'{"called":"40040","caller":"40038","skillid":25,"callappdata":"","mediaability":"1"}'


class PlainBody(BaseModel):
    called: str
    caller: str = ""
    skillid: int | None = None
    callappdata: str = ""
    mediaability: int = 0


class PlainAnswer(BaseModel):
    message: str
    retcode: str
    result: str


plain = FastAPI()


@plain.put("/plain")
async def trivial(body: PlainBody) -> PlainAnswer:
    return PlainAnswer(message="success", retcode="0", result=body.called)


class CalloutBody(BaseModel):
    called: Annotated[Text, Field(min_length=1, max_length=24)]
    caller: Annotated[Text, Field(max_length=24)] = ""
    skill_id: Int | None = spelled("skillid", "skillId", default=None)
    data: Annotated[Text, MaxBytes(16 * 1024)] = spelled("callappdata", default="")
    media_ability: Annotated[Int, Field(ge=0, le=2)] = spelled("mediaability", default=0)


@dataclass(slots=True)
class Counter:
    calls: int = 0


def counting_component() -> Component[Counter]:
    """Build a component with many interfaces, each changing the platform's state."""
    component: Component[Counter] = Component(
        "bench",
        prefix="/many",
        envelope=GatewayEnvelope(),
        errors=ErrorTable(
            {NotSignedIn: Failure("100-006", ""), GuidRefused: Failure("000-003", "")},
            parameter=Failure("000-002", ""),
            unforeseen=Failure("100-007", ""),
            unknown_path=Failure("210-001", "", status=404),
            wrong_method=Failure("210-001", "", status=405),
        ),
        auth="C4",
    )

    def callout(call: AgentRequest[Counter], body: CalloutBody) -> str:
        call.platform.calls += 1
        return body.called

    for number in range(INTERFACES):
        path = f"/resource/voicecall{number}/{{agentid}}/callout"
        component.put(path, section=f"6.1.2.{number}")(callout)
    return component


async def serve(port: int, ready: Any) -> None:
    sessions = GuidSessions(GuidSettings(), Random(1))
    guid = sessions.open(AGENT, 0)
    many = counting_component().open(Counter(), guid_gates(sessions, lambda: 0))
    platform = Platform(Settings(), Store.open(), load_seed("demo"))
    doors = open_doors(platform)
    platform.start()
    app = Dispatcher({"/many": many, "/agentgateway": doors.app}, plain)
    server = HttpServer(app, ServerSettings("127.0.0.1", port, 0))
    await server.start()
    ready.put(guid)
    await asyncio.Event().wait()


def server_process(port: int, ready: Any) -> None:
    pin(0)
    run(serve(port, ready))


def pin(core: int) -> None:
    """Keep this process on one processor, where there are two and the system allows it."""
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[core]})


def request_bytes(method: str, path: str, guid: str, body: bytes = BODY) -> bytes:
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"guid: {guid}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def signed_in(port: int, agent: int) -> str:
    """Sign an agent in; its guid."""
    body = b'{"password":"%s","phonenum":"%d"}' % (PASSWORD.encode(), 40000 + agent)
    path = f"/agentgateway/resource/onlineagent/{agent}"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request_bytes("PUT", path, "", body))
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    writer.close()
    return head.partition("Set-GUID: JSESSIONID=")[2].partition("\r\n")[0]


async def gateway_requests(port: int) -> list[list[bytes]]:
    """What each agent's connection sends over and over: busy, idle."""
    found = []
    for agent in AGENTS:
        guid = await signed_in(port, agent)
        path = f"/agentgateway/resource/onlineagent/{agent}"
        found.append(
            [
                request_bytes("POST", f"{path}/saybusy?reason=201", guid, b""),
                request_bytes("POST", f"{path}/sayfree", guid, b""),
            ]
        )
    return found


class Client(asyncio.Protocol):
    """Sends the next request when an answer has come, which is when its last bytes have."""

    def __init__(
        self, requests: list[bytes], answered: Callable[[bytes], bool], end: bytes = b"}"
    ) -> None:
        self.requests = requests
        self.end = end
        self.sent = 0
        self.answered = answered
        self.pending = b""
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.transport.write(self.requests[self.sent % len(self.requests)])
        self.sent += 1

    def data_received(self, data: bytes) -> None:
        self.pending += data
        if not self.pending.endswith(self.end):
            return
        answer, self.pending = self.pending, b""
        if self.answered(answer):
            self.send()
        elif self.sent % len(self.requests):
            self.send()  # leave the agent as it was found
        else:
            self.transport.close()


async def measure(
    port: int,
    connections: list[list[bytes]],
    seconds: float,
    success: bytes = b'"retcode":"0"',
    end: bytes = b"}",
) -> float:
    """Give the answers per second over keep-alive connections; `success` is in each of them."""
    until = time.perf_counter() + seconds
    count = 0

    def answered(answer: bytes) -> bool:
        nonlocal count
        if success not in answer:
            raise SystemExit(f"unexpected answer: {answer!r}")
        count += 1
        return time.perf_counter() < until

    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    for requests in connections:
        client = Client(requests, answered, end)
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)
    await asyncio.sleep(max(0.0, until - time.perf_counter()))
    rate = count / (time.perf_counter() - start)
    await asyncio.sleep(0.05)
    return rate


async def compare(port: int, guid: str, seconds: float) -> None:
    def everywhere(path: str) -> list[list[bytes]]:
        return [[request_bytes("PUT", path, guid)]] * CONNECTIONS

    targets = {
        "plain": everywhere("/plain"),
        "gateway": await gateway_requests(port),
        "first": everywhere(f"/many/resource/voicecall0/{AGENT}/callout"),
        "last": everywhere(f"/many/resource/voicecall{INTERFACES - 1}/{AGENT}/callout"),
    }
    rates: dict[str, list[float]] = {name: [] for name in targets}
    for _ in range(ROUNDS):
        for name, connections in targets.items():
            rates[name].append(await measure(port, connections, seconds))
    median = {name: statistics.median(values) for name, values in rates.items()}
    print(f"plain FastAPI endpoint   {median['plain']:8.0f} requests/s")
    print(f"gateway, state changes   {median['gateway']:8.0f} requests/s")
    print(f"first of {INTERFACES} interfaces  {median['first']:8.0f} requests/s")
    print(f"last of {INTERFACES} interfaces   {median['last']:8.0f} requests/s")
    print(f"gateway / plain          {median['gateway'] / median['plain']:8.2f}")
    print(f"last / first             {median['last'] / median['first']:8.2f}")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    context = multiprocessing.get_context("spawn")
    port, ready = free_port(), context.Queue()
    process = context.Process(target=server_process, args=(port, ready), daemon=True)
    process.start()
    try:
        guid = ready.get(timeout=60)
        pin(-1)
        run(compare(port, guid, seconds))
    finally:
        process.terminate()
        process.join()


if __name__ == "__main__":
    main()
