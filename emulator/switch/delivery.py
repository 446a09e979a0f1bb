"""Delivering a call to an agent: ringing, answering, not answering, refusing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import (
    agents,
    calls,
    chats,
    conferences,
    habits,
    operations,
    queues,
    recordings,
    stays,
    video_rooms,
)
from emulator.switch.errors import (
    NoCall,
    TargetNotAvailable,
    WrongAgentState,
    WrongCallState,
    WrongCallType,
)
from emulator.switch.events import (
    AgentBusy,
    Delivered,
    Diverted,
    Established,
    IncomingCallInfo,
    NotAnswered,
    PhoneAlerting,
    PhoneCannotRing,
    QueuedCallTaken,
)
from emulator.switch.model import Agent, Call, Connection
from emulator.switch.terms import (
    ALERTING,
    ANSWERING,
    BUSY,
    CONNECTED,
    DOWN,
    HOLD,
    IDLE,
    IN_CALL_STATES,
    IN_SERVICE,
    INITIATED,
    OCCUPIED,
    QUEUE_DEVICE,
    RINGING,
    TALKING,
    UP,
    CallType,
    LeaveReason,
    MediaType,
    QueueOutcome,
)
from emulator.switch.timers import TimerKind

if TYPE_CHECKING:
    from emulator.switch.core import Core

BUSY_REASON_NO_ANSWER = 0


def from_queue(sw: Core, call: Call, agent: Agent) -> Connection:
    """The call's turn has come: ring the agent."""
    entry = call.entry
    assert entry is not None
    if entry.timer:
        stays.forget(entry)
        sw.timers.cancel(entry.timer)
        entry.timer = 0
    entry.assigned = sw.now
    call.previous_type, call.previous_no = QUEUE_DEVICE, str(entry.queue.id)
    connection = calls.add_agent(call, agent, INITIATED)
    connection.queue = entry.queue
    entry.ringing = connection
    operation = operations.of_call(call)
    if operation is not None:
        connection.transfer_from = operation.owner.work_no
    ring(sw, connection, entry.queue.config.ring)
    return connection


def to_agent(sw: Core, call: Call, agent: Agent | None, transfer_from: int = 0) -> None:
    """Ring a particular agent (internal call, consultation, transfer), or find it busy."""
    if agent is None or not agents.is_reachable(agent):
        queues.not_served(sw, call, calls.CAUSE_BUSY, LeaveReason.CALLED_BUSY)
        return
    connection = calls.add_agent(call, agent, INITIATED)
    connection.transfer_from = transfer_from
    ring(sw, connection, call.tenant.config.ring)


def require_free(agent: Agent) -> None:
    """An agent can be rung while it is idle, busy or in wrap-up."""
    if not agents.is_free(agent):
        raise TargetNotAvailable(f"agent {agent.work_no} cannot take a call now")


def ring(sw: Core, connection: Connection, seconds: int) -> None:
    """Ask the agent's phone to ring; it counts as not answered after so many seconds."""
    agent, call = connection.agent, connection.call
    assert agent is not None
    if agent.state is BUSY:
        agents.remember_state(agent)
    connection.ack_begin = sw.now
    connection.auto = agent.auto_answer or call.is_chat
    if agent.preview is not None:
        agents.drop_preview(sw, agent)
    phone = agent.phone
    if phone is not None and phone.condition is not IN_SERVICE and not call.is_chat:
        # Nothing can ring there: as if nobody answered, at once.
        agents.change(sw, agent, OCCUPIED)
        sw.report(
            PhoneCannotRing(
                sw.now,
                call.tenant.id,
                call.id,
                connection.device,
                agent.work_no,
                phone.condition,
            )
        )
        connection.timer = start_ring_timer(sw, connection, 0)
        return
    if phone is not None and phone.external and not call.is_chat:
        agents.change(sw, agent, OCCUPIED)
        connection.timer = start_ring_timer(sw, connection, seconds)
        connection.request = sw.request(connection, "ring")
        return
    if not connection.auto:
        connection.timer = start_ring_timer(sw, connection, seconds)
    alert(sw, connection)


