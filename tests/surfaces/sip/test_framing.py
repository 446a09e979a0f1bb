"""Messages in streams, however the bytes arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.surfaces.sip.framing import PING, BadFrame, Framer, Limits
from tests.surfaces.sip.wire import request

FIRST = request("INVITE", body=b"v=0\r\n\r\n")
SECOND = request("BYE")


def taken(framer: Framer) -> list[bytes]:
    return list(iter(framer.take, None))


@given(st.lists(st.integers(1, 200), min_size=1))
def test_messages_are_the_same_however_the_bytes_are_cut(sizes: list[int]) -> None:
    framer = Framer(Limits())
    data = FIRST + PING + SECOND + b"\r\n" + FIRST
    found: list[bytes] = []
    for size in sizes * len(data):
        framer.feed(data[:size])
        data = data[size:]
        found += taken(framer)
    assert [each for each in found if each != PING] == [FIRST, SECOND, FIRST]
    assert not framer.partial


def test_a_double_end_of_line_is_a_ping_and_a_single_one_nothing() -> None:
    framer = Framer(Limits())
    framer.feed(b"\r\n\r\n\r\n")
    assert taken(framer) == [PING]
    framer.feed(SECOND)
    assert taken(framer) == [SECOND]


def test_a_half_message_is_partial_and_ends_of_lines_are_not() -> None:
    framer = Framer(Limits())
    for data, partial in ((b"\r\n\r", False), (b"\n", False), (FIRST[:-1], True)):
        framer.feed(data)
        taken(framer)
        assert framer.partial is partial
    framer.feed(FIRST[-1:])
    assert taken(framer) == [FIRST]


@pytest.mark.parametrize("line", ["l: 5", "CONTENT-LENGTH :5", "Content-Length:\r\n\t 5 "])
def test_the_length_is_found_in_every_form(line: str) -> None:
    framer = Framer(Limits())
    data = request("INVITE", "sip:a@b", line, body=b"12345", content_length=None)
    framer.feed(data + b"\r\n")
    assert taken(framer) == [data]


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ((), 400),
        (("Content-Length: -1",), 400),
        (("Content-Length: 1", "l: 2"), 400),
        (("X-Content-Length: 1",), 400),
        (("Content-Length: 65536",), 513),
    ],
)
def test_a_message_of_no_good_length_ends_the_stream(lines: tuple[str, ...], status: int) -> None:
    framer = Framer(Limits())
    data = request("INVITE", "sip:a@b", *lines, content_length=None)
    framer.feed(data)
    with pytest.raises(BadFrame) as caught:
        framer.take()
    assert (caught.value.head, caught.value.status) == (data, status)


@pytest.mark.parametrize("data", [b"a" * 101, b"a" * 101 + b"\r\n\r\n", b"\rX"], ids=repr)
def test_a_header_without_end_or_sense_ends_the_stream(data: bytes) -> None:
    framer = Framer(Limits(head=100))
    framer.feed(data)
    with pytest.raises(BadFrame):
        framer.take()


def test_a_message_of_just_the_limits_is_taken() -> None:
    data = request(body=b"x" * 100)
    framer = Framer(Limits(message=len(data), head=len(data) - 104))
    framer.feed(data)
    assert taken(framer) == [data]
