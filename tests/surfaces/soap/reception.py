"""Two small services for the tests, one of each style, with the same operations."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from emulator.settings import Settings
from emulator.surfaces.soap.contract import LongText, Number, Operation, Service, Style, Text
from emulator.surfaces.soap.desk import Result
from emulator.surfaces.soap.door import SoapDoor
from emulator.switch.errors import NoCall, UnknownAgent, WrongAgentState
from emulator.traffic import Traffic
from emulator.traffic.journal import Journal

DOCUMENT = Service(
    "Reception",
    "reception",
    "7",
    "/Reception.asmx",
    "http://tempuri.org/",
    Style.DOCUMENT,
    "{}Result",
)
RPC = Service(
    "ReceptionDesk", "desk", "8", "/reception/index.php", "urn:reception", Style.RPC, "return"
)
SERVICES = (DOCUMENT, RPC)


@dataclass(slots=True)
class Platform:
    """A pretend call center, which keeps an account of what it is asked for."""

    settings: Settings = field(default_factory=Settings)
    traffic: Traffic = field(
        default_factory=lambda: Traffic(Journal(), Random(1), lambda: 0, lambda agent, _: 1)
    )
    needs_commit: bool = False
    done: list[tuple[Any, ...]] = field(default_factory=list)
    """What was done, in order: operations with their arguments, `advance`, `commit`."""

    def advance(self) -> None:
        self.done.append(("advance",))

    async def committed(self) -> None:
        await asyncio.sleep(0)
        self.done.append(("commit",))

    @property
    def calls(self) -> list[tuple[Any, ...]]:
        """The operations that were performed."""
        return [it for it in self.done if it[0] not in ("advance", "commit")]


class Reception:
    """Refuses as references do: with a negative number, or an error in words."""

    def __init__(self, platform: Any) -> None:
        self.platform = platform

    def note(self, *what: Any) -> None:
        """Keep account of an operation."""
        self.platform.done.append(what)

    def refused(self, operation: Operation, error: Exception) -> Result | None:
        """What the reference has for this error."""
        if isinstance(error, NoCall | WrongAgentState):
            return self.ordered(operation, "-1", str(error))
        return None

    def ordered(self, operation: Operation, code: str, message: str) -> Result:
        """A refusal."""
        return int(code) if operation.returns is int else f"ERR={code};{message}"

    def caller(self, arguments: Mapping[str, Any]) -> int:
        """Whose request it is."""
        named = str(arguments.get("strUid", ""))
        return int(named) if named.isdecimal() else 0

    def code(self, operation: Operation, result: Result) -> str:
        """What the journal keeps."""
        return str(result) if isinstance(result, int) else result[:6]


def _offered(name: str, section: str = "") -> Any:
    """Register an operation with both services."""

    def register(handler: Any) -> Any:
        for service in SERVICES:
            service.operation(name, section=section)(handler)
        return handler

    return register


@_offered("Greet", "7.1")
def greet(desk: Reception, strUid: Text, strName: Text = "") -> str:  # noqa: N803
    """Greet somebody."""
    desk.note("Greet", strUid, strName)
    return f"{strUid}, {strName}"


@_offered("Add")
def add(desk: Reception, nLeft: Number, nRight: Number = 0) -> int:  # noqa: N803
    """Add two numbers."""
    desk.note("Add", nLeft, nRight)
    return nLeft + nRight


@_offered("Leave")
def leave(desk: Reception, strNote: LongText) -> str:  # noqa: N803
    """Read a note back."""
    desk.note("Leave", strNote)
    return strNote


@_offered("Version")
def version(desk: Reception) -> str:
    """Name the version."""
    desk.note("Version")
    return "2.5"


@_offered("Ring")
async def ring(desk: Reception, strUid: Text) -> int:  # noqa: N803
    """Ring a bell, which takes a moment."""
    await asyncio.sleep(0)
    desk.note("Ring", strUid)
    return 1


@_offered("Hangup")
def hangup(desk: Reception, strUid: Text, strCallid: Text = "") -> int:  # noqa: N803
    """Hang up; of a call that is not there the reference knows."""
    if strCallid == "404":
        raise NoCall("there is no call 404")
    if strCallid == "409":
        raise UnknownAgent("which the reference does not have")
    desk.note("Hangup", strUid, strCallid)
    return 0


@_offered("Busy")
async def busy(desk: Reception, strUid: Text) -> str:  # noqa: N803
    """Refuse to show an agent busy, in words."""
    await asyncio.sleep(0)
    raise WrongAgentState(f"{strUid} is at lunch")


@_offered("Break")
def break_down(desk: Reception) -> str:
    """Fail in a way that nobody has foreseen."""
    raise RuntimeError("a secret of the implementation")


@_offered("Odd")
def odd(desk: Reception) -> str:
    """Say what no XML document can hold as it is."""
    desk.note("Odd")
    return ODD_TEXT


ODD_TEXT = "a\x00b\x0bc\ufffed\ud800e\r\nf<&>\"'\t客\U0001f600"


def open_door(service: Service, platform: Any = None) -> SoapDoor:
    """Open a service's door for a platform of its own, or for this one."""
    return SoapDoor(service, Reception(platform if platform is not None else Platform()))
