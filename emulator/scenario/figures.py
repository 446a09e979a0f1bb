"""The figures that people speak of, as formulas over what the platform counts.

Indicators of CEC 12.3.8.1 can be asked for by their codes besides; they are formulas over the same
counts, as the monitoring interfaces have them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emulator.domain.indicators.cells import BOUNDS, Kind, names_within
from emulator.domain.indicators.definition import (
    Count,
    Formula,
    Indicator,
    Mean,
    Percent,
    Sum,
    Unit,
)
from emulator.domain.indicators.historical import INDICATORS

OCCUPIED = ("occupied_time", "ring_time", "wrap_up_time")


def _exactly(total: str, count: str) -> Mean:
    return Mean(total, count, decimals=None)


def _percent(part: Formula, whole: Formula) -> Percent:
    return Percent(part, whole, decimals=None)


@dataclass(frozen=True, slots=True)
class Figure(Indicator):
    """A figure: `code` is its name, `kind` what it is of."""

    kind: Kind


Group = tuple[tuple[str, str, Unit, Formula], ...]


def _figures() -> dict[str, Figure]:
    offered = Count("asked")
    queue: Group = (
        ("offered", "requests for an agent", Unit.CALLS, offered),
        ("answered", "requests that an agent answered", Unit.CALLS, Count("connected")),
        ("abandoned", "callers who hung up waiting", Unit.CALLS, Count("user_left")),
        ("asa", "average speed of answer", Unit.SECONDS, _exactly("answer_time", "connected")),
        ("mean_wait", "average wait of all requests", Unit.SECONDS, _exactly("wait_time", "asked")),
        ("longest_wait", "longest wait", Unit.SECONDS, Count("max_wait_time")),
        (
            "abandonment",
            "requests whose callers hung up waiting",
            Unit.PERCENT,
            _percent(Count("user_left"), offered),
        ),
        (
            "wait_probability",
            "requests for which nobody was free",
            Unit.PERCENT,
            _percent(Count("waited"), offered),
        ),
    )
    agent: Group = (
        ("talk_time", "average conversation", Unit.SECONDS, _exactly("talk_time", "connected")),
        ("wrap_up", "average wrap-up", Unit.SECONDS, _exactly("wrap_up_time", "wrap_up")),
        (
            "occupancy",
            "time occupied, of the time that agents were there for calls",
            Unit.PERCENT,
            _percent(Sum(OCCUPIED), Sum((*OCCUPIED, "idle_time"))),
        ),
    )
    vdn: Group = (
        ("calls", "calls in", Unit.CALLS, Count("in")),
        ("contained", "calls that flows served alone", Unit.CALLS, Count("ivr_only_connected")),
        (
            "containment",
            "calls that flows served alone",
            Unit.PERCENT,
            _percent(Count("ivr_only_connected"), Count("in")),
        ),
        ("calls_out", "calls out", Unit.CALLS, Count("out")),
        ("calls_out_answered", "calls out answered", Unit.CALLS, Count("out_connected")),
    )
    groups: tuple[tuple[Kind, Group], ...] = (
        (Kind.QUEUE, queue),
        (Kind.AGENT, agent),
        (Kind.VDN, vdn),
    )
    return {it[0]: Figure(*it, kind) for kind, group in groups for it in group}


FIGURES: Mapping[str, Figure] = _figures()
"""By name; `service_level` is among them for each bound, see there."""


def service_level(within: int) -> Figure:
    """Requests answered within so many seconds, of all requests."""
    if within not in BOUNDS:
        bounds = ", ".join(map(str, BOUNDS))
        raise ValueError(f"service levels are counted within {bounds} seconds")
    return Figure(
        f"service_level_{within}",
        f"requests answered within {within} s",
        Unit.PERCENT,
        _percent(Sum(names_within("connected", within)), Count("asked")),
        Kind.QUEUE,
    )


def figure(name: str, within: int | None = None) -> Figure:
    """The figure of a name; `ValueError` says what is wrong with it. `within` seconds."""
    if name == "service_level":
        return service_level(20 if within is None else within)
    if within is not None:
        raise ValueError("only service_level has a `within`")
    found = FIGURES.get(name)
    if found is None:
        known = ", ".join(["service_level", *FIGURES])
        raise ValueError(f"there is no figure {name!r}; there are {known}")
    return found


def indicator(code: str) -> Figure:
    """The indicator of a code of CEC 12.3.8.1, as a figure."""
    for kind, known in INDICATORS.items():
        it = known.get(code)
        if it is not None:
            return Figure(it.code, it.meaning, it.unit, it.formula, kind)
    raise ValueError(f"there is no indicator {code!r} (CEC 12.3.8.1)")
