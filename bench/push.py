"""Pushed events: does a slow receiver hold up the fast ones?

    python -m bench.push [events per second] [seconds]

Eleven agents, each with a receiver of its own; events are raised evenly for all in turn. First all
receivers are fast, then the first one takes a second for each answer. Shown is how long events
were on their way to the ten that are fast in both cases.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import statistics
import sys
import time
from collections import defaultdict
from multiprocessing.connection import Connection
from typing import Any

from bench.http import free_port, pin
from bench.polling import FIRST_AGENT, NANOSECONDS, PASSWORD, call_center
from emulator.app import open_doors
from emulator.platform import Platform
from emulator.server import HttpServer, ServerSettings, run
from emulator.settings import Settings
from emulator.store.store import Store

AGENTS = 11
SLOW = FIRST_AGENT
SLOWNESS = 1.0
CONFIRMED = b'{"retcode":"0"}'


class Receiver:
    """Takes pushed events at a port; remembers for each agent when notes came."""

    def __init__(self) -> None:
        self.heard: defaultdict[int, list[int]] = defaultdict(list)
        self.slow = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the courier's."""
        while head := await self._head(reader):
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            pushed = json.loads(await reader.readexactly(length))
            now, agent = time.monotonic_ns(), int(pushed["workNo"])
            for event in pushed["eventList"]:
                if event["eventType"] == "AgentOther_Note":
                    self.heard[agent].append(now)
            if self.slow and agent == SLOW:
                await asyncio.sleep(SLOWNESS)
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(CONFIRMED)
            writer.write(answer + CONFIRMED)

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""


async def receive(ports: list[int], orders: Connection) -> None:
    receiver = Receiver()
    servers = [await asyncio.start_server(receiver.serve, "127.0.0.1", port) for port in ports]
    orders.send(len(servers))
    loop = asyncio.get_running_loop()
    while True:
        receiver.slow = await loop.run_in_executor(None, orders.recv)
        receiver.heard.clear()
        orders.send(True)
        await loop.run_in_executor(None, orders.recv)
        orders.send(dict(receiver.heard))


def receiver_process(ports: list[int], orders: Connection) -> None:
    pin(-1)
    run(receive(ports, orders))


async def sign_in(port: int, agent: int, receiver: int) -> None:
    body = {
        "password": PASSWORD,
        "phonenum": f"4{agent:05}",
        "callbackUri": f"http://127.0.0.1:{receiver}/events",
        "serviceToken": "bench",
    }
    raw = json.dumps(body).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"PUT /agentgateway/resource/onlineagent/%d HTTP/1.1\r\nHost: bench\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (agent, len(raw), raw)
    )
    head = await reader.readuntil(b"\r\n\r\n")
    if b"Set-GUID" not in head:
        raise SystemExit("an agent could not sign in")
    writer.close()


async def raise_events(platform: Platform, rate: int, seconds: float) -> dict[int, list[int]]:
    """Raise notes for the agents in turn; for each agent the instants (ns)."""
    raised: defaultdict[int, list[int]] = defaultdict(list)
    begin = time.monotonic()
    for number in range(int(rate * seconds)):
        wait = begin + number / rate - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        agent = FIRST_AGENT + number % AGENTS
        raised[agent].append(time.monotonic_ns())
        platform.advance().send_note(agent, [agent], "")
    return dict(raised)


async def compare(orders: Connection, ports: list[int], rate: int, seconds: float) -> None:
    platform = Platform(Settings(push_timeout=30), Store.open(), [call_center(AGENTS)])
    doors = open_doors(platform)
    platform.start()
    port = free_port()
    server = HttpServer(doors.app, ServerSettings("127.0.0.1", port, 0))
    await server.start()
    for number, receiver in enumerate(ports):
        await sign_in(port, FIRST_AGENT + number, receiver)
    print(f"{rate} events/s to {AGENTS} receivers")
    await _round(platform, orders, rate, 1.0, "warming up")
    await _round(platform, orders, rate, seconds, "all receivers fast")
    await _round(platform, orders, rate, seconds, "one slow receiver", slow=True)
    await server.stop()
    await doors.gateway.stop()
    await platform.stop()


async def _round(
    platform: Platform,
    orders: Connection,
    rate: int,
    seconds: float,
    name: str,
    *,
    slow: bool = False,
) -> None:
    await ask(orders, slow)
    raised = await raise_events(platform, rate, seconds)
    await asyncio.sleep(0.5)
    heard = await ask(orders, None)
    delays = [
        (arrived - at) / NANOSECONDS * 1000
        for agent, instants in raised.items()
        if agent != SLOW
        for at, arrived in zip(instants, heard[agent], strict=True)
    ]
    p99 = statistics.quantiles(delays, n=100)[98]
    print(f"{name:24} median {statistics.median(delays):7.2f} ms, p99 {p99:7.2f} ms")


async def ask(orders: Connection, order: Any) -> Any:
    """Have the receivers' process do something."""
    orders.send(order)
    return await asyncio.get_running_loop().run_in_executor(None, orders.recv)


def main() -> None:
    rate = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5.0
    context = multiprocessing.get_context("spawn")
    ports = [free_port() for _ in range(AGENTS)]
    orders, theirs = context.Pipe()
    process = context.Process(target=receiver_process, args=(ports, theirs), daemon=True)
    process.start()
    try:
        orders.recv()
        pin(0)
        run(compare(orders, ports, rate, seconds))
    finally:
        process.terminate()
        process.join()


if __name__ == "__main__":
    main()
