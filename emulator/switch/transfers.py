"""Consultation, conference and transfer: what an agent does with two calls (CEC 6.1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import agents, calls, delivery, dialling, operations, services
from emulator.switch.errors import TransferNotAllowed, WrongCallState, WrongCallType
from emulator.switch.events import LinkedPhoneTransfers, Transferred
from emulator.switch.flow import IvrEntry
from emulator.switch.model import Agent, Call, Connection, OperationKind
from emulator.switch.terms import (
    CONNECTED,
    HOLD,
    VOICE_AND_VIDEO,
    CallType,
    LeaveReason,
    MediaType,
    TargetType,
    TransferMode,
)

if TYPE_CHECKING:
    from emulator.switch.core import Core


# Consultation and conference


def consult(
    sw: Core,
    agent: Agent,
    target: tuple[TargetType, str],
    *,
    three_party: bool,
    data: str = "",
) -> Call:
    """Ask somebody for help during a call (CSTA Consultation Call; CEC 6.1.2.5)."""
    connection = services.established(agent) if agent.active or not agent.held else agent.held[-1]
    if agent.operation is not None:
        raise WrongCallState(f"agent {agent.work_no} consults or transfers already")
    dialling.require_target(sw, agent, target)
    services.require_data(data)
    kind, call_type = (
        (OperationKind.THREE_PARTY_CONSULTATION, CallType.THREE_PARTY_CONSULTATION)
        if three_party
        else (OperationKind.CONSULTATION, CallType.TWO_PARTY_CONSULTATION)
    )
    return _second_call(
        sw, agent, connection, target, kind, call_type, silent_hold=three_party, data=data
    )


def _second_call(
    sw: Core,
    agent: Agent,
    first: Connection,
    target: tuple[TargetType, str],
    kind: OperationKind,
    call_type: CallType,
    *,
    silent_hold: bool,
    caller: str = "",
    video: bool = False,
    data: str = "",
) -> Call:
    """Hold the customer and call somebody else beside."""
    if silent_hold or first.state is HOLD:
        first.state = HOLD
        first.held_at = sw.now
    else:
        operations.put_on_hold(sw, first)
    media = first.call.media if target[0] is not TargetType.OUTSIDE else MediaType.VOICE
    if video:
        media = MediaType.VIDEO
    shown = caller or str(agent.work_no)
    call = calls.new_call(sw, agent.tenant, shown, target[1], call_type, media, first.call.linkage)
    call.target = target
    call.data = data or first.call.data
    own = calls.add_agent(call, agent, CONNECTED)
    own.ack_begin = sw.now
    agents.lift_phone(sw, agent, main=own.main)
    dialling.report_initiated(sw, own)
    call.served = own if target[0] is TargetType.QUEUE else None
    operations.begin(sw, agent, first, kind, target, call)
    dialling.reach(sw, call, target)
    return call


def _to_be_merged(agent: Agent, call: Call) -> tuple[Connection, Connection]:
    """The held connection to the call, and the current one."""
    waiting = services.held(agent, call)
    current = services.established(agent)
    require_settled(call)
    require_settled(current.call)
    return waiting, current


def require_settled(call: Call) -> None:
    """Nobody is being rung or waited for on behalf of the call."""
    rings = any(delivery.is_ringing(connection) for connection in call.connections)
    if rings or call.entry is not None or call.ivr is not None:
        raise WrongCallState(f"call {call.id} is still to reach somebody")


def conference(sw: Core, agent: Agent, call: Call, data: str | None = None) -> None:
    """Join the held call and the current one (CSTA Conference Call; CEC 6.1.2.14)."""
    waiting, current = _to_be_merged(agent, call)
    if data:
        services.require_data(data)
    waiting.state = CONNECTED
    merged = current.call.id
    operations.merge(sw, current.call, call, agent, LeaveReason.THREE_PARTY)
    if data:
        services.set_data(sw, call, data)
    operations.report_conference(sw, call, merged)


# Transfer


def transfer_call(sw: Core, agent: Agent, call: Call) -> None:
    """Connect the held call with the current one and leave (CSTA Transfer; CEC 6.1.2.9)."""
    waiting, current = _to_be_merged(agent, call)
    calls.hold_customer(call, held=False)
    target = next((c for c in current.call.connections if c is not current), current)
    sw.report(Transferred(sw.now, call.tenant.id, call.id, target.device, agent.work_no))
    for connection in list(current.call.connections):
        calls.report_cleared(sw, connection, [agent], calls.CAUSE_REDIRECTED)
    operations.merge(sw, current.call, call, agent, LeaveReason.HELD_CALL_CONNECTED)
    operations.hand_over(sw, waiting)
    if len(call.connections) > 2:
        operations.report_conference(sw, call, current.call.id)
        return
    for connection in call.connections:
        if connection.agent is not None:
            delivery.report_established(sw, connection, only_target=True)


_ALLOWED: dict[TargetType, tuple[TransferMode, ...]] = {
    TargetType.QUEUE: (TransferMode.BLIND, TransferMode.RELEASE_AFTER),
    TargetType.AGENT: (TransferMode.BLIND, TransferMode.RELEASE_AFTER),
    TargetType.IVR: (TransferMode.BLIND, TransferMode.HANG_UP),
    TargetType.ACCESS_CODE: (TransferMode.BLIND, TransferMode.RELEASE_AFTER),
    TargetType.OUTSIDE: (
        TransferMode.BLIND,
        TransferMode.RELEASE_AFTER,
        TransferMode.TALK,
        TransferMode.THREE_PARTY,
    ),
}
"""The transfer modes of each device type (CEC 6.1.2.11)."""


def transfer(
    sw: Core,
    agent: Agent,
    target: tuple[TargetType, str],
    mode: TransferMode,
    *,
    caller: str = "",
    video: bool = False,
    data: str | None = None,
    entry: IvrEntry | None = None,
    by_phone: bool = False,
) -> None:
    """Transfer the current call in one of the documented modes.

    `entry`: where a flow is entered, and with what. `by_phone`: a release-after-transfer by the
    keys of a linked phone.
    """
    if data:
        services.require_data(data)
    own = _require_transferable(sw, agent, target, mode)
    _require_entry(agent, target, entry)
    call = own.call
    if data:
        services.set_data(sw, call, data)
    if mode in (TransferMode.TALK, TransferMode.THREE_PARTY):
        _transfer_by_second_call(sw, agent, own, target, mode, caller, video)
        return
    if call.served is None or call.served is own:
        call.served = next(c for c in call.connections if c is not own)
    call.excluded = ()
    if mode is TransferMode.BLIND:
        sw.report(
            Transferred(
                sw.now, call.tenant.id, call.id, operations.device_of(target), agent.work_no
            )
        )
        operations.hand_over(sw, own)
        dialling.reach(sw, call, target, agent.work_no, entry)
    elif mode is TransferMode.HANG_UP:
        operations.begin(sw, agent, own, OperationKind.HANG_UP_TRANSFER, target)
        calls.hold_customer(call, held=False)
        dialling.reach(sw, call, target, entry=entry)
    else:
        kind = OperationKind.RELEASE_AFTER_TRANSFER
        operation = operations.begin(sw, agent, own, kind, target)
        if by_phone and agent.phone is not None:
            operation.by_phone = True
            who = (sw.now, agent.tenant.id, agent.work_no)
            sw.report(LinkedPhoneTransfers(*who, call.id, agent.phone.number, target[1]))
        dialling.reach(sw, call, target, agent.work_no)


def _require_transferable(
    sw: Core, agent: Agent, target: tuple[TargetType, str], mode: TransferMode
) -> Connection:
    """Refuse a transfer that cannot begin; returns the agent's connection to the call."""
    if mode not in _ALLOWED[target[0]]:
        raise TransferNotAllowed(f"no {mode} transfer to a device of type {target[0]}")
    own = services.established(agent)
    call = own.call
    if agent.operation is not None:
        raise WrongCallState(f"agent {agent.work_no} consults or transfers already")
    if len(call.connections) != 2 and mode is not TransferMode.BLIND:
        raise WrongCallType("a conference can only be left or transferred blindly")
    if call.type is CallType.INTERNAL and target[0] is not TargetType.OUTSIDE:
        raise WrongCallType("an internal call cannot be forwarded")
    require_settled(call)
    dialling.require_target(sw, agent, target)
    if target[0] is TargetType.OUTSIDE and mode is TransferMode.BLIND:
        _refuse_blind_outside(call)
    return own


def _require_entry(agent: Agent, target: tuple[TargetType, str], entry: IvrEntry | None) -> None:
    if entry is None:
        return
    if target[0] is not TargetType.IVR:
        raise TransferNotAllowed("only a flow is entered at a node, and with variables")
    dialling.require_node(dialling.find_flow(agent.tenant.flows, target[1]), entry)


def _refuse_blind_outside(call: Call) -> None:
    if call.type is not CallType.INBOUND or call.ability == VOICE_AND_VIDEO:
        raise WrongCallType("only an inbound voice call goes to an outside number blindly")


def _transfer_by_second_call(
    sw: Core,
    agent: Agent,
    own: Connection,
    target: tuple[TargetType, str],
    mode: TransferMode,
    caller: str,
    video: bool,
) -> None:
    kind = (
        OperationKind.TALK_TRANSFER
        if mode is TransferMode.TALK
        else OperationKind.THREE_PARTY_TRANSFER
    )
    _second_call(
        sw,
        agent,
        own,
        target,
        kind,
        CallType.OUTBOUND,
        silent_hold=False,
        caller=caller or agent.tenant.config.default_caller,
        video=video,
    )
