"""Long operations: consultations and transfers that wait for somebody (rule 5).

An operation belongs to the agent who began it. While it lasts, the agent's connection to the
customer's call is held; what happens to the target ends it: it answers, or it fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import calls, delivery, recordings, stays, supervision, video_rooms
from emulator.switch.errors import NoCall
from emulator.switch.events import (
    CallCleared,
    Conferenced,
    ConnectionMoved,
    Failed,
    Held,
    LinkedPhoneTransferResult,
    ReturnedFromIvr,
    Transferred,
    TransferResult,
)
from emulator.switch.model import Agent, Call, Connection, Operation, OperationKind
from emulator.switch.terms import CONNECTED, HOLD, IVR_DEVICE, LeaveReason, QueueOutcome, TargetType

if TYPE_CHECKING:
    from emulator.switch.core import Core

_IN_CONFERENCE = {
    OperationKind.THREE_PARTY_CONSULTATION: LeaveReason.THREE_PARTY_HELP,
    OperationKind.THREE_PARTY_TRANSFER: LeaveReason.THREE_PARTY,
}
"""Operations that end in a conference with their owner, and why that leaves the second call."""

_LEAVES_QUEUE = {
    (OperationKind.RELEASE_AFTER_TRANSFER, LeaveReason.NORMAL): LeaveReason.TRANSFERRED_TO_QUEUE,
    (OperationKind.RELEASE_AFTER_TRANSFER, LeaveReason.TIMEOUT): LeaveReason.TRANSFER_TIMED_OUT,
    (OperationKind.THREE_PARTY_CONSULTATION, LeaveReason.NORMAL): LeaveReason.THREE_PARTY_IN_QUEUE,
    (
        OperationKind.THREE_PARTY_CONSULTATION,
        LeaveReason.TIMEOUT,
    ): LeaveReason.THREE_PARTY_TIMED_OUT,
}


def reason_in_queue(call: Call, reason: LeaveReason) -> LeaveReason:
    """Why the call leaves its queue, if an agent transfers it there or asks for help there."""
    operation = of_call(call)
    if operation is None:
        return reason
    return _LEAVES_QUEUE.get((operation.kind, reason), reason)


def of_call(call: Call) -> Operation | None:
    """The operation that waits for what this call reaches.

    A transfer of the call goes before a consultation by it: whoever was asked for help can
    transfer the consultation call.
    """
    found: Operation | None = None
    for connection in call.connections:
        operation = connection.agent.operation if connection.agent is not None else None
        if operation is None:
            continue
        if operation.second is None and operation.call is call:
            return operation
        if operation.second is call:
            found = operation
    return found


# The target answers


def answered(sw: Core, operation: Operation, target: Connection) -> bool:
    """The target has answered; True when the operation is complete and has been reported."""
    if operation.kind is OperationKind.RELEASE_AFTER_TRANSFER and target.call is operation.call:
        _complete_transfer(sw, operation, target)
        delivery.report_joined(sw, target)
        return True
    if operation.kind in _IN_CONFERENCE and target.call is operation.second:
        _complete_conference(sw, operation, target)
        return True
    return False


def _complete_transfer(sw: Core, operation: Operation, target: Connection) -> None:
    owner, call = operation.owner, operation.call
    owner.operation = None
    own = owner.connection(call)
    assert own is not None
    calls.hold_customer(call, held=False)
    _report_result(sw, operation, 0)
    sw.report(Transferred(sw.now, call.tenant.id, call.id, target.device, owner.work_no))
    hand_over(sw, own)


def answered_by_ivr(sw: Core, call: Call, port: Connection) -> None:
    """An IVR port answers at once; the agent who transferred the call there is free."""
    operation = of_call(call)
    if (
        operation is not None
        and operation.call is call
        and operation.kind is OperationKind.RELEASE_AFTER_TRANSFER
    ):
        _complete_transfer(sw, operation, port)


def hand_on(call: Call) -> int:
    """The flow leads the call on: it will not come back to the agent who waits for it.

    From now on that agent waits as in a release-after-transfer. Returns its work number or 0.
    """
    operation = of_call(call)
    if operation is None or operation.call is not call:
        return 0
    if operation.kind is OperationKind.HANG_UP_TRANSFER:
        operation.kind = OperationKind.RELEASE_AFTER_TRANSFER
    return operation.owner.work_no


def hand_over(sw: Core, own: Connection) -> None:
    """The transferring agent leaves a call that goes on."""
    calls.report_cleared(sw, own, own.call.agents(), calls.CAUSE_REDIRECTED)
    calls.detach(sw, own, LeaveReason.TRANSFERRED)
    calls.settle_conference(own.call)
    calls.after_leaving(sw, own, by_agent=True)


def _complete_conference(sw: Core, operation: Operation, target: Connection) -> None:
    owner, first, second = operation.owner, operation.call, operation.second
    assert second is not None
    owner.operation = None
    own = owner.connection(first)
    assert own is not None
    own.state = CONNECTED
    delivery.report_joined(sw, target, only_target=True)
    merge(sw, second, first, owner, _IN_CONFERENCE[operation.kind])
    report_conference(sw, first, second.id)


def report_conference(sw: Core, call: Call, merged: str) -> None:
    """Tell each agent who else is in the conference."""
    call.conference = True
    for hearer in call.agents():
        others = [c for c in call.connections if c.agent is not hearer]
        parties = tuple(c.number for c in others if c.kind is not IVR_DEVICE)
        sw.report(Conferenced(sw.now, call.tenant.id, call.id, hearer.work_no, parties, merged))


def merge(sw: Core, source: Call, target: Call, owner: Agent, reason: LeaveReason) -> None:
    """Move everyone but the owner from one call into the other; the elder call id survives."""
    own, waiting = owner.connection(source), owner.connection(target)
    assert own is not None
    assert waiting is not None
    supervision.follow(own, waiting)
    calls.detach(sw, own, reason)
    recordings.stop_recording(sw, own)
    if target.served is None or (source.follow_up is not None and target.follow_up is None):
        target.served = source.served
    target.follow_up = target.follow_up or source.follow_up
    for connection in list(source.connections):
        source.connections.remove(connection)
        connection.call = target
        target.connections.append(connection)
        _follow(connection.agent, source, target)
        sw.report(
            ConnectionMoved(
                sw.now,
                target.tenant.id,
                target.id,
                connection.device,
                source.id,
                connection.agent.work_no if connection.agent is not None else 0,
            )
        )
    source.cleared = True
    sw.timers.cancel(source.script_timer)
    source.served = None
    stays.report_last_stay(sw, source, calls.CAUSE_REDIRECTED)
    del sw.calls[source.id]
    del source.tenant.calls[source.id]
    sw.report(CallCleared(sw.now, source.tenant.id, source.id, calls.CAUSE_REDIRECTED))
    video_rooms.enter(sw, target)


def _follow(agent: Agent | None, source: Call, target: Call) -> None:
    """The operation of an agent whose call was merged goes on with the call that survives."""
    operation = agent.operation if agent is not None else None
    if operation is None:
        return
    if operation.call is source:
        operation.call = target
    if operation.second is source:
        operation.second = target


# The target fails


def failed(sw: Core, call: Call, cause: int) -> bool:
    """The device that the call was to reach did not take it; True when that was dealt with."""
    operation = of_call(call)
    if operation is not None and operation.second is None and operation.call is call:
        _fail_transfer(sw, operation, cause)
        return True
    first = call.connections[0] if call.connections else None
    if first is None or first.agent is None or call.target is None or first.talk_begin:
        return goes_on(call)
    _report_failed(sw, call, first.agent, cause, call.target, transfer=_hands_over(operation))
    calls.clear_call(sw, call, cause, reason_of(cause))
    return True


def goes_on(call: Call) -> bool:
    """Whether two parties talk, so that the call does not end when it reaches nobody else."""
    talking = (CONNECTED, HOLD)
    parties = [
        c
        for c in call.connections
        if c.state in talking and c.kind is not IVR_DEVICE and (c.agent is None or c.talk_begin)
    ]
    return len(parties) > 1


_REASONS = {
    512: LeaveReason.OVERFLOW,
    518: LeaveReason.AGENT_RELEASED,
    526: LeaveReason.NO_ROUTE,
    537: LeaveReason.CALLED_BUSY,
    538: LeaveReason.NO_SUCH_NUMBER,
    548: LeaveReason.POWERED_OFF,
    549: LeaveReason.OUT_OF_SERVICE,
    561: LeaveReason.OVERFLOW,
    562: LeaveReason.NO_AGENT,
    602: LeaveReason.NO_RESOURCE,
    604: LeaveReason.CALLED_REJECTED,
    605: LeaveReason.CALLED_BUSY,
    606: LeaveReason.TIMEOUT,
    852: LeaveReason.CALLED_REJECTED,
    853: LeaveReason.NO_ANSWER,
}
"""Why who called leaves, by the release cause that says why nobody was reached."""


def reason_of(cause: int) -> LeaveReason:
    """Why who called leaves, when nobody was reached for this cause."""
    return _REASONS.get(cause, LeaveReason.USER_NO_ANSWER)


_DEVICES = {
    TargetType.QUEUE: "queue",
    TargetType.AGENT: "agent",
    TargetType.IVR: "ivr",
    TargetType.ACCESS_CODE: "trunk",
    TargetType.OUTSIDE: "trunk",
}


def device_of(target: tuple[TargetType, str]) -> str:
    """How reports name the target."""
    return f"{_DEVICES[target[0]]}:{target[1]}"


def _hands_over(operation: Operation | None) -> bool:
    """Whether the second call of the operation is there to take the customer over."""
    return operation is not None and operation.kind in (
        OperationKind.TALK_TRANSFER,
        OperationKind.THREE_PARTY_TRANSFER,
    )


def _report_failed(
    sw: Core,
    call: Call,
    hearer: Agent,
    cause: int,
    target: tuple[TargetType, str],
    *,
    transfer: bool,
) -> None:
    sw.report(
        Failed(
            sw.now,
            call.tenant.id,
            call.id,
            device_of(target),
            hearer.work_no,
            target[1],
            cause,
            call.type,
            transfer,
        )
    )


def _fail_transfer(sw: Core, operation: Operation, cause: int) -> None:
    owner, call = operation.owner, operation.call
    owner.operation = None
    assert operation.target is not None
    _report_failed(sw, call, owner, cause, operation.target, transfer=True)
    _report_result(sw, operation, cause)
    calls.take_back(sw, owner, call)


def _report_result(sw: Core, operation: Operation, result: int) -> None:
    owner, call = operation.owner, operation.call
    sw.report(TransferResult(sw.now, call.tenant.id, call.id, owner.work_no, result))
    if operation.by_phone:
        who = (sw.now, call.tenant.id, owner.work_no)
        sw.report(LinkedPhoneTransferResult(*who, call.id, result))


def put_on_hold(sw: Core, own: Connection) -> None:
    """The agent's connection is held."""
    own.state = HOLD
    own.held_at = sw.now
    agent = own.agent
    assert agent is not None
    sw.report(Held(sw.now, own.call.tenant.id, own.call.id, own.device, agent.work_no))


