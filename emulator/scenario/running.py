"""Plays scenarios for somebody who watches, and may have seen enough."""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from emulator.scenario.doors.errors import CannotPlay
from emulator.scenario.engine.run import Run
from emulator.scenario.engine.world import tenants_of
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.progress import Bar, Interrupted, Runs
from emulator.scenario.replay.writing import record_file
from emulator.scenario.result import Result
from emulator.store.rows import CallRecord, Row


def play(scenario: Scenario, options: argparse.Namespace, console: Console) -> Result:
    """Play as the options say; Ctrl-C ends it with what was seen until then.

    `CannotPlay` says why it cannot be played in this way.
    """
    begun = time.perf_counter()
    with interruptible() as interrupted, Bar(console, quiet=options.quiet) as bar:

        def goes_on(run: Runs) -> bool:
            return bar.show(run) and not interrupted.asked

        result = _way(options)(scenario, options, goes_on)
    seconds = time.perf_counter() - begun
    if not options.quiet:
        rate = result.dialled / max(seconds, 1e-9)
        console.print(f"[dim]played in {seconds:.1f} s, {rate:,.0f} calls/s[/]")
    return result


GoesOn = Callable[[Runs], bool]
Way = Callable[[Scenario, argparse.Namespace, GoesOn], Result]


def _way(options: argparse.Namespace) -> Way:
    if options.against is not None:
        if options.records is not None:
            raise CannotPlay("call records are written of runs in this process only")
        return _against
    if options.keep or options.control_token is not None:
        raise CannotPlay("--keep and --control-token are for --against")
    if options.agents not in (None, "engine"):
        raise CannotPlay(f"agents can be played by {options.agents} with --against only")
    return _in_virtual_time if options.scale is None else _paced


def _in_virtual_time(scenario: Scenario, options: argparse.Namespace, goes_on: GoesOn) -> Result:
    with _records(scenario, options) as sink:
        return Run(scenario, options.random_seed, sink=sink).play(goes_on)


def _paced(scenario: Scenario, options: argparse.Namespace, goes_on: GoesOn) -> Result:
    from emulator.scenario.doors.pacing import play_paced

    with _records(scenario, options) as sink:
        return play_paced(Run(scenario, options.random_seed, sink=sink), options.scale, goes_on)


@contextmanager
def _records(
    scenario: Scenario, options: argparse.Namespace
) -> Iterator[Callable[[Row], None] | None]:
    """Takes the rows of a run, and writes its call records if that was asked for."""
    if options.records is None:
        yield None
        return
    with record_file(options.records, tenants_of(scenario)[0].timezone) as write:

        def sink(row: Row) -> None:
            if isinstance(row, CallRecord):
                write(row)

        yield sink


def _against(scenario: Scenario, options: argparse.Namespace, goes_on: GoesOn) -> Result:
    from emulator.scenario.doors.against import play_against

    return play_against(
        scenario,
        options.against,
        agents=options.agents or "rest",
        scale=options.scale,
        seed=options.random_seed,
        keep=options.keep,
        token=options.control_token or os.environ.get("EMULATOR_CONTROL_TOKEN", ""),
        goes_on=goes_on,
    )


@contextmanager
def interruptible() -> Iterator[Interrupted]:
    """Ctrl-C asks for a clean end; a second one ends at once."""
    interrupted = Interrupted()
    before = signal.getsignal(signal.SIGINT)

    def ask(*_: object) -> None:
        interrupted.ask()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
