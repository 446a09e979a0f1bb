"""Calls that agents begin: what they can reach, and calls previewed before they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import (
    agents,
    calls,
    conference_opening,
    delivery,
    ivr,
    outside,
    queues,
    services,
)
from emulator.switch.errors import (
    InvalidValue,
    UnknownAgent,
    UnknownFlow,
    UnknownQueue,
    WrongAgentState,
    WrongCallType,
)
from emulator.switch.events import (
    AgentBusy,
    AgentStateChanged,
    LinkedPhoneDials,
    PhoneAlerting,
    PreviewOffered,
    ServiceInitiated,
)
from emulator.switch.flow import Flow, IvrEntry
from emulator.switch.model import Agent, Call, Connection, Preview
from emulator.switch.terms import (
    CONNECTED,
    DOWN,
    IDLE,
    INITIATED,
    OCCUPIED,
    PREOCCUPIED,
    RINGING,
    TALKING,
    CallType,
    MediaType,
    TargetType,
)
from emulator.switch.timers import TimerKind

if TYPE_CHECKING:
    from emulator.switch.core import Core

PREVIEW_SECONDS = 60


# Making calls


def require_free(agent: Agent) -> None:
    """An agent can begin a call while idle, busy, in wrap-up, or with all its calls held."""
    agents.require_signed_in(agent)
    agents.require_phone(agent)
    if agent.state is TALKING and agent.held and agent.active is None:
        return
    if not agents.is_free(agent) and agent.state is not PREOCCUPIED:
        raise WrongAgentState(f"agent {agent.work_no} cannot begin a call now")


def make_call(
    sw: Core,
    agent: Agent,
    target: tuple[TargetType, str],
    call_type: CallType,
    *,
    caller: str = "",
    video: bool = False,
    data: str = "",
    by_hand: bool = False,
) -> Call:
    """The agent calls somebody: its own phone goes up first, then the other one rings."""
    require_free(agent)
    services.require_data(data)
    services.require_number(target[1])
    if target[0] is TargetType.OUTSIDE:
        if caller:
            services.require_number(caller)
        calls.find_trunk(agent.tenant, target[1])
        media = MediaType.VIDEO if video else MediaType.VOICE
        shown = caller or agent.tenant.config.default_caller or str(agent.work_no)
    else:
        media = delivery.agent_media(agent)
        shown = caller or str(agent.work_no)
    if video and delivery.agent_media(agent) is not MediaType.VIDEO:
        raise WrongCallType(f"agent {agent.work_no} has no video")
    return originate(sw, agent, target, call_type, media, shown, data, by_hand=by_hand)


def originate(
    sw: Core,
    agent: Agent,
    target: tuple[TargetType, str],
    call_type: CallType,
    media: MediaType,
    caller: str,
    data: str,
    linkage: str = "",
    *,
    by_hand: bool = False,
) -> Call:
    """Begin a call at the agent's phone; the target is dialled when the phone is up.

    `by_hand`: with the keys of the phone, which is up then.
    """
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
    if by_hand and phone is not None:
        agents.lift_phone(sw, agent, main=connection.main)
        sw.report(
            LinkedPhoneDials(
                sw.now, agent.tenant.id, agent.work_no, call.id, phone.number, target[1]
            )
        )
    if phone is not None and phone.external and phone.leg is DOWN:
        connection.timer = delivery.start_ring_timer(sw, connection, agent.tenant.config.ring)
        connection.request = sw.request(connection, "ring")
    else:
        if phone is not None and phone.leg is DOWN:
            phone.leg = RINGING
            sw.report(PhoneAlerting(sw.now, agent.tenant.id, agent.work_no, phone.number))
        originated(sw, connection)
    return call


def report_initiated(sw: Core, connection: Connection) -> None:
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


def originated(sw: Core, connection: Connection) -> None:
    """The agent's own phone is up: dial the target."""
    agent, call = connection.agent, connection.call
    assert agent is not None
    if call.room is not None:
        conference_opening.chairperson_is_up(sw, connection)
        return
    sw.timers.cancel(connection.timer)
    connection.timer = 0
    connection.state = CONNECTED
    agents.lift_phone(sw, agent, main=connection.main)
    if len(agent.connections) == 1:
        sw.report(AgentBusy(sw.now, agent.tenant.id, agent.work_no))
    if call.target is not None:
        reach(sw, call, call.target)


def reach(
    sw: Core,
    call: Call,
    target: tuple[TargetType, str],
    transfer_from: int = 0,
    entry: IvrEntry | None = None,
) -> None:
    """Ring, queue or dial the target; failing to is reported, not raised.

    `entry`: where a flow is entered, and with what.
    """
    kind, address = target
    if kind is TargetType.OUTSIDE:
        outside.dial(sw, call, address, transfer_from)
    elif kind is TargetType.AGENT:
        delivery.to_agent(sw, call, call.tenant.agents.get(int(address)), transfer_from)
    elif kind is TargetType.QUEUE:
        queues.enter(sw, call, call.tenant.queues[int(address)])
    elif kind is TargetType.IVR:
        ivr.start(sw, call, find_flow(call.tenant.flows, address), entry)
    else:
        _, _, route = outside.find_route(sw, address)
        outside.follow(sw, call, route)


def find_flow(flows: dict[int, Flow], address: str) -> Flow:
    """A flow by its access code or its id (CEC 6.1.2.11)."""
    for flow in flows.values():
        if address in (flow.config.access_code, str(flow.id)):
            return flow
    raise UnknownFlow(f"there is no IVR flow {address}")


def require_node(flow: Flow, entry: IvrEntry | None) -> None:
    """Refuse an entry at a node that the flow does not have."""
    if entry is not None and entry.node and entry.node not in flow.config.nodes:
        raise UnknownFlow(f"flow {flow.id} has no node {entry.node!r}")


def require_target(sw: Core, agent: Agent, target: tuple[TargetType, str]) -> None:
    """Refuse a target that does not exist in the agent's tenant."""
    kind, address = target
    tenant = agent.tenant
    if kind is TargetType.OUTSIDE:
        services.require_number(address)
        calls.find_trunk(tenant, address)
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


def offer_preview(sw: Core, agent: Agent, numbers: tuple[str, ...], data: str) -> int:
    """Show the agent numbers to call; returns the control block id (CEC 6.5.1.3)."""
    agents.require_signed_in(agent)
    if agent.state is not IDLE or agent.preview is not None:
        raise WrongAgentState(f"agent {agent.work_no} is not idle")
    for number in numbers:
        services.require_number(number)
    services.require_data(data)
    previous = agents.move(sw, agent, PREOCCUPIED)
    sw.report(AgentStateChanged(sw.now, agent.tenant.id, agent.work_no, previous, PREOCCUPIED))
    control = sw.next_control()
    timer = sw.start_timer(PREVIEW_SECONDS, TimerKind.PREVIEW, agent.work_no)
    agent.preview = Preview(control, numbers, data, timer)
    sw.report(PreviewOffered(sw.now, agent.tenant.id, agent.work_no, control, numbers, data))
    return control


def preview_over(sw: Core, agent: Agent) -> None:
    """The preview was not called in time."""
    agents.drop_preview(sw, agent)
    agents.after_call(sw, agent, None, talked=False)


def call_preview(sw: Core, agent: Agent, control: int, number: str) -> Call:
    agents.require_signed_in(agent)
    preview = agent.preview
    if preview is None or preview.control != control or number not in preview.numbers:
        raise InvalidValue(f"agent {agent.work_no} has no such preview")
    return make_call(sw, agent, (TargetType.OUTSIDE, number), CallType.PREVIEWED, data=preview.data)
