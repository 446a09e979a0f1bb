"""Calls that are sent on to another address, and calls that are made again without SRTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.redirects import MOST
from emulator.switch.events import Delivered, Failed
from tests.contract.world import World
from tests.surfaces.sip.carriers import FAR, FRIEND, NEAR, VOICE, TrunkSite
from tests.surfaces.sip.test_leg import AGENT, DESK, PHONE, SOUND, SWITCH, Peer, Site, site

__all__ = ["site"]
HOME = "10.0.0.9"


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture
def trunks(world: World) -> TrunkSite:
    """Agent 101 calls somebody outside."""
    return calling(world)


def calling(world: World, **how: Any) -> TrunkSite:
    trunks = TrunkSite(world, **how)
    trunks.no_listener.clear()
    trunks.sign_in()
    trunks.calls_out()
    return trunks


# Gateways


@pytest.mark.parametrize("status", [300, 301, 302])
@pytest.mark.parametrize("rings", [True, False])
def test_a_gateway_sends_a_call_on_to_another_one(
    trunks: TrunkSite, status: int, *, rings: bool
) -> None:
    if rings:
        trunks.near.tell(180)
    trunks.near.tell(status, Contact=f"<sip:+49301@{FAR};x=y>")
    assert str(trunks.far.invite.uri) == f"sip:+49301@{FAR};x=y"
    assert trunks.far.invite.headers["To"] == f"<sip:{FRIEND}@{FAR}>"
    trunks.far.tell(180)
    trunks.far.tell(200, VOICE)
    assert len(trunks.heard(Delivered)) == 1
    assert trunks.agent_state() == "TALKING"
    assert {it.name: it.calls for it in trunks.world.platform.gateways()} == {"near": 0, "far": 1}


def test_a_gateway_sends_a_call_on_to_another_number_of_its_own(trunks: TrunkSite) -> None:
    trunks.near.tell(302, Contact=f"<sip:30@{NEAR}:5060>;q=0.1, <sip:31@{NEAR}>")
    assert trunks.near.invite.uri.user == "31"
    trunks.near.tell(486)
    assert trunks.near.invite.uri.user == "30"
    trunks.near.tell(200, VOICE)
    assert trunks.agent_state() == "TALKING"


def test_nobody_is_called_elsewhere_once_a_user_has_refused_for_good(trunks: TrunkSite) -> None:
    trunks.near.tell(302, Contact=f"<sip:30@{NEAR}>, <sip:31@{NEAR}>")
    trunks.near.tell(603)
    assert [it.cause for it in trunks.heard(Failed)] == [604]


@pytest.mark.parametrize(
    "contact", [f"<sip:30@{HOME}>", f"<sip:30@{SWITCH}>", "<tel:+4930>", "<mailto:a@b>"]
)
def test_a_call_goes_to_gateways_alone_and_else_by_the_next_one(
    trunks: TrunkSite, contact: str
) -> None:
    trunks.near.tell(302, Contact=contact)
    assert trunks.far.invite.uri.user == FRIEND
    trunks.far.tell(302, Contact=contact)
    assert [it.cause for it in trunks.heard(Failed)] == [549]
    assert not trunks.leg.customers.parties


def test_a_number_that_has_changed_to_nobody_knows_which_is_no_number(trunks: TrunkSite) -> None:
    trunks.near.tell(180)
    trunks.near.tell(301)
    assert [it.cause for it in trunks.heard(Failed)] == [538]


def test_gateways_that_send_a_call_round_and_round_come_to_an_end(trunks: TrunkSite) -> None:
    for _ in range(3):
        trunks.near.tell(302, Contact=f"<sip:1@{FAR}>")
        if not trunks.far.offered:
            break
        trunks.far.tell(302, Contact=f"<sip:{FRIEND}@{NEAR}:5060>")
        if trunks.heard(Failed):
            break
    assert len(trunks.near.sent("INVITE")) + len(trunks.far.sent("INVITE")) == 2
    assert [it.cause for it in trunks.heard(Failed)] == [549]


def test_an_endless_chain_of_numbers_comes_to_an_end(world: World) -> None:
    trunks = calling(world, near={"weight": 1}, far={"options_every": 1, "options_misses": 1})
    for number in range(MOST + 3):
        if trunks.near.offered[-1].state.name == "PROCEEDING":
            trunks.near.tell(302, Contact=f"<sip:{number}@{NEAR}>")
    assert len(trunks.near.sent("INVITE")) == 1 + MOST


# Encrypted sound


def profiles(trunks: TrunkSite) -> list[str]:
    offers = [it.body.decode() for it in trunks.near.sent("INVITE")]
    return [re.findall(r"^m=audio \d+ (\S+)", it, re.MULTILINE)[0] for it in offers]


@pytest.mark.parametrize("refusal", [415, 488])
def test_a_gateway_by_tls_that_knows_no_srtp_is_called_again_without(
    world: World, refusal: int
) -> None:
    trunks = calling(world, near={"transport": "tls"})
    trunks.near.tell(refusal)
    assert profiles(trunks) == ["RTP/SAVP", "RTP/AVP"]
    trunks.near.tell(200, VOICE)
    assert trunks.agent_state() == "TALKING"


def test_a_gateway_by_tls_that_takes_no_sound_is_called_twice_and_no_more(world: World) -> None:
    trunks = calling(world, near={"transport": "tls"})
    trunks.near.tell(488)
    trunks.near.tell(488)
    assert profiles(trunks) == ["RTP/SAVP", "RTP/AVP"]
    assert [it.cause for it in trunks.heard(Failed)] == [549]


def test_a_gateway_by_udp_that_takes_no_sound_is_called_once(trunks: TrunkSite) -> None:
    trunks.near.tell(488)
    assert profiles(trunks) == ["RTP/AVP"]


# Phones


def ring(site: Site) -> None:
    """Agent 101's phone rings for a customer."""
    site.register()
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(0.1)


