"""How historical indicators are written down: by unit, code, meaning and formula."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from emulator.domain.indicators.cells import names_within
from emulator.domain.indicators.definition import (
    Count,
    Formula,
    Indicator,
    Mean,
    Percent,
    Sum,
    Unit,
    Whole,
)


class Grain(Enum):
    """Whether an indicator can be asked for by interval (`timeGrain`)."""

    EITHER = "by interval or by day"
    DAYS = "by day only"
    INTERVALS = "by interval only"


@dataclass(frozen=True, slots=True)
class Historical(Indicator):
    """An indicator with the times for which it can be asked."""

    grain: Grain = Grain.EITHER


def calls(
    code: str, meaning: str, formula: Formula | str, grain: Grain = Grain.EITHER
) -> Historical:
    """A number of calls."""
    return indicator(Unit.CALLS, code, meaning, formula, grain)


def times(code: str, meaning: str, count: str) -> Historical:
    """How often something was done."""
    return indicator(Unit.TIMES, code, meaning, count, Grain.EITHER)


def rate(code: str, meaning: str, part: str, whole: str, grain: Grain = Grain.EITHER) -> Historical:
    """How much of one count another is."""
    return indicator(Unit.PERCENT, code, meaning, Percent(Count(part), Count(whole)), grain)


def time(code: str, meaning: str, total: str) -> Historical:
    """How long something took in all."""
    return indicator(Unit.SECONDS, code, meaning, Whole(total), Grain.EITHER)


def mean(
    code: str, meaning: str, total: str, count: str, grain: Grain = Grain.EITHER
) -> Historical:
    """How long it took on average."""
    return indicator(Unit.SECONDS, code, meaning, Mean(total, count), grain)


def indicator(
    unit: Unit,
    code: str,
    meaning: str,
    formula: Formula | str,
    grain: Grain = Grain.EITHER,
) -> Historical:
    """One of any unit; a formula that is a name is that count."""
    counted = Count(formula) if isinstance(formula, str) else formula
    return Historical(code, meaning, unit, counted, grain)


def rate_within(code: str, meaning: str, name: str, bound: int) -> Historical:
    """How much of a count took no longer than `bound` seconds."""
    soon = Percent(Sum(names_within(name, bound)), Count(name))
    return indicator(Unit.PERCENT, code, f"{meaning}, those within {bound} s", soon, Grain.DAYS)
