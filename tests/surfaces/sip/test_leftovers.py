"""Nothing is kept of calls that are over, however they ended and whoever made them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.media.wiring import Record, Recorded, StopRecording
from tests.contract.world import World
from tests.surfaces.sip.test_ears import SoundSite


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
