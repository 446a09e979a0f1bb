"""What an agent does with its calls: CSTA call control services, as CEC 6.1.2 offers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import (
    agents,
    calls,
    delivery,
    ivr,
    operations,
    outside,
    queues,
    supervision,
)
from emulator.switch.errors import (
    InvalidNumber,
    InvalidValue,
    NoCall,
    TransferNotAllowed,
    UnknownAgent,
    UnknownFlow,
    UnknownQueue,
    WrongAgentState,
    WrongCallState,
    WrongCallType,
)
from emulator.switch.events import (
    AgentBusy,
    AgentStateChanged,
    CallDataChanged,
    DigitsGenerated,
    MediaSwitched,
    Muted,
    PhoneAlerting,
    PreviewOffered,
    ServiceInitiated,
    Transferred,
    VideoModeChanged,
)
from emulator.switch.flow import Flow
from emulator.switch.model import Agent, Call, Connection, OperationKind, Preview
from emulator.switch.terms import (
    BUSY,
    CONNECTED,
    DOWN,
    HOLD,
    IDLE,
    INITIATED,
    IVR_DEVICE,
    OCCUPIED,
    PREOCCUPIED,
    RINGING,
    TALKING,
    TRUNK_DEVICE,
    VOICE_AND_VIDEO,
    WRAP_UP,
    CallType,
    LeaveReason,
    MediaAbility,
    MediaType,
    TargetType,
    TransferMode,
)
from emulator.switch.timers import TimerKind

if TYPE_CHECKING:
    from emulator.switch.switch import Switch

MAX_CALL_DATA = 16 * 1024
PREVIEW_SECONDS = 60
_DIAL_CHARACTERS = frozenset("0123456789*#")


def require_number(number: str) -> None:
    """1 to 24 digits, * or #."""
    if not 1 <= len(number) <= 24 or not _DIAL_CHARACTERS.issuperset(number):
        raise InvalidNumber("a number has 1 to 24 digits, * or #")


def set_data(sw: Switch, call: Call, data: str) -> None:
    """Call-associated data, at most 16 KB of UTF-8."""
    require_data(data)
    call.data = data
    sw.report(CallDataChanged(sw.now, call.tenant.id, call.id, data))


def require_data(data: str) -> None:
    if len(data) > MAX_CALL_DATA or len(data.encode()) > MAX_CALL_DATA:
        raise InvalidValue("call-associated data has at most 16 KB")


# Finding the call meant


def talking(agent: Agent) -> Connection:
    """The agent's call that is neither held nor ringing."""
    agents.require_signed_in(agent)
    connection = agent.active
    if connection is None or agent.supervision is not None:
        raise NoCall(f"agent {agent.work_no} talks to nobody")
    if connection.state is not CONNECTED:
        raise WrongCallState(f"call {connection.call.id} is not connected")
    return connection


def established(agent: Agent) -> Connection:
    """The same, and somebody has answered."""
    connection = talking(agent)
    if not connection.talk_begin:
        raise WrongCallState(f"call {connection.call.id} has not been answered")
    return connection


def held(agent: Agent, call: Call | None) -> Connection:
    """The held call meant: the given one, or the one held last."""
    agents.require_signed_in(agent)
    waits = transferring(agent)
    for connection in reversed(agent.held):
        if call in (None, connection.call) and connection is not waits:
            return connection
    if waits is not None and call in (None, waits.call):
        raise WrongCallState(f"call {waits.call.id} is being transferred")
    raise NoCall(f"agent {agent.work_no} holds no such call")


# Making calls


def require_free(agent: Agent) -> None:
    """An agent can begin a call while idle, busy, in wrap-up, or with all its calls held."""
    agents.require_signed_in(agent)
    if agent.state is TALKING and agent.held and agent.active is None:
        return
    if agent.state not in (
        IDLE,
        BUSY,
        WRAP_UP,
        PREOCCUPIED,
    ):
        raise WrongAgentState(f"agent {agent.work_no} cannot begin a call now")


