"""Messages of phones and trunks: what is taken, what is refused, and with which status."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from sipmessage import Request, Response

from emulator.surfaces.sip.messages import (
    UNREADABLE,
    BadMessage,
    make_response,
    read,
    sequence,
    tag,
    top_via,
    write,
)
from emulator.surfaces.sip.phrases import PHRASES
from emulator.surfaces.sip.values import read_address, read_uri, split_values
from tests.surfaces.sip.mutation import mutated
from tests.surfaces.sip.torture import ACCEPTED, ALL, SDP, SILENCE, Torture
from tests.surfaces.sip.wire import PLAIN, lines, request, response


def refusal(data: bytes) -> BadMessage:
    with pytest.raises(BadMessage) as caught:
        read(data)
    return caught.value


def status_of(data: bytes) -> int:
    """What the message deserves: ACCEPTED, SILENCE, or the status of the refusal."""
    try:
        read(data)
    except BadMessage as bad:
        return SILENCE if bad.request is None else bad.status
    return ACCEPTED


def accepted(data: bytes) -> Request:
    message = read(data)
    assert isinstance(message, Request)
    return message


def test_all_messages_of_the_torture_book_are_here() -> None:
    assert len({torture.section for torture in ALL}) == len(ALL) == 49


@pytest.mark.parametrize("torture", ALL, ids=[f"{each.section}-{each.name}" for each in ALL])
def test_a_torture_message_gets_what_it_deserves(torture: Torture) -> None:
    assert status_of(torture.data) == torture.verdict


def tortured(name: str) -> Request:
    return accepted(next(each.data for each in ALL if each.name == name))


def test_folded_compact_and_odd_headers_mean_the_same_as_plain_ones() -> None:
    found = tortured("wsinv")
    assert found.headers.getlist("via") == [
        "SIP  /   2.0 /UDP 192.0.2.2;branch=390skdjuw",
        "SIP  / 2.0  / TCP     spindle.example.com   ; branch  =   z9hG4bK9ikj8",
        "SIP  /    2.0   / UDP  192.168.255.111   ; branch= z9hG4bK30239",
    ]
    assert top_via(found) == ("UDP", "192.0.2.2", None, {"branch": "390skdjuw"})
    assert tag(found.headers["From"]) == "98asjd8"
    assert tag(found.headers["To"]) == "1918181833n"
    assert sequence(found) == (9, "INVITE")
    assert found.headers.get("Subject") == ""
    assert found.headers["NewFangledHeader"] == "newfangled value continued newfangled value"
    contact = read_address(found.headers["Contact"])
    assert contact.name == 'Quoted string ""'
    assert contact.parameters["q"] == "0.33"
    assert found.body == SDP


def test_what_follows_the_body_of_a_datagram_is_cut() -> None:
    assert tortured("dblreq").body == b""
    assert accepted(request(body=b"12345", content_length="3")).body == b"123"


def test_without_a_length_the_body_is_the_rest_of_the_datagram() -> None:
    assert accepted(request(body=b"12345", content_length=None)).body == b"12345"


def test_a_body_is_bytes_even_if_they_are_no_text() -> None:
    assert accepted(request(body=b"\xff\0\r\n\r\n\n")).body == b"\xff\0\r\n\r\n\n"


MISSING = ["via", "from", "to", "call_id", "cseq", "max_forwards"]


@pytest.mark.parametrize("name", MISSING)
def test_a_request_without_a_mandatory_header_is_refused(name: str) -> None:
    answerable = name == "max_forwards"
    assert status_of(request(**{name: None})) == (400 if answerable else SILENCE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"via": "SIP/2.0/UDP"},
        {"via": "SIP/3.0/UDP 192.0.2.1;branch=z9hG4bK1"},
        {"via": "SIP/2.0/UDP 192.0.2.1:99999;branch=z9hG4bK1"},
        {"via": "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1,"},
        {"from": "<sip:wang@example.com>"},
        {"from": "<sip:wang@example.com>;tag="},
        {"from": "<sip:wang@example.com;tag=1"},
        {"from": "sip wang"},
        {"to": "<sip:wang@example.com>;;tag=1"},
        {"to": "<>"},
        {"call_id": "two words"},
        {"cseq": "INVITE"},
        {"cseq": "1"},
        {"cseq": "-1 INVITE"},
        {"cseq": "2147483648 INVITE"},
        {"cseq": "1 BYE"},
        {"cseq": "1 invite"},
        {"max_forwards": "256"},
        {"max_forwards": "-1"},
        {"max_forwards": "٣"},
        {"content_length": "1"},
        {"content_length": "zero"},
        {"content_length": "9" * 5000},
    ],
    ids=repr,
)
def test_a_request_with_a_broken_header_is_answered_400(wrong: dict[str, str]) -> None:
    assert status_of(request(**wrong)) == 400


def test_the_highest_sequence_number_is_good() -> None:
    assert sequence(accepted(request(cseq="2147483647 INVITE")))[0] == 2**31 - 1


@pytest.mark.parametrize(
    "line",
    ["no colon", ": no name", "two words: x", "Sub\0ject: x", "X: a\rb", "X: a\nb", "Via: ,"],
    ids=repr,
)
def test_a_line_that_is_no_header_field_is_answered_400(line: str) -> None:
    assert status_of(request("INVITE", "sip:95500@example.com", line)) == 400


def test_text_that_is_not_utf_8_is_refused_with_its_own_bytes() -> None:
    bad = refusal(request(call_id="XX@192.0.2.1").replace(b"XX", b"\xff\xfe"))
    assert bad.request is not None
    assert b"Call-ID: \xff\xfe@192.0.2.1\r\n" in write(make_response(bad.request, bad.status))


def test_an_ack_is_never_refused_aloud() -> None:
    assert refusal(request("ACK", cseq="1 INVITE")).request is None
    assert refusal(request("ACK", "isbn:1")).request is None


@pytest.mark.parametrize(
    ("uri", "status"),
    [
        ("SIP:95500@EXAMPLE.com", ACCEPTED),
        ("sips:95500@example.com", ACCEPTED),
        ("sip:pbx1", ACCEPTED),
        ("sip:95500@pbx1:5070;transport=tcp", ACCEPTED),
        ("sip:95500@[2001:db8::1]:5060", ACCEPTED),
        ("tel:+8675512345678", ACCEPTED),
        ("http://example.com", 416),
        ("sip:", 400),
        ("95500", 400),
        ("sip:95500@example.com:65536", 400),
        ("sip:95500@-.;", 400),
        ("sip:example.com;self=1", 400),
        ("sip:" + "9" * 2045, 414),
        ("tel:" + "1" * 2000 + "!", 400),
    ],
)
def test_the_request_uri_decides_on_the_status(uri: str, status: int) -> None:
    data = request("OPTIONS", uri)
    assert status_of(data) == status
    if status not in (ACCEPTED, SILENCE):
        found = refusal(data).request
        assert found is not None
        assert found.uri == UNREADABLE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"\0" * 100,
        b"HELLO\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        request().replace(b"\r\n", b"\n"),
        request()[:-2],
        b"SIP/2.0 200\r\n",
        request("INVITE", "sip:95500@example.com", *(f"H{n}: x" for n in range(600))),
        response("99 Low"),
        response("700 High"),
        response("2OO OK"),
        response(call_id=None),
        response(body=b"12", content_length="3"),
    ],
    ids=lambda data: repr(data[:20]),
)
def test_what_nobody_can_answer_is_met_with_silence(data: bytes) -> None:
    assert status_of(data) == SILENCE


def test_a_missing_phrase_is_an_empty_one() -> None:
    for status in ("180", "180 "):
        found = read(response(status))
        assert isinstance(found, Response)
        assert (found.code, found.phrase) == (180, "")


def test_a_response_echoes_what_it_must() -> None:
    asked = accepted(
        request(
            "INVITE",
            "sip:95500@example.com",
            "Via: SIP/2.0/UDP 192.0.2.9",
            "Record-Route: <sip:p2.example.com;lr>",
            "Record-Route: <sip:p1.example.com;lr>",
            "Timestamp: 54",
        )
    )
    assert write(make_response(asked, 180, to_tag="8321")) == lines(
        "SIP/2.0 180 Ringing",
        f"Via: {PLAIN['Via']}",
        "Via: SIP/2.0/UDP 192.0.2.9",
        f"From: {PLAIN['From']}",
        f"To: {PLAIN['To']};tag=8321",
        f"Call-ID: {PLAIN['Call-ID']}",
        "CSeq: 1 INVITE",
        "Record-Route: <sip:p2.example.com;lr>",
        "Record-Route: <sip:p1.example.com;lr>",
        "Content-Length: 0",
    )


def test_trying_has_the_timestamp_and_no_tag() -> None:
    asked = accepted(request("INVITE", "sip:95500@example.com", "Timestamp: 54"))
    made = make_response(asked, 100, to_tag="8321")
    assert made.headers["To"] == PLAIN["To"]
    assert made.headers["Timestamp"] == "54"


def test_a_dialog_keeps_its_tag() -> None:
    asked = accepted(request("BYE", to="<sip:95500@example.com>;tag=1"))
    assert make_response(asked, 200, to_tag="2").headers["To"] == "<sip:95500@example.com>;tag=1"


def test_a_refusal_makes_no_dialog_and_needs_no_route() -> None:
    asked = accepted(
        request("INVITE", "sip:95500@example.com", "Record-Route: <sip:p1.example.com;lr>")
    )
    assert make_response(asked, 486).headers.get("Record-Route") is None
    assert make_response(asked, 486).phrase == PHRASES[486] == "Busy Here"
    assert make_response(asked, 486, "Gone Fishing").phrase == "Gone Fishing"


def test_writing_sets_the_length_of_the_body_in_bytes() -> None:
    asked = accepted(request(body="王".encode()))
    asked.body = "王先生".encode()
    again = accepted(write(asked))
    assert again.headers["Content-Length"] == "9"
    assert again.body == "王先生".encode()


def test_a_host_name_may_end_in_a_digit() -> None:
    found = read_uri(read_address("Wang <sip:1001@pbx1:5070;ob>;expires=60").uri)
    assert (found.host, found.port, found.user) == ("pbx1", 5070, "1001")
    assert str(read_uri("sip:1001@pbx1:5070;ob")) == "sip:1001@pbx1:5070;ob"


def test_a_line_of_addresses_is_cut_between_them() -> None:
    values = ['"a, b" <sip:a@x.org>', "<sip:b@x.org;x=1,2>"]
    assert split_values("  ,".join(values)) == values
    with pytest.raises(ValueError, match="not valid"):
        split_values("<sip:a@x.org>, ")


ENDLESS = [
    request(**{"from": '"' + '\\"' * 30000}),
    request(via="SIP/2.0/UDP a" + ";a=b" * 15000 + "!@"),
    request(via=" ,"[::-1] * 30000),
    request(to="a " * 30000 + "<"),
    request("INVITE", "sip:a@b", "Contact: " + '"a,' * 20000),
    request("INVITE", "sip:a@b", *(["X:", " "] * 250)),
    request("INVITE", "sip:" + "a-" * 1000 + "!"),
    request("INVITE", "sip:a@[" + "1:" * 1000),
    request("INVITE", "tel:" + "1" * 2000 + "!"),
    request("INVITE", "sip:a@b", *(f"H{n}: x" for n in range(6000))),
]


@pytest.mark.parametrize("data", ENDLESS, ids=lambda data: repr(data[:30]))
def test_no_message_keeps_the_call_center_waiting(data: bytes) -> None:
    fastest = 1.0
    for _ in range(5):
        before = time.process_time()
        status_of(data)
        fastest = min(fastest, time.process_time() - before)
    assert fastest < 0.05


def answer_to(data: bytes) -> bytes:
    """The message written again, or its refusal; empty for silence."""
    try:
        return write(read(data))
    except BadMessage as bad:
        if bad.request is None:
            return b""
        return write(make_response(bad.request, bad.status, to_tag="1"))


@given(mutated())
def test_whatever_comes_is_read_or_refused_and_a_refusal_can_be_sent(data: bytes) -> None:
    answer = answer_to(data)
    assert not answer or answer.endswith(b"\r\n\r\n") or read(answer).body
    assert status_of(data) in (SILENCE, ACCEPTED, 400, 414, 416, 505)


@given(mutated())
def test_what_was_read_can_be_taken_apart(data: bytes) -> None:
    try:
        found = read(data)
    except BadMessage:
        return
    top_via(found)
    assert sequence(found)[0] < 2**31
    assert isinstance(tag(found.headers["From"]), str)
