"""What all parts of a scenario file have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic_core import core_schema


class Part(BaseModel):
    """A part of a scenario: nothing in it is overlooked, and nothing changes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def by_key(kinds: Mapping[str, type[BaseModel]], plain: str = "") -> Discriminator:
    """Tells kinds apart by the one key that each of them has alone.

    A value that is no mapping is of the kind `plain`, whose field has that name too.
    """

    def kind_of(value: Any) -> str | None:
        if isinstance(value, BaseModel):
            return next((name for name, kind in kinds.items() if type(value) is kind), None)
        if isinstance(value, Mapping):
            return next((name for name in kinds if name in value), None)
        return plain or None

    named = ", ".join(kinds)
    return Discriminator(
        kind_of,
        custom_error_type="kind",
        custom_error_message=f"must be one of: {named}",
    )


class Plain:
    """Lets a value that is no mapping stand for a mapping with the one field.

    `written` is the JSON Schema of such a value.
    """

    def __init__(self, field: str, written: dict[str, Any]) -> None:
        self._field = field
        self._written = written

    def _wrap(self, value: Any) -> Any:
        return value if isinstance(value, Mapping | BaseModel) else {self._field: value}

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self._wrap, handler(source))

    def __get_pydantic_json_schema__(
        self, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [self._written, handler(core)]}
