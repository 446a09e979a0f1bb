"""`emulator demo`: a call center at work, over real HTTP, in a few seconds.

It plays the scenario `demo` against an emulator of its own: server, agents and customers run in
this process, but the agents know the emulator only by its documented interfaces, the customers
only by its control API.
"""

from __future__ import annotations

import asyncio
import socket

from emulator.clients.control import AsyncControlClient
from emulator.demo.stage import Stage

DONE, FAILED = 0, 1
FOR_PEOPLE, FOR_NOBODY = 8.0, 30.0
"""How fast the call center's clock runs where there is a terminal, and where there is none."""


def run_demo() -> int:
    """Play the scenario; the exit code of the process."""
    from emulator.server import run

    return run(_play(Stage()))


async def _play(stage: Stage) -> int:
    from emulator.app import Emulator
    from emulator.settings import Settings

    port = _free_port()
    emulator = Emulator(Settings(http_port=port, https_port=0))
    await emulator.start()
    try:
        scale = FOR_PEOPLE if stage.is_terminal else FOR_NOBODY
        return await perform(f"http://127.0.0.1:{port}", stage, scale)
    finally:
        await emulator.stop()


async def perform(url: str, stage: Stage, scale: float, seed: int | None = None) -> int:
    """Play the scenario at an emulator that has no other visitors.

    `scale` seconds of the call center pass in a real one; `seed` is by default the scenario's own.
    """
    from emulator.scenario.doors.against import performance
    from emulator.scenario.doors.errors import CannotPlay
    from emulator.scenario.file.reading import read_scenario
    from emulator.scenario.shipped import file_of

    scenario = read_scenario(file_of("demo"))
    try:
        async with (
            performance(scenario, url, scale=scale, seed=seed) as performed,
            AsyncControlClient(url) as control,
        ):
            performed.stage.on_client = stage.follow
            performed.on_event = stage.happened
            with stage.open(url):
                watching = asyncio.create_task(_watch(control, stage))
                try:
                    result = await performed.play(None)
                finally:
                    watching.cancel()
                    await asyncio.wait([watching])
            stage.summary(result, await control.call_records())
    except CannotPlay as error:
        stage.failed(str(error))
        return FAILED
    return DONE if result.met else FAILED


async def _watch(control: AsyncControlClient, stage: Stage) -> None:
    """Keep the table of agents up to date."""
    while True:
        stage.show((await control.state())["tenants"][0]["agents"])
        await asyncio.sleep(0.15)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


__all__ = ["perform", "run_demo"]
