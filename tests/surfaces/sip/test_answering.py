"""How a phone's calls are answered: by its keys, by an interface, by itself, or all in one call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.world import World
from tests.surfaces.sip.test_leg import AGENT, PHONE, Site


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        yield Site(world)


# Always off the hook


def test_a_phone_that_is_always_off_the_hook_has_one_long_call(site: Site) -> None:
    site.register()
    site.sign_in(releasephone=False)
    for number in range(3):
        site.caller.call("95001")
        site.pass_time(0.1)
        if not number:
            site.phone.say(180)
            site.phone.say(200)
        else:
            assert site.agent_state() == "ANSWERING"
            site.world.do(lambda switch: switch.answer_call(AGENT))
            site.pass_time(0.1)
        assert site.agent_state() == "TALKING"
        site.caller.within("BYE")
        site.pass_time(1)
        assert site.agent_state() == "IDLE"
    assert site.phone.methods() == ["INVITE", "ACK"]
    assert len(site.leg.phones.lines) == 1
    site.phone.within("BYE")
    site.pass_time(0.1)
    assert site.world.platform.switch.phones[PHONE].leg.name == "DOWN"
    assert site.leg.parties == {}


def test_a_phone_that_was_always_off_the_hook_is_hung_up_with_its_agent(site: Site) -> None:
    site.register()
    site.sign_in(releasephone=False)
    site.caller.call("95001")
    site.pass_time(0.1)
    site.phone.say(180)
    site.phone.say(200)
    site.caller.within("BYE")
    site.pass_time(1)
    site.world.do(lambda switch: switch.log_off(AGENT))
    site.pass_time(0.1)
    assert site.phone.methods() == ["INVITE", "ACK", "BYE"]
    assert site.leg.parties == {}
