"""Bytes become characters at the door (rule 15), and characters become bytes."""

from __future__ import annotations

import codecs

import pytest
from lxml import etree

from emulator.surfaces.soap.faults import Version
from tests.surfaces.soap.caller import Caller
from tests.surfaces.soap.messages import Fault, envelope, fault_of, result_of, wrapped
from tests.surfaces.soap.reception import DOCUMENT, RPC


@pytest.fixture
def caller() -> Caller:
    return Caller(DOCUMENT)


def greeting(name: str, declared: str = "") -> str:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return declaration + envelope(wrapped("Greet", {"strUid": "1", "strName": name}))


def refusal(reason: str) -> Fault:
    return Fault(Version.SOAP11, "Client", reason)


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("UTF-8", "客服😀"),
        ("utf8", "客服"),
        ("GB18030", "客服😀㐀"),
        ("GBK", "客服"),
        ("gb2312", "客服"),
        ("cp936", "客服"),
        ("Big5", "客服"),
        ("ISO-8859-1", "Müller"),
        ("latin1", "Müller"),
        ("windows-1252", "Müller €"),
        ("us-ascii", "Mueller"),
        ("UTF-16", "客服😀"),
        ("UTF-16LE", "客服"),
        ("utf-16be", "客服"),
    ],
)
@pytest.mark.parametrize(
    "form", ["text/xml; charset={}", 'text/xml;charset="{}"', "a/b;CHARSET={}"]
)
def test_the_http_header_says_how_a_message_is_written(
    caller: Caller, charset: str, name: str, form: str
) -> None:
    answer = caller.post(greeting(name).encode(charset), form.format(charset))
    assert result_of(answer) == f"1, {name}"
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("UTF-8", "客服😀"),
        ("GB18030", "客服😀"),
        ("GBK", "客服"),
        ("gb2312", "客服"),
        ("ISO-8859-1", "Müller"),
        ("UTF-16", "客服😀"),
    ],
)
@pytest.mark.parametrize("content_type", ["text/xml", None])
def test_else_its_declaration_does(
    caller: Caller, charset: str, name: str, content_type: str | None
) -> None:
    message = greeting(name, charset).encode(charset)
    assert result_of(caller.post(message, content_type)) == f"1, {name}"


@pytest.mark.parametrize(
    ("header", "declared"),
    [("gb18030", "utf-8"), ("utf-8", "gb18030"), ("utf-16", "utf-8"), ("utf-8", "utf-16")],
)
def test_the_http_header_wins(caller: Caller, header: str, declared: str) -> None:
    message = greeting("客服", declared).encode(header)
    assert result_of(caller.post(message, f"text/xml; charset={header}")) == "1, 客服"


@pytest.mark.parametrize("declared", ["", "utf-8"])
@pytest.mark.parametrize("content_type", ["text/xml", "text/xml; charset=utf-8"])
def test_a_byte_order_mark_does_not_matter(
    caller: Caller, declared: str, content_type: str
) -> None:
    message = codecs.BOM_UTF8 + greeting("客服", declared).encode()
    assert result_of(caller.post(message, content_type)) == "1, 客服"


def test_a_byte_order_mark_alone_tells_utf_16(caller: Caller) -> None:
    for order in ("utf-16-le", "utf-16-be"):
        message = "\ufeff".encode(order) + greeting("客服", "").encode(order)
        assert result_of(caller.post(message, "text/xml")) == "1, 客服"


def test_without_any_word_of_it_a_message_is_utf_8(caller: Caller) -> None:
    assert result_of(caller.post(greeting("客服😀").encode(), "text/xml")) == "1, 客服😀"


@pytest.mark.parametrize("charset", ["x-klingon", "hex", "rot13", "utf-7", "idna", "undefined"])
def test_an_unknown_charset_is_refused(caller: Caller, charset: str) -> None:
    expected = refusal(f"the charset {charset} is not known")
    answer = caller.post(greeting("x"), f"text/xml; charset={charset}")
    assert fault_of(answer) == expected
    assert fault_of(caller.post(greeting("x", charset), "text/xml")) == expected


@pytest.mark.parametrize(
    ("said", "written"), [("utf-8", "gb18030"), ("utf-8", "utf-16"), ("utf-8", "latin1")]
)
def test_a_message_that_is_not_utf_8_as_it_says_is_refused(
    caller: Caller, said: str, written: str
) -> None:
    for message, content_type in (
        (greeting("Müller").encode(written), f"text/xml; charset={said}"),
        (greeting("Müller", said).encode(written), "text/xml; charset=utf-8"),
    ):
        fault = fault_of(caller.post(message, content_type))
        assert fault == refusal(fault.reason)
        assert fault.reason.startswith("not well-formed: ")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("gb18030", greeting("x").encode() + b"\xff"),
        ("utf-16", greeting("xx").encode() + b"\x00" * (len(greeting("xx")) % 2 + 1)),
        ("big5", greeting("客服").encode("big5") + b"\xff\xff"),
    ],
)
def test_a_message_that_is_not_written_as_it_says_is_refused(
    caller: Caller, said: str, message: bytes
) -> None:
    fault = fault_of(caller.post(message, f"text/xml; charset={said}"))
    assert fault == refusal(f"the message is not written in {said}")


@pytest.mark.parametrize(
    "written",
    [
        "\ufeff<!DOCTYPE a>{}".encode("utf-16-le"),
        "<!DOCTYPE a>{}".encode("utf-16-be"),
        "\ufeff<!DOCTYPE a>{}".encode("utf-32"),
        b"<?xml version='1.0'?><?xml version='1.0' encoding='UTF-7'?>+ADw-!DOCTYPE a>{}",
        b"\xef\xbb\xbf\xef\xbb\xbf<?xml version='1.0' encoding='UTF-7'?>+ADw-!DOCTYPE a>{}",
    ],
    ids=["utf-16", "utf-16 without mark", "utf-32", "second declaration", "second mark"],
)
def test_a_document_type_cannot_be_hidden_in_another_charset(
    caller: Caller, written: bytes
) -> None:
    fault = fault_of(caller.post(written, "text/xml; charset=utf-8"))
    assert fault == refusal(fault.reason)
    assert fault.reason.startswith("not well-formed: ")


@pytest.mark.parametrize("spaces", [0, 1, 40])
def test_blanks_before_the_declaration_do_not_matter(caller: Caller, spaces: int) -> None:
    message = " \r\n\t"[:spaces] * 10 + greeting("客服", "gbk")
    assert result_of(caller.post(message.encode("gbk"), "text/xml")) == "1, 客服"


@pytest.mark.parametrize("service", [DOCUMENT, RPC], ids=["document", "rpc"])
def test_what_no_document_can_hold_is_replaced_in_a_result(service: object) -> None:
    caller = Caller(service)  # type: ignore[arg-type]
    answer = caller.ask("Odd")
    root = etree.fromstring(answer.content)
    (result,) = root.xpath("//GreetResult | //*[local-name()='OddResult'] | //return")
    assert result.text == "a�b�c�d�e\r\nf<&>\"'\t客😀"


def test_what_no_document_can_hold_is_replaced_in_a_fault(caller: Caller) -> None:
    answer = caller.post(greeting("x"), action=b'"a\x01b\xff"')
    assert fault_of(answer).reason == "the action a�bÿ is not that of the message"
