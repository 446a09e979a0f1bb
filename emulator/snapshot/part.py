"""A part of the world: what one of its members has to say to a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """State with a name that is unique in the world, and the type that it has.

    `save` gives the state as it is now, `load` puts one in the place of the present one. Whatever
    has the type can be loaded, unless `check` objects to it with a `SnapshotRefused`.
    """

    name: str
    type: Any
    save: Callable[[], Any]
    load: Callable[[Any], None]
    check: Callable[[Any], None] = lambda _: None


def attribute(owner: object, name: str, kind: Any, label: str) -> Part:
    """The part that is one attribute of its owner."""
    return Part(
        label, kind, lambda: getattr(owner, name), lambda value: setattr(owner, name, value)
    )


def types_of(parts: Iterable[Part]) -> dict[str, Any]:
    """Each part's type by its name."""
    return {part.name: part.type for part in parts}
