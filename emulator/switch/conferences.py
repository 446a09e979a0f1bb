"""Agent conferences: how parties join and leave them, and how they end (CEC 6.1.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import agents, calls, delivery, recordings, supervision
from emulator.switch.errors import (
    InvalidValue,
    NoConference,
)
from emulator.switch.events import (
    ConferenceJoined,
    ConferenceLeft,
    ConferencePrompted,
    ConferenceRefused,
    ConferenceRinging,
    ConferenceSoundChanged,
    ConferenceTimeout,
    ParticipantChanged,
    ParticipantNotReached,
)
from emulator.switch.model import Agent, Connection
from emulator.switch.rooms import (
    MAX_PATH,
    Conference,
    Invitation,
    Participant,
)
from emulator.switch.terms import (
    ALERTING,
    CONNECTED,
    LeaveReason,
    LeavingReason,
    ParticipantChange,
)
from emulator.switch.timers import TimerKind

if TYPE_CHECKING:
    from emulator.switch.core import Core

# Causes of CEC Table 6-450 that the switch gives.
CAUSE_NOT_OCCUPIED = 21212
CAUSE_NO_ANSWER = 21213
CAUSE_LEFT_EARLY = 21234

_MINUTE = 60


def require_path(path: str) -> None:
    """An announcement's path has at most 127 characters."""
    if len(path) > MAX_PATH:
        raise InvalidValue(f"the path of an announcement has at most {MAX_PATH} characters")


def schedule(sw: Core, room: Conference) -> None:
    """Set the timers of the end and of the warning before it anew."""
    for timer in (room.timer, room.prompt_timer):
        sw.timers.cancel(timer)
    end = room.begun + room.minutes * _MINUTE * 1_000_000
    warning = end - room.prompt * _MINUTE * 1_000_000
    room.timer = sw.timers.start(end, TimerKind.CONFERENCE_END, room.call.id)
    room.prompt_timer = 0
    if warning >= sw.now:
        room.prompt_timer = sw.timers.start(warning, TimerKind.CONFERENCE_PROMPT, room.call.id)


# Inviting


def ringing(sw: Core, connection: Connection) -> None:
    """An invited phone rings."""
    room, call = connection.call.room, connection.call
    assert room is not None
    work_no = connection.agent.work_no if connection.agent is not None else 0
    shown = room.of(connection).caller
    sw.report(
        ConferenceRinging(
            sw.now, call.tenant.id, call.id, connection.device, work_no, room.id, shown
        )
    )


def joined(sw: Core, connection: Connection) -> None:
    """An invited party has answered."""
    room = connection.call.room
    assert room is not None
    participant = room.of(connection)
    participant.entered = sw.now
    report_joined(sw, room, participant)
    for party in room.present:
        recordings.start_recording(sw, party.connection)
    tell(sw, room, participant, ParticipantChange.JOINED)
    if participant.welcome:
        prompt(sw, room, participant.welcome, connection.device, passing=True)
    _sound(sw, room)


def refused(sw: Core, connection: Connection, *, rejected: bool) -> None:
    """An invited agent does not answer; one that rejects the conference is idle again."""
    cause = calls.CAUSE_AGENT_REJECTED if rejected else calls.CAUSE_AGENT_NO_ANSWER
    reason = LeaveReason.REJECTED if rejected else LeaveReason.NO_ANSWER
    not_reached(sw, connection, cause, reason, idle=rejected)


def not_reached(
    sw: Core, connection: Connection, cause: int, reason: LeaveReason, *, idle: bool = True
) -> None:
    """An invited party does not join."""
    room = connection.call.room
    assert room is not None
    participant = room.of(connection)
    _stop_ringing(sw, room, participant, cause, reason, idle=idle)
    tell(sw, room, participant, ParticipantChange.JOINED, result=cause)


def _stop_ringing(
    sw: Core,
    room: Conference,
    participant: Participant,
    cause: int,
    reason: LeaveReason,
    *,
    idle: bool,
) -> None:
    connection, call = participant.connection, room.call
    agent = connection.agent
    room.participants.remove(participant)
    calls.detach(sw, connection, reason)
    work_no = agent.work_no if agent is not None else 0
    sw.report(
        ParticipantNotReached(
            sw.now, call.tenant.id, call.id, connection.device, work_no, room.id, cause
        )
    )
    if agent is not None:
        delivery.after_refusal(sw, agent, connection, idle=idle)


# Leaving


_LEAVE_REASONS = {
    LeavingReason.LEFT: LeaveReason.AGENT_RELEASED,
    LeavingReason.HUNG_UP: LeaveReason.AGENT_RELEASED,
    LeavingReason.SIGNED_OUT: LeaveReason.AGENT_RELEASED,
    LeavingReason.REMOVED: LeaveReason.REMOVED,
    LeavingReason.ENDED: LeaveReason.CONFERENCE_RELEASED,
}


def left(sw: Core, connection: Connection, reason: LeavingReason) -> None:
    """A party leaves; without its chairperson the conference ends."""
    room = connection.call.room
    assert room is not None
    if connection.agent is room.chairperson:
        end(sw, room, calls.CAUSE_CONFERENCE_RELEASED)
        return
    participant = room.of(connection)
    _take_out(sw, room, participant, reason)
    tell(sw, room, participant, ParticipantChange.LEFT, reason=reason)
    _sound(sw, room)


