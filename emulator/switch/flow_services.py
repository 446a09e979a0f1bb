"""Flows that an agent's call goes through while the agent stays on it (CSTA 17: IVR devices)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from emulator.switch import dialling, ivr, services, transfers
from emulator.switch.errors import WrongCallState, WrongCallType
from emulator.switch.flow import IvrEntry
from emulator.switch.model import Agent, Call, Connection
from emulator.switch.terms import ALERTING, TRUNK_DEVICE

if TYPE_CHECKING:
    from emulator.switch.core import Core


def join(sw: Core, agent: Agent, address: str, entry: IvrEntry | None, data: str | None) -> None:
    """Let the customer go through a flow while the agent stays, and talks on when it ends.

    Where the flow would hand the customer on it ends.
    """
    flow = dialling.find_flow(agent.tenant.flows, address)
    dialling.require_node(flow, entry)
    call = services.established(agent).call
    transfers.require_settled(call)
    if any(colleague.operation is not None for colleague in call.agents()):
        raise WrongCallState(f"somebody on call {call.id} consults or transfers")
    customer = _customer(call)
    if data is not None:
        services.set_data(sw, call, data)
    call.served = customer
    ivr.start(sw, call, flow, entry, joined=True)


def _customer(call: Call) -> Connection:
    """The outside party for whom a flow works: who is served, else the first."""
    for party in (call.served, *call.connections):
        if party is not None and party.kind is TRUNK_DEVICE and party.state is not ALERTING:
            return party
    raise WrongCallType(f"nobody outside is on call {call.id}")


def set_variables(call: Call, values: Mapping[str, str]) -> None:
    """Tell the flow in which the call is."""
    if call.ivr is None:
        raise WrongCallState(f"call {call.id} is in no flow")
    call.ivr.variables.update(values)
