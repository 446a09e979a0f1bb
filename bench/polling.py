"""Thousands of agents with a held poll each, in one process: how soon an event is there.

    python -m bench.polling [agents] [events per second] [seconds]

Server and clients have a process each. Every agent signs in and polls over a connection of its
own. Events are raised inside the server for agents whose poll is held, evenly in time, and the
time until the client has read each is taken: the clock is the machine's, the same in both. Also
printed: memory of the server for each agent, and polls that failed.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import resource
import statistics
import sys
import time
from collections import defaultdict, deque
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from bench.http import free_port, pin
from emulator.app import open_doors
from emulator.platform import Platform
from emulator.server import HttpServer, ServerSettings, run
from emulator.settings import Settings
from emulator.store.store import Store
from emulator.surfaces.cec.gateway.desk import Gateway
from emulator.switch.config import AgentConfig, PhoneConfig, TenantConfig

FIRST_AGENT = 101
PASSWORD = "Bench@2026"
SIGN_INS_AT_ONCE = 100
KIBIBYTE = 1024
NANOSECONDS = 1_000_000_000


def call_center(agents: int, first: int = FIRST_AGENT, tenant: int = 1) -> TenantConfig:
    """A tenant of agents that nobody calls."""
    numbers = range(first, first + agents)
    return TenantConfig(
        tenant,
        f"bench {tenant}",
        agents=tuple(
            AgentConfig(no, f"agent {no}", f"agent{no}", PASSWORD, f"4{no:05}") for no in numbers
        ),
        phones=tuple(PhoneConfig(f"4{no:05}") for no in numbers),
    )


def memory() -> int:
    """Bytes of main memory that this process holds."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


# Server


async def serve(port: int, agents: int, orders: Connection) -> None:
    settings = Settings(poll_wait=60, poll_timeout=600)
    platform = Platform(settings, Store.open(), [call_center(agents)])
    doors = open_doors(platform)
    platform.start()
    server = HttpServer(doors.app, ServerSettings("127.0.0.1", port, 0))
    await server.start()
    gc.collect()
    empty = memory()
    orders.send("ready")
    loop = asyncio.get_running_loop()
    while True:
        order = await loop.run_in_executor(None, orders.recv)
        if order == "memory":
            gc.collect()
            orders.send((memory() - empty) / agents)
        elif order == "held":
            orders.send(sum(_is_held(doors.gateway, FIRST_AGENT + n) for n in range(agents)))
        else:
            rate, seconds = order
            orders.send(await raise_events(platform, doors.gateway, agents, rate, seconds))


async def raise_events(
    platform: Platform, gateway: Gateway, agents: int, rate: int, seconds: float
) -> dict[int, list[int]]:
    """Raise events evenly; for each agent the instants (ns) at which that was."""
    raised: defaultdict[int, list[int]] = defaultdict(list)
    draw = Random(1)
    begin = time.monotonic()
    for number in range(int(rate * seconds)):
        wait = begin + number / rate - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        agent = FIRST_AGENT + draw.randrange(agents)
        if _is_held(gateway, agent):
            raised[agent].append(time.monotonic_ns())
            platform.advance().send_note(agent, [agent], "")
    return dict(raised)


def _is_held(gateway: Gateway, agent: int) -> bool:
    session = gateway.sessions.get(agent)
    return session is not None and session.waiter is not None and not session.events


def server_process(port: int, agents: int, orders: Connection) -> None:
    pin(0)
    run(serve(port, agents, orders))


# Clients


