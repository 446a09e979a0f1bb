"""What the emulator writes down of a replay agrees with the records that were replayed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from emulator.scenario.engine.run import Run
from emulator.scenario.replay.columns import COLUMNS
from emulator.scenario.replay.replaying import NOT_PLAYED, Outcome, Replay
from emulator.store.rows import CallRecord, Row
from emulator.switch.events import Delivered, Event, Queued
from emulator.switch.terms import DeviceType
from tests.scenario.replay.support import (
    DAY,
    ZONE,
    answered,
    busy_day,
    file_of,
    line,
    replay,
    waits,
    written,
)
from tests.scenario.support import scenario

MOST = 0.85
"""So much of a day on which everything happens can be rebuilt; conferences cannot."""
MAPPED = ("call_id",)


def differences(outcome: Outcome) -> dict[str, list[tuple[int, str, str]]]:
    """By column: line, source, replay."""
    return {
        name: [(place.line, theirs, ours) for place, theirs, ours in column.examples]
        for name, column in outcome.comparison.columns.items()
        if column.different
    }


def contents(records: Sequence[CallRecord]) -> list[list[str]]:
    """The records but for what is mapped, in seconds, in a fixed order."""
    times = slice(COLUMNS.index("wait_begin"), COLUMNS.index("call_end") + 1)
    found = []
    for record in records:
        values = [getattr(record, name) for name in COLUMNS if name not in MAPPED]
        begin, end = times.start - 1, times.stop - 1
        values[begin:end] = [None if it is None else it // 1_000_000 for it in values[begin:end]]
        found.append(list(map(str, values)))
    return sorted(found)


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_day_on_which_everything_happens_agrees_wherever_it_can_be_rebuilt(
    tmp_path: Path, seed: int
) -> None:
    outcome = replay(written(tmp_path / "x.csv", busy_day(seed, 1500)), ZONE)
    findings = outcome.findings
    assert differences(outcome) == {}
    assert outcome.agrees
    assert findings.damaged == {}
    assert findings.used >= MOST * findings.read
    assert findings.read == findings.used + findings.reported
    assert outcome.comparison.records == findings.used
    assert outcome.comparison.calls == outcome.rebuilt


def test_a_day_with_flows_overflow_and_impatient_customers_is_replayed_whole(
    tmp_path: Path,
) -> None:
    played = scenario(
        streams=[
            {
                "name": "support",
                "dials": "95001",
                "arrivals": {"poisson": "700/h"},
                "customers": {"patience": {"exponential": "1min"}},
            },
            {
                "name": "menu",
                "dials": "95003",
                "arrivals": {"poisson": "200/h"},
                "customers": {"keys": {"menu": {"1": 5, "2": 2, "nothing": 1, "hang_up": 1}}},
            },
        ],
        agents=[{"name": "team", "agents": "101-110", "talk": {"exponential": "50s"}}],
    )
    records: list[CallRecord] = []

    def keep(row: Row) -> None:
        if isinstance(row, CallRecord):
            records.append(row)

    Run(played, sink=keep).play()
    records.sort(key=lambda it: it.call_end or 0)
    again: list[CallRecord] = []
    path = written(tmp_path / "x.csv", records, "UTC")
    outcome = Replay([path], sink=again.append).play()
    assert differences(outcome) == {}
    assert outcome.findings.reported == 0
    assert contents(again) == contents(records)
    assert [it.call_end for it in again] == sorted(it.call_end or 0 for it in again)
    assert {it.device_type for it in records} == {1, 2, 3}


def test_the_same_file_gives_the_same_replay(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", busy_day(3))
    first: list[CallRecord] = []
    second: list[CallRecord] = []
    Replay([path], zone=ZONE, sink=first.append).play()
    Replay([path], zone=ZONE, sink=second.append).play()
    assert first == second


def test_the_switch_tells_of_a_replayed_call_as_of_any_other(tmp_path: Path) -> None:
    heard: list[Event] = []
    replaying = Replay([file_of(tmp_path, answered())])
    player = replaying.player()
    player.switch.subscribe(heard.append)
    begin = replaying.outcome.begin
    assert begin is not None
    assert player.next == begin
    player.play()
    waited, rang = [
        next(it.at for it in heard if isinstance(it, kind)) for kind in (Queued, Delivered)
    ]
    assert (waited - begin, rang - begin) == (0, 10_000_000)


def test_a_pacer_is_told_what_comes_next(tmp_path: Path) -> None:
    told: list[int] = []
    outcome = Replay([file_of(tmp_path, answered())]).play(told.append)
    begin = outcome.begin or 0
    assert [it - begin for it in told] == [0, 10_000_000, 15_000_000, 45_000_000]


def test_a_call_center_is_derived_from_the_file(tmp_path: Path) -> None:
    flow = line(
        call_id="1-9",
        wait_begin="",
        wait_end="",
        device_type=3,
        device_no=7,
        skill_id="",
        current_skill_id="",
        device_in="7007",
        callee_no="95009",
        leave_reason=0,
        release_cause=256,
    )
    replaying = Replay([file_of(tmp_path, [*answered(), flow])])
    (tenant,) = replaying.tenants
    assert (tenant.id, tenant.name, tenant.cc_id) == (1, "shop", 1)
    assert [(it.work_no, [s.queue for s in it.skills]) for it in tenant.agents] == [(101, [3])]
    assert [it.id for it in tenant.queues] == [3]
    assert [(it.id, it.access_code) for it in tenant.flows] == [(7, "7007")]
    routes = {
        it.code: (int(it.routes[0].target), it.routes[0].target_id) for it in tenant.access_codes
    }
    assert routes == {"95001": (DeviceType.QUEUE, 3), "95009": (DeviceType.IVR, 7)}
    assert replaying.play().agrees


# What cannot be rebuilt


def not_rebuilt(outcome: Outcome) -> dict[str, list[int]]:
    """The lines of each kind."""
    found = outcome.findings.not_rebuilt
    return {kind: [place.line for place, _ in it.examples] for kind, it in found.items()}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("a conference", {"call_type": 53}),
        ("a conference", {"leave_reason": 52}),
        ("a type of call that the emulator has not", {"call_type": 99}),
        ("a medium that the emulator has not", {"media_type": 6}),
        ("a reason to leave that the emulator has not", {"leave_reason": 35}),
        ("a device whose number is none", {"device_no": 0}),
        ("a wait of which it is not said when it began", {"wait_begin": ""}),
        ("a wait longer than a queue can allow", {"wait_begin": "2026-03-01 09:00:00"}),
        (
            "an agent whose number is none",
            {
                "device_type": 2,
                "device_no": 7,
                "ack_begin": f"{DAY} 09:00:00",
                "current_skill_id": "",
            },
        ),
        ("an agent who talked without having been called", {"device_type": 2}),
    ],
    ids=lambda it: str(it)[:50],
)
def test_what_cannot_be_rebuilt_is_said_with_the_lines_and_the_rest_goes_on(
    tmp_path: Path, kind: str, fields: dict[str, str | int]
) -> None:
    outcome = replay(file_of(tmp_path, [line(call_id="x", **fields), *answered()]))
    assert not_rebuilt(outcome) == {kind: [1]}
    assert (outcome.findings.read, outcome.findings.used) == (3, 2)
    assert outcome.comparison.records == 2
    assert outcome.agrees


def test_an_agent_in_two_calls_at_once_is_said(tmp_path: Path) -> None:
    outcome = replay(file_of(tmp_path, [*answered("1-1"), *answered("1-2")]))
    assert not_rebuilt(outcome) == {NOT_PLAYED: [3, 4]}
    ((_, detail), _) = outcome.findings.not_rebuilt[NOT_PLAYED].examples
    assert detail == "call 1-2: ring: agent 101 cannot take a call now"
    assert outcome.agrees


def test_a_file_that_no_call_center_can_have_written_differs(tmp_path: Path) -> None:
    lines = waits(2)
    lines[1] = line(call_id="1-2", pre_device_type=2, pre_device_no=101)
    outcome = replay(file_of(tmp_path, lines))
    assert not outcome.agrees
    assert differences(outcome) == {
        "pre_device_type": [(2, "2", "")],
        "pre_device_no": [(2, "101", "")],
    }


def test_what_the_file_does_not_determine_is_not_held_against_the_replay(tmp_path: Path) -> None:
    names = [it for it in COLUMNS if it not in ("developer", "device_in")]
    values = dict(zip(COLUMNS, line(service_no="A").split(","), strict=True))
    path = file_of(tmp_path, [",".join(names), ",".join(values[it] for it in names)])
    outcome = replay(path)
    columns = outcome.comparison.columns
    assert outcome.agrees
    assert columns["developer"].not_determined == columns["device_in"].not_determined == 1
    assert columns["service_no"].not_kept == 1
    assert columns["call_id"].mapped == 1
    assert columns["caller_no"].equal == 1


def test_names_stand_for_others_but_two_never_for_one(tmp_path: Path) -> None:
    lines = [line(call_id=f"1-{it}", account_id=it) for it in ("a", "b")]
    outcome = replay(file_of(tmp_path, lines))
    accounts = outcome.comparison.columns["account_id"]
    assert (accounts.mapped, accounts.different) == (1, 1)