def start_ring_timer(sw: Core, connection: Connection, seconds: int) -> int:
    return sw.start_timer(seconds, TimerKind.RING, (connection.call.id, connection.device))


def alert(sw: Core, connection: Connection) -> None:
    """The phone rings."""
    agent, call = connection.agent, connection.call
    assert agent is not None
    connection.state = ALERTING
    phone = agent.phone
    if phone is not None and phone.leg is DOWN and not call.is_chat:
        phone.leg = RINGING
        sw.report(PhoneAlerting(sw.now, agent.tenant.id, agent.work_no, phone.number))
    if agent.state is not TALKING:
        agents.move(sw, agent, ANSWERING)
    if call.room is not None:
        conferences.ringing(sw, connection)
    else:
        _report_delivered(sw, connection, agent)
    if call.served is not None and call.served.habits is not None:
        habits.agent_rings(sw, call.served)
    if connection.auto and (call.is_chat or not (phone is not None and phone.external)):
        establish(sw, connection)


def _report_delivered(sw: Core, connection: Connection, agent: Agent) -> None:
    """Tell the agents of the call whose phone rings."""
    call = connection.call
    queue_id = connection.queue.id if connection.queue is not None else 0
    for hearer in call.connections:
        if hearer.agent is None:
            continue
        sw.report(
            Delivered(
                sw.now,
                call.tenant.id,
                call.id,
                connection.device,
                hearer.agent.work_no,
                connection.number,
                agent.work_no,
                call.caller,
                call.called,
                call.type,
                hearer.main,
                call.ability,
                connection.auto,
                queue_id,
                connection.transfer_from,
            )
        )


def is_main(call: Call, agent: Agent) -> bool:
    connection = agent.connection(call)
    return connection is None or connection.main


def establish(sw: Core, connection: Connection) -> None:
    """The agent has answered."""
    agent, call = connection.agent, connection.call
    assert agent is not None
    if connection.timer:
        sw.timers.cancel(connection.timer)
        connection.timer = 0
    now = sw.now
    connection.ack_end = now
    connection.talk_begin = now
    connection.state = CONNECTED
    if not call.is_chat:
        agents.lift_phone(sw, agent, main=connection.main)
    if agent.state is not TALKING:
        agents.move(sw, agent, TALKING)
        sw.report(AgentBusy(now, agent.tenant.id, agent.work_no))
    else:
        agents.refresh_availability(sw, agent)
    if call.room is not None:
        conferences.joined(sw, connection)
        return
    talk_begins(sw, call)
    operation = operations.of_call(call)
    if call.entry is not None:
        reason = operations.reason_in_queue(call, LeaveReason.NORMAL)
        stays.leave_queue(sw, call, QueueOutcome.ANSWERED, reason)
    if operation is not None and operations.answered(sw, operation, connection):
        return
    report_joined(sw, connection)


def talk_begins(sw: Core, call: Call) -> None:
    """Somebody has answered: the agents who were waiting for it talk from now on."""
    for party in call.connections:
        agent = party.agent
        if agent is None or party.talk_begin or party.state is not CONNECTED:
            continue
        party.ack_end = party.talk_begin = sw.now
        agents.change(sw, agent, TALKING)


def report_joined(sw: Core, connection: Connection, *, only_target: bool = False) -> None:
    """An agent or outside party talks from now on: report, record, let supervisors hear."""
    call, agent = connection.call, connection.agent
    report_established(sw, connection, only_target=only_target)
    if connection.queue is not None and agent is not None:
        _report_call_info(sw, connection)
    if call.is_chat:
        chats.deliver(sw, connection)
        return
    for party in call.connections:
        if party.agent is not None and party.state is CONNECTED and not party.recording:
            recordings.start_recording(sw, party)
    video_rooms.enter(sw, call)


