"""Both pretend services behind the emulator's server, in this process or in one of its own.

    python -m tests.surfaces.soap.serving

prints its port, and serves until its standard input ends; what it logs goes to standard error.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from emulator.server import ANY_PORT, HttpServer, ServerSettings, run
from emulator.surfaces.dispatch import Dispatcher
from emulator.surfaces.wire import respond
from emulator.traffic import Traffic
from emulator.traffic.journal import Journal
from tests.surfaces.soap.reception import SERVICES, Platform, open_door

GIVES_BACK = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""Has the C library keep no memory for later, so that what a process holds is what it uses."""
ROOT = Path(__file__).parents[3]
KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE


def application(platform: Platform) -> Dispatcher:
    """Both services at one platform."""
    doors = {service.path: open_door(service, platform) for service in SERVICES}
    return Dispatcher(doors, _nothing_here)


async def _nothing_here(scope: Any, receive: Any, send: Any) -> None:
    await respond(scope, send, 404, b"")


@contextlib.asynccontextmanager
async def serving(platform: Platform, *, tune_gc: bool = False) -> AsyncIterator[int]:
    """Serve on loopback; gives the port."""
    settings = ServerSettings(http_port=ANY_PORT, https_port=0, tune_gc=tune_gc)
    server = HttpServer(application(platform), settings)
    await server.start()
    assert server.http_port is not None
    try:
        yield server.http_port
    finally:
        await server.stop()


class ServerProcess:
    """The services in a process of their own, whose memory can be watched."""

    def __init__(self, log: Path) -> None:
        self.log = log
        command = [sys.executable, "-m", "tests.surfaces.soap.serving"]
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **GIVES_BACK},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        self.port = int(self._output.readline())
        self._files = Path(f"/proc/{self._process.pid}")

    def stop(self) -> None:
        """End it."""
        self._input.close()
        self._process.wait(timeout=10)
        self._output.close()

    def logged(self) -> str:
        """What it has had to say."""
        return self.log.read_text()

    @property
    def memory(self) -> int:
        """Bytes of main memory that it holds."""
        return self._kibibytes("VmRSS") * KIBIBYTE

    @property
    def peak(self) -> int:
        """Bytes of main memory that it held at most since `forget_peak`."""
        return self._kibibytes("VmHWM") * KIBIBYTE

    def forget_peak(self) -> None:
        """Let the peak be what is held now; only Linux can."""
        forget = self._files / "clear_refs"
        if not forget.exists():
            pytest.skip("a process's peak of memory is only known on Linux")
        forget.write_text("5")

    def _kibibytes(self, name: str) -> int:
        for line in (self._files / "status").read_text().splitlines():
            key, _, value = line.partition(":")
            if key == name:
                return int(value.split()[0])
        raise AssertionError(f"there is no {name}")


async def _main() -> None:
    logging.basicConfig(level=logging.WARNING)
    # What the journal keeps is not what a message takes.
    traffic = Traffic(Journal(MEBIBYTE), Random(1), lambda: 0, lambda agent, _: 1)
    async with serving(Platform(traffic=traffic), tune_gc=True) as port:
        print(port, flush=True)  # noqa: T201
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    run(_main())