def begin(
    sw: Core,
    owner: Agent,
    own: Connection,
    kind: OperationKind,
    target: tuple[TargetType, str],
    second: Call | None = None,
) -> Operation:
    """Note the operation; the owner's connection waits for its end."""
    operation = Operation(kind, owner, own.call, second, target)
    owner.operation = operation
    if second is None:
        own.state = HOLD
        own.held_at = sw.now
        calls.hold_customer(own.call, held=True)
    return operation


# The owner changes its mind


def cancel_transfer(sw: Core, owner: Agent) -> None:
    """Take the customer back from a transfer under way (CEC 6.1.2.12)."""
    operation = owner.operation
    if operation is None or operation.kind is OperationKind.CONSULTATION:
        raise NoCall(f"agent {owner.work_no} transfers no call")
    owner.operation = None
    call, second = operation.call, operation.second
    if second is not None:
        calls.clear_call(sw, second, calls.CAUSE_CLIENT, LeaveReason.HELD_CALL_TAKEN_BACK)
    else:
        withdraw(sw, call)
    calls.take_back(sw, owner, call)


def withdraw(sw: Core, call: Call) -> None:
    """Stop trying to reach the target of a transfer: ringing, queue or IVR."""
    entry = call.entry
    if entry is not None:
        ringing = entry.ringing
        stays.leave_queue(sw, call, QueueOutcome.TRANSFERRED_OUT, LeaveReason.QUEUE_CANCELLED)
        if ringing is not None:
            calls.drop(sw, ringing, calls.CAUSE_CLIENT, LeaveReason.QUEUE_CANCELLED)
    for connection in [c for c in call.connections if c.transfer_from and not c.talk_begin]:
        calls.drop(sw, connection, calls.CAUSE_CLIENT, LeaveReason.QUEUE_CANCELLED)
    calls.stop_ivr(sw, call, LeaveReason.NORMAL)


def waits_for_ivr(call: Call) -> bool:
    """Whether an agent waits for the call to come back from its flow."""
    operation = of_call(call)
    return operation is not None and operation.kind is OperationKind.HANG_UP_TRANSFER


def returned_from_ivr(sw: Core, call: Call) -> None:
    """The flow of a hang-up transfer is over: the call is the agent's again."""
    operation = of_call(call)
    assert operation is not None
    owner = operation.owner
    owner.operation = None
    sw.report(ReturnedFromIvr(sw.now, call.tenant.id, call.id, owner.device, owner.work_no))
    calls.take_back(sw, owner, call)
