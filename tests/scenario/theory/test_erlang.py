"""Theory says what is known of queues: published values, closed forms, and what must hold."""

from __future__ import annotations

from math import exp, fsum

import pytest

from emulator.scenario.erlang import Line, erlang_b, erlang_c

FIFTY = Line(50, 48 / 60, 60)
"""50 agents, 48 calls a minute, conversations of a minute."""
PATIENT = Line(50, 48 / 60, 60, 120)
LINES = (
    FIFTY,
    PATIENT,
    Line(1, 0.5 / 60, 60),
    Line(1, 2 / 60, 60, 30),
    Line(5, 4.75 / 60, 60),
    Line(5, 5.5 / 60, 60, 30),
    Line(20, 16 / 180, 180, 45),
    Line(500, 475 / 60, 60),
    Line(500, 550 / 60, 60, 300),
    Line(500, 0.01 / 60, 60, 1),
)


def close(value: float) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-12)


def test_fifty_busy_agents_without_patience_are_as_published() -> None:
    assert FIFTY.wait_probability == pytest.approx(0.6945, abs=5e-5)
    assert FIFTY.asa == pytest.approx(20.83, abs=5e-3)
    assert FIFTY.occupancy == close(0.96)


def test_fifty_busy_agents_with_patience_are_as_published() -> None:
    assert PATIENT.abandonment == pytest.approx(0.0309, abs=5e-5)
    assert PATIENT.mean_wait == pytest.approx(3.71, abs=5e-3)


def test_erlangs_formulas_are_as_published() -> None:
    assert erlang_b(10, 7) == pytest.approx(0.0787, abs=5e-5)
    assert erlang_c(1, 0.9) == close(0.9)
    assert erlang_c(2, 1.0) == close(1 / 3)


@pytest.mark.parametrize("line", LINES, ids=str)
def test_customers_who_come_are_those_who_are_answered_and_those_who_give_up(line: Line) -> None:
    occupied = fsum(min(n, line.agents) * share for n, share in enumerate(line.states))
    assert fsum(line.states) == close(1)
    assert occupied == close(line.agents * line.occupancy)
    assert occupied / line.service + line.rate * line.abandonment == close(line.rate)
    assert line.answered_later(0) + line.abandonment == close(line.wait_probability)
    assert line.service_level(0) == close(1 - line.wait_probability)


@pytest.mark.parametrize("line", LINES, ids=str)
def test_who_waits_at_a_time_is_how_many_come_times_how_long_they_wait(line: Line) -> None:
    step = max(line.mean_wait / line.wait_probability, 1e-3) / 200 if line.mean_wait else 1e-3
    waits = fsum(line.wait_exceeds((n + 0.5) * step) for n in range(6000)) * step
    assert waits == pytest.approx(line.mean_wait, rel=1e-4, abs=1e-9)
    assert line.rate * line.mean_wait == close(line.mean_queue)


@pytest.mark.parametrize("line", LINES, ids=str)
def test_the_speed_of_answer_is_the_mean_of_its_distribution(line: Line) -> None:
    step = max(line.mean_wait / line.wait_probability, 1e-3) / 200 if line.mean_wait else 1e-3
    waits = fsum(line.answered_wait_exceeds((n + 0.5) * step) for n in range(6000)) * step
    assert waits == pytest.approx(line.asa, rel=1e-4, abs=1e-9)


@pytest.mark.parametrize("line", LINES, ids=str)
def test_fewer_and_fewer_wait_longer_and_longer(line: Line) -> None:
    waits = [line.wait_exceeds(seconds) for seconds in range(0, 600, 7)]
    assert waits[0] == close(line.wait_probability)
    assert waits == sorted(waits, reverse=True)
    assert all(0 <= wait <= 1 for wait in waits)


@pytest.mark.parametrize("agents", [1, 5, 50, 500])
@pytest.mark.parametrize("load", [0.6, 0.95])
def test_without_patience_it_is_erlang_c(agents: int, load: float) -> None:
    line = Line(agents, load * agents / 60, 60)
    waits = erlang_c(agents, load * agents)
    spare = (1 - load) * agents / 60
    assert line.wait_probability == pytest.approx(waits, rel=1e-9, abs=1e-14)
    assert line.asa == pytest.approx(waits / spare, rel=1e-9, abs=1e-14)
    assert line.service_level(20) == close(1 - waits * exp(-spare * 20))


def test_the_longer_patience_lasts_the_nearer_one_comes_to_erlang_c() -> None:
    patient = Line(50, 48 / 60, 60, 1e10)
    assert patient.wait_probability == pytest.approx(FIFTY.wait_probability, rel=1e-6)
    assert patient.asa == pytest.approx(FIFTY.asa, rel=1e-6)
    assert patient.service_level(20) == pytest.approx(FIFTY.service_level(20), rel=1e-6)


def test_without_any_patience_who_finds_nobody_free_is_lost_as_erlang_b_says() -> None:
    assert Line(10, 7 / 60, 60, 1e-7).abandonment == pytest.approx(erlang_b(10, 7), rel=1e-5)


def test_one_agent_is_the_queue_of_every_textbook() -> None:
    line = Line(1, 0.8 / 60, 60)
    assert line.mean_queue == close(0.8**2 / 0.2)
    assert line.asa == close(0.8 * 60 / 0.2)
    assert line.states[3] == close(0.2 * 0.8**3)
    assert line.wait_exceeds(90) == close(0.8 * exp(-0.2 * 90 / 60))


def test_patience_as_long_as_conversations_makes_the_number_of_customers_poisson() -> None:
    line = Line(3, 4 / 60, 60, 60)
    expected = exp(-4)
    for customers, share in enumerate(line.states[:20]):
        assert share == pytest.approx(expected, rel=1e-12)
        expected *= 4 / (customers + 1)


@pytest.mark.parametrize(
    ("agents", "rate", "patience"), [(0, 1, None), (1, 0, None), (1, 1, 0), (1, 1, None)]
)
def test_a_line_that_cannot_be_is_refused(agents: int, rate: float, patience: float | None) -> None:
    with pytest.raises(ValueError, match=r"line needs|patience|nobody gives up"):
        Line(agents, rate, 60, patience)


def test_more_than_agents_can_do_has_no_erlang_c() -> None:
    with pytest.raises(ValueError, match="more is offered"):
        erlang_c(3, 3)
