"""The scenarios that ship with the emulator do what they promise."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from emulator.scenario.checking import check
from emulator.scenario.engine.run import Run
from emulator.scenario.file.reading import read_scenario, with_included
from emulator.scenario.file.schema import schema
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


@pytest.mark.parametrize("name", names())
def test_it_fits_the_published_schema(name: str) -> None:
    document = with_included(file_of(name))
    as_json = json.loads(json.dumps(document, default=lambda it: it.isoformat()))
    problems = [
        f"{error.instance_path}: {error.message}"
        for error in jsonschema_rs.validator_for(schema()).iter_errors(as_json)
    ]
    assert problems == []


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    validator = jsonschema_rs.validator_for(schema())
    good = {"name": "a", "duration": "1h", "agents": [{"name": "t", "agents": 101, "talk": 5}]}
    assert validator.is_valid(good)
    assert validator.is_valid({**good, "duration": "${hours}h"})
    assert not validator.is_valid({**good, "length": "1h"})
    assert not validator.is_valid({**good, "duration": "soon"})
    assert not validator.is_valid({**good, "agents": [{"name": "t"}]})
