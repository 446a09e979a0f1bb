"""The emulator in a container, with a stand-in for the command `docker` that runs it right here."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path

import httpx
import pytest

from emulator.clients.control import ControlClient, ControlRefused
from emulator.testing.container import ContainerFailed, EmulatorContainer
from emulator.testing.world import World

STAND_IN = """#!{python}
import os, pathlib, signal, subprocess, sys

here = pathlib.Path(__file__).parent
with open(here / "told", "a") as told:
    print(*sys.argv[1:], file=told)
what, image = sys.argv[1], sys.argv[-1]
if what == "run":
    if image == "missing":
        sys.exit("no such image: missing")
    given = [it for it in sys.argv if it.startswith("EMULATOR_")]
    environment = {{name: os.environ[name] for name in given}}
    if image == "broken":
        environment["EMULATOR_SEED"] = "nowhere"
    if image == "silent":
        started = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        (here / "out").write_text("ready http://127.0.0.1:9")
    else:
        started = subprocess.Popen(
            [{python!r}, "-m", "emulator.testing.child", str(os.getppid())],
            env={{**environment, "EMULATOR_HTTP_PORT": "-1", "EMULATOR_HTTPS_PORT": "0"}},
            stdout=open(here / "out", "w"), stderr=open(here / "err", "w"), cwd="/",
        )
        while not (here / "out").read_text().strip() and started.poll() is None:
            pass
    print(started.pid)
elif what == "port":
    print((here / "out").read_text().removeprefix("ready http://").strip() or "127.0.0.1:9")
elif what == "inspect":
    print("true" if image == "silent" or not (here / "err").exists()
          or not (here / "err").read_text() else "false")
elif what == "logs":
    print((here / "err").read_text() if (here / "err").exists() else "", file=sys.stderr)
elif what == "rm":
    try:
        os.kill(int(image), signal.SIGTERM)
    except ProcessLookupError:
        pass
"""


@pytest.fixture(autouse=True)
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stand-in; what it was told is in the file `told` beside it."""
    command = tmp_path / "docker"
    command.write_text(STAND_IN.format(python=sys.executable), encoding="utf-8")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return command


def told(docker: Path) -> list[list[str]]:
    return [line.split() for line in (docker.parent / "told").read_text().splitlines()]


def wait_until_gone(url: str) -> None:
    with contextlib.suppress(httpx.TransportError):
        while True:
            httpx.get(f"{url}/_emulator/health")


def test_a_container_answers_when_it_has_started_and_is_removed_at_the_end(docker: Path) -> None:
    with EmulatorContainer(settings={"clock_scale": 0}) as emulator:
        with emulator.control() as control:
            assert control.clock()["scale"] == 0
            assert control.dial_in("139", "95001")
        url = emulator.url
    wait_until_gone(url)
    assert [words[0] for words in told(docker)] == ["run", "port", "rm"]
    assert "--volumes" in told(docker)[-1]
    with pytest.raises(ContainerFailed, match="not been started"):
        _ = emulator.url


def test_only_who_has_the_token_drives_it_and_no_command_line_shows_it(docker: Path) -> None:
    with EmulatorContainer() as emulator:
        assert emulator.token not in (docker.parent / "told").read_text()
        with ControlClient(emulator.url) as control, pytest.raises(ControlRefused, match="token"):
            control.state()


def test_a_test_can_have_a_world_in_it() -> None:
    with EmulatorContainer() as emulator, World.made(emulator) as world:
        world.agent(101).sign_in()
        assert world.name in emulator_worlds(emulator)
    assert emulator.image == "emulator"


def emulator_worlds(emulator: EmulatorContainer) -> list[str]:
    with emulator.control() as control:
        return [it["name"] for it in control.worlds()]


def test_an_image_that_is_not_there_is_named() -> None:
    with pytest.raises(ContainerFailed, match="docker run: no such image: missing"):
        EmulatorContainer("missing").start()


def test_a_container_that_ends_shows_its_log_and_is_removed(docker: Path) -> None:
    with pytest.raises(ContainerFailed, match=r"has ended:\s.*nowhere"):
        EmulatorContainer("broken").start()
    assert told(docker)[-1][0] == "rm"


def test_a_container_that_never_answers_is_given_up(docker: Path) -> None:
    with pytest.raises(ContainerFailed, match="does not answer"):
        EmulatorContainer("silent").start(within=0)
    assert told(docker)[-1][0] == "rm"


def test_the_image_is_built_from_a_checkout(docker: Path, tmp_path: Path) -> None:
    EmulatorContainer.build(tmp_path, "mine")
    assert told(docker) == [["build", "--tag", "mine", str(tmp_path)]]


def test_a_machine_without_the_command_is_told_so() -> None:
    with pytest.raises(ContainerFailed, match="no-docker: No such file"):
        EmulatorContainer(command="no-docker").start()
