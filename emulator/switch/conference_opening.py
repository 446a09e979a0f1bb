"""Agent conferences: how they are asked for, and how they begin (CEC 6.1.6.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import agents, calls, conferences, delivery, services
from emulator.switch.errors import (
    InvalidValue,
    WrongAgentState,
    WrongAgentType,
    WrongCallState,
    WrongCallType,
)
from emulator.switch.events import AgentBusy, ConferenceRefused, ConferenceStarted, PhoneAlerting
from emulator.switch.model import Agent, Call, Connection
from emulator.switch.rooms import MINUTES, PROMPT_MINUTES, SIZES, Conference, ConferenceWish
from emulator.switch.terms import (
    CONNECTED,
    DOWN,
    IDLE,
    INITIATED,
    OCCUPIED,
    RINGING,
    TALKING,
    VOICE_AND_VIDEO,
    CallType,
    MediaType,
    ParticipantChange,
)

if TYPE_CHECKING:
    from emulator.switch.core import Core

# Causes of CEC Table 6-450 for conferences that are refused.
CAUSE_NO_SEATS = 21203
CAUSE_TOO_MANY = 21235


def request(sw: Core, agent: Agent, wish: ConferenceWish) -> None:
    """Begin a conference; an agent that talks draws its call into it (CEC 6.1.6.1).

    What the tenant's limits forbid is reported, not raised.
    """
    agents.require_signed_in(agent)
    _require_wish(wish)
    if MediaType.VOICE not in agents.media_of(agent):
        raise WrongAgentType(f"agent {agent.work_no} has no voice")
    call = _call_to_draw_in(agent)
    cause = _refusal(agent, wish, call)
    if cause:
        sw.report(ConferenceRefused(sw.now, agent.tenant.id, "", agent.work_no, cause))
    elif call is None:
        _begin_anew(sw, agent, wish)
    else:
        _draw_in(sw, agent, wish, call)


def _require_wish(wish: ConferenceWish) -> None:
    if wish.size not in SIZES or wish.minutes not in MINUTES or wish.prompt not in PROMPT_MINUTES:
        raise InvalidValue("a conference has 1 to 120 parties, 4 to 1440 minutes, a prompt from 3")
    if wish.caller:
        services.require_number(wish.caller)
    conferences.require_path(wish.tone)


def _call_to_draw_in(agent: Agent) -> Call | None:
    """The call of an agent that talks; None for an idle one."""
    agents.require_phone(agent)
    if agent.state is IDLE:
        return None
    own = agent.active
    if agent.state is not TALKING or own is None or agent.supervision is not None:
        raise WrongAgentState(f"agent {agent.work_no} is neither idle nor talking")
    call = own.call
    if call.room is not None or call.entry is not None or call.ivr is not None:
        raise WrongCallState(f"call {call.id} is in a conference, or still to reach somebody")
    if any(_is_unsettled(connection) for connection in call.connections):
        raise WrongCallState(f"call {call.id} is not stable")
    if call.ability == VOICE_AND_VIDEO:
        raise WrongCallType("a conference has no video")
    colleagues = call.agents()
    if len(call.connections) > 2 and colleagues[0] is not agent:
        raise WrongCallState(f"agent {agent.work_no} was called into the three-party call")
    return call


def _is_unsettled(connection: Connection) -> bool:
    agent = connection.agent
    if connection.state is not CONNECTED or connection.muted:
        return True
    if agent is None:
        return False
    return not connection.talk_begin or agent.operation is not None or bool(agent.held)


def _refusal(agent: Agent, wish: ConferenceWish, call: Call | None) -> int:
    """Why the tenant's limits forbid the conference, 0 if they do not."""
    if wish.size > free_seats(agent):
        return CAUSE_NO_SEATS
    if call is not None and len(call.connections) > wish.size:
        return CAUSE_TOO_MANY
    return 0


def free_seats(agent: Agent) -> int:
    """How many more parties the conferences of the agent's tenant may have."""
    tenant = agent.tenant
    return tenant.config.conference_seats - sum(c.size for c in tenant.conferences.values())


def _open(agent: Agent, wish: ConferenceWish, call: Call) -> Conference:
    prompt = min(wish.prompt, wish.minutes - 1)
    # Call ids are never used twice, so neither is what is made of their sequence numbers.
    number = int(call.id.partition("-")[2]) << 8
    shown = wish.caller or agent.tenant.config.default_caller or str(agent.work_no)
    room = Conference(number, call, agent, wish.size, wish.minutes, prompt, shown, wish.tone)
    call.room = agent.tenant.conferences[number] = room
    return room


def _begin_anew(sw: Core, agent: Agent, wish: ConferenceWish) -> None:
    """The chairperson's phone goes up first, then the conference is there."""
    call = calls.new_call(sw, agent.tenant, "", "", CallType.INTERNAL, MediaType.VOICE)
    room = _open(agent, wish, call)
    call.caller, call.called = room.caller, str(room.id)
    connection = calls.add_agent(call, agent, INITIATED)
    connection.ack_begin = sw.now
    room.add(connection)
    agents.change(sw, agent, OCCUPIED)
    sw.report(AgentBusy(sw.now, agent.tenant.id, agent.work_no))
    phone = agent.phone
    assert phone is not None
    if phone.external and phone.leg is DOWN:
        connection.timer = delivery.start_ring_timer(sw, connection, agent.tenant.config.ring)
        connection.request = sw.request(connection, "ring")
        return
    if phone.leg is DOWN:
        phone.leg = RINGING
        sw.report(PhoneAlerting(sw.now, agent.tenant.id, agent.work_no, phone.number))
    chairperson_is_up(sw, connection)


def chairperson_is_up(sw: Core, connection: Connection) -> None:
    """The phone of the agent that asked for the conference is off the hook."""
    agent, room = connection.agent, connection.call.room
    assert agent is not None
    assert room is not None
    sw.timers.cancel(connection.timer)
    connection.timer = 0
    connection.state = CONNECTED
    connection.ack_end = connection.talk_begin = sw.now
    agents.lift_phone(sw, agent, main=connection.main)
    agents.change(sw, agent, TALKING)
    _start(sw, room)


def _draw_in(sw: Core, agent: Agent, wish: ConferenceWish, call: Call) -> None:
    """The agent's call becomes the conference, and its parties take part."""
    room = _open(agent, wish, call)
    call.conference = call.transmit_digits = False
    call.served = None
    own = agent.connection(call)
    assert own is not None
    for connection in [own, *(c for c in call.connections if c is not own)]:
        room.add(connection)
    _start(sw, room)


def _start(sw: Core, room: Conference) -> None:
    call, agent = room.call, room.chairperson
    room.begun = sw.now
    conferences.schedule(sw, room)
    for participant in room.participants:
        participant.entered = sw.now
        conferences.report_joined(sw, room, participant)
    sw.report(ConferenceStarted(sw.now, call.tenant.id, call.id, agent.work_no, room.id))
    for participant in room.participants[1:]:
        conferences.tell(sw, room, participant, ParticipantChange.JOINED)
