"""Nothing is kept of calls that are over, however they ended and whoever made them."""

from __future__ import annotations

import gc
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from emulator.media.wiring import Record, Recorded, StopRecording
from tests.contract.world import World
from tests.surfaces.sip.carriers import VOICE
from tests.surfaces.sip.leaks import LONG, end_all_calls
from tests.surfaces.sip.test_dialling import DiallingSite
from tests.surfaces.sip.test_ears import SoundSite
from tests.surfaces.sip.test_leg import AGENT, SOUND, Site

OURS = "emulator.surfaces.sip"


@pytest.fixture
def site() -> Iterator[SoundSite]:
    with World() as world:
        yield SoundSite(world)


def leave_a_message(site: SoundSite, folder: Path) -> Record:
    """A caller speaks after the tone."""
    site.world.platform.recordings.library.root = folder
    site.caller.call("95003")
    site.caller.within("INFO", b"9", Content_Type="application/dtmf")
    site.pass_time(0.1)
    [record] = site.studio.asked(Record)
    return record


def test_of_calls_by_other_doors_nothing_is_kept_for_the_next_caller(site: SoundSite) -> None:
    site.sign_in()
    for number in range(3):
        call = site.world.do(lambda switch, who=number: switch.dial_in(f"139{who}", "95001"))
        site.world.do(lambda switch, it=call: switch.outside_hangs_up(it))
        site.pass_time(1)
    assert site.leg.customers._cleared == {}


def test_what_there_is_of_a_call_is_told_until_it_is_over(site: SoundSite, tmp_path: Path) -> None:
    site.world.platform.recordings.library.root = tmp_path
    signalling = site.world.platform.signalling
    site.talk()
    found = signalling()
    assert (found.parties, found.dialogs, found.registrations) == (2, 2, 1)
    assert (found.sound_ports, found.recordings) == (2, 1)
    site.caller.within("BYE")
    site.pass_time(40)
    found = signalling()
    assert (found.parties, found.dialogs, found.transactions, found.sound_ports) == (0, 0, 0, 0)


def test_a_call_center_that_begins_anew_announces_and_records_nothing_any_more(
    site: SoundSite, tmp_path: Path
) -> None:
    record = leave_a_message(site, tmp_path)
    platform = site.world.platform
    platform.reset([it.config for it in platform.switch.tenants.values()])
    site.pass_time(6)
    ears = site.leg.ears
    assert ears is not None
    assert site.studio.asked(StopRecording) == [StopRecording(record.name)]
    site.studio.report(Recorded(record.name, 0))
    assert (ears._announced, ears.tapes.open) == ({}, 0)


def test_of_a_message_nothing_is_kept_if_its_recorder_has_died(
    site: SoundSite, tmp_path: Path
) -> None:
    record = leave_a_message(site, tmp_path)
    site.studio.report(Recorded(record.name, 0))
    site.caller.within("BYE")
    site.pass_time(0.1)
    assert site.leg.ears is not None
    assert site.leg.ears.tapes.open == 0


# Without a collection of garbage


def kept_by_cycles(played: Callable[[], object], site: Site) -> Counter[str]:
    """Play a call to its end: what of ours is not freed until somebody collects garbage."""
    gc.collect()
    gc.disable()
    # Records of errors keep what was alive then.
    logging.disable()
    try:
        played()
        end_all_calls(site)
        site.pass_time(LONG)
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found = (type(it) for it in gc.garbage)
        return Counter(it.__qualname__ for it in found if it.__module__.startswith(OURS))
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
        logging.disable(logging.NOTSET)


def customer_hangs_up(site: SoundSite) -> None:
    site.talk()
    site.caller.within("BYE")


def phone_hangs_up(site: SoundSite) -> None:
    site.talk()
    site.phone.within("BYE")


def customer_hangs_up_while_it_rings(site: SoundSite) -> None:
    site.register()
    site.sign_in()
    site.caller.call("95001")
    site.phone.say(180)
    site.caller.within("BYE")


def phone_refuses(site: SoundSite) -> None:
    site.register()
    site.sign_in()
    site.caller.call("95001")
    site.phone.say(486)


def agent_answers_by_an_interface(site: SoundSite) -> None:
    site.register()
    site.sign_in(auto_answer=False)
    site.caller.call("95001")
    site.phone.say(180)
    site.world.do(lambda switch: switch.answer_call(AGENT))
    site.phone.say(200, SOUND)


def agent_calls_out(site: SoundSite) -> None:
    site.register()
    site.sign_in()
    site.world.do(lambda switch: switch.make_call(AGENT, "13900000000"))
    site.pass_time(0.1)
    site.phone.say(200, SOUND)


@pytest.mark.parametrize(
    "played",
    [
        customer_hangs_up,
        phone_hangs_up,
        customer_hangs_up_while_it_rings,
        phone_refuses,
        agent_answers_by_an_interface,
        agent_calls_out,
    ],
)
def test_a_call_that_is_over_is_freed_at_once(
    site: SoundSite, played: Callable[[SoundSite], None]
) -> None:
    assert kept_by_cycles(lambda: played(site), site) == {}


@pytest.mark.parametrize("status", [200, 486])
def test_a_call_that_a_phone_has_dialled_to_a_gateway_is_freed_at_once(status: int) -> None:
    def play() -> None:
        site.begin()
        site.dial()
        site.near.tell(180)
        site.near.tell(status, VOICE if status == 200 else b"")

    with World() as world:
        site = DiallingSite(world)
        assert kept_by_cycles(play, site) == {}


def test_a_call_that_a_phone_has_dialled_and_given_up_is_freed_at_once() -> None:
    def play() -> None:
        site.begin()
        site.dial()
        site.near.tell(180)
        site.world.do(lambda switch: switch.release_call(AGENT))

    with World() as world:
        site = DiallingSite(world)
        assert kept_by_cycles(play, site) == {}
