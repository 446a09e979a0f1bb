"""The scenarios that ship with the emulator do what they promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.scenario.checking import check
from emulator.scenario.engine.run import Run
from emulator.scenario.file.reading import read_scenario
from emulator.scenario.shipped import file_of, names


def test_there_are_at_least_twelve() -> None:
    assert len(names()) >= 12


@pytest.mark.parametrize("name", names())
def test_its_expectations_are_met_and_nothing_is_left_over(name: str) -> None:
    made = read_scenario(file_of(name))
    check(made)
    result = Run(made).play()
    assert made.name == name
    assert [verdict for verdict in result.verdicts if not verdict.met] == []
    assert len(result.verdicts) >= 3
    assert result.complete
    assert result.unfinished == 0


@pytest.mark.parametrize("name", names())
def test_it_says_what_it_is_for_in_its_first_lines(name: str) -> None:
    file = Path(file_of(name))
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# ")
    assert read_scenario(file).purpose
