"""Lines: an agent's phone is up on a call of its own, and no other party is on it.

So an inspector supervises, and so an agent hears a recording or makes one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import agents, calls, dialling
from emulator.switch.events import AgentBusy, PhoneAlerting
from emulator.switch.model import Agent, Connection
from emulator.switch.terms import (
    CONNECTED,
    DOWN,
    RINGING,
    TALKING,
    CallType,
    LeaveReason,
    MediaType,
)

if TYPE_CHECKING:
    from emulator.switch.core import Core


def begin(sw: Core, agent: Agent, called: str) -> Connection:
    """The agent's phone rings and is picked up."""
    agents.remember_state(agent)
    phone = agent.phone
    if phone is not None and phone.leg is DOWN:
        phone.leg = RINGING
        sw.report(PhoneAlerting(sw.now, agent.tenant.id, agent.work_no, phone.number))
    call = calls.new_call(
        sw, agent.tenant, str(agent.work_no), called, CallType.INTERNAL, MediaType.VOICE
    )
    line = calls.add_agent(call, agent, CONNECTED)
    dialling.report_initiated(sw, line)
    agents.move(sw, agent, TALKING)
    agents.lift_phone(sw, agent, main=True)
    sw.report(AgentBusy(sw.now, agent.tenant.id, agent.work_no))
    return line


def end(sw: Core, line: Connection) -> None:
    """The agent's phone goes down, and the agent is what it is after a call."""
    drop(sw, line)
    calls.after_leaving(sw, line)


def drop(sw: Core, line: Connection) -> None:
    """End the call, but leave the phone up for another."""
    call = line.call
    calls.detach(sw, line, LeaveReason.NORMAL)
    call.cleared = True
    calls.close(sw, call, calls.CAUSE_NORMAL)
