"""A full structural picture of a switch, to see whether a refused command changed anything."""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import Any

from emulator.switch.switch import Switch

_PLAIN = (int, float, str, bool, type(None), Enum, bytes)
_SKIPPED = frozenset({"on_subscriber_error", "report", "_subscribers", "_heap"})


def dump(switch: Switch) -> dict[int, Any]:
    """Every object reachable from the switch, by identity, with its fields one level deep."""
    seen: dict[int, Any] = {}
    frontier: list[Any] = [switch]
    while frontier:
        item = frontier.pop()
        if id(item) not in seen:
            seen[id(item)] = _shallow(item, frontier)
    seen[-1] = switch.timers.pending()
    return seen


def _shallow(item: Any, frontier: list[Any]) -> Any:
    if isinstance(item, dict):
        return tuple((k, _mark(v, frontier)) for k, v in item.items())
    if isinstance(item, list | tuple | deque):
        return tuple(_mark(v, frontier) for v in item)
    slots = [name for kind in type(item).__mro__ for name in getattr(kind, "__slots__", ())]
    return tuple(_mark(getattr(item, n), frontier) for n in slots if n not in _SKIPPED)


def _mark(value: Any, frontier: list[Any]) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, tuple) and not hasattr(value, "__slots__"):
        return tuple(_mark(v, frontier) for v in value)
    if type(value).__name__.endswith("Config"):
        return id(value)
    frontier.append(value)
    return id(value)
