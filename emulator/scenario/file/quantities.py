"""Durations, times of day and rates, as people write them; inside they are microseconds."""

from __future__ import annotations

import re
from math import inf
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

SECOND = 1_000_000
DAY_S = 86_400

_UNITS = {"ms": 0.001, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": DAY_S}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(ms|sec|s|min|m|h|d)(?![a-z])\s*")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9]))?")
_RATE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*/\s*(s|min|m|h|d)")

DURATION_FORM = "must be a duration: seconds as a number, or as 90s, 2min, 1h30min"
TIME_FORM = "must be a time of day in quotes, as '08:30'"
RATE_FORM = "must be a rate: so many for each second as a number, or as 120/h, 48/min, 2/s"


def duration(value: Any) -> int:
    """Microseconds of what was written: a number of seconds, or text as `1h30min`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = _as_float(value)
    elif isinstance(value, str) and (parts := list(_PART.finditer(value.strip()))):
        if "".join(part.group() for part in parts) != value.strip():
            raise ValueError(DURATION_FORM)
        seconds = sum(float(part[1]) * _UNITS[part[2]] for part in parts)
    else:
        raise ValueError(DURATION_FORM)
    if not 0 <= seconds < 10_000 * DAY_S:
        raise ValueError("must be a duration from 0 to 10000 days")
    return round(seconds * SECOND)


def _as_float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return inf


def time_of_day(value: Any) -> int:
    """Microseconds since midnight."""
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(TIME_FORM)
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return (hours * 3600 + minutes * 60 + seconds) * SECOND


def rate(value: Any) -> float:
    """So many for each second."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = _as_float(value)
    else:
        match = _RATE.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise ValueError(RATE_FORM)
        found = float(match[1]) / _UNITS[match[2]]
    if not 0 <= found <= 100_000:
        raise ValueError("must be a rate from 0 to 100000/s")
    return found


def _written(pattern: str, example: str) -> WithJsonSchema:
    text = {"type": "string", "pattern": pattern, "examples": [example]}
    return WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, text]})


Duration = Annotated[
    int,
    BeforeValidator(duration),
    _written(r"^\s*([0-9]+(\.[0-9]+)?\s*(ms|s|sec|m|min|h|d)\s*)+$", "1h30min"),
]
"""µs."""

TimeOfDay = Annotated[
    int,
    BeforeValidator(time_of_day),
    WithJsonSchema({"type": "string", "pattern": _CLOCK.pattern, "examples": ["08:30"]}),
]
"""µs since midnight."""

Rate = Annotated[
    float,
    BeforeValidator(rate),
    _written(r"^\s*[0-9]+(\.[0-9]+)?\s*/\s*(s|m|min|h|d)$", "120/h"),
]
"""Per second."""


def spelled(microseconds: int) -> str:
    """A duration for people: 1h 30min, 2.5s."""
    seconds, rest = divmod(microseconds, SECOND)
    parts = []
    for unit, length in (("d", DAY_S), ("h", 3600), ("min", 60)):
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count}{unit}")
    if seconds or rest or not parts:
        parts.append(f"{seconds + rest / SECOND:g}s")
    return " ".join(parts)
