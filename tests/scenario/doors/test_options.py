"""`emulator scenario run` in real time and against emulators: the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.cli import main
from emulator.testing.servers import ChildProcess

SMALL = """\
name: small
duration: 5s
run_out: 10s
seed: demo
streams: [{name: callers, dials: "95001", arrivals: {at: [1s, 2s]}}]
agents: [{name: team, agents: 101-102, talk: 2s}]
expect: [{figure: answered, equals: 2}]
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Two short calls."""
    (tmp_path / "small.yaml").write_text(SMALL)
    return str(tmp_path / "small.yaml")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--against", "http://127.0.0.1:1"], "http://127.0.0.1:1"),
        (["--against", "http://127.0.0.1:1", "--agents", "sip"], "cannot be played by SIP phones"),
        (["--against", "http://127.0.0.1:1", "--agents", "engine"], "inside a switch only"),
        (["--agents", "rest"], "with --against only"),
        (["--keep"], "for --against"),
        (["--control-token", "secret"], "for --against"),
        (["--scale", "2", "--replications", "3"], "played in virtual time"),
    ],
)
def test_what_cannot_be_played_is_told_with_its_reason(
    file: str, options: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scenario", "run", file, *options]) == 2
    assert reason in capsys.readouterr().err


def test_time_passes_as_fast_as_it_is_asked_to(file: str) -> None:
    assert main(["scenario", "run", file, "--scale", "50", "--quiet"]) == 0


def test_a_scenario_is_played_on_an_emulator(
    file: str, emulator: ChildProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scenario", "run", file, "--against", emulator.url, "--scale", "5"]) == 0
    shown = capsys.readouterr().out
    assert "met     answered 2: 2" in shown
    assert "met     agents' clients are told of every call: 6 events, all of them" in shown