def say(site: Site, phone: Peer, code: int, contact: str) -> None:
    transaction = phone.offered[-1]
    response = make_response(transaction.request, code, to_tag="phone")
    response.headers.set("Contact", contact)
    transaction.respond(response)
    site.pass_time(0.1)


def test_a_phone_sends_a_call_on_to_where_its_owner_is(site: Site) -> None:
    home = Peer(site.network, HOME)
    ring(site)
    say(site, site.phone, 302, f"<sip:me@{HOME}>")
    [invite] = [it for it in home.heard if it.method == "INVITE"]
    assert str(invite.uri) == f"sip:me@{HOME}"
    home.say(180)
    assert site.agent_state() == "ANSWERING"
    home.say(200, SOUND)
    assert site.agent_state() == "TALKING"
    site.caller.within("BYE")
    site.pass_time(0.1)
    assert home.methods()[-1] == "BYE"


@pytest.mark.parametrize(
    "contact",
    [
        f"<sip:40102@{SWITCH}>",
        f"<sip:{FRIEND}@{SWITCH}:5060>",
        "<sip:40102@emulator>",
        f"<tel:{FRIEND}>",
        f"<sip:{PHONE}@{DESK}>",
        "<mailto:me@home.example>",
    ],
)
def test_a_phone_does_not_send_calls_of_the_switch_to_other_numbers(
    site: Site, contact: str
) -> None:
    ring(site)
    say(site, site.phone, 302, contact)
    assert len([it for it in site.phone.heard if it.method == "INVITE"]) == 1
    [call] = site.world.platform.switch.calls.values()
    assert call.requeued == 1
    assert not site.leg.phones.parties


def test_where_a_call_was_sent_on_to_nobody_answers_either(site: Site) -> None:
    home = Peer(site.network, HOME)
    ring(site)
    say(site, site.phone, 302, f"<sip:me@{HOME}>")
    say(site, home, 302, f"<sip:{PHONE}@{DESK}>")
    [call] = site.world.platform.switch.calls.values()
    assert call.requeued == 1
    assert not site.leg.phones.parties


def test_an_agent_who_gives_the_call_up_has_it_cancelled_there(site: Site) -> None:
    home = Peer(site.network, HOME)
    ring(site)
    say(site, site.phone, 302, f"<sip:me@{HOME}>")
    home.say(180)
    site.caller.within("BYE")
    site.pass_time(0.5)
    assert home.offered[-1].state.name in ("COMPLETED", "CONFIRMED")
    assert site.world.platform.switch.agents[AGENT].phone is not None
