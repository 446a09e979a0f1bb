"""A result for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from emulator.scenario.file.quantities import SECOND, spelled
from emulator.scenario.result import Result, Value

UNITS = {"percent": " %", "seconds": " s"}
QUEUE_COLUMNS = (
    "offered",
    "answered",
    "abandoned",
    "service_level_20",
    "asa",
    "longest_wait",
    "abandonment",
)
MOST_QUEUES = 20


def show(result: Result, console: Console) -> None:
    """Print the summary of a run."""
    title = f"[bold]{escape(result.scenario)}[/]"
    if not result.complete:
        title += " [yellow](interrupted: what was seen so far)[/]"
    console.print(title)
    if result.purpose:
        console.print(f"[dim]{escape(result.purpose.strip())}[/]")
    console.print(_course(result), markup=False)
    console.print(_overall(result))
    if any(True for _ in _queue_rows(result)):
        console.print(_queues(result))
    for incident in result.incidents:
        console.print(f"  [yellow]{escape(incident)}[/]")
    if result.refused:
        console.print("[bold]Not done by the call center[/]")
        for what, times in result.refused.items():
            console.print(f"  {escape(what)} × {times}")
    show_verdicts(result, console)


def _course(result: Result) -> str:
    simulated = spelled(round(result.simulated) * SECOND)
    redialled = f" ({result.redialled} of them again)" if result.redialled else ""
    left = f"; {result.unfinished} were not over in the end" if result.unfinished else ""
    return (
        f"{result.dialled:,} calls{redialled} in {simulated} from {result.begins}, "
        f"random seed {result.seed}; {result.records:,} call records, "
        f"{result.operations:,} agent operations{left}"
    )


def amount(value: Value) -> str:
    """A figure with its unit."""
    return f"{value.value:,.2f}".rstrip("0").rstrip(".") + UNITS.get(value.unit, "")


def _overall(result: Result) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    shown = [it for it in result.figures if not it.id and it.value]
    for first, second in zip(shown[::2], [*shown[1::2], None], strict=False):
        row = [first.figure, amount(first)]
        if second is not None:
            row += [second.figure, amount(second)]
        table.add_row(*row)
    return table


def _queue_rows(result: Result) -> Iterator[list[str]]:
    names = {(it.id, it.name) for it in result.figures if it.of == "queue" and it.id}
    for number, name in sorted(names, key=lambda it: (len(it[0]), it[0])):
        known = {it.figure: it for it in result.figures if it.of == "queue" and it.id == number}
        yield [escape(f"{number} {name}"), *(amount(known[column]) for column in QUEUE_COLUMNS)]


def _queues(result: Result) -> Table:
    table = Table(title="Queues", title_justify="left", title_style="bold", box=SIMPLE)
    for column in ("queue", *QUEUE_COLUMNS):
        table.add_column(column.replace("_", " "), justify="right" if column != "queue" else "left")
    rows = list(_queue_rows(result))
    for row in rows[:MOST_QUEUES]:
        table.add_row(*row)
    if len(rows) > MOST_QUEUES:
        table.caption = f"and {len(rows) - MOST_QUEUES} more"
    return table


def show_verdicts(result: Result, console: Console) -> None:
    """Print what was expected, and whether it is so."""
    for verdict in result.verdicts:
        mark = "[green]met[/]    " if verdict.met else "[bold red]not met[/]"
        said = escape(f"{verdict.expected}: {verdict.seen}")
        console.print(f"{mark} {said}", soft_wrap=True)