def make_call(
    sw: Switch,
    agent: Agent,
    target: tuple[TargetType, str],
    call_type: CallType,
    *,
    caller: str = "",
    video: bool = False,
    data: str = "",
) -> Call:
    """The agent calls somebody: its own phone goes up first, then the other one rings."""
    require_free(agent)
    require_data(data)
    require_number(target[1])
    if target[0] is TargetType.OUTSIDE:
        if caller:
            require_number(caller)
        calls.seize_trunk(agent.tenant, target[1]).in_use -= 1
        media = MediaType.VIDEO if video else MediaType.VOICE
        shown = caller or agent.tenant.config.default_caller or str(agent.work_no)
    else:
        media = delivery.agent_media(agent)
        shown = caller or str(agent.work_no)
    if video and delivery.agent_media(agent) is not MediaType.VIDEO:
        raise WrongCallType(f"agent {agent.work_no} has no video")
    return originate(sw, agent, target, call_type, media, shown, data)


def originate(
    sw: Switch,
    agent: Agent,
    target: tuple[TargetType, str],
    call_type: CallType,
    media: MediaType,
    caller: str,
    data: str,
    linkage: str = "",
) -> Call:
    """Begin a call at the agent's phone; the target is dialled when the phone is up."""
    agents.remember_state(agent)
    call = calls.new_call(sw, agent.tenant, caller, target[1], call_type, media, linkage)
    call.target = target
    call.data = data
    connection = calls.add_agent(call, agent, INITIATED)
    connection.ack_begin = sw.now
    report_initiated(sw, connection)
    agents.drop_preview(sw, agent)
    agents.change(
        sw,
        agent,
        TALKING if len(agent.connections) > 1 else OCCUPIED,
    )
    phone = agent.phone
    if phone is not None and phone.external and phone.leg is DOWN:
        connection.timer = delivery.start_ring_timer(sw, connection, agent.tenant.config.ring)
        connection.request = sw.request(connection, "ring")
    else:
        if phone is not None and phone.leg is DOWN:
            phone.leg = RINGING
            sw.report(PhoneAlerting(sw.now, agent.tenant.id, agent.work_no, phone.number))
        originated(sw, connection)
    return call


def report_initiated(sw: Switch, connection: Connection) -> None:
    """Tell the agent that begins the call."""
    call, agent = connection.call, connection.agent
    assert agent is not None
    sw.report(
        ServiceInitiated(
            sw.now,
            call.tenant.id,
            call.id,
            agent.device,
            agent.work_no,
            call.caller,
            call.called,
            call.media,
            call.type,
        )
    )


def originated(sw: Switch, connection: Connection) -> None:
    """The agent's own phone is up: dial the target."""
    agent, call = connection.agent, connection.call
    assert agent is not None
    sw.timers.cancel(connection.timer)
    connection.timer = 0
    connection.state = CONNECTED
    agents.lift_phone(sw, agent, main=connection.main)
    if len(agent.connections) == 1:
        sw.report(AgentBusy(sw.now, agent.tenant.id, agent.work_no))
    if call.target is not None:
        reach(sw, call, call.target)


def reach(sw: Switch, call: Call, target: tuple[TargetType, str], transfer_from: int = 0) -> None:
    """Ring, queue or dial the target; failing to is reported, not raised."""
    kind, address = target
    if kind is TargetType.OUTSIDE:
        outside.dial(sw, call, address, transfer_from)
    elif kind is TargetType.AGENT:
        agent = call.tenant.agents.get(int(address))
        if agent is not None and agent.state in (
            IDLE,
            BUSY,
            WRAP_UP,
        ):
            delivery.to_agent(sw, call, agent, transfer_from)
        else:
            queues.not_served(sw, call, 537, LeaveReason.CALLED_BUSY)
    elif kind is TargetType.QUEUE:
        queues.enter(sw, call, call.tenant.queues[int(address)])
    elif kind is TargetType.IVR:
        ivr.start(sw, call, find_flow(call.tenant.flows, address))
    else:
        _, _, route = outside.find_route(sw, address)
        outside.follow(sw, call, route)


def find_flow(flows: dict[int, Flow], address: str) -> Flow:
    """A flow by its access code or its id (CEC 6.1.2.11)."""
    for flow in flows.values():
        if address in (flow.config.access_code, str(flow.id)):
            return flow
    raise UnknownFlow(f"there is no IVR flow {address}")


