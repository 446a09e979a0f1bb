"""The command line: `emulator serve`, `seed`, `sign`, `state`, `snapshot`, `scenario`, `demo` …

Exit codes are for scripts: 0 done, 1 failed, 2 called in a wrong way. What a command is for goes
to stdout, everything else to stderr. Modules are imported where they are needed, for a quick start.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emulator.scenario.commands import add_commands as add_scenario_commands
from emulator.scenario.replay.commands import add_commands as add_replay_commands
from emulator.serve import CannotServe, serve
from emulator.settings import Settings, from_environment, problems_of

if TYPE_CHECKING:
    from emulator.clients.control import ControlClient

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
DEFAULT_URL = "http://127.0.0.1:8000"

Command = Callable[[argparse.Namespace], int]


class WrongUse(Exception):
    """What is wrong with how the command was called."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    options = parser().parse_args(arguments)
    command: Command = options.command
    try:
        return command(options)
    except WrongUse as error:
        return _fail(error, WRONG_USE)
    except CannotServe as error:
        return _fail(error, FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; keep the interpreter from flushing into it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _fail(reason: object, code: int) -> int:
    print(f"emulator: {reason}", file=sys.stderr)
    return code


# The options


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(prog="emulator", description="A call center emulator.")
    top.add_argument("--version", action=_Version, nargs=0, help="show the version and end")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands)
    _add_seed(commands)
    _add_sign(commands)
    _add_state(commands)
    _add_conformance(commands)
    _add_snapshot(commands)
    add_scenario_commands(commands)
    add_replay_commands(commands)
    _add_demo(commands)
    return top


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *others: Any) -> None:
        from emulator import __version__

        print(f"emulator {__version__}")
        parser.exit(DONE)


def _add_serve(commands: Any) -> None:
    command = commands.add_parser(
        "serve",
        help="run an emulator until SIGTERM or SIGINT",
        description="Run an emulator. Prints one line, beginning with `ready`, when every port "
        "answers. Each option can be given as an environment variable EMULATOR_<NAME> too.",
    )
    add = command.add_argument
    add("--host", help="address to listen on (127.0.0.1); another than loopback needs a token")
    add("--http-port", type=_port, metavar="PORT", help="HTTP port (8000); 0: none, -1: any")
    add("--https-port", type=_port, metavar="PORT", help="HTTPS port (8043); 0: none, -1: any")
    add("--sip-port", type=_port, metavar="PORT", help="SIP port, UDP and TCP (0: none); -1: any")
    add("--sip-tls-port", type=_port, metavar="PORT", help="SIP port for TLS (0: none); -1: any")
    add("--sip-certificate", type=Path, metavar="FILE", help="its certificate, PEM, not our own")
    add("--sip-key", type=Path, metavar="FILE", help="the key, if it is in another file")
    add("--sip-digest", metavar="D", help="MD5 (default), SHA-256, or MD5,SHA-256")
    add("--no-sip-sound", action="store_false", default=None, dest="sip_sound", help="signal only")
    add("--sip-sound-ports", metavar="A-B", help="UDP ports for the sound; without, any")
    add("--sip-prompts", type=Path, metavar="DIR", help="WAV files that IVR flows announce")
    add("--sip-rate", type=float, metavar="N", help="new SIP requests a second of a source (5000)")
    add("--sip-gateways", type=Path, metavar="FILE", help="real gateways to the world outside")
    add("--sip-advertise", metavar="HOST", help="where phones reach the SIP port, if not at --host")
    add("--data", type=Path, metavar="DIR", help="keep everything here; without it, in memory")
    add("--database", metavar="URL", help="PostgreSQL or SQLite URL in place of a file in DIR")
    add("--seed", metavar="NAME|FILE", help="call center to begin with (demo)")
    add("--snapshot", type=Path, metavar="FILE", help="saved world to begin with, over the seed")
    add("--control-token", metavar="T", help="bearer token that /_emulator asks for")
    add("--clock-scale", type=float, metavar="X", help="seconds of the call center in a real one")
    add("--random-seed", type=int, metavar="N", help="where random streams begin (1)")
    add("--auth-mode", type=int, choices=(0, 1, 2), help="guid: 0 none, 1 static, 2 dynamic (2)")
    command.set_defaults(command=_serve)


