"""Replications and sweeps: the same whoever plays them, and judged by their means."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from emulator.scenario.engine.run import Run
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.replications import replicate, seed_of
from emulator.scenario.sweep import Point, as_csv, as_json, grid, sweep
from emulator.scenario.workers import EMBEDDED, workers
from tests.scenario.support import TENANT


def scenario(agents: int = 4, **more: Any) -> Scenario:
    return Scenario.model_validate(
        {
            "name": "small",
            "duration": "30min",
            "random_seed": 7,
            "tenants": [TENANT],
            "streams": [
                {
                    "name": "customers",
                    "dials": "95001",
                    "arrivals": {"poisson": "2/min"},
                    "customers": {"patience": {"exponential": "1min"}},
                }
            ],
            "agents": [
                {
                    "name": "team",
                    "agents": {"first": 101, "count": agents},
                    "talk": {"exponential": "2min"},
                }
            ],
            **more,
        }
    )


ORDER = {"order": {"after": "queued", "comes": ["delivered", "cleared"], "within": "1h"}}


def test_the_first_replication_has_the_scenarios_seed_and_the_others_have_their_own() -> None:
    seeds = replicate(scenario(), 4).seeds
    assert seeds == [7, *(seed_of(7, n) for n in (1, 2, 3))]
    assert len(set(seeds)) == 4
    assert [seed_of(7, 1), seed_of(8, 1)] == [237085666031134, 231223615210142]


def test_a_single_replication_is_the_run_itself_and_says_nothing_of_chance() -> None:
    run, once = Run(scenario()).play(), replicate(scenario(), 1)
    assert {it.figure: it.mean for it in once.figures if not it.id} == {
        it.figure: it.value for it in run.figures if not it.id
    }
    assert once.estimate("asa").half_width is None
    assert once.estimate("asa").interval is None


def test_an_estimate_is_the_mean_of_the_runs() -> None:
    asas = [Run(scenario(), seed_of(7, n)).play().value("asa") for n in range(3)]
    asa = replicate(scenario(), 3).estimate("asa")
    assert asa.mean == pytest.approx(sum(asas) / 3)
    assert asa.interval is not None
    assert asa.interval[0] < asa.mean < asa.interval[1]
    wider = replicate(scenario(), 3, confidence=0.99).estimate("asa")
    assert wider.half_width is not None
    assert asa.half_width is not None
    assert wider.half_width > asa.half_width


def test_expectations_are_held_against_the_mean() -> None:
    asas = [Run(scenario(), seed_of(7, n)).play().value("asa") for n in range(5)]
    mean = sum(asas) / 5
    assert min(asas) < mean - 0.1
    assert max(asas) > mean + 0.1
    expected = [
        {"figure": "asa", "equals": mean, "tolerance": 0.01},
        {"figure": "asa", "at_most": mean - 0.1},
        {"figure": "asa", "queue": 1, "at_least": mean + 0.1},
        {"event": "Offered", "at_least": 1},
    ]
    many = replicate(scenario(expect=expected), 5)
    assert [it.met for it in many.verdicts] == [True, False, False, True]
    assert " ± " in many.verdicts[0].seen
    assert not many.met


def test_what_is_no_number_must_be_so_each_time() -> None:
    kept = replicate(scenario(expect=[ORDER]), 2)
    assert (kept.met, kept.verdicts[0].seen) == (True, "in all 2 replications")
    hasty = {"order": {"after": "queued", "comes": ["delivered", "cleared"], "within": "1s"}}
    broken = replicate(scenario(agents=1, expect=[hasty]), 2)
    assert not broken.met
    assert broken.verdicts[0].seen.startswith("not in 2 of 2 replications: not in ")


def test_one_hears_how_many_are_over() -> None:
    heard: list[tuple[int, int]] = []
    replicate(scenario(), 3, told=lambda done, of: heard.append((done, of)))
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_playing_it_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="once at least"):
        replicate(scenario(), 0)
    with pytest.raises(ValueError, match="at least one process"), workers(0):
        pass


# Sweeps


def points() -> list[Point]:
    variables = {"agents": [2, 4], "note": ["a", "b"]}
    return grid(variables, lambda values: scenario(values["agents"], expect=[ORDER]))


def test_a_grid_has_every_combination_the_last_variable_varying_fastest() -> None:
    assert [tuple(point.values.values()) for point in points()] == [
        (2, "a"),
        (2, "b"),
        (4, "a"),
        (4, "b"),
    ]


def test_more_agents_answer_sooner() -> None:
    heard: list[tuple[int, int]] = []
    table = sweep(points(), 2, told=lambda done, of: heard.append((done, of)))
    few, same, many, _ = (row.outcome.estimate("asa").mean for row in table.rows)
    assert few == same > many
    assert table.met
    assert heard[-1] == (8, 8)


def test_the_table_has_a_line_for_each_point() -> None:
    table = sweep(points()[:3], 2)
    lines = list(csv.DictReader(io.StringIO(as_csv(table))))
    assert [(it["agents"], it["note"], it["met"]) for it in lines] == [
        ("2", "a", "yes"),
        ("2", "b", "yes"),
        ("4", "a", "yes"),
    ]
    asa = table.rows[0].outcome.estimate("asa")
    assert float(lines[0]["asa"]) == pytest.approx(asa.mean, rel=1e-5)
    assert float(lines[0]["asa ±"]) == pytest.approx(asa.half_width, rel=1e-5)
    assert json.loads(as_json(table))["rows"][2]["values"] == {"agents": 4, "note": "a"}


def test_a_single_replication_leaves_the_half_widths_empty() -> None:
    (line,) = csv.DictReader(io.StringIO(as_csv(sweep(points()[:1]))))
    assert line["asa"]
    assert not line["asa ±"]


def test_two_processes_and_a_dask_cluster_find_the_same_to_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where the cluster keeps what it keeps
    alone = as_json(sweep(points(), 2))
    with workers(2) as by:
        assert as_json(sweep(points(), 2, by=by)) == alone
    with workers(2, EMBEDDED) as by:
        assert as_json(sweep(points(), 2, by=by)) == alone
