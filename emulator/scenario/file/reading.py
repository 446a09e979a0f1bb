"""Reads scenarios: from YAML, with variables and other files, or from Python."""

from __future__ import annotations

import runpy
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from emulator.control.seed import REASONS
from emulator.scenario.file.errors import Problem, ScenarioError
from emulator.scenario.file.places import (
    Field,
    Places,
    combine,
    parse_yaml,
    place_of,
    read_yaml,
    spelled,
)
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.file.variables import filled_in

SUFFIXES = (".yaml", ".yml", ".py")
DEEPEST = 8
"""Files that include files."""

_INSTANT = "must be a date and time, as 2026-03-02T08:00:00"
_REASONS = {
    **REASONS,
    "extra_forbidden": "is not known here",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "literal_error": "must be one of: {expected}",
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
}


def read_scenario(file: Path, variables: Mapping[str, Any] | None = None) -> Scenario:
    """The scenario of a file; `variables` stand over its own. `ScenarioError` if it is broken."""
    if file.suffix == ".py":
        return _from_python(file, variables or {})
    document, places = _with_included(file, 0)
    return build(document, places, str(file), variables or {}, file.parent)


def parse_scenario(
    text: str, source: str = "scenario", variables: Mapping[str, Any] | None = None
) -> Scenario:
    """The scenario of a YAML text; it includes nothing."""
    document, places = parse_yaml(text, source)
    return build(document, places, source, variables or {}, Path())


def build(
    document: Any, places: Places, source: str, variables: Mapping[str, Any], folder: Path
) -> Scenario:
    """The scenario of a document that was read."""
    if not isinstance(document, dict):
        raise ScenarioError([Problem(source, 1, "", "must be a mapping of fields")])
    filled = _fill(document, places, source, variables)
    try:
        scenario = Scenario.model_validate(filled)
    except ValidationError as error:
        raise ScenarioError(list(_problems(error, filled, places, source))) from None
    scenario._folder = folder
    scenario._places = dict(places)
    return scenario


# Parts in other files


def with_included(file: Path) -> Any:
    """The document of a file with those that it includes, as they were written."""
    return _with_included(file, 0)[0]


def _with_included(file: Path, depth: int) -> tuple[Any, Places]:
    document, places = read_yaml(file)
    included = document.get("include") if isinstance(document, dict) else None
    if not isinstance(included, list):
        return document, places
    if depth >= DEEPEST:
        line = places["include",][1]
        reason = "files include each other without end"
        raise ScenarioError([Problem(str(file), line, "include", reason)])
    read: tuple[Any, Places] = ({}, {})
    for name in included:
        part, part_places = _with_included(file.parent / str(name), depth + 1)
        if not isinstance(part, dict):
            raise ScenarioError([Problem(str(name), 1, "", "must be a mapping of fields")])
        part.pop("include", None)
        read = combine(read, (part, part_places))
    return combine(read, (document, places))


# Variables


def _fill(
    document: dict[str, Any], places: Places, source: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    own = document.get("variables")
    known = dict(own) if isinstance(own, dict) else {}
    unknown = [name for name in given if name not in known]
    problems = [
        Problem(source, 0, "variables", f"there is no variable {name!r}") for name in unknown
    ]
    known |= given
    for name, value in known.items():
        try:
            known[name] = filled_in(value, known)
        except ValueError as error:
            problems.append(_problem(("variables", name), str(error), places, source))
    fill = partial(_filled, variables=known, places=places, source=source, problems=problems)
    filled = {name: fill(value, (name,)) for name, value in document.items()}
    if problems:
        raise ScenarioError(problems)
    return {**filled, "variables": known} if known else filled


def _filled(
    value: Any,
    field: Field,
    variables: Mapping[str, Any],
    places: Places,
    source: str,
    problems: list[Problem],
) -> Any:
    again = partial(_filled, variables=variables, places=places, source=source, problems=problems)
    if isinstance(value, dict):
        return {key: again(entry, (*field, key)) for key, entry in value.items()}
    if isinstance(value, list):
        return [again(entry, (*field, place)) for place, entry in enumerate(value)]
    try:
        return filled_in(value, variables)
    except ValueError as error:
        problems.append(_problem(field, str(error), places, source))
        return value


# What is wrong


def _problem(field: Field, reason: str, places: Places, source: str) -> Problem:
    file, line = place_of(field, places)
    return Problem(file or source, line, spelled(field), reason)


def _problems(
    error: ValidationError, document: Any, places: Places, source: str
) -> Iterator[Problem]:
    for it in error.errors(include_url=False):
        field = _field(it["loc"], document, missing=it["type"] == "missing")
        yield _problem(field, reason_of(it), places, source)


def _field(location: Field, document: Any, *, missing: bool) -> Field:
    """The field as it was written: without the kinds that pydantic puts between."""
    found: list[str | int] = []
    value = document
    for part in location:
        inside = isinstance(value, dict) and part in value
        if inside or (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            found.append(part)
            value = value[part]
    if missing:
        found.append(location[-1])
    return tuple(found)


def reason_of(error: Any) -> str:
    """What is wrong, in the words of this project; `error` is one of pydantic's."""
    known = _REASONS.get(error["type"])
    if known is not None:
        return known.format(**error.get("ctx", {}))
    message: str = error["msg"].removeprefix("Value error, ")
    return message.replace("Input should be", "must be").replace("Value should", "must")


# Python


def _from_python(file: Path, variables: Mapping[str, Any]) -> Scenario:
    try:
        made = runpy.run_path(str(file)).get("scenario")
        scenario = made(**variables) if callable(made) else made
    except Exception as error:
        line = _line_in(file, error)
        reason = f"{type(error).__name__}: {error}"
        raise ScenarioError([Problem(str(file), line, "", reason)]) from error
    if not isinstance(scenario, Scenario):
        reason = "must define `scenario`: a Scenario, or a function that gives one"
        raise ScenarioError([Problem(str(file), 0, "", reason)])
    if variables and not callable(made):
        reason = "takes no variables: `scenario` is not a function"
        raise ScenarioError([Problem(str(file), 0, "", reason)])
    scenario._folder = file.parent
    return scenario


def _line_in(file: Path, error: BaseException) -> int:
    """The last line of the file that had to do with an error."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
