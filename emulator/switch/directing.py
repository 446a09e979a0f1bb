"""A call whose course is known: led from device to device at somebody's word.

Routes, policies, matching and timers decide nothing here; whoever replays a day does, because it
knows what they had decided. Everything else is as ever: devices, states, events and records. Each
function is a command: it raises a `SwitchError` and has changed nothing, or is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import agents, calls, delivery, dialling, ivr, operations, queues, services
from emulator.switch.errors import (
    InvalidValue,
    NoCall,
    NotSignedIn,
    TargetNotAvailable,
    UnknownAgent,
    UnknownFlow,
    UnknownQueue,
    WrongCallState,
)
from emulator.switch.events import Offered, Transferred
from emulator.switch.model import Agent, Call, Connection, OperationKind, Tenant
from emulator.switch.terms import (
    CHAT_MEDIA,
    CONNECTED,
    HOLD,
    IDLE,
    INITIATED,
    TALKING,
    TRUNK_DEVICE,
    CallType,
    LeaveReason,
    MediaType,
    TargetType,
    TransferMode,
)

if TYPE_CHECKING:
    from emulator.switch.core import Core

Target = tuple[TargetType, str]
"""A queue, an agent or a flow, by its number."""

_KINDS = {
    TransferMode.RELEASE_AFTER: OperationKind.RELEASE_AFTER_TRANSFER,
    TransferMode.HANG_UP: OperationKind.HANG_UP_TRANSFER,
}


# Calls begin


def arrive(
    sw: Core,
    tenant_id: int,
    caller: str,
    called: str,
    to: Target,
    *,
    media: MediaType = MediaType.VOICE,
    call_type: CallType = CallType.INBOUND,
) -> str:
    """A customer calls and comes to this device, whatever the routes say; returns the call id."""
    tenant = sw.tenant(tenant_id)
    _require(tenant, to, media)
    trunk = calls.find_trunk(tenant, called)
    call = calls.new_call(sw, tenant, caller, called, call_type, media)
    connection = calls.add_outside(call, caller, trunk, CONNECTED)
    call.served = connection
    sw.report(
        Offered(sw.now, tenant.id, call.id, connection.device, caller, called, media, call_type)
    )
    _place(sw, call, to)
    sw._done()
    return call.id


def originate(
    sw: Core,
    work_no: int,
    target: Target,
    *,
    caller: str,
    media: MediaType = MediaType.VOICE,
    call_type: CallType = CallType.OUTBOUND,
) -> str:
    """An agent calls a number outside or another agent; returns the call id.

    If it talks to a customer, it has them wait.
    """
    agent = sw.agent(work_no)
    active = agent.active
    talks = active is not None and active.talk_begin > 0 and agent.supervision is None
    if not talks:
        dialling.require_free(agent)
    if target[0] is TargetType.OUTSIDE:
        calls.find_trunk(agent.tenant, target[1])
    else:
        delivery.require_free(_agent(agent.tenant, target[1]))
    if active is not None and talks:
        operations.put_on_hold(sw, active)
    call = dialling.originate(sw, agent, target, call_type, media, caller, "")
    sw._done()
    return call.id


def consult(
    sw: Core,
    work_no: int,
    target: Target,
    *,
    caller: str,
    called: str,
    media: MediaType,
    call_type: CallType,
) -> str:
    """An agent asks for help, and has its customer wait; returns the call id."""
    agent = sw.agent(work_no)
    agents.require_signed_in(agent)
    _require(agent.tenant, target, media)
    first = agent.active
    if first is not None:
        operations.put_on_hold(sw, first)
    call = calls.new_call(sw, agent.tenant, caller, called, call_type, media)
    call.target = target
    own = calls.add_agent(call, agent, CONNECTED)
    own.ack_begin = sw.now
    call.served = own if target[0] is TargetType.QUEUE else None
    if first is not None and call_type is CallType.THREE_PARTY_CONSULTATION:
        kind = OperationKind.THREE_PARTY_CONSULTATION
        operations.begin(sw, agent, first, kind, target, call)
    agents.lift_phone(sw, agent, main=own.main)
    dialling.report_initiated(sw, own)
    agents.change(sw, agent, TALKING)
    _place(sw, call, target)
    sw._done()
    return call.id


# What queues decide


def ring(sw: Core, call_id: str, work_no: int) -> None:
    """The agent's phone rings for the call, which waits in a queue."""
    call, agent = sw.call(call_id), sw.agent(work_no)
    if call.entry is None or call.entry.ringing is not None:
        raise WrongCallState(f"call {call_id} does not wait")
    _require_reachable(agent, call.media)
    delivery.from_queue(sw, call, agent)
    sw._done()


def divert(sw: Core, call_id: str, reason: LeaveReason, to: Target | None, cause: int = 0) -> None:
    """The queue cannot keep the call: it goes elsewhere, None: nowhere, and ends with `cause`."""
    call = sw.call(call_id)
    if call.entry is None or call.entry.ringing is not None:
        raise WrongCallState(f"call {call_id} does not wait")
    if to is not None:
        _require(call.tenant, to, call.media)
    queues.leave(sw, call, reason, released=to is None)
    if to is None:
        queues.not_served(sw, call, cause, reason)
    else:
        _place(sw, call, to, diverted=True)
    sw._done()


# What agents decide


