"""Whatever files of call records say, a replay comes to an end, and every line is accounted for."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenario.replay.support import busy_day, replay, written

VALUES = ["", *map(str, (0, 1, 2, 3, -1, 5, 6, 7, 9, 15, 16, 17, 28, 30, 51, 101, 102, 99_999))]
PART = st.floats(0, 1, exclude_max=True)
CHANGES = st.lists(st.tuples(PART, PART, st.sampled_from(VALUES) | PART), max_size=12)
"""A cell, and what it has instead: a value, or that of the same column in another line."""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    path = written(tmp_path_factory.mktemp("good") / "x.csv", busy_day(9, 200), "UTC")
    with path.open(newline="") as file:
        return list(csv.reader(file))


@settings(deadline=None, max_examples=60)
@given(changes=CHANGES)
def test_a_replay_of_nonsense_comes_to_an_end(
    tmp_path_factory: pytest.TempPathFactory,
    good: list[list[str]],
    changes: list[tuple[float, float, str | float]],
) -> None:
    rows = [row.copy() for row in good]
    for line, column, value in changes:
        row, cell = rows[int(line * len(rows))], int(column * len(rows[0]))
        row[cell] = value if isinstance(value, str) else rows[int(value * len(rows))][cell]
    path: Path = tmp_path_factory.getbasetemp() / "nonsense.csv"
    path.write_text("".join(",".join(row) + "\r\n" for row in rows), newline="")
    outcome = replay(path)
    findings = outcome.findings
    assert findings.read == len(rows) == findings.used + findings.reported
    assert outcome.comparison.calls == outcome.rebuilt
