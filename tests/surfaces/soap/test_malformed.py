"""Messages that are none: each is a fault in the right version, and the next one is served."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.surfaces.soap.contract import Service
from emulator.surfaces.soap.faults import Version
from tests.surfaces.soap.caller import Caller
from tests.surfaces.soap.messages import (
    DECLARATION,
    encoded,
    envelope,
    fault_of,
    result_of,
    wrapped,
)
from tests.surfaces.soap.reception import DOCUMENT, RPC, SERVICES

GREET = {DOCUMENT.name: wrapped, RPC.name: encoded}
CLIENT = {Version.SOAP11: "Client", Version.SOAP12: "Sender"}
SERVICE = pytest.mark.parametrize("service", SERVICES, ids=["document", "rpc"])
BOTH = pytest.mark.parametrize("version", Version)


def greeting(service: Service, version: Version = Version.SOAP11) -> str:
    body = GREET[service.name]("Greet", {"strUid": "101", "strName": "王"})
    return DECLARATION + envelope(body, version)


def whole(service: Service, version: Version) -> bytes:
    return greeting(service, version).encode()


@pytest.fixture(autouse=True)
def nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What clients send wrong is no matter for the log."""
    with caplog.at_level(logging.DEBUG, "emulator"):
        yield
    assert caplog.text == ""


NO_XML = {
    "nothing": b"",
    "blanks": b" \r\n",
    "words": b"hello",
    "a form": b"strUid=101",
    "JSON": b'{"strUid": "101"}',
    "NUL": b"\0",
    "NUL in a text": b"<a>\0</a>",
    "a NUL by number": b"<a>&#0;</a>",
    "one half": b"<a><b></a>",
    "two roots": b"<a/><a/>",
    "text behind": b"<a/>text",
    "a prefix of nobody": b"<a:b/>",
    "an attribute twice": b"<a b='1' b='2'/>",
    "no quotes": b"<a b=1/>",
    "another declaration": b"<?xml version='1.0'?><?xml version='1.0'?><a/>",
    "control characters": b"<a>\x01\x02</a>",
    "a declaration alone": DECLARATION.encode(),
    "a byte order mark alone": b"\xef\xbb\xbf",
    "one more byte order mark": b"\xef\xbb\xbf\xef\xbb\xbf<a/>",
}


@SERVICE
@BOTH
@pytest.mark.parametrize("content", NO_XML.values(), ids=NO_XML.keys())
def test_what_is_no_xml_is_a_fault_in_the_version_of_the_content_type(
    service: Service, version: Version, content: bytes
) -> None:
    caller = Caller(service)
    fault = fault_of(caller.post(content, version.media_type.decode()))
    assert fault[:2] == (version, CLIENT[version])
    assert fault.reason.startswith("not well-formed: ")
    assert result_of(caller.post(whole(service, version))) == "101, 王"


@SERVICE
@BOTH
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<a/>", "the message has no envelope"),
        ("<Greet xmlns='http://tempuri.org/'/>", "the message has no envelope"),
        ("<e:Body xmlns:e='{space}'/>", "the message has no envelope"),
    ],
)
def test_what_is_no_envelope_is_one_too(
    service: Service, version: Version, content: str, reason: str
) -> None:
    message = content.replace("{space}", version.namespace)
    fault = fault_of(Caller(service).post(message, version.media_type.decode()))
    assert fault == (version, CLIENT[version], reason)


@SERVICE
@BOTH
@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("", "the message has no body"),
        ("<e:Body/>", "the message has no body"),
        ("<e:Body>Greet</e:Body>", "the message has no body"),
        ("<e:Body><!-- Greet --></e:Body>", "the message has no body"),
        ("<Body><Greet/></Body>", "the message has no body"),
        ("<e:Header/>", "the message has no body"),
        ("<e:Body><Nothing/></e:Body>", "there is no operation Nothing"),
        ("<e:Body><greet/></e:Body>", "there is no operation greet"),
        ("<e:Body><e:Fault/></e:Body>", "there is no operation Fault"),
        ("<e:Body><__init__/></e:Body>", "there is no operation __init__"),
    ],
)
def test_an_envelope_without_an_operation_is_a_fault_in_its_own_version(
    service: Service, version: Version, inside: str, reason: str
) -> None:
    caller = Caller(service)
    message = f'<e:Envelope xmlns:e="{version.namespace}">{inside}</e:Envelope>'
    assert fault_of(caller.post(message, "text/plain")) == (version, CLIENT[version], reason)
    assert result_of(caller.post(whole(service, version))) == "101, 王"


