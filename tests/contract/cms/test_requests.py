"""Every monitoring interface takes what the reference describes and refuses everything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emulator.surfaces.cec.cms.routes import cms
from tests.contract.cms import facts, requests
from tests.contract.cms.facts import Interface, Parameter
from tests.contract.cms.world import GLOBAL_AK, GLOBAL_SK, OTHER_AK, OTHER_SK, MonitoredWorld

SERVED = requests.served()
WITH_BODY = [it for it in SERVED if it.method == "POST" and it.parameters]
each = pytest.mark.parametrize("interface", SERVED, ids=lambda it: it.id)
each_with_body = pytest.mark.parametrize("interface", WITH_BODY, ids=lambda it: it.id)

ASKS_ABOUT_NOBODY = frozenset({"12.3.3.6", "12.3.6.7", "12.3.6.8", "12.3.7"})
"""Interfaces without a VDN: what they tell depends on the key alone, or on nothing."""
OTHER_CODES = {
    "12.3.1.3.13": ("returnCode", "0"),
    "12.3.2.2": ("returnCode", "0"),
    "12.3.4.10": ("retcode", "0"),
    "12.3.4.11": ("retcode", "0"),
    **{f"12.3.8.13.{it}": ("result", "0") for it in range(1, 6)},
    "12.3.7": ("status", "UP"),
}
"""Envelopes of their own: where the code is, and the one of success."""
NOT_THERE = {"12.3.4.10": "300-010", "12.3.4.11": "1"}
UNFORESEEN = {"12.3.4.10": "1", "12.3.4.11": "1"}
"""Codes of their own for a VDN that does not exist, and for what nobody has foreseen."""
LEAVES_OUT = frozenset({"12.3.6.6"})
"""Of a list of VDNs those that exist are told of."""


@pytest.fixture(scope="module")
def world() -> Iterator[MonitoredWorld]:
    with MonitoredWorld() as world:
        world.be_busy()
        yield world


@pytest.fixture(autouse=True)
def _groups(world: MonitoredWorld) -> None:
    """Some interfaces change the groups: they are there again for the next test."""
    world.have_groups()


def code(interface: Interface, answer: dict[str, Any]) -> str:
    name, _ = OTHER_CODES.get(interface.id, ("resultCode", ""))
    return str(answer.get(name, answer.get("resultCode")))


def success(interface: Interface) -> str:
    if interface.id in requests.OF_NOTHING:
        return "0100001"
    return OTHER_CODES.get(interface.id, ("", "0100000"))[1]


def spoil(
    world: MonitoredWorld, interface: Interface, parameter: Parameter, value: Any
) -> dict[str, Any]:
    body = requests.body_of(interface) or {}
    return world.ask(interface.id, {**body, parameter.name: value}, requests.path_of(interface))


def test_the_door_serves_exactly_the_documented_addresses() -> None:
    documented = {(it.id, it.method, it.path) for it in facts.interfaces()}
    served = {(it.section, it.method, it.path) for it in cms.interfaces}
    extra = {row for row in served - documented if row[0] not in ("12.3.3.2", "12.3.4.4")}
    assert not extra


@each
def test_a_documented_request_is_answered(world: MonitoredWorld, interface: Interface) -> None:
    answer = world.ask(interface.id, requests.body_of(interface), requests.path_of(interface))
    assert code(interface, answer) == success(interface), answer
    if interface.compatible:
        assert answer["result"] == "0"
        assert answer["resultDatas"] == answer["resultDesc"]


@each_with_body
def test_fields_may_stand_in_a_wrapper(world: MonitoredWorld, interface: Interface) -> None:
    wrapped = {"queryParam": requests.body_of(interface)}
    answer = world.ask(interface.id, wrapped, requests.path_of(interface))
    assert code(interface, answer) == success(interface), answer


@each_with_body
def test_a_missing_parameter_is_refused(world: MonitoredWorld, interface: Interface) -> None:
    before = world.dump()
    for parameter in interface.parameters:
        if parameter.mandatory:
            body = requests.body_of(interface) or {}
            del body[parameter.name]
            answer = world.ask(interface.id, body, requests.path_of(interface))
            assert code(interface, answer) in refusals(interface), (parameter.name, answer)
    assert world.dump() == before


@each_with_body
def test_a_wrong_value_is_refused(world: MonitoredWorld, interface: Interface) -> None:
    before = world.dump()
    for parameter in interface.parameters:
        for what, value in requests.wrong_values(parameter):
            answer = spoil(world, interface, parameter, value)
            assert code(interface, answer) in refusals(interface), (parameter.name, what, answer)
    assert world.dump() == before


def refusals(interface: Interface) -> tuple[str, ...]:
    return ("0100002", "1") if interface.id in OTHER_CODES else ("0100002",)


@each_with_body
def test_a_body_that_is_no_json_is_refused(world: MonitoredWorld, interface: Interface) -> None:
    for body in (b"{", b"[1]", b'"text"', b"\xff\xfe", b'{"a":' * 3000):
        answer = world.ask(interface.id, body, requests.path_of(interface))
        assert code(interface, answer) in refusals(interface), body[:10]


@each
def test_an_unsigned_request_is_refused(world: MonitoredWorld, interface: Interface) -> None:
    body, path = requests.body_of(interface), requests.path_of(interface)
    for key in (None, ("demo-ak", "wrong"), ("nobody", "demo-sk")):
        assert world.reply_to(interface.id, body, path, key=key).status == 401


@each
def test_another_vdns_key_learns_nothing(world: MonitoredWorld, interface: Interface) -> None:
    if interface.id in ASKS_ABOUT_NOBODY:
        return
    body, path = requests.body_of(interface), requests.path_of(interface)
    before = world.dump()
    answer = world.ask(interface.id, body, path, key=(OTHER_AK, OTHER_SK))
    assert code(interface, answer) in ("0101003", "300-010", "1"), answer
    assert world.dump() == before


@each
def test_a_vdn_that_does_not_exist_fails(world: MonitoredWorld, interface: Interface) -> None:
    """Only the platform's own key learns that it is not there."""
    if interface.id in LEAVES_OUT:
        return
    body, path = requests.body_of(interface), requests.path_of(interface)
    named = [it for it in ("vdn", "vdnId", "vdnIds") if it in {**(body or {}), **path}]
    for name in named:
        missing: Any = [4999] if name == "vdnIds" else 4999
        for values in (body, path):
            if values is not None and name in values:
                values[name] = missing
        answer = world.ask(interface.id, body, path, key=(GLOBAL_AK, GLOBAL_SK))
        assert code(interface, answer) == NOT_THERE.get(interface.id, "0100001"), answer


