"""Two results beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from emulator.scenario.report.terminal import UNITS
from emulator.scenario.result import Result, Value


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure in two results; None where it is missing."""

    figure: str
    of: str
    one: float | None
    two: float | None
    unit: str

    @property
    def change(self) -> float:
        """How much more it is in the second."""
        return (self.two or 0.0) - (self.one or 0.0)


def differences(one: Result, two: Result) -> Iterator[Difference]:
    """Every figure that is not the same in both, in the order of the first."""
    known = {_key(it): it for it in two.figures}
    for it in one.figures:
        other = known.pop(_key(it), None)
        if other is None or other.value != it.value:
            yield _difference(it, it.value, other.value if other else None)
    for it in known.values():
        yield _difference(it, None, it.value)


def _key(value: Value) -> tuple[str, str, str]:
    return value.figure, value.of, value.id


def _difference(value: Value, one: float | None, two: float | None) -> Difference:
    of = f"{value.of} {value.id} {value.name}".strip() if value.id else "all"
    return Difference(value.figure, of, one, two, value.unit)


def show_differences(one: Result, two: Result, console: Console) -> bool:
    """Print what is different; whether anything is."""
    rows = list(differences(one, two))
    if not rows:
        console.print("every figure is the same")
        return False
    table = Table(box=SIMPLE)
    table.add_column("figure")
    table.add_column("of")
    for name in ("first", "second", "change"):
        table.add_column(name, justify="right")
    for it in rows:
        values = (_shown(value, it.unit) for value in (it.one, it.two))
        table.add_row(
            escape(it.figure.replace("_", " ")), escape(it.of), *values, f"{it.change:+,.2f}"
        )
    console.print(table)
    return True


def _shown(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{value:,.2f}".rstrip("0").rstrip(".") + UNITS.get(unit, "")
