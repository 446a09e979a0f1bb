"""`emulator replay` and `emulator replay-requests`.

Exit codes: 0 the replay agrees, 1 it differs, 2 called in a wrong way.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator.scenario.replay.replaying import Outcome
    from emulator.switch.config import TenantConfig

DONE, FAILED, WRONG_USE = 0, 1, 2
SECOND = 1_000_000

Command = Callable[[argparse.Namespace], int]


class WrongUse(Exception):
    """What is wrong with how the command was called."""


def _guarded(command: Command) -> Command:
    def run(options: argparse.Namespace) -> int:
        try:
            return command(options)
        except WrongUse as error:
            print(f"emulator: {error}", file=sys.stderr)
            return WRONG_USE

    return run


def add_commands(commands: Any) -> None:
    """Add them to the command line."""
    _add_replay(commands)


def _add_replay(commands: Any) -> None:
    command = commands.add_parser(
        "replay",
        help="play files of call records again; exit code 1 if the replay differs from them",
        description="Rebuild the calls of CDR files, play them on a switch, and hold the records "
        "that it writes against those of the files, column by column.",
    )
    add = command.add_argument
    add("files", nargs="+", type=Path, metavar="FILE", help="…_call_N.csv, or a zip with such")
    add("--seed", metavar="NAME|FILE", help="their call center; by default derived from the files")
    add("--timezone", metavar="ZONE", help="that of their times; by default the seed's, or UTC")
    add("--out", type=Path, metavar="FILE", help="write the records of the replay")
    add("--json", type=Path, metavar="FILE", help="write the report as JSON")
    add("--speed", type=_speed, metavar="X", help="seconds of the file in a real one; default: all")
    command.set_defaults(command=_guarded(_replay))


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed < float("inf"):
        raise argparse.ArgumentTypeError("a speed is more than 0")
    return speed


def _replay(options: argparse.Namespace) -> int:
    from zoneinfo import ZoneInfo

    from emulator.scenario.replay import report
    from emulator.scenario.replay.lines import CannotRead

    given = _given(options.seed)
    zone = options.timezone or (given[0].timezone if given else "UTC")
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise WrongUse(f"there is no time zone {zone!r}") from None
    try:
        outcome = _played(options, given, zone)
        if options.json is not None:
            import json

            document = json.dumps(report.document(outcome), indent=2, ensure_ascii=False)
            options.json.write_text(document + "\n", encoding="utf-8")
    except CannotRead as error:
        raise WrongUse(error) from error
    except OSError as error:
        raise WrongUse(f"{error.filename}: {error.strerror}") from error
    print(report.text(outcome), end="")
    if not outcome.rebuilt:
        print("emulator: there is no call to be played", file=sys.stderr)
        return FAILED
    return DONE if outcome.agrees else FAILED


def _given(seed: str | None) -> list[TenantConfig]:
    if seed is None:
        return []
    from emulator.control.seed import SeedError, load_seed

    try:
        return load_seed(seed)
    except SeedError as error:
        raise WrongUse(error) from error


def _played(options: argparse.Namespace, given: list[TenantConfig], zone: str) -> Outcome:
    from emulator.scenario.replay.replaying import Replay
    from emulator.scenario.replay.writing import record_file

    with ExitStack() as files:
        sink = None
        if options.out is not None:
            sink = files.enter_context(record_file(options.out, zone))
        replay = Replay(options.files, zone=zone, given=given, sink=sink)
        return replay.play(None if options.speed is None else pace(options.speed))


def pace(speed: float) -> Callable[[int], None]:
    """Have time pass as fast as that: real time by 1, a hundred times as fast by 100."""
    begun: list[tuple[float, int]] = []

    def wait(instant: int) -> None:
        if not begun:
            begun.append((time.monotonic(), instant))
        real, first = begun[0]
        left = (instant - first) / SECOND / speed - (time.monotonic() - real)
        if left > 0:
            time.sleep(left)

    return wait
