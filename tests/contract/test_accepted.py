"""The documented example of every interface is accepted, and answered as documented."""

from __future__ import annotations

import re

import pytest

from emulator.surfaces.cec.gateway.component import gateway
from emulator.surfaces.cec.management.component import management
from tests.contract import facts
from tests.contract.accepted import ACCEPTED, accepted_request
from tests.contract.facts import Interface
from tests.contract.shapes import problems_of_answer
from tests.contract.world import World

each_interface = pytest.mark.parametrize("interface", facts.interfaces(), ids=lambda i: i.id)


@each_interface
def test_the_documented_example_is_accepted_and_its_answer_is_the_documented_one(
    interface: Interface,
) -> None:
    with World() as world:
        reply = accepted_request(world, interface.id).send(world)
        assert (reply.status, reply.code) == (200, "0"), reply.document
        assert problems_of_answer(interface, reply.document) == []


@each_interface
def test_a_success_carries_the_documented_headers(interface: Interface) -> None:
    with World() as world:
        reply = accepted_request(world, interface.id).send(world)
        wanted = {header.name.lower() for header in interface.response_headers if not header.when}
        assert wanted <= set(reply.headers)


def test_the_one_example_that_its_own_table_refuses_is_refused() -> None:
    with World() as world:
        example = facts.interface("6.1.2.11").request_example or {}
        reply = accepted_request(world, "6.1.2.11", mode=example["mode"]).send(world)
        assert reply.code == "000-002"


def test_every_interface_has_its_accepted_request() -> None:
    assert set(ACCEPTED) == {interface.id for interface in facts.interfaces()}


def _routes(rows: object) -> set[tuple[str, str, str]]:
    return {
        (row.section, row.method, re.sub(r"{\w+}", "{}", row.path))
        for row in rows  # type: ignore[attr-defined]
    }


OLDER_PATHS = {
    # The signature of 12.1.6 in the reference's example has a capital letter.
    ("12.1.6", "POST", "/agentgateway/resource/qualitycontrol/{}/forceIdle/{}"),
}


def test_what_is_served_is_what_is_documented() -> None:
    served = _routes(gateway.interfaces) | _routes(management.interfaces)
    assert served - OLDER_PATHS == _routes(facts.interfaces())


def test_served_interfaces_declare_the_documented_codes_and_events() -> None:
    documented = {(i.method, re.sub(r"{\w+}", "{}", i.path)): i for i in facts.interfaces()}
    differences = {}
    for served in gateway.interfaces:
        fact = documented.get((served.method, re.sub(r"{\w+}", "{}", served.path)))
        if fact is None:
            continue
        events = {trigger.type for trigger in fact.events}
        if set(served.codes) != set(fact.codes) or set(served.events) != events:
            differences[fact.id] = (
                set(served.codes) ^ set(fact.codes),
                set(served.events) ^ events,
            )
    assert differences == {}
