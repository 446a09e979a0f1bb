"""Holds what came of a run against what was expected of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulator.domain.indicators.definition import Unit
from emulator.domain.indicators.historical import seconds
from emulator.scenario.figures import Figure, figure, indicator
from emulator.scenario.file.expectations import Expectation
from emulator.scenario.file.quantities import SECOND, spelled
from emulator.scenario.ledger import Ledger
from emulator.scenario.result import Verdict
from emulator.scenario.watching import OrderWatch

Counts = Mapping[str, int]
"""How often which event was seen."""
UNITS = {Unit.PERCENT: " %", Unit.SECONDS: " s"}


def figure_of(expected: Expectation) -> Figure:
    """The figure that is expected; `ValueError` says what is wrong with it."""
    if expected.indicator is not None:
        found = indicator(expected.indicator)
    else:
        assert expected.figure is not None
        if expected.within is not None and expected.within % SECOND:
            raise ValueError("service levels are counted within whole seconds")
        within = None if expected.within is None else expected.within // SECOND
        found = figure(expected.figure, within)
    of = subject_of(expected)
    if of is not None and of[0] != found.kind.value:
        raise ValueError(f"{found.code} is a figure of a {found.kind.value}, not of a {of[0]}")
    return found


def subject_of(expected: Expectation) -> tuple[str, str] | None:
    """Of whom something is expected: queue, agent, vdn or ivr, and which."""
    for kind in ("queue", "agent", "vdn", "ivr"):
        value = getattr(expected, kind)
        if value is not None:
            return kind, str(value)
    return None


def judge(
    expected: Expectation,
    ledger: Ledger,
    events: Counts,
    watches: Mapping[int, OrderWatch],
    violations: int | None,
) -> Verdict:
    """Whether one expectation was met; `watches` by identity of what they watch for."""
    if expected.order is not None:
        return _of_order(watches[id(expected)])
    if expected.violations is not None:
        return _of_violations(expected.violations, violations)
    seen = seen_of(expected, ledger, events)
    assert seen is not None
    return verdict_on(expected, seen)


def verdict_on(expected: Expectation, seen: float, give_or_take: str = "") -> Verdict:
    """Whether a number is what was expected; `give_or_take` says how sure it is."""
    if expected.event is not None:
        name, unit = expected.event, ""
    else:
        found = figure_of(expected)
        name, unit = found.code, UNITS.get(found.unit, "")
    met = all(_holds(seen, expected))
    words = f"{_about(expected, name)} {_limits(expected)}{unit}"
    return Verdict(words, f"{seen:g}{give_or_take}{unit}", met)


def seen_of(expected: Expectation, ledger: Ledger, events: Counts) -> float | None:
    """The number that an expectation is about; None: it is about no number."""
    if expected.order is not None or expected.violations is not None:
        return None
    if expected.event is not None:
        return float(events.get(expected.event, 0))
    return measured(expected, figure_of(expected), ledger)


def measured(expected: Expectation, found: Figure, ledger: Ledger) -> float:
    """The figure as the ledger has it."""
    of = subject_of(expected)
    tenant = expected.vdn
    name = None if of is None or of[0] == "vdn" else of[1]
    first = (expected.after or 0) // ledger.step
    last = None if expected.before is None else expected.before // ledger.step
    intervals = range(first, 1 << 40 if last is None else last)
    values = ledger.values(found.kind, name, tenant, intervals)
    return float(found.value(seconds(values)))


def _about(expected: Expectation, name: str) -> str:
    of = subject_of(expected)
    words = [name] if of is None else [name, "of", *of]
    if expected.after is not None:
        words += ["after", spelled(expected.after)]
    if expected.before is not None:
        words += ["before", spelled(expected.before)]
    return " ".join(words)


def _limits(expected: Expectation) -> str:
    words = []
    if expected.at_least is not None:
        words.append(f"at least {expected.at_least:g}")
    if expected.at_most is not None:
        words.append(f"at most {expected.at_most:g}")
    if expected.equals is not None:
        words.append(f"{expected.equals:g}")
    tolerance = f" ± {expected.tolerance:g}" if expected.tolerance else ""
    return " and ".join(words) + tolerance


def _holds(seen: float, expected: Expectation) -> Sequence[bool]:
    tolerance, holds = expected.tolerance + 1e-9, []
    if expected.at_least is not None:
        holds.append(seen >= expected.at_least - tolerance)
    if expected.at_most is not None:
        holds.append(seen <= expected.at_most + tolerance)
    if expected.equals is not None:
        holds.append(abs(seen - expected.equals) <= tolerance)
    return holds


def _of_order(watch: OrderWatch) -> Verdict:
    order = watch.order
    comes = " or ".join(order.comes)
    expected = f"every {order.after} is followed by {comes} within {spelled(order.within)}"
    if not watch.late:
        return Verdict(expected, f"always, {watch.seen} times", True)
    examples = ", ".join(watch.examples)
    return Verdict(expected, f"not in {watch.late} of {watch.seen}: {examples}", False)


def _of_violations(most: int, seen: int | None) -> Verdict:
    expected = f"at most {most} contract violations by the client"
    if seen is None:
        return Verdict(expected, "no client was under test", True)
    return Verdict(expected, str(seen), seen <= most)
