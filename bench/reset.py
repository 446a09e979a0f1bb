"""How long it takes to begin anew, in memory: a world, a tenant, and a world beside the first.

    python -m bench.reset

Asked for over the control plane, in the same process; before each, agents of the demo call center
have signed in and calls are queued. The median and the longest of fifty are shown.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

import httpx

from emulator.app import Emulator
from emulator.clients.control import AsyncControlClient
from emulator.server import run
from emulator.settings import Settings
from emulator.switch.agents import SignIn

TIMES = 50
AGENTS = range(101, 106)
CALLS = 50


def be_busy(emulator: Emulator) -> None:
    switch = emulator.platform.advance()
    for agent in AGENTS:
        switch.log_on(agent, SignIn(phone=f"40{agent}"))
    for _ in range(CALLS):
        switch.dial_in("13900000001", "95001")


async def measure(
    name: str, emulator: Emulator, action: Callable[[], Awaitable[object]], *, busy: bool = True
) -> None:
    taken = []
    for _ in range(TIMES):
        if busy:
            be_busy(emulator)
        begin = time.perf_counter()
        await action()
        taken.append((time.perf_counter() - begin) * 1000)
        await asyncio.sleep(0.01)
    print(f"{name:24} median {statistics.median(taken):6.2f} ms, longest {max(taken):6.2f} ms")


async def compare() -> None:
    emulator = Emulator(Settings(http_port=0, https_port=0))
    emulator.platform.start()
    transport = httpx.ASGITransport(emulator.app)
    async with httpx.AsyncClient(transport=transport) as http:
        control = AsyncControlClient("http://127.0.0.1", http=http)
        await control.reset()
        await measure("reset of a world", emulator, control.reset)
        await measure("reset of a tenant", emulator, lambda: control.reset(tenant=1))

        async def make_and_drop() -> None:
            await control.drop_world((await control.make_world())["name"])

        await make_and_drop()
        await measure("a world made and dropped", emulator, make_and_drop, busy=False)
    await emulator.worlds.close()
    await emulator.world.stop()


def main() -> None:
    run(compare())


if __name__ == "__main__":
    main()
