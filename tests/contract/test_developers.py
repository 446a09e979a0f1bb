"""What developers ask of CC-FS is accepted, refused and answered as documented (CEC 13.2)."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.surfaces.cec.ccfs.routes import ccfs
from tests.contract import facts
from tests.contract.developers import (
    ACCEPTED,
    DATA,
    FLAT,
    REFUSALS,
    Developer,
    code_of,
    left_behind,
    request_in,
    story_of,
)
from tests.contract.facts import Interface, Parameter
from tests.contract.shapes import problems_of_answer
from tests.contract.variants import MISSING, illegal, legal
from tests.contract.world import World

PARAMETER = {f"03000{n:02}" for n in (1, 2, 3, 4, 6, 7, 10, 21, 22, 24, 26, 27, 28, 31, 32, 46)}
"""What a parameter that is wrong in itself may lead to."""
OWN_CODE = {
    "missing": {"0300001", "0300027"},
    "null": {"0300001", "0300027"},
    "one character too short": {"0300002", "0300027", "0300031"},
    "one character too long": {"0300003", "0300031", "0300028"},
}
"""Where the table says it exactly."""
UNREACHABLE = {
    (row["section"], row["code"])
    for row in json.loads((facts.HERE / "unreachable.json").read_text(encoding="utf-8"))
}
INTERFACES = facts.developer_interfaces()
PAIRS = [(it.id, code) for it in INTERFACES for code in it.codes]

each_interface = pytest.mark.parametrize("interface", INTERFACES, ids=lambda it: it.id)


def cases() -> Iterator[Any]:
    for it in INTERFACES:
        for parameter in it.parameters:
            if parameter.place != "header":
                yield pytest.param(it, parameter, id=f"{it.id} {parameter.name}")


each_parameter = pytest.mark.parametrize(("interface", "parameter"), list(cases()))


@each_interface
def test_the_documented_example_is_accepted_and_answered(interface: Interface) -> None:
    with World() as world:
        scene = ACCEPTED[interface.id].situation(world)
        reply = request_in(interface.id, scene).send(world)
        assert (reply.status, code_of(reply)) == (200, "0"), reply.raw
        if interface.is_file:
            assert reply.headers["content-type"] == "application/octet-stream;charset=UTF-8"
            assert reply.raw[:4] in (b"RIFF", b"PK\3\4")
        else:
            document = json.loads(reply.raw)
            assert problems_of_answer(interface, document) == []
            assert list(document) == ["resultData", "resultCode", "resultDesc"]
            assert document["resultDesc"] == interface.response_example["resultDesc"]


def test_what_is_served_is_what_is_documented() -> None:
    def routes(rows: Any) -> set[tuple[Any, ...]]:
        return {(it.section, it.method, it.path, tuple(sorted(it.codes))) for it in rows}

    assert routes(ccfs.interfaces) == routes(INTERFACES)
    assert set(ACCEPTED) == {it.id for it in INTERFACES}


def spoil(request: Any, parameter: Parameter, value: Any, name: str) -> None:
    part = request.part(parameter.place)
    for spelling in parameter.spellings:
        part.pop(spelling, None)
    if value is not MISSING:
        part[name] = value


@each_parameter
def test_a_wrong_value_is_refused_and_leaves_nothing(
    interface: Interface, parameter: Parameter, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = {}
    with World() as world:
        scene = ACCEPTED[interface.id].situation(world)
        before = left_behind(world)
        for flaw, value in illegal(parameter):
            if flaw == "one character too long" and parameter.values:
                value = "2" * (parameter.max_length or 0) + "2"
            for name in parameter.spellings:
                request = request_in(interface.id, scene)
                spoil(request, parameter, value, name)
                reply = request.send(world)
                if reply.status != 200 or code_of(reply) not in OWN_CODE.get(flaw, PARAMETER):
                    wrong[name, flaw] = (reply.status, reply.raw[:200])
                elif code_of(reply) not in interface.codes:
                    wrong[name, flaw] = f"{code_of(reply)} is not documented"
        assert left_behind(world) == before
    assert wrong == {}
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


@each_parameter
def test_a_legal_value_is_never_a_parameter_error(
    interface: Interface, parameter: Parameter
) -> None:
    refused = {}
    for value in legal(parameter):
        too_short_for_its_format = parameter.format and value == "1"
        if too_short_for_its_format or (parameter.values and value not in parameter.values):
            continue
        for name in parameter.spellings:
            with World() as world:
                request = request_in(interface.id, ACCEPTED[interface.id].situation(world))
                spoil(request, parameter, value, name)
                code = code_of(request.send(world))
            if code in PARAMETER - {"0300026"} or code not in ("0", *interface.codes):
                refused[name, str(value)[:40]] = code
    assert refused == {}


@pytest.mark.parametrize(("section", "code"), [pair for pair in PAIRS if pair not in UNREACHABLE])
def test_a_documented_code_is_given_and_nothing_is_left(
    section: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    with World() as world:
        if code == "0300007":
            request = request_in(section, ACCEPTED[section].situation(world))
            replies = [
                request.send(world, body)
                for body in (b"[]", b"{", b'{"request":1}', b'{"request":{"version":"2.0"}}')
            ]
            wanted = {"0300001" if section == FLAT and n > 1 else code for n in range(4)}
            assert {code_of(reply) for reply in replies} == wanted
            return
        story = story_of(section, code)
        assert story is not None, "neither provoked nor listed in unreachable.json"
        situation, changes = story
        scene = situation(world)
        before = left_behind(world) if code not in ("0300015", "0300045") else None
        request = request_in(section, scene, **changes)
        reply = request.send(world)
        assert (reply.status, code_of(reply)) == (200, code), reply.raw
        document = json.loads(reply.raw)
        assert list(document) == ["resultData", "resultCode", "resultDesc"]
        assert document["resultData"] is None
        octets = section == "13.2.1.9"
        assert reply.headers["content-type"].startswith("application/octet-stream") == octets
        if before is not None:
            assert left_behind(world) == before
    errors = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert (errors == []) == (code != "0300025")


def test_no_story_tells_of_a_code_that_is_not_documented() -> None:
    assert set(REFUSALS) <= set(PAIRS)
    assert {pair for pair in UNREACHABLE if pair[0].startswith("13.2.")} <= set(PAIRS)


@each_interface
def test_who_has_not_signed_is_told_so_by_the_server(interface: Interface) -> None:
    if interface.auth != "C2":
        return
    with World() as world:
        request = request_in(interface.id, ACCEPTED[interface.id].situation(world))
        before = left_behind(world)
        for keys in (("demo-ak", "wrong"), ("nobody", "demo-sk"), ("", "")):
            reply = Developer(world, keys).send(interface.path, request.body(), request.query)
            document = json.loads(reply.raw)
            assert reply.status == 401
            assert list(document) == ["timestamp", "status", "error", "message", "path"]
            assert (document["error"], document["path"]) == ("Unauthorized", interface.path)
        assert left_behind(world) == before


def test_the_codes_of_the_table_have_its_texts() -> None:
    with World() as world:
        reply = Developer(world).ask("/queryBillData", beginTime="")
        assert (
            json.loads(reply.raw)["resultDesc"]
            == "The value of beginTime cannot be an empty string."
        )
        reply = Developer(world).ask("/ivr/uploadFile", data=DATA)
        assert json.loads(reply.raw)["resultDesc"] == "The value of vdnId cannot be null."
    assert all(re.fullmatch(r"03000\d\d", code) for _, code in PAIRS)
