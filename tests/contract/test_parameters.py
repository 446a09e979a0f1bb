"""Every documented parameter takes its documented values in every documented spelling, no others.

A refusal has the documented code, changes nothing, and leaves no traceback in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract import facts
from tests.contract.accepted import ACCEPTED, SIGN_IN, Request, accepted_request, request_in
from tests.contract.facts import Interface, Parameter
from tests.contract.refusals import PARAMETER_CODES
from tests.contract.situations import CHAT_CODE, OTHER, OUTSIDE, VIDEO_AGENT
from tests.contract.variants import MISSING, illegal, legal
from tests.contract.world import World

UNDOCUMENTED = "000-002"
"""The code of a wrong parameter where the interface documents none (6.5.2)."""
MANAGEMENT = "1"

NEEDED_AFTER_ALL = {
    # The table says optional, but without them the request has no object.
    ("12.1.9", "workNo"),
    ("12.1.9", "skills"),
    ("12.1.12", "whisperagentid"),
    ("12.1.13", "whisperagentid"),
    ("12.1.14", "whisperagentid"),
}

Case = tuple[Interface, Parameter]


def cases() -> Iterator[Case]:
    for interface in facts.interfaces():
        for parameter in interface.parameters:
            if parameter.place != "header" and parameter.name != "agentid":
                yield interface, parameter


def case_id(value: object) -> str:
    return value.id if isinstance(value, Interface) else getattr(value, "name", "")


each_parameter = pytest.mark.parametrize(("interface", "parameter"), list(cases()), ids=case_id)


def parameter_code(interface: Interface) -> str:
    """The documented code of a request with a wrong parameter."""
    if interface.auth == "C1":
        return MANAGEMENT
    return next((code for code in PARAMETER_CODES if code in interface.codes), UNDOCUMENTED)


OWN_CODES = {
    ("6.1.5.1", "callid"): {"106-013"},
    ("6.1.5.1", "userid"): {"106-011"},
    ("6.1.5.1", "data"): {"106-002", "106-007", "106-011"},
    ("6.1.5.1", "content"): {"106-011"},
    ("6.1.5.2", "mediaType"): {"106-008"},
    ("6.1.5.2", "callnums"): {"106-003", "106-012"},
    ("6.1.5.4", "callid"): {"106-011"},
    ("6.1.5.4", "userType"): {"106-011", "106-015"},
    ("6.1.5.5", "callid"): {"106-011"},
    ("6.1.5.5", "userType"): {"106-011", "106-015"},
    ("6.1.5.3", "callid"): {"106-005"},
    ("6.1.5.3", "caller"): {"106-005"},
    ("6.1.5.3", "devicetype"): {"106-004"},
    ("6.1.5.3", "mode"): {"106-010"},
    ("6.1.5.3", "address"): {"106-005"},
    ("6.1.5.3", "calldata"): {"106-009"},
    ("6.1.5.3", "skillId"): {"106-005", "106-012"},
    ("13.1.3.1", "conferenceId"): {"108-005"},
    ("13.1.3.1", "recordId"): {"108-005"},
    ("13.1.3.1", "fileType"): {"108-005"},
}
"""Where each wrong parameter has a code of its own."""


def expected_code(interface: Interface, parameter: Parameter, flaw: str) -> set[str]:
    """Sign-in tells apart what is wrong; everything else has one code."""
    codes = {parameter_code(interface)}
    if interface.id in SIGN_IN and parameter.name == "agenttype":
        codes.add("100-012")
    if interface.id in SIGN_IN and parameter.name == "ip":
        codes.add("100-016")
    if interface.id == "6.1.2.1" and parameter.name == "called":
        codes.add("200-001")
    return OWN_CODES.get((interface.id, parameter.name), codes)


def spoil(request: Request, parameter: Parameter, value: Any, name: str | None = None) -> None:
    part = request.part(parameter.place)
    part.pop(parameter.name, None)
    if value is not MISSING:
        part[name or parameter.name] = value


@each_parameter
def test_a_wrong_value_is_refused_and_changes_nothing(
    interface: Interface, parameter: Parameter, caplog: pytest.LogCaptureFixture
) -> None:
    flaws = list(illegal(parameter))
    if (interface.id, parameter.name) in NEEDED_AFTER_ALL:
        flaws.append(("missing", MISSING))
    wrong = {}
    with World() as world:
        scene = ACCEPTED[interface.id].situation(world)
        world.bearer_token()
        for flaw, value in flaws:
            before = world.dump()
            for name in parameter.spellings:
                request = request_in(interface.id, scene)
                spoil(request, parameter, value, name)
                reply = request.send(world)
                if reply.code not in expected_code(interface, parameter, flaw):
                    wrong[name, flaw] = reply.code
                if reply.status != 200 or world.dump() != before:
                    wrong[name, flaw] = f"{reply.code} {reply.status}: changed something"
    assert wrong == {}
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


TOGETHER: dict[tuple[str, str, str], dict[str, Any]] = {
    **{
        (section, "agenttype", "11"): {"agentid": VIDEO_AGENT, "phonenum": f"40{VIDEO_AGENT}"}
        for section in SIGN_IN
    },
    ("6.1.2.5", "devicetype", "1"): {"dstaddress": 1},
    ("6.1.2.11", "address", "1" * 24): {"devicetype": 5, "mode": 2},
    ("6.1.2.11", "devicetype", "1"): {"address": "1"},
    ("6.1.2.11", "devicetype", "3"): {"address": "1", "mode": 0},
    ("6.1.2.11", "devicetype", "4"): {"address": "95001"},
    ("6.1.2.11", "devicetype", "5"): {"address": OUTSIDE},
    ("6.1.2.11", "mode", "1"): {"devicetype": 3, "address": "1"},
    ("6.1.2.11", "mode", "3"): {"devicetype": 5, "address": OUTSIDE},
    ("6.1.2.11", "mode", "4"): {"devicetype": 5, "address": OUTSIDE},
    # Only data that is not Base64 has a limit in the characters that are sent.
    ("6.1.3.3", "calldata", "é" * 8192): {"isDataEncoded": "false"},
    ("6.1.5.3", "devicetype", "1"): {"address": "3"},
    ("6.1.5.3", "devicetype", "4"): {"address": CHAT_CODE},
}
"""What has to change beside a parameter so that its value means something."""


UNLISTED = {"4.6": ("100-004",)}
"""Codes of an interface that lists none of its own but refers to all of 6.5.2."""


@each_parameter
def test_a_legal_value_is_never_a_parameter_error(
    interface: Interface, parameter: Parameter
) -> None:
    refused = {}
    for value in legal(parameter):
        together = TOGETHER.get((interface.id, parameter.name, str(value)), {})
        for name in parameter.spellings:
            with World() as world:
                request = accepted_request(world, interface.id, **together)
                spoil(request, parameter, value, name)
                code = request.send(world).code
            if code in expected_code(interface, parameter, "") or code not in (
                "0",
                *interface.codes,
                *UNLISTED.get(interface.id, ()),
                "100-014",
            ):
                refused[name, str(value)[:40]] = code
    assert refused == {}


def same_values() -> Iterator[tuple[Interface, Parameter]]:
    for interface, parameter in cases():
        if parameter.type in ("int", "long", "boolean") or len(parameter.spellings) > 1:
            yield interface, parameter


@pytest.mark.parametrize(("interface", "parameter"), list(same_values()), ids=case_id)
def test_every_spelling_of_the_accepted_value_is_accepted(
    interface: Interface, parameter: Parameter
) -> None:
    with World() as world:
        if parameter.name not in accepted_request(world, interface.id).part(parameter.place):
            return
    for name in parameter.spellings:
        respellings = _RESPELL if parameter.place == "body" else {}
        for respell in respellings.get(parameter.type, (_as_it_is,)):
            with World() as world:
                request = accepted_request(world, interface.id)
                value = request.part(parameter.place)[parameter.name]
                spoil(request, parameter, respell(value), name)
                assert request.send(world).code == "0", (name, respell(value))


def _as_it_is(value: Any) -> Any:
    return value


_RESPELL: dict[str, tuple[Callable[[Any], Any], ...]] = {
    "int": (str, int),
    "long": (str, int),
    "boolean": (lambda value: str(value).lower(), lambda value: str(value).lower() == "true"),
}
"""The documented spellings of a value; in path and query they are text anyway."""


@pytest.mark.parametrize("device", range(1, 6))
@pytest.mark.parametrize("mode", range(5))
def test_a_transfer_has_the_modes_of_its_device_type(device: int, mode: int) -> None:
    parameter = next(p for p in facts.interface("6.1.2.11").parameters if p.name == "mode")
    assert parameter.values_by is not None
    address = {1: "1", 2: str(OTHER), 3: "1", 4: "95001", 5: OUTSIDE}[device]
    with World() as world:
        request = accepted_request(world, "6.1.2.11", devicetype=device, mode=mode, address=address)
        legal_mode = mode in parameter.values_by["devicetype"][str(device)]
        assert request.send(world).code == ("0" if legal_mode else "000-002")


each_interface = pytest.mark.parametrize(
    "interface", [i for i in facts.interfaces() if i.auth == "C4"], ids=lambda i: i.id
)


@each_interface
def test_a_path_that_names_no_agent_is_a_parameter_error(interface: Interface) -> None:
    with World() as world:
        request = accepted_request(world, interface.id)
        before = world.dump()
        request.path["agentid"] = "nobody"
        assert request.send(world).code == parameter_code(interface)
        assert world.dump() == before


@each_interface
@pytest.mark.parametrize("work_no", ["100", "60000", "9999999999"])
def test_a_work_number_out_of_range_is_nobody_s(interface: Interface, work_no: str) -> None:
    with World() as world:
        request = accepted_request(world, interface.id)
        before = world.dump()
        request.path["agentid"] = work_no
        refusals = {"100-004"} if interface.id in SIGN_IN else {"100-006"}
        assert request.send(world).code in refusals | {parameter_code(interface)}
        assert world.dump() == before


@pytest.mark.parametrize(
    "interface", [i for i in facts.interfaces() if i.parameters_in("body")], ids=lambda i: i.id
)
def test_a_body_that_is_no_object_is_a_parameter_error(interface: Interface) -> None:
    with World() as world:
        request = accepted_request(world, interface.id)
        world.bearer_token()
        before = world.dump()
        for body in (b"{", b"[]", b'"text"', b"\xff", b'{"a":1,"a":2}', b"4", b"null"):
            reply = world.call(request.section, request.path, query=request.query, body=body)
            assert reply.code == parameter_code(interface), body
        assert world.dump() == before
