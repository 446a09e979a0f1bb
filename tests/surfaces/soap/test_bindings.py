"""The HTTP GET and POST bindings of a document/literal service: forms in, one element out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from lxml import etree

from tests.surfaces.soap.caller import Caller
from tests.surfaces.soap.reception import DOCUMENT, RPC

FORM = "application/x-www-form-urlencoded"
BOTH = pytest.mark.parametrize("method", ["GET", "POST"])


@pytest.fixture
def caller() -> Caller:
    return Caller(DOCUMENT)


def ask(caller: Caller, method: str, operation: str, form: Any) -> httpx.Response:
    """Have an operation performed with a form, given as text or as names with values."""
    text = form if isinstance(form, str) else urlencode(form)
    if method == "GET":
        return caller.send("GET", f"/{operation}?{text}" if text else f"/{operation}")
    headers = {"content-type": FORM}
    return caller.send("POST", f"/{operation}", content=text.encode(), headers=headers)


@BOTH
def test_a_text_is_answered_to_the_byte(caller: Caller, method: str) -> None:
    answer = ask(caller, method, "Greet", {"strUid": "101", "strName": "王 & 李"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert (
        answer.content
        == (
            '<?xml version="1.0" encoding="utf-8"?>\r\n'
            '<string xmlns="http://tempuri.org/">101, 王 &amp; 李</string>'
        ).encode()
    )


@BOTH
def test_a_number_is_answered_to_the_byte(caller: Caller, method: str) -> None:
    answer = ask(caller, method, "Add", {"nLeft": "40", "nRight": "2"})
    assert answer.content == (
        b'<?xml version="1.0" encoding="utf-8"?>\r\n<int xmlns="http://tempuri.org/">42</int>'
    )


@BOTH
@pytest.mark.parametrize(
    ("operation", "form", "result"),
    [
        ("Greet", "strUid=101", "101, "),
        ("Greet", "strUid=&strName=", ", "),
        ("Greet", "strUid=1&strUid=2", "2, "),
        ("Greet", "strUid=1+0%2B1&other=x", "1 0+1, "),
        ("Add", "nLeft=-5", "-5"),
        ("Version", "", "2.5"),
        ("Ring", "strUid=101", "1"),
        ("Hangup", "strUid=101&strCallid=404", "-1"),
        ("Busy", "strUid=101", "ERR=-1;101 is at lunch"),
    ],
)
def test_operations_are_performed_with_what_the_form_says(
    caller: Caller, method: str, operation: str, form: str, result: str
) -> None:
    answer = ask(caller, method, operation, form)
    assert answer.status_code == 200
    assert (etree.fromstring(answer.content).text or "") == result


@BOTH
@pytest.mark.parametrize(
    ("operation", "form", "reason"),
    [
        ("Greet", "", "Missing parameter: strUid"),
        ("Add", "nLeft=", "nLeft is no number"),
        ("Add", "nLeft=one", "nLeft is no number"),
        ("Add", "nLeft=2147483648", "nLeft is no number"),
        ("Add", "nLeft=1_0", "nLeft is no number"),
        ("Greet", "strUid=" + "1" * 257, "strUid has more than 256 characters"),
        ("Greet", "strUid=%00", "strUid has characters that no message can hold"),
        ("Greet", "strUid=%ED%A0%80", "the form cannot be read"),
        ("Greet", "strUid=%CD%F5", "the form cannot be read"),
        ("Greet", "strUid=1" + "&more=1" * 100, "the form cannot be read"),
        ("Nothing", "", "Nothing is no operation of this service."),
        ("greet", "strUid=101", "greet is no operation of this service."),
        ("Greet/", "strUid=101", "Greet/ is no operation of this service."),
        ("Greet/Add", "strUid=101", "Greet/Add is no operation of this service."),
    ],
)
def test_a_form_that_does_not_fit_is_told_so_in_plain_text(
    caller: Caller, method: str, operation: str, form: str, reason: str
) -> None:
    answer = ask(caller, method, operation, form)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == f"{reason}\r\n"
    assert caller.platform.calls == []


@BOTH
def test_what_the_reference_does_not_have_is_told_in_plain_text_and_logged(
    caller: Caller, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = ask(caller, method, "Break", "")
    assert (answer.status_code, answer.text) == (500, "the service has failed")
    assert "a secret of the implementation" in caplog.text


def test_a_form_is_known_by_its_content_type_however_that_is_written(caller: Caller) -> None:
    headers = {"content-type": "Application/X-WWW-Form-Urlencoded; charset=UTF-8"}
    answer = caller.send("POST", "/Greet", content=b"strUid=101", headers=headers)
    assert etree.fromstring(answer.content).text == "101, "


@pytest.mark.parametrize("content_type", ["text/xml", "application/json", ""])
def test_only_a_form_can_be_posted_to_an_operation(caller: Caller, content_type: str) -> None:
    headers = {"content-type": content_type}
    answer = caller.send("POST", "/Greet", content=b"strUid=101", headers=headers)
    assert (answer.status_code, answer.text) == (500, "a form is expected\r\n")


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (5 * 1024 * 1024, "the message has more than 4 MiB"),
        (262_145, "the form has more than 262144 bytes"),
    ],
)
def test_a_form_that_is_too_large_is_told_so(caller: Caller, size: int, reason: str) -> None:
    answer = ask(caller, "POST", "Leave", "strNote=".ljust(size, "1"))
    assert (answer.status_code, answer.text) == (500, f"{reason}\r\n")


@pytest.mark.parametrize("note", ["n" * 65_536, "😀" * 21_800])
def test_a_long_text_fits_into_a_form(caller: Caller, note: str) -> None:
    answer = ask(caller, "POST", "Leave", {"strNote": note})
    assert etree.fromstring(answer.content).text == note


def test_bytes_that_are_no_characters_of_a_form_are_told_so(caller: Caller) -> None:
    content, headers = "strUid=王".encode(), {"content-type": FORM}
    answer = caller.send("POST", "/Greet", content=content, headers=headers)
    assert (answer.status_code, answer.text) == (500, "the form cannot be read\r\n")


def test_what_no_document_can_hold_is_replaced_in_the_answer(caller: Caller) -> None:
    read = etree.fromstring(ask(caller, "GET", "Odd", "").content).text
    assert read == "a�b�c�d�e\r\nf<&>\"'\t客😀"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_other_methods_perform_nothing(caller: Caller, method: str) -> None:
    answer = caller.send(method, "/Greet?strUid=101")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
    assert caller.platform.calls == []
    [kept] = caller.platform.traffic.journal.exchanges()
    assert kept.violations == (("unknown_address", f"{method} {kept.path}"),)


@BOTH
def test_an_rpc_service_has_no_such_addresses(method: str) -> None:
    caller = Caller(RPC)
    assert ask(caller, method, "Greet", "strUid=101").status_code == 404
    assert caller.platform.calls == []
    [kept] = caller.platform.traffic.journal.exchanges()
    assert (kept.status, kept.violations[0].offence) == (404, "unknown_address")
