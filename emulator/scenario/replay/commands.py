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
    from emulator.scenario.replay.requests import Recorded
    from emulator.switch.config import TenantConfig

DONE, FAILED, WRONG_USE = 0, 1, 2
SECOND = 1_000_000
PAGE = 1000
AGREE = ("the same answer", "the same code, other content")

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
    _add_requests(commands)


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


def _add_requests(commands: Any) -> None:
    command = commands.add_parser(
        "replay-requests",
        help="send the requests of a journal again; exit code 1 if answers differ",
        description="Send the requests of a journal again to an emulator, and compare what they "
        "are answered. What the journal hides is replaced by what the new session has.",
    )
    add = command.add_argument
    add("file", nargs="?", type=Path, metavar="FILE", help="a journal; or --from")
    add("--from", dest="source", metavar="URL", help="the emulator whose journal it is")
    add("--save", type=Path, metavar="FILE", help="write the journal that was got --from there")
    add("--against", metavar="URL", help="where to send them")
    add("--to-other-host", action="store_true", help="though it is not on this machine")
    add("--timed", action="store_true", help="at their times; else as fast as answered")
    add("--speed", type=_speed, default=1.0, metavar="X", help="so many times as fast, --timed")
    add("--seed", metavar="NAME|FILE", help="the call center whose passwords and secrets to use")
    add("--password", default="", metavar="P", help="of all agents")
    add("--ak", default="", metavar="KEY", help="access key, to sign what was signed")
    add("--sk", default="", metavar="SECRET", help="its secret")
    add("--control-token", default="", metavar="T", help="of both control planes")
    add("--json", type=Path, metavar="FILE", help="write the report as JSON")
    command.set_defaults(command=_guarded(_requests))


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


def _requests(options: argparse.Namespace) -> int:
    import asyncio
    import json
    from dataclasses import asdict

    import httpx

    from emulator.scenario.replay.identities import Identities
    from emulator.scenario.replay.requests import NotAllowed, Sender, require_allowed

    recorded = _recorded(options)
    if options.against is None:
        return DONE
    try:
        require_allowed(options.against, other_host=options.to_other_host)
    except (NotAllowed, httpx.InvalidURL) as error:
        raise WrongUse(error) from error
    sender = Sender(
        options.against,
        Identities.of(_given(options.seed), options.password),
        speed=options.speed if options.timed else None,
        key=options.ak,
        secret=options.sk,
        token=options.control_token,
    )
    sent = asyncio.run(sender.send(recorded))
    if options.json is not None:
        document = json.dumps({"agrees": sent.agrees, **asdict(sent)}, indent=2)
        options.json.write_text(document + "\n", encoding="utf-8")
    print(f"sent      {sent.sent:,} requests, {sent.customers:,} calls of customers")
    for verdict, count in sent.answers.items():
        print(f"{count:9,} {verdict}")
    for reason, numbers in sent.not_sent.items():
        print(f"{len(numbers):9,} not sent: {reason} (#{numbers[0]})")
    for it in sent.examples:
        if it["verdict"] not in AGREE:
            print(f"  #{it['number']} {it['request']}: {it['recorded']} → {it['replay']}")
    return DONE if sent.agrees else FAILED


def _recorded(options: argparse.Namespace) -> Recorded:
    """The journal of the file, or of a running emulator."""
    import json

    from emulator.scenario.replay.requests import Recorded

    if (options.file is None) == (options.source is None):
        raise WrongUse("give a file with a journal, or --from an emulator")
    if options.against is None and options.save is None:
        raise WrongUse("say --against which emulator, or --save the journal")
    try:
        if options.source is not None:
            document: Any = _fetched(options.source, options.control_token)
            if options.save is not None:
                text = json.dumps(document, ensure_ascii=False, indent=1)
                options.save.write_text(text + "\n", encoding="utf-8")
        else:
            document = json.loads(options.file.read_bytes())
        return Recorded.of(document)
    except OSError as error:
        raise WrongUse(f"{error.filename}: {error.strerror}") from error
    except ValueError as error:
        raise WrongUse(f"{options.file or options.source}: {error}") from error


def _fetched(url: str, token: str) -> dict[str, Any]:
    """Everything in a running emulator's journal."""
    import httpx

    from emulator.clients.control import ControlClient, ControlRefused

    try:
        with ControlClient(url, token) as control:
            return {
                "exchanges": _all(lambda after: control.requests(after=after, limit=PAGE)),
                "events": _all(lambda after: control.events(after, limit=PAGE)),
            }
    except (ControlRefused, httpx.HTTPError, httpx.InvalidURL) as error:
        raise WrongUse(f"{url}: {error}") from error


def _all(page_after: Callable[[int], Any]) -> list[Any]:
    found: list[Any] = []
    while page := page_after(found[-1]["number"] if found else 0):
        found += page
    return found


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
