"""Files that are broken somehow: what is wrong is told, or they can be played."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from emulator.scenario.checking import check
from emulator.scenario.engine.run import Run
from emulator.scenario.file.arrivals import Period
from emulator.scenario.file.errors import ScenarioError
from emulator.scenario.file.reading import parse_scenario, read_scenario
from emulator.scenario.file.tables import TableError, arrivals_of_csv
from emulator.scenario.report.comparing import show_differences
from emulator.scenario.report.files import as_json, read_json
from emulator.scenario.shipped import file_of, names
from tests.scenario.support import callers, play, team

TEXTS = [
    text
    for text in (file_of(name).read_text(encoding="utf-8") for name in names())
    if "include:" not in text
]
VALUE = re.compile(r"(:\s+|\[|, )([^,\[\]{}\n]+)")
ODD = (
    "~",
    "0",
    "-1",
    "1e400",
    ".nan",
    ".inf",
    "true",
    "[]",
    "{}",
    "[[]]",
    "9" * 30,
    "9" * 400,
    "9" * 5000,
    "2026-01-01",
    "12:30",
    "never",
    "*a",
    "&a [*a]",
    "{<<: 3}",
    "!!python/object:os.system x",
    "0-99999",
    "10000d",
    "0.0000001",
    r'"\0"',
    r'"\ud800"',
    '"' + "a" * 300 + '"',
    '"${1/0}"',
    '"${' + "(" * 90 + "1" + ")" * 90 + '}"',
    '"${' + "9" * 190 + '*1.5}"',
    "{first: 1, count: 1000000000}",
    "{weibull: {mean: 1000d, shape: 0.06}}",
    "{gamma: {mean: 0, shape: 1}}",
    "{empirical: [never]}",
    "{mixture: [{weight: 1e308, of: 1}, {weight: 1e308, of: 2}]}",
    "{profile: {calls: [1e300]}}",
    "{profile: {calls: [1], factor: 1e300}}",
    "{bursts: {size: 1000000000}}",
    r'{csv: "\0"}',
)


@st.composite
def broken(draw: st.DrawFn) -> str:
    """A scenario that ships, with some lines gone, moved, doubled or changed."""
    lines = draw(st.sampled_from(TEXTS)).split("\n")
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        act = draw(st.integers(0, 6))
        if act == 0 and len(lines) > 1:
            del lines[place]
        elif act == 1:
            lines.insert(draw(st.integers(0, len(lines))), lines[place])
        elif act == 2:
            lines[place] = "  " * draw(st.integers(0, 3)) + lines[place]
        elif found := list(VALUE.finditer(lines[place])):
            it = draw(st.sampled_from(found))
            odd = draw(st.sampled_from(ODD))
            lines[place] = lines[place][: it.start(2)] + odd + lines[place][it.end(2) :]
    return "\n".join(lines)


@settings(max_examples=250)
@given(broken())
def test_a_broken_file_is_told_of_or_can_be_played(text: str) -> None:
    try:
        made = parse_scenario(text, "broken.yaml")
        check(made, "broken.yaml")
    except ScenarioError as error:
        problems = error.problems
    else:
        problems = ()
        Run(made).play(lambda run: False)
    assert all(it.file == "broken.yaml" for it in problems)
    assert all(it.line for it in problems if it.field and it.reason != "is missing")


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [1,1,1,1,1,1,1,1,1]\n"
        + "".join(
            f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n"
            for a, b in zip("abcdefgh", "bcdefghi", strict=True)
        ),
        "name: " + "[" * 5000 + "]" * 5000,
        "name: " + "[" * 100 + "]" * 100,
        "name: &a {x: *a}",
        "name: x\nduration: " + "9" * 400,
        "name: x\nduration: 1h\nstreams: [{name: a, dials: b, arrivals: {poisson: "
        + "9" * 400
        + "}}]",
        "name: x\nduration: 1h\nagents: [{name: a, agents: {first: 1, count: 1000000000}}]",
        "name: x\nduration: 1h\nagents: [{name: a, agents: " + "[" * 35 + "]" * 35 + "}]",
        "name: x\nduration: 1h\nvariables: {a: '${" + "9" * 190 + "}', b: '${a * a * 1.5}'}",
        "name: x\nduration: 1h\nvariables: {a: '${99*99}'}\npurpose: '${a*a*a*a*a*a*a*a}'",
    ],
)
def test_bombs_are_told_of(text: str) -> None:
    with pytest.raises(ScenarioError):
        check(parse_scenario(text, "bomb.yaml"))


@pytest.mark.parametrize("name", ["a\0b", "a" * 5000, "."])
def test_names_of_files_that_cannot_be(tmp_path: Path, name: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(json.dumps({"name": "x", "duration": 60, "include": [name]}))
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_scenario(file)
    with pytest.raises(ScenarioError):
        check(parse_scenario(json.dumps({"name": "x", "duration": 60, "seed": name})))


@pytest.mark.parametrize("at", ["nan", "inf", "-inf", "", "1e999", "x"])
def test_call_times_that_are_no_times(tmp_path: Path, at: str) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(f"at,caller\n1,2\n{at},3\n")
    with pytest.raises(TableError, match=r"line 3: at"):
        arrivals_of_csv(file, Period(0, 10, 0))


def test_a_table_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("at,caller\n1," + "9" * 200_000 + "\n")
    with pytest.raises(TableError, match="cannot be read"):
        arrivals_of_csv(file, Period(0, 10, 0))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_result_that_was_changed_is_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    document = json.loads(RESULT)
    inner = document
    while isinstance(inner, dict | list) and inner:
        keys = list(inner) if isinstance(inner, dict) else range(len(inner))
        key = data.draw(st.sampled_from(list(keys)))
        if not isinstance(inner[key], dict | list) or data.draw(st.booleans()):
            inner[key] = data.draw(st.sampled_from([None, "[/x]", -1, [], {}, [1], {"a": 1}]))
            break
        inner = inner[key]
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    try:
        read = read_json(file)
    except ValueError as error:
        reason = str(error)
    else:
        reason = "is no result"
        show_differences(read, read_json(tmp_path / "other.json"), Console(quiet=True))
    assert "is no result" in reason


RESULT = as_json(play(streams=[callers("0s")], agents=[team()], duration="15min").result)


@pytest.fixture(autouse=True)
def _other(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text(RESULT, encoding="utf-8")
