"""Does a call center that has much get slower? Requests/s of an empty one and of a full one.

    python -m bench.loaded [seconds for each measurement]

The full one has ten thousand more agents signed in and a million call records in its store. In
both the same agents show busy and idle in turn, over the same number of connections. The two are
measured in turn, several rounds, each in a process of its own; the medians and their ratio are
shown.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import sys
from typing import Any

from bench.http import AGENTS, free_port, gateway_requests, measure, pin
from bench.polling import call_center
from emulator.app import open_doors
from emulator.control.seed import load_seed
from emulator.platform import Platform
from emulator.server import HttpServer, ServerSettings, run
from emulator.settings import Settings
from emulator.store.rows import CallRecord
from emulator.store.store import Store
from emulator.switch.agents import SignIn

ROUNDS = 5
RECORDS = 1_000_000
BATCH = 20_000
MORE_AGENTS = 10_000
FIRST_OF_MORE = 1_000


def fill(platform: Platform) -> None:
    """Sign ten thousand agents in and write a million records."""
    crowd = call_center(MORE_AGENTS, FIRST_OF_MORE, tenant=2)
    switch = platform.advance()
    switch.apply_tenant(crowd)
    for agent in crowd.agents:
        switch.log_on(agent.work_no, SignIn(phone=agent.phone))
    for start in range(0, RECORDS, BATCH):
        platform.store.write([_record(number) for number in range(start, start + BATCH)])


def _record(number: int) -> CallRecord:
    at = 1_700_000_000_000_000 + number * 1_000_000
    return CallRecord(
        1,
        agent_id=str(AGENTS[number % len(AGENTS)]),
        call_id=f"{at // 1_000_000}-{number}",
        caller_no="13900000001",
        callee_no="95001",
        call_begin=at,
        call_end=at + 60_000_000,
        call_id_num=1,  # not the last of its call: nothing is counted while it is measured
    )


async def serve(port: int, full: bool, ready: Any) -> None:
    platform = Platform(Settings(), Store.open(), load_seed("demo"))
    if full:
        fill(platform)
    doors = open_doors(platform)
    platform.start()
    await HttpServer(doors.app, ServerSettings("127.0.0.1", port, 0)).start()
    ready.put(True)
    await asyncio.Event().wait()


def server_process(port: int, full: bool, ready: Any) -> None:
    pin(0)
    run(serve(port, full, ready))


async def compare(ports: list[int], seconds: float) -> None:
    connections = [await gateway_requests(port) for port in ports]
    rates: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        for which, port in enumerate(ports):
            rates[which].append(await measure(port, connections[which], seconds))
    empty, full = (statistics.median(found) for found in rates)
    print(f"empty call center        {empty:8.0f} requests/s")
    print(f"{MORE_AGENTS} agents, {RECORDS} records {full:8.0f} requests/s")
    print(f"full / empty             {full / empty:8.2f}")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    context = multiprocessing.get_context("spawn")
    ready = context.Queue()
    ports = [free_port(), free_port()]
    processes = [
        context.Process(target=server_process, args=(port, full, ready), daemon=True)
        for port, full in zip(ports, (False, True), strict=True)
    ]
    try:
        for process in processes:
            process.start()
            ready.get(timeout=300)
        pin(-1)
        run(compare(ports, seconds))
    finally:
        for process in processes:
            process.terminate()
            process.join()


if __name__ == "__main__":
    main()
