"""An INVITE within a call: what it changes, and what crosses it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.surfaces.sip import dialogs, sdp
from emulator.surfaces.sip.sdp import Description, Direction
from tests.contract.world import World
from tests.surfaces.sip.leaks import nothing_is_left
from tests.surfaces.sip.studio import Studio
from tests.surfaces.sip.test_leg import OUTSIDE, SOUND, Peer, Site

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
