"""YAML with places: what was written, and in which file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from emulator.scenario.file.errors import Problem, ScenarioError

Field = tuple[str | int, ...]
Places = dict[Field, tuple[str, int]]
"""File and line by field."""

MOST_FIELDS = 500_000
"""Of a file: aliases of aliases of aliases would fill any memory."""
DEEPEST = 40
"""Parts within parts."""

_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")


class _Loader(yaml.SafeLoader):
    """YAML without numbers to the base of 60: 18:00 is a time of day."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern in (("float", _FLOAT), ("int", _INT)):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern.pattern})$"), list("-+.0123456789")
    )


def read_yaml(file: Path) -> tuple[Any, Places]:
    """The document of a file, and the places of its fields."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = _why_not(error)
        raise ScenarioError([Problem(str(file), 0, "", f"cannot be read: {reason}")]) from error
    return parse_yaml(text, str(file))


def _why_not(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def parse_yaml(text: str, source: str) -> tuple[Any, Places]:
    """The document of a text, and the places of its fields."""
    places: Places = {}
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            document = None if node is None else _build(loader, node, (), source, places)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        reason = error.problem or "is not YAML"
        raise ScenarioError([Problem(source, line, "", reason)]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ScenarioError([Problem(source, 0, "", f"is not YAML: {error}")]) from error
    return document, places


def _build(loader: _Loader, node: yaml.Node, field: Field, source: str, places: Places) -> Any:
    if len(places) > MOST_FIELDS or len(field) > DEEPEST:
        raise yaml.MarkedYAMLError(
            problem="is too much: aliases, or parts within parts", problem_mark=node.start_mark
        )
    places[field] = (source, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        return dict(_entries(loader, node, field, source, places))
    if isinstance(node, yaml.SequenceNode):
        return [
            _build(loader, entry, (*field, place), source, places)
            for place, entry in enumerate(node.value)
        ]
    return loader.construct_object(node)


def _entries(
    loader: _Loader, node: yaml.MappingNode, field: Field, source: str, places: Places
) -> Sequence[tuple[str, Any]]:
    entries: dict[str, Any] = {}
    for key_node, value_node in node.value:
        # A key is text, also if it looks like a number: the keys of a phone are keys.
        key = str(getattr(key_node, "value", ""))
        if key in entries:
            raise yaml.MarkedYAMLError(
                problem=f"the key {key!r} occurs twice", problem_mark=key_node.start_mark
            )
        entries[key] = _build(loader, value_node, (*field, key), source, places)
        places[*field, key] = (source, key_node.start_mark.line + 1)
    return list(entries.items())


def place_of(field: Field, places: Places) -> tuple[str, int]:
    """Where the field, or what it belongs to, was written."""
    while field and field not in places:
        field = field[:-1]
    return places.get(field, ("", 0))


def spelled(field: Field) -> str:
    """A field as people name it: streams[0].arrivals."""
    text = ""
    for part in field:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def combine(first: tuple[Any, Places], second: tuple[Any, Places]) -> tuple[Any, Places]:
    """Two documents as one: lists one after the other, of anything else the second wins."""
    places: Places = {}
    document = _combine(first[0], second[0], (), (first[1], second[1]), places)
    return document, places


def _combine(one: Any, two: Any, field: Field, known: tuple[Places, Places], places: Places) -> Any:
    if field in known[1] or field in known[0]:
        places[field] = known[1].get(field) or known[0][field]
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        made = {}
        for key in (*one, *(key for key in two if key not in one)):
            inner = (*field, key)
            if key in one and key in two:
                made[key] = _combine(one[key], two[key], inner, known, places)
            else:
                source = 0 if key in one else 1
                made[key] = (one, two)[source][key]
                _copy(known[source], inner, inner, places)
        return made
    if isinstance(one, list) and isinstance(two, list):
        for place in range(len(one)):
            _copy(known[0], (*field, place), (*field, place), places)
        for place in range(len(two)):
            _copy(known[1], (*field, place), (*field, place + len(one)), places)
        return [*one, *two]
    _copy(known[1], field, field, places)
    return two


def _copy(source: Places, old: Field, new: Field, places: Places) -> None:
    """The places of a field and of all that belongs to it."""
    for field, place in source.items():
        if field[: len(old)] == old:
            places[(*new, *field[len(old) :])] = place
