"""Long operations: consultations and transfers that wait for somebody (rule 5).

An operation belongs to the agent who began it. While it lasts, the agent's connection to the
customer's call is held; what happens to the target ends it: it answers, or it fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import calls, delivery
from emulator.switch.errors import NoCall
from emulator.switch.events import (
    CallCleared,
    Conferenced,
    ConnectionMoved,
    Failed,
    Held,
    ReturnedFromIvr,
    Transferred,
    TransferResult,
)
from emulator.switch.model import Agent, Call, Connection, Operation, OperationKind
from emulator.switch.terms import ConnectionState, LeaveReason, QueueOutcome, TargetType

if TYPE_CHECKING:
    from emulator.switch.switch import Switch

_WITH_OWNER = frozenset(
    {OperationKind.THREE_PARTY_CONSULTATION, OperationKind.THREE_PARTY_TRANSFER}
)


def of_call(call: Call) -> Operation | None:
    """The operation that this call is part of, on either side."""
    for connection in call.connections:
        agent = connection.agent
        if agent is not None and agent.operation is not None:
            operation = agent.operation
            if operation.call is call or operation.second is call:
                return operation
    return None


# The target answers


def answered(sw: Switch, operation: Operation, target: Connection) -> bool:
    """The target has answered; True when the operation is complete and has been reported."""
    if operation.kind is OperationKind.RELEASE_AFTER_TRANSFER and target.call is operation.call:
        _complete_transfer(sw, operation, target)
        return True
    if operation.kind in _WITH_OWNER and target.call is operation.second:
        _complete_conference(sw, operation, target)
        return True
    return False


def _complete_transfer(sw: Switch, operation: Operation, target: Connection) -> None:
    owner, call = operation.owner, operation.call
    owner.operation = None
    own = owner.connection(call)
    assert own is not None
    calls.hold_customer(call, held=False)
    sw.report(TransferResult(sw.now, call.tenant.id, call.id, owner.work_no, 0))
    sw.report(Transferred(sw.now, call.tenant.id, call.id, target.device, owner.work_no))
    hand_over(sw, own)
    delivery.report_joined(sw, target)


def hand_over(sw: Switch, own: Connection) -> None:
    """The transferring agent leaves a call that goes on."""
    calls.report_cleared(sw, own, own.call.agents(), calls.CAUSE_REDIRECTED)
    calls.detach(sw, own, LeaveReason.TRANSFERRED)
    calls.settle_conference(own.call)
    calls.after_leaving(sw, own, by_agent=True)


def _complete_conference(sw: Switch, operation: Operation, target: Connection) -> None:
    owner, first, second = operation.owner, operation.call, operation.second
    assert second is not None
    owner.operation = None
    own = owner.connection(first)
    assert own is not None
    own.state = ConnectionState.CONNECTED
    delivery.report_joined(sw, target, only_target=True)
    merge(sw, second, first, owner, LeaveReason.THREE_PARTY)
    report_conference(sw, first, second.id)


def report_conference(sw: Switch, call: Call, merged: str) -> None:
    """Tell each agent who else is in the conference."""
    call.conference = True
    for hearer in call.agents():
        parties = tuple(c.number for c in call.connections if c.agent is not hearer)
        sw.report(Conferenced(sw.now, call.tenant.id, call.id, hearer.work_no, parties, merged))


def merge(sw: Switch, source: Call, target: Call, owner: Agent, reason: LeaveReason) -> None:
    """Move everyone but the owner from one call into the other; the elder call id survives."""
    own = owner.connection(source)
    if own is not None:
        calls.detach(sw, own, reason)
        calls.stop_recording(sw, own)
    for connection in list(source.connections):
        source.connections.remove(connection)
        connection.call = target
        target.connections.append(connection)
        sw.report(
            ConnectionMoved(sw.now, target.tenant.id, target.id, connection.device, source.id)
        )
    source.cleared = True
    calls.flush_stay(sw, source, True, calls.CAUSE_REDIRECTED)
    del sw.calls[source.id]
    del source.tenant.calls[source.id]
    sw.report(CallCleared(sw.now, source.tenant.id, source.id, calls.CAUSE_REDIRECTED))


# The target fails


def failed(sw: Switch, call: Call, cause: int) -> bool:
    """The device that the call was to reach did not take it; True when that was dealt with."""
    operation = of_call(call)
    if operation is not None and operation.second is None and operation.call is call:
        _fail_transfer(sw, operation, cause)
        return True
    originator = call.connections[0].agent if call.connections else None
    if originator is None or call.target is None:
        return False
    report_failed(sw, call, originator, cause)
    calls.clear_call(sw, call, cause, _REASONS.get(cause, LeaveReason.USER_NO_ANSWER))
    return True


_REASONS = {
    537: LeaveReason.CALLED_BUSY,
    538: LeaveReason.NO_SUCH_NUMBER,
    548: LeaveReason.POWERED_OFF,
    549: LeaveReason.OUT_OF_SERVICE,
    602: LeaveReason.NO_RESOURCE,
    604: LeaveReason.CALLED_REJECTED,
}


def report_failed(sw: Switch, call: Call, hearer: Agent, cause: int) -> None:
    target = call.target
    number = target[1] if target is not None else call.called
    kind = "agent" if target is not None and target[0] is TargetType.AGENT else "trunk"
    sw.report(
        Failed(
            sw.now,
            call.tenant.id,
            call.id,
            f"{kind}:{number}",
            hearer.work_no,
            number,
            cause,
            call.type,
        )
    )


def _fail_transfer(sw: Switch, operation: Operation, cause: int) -> None:
    owner, call = operation.owner, operation.call
    owner.operation = None
    report_failed(sw, call, owner, cause)
    sw.report(TransferResult(sw.now, call.tenant.id, call.id, owner.work_no, cause))
    calls.take_back(sw, owner, call)


def put_on_hold(sw: Switch, own: Connection) -> None:
    """The agent's connection is held."""
    own.state = ConnectionState.HOLD
    own.held_at = sw.now
    agent = own.agent
    assert agent is not None
    sw.report(Held(sw.now, own.call.tenant.id, own.call.id, own.device, agent.work_no))


