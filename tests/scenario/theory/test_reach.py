"""Which scenarios theory knows, and what it says of their queues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from emulator.scenario import theory
from emulator.scenario.engine.world import tenants_of
from emulator.scenario.erlang import Line
from emulator.scenario.file.scenario import Scenario
from tests.scenario.support import Played, callers, scenario, team

PLAIN: dict[str, Any] = {
    "streams": [{"name": "a", "dials": "95001", "arrivals": {"poisson": "5/min"}}],
    "agents": [team("101-107", talk={"exponential": "1min"})],
}


def lines_of(made: Scenario) -> Mapping[tuple[int, int], Line]:
    """What theory says of a scenario."""
    return theory.lines_of(made, tenants_of(made))


def test_a_plain_queue_has_its_line() -> None:
    (place,), (line,) = zip(*lines_of(scenario(**PLAIN)).items(), strict=True)
    assert place == (1, 1)
    assert (line.agents, line.service, line.patience) == (7, 60, None)
    assert line.rate == pytest.approx(5 / 60)


def test_exponential_patience_is_part_of_the_theory() -> None:
    stream = {**PLAIN["streams"][0], "customers": {"patience": {"exponential": "2min"}}}
    (line,) = lines_of(scenario(**{**PLAIN, "streams": [stream]})).values()
    assert line.patience == 120


@pytest.mark.parametrize(
    "changes",
    [
        {"streams": [callers("1s")]},
        {"streams": [{**PLAIN["streams"][0], "dials": "95003"}]},
        {"streams": [{**PLAIN["streams"][0], "customers": {"patience": "2min"}}]},
        {"streams": [{**PLAIN["streams"][0], "customers": {"redial": {}}}]},
        {"agents": [team("101-107", talk="1min")]},
        {"agents": [team("101-107", talk={"exponential": "1min"}, wrap_up="1s")]},
        {"agents": [team("101-107", talk={"exponential": "1min"}, played_by="none")]},
        {"agents": [team("101-104", talk={"exponential": "1min"})]},
        {"agents": [team("101-111", talk={"exponential": "1min"})]},
        {"incidents": [{"at": "1min", "calls_cut": {}}]},
    ],
)
def test_of_anything_else_theory_says_nothing(changes: dict[str, Any]) -> None:
    assert lines_of(scenario(**{**PLAIN, **changes})) == {}


def test_a_result_has_the_waits_of_theory_beside_its_own() -> None:
    result = Played(scenario(**PLAIN)).result
    (queue,) = result.queues
    shares = queue.theoretical_waits
    assert len(shares) == max(queue.waits_answered) + 2
    assert shares == sorted(shares)
    assert 0.5 < shares[0] < shares[-1] <= 1
