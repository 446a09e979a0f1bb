"""Intrusion: an agent listens to a colleague's call, whispers, barges in, or ends it (CSTA 17).

It needs no role, since the references that have it know none. Unlike an inspector's supervision
it is of one call: when the colleague leaves that call, whoever intruded on it is out of it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import agents, calls, supervision
from emulator.switch.errors import (
    NoCall,
    NotSupervised,
    UnknownAgent,
    WrongAgentState,
    WrongCallState,
    WrongSupervisionTarget,
)
from emulator.switch.model import Agent, Call, Connection
from emulator.switch.terms import BUSY, IDLE, LeaveReason, SupervisionMode

if TYPE_CHECKING:
    from emulator.switch.core import Core


def start(sw: Core, agent: Agent, work_no: int, mode: SupervisionMode) -> None:
    """An idle or busy agent intrudes on the call on which a colleague talks."""
    target = _colleague(agent, work_no)
    if target.is_inspector:
        raise WrongSupervisionTarget(f"agent {work_no} is an inspector")
    if agent.state not in (IDLE, BUSY):
        raise WrongAgentState(f"agent {agent.work_no} is neither idle nor busy")
    agents.require_phone(agent)
    supervision.begin(sw, agent, target, mode, _established(target, None))


def stop(sw: Core, agent: Agent, work_no: int | None) -> None:
    """End the intrusion on whomever, or on the given agent."""
    found = agent.supervision
    if found is None or found.bound is None or work_no not in (None, found.target.work_no):
        raise NotSupervised(f"agent {agent.work_no} does not intrude on such a call")
    supervision.stop(sw, agent)


def disconnect(sw: Core, agent: Agent, work_no: int, call: Call | None) -> None:
    """Release everybody from the call on which a colleague talks, or from the given one."""
    own = _established(_colleague(agent, work_no), call)
    if own.call.room is not None:
        raise WrongCallState(f"agent {work_no} is in a conference")
    calls.clear_call(sw, own.call, calls.CAUSE_CLIENT, LeaveReason.AGENT_RELEASED)


def _colleague(agent: Agent, work_no: int) -> Agent:
    colleague = agent.tenant.agents.get(work_no)
    if colleague is None:
        raise UnknownAgent(f"there is no agent {work_no}")
    if colleague is agent:
        raise WrongSupervisionTarget(f"agent {work_no} cannot act on its own call so")
    return colleague


def _established(target: Agent, call: Call | None) -> Connection:
    """The target's current call, or the given one, on which it talks or which it holds."""
    connection = target.active if call is None else target.connection(call)
    if connection is None or not connection.talk_begin:
        raise NoCall(f"agent {target.work_no} talks on no such call")
    return connection