def report_established(sw: Core, connection: Connection, *, only_target: bool = False) -> None:
    """Tell every agent of the call (or only the one who answered) that it is connected."""
    nobody = True
    for hearer in connection.call.connections:
        agent = hearer.agent
        if agent is None:
            continue
        nobody = False
        if only_target and hearer is not connection:
            continue
        if hearer.state is CONNECTED or hearer.state is HOLD:
            _report_established_to(sw, connection, agent.work_no, hearer.main)
    if nobody:
        _report_established_to(sw, connection, 0, True)


def _report_established_to(sw: Core, connection: Connection, agent: int, main: bool) -> None:
    call = connection.call
    sw.report(
        Established(
            sw.now,
            call.tenant.id,
            call.id,
            connection.device,
            agent,
            call.caller,
            call.called,
            call.type,
            main,
            call.ability,
        )
    )


def _report_call_info(sw: Core, connection: Connection) -> None:
    call, queue, agent = connection.call, connection.queue, connection.agent
    assert queue is not None
    assert agent is not None
    sw.report(
        IncomingCallInfo(
            sw.now,
            call.tenant.id,
            call.id,
            agent.work_no,
            queue.id,
            queue.config.name,
            call.caller,
            call.called,
            call.media,
            call.last_agent,
            call.requeued,
        )
    )


# Answering


def answer(sw: Core, agent: Agent, call: Call | None) -> None:
    """The agent answers the ringing call, or the given one of several (CSTA Answer Call)."""
    connection = ringing_connection(agent, call)
    phone = agent.phone
    if phone is not None and phone.external and not connection.is_chat:
        if connection.request:
            raise WrongCallState("the phone has not answered the last request")
        connection.request = sw.request(connection, "answer")
        return
    establish(sw, connection)


def ringing_connection(agent: Agent, call: Call | None) -> Connection:
    for connection in agent.connections:
        if connection.state is ALERTING and call in (None, connection.call):
            return connection
    raise NoCall(f"no call rings at agent {agent.work_no}")


# Not answering


def originates(connection: Connection) -> bool:
    """Whether the agent's connection is the one that began the call."""
    call = connection.call
    if call.room is not None:
        return not call.room.begun
    return call.target is not None and call.connections[0] is connection


def is_ringing(connection: Connection) -> bool:
    """Whether the device rings, or has been asked to."""
    if connection.agent is None:
        return connection.state is ALERTING
    return is_offered(connection)


def is_offered(connection: Connection) -> bool:
    """Whether the call is offered to the agent: its phone rings, or has been asked to."""
    if connection.state is ALERTING:
        return connection.agent is not None
    return connection.state is INITIATED and not originates(connection)


def ring_over(sw: Core, connection: Connection) -> None:
    """The agent has not answered in time: it becomes busy, the call goes back (12.3.8.12, 3)."""
    connection.timer = 0
    if originates(connection):
        reason = LeaveReason.NO_ANSWER
        calls.clear_call(sw, connection.call, calls.CAUSE_AGENT_NO_ANSWER, reason)
    else:
        refuse(sw, connection, rejected=False, release=False)


