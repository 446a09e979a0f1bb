"""Plays scenarios for somebody who watches, and may have seen enough."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from emulator.scenario.engine.run import Run
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.progress import Bar, Interrupted
from emulator.scenario.result import Result


def play(scenario: Scenario, seed: int | None, console: Console, *, quiet: bool = False) -> Result:
    """Play in virtual time; Ctrl-C ends it with what was seen until then."""
    run = Run(scenario, seed)
    begun = time.perf_counter()
    with interruptible() as interrupted, Bar(console, quiet=quiet) as bar:
        result = run.play(lambda it: bar.show(it) and not interrupted.asked)
    seconds = time.perf_counter() - begun
    if not quiet:
        rate = result.dialled / max(seconds, 1e-9)
        console.print(f"[dim]played in {seconds:.1f} s, {rate:,.0f} calls/s[/]")
    return result


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
