"""A call as the interfaces of 6.1.3 show it (CEC Tables 6-202 and 6-203).

Instants go out in milliseconds since the epoch, durations in seconds.
"""

from __future__ import annotations

from pydantic import BaseModel

from emulator.switch.events import StayEnded
from emulator.switch.model import Agent, Call, Connection, Queue, QueueEntry
from emulator.switch.terms import HOLD, QUEUE_DEVICE, DeviceType, LeaveReason

NO_TRUNK = 65535
MILLISECOND, SECOND = 1000, 1_000_000

NORMAL_DIRECT, KEEP_DIRECT = "NORMAL_DIRECT", "KEEP_DIRECT"
WAIT_DIRECT, RELEASE_DIRECT = "WAIT_DIRECT", "RELEASE_DIRECT"

REASONS = {
    LeaveReason.NORMAL: "Normal reason",
    LeaveReason.OVERFLOW: "Queue full",
    LeaveReason.TIMEOUT: "Waited too long",
    LeaveReason.NO_AGENT: "No agent on duty",
    LeaveReason.QUEUE_CANCELLED: "Queuing cancelled",
    LeaveReason.NO_ANSWER: "Agent did not answer",
    LeaveReason.RESUMED: "Suspended call resumed",
    LeaveReason.HELD_CALL_CONNECTED: "Held call connected",
    LeaveReason.THREE_PARTY: "Three-party call",
    LeaveReason.INTERCEPTED: "Intercepted",
    LeaveReason.PICKED_UP: "Picked up",
    LeaveReason.TRANSFERRED: "Transferred",
    LeaveReason.TRANSFERRED_TO_QUEUE: "Transferred to a queue",
    LeaveReason.THREE_PARTY_IN_QUEUE: "Three-party call with a queue",
    LeaveReason.TRANSFER_TIMED_OUT: "Transfer waited too long",
    LeaveReason.THREE_PARTY_TIMED_OUT: "Three-party call waited too long",
    LeaveReason.REJECTED: "Agent rejected the call",
}
"""Our words for what leads a call to its next device (Table 6-204)."""


class Trace(BaseModel):
    """The call's stay at the agent (Table 6-203); None: not so far, or not of a last call."""

    waitBeginTime: int | None  # noqa: N815
    waitEndTime: int | None  # noqa: N815
    answerBeginTime: int | None  # noqa: N815
    answerEndTime: int | None  # noqa: N815
    talkBeginTime: int | None  # noqa: N815
    talkEndTime: int | None  # noqa: N815
    deviceNo: int  # noqa: N815
    deviceType: int  # noqa: N815
    callDirectMode: str  # noqa: N815
    enterReason: int  # noqa: N815
    enterReasonDesc: str  # noqa: N815
    leaveReason: int | None  # noqa: N815
    leaveReasonDesc: str | None  # noqa: N815
    vdnId: int  # noqa: N815


class CallInfo(BaseModel):
    """A call (Table 6-202)."""

    callfeature: int
    callid: str
    caller: str
    called: str
    callskill: str
    callskillid: int
    orgicallednum: str
    calldata: str
    begintime: int | None
    endtime: int | None
    userPriority: int  # noqa: N815
    trunkNo: int  # noqa: N815
    logontimes: int
    mediaType: int  # noqa: N815
    mediaAbility: int  # noqa: N815
    waitTime: int  # noqa: N815
    trace: Trace | None = None


def of_connection(connection: Connection, now: int) -> CallInfo:
    """The call as it is at the agent of this connection."""
    begun = connection.ack_begin or connection.talk_begin or connection.call.created
    info = _info(connection.call, connection.queue, begun, now)
    info.waitTime = ((connection.ack_end or now) - begun) // SECOND
    if connection.agent is not None:
        info.logontimes = (now - connection.agent.logged_on_at) // SECOND
    return info


def of_waiting(entry: QueueEntry, call: Call, now: int) -> CallInfo:
    """The call as it waits in a queue."""
    info = _info(call, entry.queue, entry.begun, now)
    info.waitTime = (now - entry.begun) // SECOND
    return info


def of_call(call: Call, agent: Agent, now: int) -> CallInfo:
    """The call as it is at this agent, else at the agent who joined first, else in its queue."""
    connection = agent.connection(call)
    if connection is None:
        connection = next((c for c in call.connections if c.agent is not None), None)
    if connection is not None:
        return of_connection(connection, now)
    if call.entry is not None:
        return of_waiting(call.entry, call, now)
    return _info(call, None, call.created, now)


