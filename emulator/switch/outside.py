"""The world outside: customers who dial in, and outside numbers that are dialled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import calls, conferences, delivery, habits, ivr, operations, queues, trunks
from emulator.switch.config import AccessCodeConfig, OutsideNumberConfig, RouteConfig
from emulator.switch.errors import NoCall, NoTrunk, UnknownAccessCode, WrongCallState
from emulator.switch.events import Delivered, DigitsGenerated, Offered, UserMediaDetected
from emulator.switch.model import Call, Connection, Tenant, Trunk
from emulator.switch.terms import (
    ALERTING,
    CONNECTED,
    TRUNK_DEVICE,
    CallType,
    LeaveReason,
    MediaAbility,
    MediaType,
    TargetType,
)
from emulator.switch.timers import TimerKind

if TYPE_CHECKING:
    from emulator.switch.core import Core

_AGENT_CALLS_USER = (CallType.OUTBOUND, CallType.PREVIEWED)


# Customers dial in


def dial_in(
    sw: Core,
    caller: str,
    dialled: str,
    media: MediaType | None,
    data: str,
    priority: int | None,
    language: str,
    *,
    listens: bool,
) -> Call:
    """A customer dials an access code, perhaps with an extension behind it."""
    tenant, code, route = find_route(sw, dialled)
    trunk = calls.find_trunk(tenant, dialled)
    media = media or code.media_type
    call_type = CallType.CALLBACK if media is MediaType.CALLBACK else CallType.INBOUND
    call = calls.new_call(sw, tenant, caller, dialled, call_type, media)
    call.data = data
    call.language = language
    if offer(sw, call, trunk, priority, listens=listens):
        follow(sw, call, route)
    return call


def offer(
    sw: Core, call: Call, trunk: Trunk | None, priority: int | None, *, listens: bool = False
) -> bool:
    """The customer is on the call, on a line or without one; False: it is barred."""
    tenant, caller = call.tenant, call.caller
    known = tenant.config.priority_customers.get(caller, 0)
    call.priority = known if priority is None else priority
    connection = calls.add_outside(call, caller, trunk, CONNECTED)
    connection.listens = listens
    call.served = connection
    who = (call.id, connection.device, caller, call.called)
    sw.report(Offered(sw.now, tenant.id, *who, call.media, call.type))
    if caller in tenant.blacklist:
        calls.clear_call(sw, call, calls.CAUSE_BARRED, LeaveReason.CALLED_REJECTED)
        return False
    habits.take_up(sw, connection, tenant.outside.get(caller))
    return True


def find_route(sw: Core, dialled: str) -> tuple[Tenant, AccessCodeConfig, RouteConfig]:
    """The longest access code that begins the number, and the route of what follows it."""
    for length in range(len(dialled), 0, -1):
        found = sw.access_codes.get(dialled[:length])
        if found is None:
            continue
        tenant, code = found
        extension = dialled[length:]
        for route in code.routes:
            if route.extension == extension:
                return tenant, code, route
        raise UnknownAccessCode(f"access code {code.code} has no route for {extension!r}")
    raise UnknownAccessCode(f"no access code begins {dialled}")


def follow(sw: Core, call: Call, route: RouteConfig) -> None:
    """Lead the call to the queue or flow of the route."""
    if route.target is TargetType.QUEUE:
        queue = call.tenant.queues.get(route.target_id)
        if queue is not None:
            queues.enter(sw, call, queue)
            return
    elif route.target is TargetType.IVR:
        flow = call.tenant.flows.get(route.target_id)
        if flow is not None:
            ivr.start(sw, call, flow)
            return
    queues.not_served(sw, call, calls.CAUSE_ROUTING_FAILED, LeaveReason.NO_ROUTE)


def hang_up(sw: Core, connection: Connection) -> None:
    """An outside party hangs up, or stops ringing."""
    if connection.state is ALERTING:
        fail(sw, connection, 604)
        return
    call = connection.call
    if call.ivr is not None and connection is call.served:
        ivr.message_ends(sw, call)
    unserved = call.ivr is None and not operations.goes_on(call) and call.room is None
    cause = calls.CAUSE_ABANDONED if call.entry is not None or unserved else calls.CAUSE_NORMAL
    calls.leave(sw, connection, cause, LeaveReason.USER_RELEASED)


def press(sw: Core, connection: Connection, digits: str) -> None:
    """An outside party presses keys."""
    call = connection.call
    sw.report(DigitsGenerated(sw.now, call.tenant.id, call.id, connection.device, digits))
    if call.ivr is not None and connection is call.served:
        ivr.digits(sw, call, digits)


# Outside numbers are dialled


def dial(sw: Core, call: Call, number: str, transfer_from: int = 0) -> None:
    """Call an outside number on behalf of the call; it rings, answers or refuses as configured."""
    tenant = call.tenant
    own = sw.phones.get(number)
    if own is not None and own.agent is not None and own.tenant == tenant.id:
        delivery.to_agent(sw, call, own.agent, transfer_from)
        return
    if any(party.kind is TRUNK_DEVICE and party.number == number for party in call.connections):
        queues.not_served(sw, call, calls.CAUSE_BUSY, LeaveReason.CALLED_BUSY)
        return
    try:
        trunk = calls.find_trunk(tenant, number)
    except NoTrunk:  # free when the call was begun, taken by the time its own phone was up
        queues.not_served(sw, call, calls.CAUSE_NO_RESOURCE, LeaveReason.NO_RESOURCE)
        return
    connection = calls.add_outside(call, number, trunk, ALERTING)
    connection.transfer_from = transfer_from
    ring(sw, connection)


def ring(sw: Core, connection: Connection) -> None:
    """Call the outside number: by a gateway, or it rings, answers or refuses as configured."""
    call, tenant = connection.call, connection.call.tenant
    connection.ack_begin = sw.now
    if connection.trunk is not None and connection.trunk.external:
        trunks.ask(sw, connection, connection.trunk)
        return
    behaviour = behaviour_of(tenant, connection.number)
    if behaviour.refuse is None or call.room is not None:
        rings(sw, connection, video=behaviour.video)
    if behaviour.refuse is not None:
        fail(sw, connection, behaviour.refuse)
        return
    subject = (call.id, connection.device)
    ring = tenant.config.outside_ring
    if behaviour.answer_after is not None and behaviour.answer_after < ring:
        connection.timer = sw.start_timer(behaviour.answer_after, TimerKind.OUTSIDE_ANSWER, subject)
    else:
        connection.timer = sw.start_timer(ring, TimerKind.OUTSIDE_RING, subject)


def rings(sw: Core, connection: Connection, *, video: bool) -> None:
    """The phone outside rings: tell those who wait for it."""
    call = connection.call
    if call.room is not None:
        conferences.ringing(sw, connection)
        return
    _report_ringing(sw, connection)
    if call.type in _AGENT_CALLS_USER and not connection.transfer_from:
        _report_media(sw, connection, video=video)


def behaviour_of(tenant: Tenant, number: str) -> OutsideNumberConfig:
    found = tenant.outside.get(number)
    return found or OutsideNumberConfig(number, tenant.config.default_answer_after)


def _report_ringing(sw: Core, connection: Connection) -> None:
    call = connection.call
    hearers = [(agent.work_no, delivery.is_main(call, agent)) for agent in call.agents()]
    for hearer, main in hearers or [(0, True)]:
        sw.report(
            Delivered(
                sw.now,
                call.tenant.id,
                call.id,
                connection.device,
                hearer,
                connection.number,
                0,
                call.caller,
                call.called,
                call.type,
                main,
                call.ability,
                False,
                0,
                connection.transfer_from,
            )
        )


def _report_media(sw: Core, connection: Connection, *, video: bool) -> None:
    """Tell the agent that calls what the phone outside can do (CEC 6.5.1.2.18)."""
    call = connection.call
    ability = MediaAbility.VOICE_AND_VIDEO if video else MediaAbility.VOICE
    for agent in call.agents():
        sw.report(
            UserMediaDetected(
                sw.now, call.tenant.id, call.id, agent.work_no, connection.number, ability
            )
        )


def answer(sw: Core, connection: Connection) -> None:
    """The outside party picks up."""
    if connection.state is not ALERTING:
        raise WrongCallState("the outside number does not ring")
    if connection.request in sw.requests:
        raise WrongCallState("a gateway says when the outside number answers")
    call = connection.call
    sw.timers.cancel(connection.timer)
    connection.timer = 0
    connection.ack_end = connection.talk_begin = sw.now
    connection.state = CONNECTED
    if not connection.request:
        habits.take_up(sw, connection, call.tenant.outside.get(connection.number))
    if call.room is not None:
        conferences.joined(sw, connection)
        return
    if call.served is None:
        call.served = connection
    delivery.talk_begins(sw, call)
    operation = operations.of_call(call)
    if operation is None or not operations.answered(sw, operation, connection):
        delivery.report_joined(sw, connection)


def fail(sw: Core, connection: Connection, cause: int) -> None:
    """The outside party was not reached; `cause` of CEC Table 6-451."""
    call = connection.call
    if call.room is not None:
        conferences.not_reached(sw, connection, cause, LeaveReason.USER_NO_ANSWER)
        return
    calls.detach(sw, connection, LeaveReason.USER_NO_ANSWER)
    calls.settle_conference(call)
    if operations.of_call(call) is None and operations.goes_on(call):
        calls.report_cleared(sw, connection, call.agents(), cause)
    queues.not_served(sw, call, cause, LeaveReason.USER_NO_ANSWER)


def ring_over(sw: Core, connection: Connection) -> None:
    connection.timer = 0
    fail(sw, connection, calls.CAUSE_NO_ANSWER)


def party(call: Call, number: str | None) -> Connection:
    """The outside party of the call with this number, by default the customer."""
    if number is None and call.served is not None and call.served.kind is TRUNK_DEVICE:
        return call.served
    for connection in call.connections:
        if connection.kind is TRUNK_DEVICE and number in (None, connection.number):
            return connection
    raise NoCall(f"call {call.id} has no such outside party")


def ringing_party(call: Call, number: str | None) -> Connection:
    """The outside party of the call that rings."""
    for connection in call.connections:
        if (
            connection.kind is TRUNK_DEVICE
            and connection.state is ALERTING
            and number in (None, connection.number)
        ):
            return connection
    raise NoCall(f"no outside number rings on call {call.id}")
