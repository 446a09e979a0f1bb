"""What the operations work with, and what they answer when they cannot."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from emulator.platform import Platform
from emulator.snapshot.part import Part
from emulator.store.call_queries import stays_of_call
from emulator.store.rows import RecordingRow
from emulator.surfaces.soap import numbers
from emulator.surfaces.soap.contract import Operation
from emulator.surfaces.soap.desk import Result
from emulator.surfaces.uncall import mapping
from emulator.surfaces.uncall.documents import CONNECTION_FAILED, NODES, NOT_IN_USE, failed, nothing
from emulator.switch.call_commands import Target
from emulator.switch.errors import (
    NoCall,
    NotFound,
    NoTrunk,
    NotSignedIn,
    SwitchError,
    TargetNotAvailable,
    UnknownPhone,
    WrongCallState,
)
from emulator.switch.model import Agent, Tenant
from emulator.switch.switch import Switch

CLICK = "OnClickCall"
HANG_UP = "hangUp"
_SPY = (
    (NoCall, NOT_IN_USE),
    (NotFound, NOT_IN_USE),
    (SwitchError, "Spy or whisper failed"),
)
_UPDATE = ((SwitchError, "Failed to update entry"),)

_MESSAGES: Mapping[str, tuple[tuple[type[SwitchError], str], ...]] = {
    CLICK: ((SwitchError, "Exten is not idle"),),
    "setBuys": _UPDATE,
    "setIdle": _UPDATE,
    "restoreCalling": ((SwitchError, "Channel not exist"),),
    "transferCall": (
        (TargetNotAvailable, "Exten is not idle"),
        (UnknownPhone, "Exten is not idle"),
        (WrongCallState, "Agent not in bridge"),
        (SwitchError, NOT_IN_USE),
    ),
    "monitorExten": _SPY,
    "whisper": _SPY,
    HANG_UP: ((SwitchError, "No Channels"),),
}
"""What the message says of an error, the first that fits; else that the agent is not in use."""

BUSY, RINGING = "Busy", "Ringing"


class ExtensionRings(SwitchError):
    """The extension rings, and cannot begin a call."""


class Uncall:
    """Uncall in front of one platform."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.popped: dict[int, tuple[str, ...]] = {}
        """The calls in progress that each agent's screen has been told of."""

    def part(self) -> Part:
        """What a snapshot keeps of it."""
        return Part(
            "calls popped by Uncall",
            dict[int, tuple[str, ...]],
            lambda: self.popped,
            self.popped.update,
        )

    def forget(self, _tenant: int | None) -> None:
        """Tell of every call anew."""
        self.popped.clear()

    @property
    def switch(self) -> Switch:
        """The switch, at the present."""
        return self.platform.switch

    @property
    def tenant(self) -> Tenant:
        """The one tenant that the service knows."""
        return numbers.tenant_of(self.platform)

    def agent(self, number: str) -> Agent:
        """The agent at that extension, or with that work number; a SwitchError."""
        return mapping.agent_of(self.platform, self.tenant, number)

    def signed_in(self, number: str) -> Agent:
        """The same, who must have signed in."""
        agent = self.agent(number)
        if not agent.signed_in:
            raise NotSignedIn(f"nobody has signed in at {number}")
        return agent

    def target(self, number: str) -> Target:
        """What a number that is dialled leads to."""
        return numbers.target_of(self.platform, self.tenant, number)

    async def recordings_of(self, call_id: str) -> list[RecordingRow]:
        """The recordings that agents have of a call, in their order."""
        rows = await self.platform.recordings.of_call(call_id)
        return [row for row in rows if row.tenant_id == self.tenant.id and row.agent_id]

    async def ends_of(self, call_id: str) -> tuple[int, str, str] | None:
        """Type, caller and called of a call, in progress or over; None: nothing is known of it."""
        call = self.tenant.calls.get(call_id)
        if call is not None:
            return call.type, call.caller, call.called
        await self.platform.records.flushed()
        query = partial(stays_of_call, tenants=[self.tenant.id], call_id=call_id)
        for stay in await self.platform.store.perform(query, read_only=True):
            return stay.call_type, stay.caller_no, stay.callee_no
        return None

    # What the door asks (emulator.surfaces.soap.desk)

    def refused(self, operation: Operation, error: Exception) -> Result | None:
        """The documented failure; anything that is not the client's doing is a fault."""
        if not isinstance(error, SwitchError):
            return None
        if isinstance(error, NoTrunk):
            return self._failure(operation, CONNECTION_FAILED)
        texts = _MESSAGES.get(operation.name, ())
        message = next((text for kind, text in texts if isinstance(error, kind)), NOT_IN_USE)
        return self._failure(operation, message, RINGING if type(error) is ExtensionRings else BUSY)

    def ordered(self, operation: Operation, code: str, message: str) -> Result:
        """The code is the message of the failure."""
        return self._failure(operation, code)

    def _failure(self, operation: Operation, message: str, busy: str = BUSY) -> str:
        name = operation.name
        if name in NODES:
            return nothing(name)
        if name == CLICK:
            return failed(name, message, message if message == CONNECTION_FAILED else busy)
        # The reference's own example of a hang-up that fails has the result 1.
        return failed(name, message, result=1 if name == HANG_UP else 0)

    def caller(self, arguments: Mapping[str, Any]) -> int:
        """Whoever is named first."""
        for name in ("strAgent", "strExten"):
            if name in arguments:
                try:
                    return self.agent(arguments[name]).work_no
                except SwitchError:
                    return 0
        return 0

    def code(self, operation: Operation, result: Result) -> str:
        """The result of the document."""
        return "0" if "<result>0</result>" in str(result) else "1"
