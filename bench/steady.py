"""Does the memory of a call center grow with the calls that are over?

    python -m bench.steady [calls]

One process with its store in a file: agents answer and talk, customers hang up, on a clock that is
moved by hand; calls are recorded, counted and journalled as always. Its resident memory is printed
after each tenth of the calls; status 1 if the second half added more than a tenth.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from bench.machine import machine
from bench.soak import resident_mebibytes
from emulator.app import World
from emulator.settings import Settings
from emulator.switch.agents import SignIn
from emulator.switch.clock import Clock

START = 1_780_000_000_000_000
SECOND = 1_000_000
AGENTS = range(101, 111)
AT_ONCE = len(AGENTS)
FLUSH_EVERY = 50
"""Rounds of calls after which what was recorded is waited for."""


async def serve(world: World, calls: int) -> list[float]:
    """So many calls, ten at a time; the memory after each tenth of them (MiB)."""
    platform = world.platform
    switch = platform.advance()
    for work_no in AGENTS:
        switch.log_on(work_no, SignIn(phone=f"40{work_no}"))
    readings, begun = [], time.perf_counter()
    rounds = calls // AT_ONCE
    for number in range(1, rounds + 1):
        ids = [switch.dial_in(f"139{number:07}{it}", "95001") for it in range(AT_ONCE)]
        platform.move_clock(30 * SECOND)
        for call in ids:
            if call in switch.calls:
                switch.outside_hangs_up(call)
        platform.move_clock(SECOND)
        if number % FLUSH_EVERY == 0:
            await platform.records.flushed()
            await asyncio.sleep(0)
        if number % (rounds // 10) == 0:
            readings.append(resident_mebibytes(os.getpid()))
            rate = number * AT_ONCE / (time.perf_counter() - begun)
            print(f"{number * AT_ONCE:9} calls  {readings[-1]:7.1f} MiB  {rate:7.0f} calls/s")
    await platform.statistics.count_all()
    return readings


async def run(calls: int) -> int:
    """Serve the calls in a world of its own; the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Settings(data=Path(folder), poll_timeout=1e9), Clock(START))
        await world.start()
        try:
            readings = await serve(world, calls)
        finally:
            await world.stop()
    grown = readings[-1] / readings[4] - 1
    print(f"the second half added {grown:.1%}")
    return int(grown > 0.1)


def main() -> None:
    """Print the memory while calls come and go."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{calls} calls, {machine()}")
    raise SystemExit(asyncio.run(run(calls)))


if __name__ == "__main__":
    main()