def require_target(sw: Switch, agent: Agent, target: tuple[TargetType, str]) -> None:
    """Refuse a target that does not exist in the agent's tenant."""
    kind, address = target
    tenant = agent.tenant
    if kind is TargetType.OUTSIDE:
        require_number(address)
        calls.seize_trunk(tenant, address).in_use -= 1
    elif kind is TargetType.AGENT:
        other = tenant.agents.get(int(address)) if address.isdecimal() else None
        if other is None or other is agent:
            raise UnknownAgent(f"there is no other agent {address}")
    elif kind is TargetType.QUEUE:
        if not address.isdecimal() or int(address) not in tenant.queues:
            raise UnknownQueue(f"there is no queue {address}")
    elif kind is TargetType.IVR:
        find_flow(tenant.flows, address)
    else:
        found, _, _ = outside.find_route(sw, address)
        if found is not tenant:
            raise UnknownQueue(f"access code {address} belongs to another tenant")


# Previewed outbound calls


def offer_preview(sw: Switch, agent: Agent, numbers: tuple[str, ...], data: str) -> int:
    """Show the agent numbers to call; returns the control block id (CEC 6.5.1.3)."""
    agents.require_signed_in(agent)
    if agent.state is not IDLE or agent.preview is not None:
        raise WrongAgentState(f"agent {agent.work_no} is not idle")
    for number in numbers:
        require_number(number)
    require_data(data)
    previous = agents.move(sw, agent, PREOCCUPIED)
    sw.report(AgentStateChanged(sw.now, agent.tenant.id, agent.work_no, previous, PREOCCUPIED))
    control = sw.next_control()
    timer = sw.start_timer(PREVIEW_SECONDS, TimerKind.PREVIEW, agent.work_no)
    agent.preview = Preview(control, numbers, data, timer)
    sw.report(PreviewOffered(sw.now, agent.tenant.id, agent.work_no, control, numbers, data))
    return control


def preview_over(sw: Switch, agent: Agent) -> None:
    """The preview was not called in time."""
    agents.drop_preview(sw, agent)
    agents.after_call(sw, agent, None, talked=False)


def call_preview(sw: Switch, agent: Agent, control: int, number: str) -> Call:
    agents.require_signed_in(agent)
    preview = agent.preview
    if preview is None or preview.control != control or number not in preview.numbers:
        raise InvalidValue(f"agent {agent.work_no} has no such preview")
    return make_call(sw, agent, (TargetType.OUTSIDE, number), CallType.PREVIEWED, data=preview.data)


# Hold, retrieve, mute


def hold(sw: Switch, agent: Agent, call: Call | None) -> None:
    connection = established(agent)
    if call not in (None, connection.call):
        raise NoCall(f"agent {agent.work_no} does not talk on that call")
    operations.put_on_hold(sw, connection)


def retrieve(sw: Switch, agent: Agent, call: Call | None) -> None:
    """Take a held call back; a call transferred or in an operation is not the agent's to take."""
    connection = held(agent, call)
    if agent.active is not None:
        raise WrongCallState(f"agent {agent.work_no} talks on another call")
    calls.take_back(sw, agent, connection.call)


def alternate(sw: Switch, agent: Agent, call: Call | None) -> None:
    """Hold the current call and take the held one."""
    waiting = held(agent, call)
    operations.put_on_hold(sw, established(agent))
    calls.take_back(sw, agent, waiting.call)


def mute(sw: Switch, agent: Agent, *, muted: bool) -> None:
    connection = established(agent)
    if connection.muted == muted:
        raise WrongCallState("the call is muted already" if muted else "the call is not muted")
    connection.muted = muted
    call = connection.call
    sw.report(Muted(sw.now, call.tenant.id, call.id, connection.device, agent.work_no, muted))


def generate_digits(sw: Switch, agent: Agent, digits: str) -> None:
    """Second-stage dialling, 1–24 keys, on a voice call (CEC 6.1.2.13)."""
    require_number(digits)
    connection = established(agent)
    call = connection.call
    if call.ability == VOICE_AND_VIDEO:
        raise WrongCallType("a video call takes no second dialling")
    sw.report(DigitsGenerated(sw.now, call.tenant.id, call.id, connection.device, digits))


# Consultation and conference


