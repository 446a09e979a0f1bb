"""The JSON Schema of scenario files, for editors and other programs."""

from __future__ import annotations

from typing import Any

from emulator.scenario.file.scenario import Scenario

_VARIABLE = {"type": "string", "pattern": r"\$\{[^{}]*\}"}
_ABOUT = ("default", "description", "title", "examples")
_NOT_VARIABLE = ("name", "include", "variables")
_CHOICES = ("anyOf", "oneOf")


def schema() -> dict[str, Any]:
    """The schema; wherever a value stands, a variable may stand too."""
    made = Scenario.model_json_schema(by_alias=True)
    parts = {name: _in_part(part) for name, part in made.pop("$defs").items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_in_part(made),
        "title": "A scenario of the call center emulator",
        "$defs": parts,
    }


def _in_part(part: dict[str, Any]) -> dict[str, Any]:
    fields = part.get("properties", {})
    filled = {
        name: field if name in _NOT_VARIABLE else _or_variable(field)
        for name, field in fields.items()
    }
    return {**part, "properties": filled} if fields else part


def _or_variable(field: dict[str, Any]) -> dict[str, Any]:
    """The field, or a variable in its place; lists and mappings may hold variables."""
    about = {key: value for key, value in field.items() if key in _ABOUT}
    value = {key: _inside(key, it) for key, it in field.items() if key not in _ABOUT}
    choices = value.get("anyOf")
    if choices is not None and len(value) == 1:
        return {**about, "anyOf": [*choices, _VARIABLE]}
    return {**about, "anyOf": [value, _VARIABLE]}


def _inside(key: str, value: Any) -> Any:
    if key in ("items", "additionalProperties") and isinstance(value, dict):
        return _or_variable(value)
    if key == "prefixItems":
        return [_or_variable(it) for it in value]
    if key in _CHOICES:
        return [{name: _inside(name, it) for name, it in choice.items()} for choice in value]
    return value
