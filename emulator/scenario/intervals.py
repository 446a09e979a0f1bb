"""How sure one can be of a mean: Student's t distribution, for whole degrees of freedom."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import atan2, cos, fsum, inf, pi, sin, sqrt, tan
from typing import NamedTuple

HALVINGS = 80


class Spread(NamedTuple):
    """The mean of some values, their standard deviation, and how far the true mean may be off.

    `half_width` is infinite, and `sd` 0, for a single value.
    """

    mean: float
    sd: float
    half_width: float


def spread(values: Sequence[float], confidence: float = 0.95) -> Spread:
    """The mean with its confidence interval, of values that are independent of each other."""
    count = len(values)
    mean = fsum(values) / count
    if count == 1:
        return Spread(mean, 0.0, inf)
    sd = sqrt(fsum((value - mean) ** 2 for value in values) / (count - 1))
    return Spread(mean, sd, student(confidence, count - 1) * sd / sqrt(count))


@lru_cache(maxsize=1024)
def student(confidence: float, freedom: int) -> float:
    """The t within which, to both sides of 0, a Student variable lies with that probability."""
    if not 0 < confidence < 1 or freedom < 1:
        raise ValueError("a confidence lies between 0 and 1, and needs two values at least")
    low, high = 0.0, pi / 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _within(middle, freedom) < confidence:
            low = middle
        else:
            high = middle
    return tan(low) * sqrt(freedom)


def within(t: float, freedom: int) -> float:
    """The probability that a Student variable lies between -t and t."""
    return _within(atan2(t, sqrt(freedom)), freedom)


def _within(angle: float, freedom: int) -> float:
    """The same by the angle whose tangent is t / sqrt(freedom): a finite sum of powers."""
    cosine, square = cos(angle), cos(angle) ** 2
    odd = freedom % 2
    term = cosine if odd else 1.0
    terms = [term] if freedom > 1 else []
    for power in range(2 + odd, freedom - 1, 2):
        term *= square * (power - 1) / power
        terms.append(term)
    total = sin(angle) * fsum(terms)
    return 2 / pi * (angle + total) if odd else total
