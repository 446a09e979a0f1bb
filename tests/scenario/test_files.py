"""Scenario files: what is read from them, and what is said of those that are broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.scenario.checking import check
from emulator.scenario.file.errors import ScenarioError
from emulator.scenario.file.people import Agents
from emulator.scenario.file.reading import parse_scenario, read_scenario
from emulator.scenario.file.scenario import Scenario

SMALL = """\
name: small
duration: 1h
seed: demo
streams:
  - name: callers
    dials: "95001"
    arrivals: {poisson: 60/h}
agents:
  - name: team
    agents: 101-103
    talk: {exponential: 2min}
"""


def problems(text: str, **variables: object) -> list[str]:
    """What is wrong with a scenario."""
    with pytest.raises(ScenarioError) as error:
        check(parse_scenario(text, "small.yaml", variables), "small.yaml")
    return [str(problem) for problem in error.value.problems]


def write(folder: Path, **files: str) -> Path:
    """Write files; gives the first."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / f"{next(iter(files))}.yaml"


def test_a_small_scenario_is_read_and_fits_its_call_center() -> None:
    made = parse_scenario(SMALL)
    check(made)
    assert made.streams[0].dials == "95001"
    assert made.agents[0].agents == (101, 102, 103)


@pytest.mark.parametrize(
    ("line", "becomes", "problem"),
    [
        ("duration: 1h", "duration: 1x", "2: duration: must be a duration"),
        ("duration: 1h", "length: 1h", "2: length: is not known here"),
        ("duration: 1h", "", "1: duration: is missing"),
        ('dials: "95001"', "dials: 95001", "6: streams[0].dials: must be text; put numbers"),
        ('dials: "95001"', 'dials: "88"', "6: streams[0].dials: no access code begins 88"),
        ("{poisson: 60/h}", "{poissn: 60/h}", "7: streams[0].arrivals: must be one of: at,"),
        ("{poisson: 60/h}", "{poisson: often}", "7: streams[0].arrivals.poisson: must be a rate"),
        ("agents: 101-103", "agents: 103-101", "10: agents[0].agents: must be work numbers"),
        ("agents: 101-103", "agents: 101-150", "10: agents[0].agents: there is no agent 121 (nor"),
        ("agents: 101-103", "agents: [101, 101]", "10: agents[0].agents: names an agent twice"),
        ("{exponential: 2min}", "{normal: 2min}", "11: agents[0].talk: must be one of: fixed,"),
        ("seed: demo", "seed: none", "3: seed: there is no such seed"),
        ("name: small", "name: [small", "is not YAML"),
        ("name: small", "name: a\nname: b", "2: the key 'name' occurs twice"),
    ],
)
def test_a_problem_is_told_with_its_line_and_field(line: str, becomes: str, problem: str) -> None:
    found = problems(SMALL.replace(line, becomes))
    if "YAML" in problem:
        assert found[0].startswith("small.yaml:")
    else:
        assert any(it.startswith(f"small.yaml:{problem}") for it in found), found


def test_all_problems_are_told_at_once() -> None:
    broken = SMALL.replace("60/h", "x").replace("2min", "y").replace("101-103", "z")
    assert len(problems(broken)) == 3


def test_times_of_day_are_not_numbers_to_the_base_of_60() -> None:
    made = parse_scenario(SMALL + "    shifts: [{from: 08:00, to: 18:30}]\n")
    (shift,) = made.agents[0].shifts
    assert (shift.begin, shift.end) == (8 * 3_600_000_000, 18 * 3_600_000_000 + 1_800_000_000)


def test_keys_of_a_phone_need_no_quotes() -> None:
    made = parse_scenario(SMALL + "customers:\n  calm: {keys: {start: {1: 3, 2: 1}}}\n")
    assert made.customers["calm"].keys == {"start": {"1": 3, "2": 1}}


def test_an_expectation_of_an_unknown_figure_is_refused_with_those_that_there_are() -> None:
    (found,) = problems(SMALL + "expect:\n  - {figure: happiness, at_least: 1}\n")
    assert found.startswith("small.yaml:13: expect[0].figure: there is no figure 'happiness'")
    assert "service_level" in found


def test_service_levels_are_those_that_are_counted() -> None:
    text = SMALL + "expect:\n  - {figure: service_level, within: 17s, at_least: 1}\n"
    assert "counted within 3, 5, 10, 15, 20" in problems(text)[0]


def test_a_figure_of_queues_is_not_asked_of_an_agent() -> None:
    (found,) = problems(SMALL + "expect:\n  - {figure: asa, agent: 101, at_most: 1}\n")
    assert "asa is a figure of a queue, not of a agent" in found


@pytest.mark.parametrize(
    ("expectation", "reason"),
    [
        ("{event: Conferenced, queue: 1, at_least: 1}", "event takes no queue"),
        ("{event: Conferenced, after: 15min, at_least: 1}", "event takes no after"),
        ("{violations: 0, at_least: 1, tolerance: 2}", "violations takes no at_least, tolerance"),
        (
            "{order: {after: queued, comes: [cleared], within: 1s}, agent: 101}",
            "order takes no agent",
        ),
    ],
)
def test_what_an_expectation_would_not_look_at_is_refused(expectation: str, reason: str) -> None:
    (found,) = problems(SMALL + f"expect:\n  - {expectation}\n")
    assert found == f"small.yaml:13: expect[0]: an expectation of {reason}"


