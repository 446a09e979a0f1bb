"""A damaged or hostile file is refused, or holds a world: never half of one."""

from __future__ import annotations

import asyncio
import copy
import json
import zlib
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.app import World
from emulator.settings import Settings
from emulator.snapshot import file, soundness
from emulator.snapshot.errors import SnapshotRefused
from emulator.snapshot.world import Form, Saved
from emulator.switch.agents import SignIn
from emulator.switch.clock import Clock
from emulator.switch.config import FlowConfig
from emulator.switch.flow import load
from emulator.switch.model import Supervision
from emulator.switch.switch import Switch
from emulator.switch.terms import SupervisionMode
from tests.snapshot import days
from tests.snapshot.days import Day
from tests.switch.support import START

FINGERPRINT = "of these classes"


@cache
def morning() -> tuple[Form, bytes]:
    """A small world with calls, and how its snapshots look."""

    async def make() -> tuple[Form, bytes]:
        world = World(Settings(), Clock(START))
        switch = world.platform.advance()
        switch.log_on(101, SignIn(auto_answer=True))
        switch.outside_hangs_up(switch.dial_in("138", "95001"))
        for code in ("95001", "95001", "95003"):
            switch.dial_in("139", code)
        content = await world.platform.snapshot()
        await world.stop()
        return world.platform.form, content

    return asyncio.run(make())


def fingerprint(content: bytes) -> str:
    found: str = json.loads(content.partition(b"\n")[0])["layout"]
    return found


def read(content: bytes) -> Saved | None:
    """What the file holds; None if it is refused."""
    form, _ = morning()
    try:
        return form.read(content)
    except SnapshotRefused:
        return None


def test_a_snapshot_says_in_its_first_line_what_it_is() -> None:
    head = json.loads(morning()[1].partition(b"\n")[0])
    assert (head["format"], head["version"]) == ("call-center-snapshot", 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": "zip"}, "no snapshot"),
        ({"version": 2}, "version 1, this one 2"),
        ({"layout": "another", "emulator": "9.9"}, "saved by emulator 9.9"),
        ({"size": 1}, "goes on after its end"),
        ({"size": 10**9}, "cut short"),
        ({"size": 10**15}, "too large"),
        ({"size": "large"}, "no size"),
        ({"sha256": "0" * 64}, "damaged"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_the_reason(
    change: dict[str, Any], reason: str
) -> None:
    line, _, body = file.pack([1, 2, 3], FINGERPRINT).partition(b"\n")
    head = json.dumps({**json.loads(line), **change}).encode()
    with pytest.raises(SnapshotRefused, match=reason):
        file.unpack(head + b"\n" + body, FINGERPRINT)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}\n", b"[]\n", b"PK\x03\x04", b"[" * 900 + b"\n"]
)
def test_what_is_no_snapshot_at_all_is_refused(content: bytes) -> None:
    with pytest.raises(SnapshotRefused, match="snapshot"):
        file.unpack(content, FINGERPRINT)


def test_content_that_unpacks_to_more_than_it_says_is_not_unpacked() -> None:
    line, _, _ = file.pack("", FINGERPRINT).partition(b"\n")
    with pytest.raises(SnapshotRefused, match="goes on after its end"):
        file.unpack(line + b"\n" + zlib.compress(bytes(10**7)), FINGERPRINT)


@given(st.data())
@settings(deadline=None)
def test_a_file_that_is_cut_or_changed_anywhere_is_refused(data: st.DataObject) -> None:
    content = bytearray(morning()[1])
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        del content[place:]
    else:
        content[place] ^= data.draw(st.integers(1, 255))
    if read(bytes(content)) is not None:
        # Only who saved it can be changed without anybody noticing: it is for people.
        head = json.loads(content.partition(b"\n")[0])
        assert {**head, "emulator": ""} == {
            **json.loads(morning()[1].partition(b"\n")[0]),
            "emulator": "",
        }


def test_a_file_whose_head_lost_the_name_of_a_field_is_refused() -> None:
    content = morning()[1].replace(b'"emulator":', b'"emulatos":', 1)
    with pytest.raises(SnapshotRefused, match="damaged"):
        file.unpack(content, fingerprint(morning()[1]))


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 1, 7, 101, 2**40, 2**70]),
    st.sampled_from([0.5, 1e300]),
    st.sampled_from(["", "x", "list", "Agent", "101", "1700000000-1", "IDLE"]),
)


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_content_that_was_changed_by_hand_is_refused_or_makes_a_world(data: st.DataObject) -> None:
    content = morning()[1]
    found = copy.deepcopy(file.unpack(content, fingerprint(content)))
    for _ in range(data.draw(st.integers(1, 2))):
        change(data, data.draw(st.sampled_from([found["world"], found["world"], found["records"]])))
    saved = read(file.pack(found, fingerprint(content)))
    if saved is not None:
        soundness.check(saved.switch)
        saved.switch.listen()
        days.load(days.save(saved.switch))


