"""What comes of a run: figures, series, expectations, and the same bytes for the same seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest

from emulator.scenario.report.files import as_json, read_json, write_json
from emulator.scenario.report.junit import write_junit
from emulator.scenario.result import Verdict
from tests.scenario.support import Played, callers, play, scenario, team

BUSY: dict[str, Any] = {
    "streams": [
        {
            "name": "callers",
            "dials": "95003",
            "arrivals": {"poisson": "200/h"},
            "customers": {
                "patience": {"exponential": "1min"},
                "keys": {"menu": {"1": 8, "2": 1, "hang_up": 1}},
                "redial": {"probability": 0.5},
            },
        }
    ],
    "agents": [team("101-108", talk={"exponential": "2min"}, wrap_up="10s", answer="3s")],
}


def verdict(expectation: dict[str, Any], *times: str, **fields: Any) -> Verdict:
    """What is said of an expectation when customers call at these times."""
    played = play(streams=[callers(*times, **fields)], agents=[team()], expect=[expectation])
    (found,) = played.result.verdicts
    return found


# Figures


def test_figures_are_those_of_the_platform() -> None:
    patient = callers("0s", "10s", "20s", customers={"patience": "80s"})
    result = play(streams=[patient], agents=[team(answer="2s", wrap_up="18s")]).result
    # The second waits 70 s (and 2 s of ringing), the third gives up after 80 s.
    assert result.value("offered") == 3
    assert result.value("answered") == 2
    assert result.value("asa") == pytest.approx((2 + 72) / 2)
    assert result.value("wait_probability") == pytest.approx(200 / 3)
    assert result.value("abandonment") == pytest.approx(100 / 3)
    assert result.value("service_level_20", "1") == pytest.approx(100 / 3)
    assert result.value("longest_wait") == 80
    assert result.value("talk_time") == 60


def test_occupancy_is_the_time_with_customers_of_the_time_for_them() -> None:
    shift = {"from": "08:00", "to": "08:30"}
    result = play(
        streams=[callers("5min")], agents=[team(answer="10s", wrap_up="50s", shifts=[shift])]
    ).result
    assert result.value("occupancy") == pytest.approx(100 * 120 / 1800)


def test_the_series_of_a_queue_are_by_interval() -> None:
    result = play(streams=[callers("0s", "1s", "16min")], agents=[team()]).result
    (queue,) = result.queues
    assert (queue.offered, queue.answered) == ([2, 1, 0, 0], [2, 1, 0, 0])
    assert queue.longest_queue == [1, 1, 0, 0]
    assert queue.mean_queue == pytest.approx([59 / 900, 0, 0, 0], abs=1e-4)
    assert queue.service_level == [50, 100, None, None]
    assert queue.waits_answered == {0: 2, 59: 1}
    assert result.arrivals == [2, 1, 0, 0]


def test_the_days_of_agents_are_drawn() -> None:
    result = play(streams=[callers("10s")], agents=[team(answer="5s", wrap_up="10s")]).result
    (agent,) = result.agents
    assert agent.agent == 101
    assert agent.spans[:4] == [
        ("idle", 0, 10),
        ("answering", 10, 15),
        ("talking", 15, 75),
        ("wrap_up", 75, 85),
    ]


def test_what_happens_in_the_warm_up_is_not_counted() -> None:
    warm = play(
        streams=[callers("1min", "20min", "21min")], agents=[team()], warm_up="15min"
    ).result
    assert (warm.dialled, warm.value("offered")) == (3, 2)
    assert sum(warm.arrivals) == 2


# Expectations


@pytest.mark.parametrize(
    ("expectation", "met", "seen"),
    [
        ({"figure": "answered", "equals": 2}, True, "2"),
        ({"figure": "answered", "equals": 3}, False, "2"),
        ({"figure": "answered", "equals": 3, "tolerance": 1}, True, "2"),
        ({"figure": "asa", "at_most": "30s"}, True, "29.5 s"),
        ({"figure": "asa", "at_most": "29s"}, False, "29.5 s"),
        ({"figure": "service_level", "within": "20s", "queue": 1, "at_least": 50}, True, "50 %"),
        ({"figure": "service_level", "within": "60s", "at_least": 100}, True, "100 %"),
        ({"indicator": "IDX_COUNT_SKILL_CONNECTED", "queue": 1, "equals": 2}, True, "2"),
        ({"figure": "answered", "queue": 2, "equals": 0}, True, "0"),
        ({"figure": "answered", "before": "15min", "at_least": 1, "at_most": 2}, True, "2"),
        ({"figure": "answered", "after": "15min", "at_least": 1}, False, "0"),
        ({"event": "Established", "equals": 2}, True, "2"),
        ({"violations": 0}, True, "no client was under test"),
    ],
)
def test_an_expectation_is_held_against_what_was(
    expectation: dict[str, Any], met: bool, seen: str
) -> None:
    found = verdict(expectation, "0s", "1s")
    assert (found.met, found.seen) == (met, seen)


def test_an_order_of_events_is_watched() -> None:
    order = {"after": "queued", "comes": ["established", "cleared"], "within": "30s"}
    assert verdict({"order": order}, "0s", "40s").met
    late = verdict({"order": order}, "0s", "10s")
    assert not late.met
    assert late.seen.startswith("not in 1 of 2: ")


def test_what_has_not_followed_by_the_end_has_not_followed() -> None:
    order = {"after": "offered", "comes": ["established"], "within": "1min"}
    played = play(streams=[callers("0s")], expect=[{"order": order}])
    assert not played.result.met


# The same again


def test_the_same_file_and_seed_give_the_same_bytes() -> None:
    made = scenario(**BUSY)
    one, two = as_json(Played(made).result), as_json(Played(made).result)
    assert one == two
    assert as_json(Played(made, seed=5).result) != one


def test_more_agents_do_not_change_when_customers_call() -> None:
    few = scenario(**{**BUSY, "agents": [team("101-105", talk={"exponential": "2min"})]})
    first = [event.at for event in Played(few).events if type(event).__name__ == "Offered"]
    many = Played(scenario(**BUSY))
    again = [event.at for event in many.events if type(event).__name__ == "Offered"]
    assert first[:20] == again[:20]


def test_a_result_is_written_and_read_again(tmp_path: Path) -> None:
    result = Played(scenario(**BUSY)).result
    write_json(result, tmp_path / "result.json")
    assert read_json(tmp_path / "result.json") == result


def test_another_file_is_no_result(tmp_path: Path) -> None:
    for text in ("{}", "[1]", "nothing", '{"version": 1}'):
        (tmp_path / "result.json").write_text(text)
        with pytest.raises(ValueError, match="no result of a scenario"):
            read_json(tmp_path / "result.json")


def test_ci_servers_read_the_verdicts(tmp_path: Path) -> None:
    expect = [{"figure": "answered", "equals": 1}, {"figure": "answered", "equals": 2}]
    result = play(streams=[callers("0s")], agents=[team()], expect=expect).result
    write_junit([result], tmp_path / "junit.xml")
    suite = parse(tmp_path / "junit.xml").getroot()[0]
    assert suite.attrib == {"name": "test", "tests": "2", "failures": "1", "errors": "0"}
    assert [len(case) for case in suite] == [0, 1]


def test_a_run_that_is_interrupted_tells_what_it_has_seen() -> None:
    from emulator.scenario.engine.run import Run

    run = Run(scenario(**{**BUSY, "duration": "100h"}))
    result = run.play(lambda it: it.dialled < 500)
    assert not result.complete
    assert 500 <= result.dialled < 2_000
    assert result.value("answered") > 300
