"""The engines of the benchmark simulate the queue that theory speaks of."""

from __future__ import annotations

import sys

import pytest

from bench import erlang, simulation


def test_a_single_agent_busy_to_nine_tenths_makes_customers_wait_nine_services() -> None:
    assert erlang.mean_wait(1) == pytest.approx(9 * erlang.MEAN_SERVICE)


@pytest.mark.parametrize(
    ("module", "engine"),
    [("ciw", "Ciw"), ("simpy", "SimPy"), ("bench.switch", "switch"), ("emulator", "scenario")],
)
def test_an_engine_agrees_with_theory(module: str, engine: str) -> None:
    pytest.importorskip(module)
    seen = simulation.ENGINES[engine](20_000, 3, 1)
    theory = erlang.line(3)
    assert seen.mean_wait == pytest.approx(theory.mean_wait, rel=0.25)
    assert seen.waited == pytest.approx(theory.wait_probability, abs=0.05)
    assert seen.within == pytest.approx(theory.service_level(simulation.WITHIN), abs=0.05)


def test_an_engine_that_is_missing_is_reported_as_not_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "bench.switch", None)
    assert simulation.measure("switch", 1, 1, 1) == "switch   not built (bench.switch)"
