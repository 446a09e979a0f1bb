"""Lines: an agent's phone is up on a call of its own, and no other party is on it.

So an inspector supervises, and so an agent hears a recording or makes one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import agents, calls, delivery, dialling
from emulator.switch.events import AgentBusy, PhoneAlerting
from emulator.switch.model import Agent, Connection
from emulator.switch.terms import (
    CONNECTED,
    DOWN,
    INITIATED,
    OCCUPIED,
    RINGING,
    TALKING,
    CallType,
    LeaveReason,
    MediaType,
)

if TYPE_CHECKING:
    from emulator.switch.core import Core


def begin(sw: Core, agent: Agent, called: str) -> Connection:
    """The agent's phone rings and is picked up; a real one takes its time."""
    agents.remember_state(agent)
    phone = agent.phone
    is_asked = phone is not None and phone.external and phone.leg is DOWN
    if phone is not None and phone.leg is DOWN and not is_asked:
        phone.leg = RINGING
        sw.report(PhoneAlerting(sw.now, agent.tenant.id, agent.work_no, phone.number))
    call = calls.new_call(
        sw, agent.tenant, str(agent.work_no), called, CallType.INTERNAL, MediaType.VOICE
    )
    line = calls.add_agent(call, agent, INITIATED)
    line.ack_begin = sw.now if is_asked else 0
    dialling.report_initiated(sw, line)
    if is_asked:
        agents.change(sw, agent, OCCUPIED)
        line.timer = delivery.start_ring_timer(sw, line, agent.tenant.config.ring)
        line.request = sw.request(line, "ring")
    else:
        picked_up(sw, line)
    return line


def is_one(connection: Connection) -> bool:
    """Whether the connection is an agent's line."""
    agent = connection.agent
    if agent is None:
        return False
    supervision = agent.supervision
    supervising = supervision is not None and supervision.call is connection.call
    return supervising or agent.line is connection


def picked_up(sw: Core, line: Connection) -> None:
    """The phone is up."""
    agent = line.agent
    assert agent is not None
    sw.timers.cancel(line.timer)
    line.timer = 0
    line.state = CONNECTED
    # Who was not occupied is told to be busy, which says as much.
    (agents.change if agent.state is OCCUPIED else agents.move)(sw, agent, TALKING)
    agents.lift_phone(sw, agent, main=True)
    sw.report(AgentBusy(sw.now, agent.tenant.id, agent.work_no))


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
