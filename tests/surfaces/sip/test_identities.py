"""Numbers as SIP writes them, and as the call center has them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sipmessage import Request

from emulator.surfaces.sip import identities
from emulator.surfaces.sip.values import read_uri
from tests.contract.world import World
from tests.surfaces.sip.test_leg import SOUND, Site

SDP = "application/sdp"


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        found = Site(world)
        found.register()
        found.sign_in()
        yield found


def calling(site: Site, caller: str, to: str = "95001") -> Request:
    """An INVITE of somebody outside."""
    invite = site.caller.plain("INVITE", "95001", SOUND, Content_Type=SDP, From=f"{caller};tag=1")
    invite.uri = read_uri(to) if ":" in to else invite.uri
    return invite


@pytest.mark.parametrize(
    ("uri", "number"),
    [
        ("sip:13900000001@h", "13900000001"),
        ("sip:13900000001;phone-context=+86@h;user=phone", "13900000001"),
        ("sip:+86-(10)-8201.5268@h;user=phone", "+861082015268"),
        ("tel:+86-10-8201.5268;phone-context=example.com", "+861082015268"),
        ("tel:(010)82015268", "01082015268"),
        ("sip:%2B8613900000001@h", "+8613900000001"),
        ("sip:first.last@h", "first.last"),
        ("sip:10-20@h", "10-20"),
        ("sip:alice;day=tuesday@h", "alice;day=tuesday"),
        ("sip:h", ""),
    ],
)
def test_a_number_is_read_as_it_is_dialled(uri: str, number: str) -> None:
    assert identities.number_of(read_uri(uri)) == number


@pytest.mark.parametrize(
    ("caller", "shown"),
    [
        ("<sip:+8613900000001@h>", "<sip:+8613900000001@emulator>"),
        ("<tel:+86-139-0000-0001>", "<sip:+8613900000001@emulator>"),
        ("<sip:first.last@h>", "<sip:first.last@emulator>"),
        ("<sip:al%20ice@h>", "<sip:al%20ice@emulator>"),
        ("<sip:%E5%BC%A0@h>", "<sip:%E5%BC%A0@emulator>"),
        ("<sip:anonymous@anonymous.invalid>", "<sip:anonymous@emulator>"),
    ],
)
def test_an_agents_phone_shows_who_calls(site: Site, caller: str, shown: str) -> None:
    site.caller.send(calling(site, caller))
    [invite] = site.phone.heard
    assert invite.headers["From"].partition(";")[0] == shown


def test_a_called_number_may_have_parameters_and_separators(site: Site) -> None:
    to = "sip:9-5001;phone-context=+86@h;user=phone"
    [answered] = site.caller.send(calling(site, "<sip:1390@h>", to))
    assert answered.code == 200