def change(data: st.DataObject, graph: dict[str, Any]) -> None:
    """Change one value, or the number of values, of one object."""
    objects = graph["objects"]
    entry = data.draw(st.sampled_from([it for it in objects if it]))
    place = data.draw(st.integers(0, len(entry) - 1))
    reference = st.lists(st.integers(0, len(objects) - 1), min_size=1, max_size=1)
    match data.draw(st.sampled_from(["put", "put", "put", "take", "add", "drop"])):
        case "put":
            entry[place] = data.draw(scalars | reference)
        case "take":
            del entry[place]
        case "add":
            entry.insert(place, data.draw(scalars | reference))
        case _:
            objects.remove(entry)


# What types cannot say


def test_the_day_of_a_switch_is_sound() -> None:
    day = Day(3)
    for _ in range(40):
        day.go_on(25)
        soundness.check(day.switch)


def unsound(change: Any) -> str:
    """Why a switch is refused that was changed so."""
    day = Day(3)
    while not (len(day.switch.timers) > 2 and day.switch.agents[101].connections):
        day.step()
    change(day.switch)
    with pytest.raises(SnapshotRefused) as refused:
        soundness.check(day.switch)
    return str(refused.value)


def rename_call(switch: Switch) -> None:
    next(iter(switch.calls.values())).id = "1-1"


def steal_phone(switch: Switch) -> None:
    switch.agents[101].connections[0].agent = switch.agents[102]


def confuse_timers(switch: Switch) -> None:
    switch.timers._heap.reverse()


def stop_time(switch: Switch) -> None:
    switch.now = -1


def overbook(switch: Switch) -> None:
    switch.next_call = 10**15


def lose_agent(switch: Switch) -> None:
    del switch.tenants[1].agents[101]


def share_channel(switch: Switch) -> None:
    trunk = switch.tenants[1].trunks[0]
    trunk.free = [1, *trunk.free]
    trunk.opened += 1


def confuse_channels(switch: Switch) -> None:
    trunk = switch.tenants[1].trunks[0]
    trunk.opened += 3
    trunk.free = [trunk.opened, trunk.opened - 1, trunk.opened - 2, *trunk.free]


def forget_channel(switch: Switch) -> None:
    switch.tenants[1].trunks[0].opened += 1


def hear_another(switch: Switch) -> None:
    target, inspector = switch.agents[101], switch.agents[190]
    call = target.connections[0].call
    bound = replace(target.connections[0])
    supervision = Supervision(inspector, target, SupervisionMode.LISTEN, call, bound)
    inspector.supervision = supervision
    target.supervisors = [supervision]


def follow_nowhere(switch: Switch) -> None:
    call = switch.agents[101].connections[0].call
    call.follow_up = load(FlowConfig(9, "broken", "x", {}))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (follow_nowhere, "there is no node"),
        (share_channel, "taken twice"),
        (confuse_channels, "out of their order"),
        (forget_channel, "counts other channels"),
        (hear_another, "somebody intrudes on a call"),
        (rename_call, "stands under the id"),
        (steal_phone, "connection that its"),
        (confuse_timers, "out of its order"),
        (stop_time, "out of all time"),
        (overbook, "next call"),
        (lose_agent, "not its tenant's"),
    ],
)
def test_a_switch_that_does_not_hold_together_is_refused(change: Any, reason: str) -> None:
    assert reason in unsound(change)
