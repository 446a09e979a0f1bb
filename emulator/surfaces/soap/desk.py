"""What a surface says of itself to the door of its services; their operations work with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from emulator.surfaces.soap.contract import Operation

if TYPE_CHECKING:
    from emulator.platform import Platform

Result = str | int


class Desk(Protocol):
    """One surface at one platform."""

    platform: Platform

    def refused(self, operation: Operation, error: Exception) -> Result | None:
        """What the reference has for this error; None: nothing, it is a fault."""
        ...

    def ordered(self, operation: Operation, code: str, message: str) -> Result:
        """The refusal that the control plane has ordered, written as the reference does."""
        ...

    def caller(self, arguments: Mapping[str, Any]) -> int:
        """The work number of the agent whose request it says it is, 0: nobody's."""
        ...

    def code(self, operation: Operation, result: Result) -> str:
        """What the journal keeps of the result as its code."""
        ...