@pytest.fixture(scope="module")
def broken() -> Iterator[MonitoredWorld]:
    with MonitoredWorld() as world:
        world.break_down()
        yield world


@each
def test_what_nobody_has_foreseen_is_an_unknown_error(
    broken: MonitoredWorld, interface: Interface
) -> None:
    if interface.id in ASKS_ABOUT_NOBODY:
        return
    body, path = requests.body_of(interface), requests.path_of(interface)
    answer = broken.ask(interface.id, body, path, key=(GLOBAL_AK, GLOBAL_SK))
    assert code(interface, answer) == UNFORESEEN.get(interface.id, "0100999"), answer


@each
def test_the_platforms_own_key_may_ask(world: MonitoredWorld, interface: Interface) -> None:
    body, path = requests.body_of(interface), requests.path_of(interface)
    answer = world.ask(interface.id, body, path, key=(GLOBAL_AK, GLOBAL_SK))
    assert code(interface, answer) == success(interface), answer


@each_with_body
def test_another_call_center_is_refused(world: MonitoredWorld, interface: Interface) -> None:
    if all(it.name != "ccId" for it in interface.parameters) or interface.id == "12.3.3.1":
        return
    body = {**(requests.body_of(interface) or {}), "ccId": 77}
    answer = world.ask(interface.id, body, requests.path_of(interface))
    assert code(interface, answer) in (*refusals(interface), "300-010"), answer


def test_what_cti_3_6_does_not_have_is_refused_there() -> None:
    with MonitoredWorld(cti_version="V300R006") as older:
        for interface in SERVED:
            body, path = requests.body_of(interface), requests.path_of(interface)
            answer = older.ask(interface.id, body, path)
            assert (code(interface, answer) == "0100003") is interface.not_in_cti_3_6, interface.id
