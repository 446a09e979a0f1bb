"""Flows that an agent lets its customer go through: while it stays on the call, or after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from emulator.switch import calls, dialling, ivr, services, transfers
from emulator.switch.errors import WrongCallState, WrongCallType
from emulator.switch.flow import SATISFACTION, Flow, IvrEntry
from emulator.switch.model import Agent, Call, Connection, Tenant
from emulator.switch.terms import ALERTING, TRUNK_DEVICE, LeaveReason

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


# After the agent


def follow_up(agent: Agent, address: str) -> None:
    """Have the customer go to a flow, by default a survey, when whoever serves it hangs up last."""
    call = services.established(agent).call
    flow = dialling.find_flow(agent.tenant.flows, address) if address else _survey(agent.tenant)
    call.served = _customer(call)
    call.follow_up = flow


def _survey(tenant: Tenant) -> Flow:
    """The tenant's first flow that asks a question of a survey, or that of the switch."""
    for flow in tenant.flows.values():
        if any(node["type"] == "survey" for node in flow.config.nodes.values()):
            return flow
    return SATISFACTION


def follow(sw: Core, connection: Connection, flow: Flow, cause: int, reason: LeaveReason) -> None:
    """The last one beside the customer hangs up, and the customer goes to the flow."""
    call = connection.call
    call.follow_up = None
    calls.stop_ivr(sw, call, reason)
    calls.report_cleared(sw, connection, call.agents(), cause)
    calls.detach(sw, connection, reason)
    calls.settle_conference(call)
    calls.hold_customer(call, held=False)
    calls.after_leaving(sw, connection, by_agent=True)
    ivr.start(sw, call, flow)
