"""What the journal keeps of SOAP requests, and the faults that they meet on order."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from lxml import etree

from emulator.surfaces.soap.faults import Version
from emulator.traffic.exchange import LONGEST_KEPT, Exchange, Offence, Verdict
from emulator.traffic.faults import (
    Delay,
    Drop,
    ErrorCode,
    Fault,
    HalfSent,
    HttpStatus,
    RequestEffect,
    RequestPattern,
)
from emulator.traffic.journal import Journal
from tests.surfaces.soap.caller import Caller
from tests.surfaces.soap.messages import envelope, fault_of, result_of, wrapped
from tests.surfaces.soap.reception import DOCUMENT, RPC, SERVICES, Platform
from tests.surfaces.soap.serving import serving
from tests.surfaces.soap.wire import Wire, connected, head

SERVICE = pytest.mark.parametrize("service", SERVICES, ids=["document", "rpc"])
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def caller() -> Caller:
    return Caller(DOCUMENT)


def exchanges(caller: Caller) -> list[Exchange]:
    return list(caller.platform.traffic.journal.exchanges())


def latest(caller: Caller) -> Exchange:
    return exchanges(caller)[-1]


def violations(caller: Caller) -> list[tuple[str, str]]:
    return [tuple(it) for it in latest(caller).violations]


# The journal


@SERVICE
def test_a_request_is_kept_with_its_answer(service: Any) -> None:
    caller = Caller(service)
    answer = caller.ask("Greet", strUid="101", strName="王")
    it = latest(caller)
    assert (it.surface, it.section, it.method, it.path) == (
        service.component,
        "7.1",
        "POST",
        service.path,
    )
    assert (it.agent, it.tenant, it.status, it.code) == (101, 1, 200, "101, 王")
    assert (it.verdict, it.violations, it.faults) == (Verdict.DONE, (), ())
    assert it.answer == answer.content
    assert "王".encode() in it.body
    assert it.seconds > 0


def test_a_section_is_that_of_the_operation_or_its_chapter_with_its_name(caller: Caller) -> None:
    for operation, section in (("Greet", "7.1"), ("Add", "7 Add"), ("Version", "7 Version")):
        caller.ask(operation, strUid="101", nLeft=1)
        assert latest(caller).section == section


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_form_is_kept_like_a_message(caller: Caller, method: str) -> None:
    if method == "GET":
        caller.send("GET", "/Hangup?strUid=101")
    else:
        caller.send("POST", "/Hangup", content=b"strUid=101", headers=FORM)
    it = latest(caller)
    assert (it.section, it.method, it.agent, it.code) == ("7 Hangup", method, 101, "0")
    assert it.path == f"{DOCUMENT.path}/Hangup"
    assert (it.query, it.body) == (("strUid=101", b"") if method == "GET" else ("", b"strUid=101"))


def test_pages_and_descriptions_are_not_kept(caller: Caller) -> None:
    for query in ("", "?wsdl", "?op=Greet"):
        caller.send("GET", query)
    assert exchanges(caller) == []


def test_a_method_that_no_door_has_is_an_unknown_address(caller: Caller) -> None:
    caller.send("PUT")
    it = latest(caller)
    assert (it.verdict, it.status) == (Verdict.REFUSED, 405)
    assert violations(caller) == [(Offence.UNKNOWN_ADDRESS, "PUT /Reception.asmx")]


def test_a_refusal_of_the_reference_is_the_clients_wrong_state(caller: Caller) -> None:
    caller.ask("Hangup", strUid="101", strCallid="404")
    it = latest(caller)
    assert (it.verdict, it.status, it.code) == (Verdict.REFUSED, 200, "-1")
    assert violations(caller) == [(Offence.WRONG_STATE, "there is no call 404")]
    caller.ask("Busy", strUid="102")
    assert latest(caller).code == "ERR=-1"
    assert violations(caller) == [(Offence.WRONG_STATE, "102 is at lunch")]


@pytest.mark.parametrize("version", Version)
def test_an_invalid_parameter_is_a_violation(caller: Caller, version: Version) -> None:
    caller.ask("Add", version, nLeft="x")
    it = latest(caller)
    assert (it.verdict, it.section, it.agent) == (Verdict.REFUSED, "", 0)
    assert (it.status, it.code) == (500 if version is Version.SOAP11 else 400, "Client")
    assert violations(caller) == [(Offence.INVALID_PARAMETER, "nLeft is no number")]


def test_an_invalid_field_of_a_form_is_one_too(caller: Caller) -> None:
    caller.send("GET", "/Add?nLeft=x")
    assert (latest(caller).verdict, latest(caller).code) == (Verdict.REFUSED, "Client")
    assert violations(caller) == [(Offence.INVALID_PARAMETER, "nLeft is no number")]


def test_what_is_no_message_is_kept_and_told(caller: Caller) -> None:
    caller.post("hello")
    it = latest(caller)
    assert (it.verdict, it.status, it.body) == (Verdict.REFUSED, 500, b"hello")
    ((offence, detail),) = violations(caller)
    assert offence is Offence.INVALID_PARAMETER
    assert detail.startswith("not well-formed: ")


def test_a_failure_of_the_service_is_no_violation(caller: Caller) -> None:
    caller.ask("Break")
    it = latest(caller)
    assert (it.verdict, it.status, it.code) == (Verdict.REFUSED, 500, "Server")
    assert it.violations == ()


def test_parameters_that_there_are_none_of_are_told_in_their_order(caller: Caller) -> None:
    caller.ask("Greet", strUid="101", strColour="red", strAge="9")
    assert latest(caller).verdict is Verdict.DONE
    assert violations(caller) == [
        (Offence.UNDOCUMENTED_FIELD, "strColour"),
        (Offence.UNDOCUMENTED_FIELD, "strAge"),
    ]
    caller.send("GET", "/Greet?strUid=101&strColour=red")
    assert violations(caller) == [(Offence.UNDOCUMENTED_FIELD, "strColour")]


def test_of_many_such_parameters_or_long_names_some_is_told(caller: Caller) -> None:
    caller.ask("Greet", strUid="101", **{f"a{it}": "" for it in range(100)})
    assert [it[1] for it in violations(caller)] == [f"a{it}" for it in range(20)]
    caller.ask("Greet", strUid="101", **{"a" * 40_000: ""})
    assert [it[1] for it in violations(caller)] == ["a" * 100]


def test_a_violation_does_not_hide_another(caller: Caller) -> None:
    caller.ask("Hangup", strUid="101", strCallid="404", strColour="red")
    assert [it[0] for it in violations(caller)] == [
        Offence.UNDOCUMENTED_FIELD,
        Offence.WRONG_STATE,
    ]


def test_of_a_long_message_the_begin_is_kept(caller: Caller) -> None:
    caller.ask("Leave", strNote="n" * 65_536)
    assert len(latest(caller).body) == len(latest(caller).answer) == LONGEST_KEPT


def test_nothing_is_kept_when_the_journal_is_off() -> None:
    platform = Platform()
    platform.traffic.journal = Journal(recording=False)
    caller = Caller(DOCUMENT, platform)
    assert result_of(caller.ask("Greet", strUid="101")) == "101, "
    assert exchanges(caller) == []


# Faults


def order(platform: Platform, effect: RequestEffect, **where: Any) -> int:
    return platform.traffic.faults.order(Fault(RequestPattern(**where), effect))


@SERVICE
@pytest.mark.parametrize("served", [True, False])
def test_an_answer_can_be_late(service: Any, served: bool) -> None:
    caller = Caller(service)
    number = order(caller.platform, Delay(0.05, served))
    assert result_of(caller.ask("Greet", strUid="101")) == "101, "
    it = latest(caller)
    assert (it.verdict, it.faults) == (Verdict.DONE, (number,))
    assert it.seconds >= 0.05


@pytest.mark.parametrize("served", [True, False])
def test_a_request_can_be_refused_as_the_reference_does(caller: Caller, served: bool) -> None:
    number = order(caller.platform, ErrorCode("-7", "no line", served))
    assert result_of(caller.ask("Hangup", strUid="101")) == "-7"
    assert result_of(caller.ask("Greet", strUid="101")) == "ERR=-7;no line"
    answer = caller.send("GET", "/Greet?strUid=101")
    assert etree.fromstring(answer.content).text == "ERR=-7;no line"
    for it in exchanges(caller):
        assert (it.verdict, it.status, it.code, it.faults) == (Verdict.FAULT, 200, "-7", (number,))
    assert len(caller.platform.calls) == (3 if served else 0)


def test_an_rpc_client_is_refused_in_its_own_form() -> None:
    caller = Caller(RPC)
    order(caller.platform, ErrorCode("-7"))
    answer = caller.ask("Hangup", strUid="101")
    assert b'<return xsi:type="xsd:int">-7</return>' in answer.content


def test_a_request_can_get_another_status(caller: Caller) -> None:
    order(caller.platform, HttpStatus(503, "busy"))
    answer = caller.ask("Greet", strUid="101")
    assert (answer.status_code, answer.text) == (503, "busy")
    it = latest(caller)
    assert (it.verdict, it.status, it.answer) == (Verdict.FAULT, 503, b"busy")
    assert caller.platform.calls == []


@pytest.mark.parametrize(
    "where",
    [
        {"surface": "reception"},
        {"section": "7.1"},
        {"method": "POST"},
        {"path": "/Reception*"},
        {"agent": 101},
        {"tenant": 1},
    ],
)
def test_faults_are_for_the_requests_that_they_name(caller: Caller, where: dict[str, Any]) -> None:
    order(caller.platform, HttpStatus(503), **where)
    assert caller.ask("Greet", strUid="101").status_code == 503


@pytest.mark.parametrize(
    "where",
    [{"surface": "desk"}, {"section": "7 Add"}, {"path": "/reception/*"}, {"agent": 102}],
)
def test_others_are_left_alone(caller: Caller, where: dict[str, Any]) -> None:
    order(caller.platform, HttpStatus(503), **where)
    assert result_of(caller.ask("Greet", strUid="101")) == "101, "


def test_a_failure_of_the_service_under_a_fault_is_still_one(caller: Caller) -> None:
    order(caller.platform, Delay(0.0))
    assert fault_of(caller.ask("Break")).reason == "the service has failed"


GREET = envelope(wrapped("Greet", {"strUid": "101"})).encode()


async def at_a_server(platform: Platform, client: Any) -> Any:
    """What a client gets at a server of its own."""
    async with serving(platform) as port:
        return await asyncio.to_thread(client, port)


@pytest.mark.parametrize("served", [True, False])
async def test_a_connection_can_break_without_an_answer(
    served: bool, caplog: pytest.LogCaptureFixture
) -> None:
    platform = Platform()
    order(platform, Drop(served))

    def client(port: int) -> None:
        with connected(port) as wire, pytest.raises(ConnectionError):
            wire.post(DOCUMENT.path, GREET)

    await at_a_server(platform, client)
    assert len(platform.calls) == served
    (it,) = platform.traffic.journal.exchanges()
    assert it.verdict is Verdict.FAULT
    assert caplog.text == ""


@pytest.fixture
def answer_to_greet() -> bytes:
    """What is answered to a greeting that nothing happens to."""
    return Caller(DOCUMENT).ask("Greet", strUid="101").content


async def test_a_connection_can_break_in_the_middle_of_an_answer(
    answer_to_greet: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    platform = Platform()
    order(platform, HalfSent())
    half = answer_to_greet[: len(answer_to_greet) // 2]

    def client(port: int) -> bytes:
        with connected(port) as wire:
            wire.write(head(DOCUMENT.path, [f"Content-Length: {len(GREET)}"]) + GREET)
            return wire.read_to_end()

    top, _, content = (await at_a_server(platform, client)).partition(b"\r\n\r\n")
    assert b"content-length: %d" % len(answer_to_greet) in top.lower()
    assert content == half
    (it,) = platform.traffic.journal.exchanges()
    assert (it.verdict, it.status, it.answer) == (Verdict.FAULT, 200, half)
    assert caplog.text == ""


async def test_who_has_gone_before_the_answer_is_lost() -> None:
    platform = Platform()
    order(platform, Delay(0.2))

    def client(port: int) -> None:
        wire = Wire(port)
        wire.write(head(DOCUMENT.path, [f"Content-Length: {len(GREET)}"]) + GREET)
        while not platform.calls:
            time.sleep(0.01)
        wire.break_off()

    async with serving(platform) as port:
        await asyncio.to_thread(client, port)
        while not platform.traffic.journal.last_exchange:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    (it,) = platform.traffic.journal.exchanges()
    assert (it.verdict, it.section) == (Verdict.LOST, "7.1")
