"""Calls and connections: how they come to be, and how they end."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from emulator.switch import (
    agents,
    conferences,
    flow_services,
    ivr,
    recordings,
    stays,
    supervision,
    trunks,
)
from emulator.switch.errors import NoTrunk
from emulator.switch.events import CallCleared, ConnectionCleared, Retrieved
from emulator.switch.model import Agent, Call, Connection, Operation, OperationKind, Tenant, Trunk
from emulator.switch.terms import (
    AGENT_DEVICE,
    ALERTING,
    CHAT_MEDIA,
    CONNECTED,
    HOLD,
    IVR_DEVICE,
    NULL,
    TRUNK_DEVICE,
    UP,
    VIDEO_MEDIA,
    VOICE_AND_VIDEO,
    CallType,
    ConnectionState,
    LeaveReason,
    LeavingReason,
    MediaAbility,
    MediaType,
    QueueOutcome,
)

if TYPE_CHECKING:
    from emulator.switch.core import Core

# Release causes of CEC 12.3.8.10 that the switch gives.
CAUSE_NORMAL = 531
CAUSE_CLIENT = 518
CAUSE_IVR = 256
CAUSE_IVR_ERROR = 360
CAUSE_BUSY = 537
CAUSE_ABANDONED = 601
CAUSE_BARRED = 604
CAUSE_QUEUE_FULL = 512
CAUSE_OVERFLOWS = 561
CAUSE_NO_AGENT = 562
CAUSE_QUEUE_TIMEOUT = 606
CAUSE_ROUTING_FAILED = 526
CAUSE_NO_ANSWER = 603
CAUSE_AGENT_NO_ANSWER = 853
CAUSE_AGENT_REJECTED = 852
CAUSE_NO_RESOURCE = 602
CAUSE_REDIRECTED = 521
CAUSE_CONFERENCE_RELEASED = 732
CAUSE_DURATION_OVER = 1077


def new_call(
    sw: Core,
    tenant: Tenant,
    caller: str,
    called: str,
    call_type: CallType,
    media: MediaType,
    linkage: str = "",
) -> Call:
    call_id = sw.next_call_id()
    call = Call(
        call_id,
        tenant,
        linkage or call_id,
        caller,
        called,
        call_type,
        media,
        sw.now,
        _ABILITY[media],
        media in CHAT_MEDIA,
    )
    sw.calls[call_id] = call
    tenant.calls[call_id] = call
    return call


_ABILITY: dict[MediaType, int] = {
    **dict.fromkeys(MediaType, MediaAbility.VOICE),
    **dict.fromkeys(VIDEO_MEDIA, VOICE_AND_VIDEO),
    **dict.fromkeys(CHAT_MEDIA, MediaAbility.TEXT),
}
"""The media capability that events show (CEC 6.5.1.2.1)."""


def find_trunk(tenant: Tenant, number: str) -> Trunk:
    """The trunk group with the longest prefix of the number, of those with a free channel."""
    best = longest_prefix((it for it in tenant.trunks if it.in_use < it.config.channels), number)
    if best is None:
        raise NoTrunk("every trunk channel is taken")
    return best


def longest_prefix(trunks: Iterable[Trunk], number: str) -> Trunk | None:
    """The first trunk group of those with the longest prefix of the number."""
    best: Trunk | None = None
    for trunk in trunks:
        if number.startswith(trunk.config.prefix) and (
            best is None or len(trunk.config.prefix) > len(best.config.prefix)
        ):
            best = trunk
    return best


def _take_channel(trunk: Trunk) -> int:
    """The lowest channel that is free; there is one below the limit if so few are taken."""
    trunk.in_use += 1
    if trunk.free:
        return heappop(trunk.free)
    trunk.opened = channel = trunk.opened + 1
    return channel


def add_outside(call: Call, number: str, trunk: Trunk | None, state: ConnectionState) -> Connection:
    """Join an outside party to the call, on a channel of a trunk group that has one free.

    None: the party only writes, and needs no line.
    """
    connection = Connection(
        call,
        f"trunk:{number}",
        TRUNK_DEVICE,
        number,
        number,
        state,
        None,
        call.previous_type,
        call.previous_no,
        trunk=trunk,
        channel=_take_channel(trunk) if trunk is not None else 0,
    )
    call.connections.append(connection)
    return connection


def add_agent(call: Call, agent: Agent, state: ConnectionState) -> Connection:
    """Join an agent's phone to the call; its first audio connection is its main one."""
    number = str(agent.work_no)
    connection = Connection(
        call,
        agent.device,
        AGENT_DEVICE,
        number,
        number,
        state,
        agent,
        call.previous_type,
        call.previous_no,
        main=not agent.connections,
    )
    call.connections.append(connection)
    agent.connections.append(connection)
    if call.is_chat:
        agent.chats += 1
    return connection


# Leaving


