"""Session descriptions: what is read, what is answered, what is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.surfaces.sip import sdp
from emulator.surfaces.sip.sdp import (
    EVENTS,
    KNOWN,
    OPUS,
    Codec,
    Crypto,
    Description,
    Direction,
    NotAcceptable,
)

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


KEY = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"
"""The key of the example in RFC 4568, 6.1."""
VIDEO_PHONE = (
    b"v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nt=0 0\r\n"
    b"m=video 4002 RTP/AVP 96\r\nc=IN IP4 10.0.0.1\r\na=rtpmap:96 H264/90000\r\na=sendonly\r\n"
    b"m=audio 4000 RTP/SAVP 107 0 100 101\r\nc=IN IP4 10.0.0.2\r\n"
    b"a=rtpmap:107 opus/48000/2\r\na=rtpmap:100 telephone-event/8000\r\n"
    b"a=rtpmap:101 telephone-event/48000\r\n"
    b"a=crypto:1 F8_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4\r\n"
    b"a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:" + KEY.encode() + b"|2^20|1:4\r\n"
    b"m=application 4004 TCP/BFCP *\r\n"
)


def test_streams_that_we_do_not_know_are_refused_in_their_places() -> None:
    answer = sdp.read(VIDEO_PHONE).answered_by("10.0.0.9", 5000)
    lines = sdp.write(answer, 1).decode().splitlines()
    assert [it for it in lines if it.startswith("m=")] == [
        "m=video 0 RTP/AVP 96",
        "m=audio 5000 RTP/AVP 0 100",
        "m=application 0 TCP/BFCP *",
    ]


def test_the_sound_is_that_of_its_own_stream() -> None:
    offer = sdp.read(VIDEO_PHONE)
    assert (offer.host, offer.port, offer.direction) == ("10.0.0.2", 4000, Direction.BOTH)


def test_the_first_key_that_we_know_is_taken_and_answered_with_ours() -> None:
    offer = sdp.read(VIDEO_PHONE)
    assert offer.crypto == Crypto("AES_CM_128_HMAC_SHA1_80", KEY, 2)
    answer = offer.answered_by("10.0.0.9", 5000, crypto=Crypto(offer.crypto.suite, "b" * 40, 2))
    assert b"m=audio 5000 RTP/SAVP 0 100\r\n" in sdp.write(answer, 1)
    assert b"a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:bbbb" in sdp.write(answer, 1)


def test_who_knows_opus_talks_in_it_and_has_keys_of_its_rate() -> None:
    answer = sdp.read(VIDEO_PHONE).answered_by("10.0.0.9", 5000, known=(OPUS, *KNOWN))
    assert answer.spoken == OPUS
    assert answer.events == Codec(101, "telephone-event", 48000)


def test_a_key_is_needed_where_one_is_promised() -> None:
    with pytest.raises(NotAcceptable):
        sdp.read(VIDEO_PHONE.replace(b"AES_CM_128", b"AES_256"))


def test_a_stream_that_is_refused_is_not_talked_in() -> None:
    with pytest.raises(NotAcceptable):
        sdp.read(SIPP.replace(b"6000", b"0"))


@given(
    st.sampled_from(["127.0.0.1", "10.1.2.3", "::1"]),
    st.integers(1, 65535),
    st.lists(st.sampled_from([*KNOWN, OPUS, EVENTS]), min_size=1, unique=True).map(tuple),
    st.sampled_from(Direction),
    st.sampled_from([None, Crypto("AES_CM_128_HMAC_SHA1_32", KEY)]),
)
def test_what_is_written_is_read_again(
    host: str,
    port: int,
    codecs: tuple[Codec, ...],
    direction: Direction,
    crypto: Crypto | None,
) -> None:
    it = Description(host, port, codecs, direction, crypto)
    assert sdp.read(sdp.write(it, 1)) == it


@given(st.binary(max_size=300), st.integers(0, len(SIPP)))
def test_whatever_comes_is_read_or_refused(noise: bytes, at: int) -> None:
    with contextlib.suppress(NotAcceptable):
        sdp.read(SIPP[:at] + noise + SIPP[at:])
