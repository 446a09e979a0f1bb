"""The emulator in a container, for tests that take its image rather than its package.

    with EmulatorContainer() as emulator:
        emulator.control().dial_in("13900000000", "95001")
        connector = MyConnector(emulator.url)

It needs the command `docker` (or one that takes the same arguments, as `podman`).
"""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import httpx

from emulator.clients.control import ControlClient

IMAGE = "emulator"
HTTP_PORT = 8000
READY_WITHIN_S = 60.0
LOOKS_EVERY_S = 0.1


class ContainerFailed(Exception):
    """What the command said when it could not do as told."""


class EmulatorContainer:
    """One container; `settings` are the emulator's by name. The port is any that is free.

    The container listens for its whole network, so it has a random token, which is handed over
    in the environment and appears on no command line.
    """

    def __init__(
        self,
        image: str = IMAGE,
        *,
        settings: Mapping[str, Any] | None = None,
        command: str = "docker",
    ) -> None:
        self.image = image
        self.token = secrets.token_urlsafe(24)
        self._settings = dict(settings or {})
        self._command = command
        self._id = ""
        self._url = ""

    @staticmethod
    def build(directory: Path, image: str = IMAGE, *, command: str = "docker") -> None:
        """Build the image from a checkout of the emulator."""
        _run([command, "build", "--tag", image, str(directory)])

    @property
    def url(self) -> str:
        """Where its HTTP port is reached from here."""
        if not self._url:
            raise ContainerFailed("the container has not been started")
        return self._url

    def control(self, path: str = "") -> ControlClient:
        """A client for the control plane of its first world, or of the one below the path."""
        return ControlClient(self.url + path, self.token)

    def start(self, within: float = READY_WITHIN_S) -> Self:
        """Start it, and return when it answers; `ContainerFailed` shows what it logged if not."""
        values = {"control_token": self.token, **self._settings}
        variables = {f"EMULATOR_{name.upper()}": str(value) for name, value in values.items()}
        names = [word for name in variables for word in ("--env", name)]
        publish = ["--publish", f"127.0.0.1::{HTTP_PORT}"]
        run = [self._command, "run", "--detach", *publish, *names, self.image]
        self._id = _run(run, {**os.environ, **variables})
        try:
            published = _run([self._command, "port", self._id, f"{HTTP_PORT}/tcp"])
            self._url = f"http://{published.splitlines()[0]}"
            self._wait(time.monotonic() + within)
        except BaseException:
            self.stop()
            raise
        return self

    def _wait(self, until: float) -> None:
        while not self._is_ready():
            state = ["inspect", "--format", "{{.State.Running}}", self._id]
            if _run([self._command, *state]) != "true":
                raise ContainerFailed(f"the emulator has ended:\n{self.logs()}")
            if time.monotonic() > until:
                raise ContainerFailed(f"the emulator does not answer:\n{self.logs()}")
            time.sleep(LOOKS_EVERY_S)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self._url}/_emulator/health", timeout=2).is_success
        except httpx.HTTPError:
            return False

    def logs(self) -> str:
        """What it wrote."""
        return _run([self._command, "logs", self._id])

    def stop(self) -> None:
        """End the container and remove it, with its volume."""
        if self._id:
            _run([self._command, "rm", "--force", "--volumes", self._id])
        self._id = self._url = ""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()


def _run(command: list[str], environment: Mapping[str, str] | None = None) -> str:
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except OSError as error:
        raise ContainerFailed(f"{command[0]}: {error.strerror}") from error
    if done.returncode != 0:
        raise ContainerFailed(f"{' '.join(command[:2])}: {done.stderr.strip()}")
    # `docker logs` repeats both streams of the container.
    return (done.stdout + (done.stderr if command[1] == "logs" else "")).strip()
