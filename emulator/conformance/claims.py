"""What the emulator claims: the served interfaces with their sections, codes and events."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any, get_type_hints

from emulator.surfaces.cec.component import Component
from emulator.surfaces.soap.contract import Service

DOCUMENTED = Path(__file__).with_name("documented.json")
STATE = frozenset({"platform", "switch", "tenant", "agent_id", "app_key"})
"""What a handler reads of its request when it looks at the call center."""
DEEPEST = 6
"""Calls that are followed from a handler."""


@dataclass(frozen=True, slots=True)
class Documented:
    """A component of the reference: its chapters, and how many interfaces it documents."""

    component: str
    chapters: tuple[str, ...]
    interfaces: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A served interface."""

    component: str
    section: str
    method: str
    path: str
    codes: tuple[str, ...]
    events: tuple[str, ...]
    state_backed: bool


def documented() -> list[Documented]:
    """Every component of the references, in their order."""
    rows = json.loads(DOCUMENTED.read_text(encoding="utf-8"))
    return [Documented(it["component"], tuple(it["chapters"]), it["documented"]) for it in rows]


def served_components() -> list[Component[Any]]:
    """The components whose doors are opened."""
    from emulator.surfaces.cec.ccfs.routes import ccfs
    from emulator.surfaces.cec.cms.routes import cms
    from emulator.surfaces.cec.gateway.routes import gateway
    from emulator.surfaces.cec.management import management
    from emulator.surfaces.cec.tokens import apigovernance

    return [apigovernance, management, gateway, cms, ccfs]


def claims() -> Iterator[Claim]:
    """Every served interface."""
    for component in served_components():
        for it in component.interfaces:
            yield Claim(
                component.name,
                it.section,
                it.method,
                it.path,
                it.codes,
                it.events,
                reaches_the_state(it.handler),
            )
    yield from soap_claims()


def soap_services() -> list[Service]:
    """The SOAP services whose doors are opened."""
    from emulator.surfaces.ultracrm.routes import SERVICES
    from emulator.surfaces.uncall.service import service

    return [*SERVICES, service]


def soap_claims() -> Iterator[Claim]:
    """Every operation of theirs."""
    for service in soap_services():
        for it in service.operations.values():
            yield Claim(
                service.component,
                it.section,
                "POST",
                f"{service.path}#{it.name}",
                it.codes,
                (),
                reaches_the_state(it.handler),
            )


def soap_ignored() -> Iterator[str]:
    """Parameters of theirs that are accepted and have no effect."""
    for service in soap_services():
        for it in service.operations.values():
            for name in it.ignored:
                yield f"{service.name} {it.name}: {name}"


def reaches_the_state(handler: Callable[..., Any]) -> bool:
    """Whether a handler, or a function of ours that it calls, looks at the call center."""
    return _reaches(handler, DEEPEST, ())


def _reaches(function: Any, depth: int, kinds: tuple[type, ...]) -> bool:
    """`kinds` are the classes of what is at hand: their methods may be called."""
    function = inspect.unwrap(function) if callable(function) else function
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or not function.__module__.startswith("emulator."):
        return False
    if STATE & set(code.co_names):
        return True
    if not depth:
        return False
    kinds = (*kinds, *_kinds_of(function))
    return any(
        _reaches(called, depth - 1, kinds)
        for name in code.co_names
        for called in (function.__globals__.get(name), *(getattr(it, name, None) for it in kinds))
    )


def _kinds_of(function: Any) -> list[type]:
    """The classes of ours among the types of a function's parameters."""
    try:
        hints = get_type_hints(function)
    except NameError:  # types of a module that is imported for type checking only
        return []
    return [
        it
        for name, it in hints.items()
        if name != "return" and isinstance(it, type) and it.__module__.startswith("emulator.")
    ]
