"""The documented examples: requests like them are taken, answers look like them."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.contract.cms import requests
from tests.contract.cms.facts import Interface
from tests.contract.cms.test_requests import code, success
from tests.contract.cms.world import MonitoredWorld

MISSPELLED = frozenset(
    {
        ("12.3.1.2.3", "cnndCallCount"),
        ("12.3.1.2.3", "cnndIn20sCallCount"),
        ("12.3.1.2.6", "cnndIn20sCallCount"),
        ("12.3.8.13.2", "resultDesc"),
        ("12.3.8.13.5", "phonenum"),
    }
)
"""(section, field) of an example that nobody sends so."""


@pytest.fixture(scope="module")
def world() -> Iterator[MonitoredWorld]:
    with MonitoredWorld() as world:
        world.be_busy()
        yield world


@pytest.fixture(autouse=True)
def _groups(world: MonitoredWorld) -> None:
    world.have_groups()


def example_of(interface: Interface) -> dict[str, Any]:
    """The example's request with what there is in this call center in the place of its ids."""
    example: dict[str, Any] = deepcopy(interface.request_example)
    fields = example["queryParam"] if interface.wrapper else example
    good = requests.body_of(interface) or {}
    known = {**requests.USUAL, **requests.OWN.get(interface.id, {}), **good}
    for name in fields:
        if name in known:
            fields[name] = known[name]
    return example


WITH_EXAMPLE = [it for it in requests.served() if isinstance(it.request_example, dict)]


@pytest.mark.parametrize("interface", WITH_EXAMPLE, ids=lambda it: it.id)
def test_a_request_like_the_example_is_taken(world: MonitoredWorld, interface: Interface) -> None:
    answer = world.ask(interface.id, example_of(interface), requests.path_of(interface))
    assert code(interface, answer) == success(interface), answer


def shape(value: Any, place: str = "") -> dict[str, set[str]]:
    """The names of the fields of every object, by the place where it stands.

    A UAP's address is a name like any other's.
    """
    found: dict[str, set[str]] = {}
    if isinstance(value, dict):
        named = {"*" if "#" in name else name: child for name, child in value.items()}
        found.setdefault(place, set()).update(named)
        children = [(f"{place}.{name}", child) for name, child in named.items()]
    else:
        children = [(place, child) for child in value] if isinstance(value, list) else []
    for where, child in children:
        for inner, names in shape(child, where).items():
            found.setdefault(inner, set()).update(names)
    return found


ANSWERED = [it for it in requests.served() if isinstance(it.response_example, dict)]


@pytest.mark.parametrize("interface", ANSWERED, ids=lambda it: it.id)
def test_an_answer_looks_like_the_example(world: MonitoredWorld, interface: Interface) -> None:
    answer = world.ask(interface.id, requests.body_of(interface), requests.path_of(interface))
    ours = shape(answer)
    for place, names in shape(interface.response_example).items():
        if place in ours and not place.endswith((".val", ".request")):
            missing = {it for it in names if (interface.id, it) not in MISSPELLED} - ours[place]
            assert not missing, (place, missing)
