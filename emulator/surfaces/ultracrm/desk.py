"""What the operations of both services work with, and what they answer when they cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.domain.errors import DomainError
from emulator.platform import Platform
from emulator.store.errors import Conflict
from emulator.surfaces.soap import numbers
from emulator.surfaces.soap.contract import Operation
from emulator.surfaces.soap.desk import Result
from emulator.surfaces.ultracrm import mapping
from emulator.switch.call_commands import Target
from emulator.switch.errors import NoCall, SwitchError
from emulator.switch.model import Agent, Tenant
from emulator.switch.switch import Switch

NOTHING, DONE = 0, 1
"""What operations that return a number say; 0 is the success of some and the failure of others."""


class Incomplete(Exception):
    """Something that has to be said was left out."""


class UltraCrm:
    """UltraCRM in front of one platform."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    @property
    def switch(self) -> Switch:
        """The switch, at the present."""
        return self.platform.switch

    @property
    def tenant(self) -> Tenant:
        """The one tenant that the services know."""
        return numbers.tenant_of(self.platform)

    @property
    def zone(self) -> str:
        """The tenant's time zone."""
        return self.tenant.config.timezone

    def agent(self, uid: str) -> Agent:
        """The agent with that work number; UnknownAgent."""
        return numbers.agent_with(self.tenant, uid)

    def agent_at(self, extension: str) -> Agent:
        """The agent at that extension; UnknownPhone."""
        return numbers.agent_at(self.platform, self.tenant, extension)

    def target(self, number: str) -> Target:
        """What a number that is dialled leads to."""
        return numbers.target_of(self.platform, self.tenant, number)

    # What the door asks (emulator.surfaces.soap.desk)

    def refused(self, operation: Operation, error: Exception) -> Result | None:
        """The documented failure; anything that is not the client's doing is a fault."""
        if isinstance(error, Incomplete):
            return NOTHING
        if not isinstance(error, SwitchError | DomainError | Conflict):
            return None
        return self.failure(operation)

    def failure(self, operation: Operation) -> Result:
        """What the operation says when it has failed."""
        failure = operation.codes[-1] if operation.codes else ""
        return failure if operation.returns is str else int(failure)

    def ordered(self, operation: Operation, code: str, message: str) -> Result:
        """The code itself, where it can be returned; else the documented failure."""
        if operation.returns is str:
            return code
        digits = code.removeprefix("-")
        is_number = digits.isascii() and digits.isdecimal() and len(digits) < 10
        return int(code) if is_number else self.failure(operation)

    def caller(self, arguments: Mapping[str, Any]) -> int:
        """The agent named first: by work number, or by extension."""
        for name, find in (("strUid", self.agent), ("strExt", self.agent_at)):
            if name in arguments:
                try:
                    return find(arguments[name]).work_no
                except SwitchError:
                    return 0
        return 0

    def code(self, operation: Operation, result: Result) -> str:
        """Numbers as they are; of texts those that are failures."""
        if isinstance(result, int):
            return str(result)
        return result if result in ("0", "-1") else str(DONE)


def own_call(agent: Agent, wanted: str) -> str | None:
    """The switch's id of the agent's call with that CALLID; None without one."""
    if not wanted:
        return None
    for connection in agent.connections:
        if mapping.is_called(connection.call, wanted):
            return connection.call.id
    raise NoCall(f"agent {agent.work_no} has no call {wanted}")


def held_call(agent: Agent, wanted: str) -> str:
    """The same of a held call; without a CALLID the one that was held last."""
    found = own_call(agent, wanted) or (agent.held[-1].call.id if agent.held else None)
    if found is None:
        raise NoCall(f"agent {agent.work_no} holds no call")
    return found