def _port(text: str) -> int:
    port = int(text)
    if not -1 <= port <= 65535:
        raise argparse.ArgumentTypeError("ports are 0 to 65535, or -1 for any")
    return port


def _add_seed(commands: Any) -> None:
    seed = commands.add_parser("seed", help="check, list or load seeds", description="Seeds.")
    actions = seed.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="say what is wrong with a seed; exit code 1 if it is")
    check.add_argument("seed", metavar="NAME|FILE")
    check.set_defaults(command=_seed_check)
    listing = actions.add_parser("list", help="name the seeds that ship with the emulator")
    listing.set_defaults(command=_seed_list)
    load = actions.add_parser("load", help="replace the call center of a running emulator")
    load.add_argument("seed", metavar="NAME|FILE")
    _add_remote(load)
    load.set_defaults(command=_seed_load)


def _add_remote(command: argparse.ArgumentParser) -> None:
    command.add_argument("--url", default=DEFAULT_URL, help=f"the emulator ({DEFAULT_URL})")
    command.add_argument(
        "--control-token",
        default="",
        metavar="T",
        help="as given to serve",
    )


def _add_sign(commands: Any) -> None:
    command = commands.add_parser(
        "sign",
        help="print the Authorization header of a request (auth-v2)",
        description="Print the Authorization header line of a request signed with an access key. "
        "The headers given, and Host, are signed; with a body Content-Length too.",
    )
    add = command.add_argument
    add("--ak", required=True, metavar="KEY", help="access key")
    add("--sk", required=True, metavar="SECRET", help="secret key")
    add("method", metavar="METHOD")
    add("url", metavar="URL")
    add("--header", action="append", default=[], metavar="'N: v'", help="a header to sign")
    add("--body", default="", metavar="TEXT|@FILE", help="the body as it will be sent")
    add("--timestamp", metavar="TIME", help="ISO 8601; by default now")
    command.set_defaults(command=_sign)


def _add_state(commands: Any) -> None:
    command = commands.add_parser("state", help="print a running emulator's state as JSON")
    command.add_argument("--tenant", type=int, metavar="ID", help="of this tenant only")
    _add_remote(command)
    command.set_defaults(command=_state)


def _add_conformance(commands: Any) -> None:
    command = commands.add_parser(
        "conformance",
        help="hold what is served against what is tested; exit code 1 if there is a gap",
        description="Show, by component, what is documented, served and tested. Runs in a "
        "checkout of the emulator, whose tests it reads. Exit code 1 if something is claimed "
        "and not tested.",
    )
    command.add_argument("--markdown", action="store_true", help="print docs/conformance.md")
    command.add_argument(
        "--repository", type=Path, default=Path(), metavar="DIR", help="the checkout (.)"
    )
    command.set_defaults(command=_conformance)


def _add_snapshot(commands: Any) -> None:
    snapshot = commands.add_parser(
        "snapshot", help="save or load a running emulator's world", description="Snapshots."
    )
    actions = snapshot.add_subparsers(required=True, metavar="ACTION")
    save = actions.add_parser(
        "save", help="write the whole world, calls in progress too, to a file"
    )
    save.set_defaults(command=_snapshot_save)
    load = actions.add_parser("load", help="have a running emulator go on as a file has it")
    load.set_defaults(command=_snapshot_load)
    for command in (save, load):
        command.add_argument("file", type=Path, metavar="FILE")
        _add_remote(command)


def _add_demo(commands: Any) -> None:
    command = commands.add_parser(
        "demo", help="start a call center and let customers, agents and an inspector talk"
    )
    command.set_defaults(command=_demo)


# The commands


def _serve(options: argparse.Namespace) -> int:
    serve(serve_settings(options))
    return DONE


def serve_settings(options: argparse.Namespace) -> Settings:
    """The environment's settings with the options over them; `WrongUse` if they do not do."""
    try:
        settings = from_environment()
    except ValueError as error:
        raise WrongUse(error) from error
    given = {
        name: value
        for name, value in vars(options).items()
        if name != "command" and value is not None
    }
    settings = replace(settings, **given)
    for problem in problems_of(settings):
        raise WrongUse(problem)
    return settings


