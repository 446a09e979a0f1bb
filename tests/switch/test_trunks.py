"""Trunk groups: which channel each outside party is on, and what happens when none is free."""

from __future__ import annotations

import pytest

from emulator.switch import errors
from emulator.switch.config import TrunkConfig
from emulator.switch.terms import TransferMode
from tests.switch.support import CUSTOMER, OUTSIDE, CallCenter, small_call_center


def channels(center: CallCenter) -> dict[str, int]:
    """The channel of each outside party."""
    return {
        connection.number: connection.channel
        for call in center.switch.calls.values()
        for connection in call.connections
        if connection.trunk is not None
    }


def test_each_party_takes_the_lowest_channel_that_is_free(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.set_not_ready(101)
    for number in "123":
        center.dial(caller=number)
    assert channels(center) == {"1": 1, "2": 2, "3": 3}


def test_a_channel_is_taken_again_once_it_is_free(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.set_not_ready(101)
    ids = {number: center.dial(caller=number) for number in "123"}
    center.switch.outside_hangs_up(ids["2"])
    center.switch.outside_hangs_up(ids["1"])
    for number in "45":
        center.dial(caller=number)
    assert channels(center) == {"3": 3, "4": 1, "5": 2}


def test_each_trunk_group_counts_its_own_channels() -> None:
    center = small_call_center(trunks=(TrunkConfig("a", 2), TrunkConfig("b", 2, "02")))
    center.sign_in(101, 102)
    center.talk(101)
    center.switch.make_call(102, "0201")
    assert channels(center) == {CUSTOMER: 1, "0201": 1}


def test_a_party_that_is_transferred_keeps_its_channel(center: CallCenter) -> None:
    center.sign_in(101)
    center.talk(101)
    center.switch.single_step_transfer(101, (OUTSIDE, "0201"), TransferMode.TALK)
    center.wait(2)
    center.switch.release_call(101)
    assert channels(center) == {CUSTOMER: 1, "0201": 2}


def test_whoever_is_dialled_in_vain_gives_its_channel_back(center: CallCenter) -> None:
    center.sign_in(101)
    center.switch.make_call(101, "0203")
    center.switch.make_call(101, "0202")
    assert channels(center) == {"0202": 1}


def test_without_a_free_channel_nobody_comes_or_is_called() -> None:
    center = small_call_center(trunks=(TrunkConfig("a", 1),))
    center.sign_in(101, 102)
    call = center.talk(101)
    with pytest.raises(errors.NoTrunk):
        center.dial(caller="2")
    with pytest.raises(errors.NoTrunk):
        center.switch.make_call(102, "0201")
    center.switch.outside_hangs_up(call)
    center.dial()
    assert channels(center) == {CUSTOMER: 1}


def test_a_group_that_becomes_smaller_is_left_by_the_channels_it_has_lost() -> None:
    center = small_call_center(trunks=(TrunkConfig("a", 3),))
    center.sign_in(101)
    center.switch.set_not_ready(101)
    ids = {number: center.dial(caller=number) for number in "123"}
    center.reconfigure(trunks=(TrunkConfig("a", 2),))
    center.switch.outside_hangs_up(ids["1"])
    with pytest.raises(errors.NoTrunk):
        center.dial(caller="4")
    center.switch.outside_hangs_up(ids["3"])
    center.dial(caller="4")
    assert channels(center) == {"2": 2, "4": 1}
    with pytest.raises(errors.NoTrunk):
        center.dial(caller="5")


def test_a_trunk_group_of_millions_costs_nothing_that_nobody_uses() -> None:
    center = small_call_center(trunks=(TrunkConfig("a", 10**9),))
    center.sign_in(101)
    center.talk(101)
    trunk = center.switch.tenant(1).trunks[0]
    assert (trunk.opened, trunk.free) == (1, [])
