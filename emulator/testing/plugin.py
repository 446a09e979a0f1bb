"""The pytest plugin: one emulator for the test run, a fresh world for every test.

    def test_the_customer_number_reaches_the_screen(world):
        connector = MyConnector(world.url)
        world.control.dial_in("13912345678", "95001")
        hears(world, "AgentEvent_Talking", agent=101)

It is loaded by every pytest run of whoever has the emulator installed: nothing of the emulator is
imported before a test asks for it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from emulator.testing.servers import Server
    from emulator.testing.world import World

SHARED = "emulator_shared"
"""Where the workers of pytest-xdist leave word of the server that they share."""
CONTROLLER = "emulator_controller"
"""The process that outlives the workers."""

_shared_directory = pytest.StashKey[Path]()

OPTIONS = (
    ("url", "an emulator that runs already", ""),
    ("token", "its control token", ""),
    ("run", "where the emulator runs: thread (of the test's process) or process", "thread"),
    ("seed", "the call center that worlds begin with: a packaged seed or a file", "demo"),
    ("isolation", "world: a fresh one for every test; reset: one that is reset", "world"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options, each also a setting `emulator_<name>` of the configuration file."""
    group = parser.getgroup("emulator", "call center emulator")
    for name, meaning, default in OPTIONS:
        group.addoption(f"--emulator-{name}", help=meaning)
        parser.addini(f"emulator_{name}", meaning, default=default)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "emulator(seed=, settings=, start=, port=): the world that the test gets is made so; "
        "see ControlClient.make_world",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where it finds the others."""
    stash = node.config.stash
    if _shared_directory not in stash:
        stash[_shared_directory] = Path(tempfile.mkdtemp(prefix="emulator-"))
    node.workerinput[SHARED] = str(stash[_shared_directory])
    node.workerinput[CONTROLLER] = os.getpid()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server that the workers shared."""
    directory = config.stash.get(_shared_directory, None)
    if directory is not None:
        from emulator.testing.shared import end_shared

        end_shared(directory)
        shutil.rmtree(directory, ignore_errors=True)


def _option(config: pytest.Config, name: str) -> str:
    return str(config.getoption(f"emulator_{name}") or config.getini(f"emulator_{name}"))


@pytest.fixture(scope="session")
def emulator_settings() -> Mapping[str, Any]:
    """The emulator's settings by name; to be overridden in a conftest."""
    return {}


@pytest.fixture(scope="session")
def emulator_server(
    request: pytest.FixtureRequest, emulator_settings: Mapping[str, Any]
) -> Iterator[Server]:
    """The emulator of the test run; all workers of pytest-xdist share one."""
    server = _open_server(request.config, emulator_settings)
    yield server
    server.stop()


def _open_server(config: pytest.Config, settings: Mapping[str, Any]) -> Server:
    from emulator.testing import servers

    url = _option(config, "url")
    if url:
        return servers.Running(url, _option(config, "token"))
    settings = {"seed": _option(config, "seed"), **settings}
    worker: Mapping[str, Any] = getattr(config, "workerinput", {})
    if SHARED in worker:
        from emulator.testing.shared import share

        return share(Path(worker[SHARED]), settings, outlived_by=worker[CONTROLLER])
    kind = _option(config, "run")
    if kind not in ("thread", "process"):
        raise pytest.UsageError(f"the emulator runs in a thread or a process, not in {kind!r}")
    return servers.InThread(settings) if kind == "thread" else servers.ChildProcess(settings)


@pytest.fixture(scope="session")
def _reset_world(emulator_server: Server) -> Iterator[str]:
    """The name of the one world that is reset for every test."""
    with emulator_server.control() as control:
        made = control.make_world(settings={"clock_scale": 0})
        yield made["name"]
        control.drop_world(made["name"])


@pytest.fixture
def world(request: pytest.FixtureRequest, emulator_server: Server) -> Iterator[World]:
    """A call center that nobody else uses, in which time stands still."""
    from emulator.testing.world import World

    marker = request.node.get_closest_marker("emulator")
    isolation = _option(request.config, "isolation")
    if isolation not in ("world", "reset"):
        raise pytest.UsageError(f"emulator_isolation is world or reset, not {isolation!r}")
    if isolation == "reset" and marker is None:
        with World.reset(emulator_server, request.getfixturevalue("_reset_world")) as opened:
            yield opened
    else:
        order = {} if marker is None else marker.kwargs
        with World.made(emulator_server, **order) as opened:
            yield opened