def begin(
    sw: Switch, owner: Agent, own: Connection, kind: OperationKind, second: Call | None = None
) -> Operation:
    """Note the operation; the owner's connection waits for its end."""
    operation = Operation(kind, owner, own.call, second)
    owner.operation = operation
    if second is None:
        own.state = ConnectionState.HOLD
        own.held_at = sw.now
        calls.hold_customer(own.call, held=True)
    return operation


# The owner changes its mind


def cancel_transfer(sw: Switch, owner: Agent) -> None:
    """Take the customer back from a transfer under way (CEC 6.1.2.12)."""
    operation = owner.operation
    if operation is None or operation.kind is OperationKind.CONSULTATION:
        raise NoCall(f"agent {owner.work_no} transfers no call")
    owner.operation = None
    call, second = operation.call, operation.second
    if second is not None:
        calls.clear_call(sw, second, calls.CAUSE_CLIENT, LeaveReason.AGENT_RELEASED)
    else:
        withdraw(sw, call)
    calls.take_back(sw, owner, call)


def withdraw(sw: Switch, call: Call) -> None:
    """Stop trying to reach the target of a transfer: ringing, queue or IVR."""
    entry = call.entry
    if entry is not None:
        ringing = entry.ringing
        calls.leave_queue(sw, call, QueueOutcome.TRANSFERRED_OUT, LeaveReason.QUEUE_CANCELLED)
        if ringing is not None:
            calls.drop(sw, ringing, calls.CAUSE_CLIENT, LeaveReason.QUEUE_CANCELLED)
    for connection in [c for c in call.connections if c.transfer_from and not c.talk_begin]:
        calls.drop(sw, connection, calls.CAUSE_CLIENT, LeaveReason.QUEUE_CANCELLED)
    calls.stop_ivr(sw, call, LeaveReason.NORMAL)


def waits_for_ivr(call: Call) -> bool:
    """Whether an agent waits for the call to come back from its flow."""
    operation = of_call(call)
    return operation is not None and operation.kind is OperationKind.HANG_UP_TRANSFER


def returned_from_ivr(sw: Switch, call: Call) -> None:
    """The flow of a hang-up transfer is over: the call is the agent's again."""
    operation = of_call(call)
    assert operation is not None
    owner = operation.owner
    owner.operation = None
    sw.report(ReturnedFromIvr(sw.now, call.tenant.id, call.id, owner.device, owner.work_no))
    calls.take_back(sw, owner, call)
