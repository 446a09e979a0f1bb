"""Session descriptions: what is read, what is answered, what is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.surfaces.sip import sdp
from emulator.surfaces.sip.sdp import EVENTS, KNOWN, Codec, Description, Direction, NotAcceptable

SIPP = (
    b"v=0\r\no=user1 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
)


def test_what_sipp_offers_is_read() -> None:
    assert sdp.read(SIPP) == Description("127.0.0.1", 6000, (KNOWN[0],))


def test_an_answer_takes_the_first_codec_that_both_know_and_keeps_the_keys() -> None:
    offer = Description("10.0.0.1", 4000, (Codec(18, "G729"), KNOWN[1], KNOWN[0], EVENTS))
    answer = offer.answered_by("127.0.0.1", 9)
    assert answer == Description("127.0.0.1", 9, (KNOWN[1], EVENTS))


@pytest.mark.parametrize(
    ("offered", "answered"),
    [
        (Direction.BOTH, Direction.BOTH),
        (Direction.SEND, Direction.RECEIVE),
        (Direction.RECEIVE, Direction.SEND),
        (Direction.NONE, Direction.NONE),
    ],
)
def test_the_way_of_the_sound_is_answered_from_the_other_end(
    offered: Direction, answered: Direction
) -> None:
    offer = sdp.read(sdp.write(Description("10.0.0.1", 4000, direction=offered), 1))
    assert offer.on_hold == (offered in (Direction.SEND, Direction.NONE))
    assert offer.answered_by("10.0.0.2", 9).direction is answered


def test_who_holds_in_the_old_way_names_no_address() -> None:
    assert Description("0.0.0.0", 4000).on_hold


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"v=0\r\n",
        SIPP.replace(b"m=audio", b"m=video"),
        SIPP.replace(b"6000", b"99999"),
        SIPP.replace(b"6000", b"x"),
        SIPP.replace(b"c=IN IP4 127.0.0.1\r\n", b""),
        SIPP.replace(b"c=IN IP4 127.0.0.1", b"c=IN"),
        b"v=0\r\n" + b"a" * 20_000,
        b"v=0\r\n\xff",
    ],
)
def test_what_has_no_audio_is_not_acceptable(body: bytes) -> None:
    with pytest.raises(NotAcceptable):
        sdp.read(body)


def test_without_a_codec_in_common_nothing_is_answered() -> None:
    with pytest.raises(NotAcceptable):
        Description("10.0.0.1", 4000, (Codec(18, "G729"), EVENTS)).answered_by("127.0.0.1", 9)


@given(
    st.sampled_from(["127.0.0.1", "10.1.2.3", "::1"]),
    st.integers(0, 65535),
    st.lists(st.sampled_from([*KNOWN, EVENTS]), min_size=1, unique=True).map(tuple),
    st.sampled_from(Direction),
)
def test_what_is_written_is_read_again(
    host: str, port: int, codecs: tuple[Codec, ...], direction: Direction
) -> None:
    it = Description(host, port, codecs, direction)
    assert sdp.read(sdp.write(it, 1)) == it


@given(st.binary(max_size=300), st.integers(0, len(SIPP)))
def test_whatever_comes_is_read_or_refused(noise: bytes, at: int) -> None:
    with contextlib.suppress(NotAcceptable):
        sdp.read(SIPP[:at] + noise + SIPP[at:])
