"""What all parts of a scenario file have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Discriminator


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


def wrapped(field: str) -> Callable[[Any], Any]:
    """Lets a value that is no mapping stand for a mapping with the one field."""

    def wrap(value: Any) -> Any:
        return value if isinstance(value, Mapping | BaseModel) else {field: value}

    return wrap