def leave(sw: Core, connection: Connection, cause: int, reason: LeaveReason) -> None:
    """One party leaves; the call ends when nobody is left to talk or wait with another."""
    call = connection.call
    if call.room is not None:
        conferences.left(sw, connection, LeavingReason.HUNG_UP)
        return
    if connection is call.served:
        stop_service(sw, call)
    if parties_without(call, connection) < 2:
        if call.follow_up is not None and _leaves_customer(connection):
            flow_services.follow(sw, connection, call.follow_up, cause, reason)
        else:
            clear_call(sw, call, cause, reason, connection)
        return
    watchers = call.agents()
    if _transfers(connection):
        hold_customer(call, held=False)
    report_cleared(sw, connection, watchers, cause)
    detach(sw, connection, reason)
    settle_conference(call)
    after_leaving(sw, connection)


def _leaves_customer(connection: Connection) -> bool:
    """Whether somebody else than the customer leaves the call, on which the customer is."""
    served = connection.call.served
    return (
        served is not None
        and served is not connection
        and served.kind is TRUNK_DEVICE
        and served.state is not ALERTING
    )


def _transfers(connection: Connection) -> bool:
    """Whether this agent waits for a transfer of the call; hanging up makes it a blind one."""
    operation = connection.agent.operation if connection.agent is not None else None
    return operation is not None and operation.call is connection.call and operation.second is None


def parties_without(call: Call, connection: Connection) -> int:
    """How many ends of the call remain: connections, and a queue that works for one of them.

    A flow that the parties have joined to their call does not keep them there.
    """
    waiting = call.entry is not None and call.entry.ringing is None
    joined = call.ivr is not None and call.ivr.joined
    return len(call.connections) - (connection in call.connections) + waiting - joined


def stop_service(sw: Core, call: Call) -> None:
    """The party who is served hangs up: end its stay in a queue and its IVR flow.

    A transfer under way is taken back.
    """
    call.follow_up = None
    ringing: list[Connection] = []
    for connection in call.connections:
        if connection.transfer_from and not connection.talk_begin:
            ringing.append(connection)
        if connection.agent is not None and _transfers(connection):
            connection.agent.operation = None
    entry = call.entry
    if entry is not None and entry.ringing is not None and entry.ringing not in ringing:
        ringing.append(entry.ringing)
    if entry is not None:
        stays.leave_queue(sw, call, QueueOutcome.ABANDONED, LeaveReason.USER_RELEASED)
    for connection in ringing:
        if call.served is not None and connection.agent is not None:
            report_cleared(sw, call.served, [connection.agent], CAUSE_ABANDONED)
        drop(sw, connection, CAUSE_ABANDONED, LeaveReason.USER_RELEASED)
    if call.ivr is not None:
        stop_ivr(sw, call, LeaveReason.USER_RELEASED)


def drop(sw: Core, connection: Connection, cause: int, reason: LeaveReason) -> None:
    """Take one connection out of a call that goes on (or is about to be cleared)."""
    if connection.state is NULL:
        return
    report_cleared(sw, connection, connection.call.agents(), cause)
    detach(sw, connection, reason)
    settle_conference(connection.call)
    after_leaving(sw, connection)


def clear_call(
    sw: Core,
    call: Call,
    cause: int,
    reason: LeaveReason,
    first: Connection | None = None,
) -> None:
    """End the call: `first` has hung up, then everybody else is released."""
    if call.room is not None:
        conferences.end(sw, call.room, cause)
        return
    if call.cleared:
        return
    call.cleared = True
    if call.entry is not None:
        stays.leave_queue(sw, call, QueueOutcome.RELEASED, reason)
    if call.ivr is not None:
        stop_ivr(sw, call, reason)
    watchers = call.agents()
    waiting = [a.operation for a in watchers if a.operation and _unanswered(a.operation, call)]
    leaving = _first_in_front(call.connections, first)
    for connection in leaving:
        report_cleared(sw, connection, watchers, cause)
    for connection in leaving:
        detach(sw, connection, reason)
    close(sw, call, cause)
    for connection in leaving:
        if connection.agent is not None:
            after_leaving(sw, connection, by_agent=connection is first)
    for operation in waiting:
        take_back(sw, operation.owner, operation.call)


def _first_in_front(connections: list[Connection], first: Connection | None) -> list[Connection]:
    ordered = connections.copy()
    if first is not None and ordered[0] is not first:
        ordered.remove(first)
        ordered.insert(0, first)
    return ordered


def close(sw: Core, call: Call, cause: int) -> None:
    """The call, which everybody has left, is over."""
    sw.timers.cancel(call.script_timer)
    stays.report_last_stay(sw, call, cause)
    del sw.calls[call.id]
    del call.tenant.calls[call.id]
    sw.report(CallCleared(sw.now, call.tenant.id, call.id, cause))
    call.served = None


def _unanswered(operation: Operation, second: Call) -> bool:
    """Whether a transfer or three-party consultation ends because its second call does.

    Then the customer comes back by itself; after a two-party consultation the agent retrieves it.
    """
    if operation.second is not second or operation.kind is OperationKind.CONSULTATION:
        return False
    own = operation.owner.connection(second)
    return own is not None and not own.talk_begin


