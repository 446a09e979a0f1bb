"""Phones that hang up while a call of theirs is held, and are called when it is taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.surfaces.sip import sdp
from emulator.surfaces.sip.sdp import Description, Direction
from emulator.switch.terms import TargetType
from tests.contract.world import World
from tests.surfaces.sip.leaks import nothing_is_left
from tests.surfaces.sip.studio import Studio
from tests.surfaces.sip.test_leg import AGENT, DESK, SOUND, Site

HELD = sdp.write(Description(DESK, 6000, direction=Direction.SEND), 1, 2)
HELPER = 102


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        found = Site(world, media=Studio())
        yield found
        nothing_is_left(found)


def talk(site: Site, **how: object) -> None:
    site.register()
    site.sign_in(autoanswer=False, **how)
    site.caller.call("95001")
    site.phone.say(180)
    site.phone.say(200, SOUND)
    assert site.agent_state() == "TALKING"


def hang_up_while_held(site: Site) -> None:
    """The agent's client holds the call, the agent hangs up."""
    site.world.do(lambda switch: switch.hold_call(AGENT))
    site.phone.within("BYE")
    site.pass_time(1)
    assert site.calls() == 1


@pytest.mark.parametrize("linked", [False, True])
def test_a_phone_that_holds_its_call_and_hangs_up_ends_it(site: Site, linked: bool) -> None:
    talk(site, phonelinkage=linked)
    site.phone.within("INVITE", HELD, Content_Type="application/sdp")
    site.phone.within("BYE")
    site.pass_time(1)
    assert site.calls() == 0
    assert site.caller.methods() == ["BYE"]
    assert site.agent_state() == "IDLE"


def test_a_call_that_is_taken_back_comes_to_the_phone_that_was_hung_up(site: Site) -> None:
    talk(site)
    hang_up_while_held(site)
    site.world.do(lambda switch: switch.retrieve_call(AGENT))
    site.pass_time(0.1)
    assert site.phone.methods()[-1] == "INVITE"
    assert "auto" in (site.phone.heard[-1].headers.get("Alert-Info") or "")
    site.phone.say(200, SOUND)
    assert site.agent_state() == "TALKING"
    assert len(site.leg.parties) == 2
    site.phone.within("BYE")
    site.pass_time(1)
    assert site.calls() == 0


def test_who_hangs_up_on_a_helper_is_called_again_for_the_customer(site: Site) -> None:
    talk(site)
    site.world.sign_in(HELPER)
    helper = (TargetType.AGENT, str(HELPER))
    site.world.do(lambda switch: switch.consultation_call(AGENT, helper))
    site.phone.within("BYE")
    site.pass_time(1)
    site.world.do(lambda switch: switch.retrieve_call(AGENT))
    site.pass_time(0.1)
    assert site.phone.methods()[-1] == "INVITE"


def test_a_phone_that_is_not_picked_up_for_its_call_has_hung_up(site: Site) -> None:
    talk(site)
    hang_up_while_held(site)
    site.world.do(lambda switch: switch.retrieve_call(AGENT))
    site.pass_time(0.1)
    site.phone.say(486)
    site.pass_time(1)
    assert site.calls() == 0
    assert site.agent_state() == "IDLE"


def test_a_phone_that_nobody_can_call_for_its_call_has_hung_up(site: Site) -> None:
    talk(site)
    hang_up_while_held(site)
    site.no_listener.add("UDP")
    site.world.do(lambda switch: switch.retrieve_call(AGENT))
    site.no_listener.discard("UDP")
    assert site.calls() == 1
    site.no_listener.add("UDP")
    site.pass_time(1)
    site.no_listener.discard("UDP")
    assert site.calls() == 0


def test_a_call_that_ends_while_its_phone_is_called_for_it_lets_it_be_silent(site: Site) -> None:
    talk(site)
    hang_up_while_held(site)
    site.world.do(lambda switch: switch.retrieve_call(AGENT))
    site.pass_time(0.1)
    site.phone.say(180)
    site.caller.within("BYE")
    site.pass_time(1)
    assert site.calls() == 0
    assert site.leg.phones.parties == {}


def test_a_phone_that_registers_during_a_call_is_not_called_for_it(site: Site) -> None:
    site.sign_in(autoanswer=False)
    site.caller.call("95001")
    site.world.do(lambda switch: switch.answer_call(AGENT))
    site.register()
    site.world.do(lambda switch: switch.hold_call(AGENT))
    site.world.do(lambda switch: switch.retrieve_call(AGENT))
    site.pass_time(1)
    assert site.phone.methods() == []


def test_a_phone_that_has_signed_off_during_its_call_is_hung_up_when_it_is_over(
    site: Site,
) -> None:
    talk(site)
    site.register(expires=0)
    site.pass_time(1)
    assert site.agent_state() == "TALKING"
    site.caller.within("BYE")
    site.pass_time(0.1)
    assert site.phone.methods()[-1] == "BYE"
    assert site.leg.phones.parties == {}
