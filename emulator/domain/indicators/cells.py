"""Cells: what was counted of one subject in one interval (CEC 12.3.8.1).

A cell's values have names. What is counted twice is added up; of a value whose name begins with
`max_` or `min_` the larger or smaller one stays. Times are microseconds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import NamedTuple

Values = dict[str, int]


class Kind(StrEnum):
    """What a cell is about; the text in the store."""

    QUEUE = "queue"
    AGENT = "agent"
    VDN = "vdn"
    IVR = "ivr"
    SETTLED_IN = "in"
    SETTLED_OUT = "out"
    SYSTEM = "system"


SETTLED = frozenset({Kind.SETTLED_IN, Kind.SETTLED_OUT})
"""What there is by the day only."""


FIVE_MINUTES = 300_000_000
"""µs of a cell of the kind SYSTEM, which has no others."""


class Subject(NamedTuple):
    """Whom a cell is about.

    `id` is a queue, an agent or a business type; of a VDN whether the callers were anonymous ("1")
    or not; of a settlement the number. `detail` is of a VDN the number that was called, of a
    settlement the queue. Of the system `id` is what is counted (see `system`), `detail` the number
    that was called. `media` and `sub_media` are those of the calls, 0 where there was none.
    """

    kind: Kind
    id: str
    detail: str = ""
    call_type: int = 0
    media: int = 0
    sub_media: int = 0


class Contribution(NamedTuple):
    """What something that ended at `at` (µs) adds to a subject's cells."""

    subject: Subject
    at: int
    values: Mapping[str, int]


def add(values: Values, more: Mapping[str, int]) -> None:
    """Take `more` into the values of a cell; a sum of nothing is not kept."""
    known = values.get
    for name, value in more.items():
        if name[0] == "m":
            _add_extreme(values, name, value)
        elif value:
            values[name] = known(name, 0) + value


def _add_extreme(values: Values, name: str, value: int) -> None:
    """Take in what may be the largest or the smallest so far; not all that begins with m is."""
    known, kind = values.get(name), name[:4]
    if known is None:
        if value or kind == "min_":
            values[name] = value
    elif kind == "max_":
        values[name] = max(known, value)
    elif kind == "min_":
        values[name] = min(known, value)
    else:
        values[name] = known + value


def merged(cells: Iterable[Mapping[str, int]]) -> Values:
    """Several cells as one."""
    values: Values = {}
    for cell in cells:
        add(values, cell)
    return values


BOUNDS = (3, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60)
"""Seconds within which, or after which, calls are counted."""
_BOUNDS = [bound * 1_000_000 for bound in BOUNDS]


def within(name: str, microseconds: int) -> Values:
    """The one count of `name` by duration that a duration adds to; none if it is beyond all."""
    place = bisect_left(_BOUNDS, microseconds)
    return {_by_bounds(name)[place]: 1} if place < len(_BOUNDS) else {}


@cache
def _by_bounds(name: str) -> tuple[str, ...]:
    return tuple(f"{name}_by_{bound}" for bound in BOUNDS)


def names_within(name: str, seconds: int) -> tuple[str, ...]:
    """The counts that together have everything of `name` that took `seconds` or less."""
    return tuple(f"{name}_by_{bound}" for bound in BOUNDS if bound <= seconds)
