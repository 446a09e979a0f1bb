"""An emulator to play against, and the small call center with what its doors need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emulator.clients.control import ControlClient
from emulator.testing.servers import ChildProcess
from tests.scenario.support import TENANT

PASSWORD = "Demo@2026"


def _with_password(agents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**agent, "password": PASSWORD} for agent in agents]


HOUSE: dict[str, Any] = {
    **TENANT,
    "agents": _with_password(TENANT["agents"]),
    "phones": [
        {"range": numbers, "number": "4{n}"} for numbers in ("101-110", "111-117", "191-192")
    ],
}


@pytest.fixture(scope="module")
def emulator() -> Iterator[ChildProcess]:
    """A running emulator."""
    server = ChildProcess({})
    yield server
    server.stop()


@pytest.fixture
def control(emulator: ChildProcess) -> Iterator[ControlClient]:
    """Its control plane; afterwards time is real again and nothing goes wrong any more."""
    with emulator.control() as client:
        yield client
        client.clear_faults()
        client.run(1.0)
