"""Where the emulator of a test run is: in a thread, in a child process, or running already."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any, Protocol

from emulator.clients.control import ControlClient

READY_WITHIN_S = 30.0
"""How long a start may take before something must be wrong."""

ANY_FREE_PORT = {"http_port": -1, "https_port": 0}


class CannotStart(Exception):
    """Why there is no emulator to test with."""


class Server(Protocol):
    """An emulator that answers."""

    @property
    def url(self) -> str:
        """Where it answers."""
        ...

    @property
    def token(self) -> str:
        """Its control token, if it has one."""
        ...

    def control(self, path: str = "") -> ControlClient:
        """A client for the control plane of its first world, or of the one below the path."""
        ...

    def stop(self) -> None:
        """End it, if it is ours."""
        ...


class Running:
    """An emulator that somebody else has started."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url.rstrip("/")
        self.token = token

    def control(self, path: str = "") -> ControlClient:
        """A client for the control plane of its first world, or of the one below the path."""
        return ControlClient(self.url + path, self.token)

    def stop(self) -> None:
        """Leave it to who has started it."""


class InThread(Running):
    """An emulator in this process, in a thread with an event loop of its own."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._ready: Future[str] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(settings,), name="emulator", daemon=True
        )
        self._thread.start()
        try:
            url = self._ready.result(READY_WITHIN_S)
        except TimeoutError:
            raise CannotStart("the emulator did not become ready") from None
        except Exception as error:
            raise CannotStart(str(error)) from error
        super().__init__(url, str(settings.get("control_token", "")))

    def _run(self, settings: Mapping[str, Any]) -> None:
        try:
            # Collecting what is being loaded costs a fifth of the start.
            collects = gc.isenabled()
            gc.disable()
            try:
                from emulator.server import run
                from emulator.settings import Settings

                wanted = Settings(**{**ANY_FREE_PORT, **settings})
            finally:
                if collects:
                    gc.enable()
            run(self._serve(wanted))
        except BaseException as error:
            if not self._ready.done():
                self._ready.set_exception(error)

    async def _serve(self, settings: Any) -> None:
        import asyncio

        from emulator.serve import open_emulator

        emulator = open_emulator(settings, tune_gc=False)
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        await emulator.start()
        self._ready.set_result(f"http://127.0.0.1:{emulator.server.http_port}")
        await self._ended.wait()
        await emulator.stop()

    def stop(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(READY_WITHIN_S)


class ChildProcess(Running):
    """An emulator in a process of its own, which does not outlive the process `outlived_by`."""

    def __init__(self, settings: Mapping[str, Any], outlived_by: int | None = None) -> None:
        with tempfile.TemporaryFile() as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "emulator.testing.child", str(outlived_by or os.getpid())],
                env=_environment({**ANY_FREE_PORT, **settings}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
            assert self._process.stdout is not None
            with self._process.stdout as told:
                ready = told.readline().decode().split()
            if ready[:1] != ["ready"]:
                self._process.wait()
                log.seek(0)
                raise CannotStart(log.read().decode(errors="replace").strip())
        if outlived_by is not None:
            # It ends with somebody else's process: here nobody waits for it, nor warns of that.
            self._process.returncode = 0
        super().__init__(ready[1], str(settings.get("control_token", "")))

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        self._process.terminate()
        self._process.wait()


def _environment(settings: Mapping[str, Any]) -> dict[str, str]:
    """This process's environment with these settings and no others of the emulator."""
    others = {name: it for name, it in os.environ.items() if not name.startswith("EMULATOR_")}
    return others | {f"EMULATOR_{name.upper()}": _text(it) for name, it in settings.items()}


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