def refuse(sw: Core, call_id: str, work_no: int, *, rejected: bool, release: bool) -> None:
    """The agent whose phone rings does not take the call; `release`: which ends then."""
    call, agent = sw.call(call_id), sw.agent(work_no)
    connection = delivery.ringing_connection(agent, call)
    delivery.refuse(sw, connection, rejected=rejected, release=release)
    if not agent.connections and agent.signed_in and agent.state is not IDLE and not release:
        agents.make_ready(sw, agent, requested=False)
    sw._done()


def transfer(sw: Core, call_id: str, work_no: int, to: Target, mode: TransferMode) -> None:
    """The agent transfers the call to a queue, an agent or a flow."""
    call, agent = sw.call(call_id), sw.agent(work_no)
    own = _talking(sw, agent, call)
    if agent.operation is not None or call.entry is not None or call.ivr is not None:
        raise WrongCallState(f"call {call_id} is being transferred already")
    _require(call.tenant, to, call.media)
    if call.served is None or call.served is own:
        call.served = next(c for c in call.connections if c is not own)
    kind = _KINDS.get(mode)
    if kind is None:
        device = operations.device_of(to)
        sw.report(Transferred(sw.now, call.tenant.id, call.id, device, agent.work_no))
        operations.hand_over(sw, own)
    else:
        operations.begin(sw, agent, own, kind, to)
        if kind is OperationKind.HANG_UP_TRANSFER:
            calls.hold_customer(call, held=False)
    _place(sw, call, to, transfer_from=agent.work_no)
    sw._done()


def hand_over(sw: Core, call_id: str, work_no: int, cause: int) -> None:
    """The agent transfers the call to where nothing is known of it: it is over here."""
    call, agent = sw.call(call_id), sw.agent(work_no)
    operations.hand_over(sw, _talking(sw, agent, call))
    calls.clear_call(sw, call, cause, LeaveReason.TRANSFERRED)
    sw._done()


# What flows decide


def leave_flow(sw: Core, call_id: str, to: Target | None) -> None:
    """The flow leads the call on; None: it is over, and so is the call if nobody waits for it."""
    call = sw.call(call_id)
    if call.ivr is None:
        raise WrongCallState(f"call {call_id} is in no flow")
    if to is None:
        ivr.ended(sw, call)
    else:
        _require(call.tenant, to, call.media)
        _place(sw, call, to, transfer_from=ivr.hand_on(sw, call))
    sw._done()


# Calls end


def hang_up(sw: Core, call_id: str, cause: int, work_no: int = 0) -> None:
    """The customer, or an agent of the call, hangs up; `cause` is that of the call if it ends."""
    call = sw.call(call_id)
    if work_no:
        own = sw.agent(work_no).connection(call)
        reason = services.reason_to_hang_up(own) if own is not None else LeaveReason.NORMAL
    else:
        own = call.served
        if own is None or own.kind is not TRUNK_DEVICE:
            own = next((it for it in call.connections if it.kind is TRUNK_DEVICE), None)
        reason = LeaveReason.USER_RELEASED
    if own is None:
        raise NoCall(f"who hangs up is not in call {call_id}")
    calls.leave(sw, own, cause, reason)
    sw._done()


def release(sw: Core, call_id: str, cause: int, reason: LeaveReason) -> None:
    """The call is over, for everybody and for this reason."""
    calls.clear_call(sw, sw.call(call_id), cause, reason)
    sw._done()


# Parts of commands


def _place(
    sw: Core, call: Call, to: Target, *, transfer_from: int = 0, diverted: bool = False
) -> None:
    kind, number = to
    if kind is TargetType.QUEUE:
        queue = call.tenant.queues[int(number)]
        if queue.is_chat != call.is_chat:
            queues.enter(sw, call, queue)
            return
        queues.line_up(sw, call, queues.begin_stay(sw, call, queue, diverted=diverted))
    elif kind is TargetType.IVR:
        ivr.start(sw, call, call.tenant.flows[int(number)])
    else:
        connection = calls.add_agent(call, call.tenant.agents[int(number)], INITIATED)
        connection.transfer_from = transfer_from
        delivery.ring(sw, connection, call.tenant.config.ring)


def _require(tenant: Tenant, to: Target, media: MediaType) -> None:
    kind, number = to
    if not number.isdecimal():
        raise InvalidValue(f"not the number of a device: {number!r}")
    if kind is TargetType.QUEUE:
        if int(number) not in tenant.queues:
            raise UnknownQueue(f"there is no queue {number}")
    elif kind is TargetType.IVR:
        if int(number) not in tenant.flows:
            raise UnknownFlow(f"there is no flow {number}")
    else:
        _require_reachable(_agent(tenant, number), media)


def _agent(tenant: Tenant, number: str) -> Agent:
    agent = tenant.agents.get(int(number)) if number.isdecimal() else None
    if agent is None:
        raise UnknownAgent(f"there is no agent {number}")
    return agent


def _require_reachable(agent: Agent, media: MediaType) -> None:
    if not agent.signed_in:
        raise NotSignedIn(f"agent {agent.work_no} has not signed in")
    if not (media in CHAT_MEDIA and agent.chats and agent.chats == len(agent.connections)):
        delivery.require_free(agent)
    if media not in agents.media_of(agent):
        raise TargetNotAvailable(f"agent {agent.work_no} cannot take calls of this media type")


def _talking(sw: Core, agent: Agent, call: Call) -> Connection:
    own = agent.connection(call)
    if own is not None and own.state is HOLD and agent.active is None:
        calls.take_back(sw, agent, call)
    if own is None or own.state is not CONNECTED or not own.talk_begin:
        raise WrongCallState(f"agent {agent.work_no} does not talk on call {call.id}")
    return own
