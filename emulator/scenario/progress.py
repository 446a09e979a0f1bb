"""Shows how far a run has come: simulated time, calls, and how fast."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from emulator.scenario.file.quantities import SECOND, spelled


class Runs(Protocol):
    """A run as far as it is watched."""

    @property
    def now(self) -> int: ...

    @property
    def begins(self) -> int: ...

    @property
    def ends(self) -> int: ...

    @property
    def dialled(self) -> int: ...


class Bar:
    """A progress bar on a terminal; nothing elsewhere, or when it is to be `quiet`."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._begun = time.monotonic()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[course]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._task = self._progress.add_task("playing", total=1.0, course="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def show(self, run: Runs) -> bool:
        """Show how far it has come; True: it is to go on."""
        done = (run.now - run.begins) / max(run.ends - run.begins, 1)
        rate = run.dialled / max(time.monotonic() - self._begun, 1e-6)
        simulated = spelled((run.now - run.begins) // SECOND * SECOND)
        course = f"{simulated} simulated, {run.dialled:,} calls, {rate:,.0f} calls/s"
        self._progress.update(self._task, completed=min(done, 1.0), course=course)
        return True


class Interrupted:
    """Ends a run cleanly when it is asked to; `asked` says whether it was."""

    def __init__(self) -> None:
        self.asked = False

    def ask(self, *_: object) -> None:
        """Have the run end after what it is doing."""
        self.asked = True