@SERVICE
@pytest.mark.parametrize(
    "namespace",
    [
        "",
        "urn:soap",
        "http://schemas.xmlsoap.org/soap/envelope",
        "HTTP://schemas.xmlsoap.org/soap/envelope/",
        "http://www.w3.org/2001/12/soap-envelope",
    ],
)
def test_an_envelope_of_another_namespace_is_of_another_version(
    service: Service, namespace: str
) -> None:
    message = f"<Envelope xmlns='{namespace}'><Body><Version/></Body></Envelope>"
    for version in Version:
        fault = fault_of(Caller(service).post(message, version.media_type.decode()))
        assert fault[:2] == (Version.SOAP11, "VersionMismatch")


@SERVICE
@BOTH
def test_a_message_that_is_cut_off_anywhere_is_a_fault(service: Service, version: Version) -> None:
    caller, message = Caller(service), whole(service, version)
    content_type = version.media_type.decode()
    for length in range(0, len(message) - 1, 7):
        fault = fault_of(caller.post(message[:length], content_type))
        assert fault[:2] == (version, CLIENT[version])
    assert caller.platform.calls == []


@SERVICE
@pytest.mark.parametrize("deep", [300, 10_000])
def test_deep_nesting_is_a_fault_wherever_it_is(service: Service, deep: int) -> None:
    nested = "<a>" * deep + "</a>" * deep
    caller = Caller(service)
    for message in (
        nested,
        envelope(nested),
        envelope(f"<Greet xmlns='http://tempuri.org/'><strUid>{nested}</strUid></Greet>"),
        envelope("<Greet/>", header=nested),
    ):
        assert fault_of(caller.post(message)).code == "Client"
    assert result_of(caller.post(greeting(service))) == "101, 王"


def test_the_reason_does_not_repeat_more_than_some_of_what_was_sent() -> None:
    answer = Caller(DOCUMENT).post(envelope(f"<{'a' * 40_000}/>"))
    assert len(fault_of(answer).reason) == 500


# Messages that were right until something happened to them

DOORS = {service.name: Caller(service) for service in SERVICES}
CONTENT_TYPES = ("text/xml; charset=utf-8", "application/soap+xml; charset=utf-8", "text/xml", "")


def assert_a_fault_or_an_answer(service: Service, content: bytes, content_type: str) -> None:
    """The answer is one that a client can read, whatever it has sent."""
    answer = DOORS[service.name].post(content, content_type)
    if answer.status_code == 200:
        result_of(answer)
    else:
        fault = fault_of(answer)
        assert fault.code in ("Client", "Sender", "VersionMismatch", "MustUnderstand"), fault


SERVICES_DRAWN = st.sampled_from(SERVICES)
VERSIONS = st.sampled_from(Version)
TYPES = st.sampled_from(CONTENT_TYPES)
OPERATIONS = st.sampled_from(["Greet", "Add", "Leave", "Version", "Ring", "Hangup"])
NAMES = st.sampled_from(["strUid", "strName", "nLeft", "nRight", "strNote", "strCallid", "other"])
SNIPPETS = st.sampled_from(
    [
        *(b"<", b">", b"&", b"'", b'"', b"/", b"=", b":", b"\0", b"\xff", b"]]>", b"<![CDATA["),
        *(b"<!--", b"-->", b"<?", b"?>", b"<!DOCTYPE a>", b"&lt;", b"&#0;", b"&x;", b"<a/>"),
        *(b' href="#a"', b' id="a"', b' xsi:nil="1"', b' xsi:type="xsd:int"', b' xmlns=""'),
        *(b' e:mustUnderstand="1"', b' xmlns:e="u"', b' xsi:type="x"', "王".encode("gbk")),
        *(b' strUid="1"', b"9" * 40, b"-", b" ", b"\xef\xbb\xbf", b"encoding='utf-16'"),
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[Service, bytes, str]:
    """A sound message with a few pieces cut out, put in, doubled or overwritten."""
    service, version = draw(SERVICES_DRAWN), draw(VERSIONS)
    arguments = draw(st.dictionaries(NAMES, st.sampled_from(["101", "", "7", "王", "404"])))
    body = GREET[service.name](draw(OPERATIONS), arguments)
    content = bytearray(envelope(body, version).encode())
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(content)))
        end = min(len(content), begin + draw(st.integers(0, 12)))
        match draw(st.integers(0, 3)):
            case 0:
                del content[begin:end]
            case 1:
                content[begin:begin] = draw(SNIPPETS)
            case 2:
                content[begin:begin] = content[begin:end]
            case _:
                content[begin:end] = draw(st.binary(max_size=8))
    return service, bytes(content), draw(TYPES)


