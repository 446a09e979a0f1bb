"""A phone takes the call that rings at another one (INVITE with Replaces)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sipmessage import Response

from emulator.surfaces.sip import dialogs
from emulator.surfaces.sip.dialogs import DialogId
from emulator.surfaces.sip.digest import answer, best_challenge
from tests.contract.world import PASSWORD, World
from tests.surfaces.sip.leaks import nothing_is_left
from tests.surfaces.sip.test_leg import SOUND, SWITCH, Peer, Site

TAKER, HER_PHONE, HER_DESK = 106, "40106", "10.0.0.6"
"""Of another queue too: the call rings at the other agent first."""


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        found = Site(world)
        yield found
        nothing_is_left(found)


@pytest.fixture
def taker(site: Site) -> Peer:
    """The phone of the agent who picks up; the agent signs in when the call rings already."""
    return Peer(site.network, HER_DESK)


def rings(site: Site, *, linked: bool = True) -> DialogId:
    """A call rings at agent 101's phone; its dialog, as another phone would name it."""
    site.register()
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(0.1)
    site.phone.say(180)
    assert site.agent_state() == "ANSWERING"
    site.world.sign_in(TAKER, phonelinkage=linked)
    ringing = site.phone.offered[-1].request
    return ringing.headers["Call-ID"], "phone", _tag(ringing.headers["From"])


def _tag(value: str) -> str:
    return value.rpartition("tag=")[2]


def take(site: Site, taker: Peer, dialog: DialogId, **more: str) -> list[Response]:
    call_id, own, other = dialog
    invite = taker.plain("INVITE", "whoever", SOUND, Content_Type="application/sdp", **more)
    invite.headers.set("From", f"<sip:{HER_PHONE}@{SWITCH}>;tag=takes")
    invite.headers.set("Replaces", f"{call_id};to-tag={own};from-tag={other}")
    [asked] = taker.send(invite)
    challenge = best_challenge(asked.headers.getlist("Proxy-Authenticate"))
    assert challenge is not None
    proof = answer(challenge, "INVITE", str(invite.uri), HER_PHONE, PASSWORD, cnonce="p")
    invite.headers.set("Proxy-Authorization", proof)
    invite.headers.set("CSeq", "2 INVITE")
    got = taker.send(invite)
    if got[-1].code == 200:
        taker.dialog = dialogs.from_response(invite, got[-1])
        taker.stack.send_ack(taker.dialog.request("ACK", f"<sip:me@{HER_DESK}>", 2), taker.switch)
        site.pass_time(0.1)
    return got


def state(site: Site, agent: int) -> str:
    return site.world.platform.switch.agents[agent].state.name


def test_a_phone_takes_the_call_that_rings_at_another(site: Site, taker: Peer) -> None:
    dialog = rings(site)
    site.world.do(lambda switch: switch.attach_phone(HER_PHONE, True))
    assert [it.code for it in take(site, taker, dialog)] == [200]
    assert state(site, TAKER) == "TALKING"
    assert site.phone.offered[-1].state.name in ("COMPLETED", "CONFIRMED")
    assert site.agent_state() == "IDLE"
    taker.within("BYE")
    site.pass_time(0.1)
    assert site.calls() == 0


def test_a_call_that_rings_no_more_is_taken_by_nobody(site: Site, taker: Peer) -> None:
    dialog = rings(site)
    site.phone.say(200)
    assert [it.code for it in take(site, taker, dialog)] == [486]
    assert [it.code for it in take(site, taker, ("nothing", "a", "b"))] == [481]
    assert state(site, TAKER) == "IDLE"


def test_an_agent_whose_phone_is_not_linked_takes_nothing(site: Site, taker: Peer) -> None:
    dialog = rings(site, linked=False)
    assert [it.code for it in take(site, taker, dialog)] == [403]


def test_a_customer_takes_nothing(site: Site) -> None:
    call_id, own, other = rings(site)
    invite = site.caller.plain("INVITE", "95001", SOUND, Content_Type="application/sdp")
    invite.headers.set("Replaces", f"{call_id};to-tag={own};from-tag={other}")
    assert [it.code for it in site.caller.send(invite)] == [481]


def test_a_phone_may_require_that_we_know_it(site: Site, taker: Peer) -> None:
    dialog = rings(site)
    assert [it.code for it in take(site, taker, dialog, Require="replaces")] == [200]


def test_a_busy_agent_takes_nothing(site: Site, taker: Peer) -> None:
    dialog = rings(site)
    site.world.do(lambda switch: switch.set_not_ready(TAKER))
    assert [it.code for it in take(site, taker, dialog)] == [486]
    assert site.agent_state() == "ANSWERING"