def consult(
    sw: Switch,
    agent: Agent,
    target: tuple[TargetType, str],
    *,
    three_party: bool,
    hold_first: bool = True,
    data: str = "",
) -> Call:
    """Ask somebody for help during a call (CSTA Consultation Call; CEC 6.1.2.5)."""
    connection = established(agent) if agent.active or not agent.held else agent.held[-1]
    if agent.operation is not None:
        raise WrongCallState(f"agent {agent.work_no} consults or transfers already")
    require_target(sw, agent, target)
    require_data(data)
    kind, call_type = (
        (OperationKind.THREE_PARTY_CONSULTATION, CallType.THREE_PARTY_CONSULTATION)
        if three_party
        else (OperationKind.CONSULTATION, CallType.TWO_PARTY_CONSULTATION)
    )
    return _second_call(
        sw, agent, connection, target, kind, call_type, silent_hold=three_party, data=data
    )


def _second_call(
    sw: Switch,
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
    report_initiated(sw, own)
    call.served = own if target[0] is TargetType.QUEUE else None
    operations.begin(sw, agent, first, kind, target, call)
    reach(sw, call, target)
    return call


def _to_be_merged(agent: Agent, call: Call) -> tuple[Connection, Connection]:
    """The held connection to the call, and the current one."""
    waiting = held(agent, call)
    current = established(agent)
    require_settled(call)
    require_settled(current.call)
    return waiting, current


def require_settled(call: Call) -> None:
    """Nobody is being rung or waited for on behalf of the call."""
    rings = any(delivery.is_ringing(connection) for connection in call.connections)
    if rings or call.entry is not None or call.ivr is not None:
        raise WrongCallState(f"call {call.id} is still to reach somebody")


def conference(sw: Switch, agent: Agent, call: Call, data: str | None = None) -> None:
    """Join the held call and the current one (CSTA Conference Call; CEC 6.1.2.14)."""
    waiting, current = _to_be_merged(agent, call)
    if data:
        require_data(data)
    waiting.state = CONNECTED
    merged = current.call.id
    operations.merge(sw, current.call, call, agent, LeaveReason.THREE_PARTY)
    if data:
        set_data(sw, call, data)
    operations.report_conference(sw, call, merged)


# Transfer


def transfer_call(sw: Switch, agent: Agent, call: Call) -> None:
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
    sw: Switch,
    agent: Agent,
    target: tuple[TargetType, str],
    mode: TransferMode,
    *,
    caller: str = "",
    video: bool = False,
    data: str | None = None,
) -> None:
    """Transfer the current call in one of the documented modes."""
    if data:
        require_data(data)
    own = _require_transferable(sw, agent, target, mode)
    call = own.call
    if data:
        set_data(sw, call, data)
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
        reach(sw, call, target, agent.work_no)
    elif mode is TransferMode.HANG_UP:
        operations.begin(sw, agent, own, OperationKind.HANG_UP_TRANSFER, target)
        calls.hold_customer(call, held=False)
        reach(sw, call, target)
    else:
        operations.begin(sw, agent, own, OperationKind.RELEASE_AFTER_TRANSFER, target)
        reach(sw, call, target, agent.work_no)


def _require_transferable(
    sw: Switch, agent: Agent, target: tuple[TargetType, str], mode: TransferMode
) -> Connection:
    """Refuse a transfer that cannot begin; returns the agent's connection to the call."""
    if mode not in _ALLOWED[target[0]]:
        raise TransferNotAllowed(f"no {mode} transfer to a device of type {target[0]}")
    own = established(agent)
    call = own.call
    if agent.operation is not None:
        raise WrongCallState(f"agent {agent.work_no} consults or transfers already")
    if len(call.connections) != 2 and mode is not TransferMode.BLIND:
        raise WrongCallType("a conference can only be left or transferred blindly")
    if call.type is CallType.INTERNAL and target[0] is not TargetType.OUTSIDE:
        raise WrongCallType("an internal call cannot be forwarded")
    require_settled(call)
    require_target(sw, agent, target)
    if target[0] is TargetType.OUTSIDE and mode is TransferMode.BLIND:
        _refuse_blind_outside(call)
    return own


def _refuse_blind_outside(call: Call) -> None:
    if call.type is not CallType.INBOUND or call.ability == VOICE_AND_VIDEO:
        raise WrongCallType("only an inbound voice call goes to an outside number blindly")


