"""Tells each of the switch's events to those who listen to its type, and counts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from emulator.switch.events import Event

Handlers = Mapping[type[Any], Callable[[Any], None]]
"""What takes note of an event, by its type."""


class Listener(Protocol):
    """Somebody who takes note of events."""

    @property
    def handlers(self) -> Handlers:
        """What takes note of an event, by its type."""
        ...


class Dispatch:
    """One subscriber for many listeners: most events concern few of them.

    Listeners hear of an event in the order in which they were added. Their handlers are looked up
    when an event of a type is heard for the first time: later ones for that type are not seen.
    """

    def __init__(self) -> None:
        self._listeners: list[Handlers] = []
        self._handlers: dict[type[Any], tuple[Callable[[Any], None], ...]] = {}
        self._seen: dict[type[Any], int] = {}

    def add(self, handlers: Handlers) -> None:
        """Somebody listens from now on."""
        self._listeners.append(handlers)
        self._handlers.clear()

    def hear(self, event: Event) -> None:
        """Tell of one event: this is the subscriber."""
        kind = type(event)
        handlers = self._handlers.get(kind)
        if handlers is None:
            handlers = self._handlers[kind] = self._listening_to(kind)
            self._seen.setdefault(kind, 0)
        self._seen[kind] += 1
        for handler in handlers:
            handler(event)

    def _listening_to(self, kind: type[Any]) -> tuple[Callable[[Any], None], ...]:
        return tuple(handlers[kind] for handlers in self._listeners if kind in handlers)

    @property
    def events(self) -> dict[str, int]:
        """How many events there were, by the name of their type, in order of names."""
        return dict(sorted((kind.__name__, count) for kind, count in self._seen.items()))
