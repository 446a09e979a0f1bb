"""Means are as sure as Student says."""

from __future__ import annotations

from math import inf, sqrt
from statistics import NormalDist

import pytest

from emulator.scenario.intervals import spread, student, within


@pytest.mark.parametrize(
    ("confidence", "freedom", "published"),
    [
        (0.95, 1, 12.706),
        (0.95, 2, 4.303),
        (0.95, 3, 3.182),
        (0.95, 10, 2.228),
        (0.99, 7, 3.499),
        (0.9, 30, 1.697),
        (0.999, 120, 3.373),
    ],
)
def test_quantiles_are_those_of_the_tables(
    confidence: float, freedom: int, published: float
) -> None:
    assert student(confidence, freedom) == pytest.approx(published, abs=6e-4)
    assert within(student(confidence, freedom), freedom) == pytest.approx(confidence, rel=1e-12)


def test_with_many_values_it_is_the_normal_distribution() -> None:
    assert student(0.95, 1_000_000) == pytest.approx(NormalDist().inv_cdf(0.975), rel=1e-5)


def test_a_mean_of_four_values() -> None:
    mean, sd, half_width = spread([1, 2, 3, 6])
    assert (mean, sd) == (3, pytest.approx(sqrt(14 / 3)))
    assert half_width == pytest.approx(3.182446 * sqrt(14 / 3) / 2, rel=1e-6)


def test_one_value_says_nothing_of_how_sure_it_is() -> None:
    assert spread([5.0]) == (5.0, 0.0, inf)


@pytest.mark.parametrize(("confidence", "freedom"), [(0, 3), (1, 3), (0.9, 0)])
def test_what_is_no_confidence_is_refused(confidence: float, freedom: int) -> None:
    with pytest.raises(ValueError, match="confidence"):
        student(confidence, freedom)
