"""Bodies of calls: descriptions alone, among others, and what is none."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

import pytest
from sipmessage import Response

from emulator.surfaces.sip import sdp
from emulator.surfaces.sip.sdp import Crypto, Description
from tests.contract.world import World
from tests.surfaces.sip.studio import Studio
from tests.surfaces.sip.test_leg import OUTSIDE, SOUND, Site

MIXED = "multipart/mixed;boundary=there"
ISUP = b"--there\r\nContent-Type: application/isup\r\n\r\n\x01\x00\x49\r\n"
ALSO = ISUP + b"--there\r\nContent-Type: application/sdp\r\n\r\n" + SOUND + b"\r\n--there--\r\n"
KEY = b64encode(bytes(30)).decode()


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        yield Site(world, media=Studio())


def call(site: Site, body: bytes, kind: str, **more: str) -> Response:
    """How a caller with this body is answered."""
    invite = site.caller.plain("INVITE", "95003", body, Content_Type=kind, **more)
    return site.caller.send(invite)[-1]


def test_a_description_among_other_bodies_is_found(site: Site) -> None:
    answered = call(site, ALSO, MIXED)
    assert answered.code == 200
    assert [it.name for it in sdp.read(answered.body).codecs] == ["PCMU", "telephone-event"]


def test_who_sends_other_bodies_only_is_made_an_offer(site: Site) -> None:
    answered = call(site, ISUP + b"--there--\r\n", MIXED)
    assert len(sdp.read(answered.body).codecs) == 4


def test_an_answer_among_other_bodies_is_found(site: Site) -> None:
    site.register()
    site.sign_in()
    site.caller.call("95001")
    site.phone.say(180)
    site.phone.say(200, ALSO, Content_Type=MIXED)
    assert site.agent_state() == "TALKING"
    assert {it.remote.port for it in site.leg.parties.values() if it.remote is not None} == {6000}
    assert len(site.leg.parties) == 2


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_a_body_that_nobody_knows_is_refused_with_what_is_known(site: Site, method: str) -> None:
    site.caller.call("95003")
    outside = call(site, b"\x01\x00", "application/isup")
    within = site.caller.within(method, b"{}", Content_Type="application/json")[-1]
    for refused in (outside, within):
        assert (refused.code, refused.headers["Accept"]) == (
            415,
            "application/sdp, multipart/mixed",
        )
    assert site.calls() == 1


def test_a_compressed_body_is_refused(site: Site) -> None:
    refused = call(site, b"\x1f\x8b", "application/sdp", Content_Encoding="gzip")
    assert (refused.code, refused.headers["Accept-Encoding"]) == (415, "identity")


def test_a_body_that_need_not_be_understood_is_none(site: Site) -> None:
    more = {"Content_Disposition": "signal;handling=optional"}
    answered = call(site, b"\x01\x00", "application/isup", **more)
    assert (answered.code, len(sdp.read(answered.body).codecs)) == (200, 4)


@pytest.mark.parametrize("key", ["AAAA", "*" * 40, KEY[:-4], KEY + "AAAA"])
def test_a_key_that_is_none_is_refused(site: Site, key: str) -> None:
    offer = Description(OUTSIDE, 6000, crypto=Crypto(sdp.SUITES[0], key))
    assert call(site, sdp.write(offer, 1), sdp.MEDIA_TYPE).code == 488
    assert site.calls() == 0
