"""SRTP, with libsrtp as the other side."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from pylibsrtp import Policy, Session

from emulator.media.rtp import packets
from emulator.media.rtp.mixer import REPORTS
from emulator.media.rtp.srtp import SUITES, BadKeys, Guard
from emulator.media.wiring import Keys
from tests.media.rtp.studio import Phone, Studio, as_sent, noise


class Secure:
    """The phone's end of a secured stream."""

    def __init__(self, suite: str, seed: int = 0) -> None:
        profile, length = SUITES[suite]
        ours = bytes((seed + place) & 0xFF for place in range(length))
        theirs = bytes((seed + 100 + place) & 0xFF for place in range(length))
        self.keys = Keys(suite, base64.b64encode(ours).decode(), base64.b64encode(theirs).decode())
        self.out = Session(Policy(theirs, Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile))
        self.into = Session(Policy(ours, Policy.SSRC_ANY_INBOUND, srtp_profile=profile))


def secure_phone(studio: Studio, port: int, suite: str, seed: int = 0) -> Phone:
    secure = Secure(suite, seed)
    phone = studio.phone(port, keys=secure.keys)
    raw, get = phone.raw, phone.get
    phone.raw = lambda packet: raw(secure.out.protect(packet))  # type: ignore[method-assign]
    phone.get = lambda packet: get(secure.into.unprotect(packet))  # type: ignore[method-assign]
    return phone


@pytest.mark.parametrize("suite", SUITES)
def test_two_with_keys_of_their_own_hear_each_other(suite: str) -> None:
    studio = Studio()
    a, b = secure_phone(studio, 2, suite), secure_phone(studio, 4, suite, seed=50)
    studio.hear(a, b)
    studio.hear(b, a)
    says = noise(1, 10), noise(2, 10)
    studio.talk(10, (a, says[0]), (b, says[1]))
    assert np.array_equal(a.heard, as_sent(says[1]))
    assert np.array_equal(b.heard, as_sent(says[0]))


def test_one_with_keys_and_one_without_hear_each_other() -> None:
    studio = Studio()
    a, b = secure_phone(studio, 2, "AES_CM_128_HMAC_SHA1_80"), studio.phone(4)
    studio.hear(a, b)
    studio.hear(b, a)
    studio.talk(10, (a, noise(1, 10)), (b, noise(2, 10)))
    assert np.array_equal(a.heard, as_sent(noise(2, 10)))
    assert np.array_equal(b.heard, as_sent(noise(1, 10)))


def test_sound_on_the_wire_is_not_that_which_was_said() -> None:
    studio = Studio()
    a, b = secure_phone(studio, 2, "AES_CM_128_HMAC_SHA1_80"), studio.phone(4)
    studio.hear(a, b)
    b.put(b"open secret")
    [(port, raw, _)] = studio.sent
    assert port == a.port
    assert b"secret" not in raw


def test_what_is_forged_or_comes_again_is_not_heard() -> None:
    studio = Studio()
    secure = Secure("AES_CM_128_HMAC_SHA1_80")
    a, b = studio.phone(2, keys=secure.keys), studio.phone(4)
    studio.hear(b, a)
    packet = packets.write(packets.Packet(a.payload, 1, 160, 5, b"sound"))
    sealed = secure.out.protect(packet)
    for raw in (packet, sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed, sealed):
        a.raw(raw)
    assert [packet.payload for packet in b.got] == [b"sound"]
    party = studio.board.party(2)
    assert party is not None
    assert party.broken == 3


def test_reports_are_secured_both_ways() -> None:
    studio = Studio()
    secure = Secure("AES_CM_128_HMAC_SHA1_80")
    a = studio.phone(2, keys=secure.keys, receives=False)
    theirs = secure.out.protect_rtcp(packets.write_report(packets.Report(2), "phone"))
    studio.board.receive_control(2, theirs, (a.address[0], 7), studio.now)
    studio.talk(REPORTS)
    [(_, raw, to)] = studio.controls
    assert to == (a.address[0], 7)
    assert packets.read_reports(secure.into.unprotect_rtcp(raw)) is not None


def test_new_keys_are_those_that_count() -> None:
    studio = Studio()
    a, b = secure_phone(studio, 2, "AES_CM_128_HMAC_SHA1_80"), studio.phone(4)
    studio.hear(b, a)
    a.put(b"before")
    renewed = Secure("AES_CM_128_HMAC_SHA1_32", seed=9)
    a.connect(keys=renewed.keys)
    a.put(b"with the old ones")
    raw = packets.write(packets.Packet(a.payload, 9, 1600, 2, b"after"))
    studio.board.receive(2, renewed.out.protect(raw), a.address, studio.now)
    assert [packet.payload for packet in b.got] == [b"before", b"after"]


@pytest.mark.parametrize(
    ("suite", "key"),
    [
        ("F8_128_HMAC_SHA1_80", "A" * 40),
        ("AES_CM_128_HMAC_SHA1_80", "short"),
        ("AES_CM_128_HMAC_SHA1_80", "A" * 36),
        ("AES_CM_128_HMAC_SHA1_80", "no base64!"),
    ],
)
def test_keys_that_are_none_connect_nobody(suite: str, key: str) -> None:
    with pytest.raises(BadKeys):
        Guard(Keys(suite, key, key))
    studio = Studio()
    studio.phone(2, keys=Keys(suite, key, key))
    assert studio.board.party(2) is None
