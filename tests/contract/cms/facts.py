"""What the reference says about the monitoring interfaces (CEC 12.3), as `facts.json` has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Parameter:
    """A documented parameter; limits are inclusive, `items` are those of a list's elements."""

    name: str
    type: str
    mandatory: bool
    aliases: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_items: int | None = None
    items: tuple[int, int] | None = None
    parent: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A documented field of the answer; `parent` is the dotted path of its owner, "" at the top.

    In the path, `*` is whatever key a map has. A field with a `variant` is of that answer only.
    """

    name: str
    parent: str
    type: str
    also_under: tuple[str, ...] = ()
    in_example: str = ""
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Interface:
    """A documented interface."""

    id: str
    method: str
    path: str
    wrapper: str | None
    not_in_cti_3_6: bool
    global_only: bool
    path_parameters: tuple[Parameter, ...]
    parameters: tuple[Parameter, ...]
    response: tuple[Field, ...]
    request_example: Any
    response_example: Any

    @property
    def compatible(self) -> bool:
        """Whether earlier clients find copies of the result in the answer."""
        return {"resultDatas", "resultDesc"} <= {it.name for it in self.response if not it.parent}


@cache
def interfaces() -> tuple[Interface, ...]:
    """All 90 of them."""
    rows = json.loads(Path(__file__).with_name("facts.json").read_text(encoding="utf-8"))
    return tuple(map(_interface, rows))


def interface(section: str) -> Interface:
    """The interface of a section."""
    return next(it for it in interfaces() if it.id == section)


def parameters() -> Iterator[tuple[Interface, Parameter]]:
    """Every parameter of a body, with its interface."""
    for it in interfaces():
        for parameter in it.parameters:
            yield it, parameter


def _interface(row: dict[str, Any]) -> Interface:
    return Interface(
        row["id"],
        row["method"],
        row["path"],
        row["wrapper"],
        row["not_in_cti_3_6"],
        row.get("global_only", False),
        tuple(map(_parameter, row["parameters"]["path"])),
        tuple(map(_parameter, row["parameters"]["body"])),
        tuple(map(_field, row["response"])),
        row["request_example"],
        row["response_example"],
    )


def _parameter(row: dict[str, Any]) -> Parameter:
    values = dict(row)
    values["aliases"] = tuple(row.get("aliases", ()))
    values["items"] = (row["items"]["min"], row["items"]["max"]) if "items" in row else None
    return Parameter(**values)


def _field(row: dict[str, Any]) -> Field:
    return Field(
        row["name"],
        row["parent"] or "",
        row["type"],
        tuple(row.get("also_under", ())),
        row.get("in_example", ""),
        row.get("variant", ""),
    )