def report_cleared(sw: Core, connection: Connection, watchers: list[Agent], cause: int) -> None:
    call = connection.call
    if not watchers:
        sw.report(
            ConnectionCleared(
                sw.now, call.tenant.id, call.id, connection.device, 0, connection.number, cause
            )
        )
    for agent in watchers:
        sw.report(
            ConnectionCleared(
                sw.now,
                call.tenant.id,
                call.id,
                connection.device,
                agent.work_no,
                connection.number,
                cause,
            )
        )


def detach(sw: Core, connection: Connection, reason: LeaveReason) -> None:
    """Take the connection out of call, agent and trunk, and record its stay."""
    call = connection.call
    call.connections.remove(connection)
    connection.state = NULL
    if call.served is connection:
        call.served = None
    if connection.timer:
        sw.timers.cancel(connection.timer)
        connection.timer = 0
    if connection.request:
        trunks.withdraw(sw, connection)
    agent = connection.agent
    if agent is None:
        _release_port(sw, connection, reason)
        return
    agent.connections.remove(connection)
    if call.is_chat:
        agent.chats -= 1
    operation = agent.operation
    if operation is not None and (operation.call is call or operation.second is call):
        agent.operation = None
    stays.end_stay(sw, connection, reason)
    if connection.talk_begin:
        call.last_agent = agent.work_no


def _release_port(sw: Core, connection: Connection, reason: LeaveReason) -> None:
    """Free the trunk or IVR port of who has left."""
    if connection.habits is not None:
        sw.timers.cancel(connection.habits.timer)
        connection.habits = None
    trunk = connection.trunk
    if trunk is not None:
        trunk.in_use -= 1
        heappush(trunk.free, connection.channel)
        connection.trunk = None
        connection.channel = 0
    if connection.kind is IVR_DEVICE:
        stays.end_stay(sw, connection, reason)


def after_leaving(sw: Core, connection: Connection, *, by_agent: bool = False) -> None:
    """What the agent does who has left: hang up, stop recording, wrap up."""
    agent = connection.agent
    if agent is None:
        return
    hang_up_phone(sw, connection, by_agent=by_agent)
    if connection.recording:
        recordings.stop_recording(sw, connection)
    agents.after_call(sw, agent, connection.queue, talked=connection.talk_begin > 0)
    if agent.supervisors:
        supervision.left(sw, connection)


def hang_up_phone(sw: Core, connection: Connection, *, by_agent: bool) -> None:
    """Put the phone of who has left on the hook, unless it is needed or stays up."""
    agent = connection.agent
    phone = agent.phone if agent is not None else None
    if agent is None or phone is None or connection.call.is_chat or _audio(agent):
        return
    if phone.leg is UP and not agent.release_phone:
        return
    if phone.external:
        sw.request_release(phone.number, connection.call.id)
    agents.lower_phone(sw, agent, by_agent=by_agent)


def _audio(agent: Agent) -> bool:
    """Whether the agent has other connections than chats."""
    return bool(agent.connections) and any(not c.is_chat for c in agent.connections)


def settle_conference(call: Call) -> None:
    """With two parties left it is an ordinary call again."""
    if call.conference and sum(it.kind is not IVR_DEVICE for it in call.connections) < 3:
        call.conference = False
        call.transmit_digits = False


# Holding and taking back


def hold_customer(call: Call, *, held: bool) -> None:
    """An outside party hears music, or talks again; an agent who is served only listens."""
    served = call.served
    if served is not None and served.agent is None:
        served.state = HOLD if held else CONNECTED


def take_back(sw: Core, owner: Agent, call: Call) -> None:
    """The owner talks to the customer again, unless it talks to somebody else by now."""
    own = owner.connection(call)
    if own is None:
        return
    hold_customer(call, held=False)
    if own.state is not HOLD or (owner.active is not None and not call.is_chat):
        return
    own.state = CONNECTED
    if not call.is_chat:
        agents.lift_phone(sw, owner, main=own.main)
    sw.report(
        Retrieved(
            sw.now,
            call.tenant.id,
            call.id,
            own.device,
            owner.work_no,
            call.caller,
            call.called,
            call.type,
            own.main,
            call.ability,
        )
    )


def stop_ivr(sw: Core, call: Call, reason: LeaveReason) -> None:
    """Take the IVR port out of the call."""
    run = call.ivr
    if run is None:
        return
    if run.joined:
        ivr.message_ends(sw, call)
    call.ivr = None
    if run.timer:
        sw.timers.cancel(run.timer)
    if run.request:
        sw.requests.pop(run.request, None)
    if run.connection.state is not NULL:
        report_cleared(sw, run.connection, call.agents(), CAUSE_IVR)
        detach(sw, run.connection, reason)
        settle_conference(call)
