"""Stores on every database that the emulator supports."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from emulator.store import MEMORY_URL, Store, file_url
from tests.ports import free_port

Databases = Callable[[], str]
"""Creates an empty database and gives its URL."""


def _program(name: str) -> str | None:
    found = shutil.which(name)
    if found:
        return found
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(debian[-1]) if debian else None


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: options of a subprocess under another user."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    pytest.skip("PostgreSQL does not run as root and there is no other user")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Databases]:
    """A private PostgreSQL server for the session."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("PostgreSQL (initdb, pg_ctl) is not installed")
    owner = _unprivileged()
    # Not below tmp_path: that is closed to other users, and too long for a socket's name.
    home = Path(tempfile.mkdtemp(prefix="emulator-pg-"))
    if owner:
        os.chown(home, owner["user"], owner["group"])
    data, port = home / "data", free_port()

    def run(*command: str) -> None:
        subprocess.run(command, check=True, cwd=home, stdout=subprocess.DEVNULL, **owner)

    run(initdb, "-D", str(data), "-U", "emulator", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
    options = f"-k {home} -p {port} -c listen_addresses=127.0.0.1"
    run(pg_ctl, "-D", str(data), "-l", str(home / "log"), "-o", options, "-w", "start")
    server = f"postgresql://emulator@127.0.0.1:{port}"
    numbers = count(1)

    def create() -> str:
        name = f"world{next(numbers)}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"{server}/{name}"

    try:
        yield create
    finally:
        run(pg_ctl, "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(params=["file", "postgresql"])
def durable_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database that outlives its store."""
    if request.param == "file":
        return file_url(tmp_path / "data")
    create: Databases = request.getfixturevalue("postgresql")
    return create()


@pytest.fixture(params=["memory", "file", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store on each kind of database."""
    if request.param == "memory":
        url = MEMORY_URL
    elif request.param == "file":
        url = file_url(tmp_path)
    else:
        url = request.getfixturevalue("postgresql")()
    with Store.open(url) as opened:
        yield opened
