"""Answers of the monitoring interfaces have the documented fields, with the documented types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.cms import requests
from tests.contract.cms.facts import Field, Interface
from tests.contract.cms.world import MonitoredWorld

JSON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "int": int,
    "long": int,
    "boolean": bool,
    "array": list,
    "object": object,
    "date": (str, int),
}

OTHER_TYPES: frozenset[tuple[str, str]] = frozenset(
    {
        ("12.3.1.2.7", "calling"),
        ("12.3.1.2.7", "called"),
        ("12.3.1.2.12", "id"),
        ("12.3.1.4.1", "callSkill"),
        ("12.3.1.4.1", "orgiCalledNum"),
    }
)
"""(section, field) whose documented example has another type than the table; it wins."""

NOT_SENT: frozenset[tuple[str, str]] = frozenset(
    {
        ("12.3.1.1.2", "skillIds"),
        # Of predicted and preoccupied calls only.
        ("12.3.1.4.3", "beginTime"),
        ("12.3.1.4.3", "endTime"),
        ("12.3.1.4.3", "result"),
        ("12.3.1.4.3", "resultCode"),
        ("12.3.1.4.3", "busiResult"),
        ("12.3.1.4.3", "busiSubStatus"),
    }
)
"""(section, field) that is sent only in a case that the busy morning does not have."""

UNDOCUMENTED: frozenset[tuple[str, str]] = frozenset({("12.3.1.1.2", "reqRestDura")})
"""(section, field) of examples that the tables lack."""


@pytest.fixture(scope="module")
def world() -> Iterator[MonitoredWorld]:
    with MonitoredWorld() as world:
        world.be_busy()
        yield world


@pytest.fixture(autouse=True)
def _groups(world: MonitoredWorld) -> None:
    """Some interfaces change the groups: they are there again for the next test."""
    world.have_groups()


def owners(answer: Any, parent: str) -> Iterator[Any]:
    """Every object that stands at the dotted path."""
    found = [answer]
    for name in parent.split(".") if parent else ():
        held = [it for it in found if isinstance(it, dict)]
        if name == "*":
            found = [inner for it in held for one in it.values() for inner in _all(one)]
        else:
            found = [inner for it in held for inner in _all(it.get(name))]
    yield from (it for one in found for it in _all(one))


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


ANSWERED = [it for it in requests.served() if it.id not in requests.OF_NOTHING]


@pytest.mark.parametrize("interface", ANSWERED, ids=lambda it: it.id)
def test_the_answer_has_the_documented_fields(world: MonitoredWorld, interface: Interface) -> None:
    answer = world.ask(interface.id, requests.body_of(interface), requests.path_of(interface))
    variant = requests.VARIANTS.get(interface.id, "")
    for field in interface.response:
        if field.variant in ("", variant):
            check(interface, field, answer)
    check_nothing_else(interface, answer)


def check(interface: Interface, field: Field, answer: Any) -> None:
    name = field.in_example or field.name
    holders = [it for it in owners(answer, field.parent) if isinstance(it, dict)]
    found = [it[name] for it in holders if name in it and it[name] is not None]
    if (interface.id, field.name) not in NOT_SENT:
        assert all(name in it for it in holders), (field, answer)
    if (interface.id, field.name) in OTHER_TYPES:
        return
    for value in found:
        kind = JSON_TYPES[field.type]
        assert isinstance(value, kind), (field, value)
        assert isinstance(value, bool) is (field.type == "boolean") or kind is object, field


def check_nothing_else(interface: Interface, answer: Any) -> None:
    parents = {it.parent for it in interface.response}
    for parent in parents:
        known = {
            name
            for it in interface.response
            if parent in (it.parent, *it.also_under)
            for name in (it.name, it.in_example)
        }
        for holder in owners(answer, parent):
            if isinstance(holder, dict):
                extra = set(holder) - known
                assert all((interface.id, it) in UNDOCUMENTED for it in extra), (parent, extra)
