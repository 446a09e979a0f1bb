"""The JSON Schema of scenario files, for editors and other programs."""

from __future__ import annotations

from typing import Any

from emulator.scenario.file.scenario import Scenario

_VARIABLE = {"type": "string", "pattern": r"\$\{[^{}]*\}"}


def schema() -> dict[str, Any]:
    """The schema; wherever a value stands, a variable may stand too."""
    made = Scenario.model_json_schema(by_alias=True)
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "A scenario of the call center emulator"
    for part in (made, *made["$defs"].values()):
        for name, field in part.get("properties", {}).items():
            if name not in ("name", "include", "variables"):
                part["properties"][name] = _or_variable(field)
    return made


def _or_variable(field: dict[str, Any]) -> dict[str, Any]:
    if field.get("type") == "string" and "pattern" not in field and "enum" not in field:
        return field
    about = ("default", "description", "title")
    kept = {key: value for key, value in field.items() if key in about}
    rest = {key: value for key, value in field.items() if key not in kept}
    return {**kept, "anyOf": [rest, _VARIABLE]}