def refuse(sw: Core, connection: Connection, *, rejected: bool, release: bool) -> None:
    """The ringing agent does not take the call.

    `release`: the call ends and the agent is idle; otherwise the call goes back to the head of
    its queue and the agent is busy (CEC 6.1.2.22).
    """
    agent, call = connection.agent, connection.call
    assert agent is not None
    if call.room is not None:
        conferences.refused(sw, connection, rejected=rejected)
        return
    watchers = call.agents()
    reason = LeaveReason.REJECTED if rejected else LeaveReason.NO_ANSWER
    cause = calls.CAUSE_AGENT_REJECTED if rejected else calls.CAUSE_AGENT_NO_ANSWER
    sw.report(
        NotAnswered(sw.now, call.tenant.id, call.id, connection.device, agent.work_no, rejected)
    )
    others = [other for other in watchers if other is not agent]
    for_queue = call.entry is not None and call.entry.ringing is connection
    calls.detach(sw, connection, reason)
    calls.settle_conference(call)
    if others:
        calls.report_cleared(sw, connection, others, cause)
    after_refusal(sw, agent, connection, idle=release)
    if release:
        if for_queue:
            stays.leave_queue(sw, call, QueueOutcome.RELEASED, reason)
        queues.not_served(sw, call, cause, reason)
    elif for_queue:
        call.excluded += (agent.work_no,)
        queues.back_to_head(sw, call)
    else:
        queues.not_served(sw, call, cause, reason)


def after_refusal(sw: Core, agent: Agent, connection: Connection, *, idle: bool) -> None:
    """The agent who did not take the call is idle or busy, its phone on the hook."""
    phone = agent.phone
    if phone is not None and phone.external and phone.leg is not UP and not connection.is_chat:
        sw.request_release(phone.number, connection.call.id)
    if phone is not None and phone.leg is RINGING:
        agents.lower_phone(sw, agent, by_agent=False)
    if agent.connections:
        agents.refresh_availability(sw, agent)
        return
    if agent.state not in IN_CALL_STATES:
        return
    if agent.pending is not None or agent.return_state is not None:
        agents.after_call(sw, agent, None, talked=False)
    elif idle:
        agents.make_ready(sw, agent, requested=False)
    else:
        agents.make_not_ready(sw, agent, BUSY_REASON_NO_ANSWER)


def reject(sw: Core, agent: Agent, call: Call | None, *, release: bool) -> None:
    refuse(sw, ringing_connection(agent, call), rejected=True, release=release)


# Taking a call that is meant for another


def pick_up(sw: Core, agent: Agent, target: Agent) -> Connection:
    """Take the call that rings at another agent (CSTA Directed Pickup Call)."""
    ringing = ringing_connection(target, None)
    if agent.state is not IDLE:
        raise WrongAgentState(f"agent {agent.work_no} is not idle")
    call = ringing.call
    if call.type is CallType.INTERNAL or call.room is not None:
        raise WrongCallType("an internal call is not picked up")
    _require_media(agent, call)
    queue, transfer_from = ringing.queue, ringing.transfer_from
    entry = call.entry
    sw.report(
        Diverted(sw.now, call.tenant.id, call.id, ringing.device, target.work_no, agent.work_no)
    )
    calls.detach(sw, ringing, LeaveReason.PICKED_UP)
    after_refusal(sw, target, ringing, idle=True)
    connection = calls.add_agent(call, agent, INITIATED)
    connection.queue, connection.transfer_from = queue, transfer_from
    connection.picked_up = True
    if entry is not None and entry.ringing is ringing:
        entry.ringing = connection
    ring(sw, connection, call.tenant.config.ring)
    return connection


def take_queued(sw: Core, agent: Agent, call: Call) -> Connection:
    """An agent asks for a call that waits (CEC 6.1.2.20)."""
    if call.entry is None or call.entry.ringing is not None:
        raise WrongCallState(f"call {call.id} does not wait")
    require_free(agent)
    _require_media(agent, call)
    queue = call.entry.queue.id
    sw.report(QueuedCallTaken(sw.now, call.tenant.id, call.id, agent.work_no, queue))
    return from_queue(sw, call, agent)


def _require_media(agent: Agent, call: Call) -> None:
    if call.media not in agents.media_of(agent):
        raise TargetNotAvailable(f"agent {agent.work_no} cannot take calls of this media type")


def agent_media(agent: Agent) -> MediaType:
    """The media type of calls between agents: video when the agent's type has it."""
    video = MediaType.VIDEO in agents.media_of(agent)
    return MediaType.VIDEO if video else MediaType.VOICE