def of_stay(stay: StayEnded, call: Call, agent: Agent, now: int) -> CallInfo:
    """The call as it was at the agent that has left it."""
    queue = agent.tenant.queues.get(stay.queue)
    begun = stay.ack_begin or stay.talk_begin
    info = _info(call, queue, begun, now)
    info.endtime = milliseconds(stay.talk_end or stay.at)
    info.waitTime = ((stay.ack_end or stay.at) - begun) // SECOND
    info.logontimes = (now - agent.logged_on_at) // SECOND
    info.trace = _trace_of_stay(stay)
    return info


def _info(call: Call, queue: Queue | None, begun: int, now: int) -> CallInfo:
    contact = call.tenant.calls.get(call.linkage, call)
    return CallInfo(
        callfeature=int(call.type),
        callid=call.id,
        caller=call.caller,
        called=call.called,
        callskill=queue.config.name if queue is not None else "",
        callskillid=queue.id if queue is not None else 0,
        orgicallednum=contact.called,
        calldata=call.data,
        begintime=milliseconds(begun),
        endtime=None,
        userPriority=call.priority,
        trunkNo=_trunk_number(call),
        logontimes=0,
        mediaType=int(call.media),
        mediaAbility=int(call.ability),
        waitTime=0,
    )


def _trunk_number(call: Call) -> int:
    """The trunk group of the first outside party, from 1 in the order of the configuration."""
    for connection in call.connections:
        if connection.trunk is not None and connection.trunk in call.tenant.trunks:
            return call.tenant.trunks.index(connection.trunk) + 1
    return NO_TRUNK


def milliseconds(instant: int) -> int | None:
    """The instant as it goes out; what has not happened has none."""
    return instant // MILLISECOND if instant else None


# The trace


def trace(connection: Connection) -> Trace:
    """How the call came to the agent, and how far it is there."""
    begun, ended = _waiting(connection)
    reason = _enter_reason(connection)
    return Trace(
        waitBeginTime=milliseconds(begun),
        waitEndTime=milliseconds(ended),
        answerBeginTime=milliseconds(connection.ack_begin),
        answerEndTime=milliseconds(connection.ack_end),
        talkBeginTime=milliseconds(connection.talk_begin),
        talkEndTime=None,
        deviceNo=int(connection.device_no),
        deviceType=int(connection.kind),
        callDirectMode=_direct_mode(connection),
        enterReason=int(reason),
        enterReasonDesc=REASONS.get(reason, reason.name),
        leaveReason=None,
        leaveReasonDesc=None,
        vdnId=connection.call.tenant.id,
    )


def _direct_mode(connection: Connection) -> str:
    if connection.state is HOLD:
        return KEEP_DIRECT
    return NORMAL_DIRECT if connection.talk_begin else WAIT_DIRECT


def _waiting(connection: Connection) -> tuple[int, int]:
    """When the call began and ceased to wait in the queue that led it to the agent."""
    call = connection.call
    if connection.queue is None:
        return 0, 0
    if call.entry is not None and call.entry.ringing is connection:
        return call.entry.begun, call.entry.assigned
    stay = call.last_stay
    if stay is not None and stay.device_type is QUEUE_DEVICE:
        return stay.wait_begin, stay.wait_end
    return 0, connection.ack_begin


def _enter_reason(connection: Connection) -> LeaveReason:
    """Why the call left the device before this one."""
    if connection.call.conference:
        return LeaveReason.THREE_PARTY
    stay = connection.call.last_stay
    if stay is not None and stay.at <= connection.ack_begin and not connection.talk_begin:
        return stay.leave_reason
    return LeaveReason.NORMAL


def _trace_of_stay(stay: StayEnded) -> Trace:
    return Trace(
        waitBeginTime=milliseconds(stay.wait_begin),
        waitEndTime=None,
        answerBeginTime=milliseconds(stay.ack_begin),
        answerEndTime=None,
        talkBeginTime=milliseconds(stay.talk_begin),
        talkEndTime=None,
        deviceNo=int(stay.device_no),
        deviceType=int(DeviceType.AGENT),
        callDirectMode=RELEASE_DIRECT,
        enterReason=int(LeaveReason.NORMAL),
        enterReasonDesc=REASONS[LeaveReason.NORMAL],
        leaveReason=None,
        leaveReasonDesc=None,
        vdnId=stay.tenant,
    )
