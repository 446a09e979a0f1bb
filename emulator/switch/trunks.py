"""Trunk groups that real gateways serve: what is asked of these, and what they report (rule 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import calls, outside
from emulator.switch.errors import UnknownRequest, UnknownTrunk
from emulator.switch.events import OutsideReleased, OutsideRequested
from emulator.switch.model import Connection, Tenant, Trunk
from emulator.switch.timers import TimerKind

if TYPE_CHECKING:
    from emulator.switch.core import Core

CALL, RINGS = "call", "rings"
"""What a request stands for: somebody is to be called, and rings."""


def attach(tenant: Tenant, name: str, *, attached: bool) -> None:
    """A gateway is there, or is no more: it is not simulated what is behind it, either way."""
    for trunk in tenant.trunks:
        if trunk.config.name == name:
            trunk.attached = attached
            trunk.external = True
            return
    raise UnknownTrunk(f"tenant {tenant.id} has no trunk group {name!r}")


def leads_outside(tenant: Tenant, number: str) -> bool:
    """Whether who has the number answers for itself."""
    trunk = calls.longest_prefix(tenant.trunks, number)
    return trunk is not None and trunk.external


def ask(sw: Core, connection: Connection, trunk: Trunk) -> None:
    """Have a gateway of the trunk group call the outside party."""
    if not trunk.attached:
        outside.fail(sw, connection, calls.CAUSE_NO_RESOURCE)
        return
    call = connection.call
    connection.request = sw.request(connection, CALL)
    sw.report(
        OutsideRequested(
            sw.now,
            call.tenant.id,
            connection.request,
            call.id,
            connection.device,
            connection.number,
            trunk.config.name,
            call.caller if call.room is None else call.room.of(connection).caller,
        )
    )
    seconds = call.tenant.config.outside_ring
    subject = (call.id, connection.device)
    connection.timer = sw.start_timer(seconds, TimerKind.OUTSIDE_RING, subject)


def _asked(sw: Core, request: int) -> tuple[Connection, str]:
    found = sw.requests.get(request)
    if found is None or found[1] not in (CALL, RINGS):
        raise UnknownRequest(f"nobody is being called with request {request}")
    return found


def rings(sw: Core, request: int) -> None:
    """The phone rings; a second time is not told."""
    connection, stage = _asked(sw, request)
    if stage == CALL:
        sw.requests[request] = (connection, RINGS)
        outside.rings(sw, connection, video=False)


def answered(sw: Core, request: int, *, listens: bool) -> None:
    """The phone was picked up, so that it has rung."""
    rings(sw, request)
    connection, _ = sw.requests.pop(request)
    connection.listens = listens
    outside.answer(sw, connection)


def failed(sw: Core, request: int, cause: int) -> None:
    """Nobody was reached."""
    connection, _ = _asked(sw, request)
    outside.fail(sw, connection, cause)


def withdraw(sw: Core, connection: Connection) -> None:
    """Nobody waits for the endpoint any more; a gateway is told to hang up."""
    sw.requests.pop(connection.request, None)
    if connection.agent is None:
        call = connection.call
        sw.report(
            OutsideReleased(sw.now, call.tenant.id, connection.request, call.id, connection.device)
        )
    connection.request = 0
