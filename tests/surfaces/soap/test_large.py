"""Messages that are made to be a burden: answered at once, in little memory, one after the other.

The server is a process of its own, the same for all, so that what one leaves behind counts for
the next one as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from emulator.surfaces.soap.contract import Service
from emulator.surfaces.soap.faults import Version
from tests.surfaces.soap.messages import (
    DECLARATION,
    TEMPURI,
    encoded,
    envelope,
    fault_of,
    result_of,
    wrapped,
)
from tests.surfaces.soap.reception import DOCUMENT, RPC
from tests.surfaces.soap.serving import ServerProcess
from tests.surfaces.soap.wire import Wire, at_once, connected, head, pieces_of, timed

MEBIBYTE = 1024 * 1024
XML = "text/xml"
MOST_GROWTH = 32 * MEBIBYTE
HUGE = 100 * MEBIBYTE
FOUR = 4 * MEBIBYTE - 4096
"""Bytes that leave room for the envelope."""

BOTH = pytest.mark.parametrize("version", Version)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    running = ServerProcess(tmp_path_factory.mktemp("soap") / "log")
    try:
        with connected(running.port) as wire:
            for service in (DOCUMENT, RPC):
                assert_it_still_serves(wire, service)
                wire.post(service.path, envelope("<x/>" * MEBIBYTE).encode())
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def at_rest(process: ServerProcess) -> int:
    """Bytes that the server holds before it is burdened."""
    return process.memory


@pytest.fixture
def server(process: ServerProcess, at_rest: int) -> Iterator[ServerProcess]:
    """The server, whose memory and log are looked at afterwards."""
    process.forget_peak()
    yield process
    grown = process.peak - at_rest
    assert grown < MOST_GROWTH, f"{grown / MEBIBYTE:.1f} MiB"
    assert process.logged() == ""


def assert_it_still_serves(wire: Wire, service: Service) -> None:
    write = wrapped if service is DOCUMENT else encoded
    message = envelope(write("Add", {"nLeft": 40, "nRight": 2})).encode()
    assert result_of(at_once(lambda: timed(wire.post, service.path, message))) == "42"


def burden(
    server: ServerProcess,
    service: Service,
    message: bytes,
    content_type: str = XML,
) -> httpx.Response:
    """Send a message, which is answered within a second, and the next one too."""
    with connected(server.port) as wire:
        headers = [f"Content-Type: {content_type}"]
        answer = at_once(lambda: timed(wire.post, service.path, message, headers))
        assert_it_still_serves(wire, service)
    return answer


# Far too long

UNITS = {
    "tags": b"<a/>",
    "attributes": b" a='b'",
    "one text": b"text",
    "comments": b"<!-- -->",
    "opening tags": b"<a>",
    "NUL": b"\0",
}
ENDLESS = pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())


@ENDLESS
@BOTH
def test_a_hundred_megabytes_of_anything_are_refused(
    server: ServerProcess, version: Version, unit: bytes
) -> None:
    pieces = list(pieces_of(unit, HUGE))
    with connected(server.port) as wire:

        def attempt() -> tuple[float, httpx.Response]:
            wire.begin_chunks(DOCUMENT.path, [f"Content-Type: {version.media_type.decode()}"])
            wire.write_chunks(pieces)
            wire.end_chunks()
            return timed(wire.read)

        fault = fault_of(at_once(attempt))
        assert fault[0] is version
        assert fault.reason == "the message has more than 4 MiB"
        assert_it_still_serves(wire, DOCUMENT)


@ENDLESS
def test_they_are_when_their_length_is_said_beforehand(server: ServerProcess, unit: bytes) -> None:
    pieces = list(pieces_of(unit, HUGE))
    length = sum(map(len, pieces))
    with connected(server.port) as wire:

        def attempt() -> tuple[float, httpx.Response]:
            wire.write(head(RPC.path, [f"Content-Length: {length}"]))
            for piece in pieces:
                wire.write(piece)
            return timed(wire.read)

        fault = fault_of(at_once(attempt))
        assert fault == (Version.SOAP11, "Client", "the message has more than 4 MiB")
        assert_it_still_serves(wire, RPC)


def test_who_never_stops_sending_is_given_up(server: ServerProcess) -> None:
    with connected(server.port) as wire:
        wire.begin_chunks(DOCUMENT.path)
        with pytest.raises(OSError):  # noqa: PT011 (broken pipe or reset)
            wire.write_chunks(pieces_of(b"text", 1024 * MEBIBYTE))
    with connected(server.port) as wire:
        assert_it_still_serves(wire, DOCUMENT)


# As long as may be


def filled(unit: str) -> str:
    """A unit as often as it fits into a message."""
    return unit * (FOUR // len(unit.encode()))


def greet(inside: str) -> str:
    return f'<Greet xmlns="{TEMPURI}">{inside}</Greet>'


def leave(text: str) -> str:
    return f'<Leave xmlns="{TEMPURI}"><strNote>{text}</strNote></Leave>'


IN_A_BODY: dict[str, Callable[[], str]] = {
    "tags": lambda: filled("<a/>"),
    "tags in the operation": lambda: greet(filled("<strUid/>")),
    "text between tags": lambda: greet(filled("<a>12345678</a>")),
    "comments": lambda: greet(filled("<!---->")),
    "instructions": lambda: greet(filled("<?a?>")),
    "attributes of one element": lambda: (
        "<a " + "".join(f"a{it}='' " for it in range(FOUR // 13)) + "/>"
    ),
    "attributes of many elements": lambda: greet(filled("<a b='' c='' d='' e='' f=''/>")),
    "namespaces of one element": lambda: (
        "<a " + "".join(f"xmlns:a{it}='u' " for it in range(FOUR // 20)) + "/>"
    ),
    "nested elements": lambda: "<a>" * (FOUR // 7) + "</a>" * (FOUR // 7),
    "opened elements": lambda: filled("<a>"),
    "nested 10,000 deep": lambda: greet("<a>" * 10_000 + "</a>" * 10_000),
    "nested 10,000 deep with namespaces": lambda: (
        "".join(f"<a xmlns='u{it}'>" for it in range(10_000)) + "</a>" * 10_000
    ),
    "a long text": lambda: leave(filled("a")),
    "a long text of three bytes each": lambda: leave(filled("客")),
    "a long text with one wide character": lambda: leave("😀" + filled("a")[4:]),
    "a long text of wide characters": lambda: leave(filled("😀")),
    "a long text in characters by number": lambda: leave(filled("&#65;")),
    "a long text of entities": lambda: leave(filled("&amp;")),
    "a long text of sections": lambda: leave(filled("<![CDATA[a]]>")),
    "a long section": lambda: leave(f"<![CDATA[{filled('a')[20:]}]]>"),
    "a long number": lambda: f'<Add xmlns="{TEMPURI}"><nLeft>{filled("9")}</nLeft></Add>',
    "a long number of wide digits": lambda: (
        f'<Add xmlns="{TEMPURI}"><nLeft>𝟗{filled("9")[4:]}</nLeft></Add>'
    ),
    "a long text of nobody": lambda: filled("a"),
    "a long attribute": lambda: greet(f"<strUid a='{filled('a')}'>1</strUid>"),
    "a long attribute of wide characters": lambda: greet(f"<strUid a='{filled('😀')}'>1</strUid>"),
    "a long nil": lambda: greet(f"<strUid xsi:nil='{filled('a')}'>1</strUid>"),
    "a long namespace": lambda: f"<Greet xmlns='{filled('u')}'><strUid>1</strUid></Greet>",
    "a long namespace with a wide character": lambda: (
        f"<Greet xmlns='😀{filled('u')[4:]}'><strUid>1</strUid></Greet>"
    ),
    "a long name": lambda: f"<{filled('a')}/>",
    "a long name of a parameter": lambda: greet(f"<{filled('a')}/>"),
    "long names": lambda: greet("".join(f"<{'a' * 40_000}{it}/>" for it in range(100))),
    "a reference many times": lambda: (
        "<Greet>"
        + filled("<strUid href='#a'/>")[: FOUR // 8]
        + f"</Greet><a id='a'>{'1' * 3_000_000}</a>"
    ),
    "a reference to much": lambda: f"<Greet><strUid href='#a'/></Greet><a id='a'>{filled('1')}</a>",
    "a long reference": lambda: f"<Greet><strUid href='#{filled('a')}'/></Greet>",
    "references in a circle": lambda: (
        "<Greet><strUid href='#a0'/></Greet>"
        + "".join(f"<m id='a{it}' href='#a{(it + 1) % 4_000}'/>" for it in range(4_000))
    ),
    "references that double": lambda: (
        "<Greet><strUid href='#a0'/></Greet>"
        + "".join(
            f"<m id='a{it}'><n href='#a{it + 1}'/><n href='#a{it + 1}'/></m>" for it in range(1_000)
        )
    ),
}


@pytest.mark.parametrize(
    ("service", "version"),
    [(DOCUMENT, Version.SOAP12), (RPC, Version.SOAP11)],
    ids=["document", "rpc"],
)
@pytest.mark.parametrize("body", IN_A_BODY.values(), ids=IN_A_BODY.keys())
def test_four_megabytes_are_a_fault_of_the_client(
    server: ServerProcess, service: Service, version: Version, body: Callable[[], str]
) -> None:
    message = envelope(body(), version).encode()
    assert len(message) <= 4 * MEBIBYTE
    fault = fault_of(burden(server, service, message, version.media_type.decode()))
    assert fault[:2] == (version, "Client" if version is Version.SOAP11 else "Sender")
    assert len(fault.reason) <= 500


@pytest.mark.parametrize(
    ("charset", "unit"),
    [("gb18030", "一"), ("gb18030", "a"), ("gbk", "客"), ("iso-8859-1", "ü"), ("utf-16", "客")],
)
def test_four_megabytes_in_another_charset_are_too(
    server: ServerProcess, charset: str, unit: str
) -> None:
    wide = "" if charset in ("gbk", "iso-8859-1") else "😀"
    note = wide + unit * (FOUR // len(unit.encode(charset)) - 4)
    message = envelope(leave(note)).encode(charset)
    fault = fault_of(burden(server, DOCUMENT, message, f"text/xml; charset={charset}"))
    assert fault == (Version.SOAP11, "Client", "strNote has more than 65536 characters")


HARMLESS: dict[str, Callable[[], str]] = {
    "a long comment": lambda: f"<!--{filled('a')}--><strUid>101</strUid>",
    "a long instruction": lambda: f"<?a {filled('a')}?><strUid>101</strUid>",
    "much room": lambda: f"{filled(' ')}<strUid>101</strUid>",
    "a parameter that there is not": lambda: f"<strUid>101</strUid><a>{filled('😀')}</a>",
    "nineteen thousand such parameters": lambda: (
        "<strUid>101</strUid>" + "".join(f"<a{it}/>" for it in range(19_000))
    ),
    "nine thousand attributes": lambda: (
        "<strUid " + "".join(f"a{it}='' " for it in range(9_000)) + ">101</strUid>"
    ),
    "nine thousand namespaces": lambda: (
        "<strUid " + "".join(f"xmlns:a{it}='urn:{it}' " for it in range(9_000)) + ">101</strUid>"
    ),
}


@pytest.mark.parametrize("service", [DOCUMENT, RPC], ids=["document", "rpc"])
@pytest.mark.parametrize("inside", HARMLESS.values(), ids=HARMLESS.keys())
def test_four_megabytes_that_say_little_are_understood(
    server: ServerProcess, service: Service, inside: Callable[[], str]
) -> None:
    message = envelope(greet(inside())).encode()
    assert result_of(burden(server, service, message)) == "101, "


def test_a_header_of_four_megabytes_is_passed_over(server: ServerProcess) -> None:
    header = f'<h:Trace xmlns:h="urn:h">{filled("a")}</h:Trace>'
    message = envelope(wrapped("Greet", {"strUid": "101"}), header=header).encode()
    assert result_of(burden(server, DOCUMENT, message)) == "101, "


FORMS = {
    "escapes": "strNote=" + "%41" * (FOUR // 3),
    "fields": "&a" * (FOUR // 2),
    "separators": "&" * FOUR,
    "a long name": "a" * FOUR,
    "escapes as far as they are read": "strNote=" + "%41" * 87_360,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_four_megabytes_of_a_form_are_refused(server: ServerProcess, form: str) -> None:
    with connected(server.port) as wire:
        headers = ["Content-Type: application/x-www-form-urlencoded"]
        answer = at_once(lambda: timed(wire.post, f"{DOCUMENT.path}/Leave", form.encode(), headers))
        assert answer.status_code == 500
        assert len(answer.text) < 100
        assert_it_still_serves(wire, DOCUMENT)


# Document types

LAUGHS = "".join(f'<!ENTITY l{it + 1} "{f"&l{it};" * 10}">' for it in range(9))
DOCTYPES = {
    "plain": "<!DOCTYPE a>",
    "with a file": '<!DOCTYPE a SYSTEM "file:///etc/hostname">',
    "with an address": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
    "with laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>',
    "with a long entity": f'<!DOCTYPE a [<!ENTITY l9 "{"a" * 1_000_000}">]>',
    "with a file for an entity": '<!DOCTYPE a [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>',
    "with an address for an entity": ('<!DOCTYPE a [<!ENTITY l9 SYSTEM "http://127.0.0.1:9/">]>'),
    "with parameter entities": ('<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>'),
    "with default attributes": '<!DOCTYPE a [<!ATTLIST a b CDATA "c">]>',
    "behind a comment": "<!-- a --> <?b?> <!DOCTYPE a>",
    "behind many comments": "<!---->" * 5_000 + "<!DOCTYPE a>",
    "behind much room": " " * 3_000_000 + "<!DOCTYPE a>",
    "behind a long comment": f"<!--{'-a' * 1_500_000}--><!DOCTYPE a>",
}


@pytest.mark.parametrize(
    ("declaration", "version"),
    [("", Version.SOAP11), (DECLARATION, Version.SOAP12)],
    ids=["undeclared", "declared"],
)
@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES.keys())
def test_a_document_type_is_refused_and_nothing_of_it_is_read(
    server: ServerProcess, doctype: str, declaration: str, version: Version
) -> None:
    text = "" if "l9" not in doctype else "&l9;" * 100
    body = wrapped("Leave", {"strNote": "TEXT"}).replace("TEXT", text)
    message = (declaration + doctype + envelope(body, version)).encode()
    fault = fault_of(burden(server, DOCUMENT, message, version.media_type.decode()))
    assert fault[0] is version
    assert fault.reason == "a message has no document type"


@pytest.mark.parametrize("opened", ["<!--", "<?a", "<![CDATA[", "<!DOCTYPE", "<a b='", "<"])
def test_what_is_opened_and_never_closed_is_not_sought_forever(
    server: ServerProcess, opened: str
) -> None:
    for filling in (opened, "a", " "):
        message = (opened + filled(filling)[: FOUR - 10]).encode()
        fault_of(burden(server, DOCUMENT, message))


@pytest.mark.parametrize(
    "entity", ["&nothing;", "&#0;", "&#xD800;", "&#xFFFFFFFFFF;", "&", "%p;&p;"]
)
def test_entities_that_there_are_none_of_are_refused(server: ServerProcess, entity: str) -> None:
    fault = fault_of(burden(server, DOCUMENT, envelope(leave(entity)).encode()))
    assert fault.reason.startswith("not well-formed: ")
