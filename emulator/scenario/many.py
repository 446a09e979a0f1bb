"""`emulator scenario run --replications` and `emulator scenario sweep`."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from emulator.scenario import sweep as sweeps
from emulator.scenario.checking import check
from emulator.scenario.file.places import parse_yaml
from emulator.scenario.file.reading import read_scenario
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.replications import Estimate, Replications, replicate
from emulator.scenario.report.terminal import UNITS
from emulator.scenario.result import Verdict
from emulator.scenario.workers import EMBEDDED, workers

_RANGE = re.compile(r"(-?[0-9]+)\.\.(-?[0-9]+)(?:\.\.([0-9]+))?")
MOST_VALUES = 10_000
MOST_DIGITS = 15
IN_TABLE = ("service_level_20", "asa", "abandonment", "occupancy")


class Told:
    """A bar that shows how many replications are over."""

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self.progress = Progress(
            TextColumn("replications"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._task = self.progress.add_task("replications", total=None)

    def __call__(self, done: int, count: int) -> None:
        """So many are over."""
        self.progress.update(self._task, completed=done, total=count)


def run_many(scenario: Scenario, options: argparse.Namespace, console: Console) -> Replications:
    """Play a scenario several times, and print what is true of all."""
    told = Told(console, quiet=options.quiet)
    with told.progress, workers(options.processes, _scheduler(options)) as by:
        found = replicate(
            scenario,
            options.replications,
            seed=options.random_seed,
            confidence=options.confidence / 100,
            by=by,
            told=told,
        )
    if not options.quiet:
        _show(found, console)
    for verdict in found.verdicts:
        console.print(_line(verdict), soft_wrap=True)
    if options.json is not None:
        options.json.write_text(as_json(found), encoding="utf-8")
    return found


def as_json(found: Replications) -> str:
    """The same text for the same replications."""
    return json.dumps(found.document(), indent=1, ensure_ascii=False) + "\n"


def _scheduler(options: argparse.Namespace) -> str | None:
    if options.scheduler is not None:
        return str(options.scheduler)
    return EMBEDDED if options.dask else None


def _show(found: Replications, console: Console) -> None:
    count = len(found.seeds)
    cut = "" if found.complete else " [yellow](interrupted: those that were over)[/]"
    console.print(
        f"[bold]{escape(found.scenario)}[/]: {count} replications, {found.dialled:,} calls{cut}"
    )
    table = Table(box=SIMPLE)
    for column in ("figure", "of"):
        table.add_column(column)
    for column in ("mean", f"± ({found.confidence:.0%})", "standard deviation"):
        table.add_column(column, justify="right")
    for it in found.figures:
        if it.mean or it.sd:
            of = f"{it.of} {it.id} {it.name}" if it.id else "all"
            table.add_row(it.figure.replace("_", " "), escape(of), *_numbers(it))
    console.print(table)


def _numbers(it: Estimate) -> tuple[str, str, str]:
    half_width = "" if it.half_width is None else f"{it.half_width:,.3g}"
    return f"{it.mean:,.4g}{UNITS.get(it.unit, '')}", half_width, f"{it.sd:,.3g}"


def _line(verdict: Verdict) -> str:
    mark = "[green]met[/]    " if verdict.met else "[bold red]not met[/]"
    return mark + escape(f" {verdict.expected}: {verdict.seen}")


# Sweeps


def run_sweep(
    file: Path, given: Mapping[str, Any], options: argparse.Namespace, console: Console
) -> sweeps.Sweep:
    """Play a scenario at every point, and print the table."""
    varied = dict(values_of(entry) for entry in options.vary)

    def make(values: dict[str, Any]) -> Scenario:
        scenario = read_scenario(file, {**given, **values})
        check(scenario, str(file))
        return scenario

    points = sweeps.grid(varied, make)
    told = Told(console, quiet=options.quiet)
    with told.progress, workers(options.processes, _scheduler(options)) as by:
        found = sweeps.sweep(
            points,
            options.replications,
            confidence=options.confidence / 100,
            by=by,
            told=told,
        )
    console.print(_table(found, list(varied)))
    if not found.complete:
        console.print("[yellow]interrupted: what was played until then[/]")
    if options.csv is not None:
        options.csv.write_text(sweeps.as_csv(found), encoding="utf-8")
    if options.json is not None:
        options.json.write_text(sweeps.as_json(found), encoding="utf-8")
    return found


def values_of(entry: str) -> tuple[str, Sequence[Any]]:
    """NAME=10,12,14 or NAME=10..20 or NAME=10..20..2; `ValueError` if it is neither."""
    name, equals, written = entry.partition("=")
    if not name or not equals or not written:
        raise ValueError(f"what varies is given as NAME=1,2,3 or NAME=1..9..2, not {entry!r}")
    match = _RANGE.fullmatch(written)
    if match is None:
        given = written.split(",")
        if not all(value.strip() for value in given):
            raise ValueError(f"{entry!r} has a value that is nothing")
        return name, [parse_yaml(value, f"--vary {name}")[0] for value in given]
    if max(map(len, match.groups(""))) > MOST_DIGITS:
        raise ValueError(f"{entry!r} has too large numbers")
    first, last, step = int(match[1]), int(match[2]), int(match[3] or 1)
    values = range(first, last + 1, step or 1)
    if not values or not step or len(values) > MOST_VALUES:
        raise ValueError(f"{entry!r} names no values, or too many")
    return name, values


def _table(found: sweeps.Sweep, names: Sequence[str]) -> Table:
    table = Table(box=SIMPLE, title=f"{found.replications} replications at each point")
    for name in (*map(escape, names), *(it.replace("_", " ") for it in IN_TABLE)):
        table.add_column(name, justify="right")
    table.add_column("expectations")
    for row in found.rows:
        known = {it.figure: it for it in row.outcome.figures if not it.id}
        figures = [_cell(known[name]) if name in known else "" for name in IN_TABLE]
        met = sum(verdict.met for verdict in row.outcome.verdicts)
        values = [escape(str(row.values[name])) for name in names]
        table.add_row(*values, *figures, f"{met} of {len(row.outcome.verdicts)} met")
    return table


def _cell(it: Estimate) -> str:
    half_width = "" if it.half_width is None else f" ± {it.half_width:.2g}"
    return f"{it.mean:.4g}{half_width}{UNITS.get(it.unit, '')}"
