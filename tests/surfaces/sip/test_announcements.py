"""Flows wait until a caller has heard what they announce, by a network in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emulator.media.wiring import Played, Silent, Speech
from emulator.surfaces.sip import sdp
from emulator.switch.config import FlowConfig
from emulator.switch.ivr import LONGEST_ANNOUNCEMENT
from tests.contract.world import World
from tests.surfaces.sip.carriers import VOICE, TrunkSite
from tests.surfaces.sip.studio import Studio
from tests.surfaces.sip.test_ears import MUSIC, SoundSite
from tests.surfaces.sip.test_leg import AGENT, Site

WELCOME = FlowConfig(
    1,
    "welcome",
    "first",
    {
        "first": {"type": "play", "prompt": "first", "next": "second"},
        "second": {"type": "play", "prompt": "second", "next": "wait"},
        "wait": {"type": "queue", "queue": 1},
    },
    "7001",
)


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        world.configure(flows=(WELCOME,))
        yield world


@pytest.fixture
def site(world: World) -> SoundSite:
    site = SoundSite(world)
    site.register()
    site.sign_in()
    return site


def plays(site: SoundSite) -> object:
    """What the caller hears."""
    return site.hears(site.customer)[1]


def is_over(site: SoundSite, serial: int | None = None) -> None:
    """The caller's sound is over, or was the one of that serial."""
    port = site.customer
    site.studio.report(Played(port, site.studio.heard[port].serial if serial is None else serial))
    site.pass_time(0.1)


def node(world: World) -> str:
    """Where the only call stands in its flow; empty: in none."""
    [call] = world.platform.switch.calls.values()
    return call.ivr.frames[-1].node if call.ivr is not None else ""


def test_a_caller_hears_one_announcement_after_the_other(site: SoundSite) -> None:
    site.caller.call("95003")
    assert plays(site) == Speech("first")
    site.pass_time(60)
    assert plays(site) == Speech("first")
    is_over(site)
    assert plays(site) == Speech("second")
    is_over(site)
    assert plays(site) == MUSIC


def test_the_end_of_another_sound_is_not_that_of_the_announcement(site: SoundSite) -> None:
    site.caller.call("95003")
    site.pass_time(0.1)
    first = site.studio.heard[site.customer].serial
    is_over(site, first + 1)
    assert plays(site) == Speech("first")
    is_over(site, first)
    is_over(site, first)
    assert plays(site) == Speech("second")


def test_a_second_end_that_is_told_at_once_ends_nothing_else(site: SoundSite) -> None:
    site.caller.call("95003")
    site.pass_time(0.1)
    first = Played(site.customer, site.studio.heard[site.customer].serial)
    site.studio.report(first)
    site.studio.report(first)
    assert plays(site) == Speech("second")


def test_each_of_two_callers_hears_its_own_to_the_end(site: SoundSite, world: World) -> None:
    site.caller.call("95003")
    one = site.customer
    site.pass_time(0.1)
    site.caller.call("95003")
    assert plays(site) == Speech("first")
    site.studio.report(Played(one, site.studio.heard[one].serial))
    assert site.hears(one)[1] == Speech("second")
    assert plays(site) == Speech("first")


def test_an_announcement_whose_end_nobody_tells_holds_nobody_up(
    site: SoundSite, world: World
) -> None:
    site.caller.call("95003")
    site.pass_time(0.1)
    world.platform.move_clock(int(LONGEST_ANNOUNCEMENT * 1_000_000))
    assert plays(site) == Speech("second")


def test_who_hangs_up_or_is_lost_meanwhile_leaves_nothing_behind(
    site: SoundSite, world: World
) -> None:
    site.caller.call("95003")
    site.pass_time(0.1)
    site.caller.within("BYE")
    site.caller.call("95003")
    site.pass_time(0.1)
    site.studio.report(Silent(site.customer))
    site.pass_time(0.1)
    assert world.platform.switch.calls == {}
    assert world.platform.switch.requests == {}


def test_of_somebody_who_is_simulated_no_time_is_taken(site: SoundSite, world: World) -> None:
    world.do(lambda switch: switch.dial_in("139", "95003"))
    assert node(world) == ""


def test_without_a_media_process_flows_go_on_at_once(world: World) -> None:
    site = Site(world)
    site.register()
    site.sign_in()
    site.caller.call("95003")
    assert node(world) == ""


def test_who_answers_at_a_gateway_hears_the_flow_that_follows(world: World) -> None:
    studio = Studio()
    site = TrunkSite(world, media=studio)
    site.sign_in()
    site.calls_out()
    site.near.tell(200, VOICE)
    port = sdp.read(site.near.invite.body).port
    world.do(lambda switch: switch.follow_up(AGENT, "7001"))
    world.do(lambda switch: switch.release_call(AGENT))
    site.pass_time(0.1)
    assert studio.heard[port].sound == Speech("first")
    assert node(world) == "first"
    studio.report(Played(port, studio.heard[port].serial))
    site.pass_time(0.1)
    assert studio.heard[port].sound == Speech("second")


def saved(site: SoundSite) -> Any:
    """The world while a caller hears an announcement."""
    site.caller.call("95003")
    site.pass_time(0.1)
    platform = site.world.platform
    return platform.form.read(site.world._run(platform.snapshot()))


def test_a_snapshot_is_loaded_while_the_caller_goes_on_listening(
    site: SoundSite, world: World
) -> None:
    world.platform.form.load(saved(site))
    assert plays(site) == Speech("first")
    is_over(site)
    assert plays(site) == Speech("second")


def test_in_a_snapshot_that_is_loaded_elsewhere_nobody_is_waited_for_long(
    site: SoundSite, world: World
) -> None:
    content = saved(site)
    site.caller.within("BYE")
    world.platform.form.load(content)
    site.pass_time(0.1)
    assert node(world) == "first"
    world.platform.move_clock(int(LONGEST_ANNOUNCEMENT * 1_000_000))
    site.pass_time(0.1)
    assert node(world) == ""
