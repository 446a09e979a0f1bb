"""A call center at work for a while: does it stay up, keep its pace, and keep its memory?

    python -m bench.soak [minutes]

Ten agents answer automatically, eight customers call one after the other. Prints calls/s and the
server's resident memory every ten seconds; status 1 if the memory of the second half grew by more
than a tenth, or if an answer was not the documented one.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bench.startup import free_port

AGENTS = range(101, 111)
CUSTOMERS = 8
TALK = 0.3
"""Seconds of each call: so long that the clients keep up with polling what happens."""
REPORT_EVERY = 10.0
GATEWAY = "/agentgateway/resource"


def resident_mebibytes(pid: int) -> float:
    """Resident memory of a process, from /proc."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


async def sign_in(client: httpx.AsyncClient, work_no: int) -> str:
    """Sign an agent in; its guid."""
    body = {"password": "Demo@2026", "phonenum": str(40000 + work_no)}
    answer = await client.put(f"{GATEWAY}/onlineagent/{work_no}", json=body)
    return answer.headers["Set-GUID"].removeprefix("JSESSIONID=")


async def poll(client: httpx.AsyncClient, work_no: int, guid: str) -> None:
    """Poll an agent's events for ever."""
    while True:
        answer = await client.get(f"{GATEWAY}/agentevent/{work_no}", headers={"guid": guid})
        if answer.json()["retcode"] != "0":
            raise SystemExit(f"agent {work_no} heard {answer.text}")
        renewed = answer.headers.get("Set-GUID")
        guid = renewed.removeprefix("JSESSIONID=") if renewed else guid


async def customer(client: httpx.AsyncClient, calls: list[int]) -> None:
    """Call, talk for a moment, hang up; for ever."""
    while True:
        body = {"caller": "13900000000", "called": "95001"}
        placed = (await client.post("/_emulator/calls", json=body)).json()
        await asyncio.sleep(TALK)
        (
            await client.post(f"/_emulator/calls/{placed['call']}/hang-up", json={})
        ).raise_for_status()
        calls[0] += 1


async def soak(pid: int, port: int, minutes: float) -> int:
    """Drive the load and report; the exit status."""
    calls, readings = [0], []
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", timeout=30, limits=limits
    ) as client:
        guids = {work_no: await sign_in(client, work_no) for work_no in AGENTS}
        tasks = [asyncio.create_task(poll(client, *each)) for each in guids.items()]
        tasks += [asyncio.create_task(customer(client, calls)) for _ in range(CUSTOMERS)]
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end and not any(task.done() for task in tasks):
            before = calls[0]
            await asyncio.sleep(REPORT_EVERY)
            readings.append(resident_mebibytes(pid))
            print(f"{(calls[0] - before) / REPORT_EVERY:7.0f} calls/s {readings[-1]:7.1f} MiB")
        for task in tasks:
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
    failed = [error for error in done if not isinstance(error, asyncio.CancelledError)]
    grown = readings[-1] / readings[len(readings) // 2]
    print(
        f"{calls[0]} calls, memory of the second half x {grown:.2f}, failures: {failed or 'none'}"
    )
    return 1 if failed or grown > 1.1 else 0


def main() -> None:
    """Start a server that keeps its records in a file, and put it under load."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        options = ["--http-port", str(port), "--https-port", "0", "--data", data]
        process = subprocess.Popen(
            [sys.executable, "-m", "emulator.cli", "serve", *options],
            stdout=subprocess.PIPE,
            text=True,
            # A journal that is full within seconds: what grows afterwards is a leak.
            env={**os.environ, "EMULATOR_JOURNAL_MB": "1"},
        )
        try:
            if not (process.stdout and process.stdout.readline().startswith("ready")):
                raise SystemExit("the server did not start")
            status = asyncio.run(soak(process.pid, port, minutes))
        finally:
            process.terminate()
            process.wait(timeout=10)
    sys.exit(status)


if __name__ == "__main__":
    main()
