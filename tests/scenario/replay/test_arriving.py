"""A scenario's customers can be those of a file of call records."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.scenario.file.arrivals import Arrival
from emulator.scenario.file.tables import TableError
from tests.scenario.replay.support import answered, file_of, line
from tests.scenario.test_arrivals import calls


def test_customers_come_as_they_did_from_the_first_one_on(tmp_path: Path) -> None:
    agents_own = line(call_id="1-8", call_type=7, device_type=2, device_no=101)
    lines = [*answered("1-1", minute=7), agents_own, *answered("1-2", agent=102, minute=2)]
    file_of(tmp_path, lines)
    found = calls({"records": "x_call_1.csv"}, folder=tmp_path)
    assert found == [
        Arrival(0, "13900000000", "95001"),
        Arrival(300_000_000, "13900000000", "95001"),
    ]
    assert calls({"records": "x_call_1.csv"}, 60_000_000, folder=tmp_path) == found[:1]


def test_lines_that_are_not_used_are_warned_of(tmp_path: Path) -> None:
    file_of(tmp_path, [line(), "damaged"])
    with pytest.warns(UserWarning, match="1 of 2 lines are not used"):
        assert len(calls({"records": "x_call_1.csv"}, folder=tmp_path)) == 1


@pytest.mark.parametrize("content", [None, "nothing"])
def test_a_file_without_customers_is_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        file_of(tmp_path, [content])
    with pytest.raises(TableError):
        calls({"records": "x_call_1.csv"}, folder=tmp_path)