def _transfer_by_second_call(
    sw: Switch,
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


# Ending


def release(sw: Switch, agent: Agent, call: Call | None = None) -> None:
    """Hang up the current call, or the given one (CEC 6.1.2.15, 6.1.2.16)."""
    agents.require_signed_in(agent)
    if agent.supervision is not None and call in (None, agent.supervision.call):
        supervision.stop(sw, agent)
        return
    connection = agent.active if call is None else agent.connection(call)
    if connection is None and call is None:
        connection = transferring(agent)
    if connection is None:
        raise NoCall(f"agent {agent.work_no} has no such call to end")
    operation = agent.operation
    if (
        operation is not None
        and operation.kind is OperationKind.TALK_TRANSFER
        and operation.second is connection.call
        and connection.talk_begin
    ):
        transfer_call(sw, agent, operation.call)
    elif delivery.is_offered(connection):
        delivery.refuse(sw, connection, rejected=True, release=True)
    else:
        calls.leave(sw, connection, calls.CAUSE_CLIENT, LeaveReason.AGENT_RELEASED)


def transferring(agent: Agent) -> Connection | None:
    """The connection on which the agent waits for a transfer under way."""
    operation = agent.operation
    if operation is None or operation.second is not None:
        return None
    return agent.connection(operation.call)


def clear_connection(sw: Switch, agent: Agent, number: str) -> None:
    """Release one party of the agent's last call by its number (CEC 6.1.2.17)."""
    agents.require_signed_in(agent)
    if not agent.connections:
        raise NoCall(f"agent {agent.work_no} has no call")
    call = agent.connections[-1].call
    own_numbers = (str(agent.work_no), agent.phone.number if agent.phone else "")
    if number in own_numbers:
        release(sw, agent, call)
        return
    for connection in call.connections:
        if _has_number(connection, number):
            if call.served is None and call.connections[0].agent is not agent:
                raise WrongCallState(f"agent {agent.work_no} was asked for help only")
            _release_party(sw, connection)
            return
    raise NoCall(f"no party has the number {number}")


def _release_party(sw: Switch, connection: Connection) -> None:
    if delivery.is_offered(connection):
        delivery.refuse(sw, connection, rejected=False, release=True)
    elif delivery.is_ringing(connection):
        outside.fail(sw, connection, calls.CAUSE_CLIENT)
    else:
        calls.leave(sw, connection, calls.CAUSE_CLIENT, LeaveReason.AGENT_RELEASED)


def _has_number(connection: Connection, number: str) -> bool:
    agent = connection.agent
    if agent is not None and agent.phone is not None and agent.phone.number == number:
        return True
    return connection.number == number and connection.kind is not IVR_DEVICE


# Video


def switch_media(sw: Switch, agent: Agent, video: bool) -> None:
    """Switch the current call between voice and video (CEC 6.1.2.18)."""
    connection = established(agent)
    call = connection.call
    if delivery.agent_media(agent) is not MediaType.VIDEO:
        raise WrongCallType(f"agent {agent.work_no} is not a video agent")
    wanted = VOICE_AND_VIDEO if video else MediaAbility.VOICE
    if call.ability == wanted:
        raise WrongCallState("the call has this media type already")
    calls.stop_recording(sw, connection)
    call.ability = wanted
    for hearer in call.agents():
        sw.report(
            MediaSwitched(
                sw.now,
                call.tenant.id,
                call.id,
                hearer.work_no,
                call.caller,
                call.called,
                wanted,
                0,
            )
        )
    calls.start_recording(sw, connection)


def set_video_mode(sw: Switch, agent: Agent, mode: int) -> None:
    """How a three-party video call is shown, 0–3 (CEC 6.1.2.19)."""
    if not 0 <= mode <= 3:
        raise InvalidValue("a display mode is 0 to 3")
    call = established(agent).call
    if call.ability != VOICE_AND_VIDEO:
        raise WrongCallType("the call has no video")
    if not call.conference:
        raise WrongCallState("the call has two parties only")
    call.video_mode = mode
    sw.report(VideoModeChanged(sw.now, call.tenant.id, call.id, agent.work_no, mode))


def transmit_digits(agent: Agent) -> None:
    """Let the customer's keys reach the third party of a conference (CEC 6.1.2.25)."""
    call = established(agent).call
    third = any(c.kind is TRUNK_DEVICE and c is not call.served for c in call.connections)
    if not call.conference or not third:
        raise WrongCallState("there is no three-party call with an outside party")
    call.transmit_digits = True
