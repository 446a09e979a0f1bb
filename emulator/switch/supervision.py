"""Supervision: an inspector listens to an agent, whispers, barges in, or takes the call.

An inspector supervises an agent, not a call: it hears whatever call the agent has. Its own phone
is up on a call of its own meanwhile (CEC 12.1). Who intrudes on a call hears only that one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import (
    agents,
    calls,
    conferences,
    delivery,
    lines,
    operations,
    playback,
    stays,
)
from emulator.switch.errors import (
    NoCall,
    NoPermission,
    NotSupervised,
    UnknownAgent,
    WrongAgentState,
    WrongSupervisionTarget,
)
from emulator.switch.events import (
    CallIntercepted,
    SupervisionChanged,
    SupervisionStarted,
    SupervisionStopped,
)
from emulator.switch.model import Agent, Call, Connection, Supervision
from emulator.switch.terms import (
    BUSY,
    CONNECTED,
    IDLE,
    NULL,
    OCCUPIED,
    PREOCCUPIED,
    LeaveReason,
    LeavingReason,
    QueueOutcome,
    SupervisionMode,
)

if TYPE_CHECKING:
    from emulator.switch.core import Core


def require_inspector(inspector: Agent) -> None:
    agents.require_signed_in(inspector)
    if not inspector.is_inspector:
        raise NoPermission(f"agent {inspector.work_no} is not an inspector")


def target_of(inspector: Agent, work_no: int) -> Agent:
    """The agent an inspector may act on: one of its tenant that it inspects, no inspector."""
    target = _target(inspector, work_no)
    _require_relation(inspector, target)
    return target


def _require_relation(inspector: Agent, target: Agent) -> None:
    if not inspector.may_inspect(target):
        raise NoPermission(
            f"agent {target.work_no} is in no group that {inspector.work_no} inspects"
        )


def _target(inspector: Agent, work_no: int) -> Agent:
    require_inspector(inspector)
    target = inspector.tenant.agents.get(work_no)
    if target is None:
        raise UnknownAgent(f"there is no agent {work_no}")
    if target.is_inspector:
        raise WrongSupervisionTarget(f"agent {work_no} is an inspector")
    return target


def signed_in_target(inspector: Agent, work_no: int) -> Agent:
    target = target_of(inspector, work_no)
    if not target.signed_in:
        raise WrongSupervisionTarget(f"agent {work_no} has not signed in")
    return target


def start(sw: Core, inspector: Agent, work_no: int, mode: SupervisionMode) -> None:
    """An idle inspector begins to supervise an agent that has signed in."""
    target = signed_in_target(inspector, work_no)
    if inspector.state not in (IDLE, BUSY):
        raise WrongAgentState(f"inspector {inspector.work_no} is not idle")
    agents.require_phone(inspector)
    begin(sw, inspector, target, mode)


def begin(
    sw: Core,
    inspector: Agent,
    target: Agent,
    mode: SupervisionMode,
    bound: Connection | None = None,
) -> None:
    """The inspector's phone goes up; `bound`: it hears only this connection of the agent."""
    call = lines.begin(sw, inspector, str(target.work_no)).call
    supervision = Supervision(inspector, target, mode, call, bound)
    inspector.supervision = supervision
    target.supervisors.append(supervision)
    who = (inspector.tenant.id, inspector.work_no, target.work_no)
    sw.report(SupervisionStarted(sw.now, *who, mode))


def switch_mode(
    sw: Core, inspector: Agent, work_no: int, mode: SupervisionMode | None = None
) -> None:
    """Change between listening, barging in and whispering; None swaps the first two."""
    supervision = of(inspector, work_no)
    _require_relation(inspector, supervision.target)
    if mode is None:
        mode = (
            SupervisionMode.LISTEN
            if supervision.mode is SupervisionMode.BARGE_IN
            else SupervisionMode.BARGE_IN
        )
    supervision.mode = mode
    sw.report(SupervisionChanged(sw.now, inspector.tenant.id, inspector.work_no, work_no, mode))


def of(inspector: Agent, work_no: int) -> Supervision:
    """What the inspector has begun, and may end even if it may not begin it any more."""
    _target(inspector, work_no)
    supervision = inspector.supervision
    if supervision is None or supervision.target.work_no != work_no:
        raise NotSupervised(f"inspector {inspector.work_no} does not supervise {work_no}")
    return supervision


def stop(sw: Core, inspector: Agent) -> None:
    """End the supervision; the inspector's phone goes down and it is idle again."""
    supervision = inspector.supervision
    if supervision is None:
        raise NotSupervised(f"inspector {inspector.work_no} supervises nobody")
    _end(sw, supervision)
    line = supervision.call.connections[0]
    lines.end(sw, line)


def _end(sw: Core, supervision: Supervision) -> None:
    inspector, target = supervision.inspector, supervision.target
    inspector.supervision = None
    target.supervisors.remove(supervision)
    sw.report(SupervisionStopped(sw.now, inspector.tenant.id, inspector.work_no, target.work_no))