@given(mutated())
def test_a_mutated_message_is_answered_or_is_a_fault(case: tuple[Service, bytes, str]) -> None:
    assert_a_fault_or_an_answer(*case)


ATTRIBUTES = st.sampled_from(
    [
        *("xsi:nil='true'", "xsi:nil='x'", "xsi:type='xsd:int'", "xsi:type='x:y'", "xsi:type=''"),
        *("href='#a'", "href=''", "href='#'", "id='a'", "id=''", "strUid='1'", "nLeft='x'"),
        *("xmlns=''", "xmlns='urn:x'", "e:encodingStyle=''", "xml:lang='zh'", "xml:space='x'"),
        *("e:mustUnderstand='1'", "e:actor='u'", "xsi:schemaLocation='a b'"),
    ]
)
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20
).map(lambda it: "".join(c for c in it if c.isprintable() and c not in "<&"))


@st.composite
def elements(draw: st.DrawFn, name: st.SearchStrategy[str], inside: st.SearchStrategy[str]) -> str:
    chosen = draw(name)
    attributes = {it.partition("=")[0]: it for it in draw(st.lists(ATTRIBUTES, max_size=3))}
    return f"<{chosen} {' '.join(attributes.values())}>{draw(inside)}</{chosen}>"


PARAMETERS = elements(NAMES, st.one_of(TEXTS, st.just("7"), elements(NAMES, TEXTS)))
BODIES = st.lists(
    elements(OPERATIONS, st.lists(PARAMETERS, max_size=4).map("".join)), min_size=1, max_size=3
).map("".join)


@given(SERVICES_DRAWN, VERSIONS, BODIES, BODIES, st.booleans())
def test_any_sound_document_is_answered_or_is_a_fault(
    service: Service, version: Version, body: str, header: str, is_ours: bool
) -> None:
    namespace = service.namespace if is_ours else ""
    body = f"<e:Body xmlns='{namespace}'>{body}</e:Body>"
    message = envelope("", version, header).replace("<e:Body></e:Body>", body)
    assert_a_fault_or_an_answer(service, message.encode(), version.media_type.decode())


@given(SERVICES_DRAWN, st.binary(max_size=200), TYPES)
def test_any_bytes_are_a_fault(service: Service, content: bytes, content_type: str) -> None:
    fault_of(DOORS[service.name].post(content, content_type))


@given(SERVICES_DRAWN, st.text(st.characters(max_codepoint=255), max_size=60), VERSIONS)
def test_any_content_type_is_lived_with(service: Service, said: str, version: Version) -> None:
    content_type = f"text/xml; charset={said}".encode("latin-1", "replace").decode(
        "ascii", "ignore"
    )
    assert_a_fault_or_an_answer(service, whole(service, version), content_type)


@given(st.text(max_size=20), st.binary(max_size=100), st.booleans())
def test_any_form_is_answered_or_told_what_is_wrong(
    operation: str, form: bytes, posted: bool
) -> None:
    caller = DOORS[DOCUMENT.name]
    name = "".join(it for it in operation if it.isalnum()) or "Greet"
    if posted:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = caller.send("POST", f"/{name}", content=form, headers=headers)
    else:
        answer = caller.send("GET", f"/{name}", params={"strUid": form.decode("latin-1")})
    assert answer.status_code in (200, 500)
    assert answer.text != "the service has failed"