class Agent(asyncio.Protocol):
    """Signs in and polls for ever, a connection long."""

    def __init__(self, work_no: int, how: bytes = b"") -> None:
        """`how`: further fields of the sign-in."""
        self.work_no = work_no
        self.how = how
        self.guid = b""
        self.heard: deque[int] = deque()
        self.failures = 0
        self.signed_in = asyncio.get_running_loop().create_future()
        self._pending = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        who = b'{"password":"%s","phonenum":"4%05d"' % (PASSWORD.encode(), self.work_no)
        body = who + self.how + b"}"
        self._send(b"PUT", b"onlineagent", body)

    def connection_lost(self, error: Exception | None) -> None:
        self.failures += 1

    def data_received(self, data: bytes) -> None:
        self._pending += data
        head, found, body = self._pending.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if not found or len(body) < int(length):
            return
        self._pending = b""
        if b'"eventType":"AgentOther_Note"' in body:
            self.heard.append(time.monotonic_ns())
        guid = head.partition(b"Set-GUID: JSESSIONID=")[2].partition(b"\r\n")[0]
        self.guid = guid or self.guid
        if b'"retcode":"0"' not in body:
            self.failures += 1
        if not self.signed_in.done():
            self.signed_in.set_result(None)
        self._send(b"GET", b"agentevent")

    def _send(self, method: bytes, what: bytes, body: bytes = b"") -> None:
        self._transport.write(
            b"%s /agentgateway/resource/%s/%d HTTP/1.1\r\nHost: bench\r\nguid: %s\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (method, what, self.work_no, self.guid, len(body), body)
        )


async def connect(port: int, agents: int) -> list[Agent]:
    """Sign all agents in, some at once."""
    loop = asyncio.get_running_loop()
    clients = [Agent(FIRST_AGENT + number) for number in range(agents)]
    for start in range(0, agents, SIGN_INS_AT_ONCE):
        some = clients[start : start + SIGN_INS_AT_ONCE]
        for client in some:
            await loop.create_connection(lambda client=client: client, "127.0.0.1", port)
        await asyncio.gather(*(client.signed_in for client in some))
    return clients


async def ask(orders: Connection, order: Any) -> Any:
    """Have the server do something, while the clients go on."""
    orders.send(order)
    return await asyncio.get_running_loop().run_in_executor(None, orders.recv)


async def measure(port: int, agents: int, rate: int, seconds: float, orders: Connection) -> None:
    clients = await connect(port, agents)
    while await ask(orders, "held") < agents:  # noqa: ASYNC110 (the server is another process)
        await asyncio.sleep(0.2)
    each = await ask(orders, "memory")
    raised = await ask(orders, (rate, seconds))
    await asyncio.sleep(0.5)
    heard = {client.work_no: list(client.heard) for client in clients}
    delays = [
        (arrived - at) / NANOSECONDS * 1000
        for agent, instants in raised.items()
        for at, arrived in zip(instants, heard[agent], strict=True)
    ]
    quantiles = statistics.quantiles(delays, n=100)
    print(f"{agents} agents with a held poll, {len(delays) / seconds:.0f} events/s")
    print(f"memory for each          {each / KIBIBYTE:8.1f} KiB")
    print(f"event delivery, median   {statistics.median(delays):8.2f} ms")
    print(f"event delivery, p99      {quantiles[98]:8.2f} ms")
    print(f"event delivery, longest  {max(delays):8.2f} ms")
    print(f"failures                 {sum(client.failures for client in clients):8}")


def run_with(agents: int, rate: int, seconds: float) -> None:
    """One measurement, with processes of its own."""
    context = multiprocessing.get_context("spawn")
    port = free_port()
    orders, theirs = context.Pipe()
    process = context.Process(target=server_process, args=(port, agents, theirs), daemon=True)
    process.start()
    try:
        orders.recv()
        pin(-1)
        run(measure(port, agents, rate, seconds, orders))
    finally:
        process.terminate()
        process.join()


def main() -> None:
    given = [int(text) for text in sys.argv[1:4]]
    if given:
        agents, rate, seconds = (*given, *(5_000, 500, 10)[len(given) :])
        run_with(agents, rate, seconds)
        return
    run_with(5_000, 500, 10)
    print()
    run_with(10_000, 500, 5)


if __name__ == "__main__":
    main()