def _take_out(sw: Core, room: Conference, party: Participant, reason: LeavingReason) -> None:
    connection = party.connection
    agent = connection.agent
    room.participants.remove(party)
    sw.timers.cancel(party.timer)
    calls.detach(sw, connection, _LEAVE_REASONS.get(reason, LeaveReason.NORMAL))
    recordings.stop_recording(sw, connection)
    calls.hang_up_phone(sw, connection, by_agent=reason is LeavingReason.HUNG_UP)
    call = room.call
    work_no = agent.work_no if agent is not None else 0
    sw.report(ConferenceLeft(sw.now, call.tenant.id, call.id, connection.device, work_no, room.id))
    if agent is not None:
        agents.after_call(sw, agent, connection.queue, talked=True)
        supervision.left(sw, connection)


def _early_cause(cause: int) -> int:
    """Why the conference did not begin, from why its chairperson's phone did not go up."""
    if cause == calls.CAUSE_AGENT_NO_ANSWER:
        return CAUSE_NO_ANSWER
    return CAUSE_NOT_OCCUPIED if cause == calls.CAUSE_NO_RESOURCE else CAUSE_LEFT_EARLY


def end(sw: Core, room: Conference, cause: int) -> None:
    """Release everybody, the chairperson last (CEC 6.1.6.5); `cause` of CEC 12.3.8.10."""
    call = room.call
    if call.cleared:
        return
    call.cleared = True
    for timer in (room.timer, room.prompt_timer, room.voice_timer):
        sw.timers.cancel(timer)
    chairperson = next(p for p in room.participants if room.is_chairperson(p))
    for participant in [p for p in room.participants if p is not chairperson]:
        if participant.entered:
            _take_out(sw, room, participant, LeavingReason.ENDED)
            tell(sw, room, participant, ParticipantChange.LEFT, reason=LeavingReason.ENDED)
        else:
            released = LeaveReason.CONFERENCE_RELEASED
            _stop_ringing(sw, room, participant, cause, released, idle=True)
    if room.begun:
        _take_out(sw, room, chairperson, LeavingReason.ENDED)
    else:
        _give_up(sw, room, chairperson, _early_cause(cause))
    del call.tenant.conferences[room.id]
    calls.close(sw, call, cause)


def _give_up(sw: Core, room: Conference, chairperson: Participant, cause: int) -> None:
    """The chairperson's phone did not go up."""
    connection, call = chairperson.connection, room.call
    calls.detach(sw, connection, LeaveReason.NO_ANSWER)
    work_no = room.chairperson.work_no
    sw.report(ConferenceRefused(sw.now, call.tenant.id, call.id, work_no, cause))
    calls.after_leaving(sw, connection)


# What the parties hear


def tell(
    sw: Core,
    room: Conference,
    participant: Participant,
    change: ParticipantChange,
    *,
    reason: LeavingReason | None = None,
    result: int = 0,
) -> None:
    """Tell the agents who take part what has become of a participant."""
    invitation = Invitation(
        participant.address, participant.device_call_type, participant.device_type
    )
    report_change(sw, room, invitation, change, reason, result)


def report_change(
    sw: Core,
    room: Conference,
    who: Invitation,
    change: ParticipantChange,
    reason: LeavingReason | None,
    result: int,
) -> None:
    """The same for somebody who is invited in vain, and never was a participant."""
    call = room.call
    for hearer in room.present:
        agent = hearer.connection.agent
        if agent is None:
            continue
        sw.report(
            ParticipantChanged(
                sw.now,
                call.tenant.id,
                call.id,
                agent.work_no,
                room.id,
                change,
                reason,
                result,
                who.address.number,
                who.address.is_agent,
                who.device_call_type,
                who.device_type,
            )
        )


def report_joined(sw: Core, room: Conference, participant: Participant) -> None:
    """Tell a participant, or whoever watches an outside one, that it takes part."""
    connection, call = participant.connection, room.call
    work_no = connection.agent.work_no if connection.agent is not None else 0
    sw.report(
        ConferenceJoined(sw.now, call.tenant.id, call.id, connection.device, work_no, room.id)
    )


def prompt(
    sw: Core,
    room: Conference,
    path: str,
    device: str,
    *,
    background: bool = False,
    passing: bool = False,
) -> None:
    """Let an announcement begin; `device` empty: to everybody."""
    who = (sw.now, room.call.tenant.id, room.call.id, device, room.id)
    sw.report(ConferencePrompted(*who, path, background, passing))


def change_sound(sw: Core, room: Conference, device: str = "") -> None:
    """Let phones be told what is heard from now on; `device` empty: by everybody."""
    call = room.call
    sw.report(ConferenceSoundChanged(sw.now, call.tenant.id, call.id, device, room.id))


def _sound(sw: Core, room: Conference) -> None:
    """The announcement of who joins or leaves."""
    if room.tone:
        prompt(sw, room, room.tone, "", background=True, passing=True)


# Finding


def of(agent: Agent) -> Conference:
    """The conference in which the agent takes part (else CEC 101-001)."""
    agents.require_signed_in(agent)
    for connection in agent.connections:
        room = connection.call.room
        if room is not None and room.begun and connection.state is CONNECTED:
            return room
    raise NoConference(f"agent {agent.work_no} is in no conference")


def offered(agent: Agent) -> Connection:
    """The agent's connection to the conference that rings."""
    agents.require_signed_in(agent)
    for connection in agent.connections:
        if connection.call.room is not None and connection.state is ALERTING:
            return connection
    raise NoConference(f"no conference rings at agent {agent.work_no}")


# Timers


def time_is_over(sw: Core, room: Conference) -> None:
    room.timer = 0
    end(sw, room, calls.CAUSE_DURATION_OVER)


def soon_over(sw: Core, room: Conference) -> None:
    """Warn the chairperson (CEC 6.5.1.10.4)."""
    room.prompt_timer = 0
    call = room.call
    work_no = room.chairperson.work_no
    sw.report(ConferenceTimeout(sw.now, call.tenant.id, call.id, work_no, room.id))
