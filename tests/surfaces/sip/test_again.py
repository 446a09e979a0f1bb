"""An INVITE within a call: what it changes, and what crosses it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.surfaces.sip import dialogs, sdp
from emulator.surfaces.sip.sdp import Codec, Description, Direction
from tests.contract.world import World
from tests.surfaces.sip.leaks import nothing_is_left
from tests.surfaces.sip.studio import Studio
from tests.surfaces.sip.test_leg import AGENT, OUTSIDE, SOUND, Peer, Site

SDP = "application/sdp"
HELD = sdp.write(Description(OUTSIDE, 6000, direction=Direction.SEND), 1, 2)


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        found = Site(world, media=Studio())
        yield found
        nothing_is_left(found)


def acknowledge(peer: Peer, number: int, body: bytes = b"") -> None:
    """The ACK of the INVITE with this number."""
    assert peer.dialog is not None
    ack = peer.dialog.request("ACK", f"<sip:me@{peer.host}>", number)
    ack.body = body
    peer.stack.send_ack(ack, peer.switch)
    peer.network.clock.advance(0.1)


def test_an_acknowledgement_that_is_overtaken_by_another_invite_ends_no_call(site: Site) -> None:
    caller = site.caller
    invite = caller.plain("INVITE", "95003", SOUND, Content_Type=SDP)
    caller.dialog = dialogs.from_response(invite, caller.send(invite)[-1])
    assert caller.within("INVITE", SOUND, Content_Type=SDP)[-1].code == 200
    acknowledge(caller, 1)
    acknowledge(caller, 2)
    site.pass_time(34)
    assert caller.methods() == []
    assert site.calls() == 1


def test_another_invite_whose_answer_is_never_acknowledged_ends_the_call(site: Site) -> None:
    site.caller.call("95003")
    assert site.caller.within("INVITE", HELD, Content_Type=SDP)[-1].code == 200
    site.pass_time(31)
    assert site.calls() == 1
    site.pass_time(2)
    assert site.calls() == 0
    assert site.caller.methods() == ["BYE"]


def version(body: bytes) -> int:
    """Of a description (RFC 4566, 5.2)."""
    return int(body.decode().splitlines()[1].split()[2])


def test_who_asks_for_our_offer_after_a_hold_is_offered_everything_both_ways(site: Site) -> None:
    site.caller.call("95003")
    [held] = site.caller.within("INVITE", HELD, Content_Type=SDP)
    acknowledge(site.caller, 2)
    [offered] = site.caller.within("INVITE")
    offer = sdp.read(offered.body)
    assert offer.direction is Direction.BOTH
    assert [it.name for it in offer.codecs] == ["PCMU", "telephone-event", "PCMA", "G722"]
    assert version(offered.body) == version(held.body) + 1


def test_what_was_agreed_keeps_its_number_in_our_next_offer(site: Site) -> None:
    codecs = (Codec(100, "PCMA"), Codec(101, "PCMU"))
    site.caller.call("95003", sdp.write(Description(OUTSIDE, 6000, codecs), 1))
    offer = sdp.read(site.caller.within("INVITE")[-1].body)
    assert [(it.number, it.name) for it in offer.codecs] == [
        (100, "PCMA"),
        (0, "PCMU"),
        (9, "G722"),
        (101, "telephone-event"),
    ]


def test_a_phone_takes_its_call_back_by_an_answer_to_our_offer(site: Site) -> None:
    site.register()
    site.sign_in(autoanswer=False)
    site.caller.call("95001")
    site.phone.say(180)
    site.phone.say(200, SOUND)
    [own] = site.world.platform.switch.agents[AGENT].connections
    for number, body, state in ((1, HELD, "HOLD"), (2, SOUND, "CONNECTED")):
        assert site.phone.within("INVITE")[-1].code == 200
        acknowledge(site.phone, number, body)
        assert own.state.name == state
