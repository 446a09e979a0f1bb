"""A random day goes on in a fresh process as it would have gone on."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from random import Random

from tests.snapshot import days
from tests.snapshot.days import SITUATIONS, Day

ROOT = Path(__file__).parents[2]
SLOW = os.environ.get("EMULATOR_LAWS") == "slow"
DAYS = 200 if SLOW else len(SITUATIONS)
INPUTS = 1000
LONGEST_WAIT = 20_000
"""Commands within which every situation comes about."""


def until(day: Day, situation: str) -> None:
    """Let the day go on until something is going on."""
    for _ in range(LONGEST_WAIT):
        if SITUATIONS[situation](day.switch):
            return
        day.step()
    raise AssertionError(f"it never came about that {situation}")


def interrupted(seed: int, folder: Path) -> tuple[bytes, bytes]:
    """A day of which a snapshot is taken somewhere; what was told afterwards, and its end."""
    day = Day(seed)
    day.go_on(Random(seed).randrange(3000))
    until(day, list(SITUATIONS)[seed % len(SITUATIONS)])
    (folder / f"{seed}.snapshot").write_bytes(days.save(day.switch))
    told: list[str] = []
    day.switch.subscribe(lambda event: told.append(repr(event)))
    inputs: list[bytes] = []
    for _ in range(INPUTS):
        inputs.append(pickle.dumps(day.next()))
        # Here as there nothing is shared between the inputs, so that the ends are equal in bytes.
        told.append(days.give(pickle.loads(inputs[-1]), day.switch))
    (folder / f"{seed}.inputs").write_bytes(pickle.dumps(inputs))
    return "\n".join(told).encode(), days.save(day.switch)


def test_a_day_goes_on_in_a_fresh_process_as_it_would_have(tmp_path: Path) -> None:
    expected = {seed: interrupted(seed, tmp_path) for seed in range(DAYS)}
    fresh = [sys.executable, "-m", "tests.snapshot.fresh", str(tmp_path)]
    subprocess.run(fresh, check=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "7"})
    for seed, (stream, end) in expected.items():
        assert stream.count(b"\n") >= INPUTS - 1
        assert (tmp_path / f"{seed}.stream").read_bytes() == stream, f"day {seed}"
        assert (tmp_path / f"{seed}.end").read_bytes() == end, f"day {seed}"


def test_saving_changes_nothing_and_gives_the_same_bytes_again() -> None:
    day = Day(1)
    day.go_on(500)
    once = days.save(day.switch)
    assert days.save(day.switch) == once
    assert days.save(days.load(once)) == once
