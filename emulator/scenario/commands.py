"""`emulator scenario`: list, describe, check, schema, run, sweep, compare.

Exit codes: 0 every expectation was met, 1 some was not or the scenario is broken, 2 called in a
wrong way, 130 interrupted.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from emulator.scenario.file.scenario import Scenario

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
PLAIN_WIDTH = 120


def add_commands(commands: Any) -> None:
    """Add `scenario` to the command line."""
    scenario = commands.add_parser(
        "scenario",
        help="play load on the emulator: who calls, who serves, what must be true",
        description="Scenarios. SCENARIO is a name from `emulator scenario list`, or a file.",
    )
    actions = scenario.add_subparsers(required=True, metavar="ACTION")
    _add_list(actions)
    _add_describe(actions)
    _add_check(actions)
    _add_schema(actions)
    _add_run(actions)
    _add_sweep(actions)
    _add_compare(actions)


def _add_list(actions: Any) -> None:
    command = actions.add_parser("list", help="the scenarios that ship with the emulator")
    command.set_defaults(command=_guarded(_list))


def _add_describe(actions: Any) -> None:
    command = actions.add_parser("describe", help="say what a scenario does")
    command.add_argument("scenario", metavar="SCENARIO")
    _add_variables(command)
    command.set_defaults(command=_guarded(_describe))


def _add_check(actions: Any) -> None:
    command = actions.add_parser("check", help="say what is wrong with scenario files")
    command.add_argument("scenarios", metavar="SCENARIO", nargs="+")
    command.set_defaults(command=_check)


def _add_schema(actions: Any) -> None:
    command = actions.add_parser("schema", help="print the JSON Schema of scenario files")
    command.set_defaults(command=_schema)


def _add_run(actions: Any) -> None:
    command = actions.add_parser(
        "run",
        help="play a scenario, and hold what comes of it against what is expected",
        description="Plays a scenario in virtual time: a day in seconds, the same for the same "
        "random seed. Ends with 0 if every expectation was met.",
    )
    add = command.add_argument
    add("scenario", metavar="SCENARIO")
    _add_variables(command)
    add("--random-seed", type=int, metavar="N", help="in place of the scenario's own")
    add("--json", type=Path, metavar="FILE", help="write the result, for other programs")
    add("--html", type=Path, metavar="FILE", help="write a page with charts")
    add("--csv", type=Path, metavar="DIR", help="write tables into a folder")
    add("--records", type=Path, metavar="FILE", help="write the call records (CEC 13.2.2.1)")
    add("--junit", type=Path, metavar="FILE", help="write the verdicts, for CI servers")
    add("--quiet", action="store_true", help="print the verdicts only")
    _add_time(command)
    _add_many(command)
    command.set_defaults(command=_guarded(_run))


def _add_sweep(actions: Any) -> None:
    command = actions.add_parser(
        "sweep",
        help="play a scenario at every point of a grid of variables",
        description="Plays a scenario for all combinations of the values that are given.",
    )
    add = command.add_argument
    add("scenario", metavar="SCENARIO")
    add(
        "--vary",
        action="append",
        required=True,
        metavar="NAME=VALUES",
        help="a variable and its values: 10,12,14 or 10..20 or 10..20..2; several make a grid",
    )
    _add_variables(command)
    add("--csv", type=Path, metavar="FILE", help="write a line for each point")
    add("--json", type=Path, metavar="FILE", help="write everything, for other programs")
    add("--quiet", action="store_true", help="show no progress")
    _add_many(command)
    command.set_defaults(command=_guarded(_sweep))


def _add_many(command: Any) -> None:
    add = command.add_argument_group("replications").add_argument
    add("--replications", type=_count, default=1, metavar="N", help="how often it is played (1)")
    add("--confidence", type=float, default=95.0, metavar="P", help="of intervals, percent (95)")
    add("--processes", type=_count, default=1, metavar="N", help="that share the work (1)")
    add("--dask", action="store_true", help="share it by a Dask cluster on this machine")
    add("--scheduler", metavar="ADDRESS", help="share it by the Dask cluster at this address")


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 1_000_000:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return count


def _add_compare(actions: Any) -> None:
    command = actions.add_parser(
        "compare",
        help="show what is different in two results",
        description="Ends with 0 if every figure is the same, with 1 if not.",
    )
    for name in ("first", "second"):
        command.add_argument(name, type=Path, metavar=f"{name.upper()}.json")
    command.set_defaults(command=_guarded(_compare))


def _add_time(command: Any) -> None:
    add = command.add_argument_group("in real time").add_argument
    add("--scale", type=_scale, metavar="X", help="let time pass, X seconds in a real one")
    add(
        "--real-time",
        dest="scale",
        action="store_const",
        const=1.0,
        help="let time pass as it does: --scale 1",
    )
    add("--against", metavar="URL", help="play on a running emulator, which begins anew")
    add(
        "--agents",
        choices=("engine", "rest", "sip", "none"),
        help="who plays the agents: with --against clients of the REST gateway (rest), or the "
        "application under test (none)",
    )
    add("--keep", action="store_true", help="the emulator keeps the call center that it has")
    add("--control-token", metavar="T", help="that the emulator's control plane asks for")


def _scale(text: str) -> float:
    scale = float(text)
    if not 0 < scale <= 1000:
        raise argparse.ArgumentTypeError("must be above 0 and at most 1000")
    return scale


def _add_variables(command: Any) -> None:
    command.add_argument(
        "--set",
        dest="variables",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a variable of the scenario; can be given several times",
    )


# The commands


def _print_anything() -> None:
    """A terminal that does not know a letter is shown another sign."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _require_places(options: argparse.Namespace) -> None:
    """Whatever is to be written can be: better said before hours are played than after."""
    for name in ("json", "html", "junit", "records", "csv"):
        file: Path | None = getattr(options, name, None)
        if file is None:
            continue
        if name == "csv" and hasattr(options, "html"):
            if file.exists() and not file.is_dir():
                raise NotADirectoryError(f"--csv {file}: is no folder")
        elif file.is_dir():
            raise IsADirectoryError(f"--{name} {file}: is a folder")
        elif not file.parent.is_dir():
            raise FileNotFoundError(f"--{name} {file}: there is no folder {file.parent}")
        elif not os.access(file if file.exists() else file.parent, os.W_OK):
            raise PermissionError(f"--{name} {file}: cannot be written")


