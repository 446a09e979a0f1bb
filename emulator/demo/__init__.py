"""`emulator demo`: a call center at work, over real HTTP, in a few seconds.

It needs nothing but this package: server, agents and customers run in this process, but the agents
know the emulator only by its documented interfaces and the customers only by its control API.
"""

from __future__ import annotations

import asyncio
import socket

from httpx import HTTPError

from emulator.clients.control import ControlRefused
from emulator.clients.gateway import GatewayRefused, NotHeard
from emulator.demo.stage import Stage
from emulator.demo.story import Story, Unexpected, tell

DONE, FAILED = 0, 1


def run_demo() -> int:
    """Play the story; the exit code of the process."""
    from emulator.server import run

    return run(_play(Stage()))


async def _play(stage: Stage) -> int:
    from emulator.app import Emulator
    from emulator.settings import Settings

    port = _free_port()
    emulator = Emulator(Settings(http_port=port, https_port=0))
    await emulator.start()
    try:
        return await perform(f"http://127.0.0.1:{port}", stage)
    finally:
        await emulator.stop()


async def perform(url: str, stage: Stage) -> int:
    """Play the story at an emulator that has the demo seed and no other visitors."""
    async with Story(url, stage) as story:
        try:
            with stage.open(url):
                watching = asyncio.create_task(_watch(story))
                try:
                    await tell(story)
                finally:
                    watching.cancel()
                    await asyncio.wait([watching])
                    await story.show_state()
        except (NotHeard, GatewayRefused, ControlRefused, Unexpected, HTTPError) as error:
            stage.failed(str(error))
            return FAILED
        stage.summary(await story.control.call_records())
    return DONE


async def _watch(story: Story) -> None:
    """Keep the table of agents up to date."""
    while True:
        await story.show_state()
        await asyncio.sleep(0.15)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


__all__ = ["perform", "run_demo"]
