"""`emulator scenario`: what it prints, and with which code it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
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


# What can go wrong

SIGNS = """
name: "a [/b] <script>"
purpose: "Menu [1] and [/nope] \\u00f6"
duration: 15min
variables: {agents: 1}
tenants:
  - id: 1
    name: shop
    agents: [{work_no: 101, name: A, phone: "4101", skills: [{queue: 1}]}]
    queues: [{id: 1, name: "q [/x] <script>"}]
    access_codes: [{code: "95001", routes: [{target: queue, target_id: 1}]}]
streams:
  - {name: customers, dials: "95001", arrivals: {at: [0, 10]}, customers: {patience: 30s}}
agents:
  - {name: s, agents: 101}
incidents:
  - {at: 1min, calls_cut: {}}
expect:
  - {figure: offered, at_least: 1}
"""


def _signs(folder: Path) -> str:
    file = folder / "signs.yaml"
    file.write_text(SIGNS, encoding="utf-8")
    return str(file)


def test_names_are_shown_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, result = str(tmp_path / "page.html"), str(tmp_path / "result.json")
    assert main(["scenario", "run", _signs(tmp_path), "--html", page, "--json", result]) == 0
    shown = capsys.readouterr().out
    assert "a [/b] <script>" in shown
    assert "Menu [1] and [/nope]" in shown
    assert "q [/x] <script>" in shown
    assert "<script>" not in Path(page).read_text(encoding="utf-8")
    assert main(["scenario", "run", _signs(tmp_path), "--replications", "2"]) == 0
    assert "q [/x]" in capsys.readouterr().out
    assert main(["scenario", "sweep", _signs(tmp_path), "--vary", "agents=a[/b],2"]) == 0
    other = str(tmp_path / "other.json")
    seed = ["--random-seed", "9", "--json", other]
    assert main(["scenario", "run", _signs(tmp_path), *seed]) == 0
    assert main(["scenario", "compare", result, other]) in (0, 1)


def test_a_terminal_that_knows_few_letters_shows_others(tmp_path: Path) -> None:
    program = "import sys; from emulator.cli import main; sys.exit(main())"
    for action in ("describe", "run", "check"):
        done = subprocess.run(
            [sys.executable, "-c", program, "scenario", action, _signs(tmp_path)],
            env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("option", ["--json", "--html", "--junit"])
def test_where_nothing_can_be_written_nothing_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    for place in (tmp_path / "nowhere" / "file", tmp_path):
        assert main(["scenario", "run", _signs(tmp_path), option, str(place)]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert option in said.err


@pytest.mark.parametrize(
    "values", ["agents=", "agents=1,,2", f"agents={'9' * 30}..{'9' * 40}", "agents=1..20000"]
)
def test_values_that_are_none(tmp_path: Path, values: str) -> None:
    assert main(["scenario", "sweep", _signs(tmp_path), "--vary", values]) == 2


LONG = """
name: long
duration: 2h
variables: {agents: 5}
streams:
  - {name: customers, dials: "95001", arrivals: {poisson: 600/h}, customers: {patience: 30s}}
agents:
  - {name: s, agents: "101-${100 + agents}"}
"""


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("action", ["run", "sweep"])
def test_ctrl_c_ends_replications_with_those_that_are_over(
    tmp_path: Path, processes: int, action: str
) -> None:
    file = tmp_path / "long.yaml"
    file.write_text(LONG, encoding="utf-8")
    done, often = tmp_path / "done.json", ["--replications", "5000"]
    vary = ["--vary", "agents=4,5"] if action == "sweep" else []
    program = PLAYS_UNTIL_TOLD.format(
        arguments=[
            *("scenario", action, str(file), *often, *vary),
            *("--processes", str(processes), "--json", str(done)),
        ]
    )
    script = tmp_path / "script.py"
    script.write_text(program, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 130, ended.stderr
    assert "Traceback" not in ended.stderr
    assert "interrupted" in ended.stdout
    assert json.loads(done.read_text(encoding="utf-8"))["complete"] is False


PLAYS_UNTIL_TOLD = """
import os, signal, sys
from emulator.cli import main
from emulator.scenario import many

class Told(many.Told):
    def __call__(self, done, count):
        if done == 2:
            os.kill(os.getpid(), signal.SIGINT)

if __name__ == "__main__":
    # Whoever began the tests in the background may have had them ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    many.Told = Told
    sys.exit(main({arguments}))
"""


def test_the_call_records_of_a_run_can_be_replayed(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = tmp_path / "records_call_1.csv"
    assert main(["scenario", "run", file, "--quiet", "--records", str(records)]) == 0
    assert main(["replay", str(records)]) == 0
    assert "agrees in every column that the files determine" in capsys.readouterr().out