def released(sw: Core, target: Agent) -> None:
    """The agent signs out: nobody supervises it any more."""
    for supervision in list(target.supervisors):
        stop(sw, supervision.inspector)


def left(sw: Core, connection: Connection) -> None:
    """The agent is in the call no longer: neither is whoever intruded on it."""
    agent = connection.agent
    for supervision in list(agent.supervisors) if agent is not None else ():
        if supervision.bound is connection:
            stop(sw, supervision.inspector)


def follow(merged: Connection, surviving: Connection) -> None:
    """Two calls of the agent have become one: whoever intruded on the one hears the other."""
    agent = merged.agent
    for supervision in agent.supervisors if agent is not None else ():
        if supervision.bound is merged:
            supervision.bound = surviving


def intercept(sw: Core, inspector: Agent, work_no: int) -> Call:
    """Take the customer from a supervised agent (CEC 12.1.3)."""
    supervision = of(inspector, work_no)
    target = supervision.target
    _require_relation(inspector, target)
    if not _is_up(supervision):
        raise WrongAgentState(f"the phone of inspector {inspector.work_no} still rings")
    own = target.active
    if own is None or own.state is not CONNECTED or not own.talk_begin:
        raise NoCall(f"agent {work_no} talks to nobody")
    call = own.call
    if call.room is not None:
        raise NoCall(f"agent {work_no} is in a conference")
    if not operations.goes_on(call):
        raise NoCall(f"agent {work_no} waits for somebody, and talks to nobody")
    operations.withdraw(sw, call)
    _end(sw, supervision)
    lines.drop(sw, supervision.call.connections[0])
    taken = calls.add_agent(call, inspector, CONNECTED)
    taken.ack_begin = taken.ack_end = taken.talk_begin = sw.now
    sw.report(CallIntercepted(sw.now, call.tenant.id, call.id, inspector.work_no, work_no))
    calls.report_cleared(sw, own, [target], calls.CAUSE_REDIRECTED)
    if call.served is own:
        call.served = taken
    calls.detach(sw, own, LeaveReason.INTERCEPTED)
    calls.after_leaving(sw, own)
    delivery.report_joined(sw, taken, only_target=True)
    return call


def heard_by(inspector: Agent) -> Call | None:
    """The call that an inspector, or whoever intrudes, hears now."""
    supervision = inspector.supervision
    heard = supervised(supervision) if supervision is not None else None
    return heard.call if heard is not None else None


def _is_up(supervision: Supervision) -> bool:
    """Whether the inspector's own phone has been picked up."""
    return supervision.call.connections[0].state is CONNECTED


def supervised(supervision: Supervision) -> Connection | None:
    """The connection of the target that is overheard now; None: there is nothing to hear."""
    if not _is_up(supervision):
        return None
    active = supervision.target.active
    if active is None or not active.talk_begin or supervision.bound not in (None, active):
        return None
    return active


def release_call(sw: Core, inspector: Agent, call: Call) -> None:
    """An inspector ends a call: one of agents that it inspects, or of nobody (CEC 12.1.8)."""
    require_inspector(inspector)
    others = [it for it in call.agents() if not it.is_inspector]
    if others and not any(map(inspector.may_inspect, others)):
        raise NoPermission(f"{inspector.work_no} inspects nobody in call {call.id}")
    if call.entry is not None:
        stays.leave_queue(sw, call, QueueOutcome.RELEASED, LeaveReason.AGENT_RELEASED)
    supervision = next(
        (a.supervision for a in call.agents() if a.supervision and a.supervision.call is call),
        None,
    )
    if supervision is not None:
        _end(sw, supervision)
    for agent in call.agents():
        if agent.line is not None and agent.line.call is call:
            playback.hang_up(sw, agent)
            return
    calls.clear_call(sw, call, calls.CAUSE_CLIENT, LeaveReason.AGENT_RELEASED)


def force_sign_out(sw: Core, agent: Agent, reason: int, by: int) -> None:
    """Sign an agent out whatever it does: its calls are released first (CEC 12.1.7)."""
    agents.require_signed_in(agent)
    released(sw, agent)
    if agent.supervision is not None:
        stop(sw, agent)
    playback.hang_up(sw, agent)
    for connection in list(agent.connections):
        if connection.state is NULL:
            continue
        if delivery.is_offered(connection):
            delivery.refuse(sw, connection, rejected=False, release=False)
        elif connection.call.room is not None:
            conferences.left(sw, connection, LeavingReason.SIGNED_OUT)
        else:
            calls.leave(sw, connection, calls.CAUSE_CLIENT, LeaveReason.AGENT_RELEASED)
    agents.drop_preview(sw, agent)
    if agent.state in (PREOCCUPIED, OCCUPIED):
        agents.make_ready(sw, agent, requested=False)
    agents.log_off(sw, agent, reason, by)
