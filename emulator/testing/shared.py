"""One emulator for all workers of pytest-xdist: the first that needs it starts it.

In a directory that the workers share, `claim` belongs to who starts it, `server` says where it is
or why it is not. It ends with the test run.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from emulator.testing.servers import READY_WITHIN_S, CannotStart, ChildProcess, Running

GOES_WITHIN_S = 5.0

_started: list[ChildProcess] = []
"""Not let go of, so that nobody misses them before they end."""


def share(directory: Path, settings: Mapping[str, Any], *, outlived_by: int) -> Running:
    """The one emulator; started if it is not there. `outlived_by`: who ends it."""
    word = directory / "server"
    if _is_first(directory / "claim"):
        _leave_word(word, _start(settings, outlived_by))
    patience = time.monotonic() + READY_WITHIN_S
    while not word.exists():
        if time.monotonic() > patience:
            raise CannotStart("the worker that starts the emulator does not come to an end")
        time.sleep(0.01)
    found = json.loads(word.read_text(encoding="utf-8"))
    if "error" in found:
        raise CannotStart(found["error"])
    return Running(found["url"], found["token"])


def _is_first(claim: Path) -> bool:
    try:
        claim.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _start(settings: Mapping[str, Any], outlived_by: int) -> dict[str, Any]:
    try:
        server = ChildProcess(settings, outlived_by)
    except (CannotStart, OSError) as error:
        return {"error": str(error)}
    _started.append(server)
    return {"url": server.url, "token": server.token, "pid": server.pid}


def _leave_word(word: Path, found: Mapping[str, Any]) -> None:
    # In one step: nobody reads half of it.
    whole = word.with_suffix(".whole")
    whole.touch(mode=0o600)
    whole.write_text(json.dumps(found), encoding="utf-8")
    whole.replace(word)


def end_shared(directory: Path) -> None:
    """End the emulator that the workers shared, if there is one, and wait until it is gone."""
    word = directory / "server"
    if not word.exists():
        return
    found = json.loads(word.read_text(encoding="utf-8"))
    if "pid" in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(found["pid"], signal.SIGTERM)
        _wait_until_gone(found["url"])


def _wait_until_gone(url: str) -> None:
    # It is the child of a worker that has gone: its process cannot be waited for.
    where = urlsplit(url)
    patience = time.monotonic() + GOES_WITHIN_S
    while time.monotonic() < patience:
        try:
            socket.create_connection((where.hostname, where.port), 1).close()
        except OSError:
            return
        time.sleep(0.01)
