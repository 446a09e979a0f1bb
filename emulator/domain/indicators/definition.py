"""What an indicator is: a code, a meaning, a unit, and a formula over counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Any, Protocol, TypeVar

Read = Callable[[str], Any]
"""Gives the count of that name."""


class Unit(StrEnum):
    """What an indicator's value counts."""

    CALLS = "calls"
    AGENTS = "agents"
    TIMES = "times"
    SECONDS = "seconds"
    PERCENT = "percent"
    NUMBER = "phone number"
    STATE = "state"
    QUEUES = "queues"


class Formula(Protocol):
    """How a value comes from counts; `str` of it says it."""

    def of(self, read: Read) -> Any:
        """The value, given the counts."""
        ...


def _total(values: Iterable[Any]) -> Any:
    """One after the other: `sum` rounds in another way since Python 3.12."""
    return reduce(add, values, 0)


@dataclass(frozen=True, slots=True)
class Count:
    """One count as it is."""

    name: str

    def of(self, read: Read) -> Any:
        return read(self.name)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Whole:
    """A time in whole seconds."""

    name: str

    def of(self, read: Read) -> int:
        return int(read(self.name))

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Sum:
    """Counts added up."""

    names: tuple[str, ...]

    def of(self, read: Read) -> int:
        total: int = _total(map(read, self.names))
        return total

    def __str__(self) -> str:
        return " + ".join(self.names)


@dataclass(frozen=True, slots=True)
class Less:
    """What is left of one count after others."""

    whole: str
    parts: tuple[str, ...]

    def of(self, read: Read) -> int:
        left: int = read(self.whole) - _total(map(read, self.parts))
        return left

    def __str__(self) -> str:
        return " − ".join((self.whole, *self.parts))


def _rounded(value: float, decimals: int | None) -> float:
    return value if decimals is None else round(value, decimals)


@dataclass(frozen=True, slots=True)
class Mean:
    """A total for each one; 0 where there is none. `decimals` None: it is not rounded."""

    total: str
    count: str
    decimals: int | None = 2

    def of(self, read: Read) -> float:
        count = read(self.count)
        return _rounded(read(self.total) / count, self.decimals) if count else 0

    def __str__(self) -> str:
        return f"{self.total} / {self.count}"


@dataclass(frozen=True, slots=True)
class Percent:
    """How much of `whole` the formula `part` is, in percent; 0 where there is nothing.

    `decimals` None: it is not rounded.
    """

    part: Formula
    whole: Formula
    decimals: int | None = 2

    def of(self, read: Read) -> float:
        whole = self.whole.of(read)
        return _rounded(100 * self.part.of(read) / whole, self.decimals) if whole else 0

    def __str__(self) -> str:
        return f"100 ({self.part}) / ({self.whole})"


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of 12.3.8.1; `meaning` is one line."""

    code: str
    meaning: str
    unit: Unit
    formula: Formula

    def value(self, read: Read) -> Any:
        """Its value, given the counts."""
        return self.formula.of(read)


AnIndicator = TypeVar("AnIndicator", bound=Indicator)


def table(indicators: Iterable[AnIndicator]) -> Mapping[str, AnIndicator]:
    """Indicators by their codes; two of one code are a programming error."""
    found: dict[str, AnIndicator] = {}
    for it in indicators:
        if it.code in found:
            raise ValueError(f"{it.code} is defined twice")
        found[it.code] = it
    return found


def shown(value: float) -> str:
    """A number as the monitoring interfaces write it: no more decimals than it has."""
    return str(int(value)) if value == int(value) else str(value)