def _guarded(command: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Say what is wrong with a scenario, and with how the command was called."""

    def run(options: argparse.Namespace) -> int:
        from emulator.scenario.file.errors import ScenarioError
        from emulator.scenario.file.tables import TableError

        _print_anything()
        try:
            return command(options)
        except (ScenarioError, TableError) as error:
            print(error, file=sys.stderr)
            return FAILED
        except OSError as error:
            print(f"emulator: {error}", file=sys.stderr)
            return FAILED

    return run


def scenario_of(options: argparse.Namespace) -> Scenario:
    """The scenario that the options name, checked."""
    from emulator.scenario.checking import check
    from emulator.scenario.file.reading import read_scenario
    from emulator.scenario.shipped import file_of

    file = file_of(options.scenario)
    scenario = read_scenario(file, variables_of(options.variables))
    check(scenario, str(file))
    return scenario


def variables_of(given: list[str]) -> dict[str, Any]:
    """NAME=VALUE, the values as YAML has them."""
    from emulator.cli import WrongUse
    from emulator.scenario.file.places import parse_yaml

    found: dict[str, Any] = {}
    for entry in given:
        name, equals, value = entry.partition("=")
        if not name or not equals:
            raise WrongUse(f"a variable is given as NAME=VALUE, not {entry!r}")
        found[name] = parse_yaml(value, f"--set {name}")[0]
    return found


def _list(options: argparse.Namespace) -> int:
    from emulator.scenario.file.errors import ScenarioError
    from emulator.scenario.file.reading import read_scenario
    from emulator.scenario.shipped import file_of, names

    for name in names():
        try:
            purpose = read_scenario(file_of(name)).purpose
        except ScenarioError as error:
            purpose = f"broken: {error}"
        print(f"{name:<24} {_first_sentence(purpose)}")
    return DONE


def _first_sentence(text: str) -> str:
    return " ".join(text.split()).partition(". ")[0].rstrip(".")


def _describe(options: argparse.Namespace) -> int:
    from emulator.scenario.describing import description

    print("\n".join(description(scenario_of(options))))
    return DONE


def _check(options: argparse.Namespace) -> int:
    result = DONE
    for name in options.scenarios:
        options.scenario, options.variables = name, []
        code = _guarded(_check_one)(options)
        result = max(result, code)
    return result


def _check_one(options: argparse.Namespace) -> int:
    scenario = scenario_of(options)
    print(f"{options.scenario}: good ({scenario.name})")
    return DONE


def _schema(options: argparse.Namespace) -> int:
    from emulator.scenario.file.schema import schema

    print(json.dumps(schema(), indent=2))
    return DONE


def _run(options: argparse.Namespace) -> int:
    from emulator.cli import WrongUse
    from emulator.scenario.doors.errors import CannotPlay
    from emulator.scenario.report.files import write_json
    from emulator.scenario.report.junit import write_junit
    from emulator.scenario.report.page import page
    from emulator.scenario.report.tables import write_tables
    from emulator.scenario.report.terminal import show, show_verdicts
    from emulator.scenario.running import play

    console = _console()
    _require_places(options)
    if options.replications > 1:
        return _run_many(options, console)
    try:
        result = play(scenario_of(options), options, console)
    except CannotPlay as error:
        raise WrongUse(error) from error
    (show_verdicts if options.quiet else show)(result, console)
    if options.json is not None:
        write_json(result, options.json)
    if options.html is not None:
        options.html.write_text(page(result), encoding="utf-8")
    if options.csv is not None:
        write_tables(result, options.csv)
    if options.junit is not None:
        write_junit([result], options.junit)
    return _code(result.complete, result.met)


def _run_many(options: argparse.Namespace, console: Console) -> int:
    from emulator.cli import WrongUse
    from emulator.scenario.many import run_many

    if not 0 < options.confidence < 100:
        raise WrongUse("a confidence lies between 0 and 100 percent")
    if options.against or options.scale:
        raise WrongUse("replications are played in virtual time")
    if options.html or options.csv or options.junit or options.records:
        raise WrongUse("of several replications there is --json only")
    try:
        found = run_many(scenario_of(options), options, console)
    except ImportError as error:
        raise WrongUse(error) from error
    return _code(found.complete, found.met)


def _code(complete: bool, met: bool) -> int:
    if not complete:
        return INTERRUPTED
    return DONE if met else FAILED


def _sweep(options: argparse.Namespace) -> int:
    from emulator.cli import WrongUse
    from emulator.scenario.many import run_sweep
    from emulator.scenario.shipped import file_of

    if not 0 < options.confidence < 100:
        raise WrongUse("a confidence lies between 0 and 100 percent")
    given = variables_of(options.variables)
    _require_places(options)
    try:
        found = run_sweep(file_of(options.scenario), given, options, _console())
    except (ValueError, ImportError) as error:
        raise WrongUse(error) from error
    return _code(found.complete, found.met)


def _compare(options: argparse.Namespace) -> int:
    from emulator.cli import WrongUse
    from emulator.scenario.report.comparing import show_differences
    from emulator.scenario.report.files import read_json

    try:
        one, two = read_json(options.first), read_json(options.second)
    except ValueError as error:
        raise WrongUse(error) from error
    return FAILED if show_differences(one, two, _console()) else DONE


def _console() -> Console:
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PLAIN_WIDTH)