def _seed_check(options: argparse.Namespace) -> int:
    from emulator.control.seed import SeedError, load_seed, rehearse
    from emulator.switch.errors import ConfigurationError

    try:
        tenants = load_seed(options.seed)
        rehearse(tenants)
    except SeedError as error:
        print(error)
        return FAILED
    except ConfigurationError as error:
        print(f"{options.seed}: {error}")
        return FAILED
    agents = sum(len(tenant.agents) for tenant in tenants)
    print(f"{options.seed}: good ({len(tenants)} tenants, {agents} agents)")
    return DONE


def _seed_list(options: argparse.Namespace) -> int:
    from emulator.control.seed import seed_names

    print("\n".join(seed_names()))
    return DONE


def _seed_load(options: argparse.Namespace) -> int:
    from emulator.control.seed import SeedError, read_seed

    try:
        text = read_seed(options.seed)
    except SeedError as error:
        return _fail(error, FAILED)
    return _remotely(options, lambda client: client.load_seed(text))


def _state(options: argparse.Namespace) -> int:
    def show(client: ControlClient) -> None:
        import json

        print(json.dumps(client.state(options.tenant), indent=2, ensure_ascii=False))

    return _remotely(options, show)


def _snapshot_save(options: argparse.Namespace) -> int:
    def save(client: ControlClient) -> None:
        options.file.write_bytes(client.save_snapshot())

    try:
        return _remotely(options, save)
    except OSError as error:
        return _fail(f"{options.file}: {error.strerror}", FAILED)


def _snapshot_load(options: argparse.Namespace) -> int:
    try:
        content = options.file.read_bytes()
    except OSError as error:
        return _fail(f"{options.file}: {error.strerror}", FAILED)
    return _remotely(options, lambda client: client.load_snapshot(content))


def _remotely(options: argparse.Namespace, action: Callable[[ControlClient], object]) -> int:
    """Do something with a running emulator."""
    import httpx

    from emulator.clients.control import ControlClient, ControlRefused

    token = options.control_token or os.environ.get("EMULATOR_CONTROL_TOKEN", "")
    try:
        with ControlClient(options.url, token) as client:
            action(client)
    except ControlRefused as error:
        return _fail(error, FAILED)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return _fail(f"{options.url}: {error}", FAILED)
    return DONE


def _sign(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    import httpx

    from emulator.clients.signer import USUAL_HEADERS, authorization_header

    try:
        url = httpx.URL(options.url)
        at = datetime.fromisoformat(options.timestamp) if options.timestamp else datetime.now(UTC)
        body = _body(options.body)
    except (httpx.InvalidURL, ValueError, OSError) as error:
        raise WrongUse(error) from error
    if not url.host:
        raise WrongUse(f"not a whole URL: {options.url}")
    headers = {"host": url.netloc.decode(), **_headers(options.header)}
    if body:
        headers.setdefault("content-length", str(len(body)))
    value = authorization_header(
        options.ak,
        options.sk,
        method=options.method.upper(),
        target=url.raw_path,
        headers=headers,
        body=body,
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        signed_headers=dict.fromkeys((*USUAL_HEADERS, *headers)),
    )
    print(f"Authorization: {value}")
    return DONE


def _body(given: str) -> bytes:
    return Path(given[1:]).read_bytes() if given.startswith("@") else given.encode()


def _headers(lines: Sequence[str]) -> dict[str, str]:
    found = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise WrongUse(f"a header is written 'Name: value', not {line!r}")
        found[name.strip().lower()] = value.strip()
    return found


def _conformance(options: argparse.Namespace) -> int:
    from emulator.conformance.evidence import NoFacts
    from emulator.conformance.report import report

    try:
        found = report(options.repository)
    except NoFacts as error:
        raise WrongUse(error) from error
    print(found.markdown() if options.markdown else found.text(), end="")
    for problem in found.problems:
        print(f"claimed and not tested: {problem}", file=sys.stderr)
    return FAILED if found.problems else DONE


def _demo(options: argparse.Namespace) -> int:
    from emulator.demo import run_demo

    return run_demo()


if __name__ == "__main__":
    sys.exit(main())