def test_a_campaign_of_previews_takes_no_caller() -> None:
    campaign = 'campaigns:\n  - {name: sale, agents: 101, caller: "95000"}\n'
    (found,) = problems(SMALL + campaign)
    assert found.startswith("small.yaml:13: campaigns[0]: previews are called with the")


def test_an_agent_is_in_one_team() -> None:
    (found,) = problems(SMALL + "  - {name: other, agents: 103}\n")
    assert found == "small.yaml:12: agents[1].agents: agent 103 is in another team already"


# Variables


VARIABLES = SMALL.replace("60/h", '"${rate}/h"').replace("101-103", "101-${100 + n}")
VARIABLES += "variables: {rate: 60, n: 3}\n"


def test_variables_are_filled_in_and_calculated_with() -> None:
    made = parse_scenario(VARIABLES)
    assert made.streams[0].arrivals.model_dump() == {"poisson": 60 / 3600}
    assert made.agents[0].agents == (101, 102, 103)


def test_whoever_runs_a_scenario_sets_its_variables() -> None:
    made = parse_scenario(VARIABLES, variables={"n": 1})
    assert made.agents[0].agents == (101,)
    assert made.variables == {"rate": 60, "n": 1}


def test_a_variable_that_is_all_of_a_field_keeps_its_type() -> None:
    made = parse_scenario(SMALL + "variables: {seed: 7}\nrandom_seed: ${seed}\n")
    assert made.random_seed == 7


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("m", "there is no variable 'm'; there are: rate, n"),
        ("n / 0", "divides by nothing"),
        ("n +", "${n +} is no expression"),
        ("n.real", "variables know names, numbers"),
        ("print(n)", "variables know names, numbers"),
        ("n ** n", "variables know names, numbers"),
    ],
)
def test_an_expression_that_cannot_be_is_refused(expression: str, reason: str) -> None:
    text = VARIABLES.replace("100 + n", expression)
    (found,) = problems(text)
    assert reason in found
    assert found.startswith("small.yaml:10: agents[0].agents: ")


def test_a_variable_that_the_scenario_does_not_have_is_not_set() -> None:
    assert problems(VARIABLES, m=1) == ["small.yaml: variables: there is no variable 'm'"]


# Parts in other files


def test_lists_of_an_included_file_come_before_ones_own(tmp_path: Path) -> None:
    part = "agents:\n  - {name: part, agents: 104}\ncustomers:\n  calm: {patience: 1min}\n"
    file = write(tmp_path, main=SMALL + "include: [part.yaml]\n", part=part)
    made = read_scenario(file)
    assert [team.name for team in made.agents] == ["part", "team"]
    assert set(made.customers) == {"calm"}


def test_ones_own_word_stands_over_that_of_an_included_file(tmp_path: Path) -> None:
    part = "duration: 2h\nrandom_seed: 5\n"
    file = write(tmp_path, main=SMALL + "include: [part.yaml]\n", part=part)
    made = read_scenario(file)
    assert (made.duration, made.random_seed) == (3_600_000_000, 5)


def test_a_problem_of_an_included_file_is_told_with_that_file(tmp_path: Path) -> None:
    part = "agents:\n\n  - {name: part, agents: none}\n"
    file = write(tmp_path, main=SMALL + "include: [part.yaml]\n", part=part)
    with pytest.raises(ScenarioError) as error:
        read_scenario(file)
    (problem,) = error.value.problems
    assert (Path(problem.file).name, problem.line) == ("part.yaml", 3)
    assert problem.field == "agents[0].agents"


def test_files_that_include_each_other_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path, main=SMALL + "include: [main.yaml]\n")
    with pytest.raises(ScenarioError, match="include each other without end"):
        read_scenario(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read: No such file"):
        read_scenario(tmp_path / "none.yaml")


# Python


PYTHON = """\
from emulator.scenario.file.people import Agents
from emulator.scenario.file.scenario import Scenario

def scenario(n=2):
    return Scenario(name="python", duration=3600, agents=[Agents(name="t", agents=f"101-{100+n}")])
"""


def test_a_scenario_in_python_is_the_same_as_one_in_yaml(tmp_path: Path) -> None:
    file = tmp_path / "made.py"
    file.write_text(PYTHON)
    made = read_scenario(file, {"n": 3})
    assert isinstance(made, Scenario)
    assert made.agents == (Agents(name="t", agents=(101, 102, 103)),)


def test_a_mistake_in_python_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "made.py"
    file.write_text(PYTHON.replace("duration=3600, ", ""))
    with pytest.raises(ScenarioError) as error:
        read_scenario(file)
    (problem,) = error.value.problems
    assert problem.line == 5
    assert "duration" in problem.reason
