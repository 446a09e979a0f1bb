"""`emulator scenario`: what it prints, and with which code it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from emulator.cli import main
from emulator.scenario.many import values_of

SMALL = """\
name: small
purpose: A few calls. Nothing else.
duration: 30min
variables: {limit: 100}
streams: [{name: callers, dials: "95001", arrivals: {poisson: 60/h}}]
agents: [{name: team, agents: 101-103, talk: 30s}]
expect: [{figure: asa, at_most: "${limit}"}]
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A small scenario whose expectation is met."""
    (tmp_path / "small.yaml").write_text(SMALL)
    return str(tmp_path / "small.yaml")


def test_a_run_that_meets_its_expectations_ends_with_0(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scenario", "run", file]) == 0
    shown = capsys.readouterr().out
    assert "A few calls." in shown
    assert "met     asa at most 100 s: " in shown


def test_a_run_that_does_not_ends_with_1(file: str) -> None:
    assert main(["scenario", "run", file, "--set", "limit=-1", "--quiet"]) == 1


def test_a_broken_scenario_ends_with_1_and_says_where(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(file).write_text(SMALL.replace("101-103", "1-3"))
    assert main(["scenario", "check", file]) == 1
    assert "small.yaml:6: agents[0].agents: there is no agent 1" in capsys.readouterr().err


def test_several_scenarios_are_checked_at_once(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scenario", "check", "no-such-scenario", file]) == 1
    shown = capsys.readouterr()
    assert "there is no such scenario" in shown.err
    assert "good (small)" in shown.out


def test_a_wrong_variable_is_a_wrong_use(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "run", file, "--set", "limit"]) == 2
    assert "NAME=VALUE" in capsys.readouterr().err


def test_the_result_and_the_verdicts_are_written(file: str, tmp_path: Path) -> None:
    result, junit = tmp_path / "result.json", tmp_path / "junit.xml"
    main(["scenario", "run", file, "--quiet", "--json", str(result), "--junit", str(junit)])
    assert json.loads(result.read_text())["scenario"] == "small"
    assert "<testsuites" in junit.read_text()


def test_a_scenario_is_described(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "describe", file]) == 0
    shown = capsys.readouterr().out
    assert "callers: dial 95001, arrivals poisson 60/h; patience endless" in shown
    assert "team: 3 agents, talk 30s" in shown


def test_those_that_ship_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "list"]) == 0
    assert "calm-day" in capsys.readouterr().out


def test_the_schema_is_published_and_knows_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert {"streams", "agents", "expect", "incidents"} <= set(schema["properties"])
    assert schema["additionalProperties"] is False


def test_two_results_are_compared(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = str(tmp_path / "one.json"), str(tmp_path / "two.json")
    main(["scenario", "run", file, "--quiet", "--json", one])
    main(["scenario", "run", file, "--quiet", "--json", two, "--random-seed", "5"])
    capsys.readouterr()
    assert main(["scenario", "compare", one, one]) == 0
    assert capsys.readouterr().out == "every figure is the same\n"
    assert main(["scenario", "compare", one, two]) == 1
    assert "offered" in capsys.readouterr().out
    assert main(["scenario", "compare", one, file]) == 2


def test_tables_are_written_for_other_programs(file: str, tmp_path: Path) -> None:
    main(["scenario", "run", file, "--quiet", "--csv", str(tmp_path / "tables")])
    tables = {it.name: it.read_text().splitlines() for it in (tmp_path / "tables").iterdir()}
    assert set(tables) == {"figures.csv", "intervals.csv", "waits.csv", "agents.csv"}
    assert tables["intervals.csv"][0].startswith("begins_after_s,tenant,queue,name,offered")
    assert len(tables["intervals.csv"]) == 3


def test_a_page_needs_nothing_else(file: str, tmp_path: Path) -> None:
    main(["scenario", "run", file, "--quiet", "--html", str(tmp_path / "page.html")])
    text = (tmp_path / "page.html").read_text()
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawings) >= 8
    for drawing in drawings:
        fromstring(drawing)
    assert not re.search(r"(src|href)=|@import|url\(", text)


# Replications and sweeps


def test_replications_give_means_and_how_sure_they_are(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = tmp_path / "many.json"
    command = ["scenario", "run", file, "--replications", "5", "--json", str(result)]
    assert main(command) == 0
    assert "small: 5 replications" in capsys.readouterr().out
    found = json.loads(result.read_text())
    assert len(found["seeds"]) == 5
    assert found["verdicts"][0]["met"]


def test_a_sweep_has_a_line_for_each_point(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "sweep.csv"
    command = ["scenario", "sweep", file, "--vary", "limit=-1,100", "--csv", str(table)]
    assert main(command) == 1  # at the first point the expectation is not met
    lines = table.read_text().splitlines()
    assert lines[0].startswith("limit,met,calls")
    assert [line.split(",")[:2] for line in lines[1:]] == [["-1", "no"], ["100", "yes"]]
    assert "1 of 1 met" in capsys.readouterr().out


@pytest.mark.parametrize("vary", ["limit", "limit=", "=1", "limit=9..1", "limit=1..5..0"])
def test_what_varies_is_told_by_name_and_values(
    file: str, vary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scenario", "sweep", file, "--vary", vary]) == 2
    assert capsys.readouterr().err


def test_a_range_has_steps() -> None:
    assert list(values_of("n=10..20..5")[1]) == [10, 15, 20]
    assert list(values_of("n=-1..1")[1]) == [-1, 0, 1]
    assert values_of("n=a,1.5,2") == ("n", ["a", 1.5, 2])
