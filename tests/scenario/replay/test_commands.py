"""`emulator replay`, as scripts and people use it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from emulator.cli import main
from tests.scenario.replay.support import answered, file_of, line, waits

SEED = """
tenants:
  - id: 1
    name: shop
    timezone: UTC
    agents: [{work_no: 101, name: Ann, phone: "4101", skills: [{queue: 3}]}]
    queues: [{id: 3, name: sales}]
    flows: [{id: 9, name: f, start: s, nodes: {s: {type: hang_up}}}]
    access_codes: [{code: "95001", routes: [{target: ivr, target_id: 9}]}]
"""


def test_a_file_is_replayed_written_and_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = file_of(tmp_path, answered())
    out, report = tmp_path / "out.csv", tmp_path / "report.json"
    assert main(["replay", str(source), "--out", str(out), "--json", str(report)]) == 0
    said = capsys.readouterr().out
    assert "2 lines of 1 file: 2 used, 0 reported" in said
    assert said.endswith("the replay agrees in every column that the files determine\n")
    document = json.loads(report.read_text())
    assert document["agrees"]
    assert document["compared"]["columns"]["wait_end"]["equal"] == 2
    replayed = [it.split(",") for it in out.read_text().splitlines()]
    expected = [it.split(",") for it in answered()]
    assert [it[:4] + it[5:] for it in replayed] == [it[:4] + it[5:] for it in expected]


def test_a_replay_that_differs_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = file_of(tmp_path, [line(pre_device_type=2, pre_device_no=101)])
    assert main(["replay", str(source)]) == 1
    assert "'101', in the replay ''" in capsys.readouterr().out


def test_damage_is_shown_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = file_of(tmp_path, [*waits(1), line(device_type=7, call_id="x")])
    assert main(["replay", str(source)]) == 0
    assert f"{source}:2: 7" in capsys.readouterr().out


def test_nothing_to_replay_is_a_failure(tmp_path: Path) -> None:
    assert main(["replay", str(file_of(tmp_path, ["a,b"]))]) == 1


@pytest.mark.parametrize(
    "options", [["nowhere.csv"], ["x", "--timezone", "Moon"], ["x", "--seed", "nosuch"]]
)
def test_wrong_use_ends_with_2(tmp_path: Path, options: list[str]) -> None:
    assert main(["replay", *options]) == 2


def test_a_given_call_center_is_held_against_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(SEED)
    source = file_of(tmp_path, [*answered(), *answered("1-2", agent=102, minute=2)])
    assert main(["replay", str(source), "--seed", str(seed)]) == 0
    said = capsys.readouterr().out
    assert "not in the given call center" in said
    assert "call 1-2: agent 102" in said
    assert "rebuilt   1 of 2 calls" in said


def test_time_may_pass_as_fast_as_one_likes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    assert main(["replay", str(file_of(tmp_path, answered())), "--speed", "10"]) == 0
    assert slept == [1.0, 1.5, 4.5]
