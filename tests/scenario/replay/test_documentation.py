"""The example of the documentation is what the command does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emulator.cli import main, parser

PAGE = (Path(__file__).parents[3] / "docs" / "replay.md").read_text(encoding="utf-8")


def block(kind: str) -> str:
    """The first block of the kind."""
    found = re.search(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_example_says_what_the_command_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("calls_call_1.csv").write_text(block("csv"))
    assert main(["replay", "calls_call_1.csv"]) == 0
    assert capsys.readouterr().out.startswith(block("text"))


def test_every_option_is_mentioned() -> None:
    (commands,) = [it for it in parser()._actions if it.choices]
    assert isinstance(commands.choices, dict)
    options = commands.choices["replay"]._option_string_actions
    missing = [it for it in options if it.startswith("--") and it not in PAGE and it != "--help"]
    assert missing == []
