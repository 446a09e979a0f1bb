"""What a chairperson does with its conference, and what can be asked of one (CEC 6.1.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from emulator.switch import (
    agents,
    calls,
    conference_opening,
    conferences,
    delivery,
    outside,
    services,
    supervision,
)
from emulator.switch.errors import (
    ChairpersonStays,
    InvalidValue,
    NotChairperson,
    NoTrunk,
    OwnChair,
    TargetNotAvailable,
    UnknownParticipant,
    WrongCallState,
)
from emulator.switch.events import (
    ChairpersonChanged,
    ConferenceVoiceStopped,
    ParticipantVoiceStopped,
)
from emulator.switch.model import Agent
from emulator.switch.rooms import (
    MAX_SIZE,
    MINUTES,
    RESIZES,
    Address,
    Conference,
    Invitation,
    Participant,
)
from emulator.switch.terms import (
    ALERTING,
    INITIATED,
    ChannelAttribute,
    LeaveReason,
    LeavingReason,
    MediaType,
    ParticipantChange,
)
from emulator.switch.timers import TimerKind

if TYPE_CHECKING:
    from emulator.switch.core import Core

CAUSE_UNKNOWN = 538
"""The cause of Table 6-451 for invitations of agents that do not exist."""
MAX_MINUTES = MINUTES[-1]


def chaired(agent: Agent) -> Conference:
    """The conference of which the agent is the chairperson."""
    room = conferences.of(agent)
    if room.chairperson is not agent:
        raise NotChairperson(f"agent {agent.work_no} is not the chairperson")
    return room


def _party(room: Conference, address: Address) -> Participant:
    """The participant with this address, who has joined."""
    found = room.find(address)
    if found is None or not found.entered:
        raise UnknownParticipant(f"{address.number} does not take part")
    return found


# Leaving and releasing


def leave(sw: Core, agent: Agent) -> None:
    """An agent who is not the chairperson leaves (CEC 6.1.6.4)."""
    room = conferences.of(agent)
    if room.chairperson is agent:
        raise ChairpersonStays("the chairperson releases the conference in place of leaving it")
    own = agent.connection(room.call)
    assert own is not None
    conferences.left(sw, own, LeavingReason.LEFT)


def release(sw: Core, agent: Agent) -> None:
    conferences.end(sw, chaired(agent), calls.CAUSE_CONFERENCE_RELEASED)


# Inviting and removing


def invite(
    sw: Core, agent: Agent, invitations: Sequence[Invitation], caller: str, welcome: str
) -> None:
    """Invite several (CEC 6.1.6.10); whoever cannot be reached is reported."""
    room = chaired(agent)
    conferences.require_path(welcome)
    if caller:
        services.require_number(caller)
    for invitation in invitations:
        services.require_number(invitation.address.number)
    if not invitations:
        raise InvalidValue("nobody is invited")
    if len(room.participants) + len(invitations) > room.size:
        raise TargetNotAvailable(f"conference {room.id} has no room for so many")
    for invitation in invitations:
        _invite(sw, room, invitation, caller or room.caller, welcome)


def _invite(sw: Core, room: Conference, invitation: Invitation, caller: str, welcome: str) -> None:
    address, tenant = invitation.address, room.call.tenant
    desk = sw.phones.get(address.number)
    if address.is_agent:
        target = tenant.agents.get(int(address.number)) if address.number.isdecimal() else None
        if target is None:
            _in_vain(sw, room, invitation, CAUSE_UNKNOWN)
            return
        _invite_agent(sw, room, invitation, target, caller, welcome)
    elif desk is not None and desk.tenant == tenant.id and desk.agent is not None:
        _invite_agent(sw, room, invitation, desk.agent, caller, welcome)
    else:
        _invite_phone(sw, room, invitation, caller, welcome)


def _invite_agent(
    sw: Core, room: Conference, invitation: Invitation, target: Agent, caller: str, welcome: str
) -> None:
    voice = MediaType.VOICE in agents.media_of(target)
    if not agents.is_reachable(target) or not voice:
        _in_vain(sw, room, invitation, calls.CAUSE_BUSY)
        return
    connection = calls.add_agent(room.call, target, INITIATED)
    participant = room.add(connection, invitation)
    participant.caller, participant.welcome = caller, welcome
    delivery.ring(sw, connection, room.call.tenant.config.ring)


def _invite_phone(
    sw: Core, room: Conference, invitation: Invitation, caller: str, welcome: str
) -> None:
    number = invitation.address.number
    if room.find(invitation.address) is not None:
        _in_vain(sw, room, invitation, calls.CAUSE_BUSY)
        return
    try:
        trunk = calls.find_trunk(room.call.tenant, number)
    except NoTrunk:
        _in_vain(sw, room, invitation, calls.CAUSE_NO_RESOURCE)
        return
    connection = calls.add_outside(room.call, number, trunk, ALERTING)
    participant = room.add(connection, invitation)
    participant.caller, participant.welcome = caller, welcome
    outside.ring(sw, connection)


def _in_vain(sw: Core, room: Conference, invitation: Invitation, cause: int) -> None:
    conferences.report_change(sw, room, invitation, ParticipantChange.JOINED, None, cause)


def remove(sw: Core, agent: Agent, addresses: Sequence[Address]) -> list[Address]:
    """Remove several (CEC 6.1.6.11); returns those who are not there."""
    room = chaired(agent)
    if not addresses:
        raise InvalidValue("nobody is removed")
    if Address(True, str(agent.work_no)) in addresses:
        raise ChairpersonStays("the chairperson does not remove itself")
    missing: list[Address] = []
    for address in addresses:
        participant = room.find(address)
        if participant is None:
            missing.append(address)
        elif participant.entered:
            conferences.left(sw, participant.connection, LeavingReason.REMOVED)
        else:
            connection = participant.connection
            conferences.not_reached(sw, connection, calls.CAUSE_CLIENT, LeaveReason.REMOVED)
    return missing


# Holding, muting


def hold(sw: Core, agent: Agent, address: Address, path: str) -> None:
    """Hold a participant, who hears an announcement meanwhile (CEC 6.1.6.6)."""
    room = chaired(agent)
    conferences.require_path(path)
    participant = _party(room, address)
    if participant.held or participant.timer or room.is_chairperson(participant):
        raise WrongCallState(f"{address.number} is held, hears an announcement, or has the chair")
    participant.held = True
    conferences.prompt(sw, room, path, participant.connection.device)
    conferences.tell(sw, room, participant, ParticipantChange.HELD)


def unhold(sw: Core, agent: Agent, address: Address) -> None:
    room = chaired(agent)
    participant = _party(room, address)
    if not participant.held:
        raise WrongCallState(f"{address.number} is not held")
    participant.held = False
    conferences.tell(sw, room, participant, ParticipantChange.UNHELD)


_CHANGES = {
    ChannelAttribute.LISTEN: ParticipantChange.MUTED,
    ChannelAttribute.BOTH: ParticipantChange.UNMUTED,
}
"""What is told of a channel's new attribute; of the others nothing is (CEC 6.1.6.12)."""


def change_mode(sw: Core, agent: Agent, address: Address, attribute: ChannelAttribute) -> None:
    """Let a participant listen, speak, both or neither."""
    room = chaired(agent)
    participant = _party(room, address)
    participant.attribute = attribute
    change = _CHANGES.get(attribute)
    if change is not None:
        conferences.tell(sw, room, participant, change)
    else:
        conferences.change_sound(sw, room, participant.connection.device)


# Announcements


def play(sw: Core, agent: Agent, path: str, *, background: bool) -> None:
    """Play an announcement to everybody (CEC 6.1.6.13)."""
    room = chaired(agent)
    conferences.require_path(path)
    if room.voice_timer:
        raise WrongCallState(f"an announcement is playing in conference {room.id}")
    conferences.prompt(sw, room, path, "", background=background)
    seconds = room.call.tenant.config.announcement
    room.voice_timer = sw.start_timer(seconds, TimerKind.CONFERENCE_VOICE, room.call.id)


def stop(sw: Core, agent: Agent) -> None:
    room = chaired(agent)
    if not room.voice_timer:
        raise WrongCallState(f"no announcement is playing in conference {room.id}")
    sw.timers.cancel(room.voice_timer)
    room.voice_timer = 0
    conferences.change_sound(sw, room)


def voice_over(sw: Core, room: Conference) -> None:
    """The announcement to everybody has been played."""
    room.voice_timer = 0
    call, work_no = room.call, room.chairperson.work_no
    sw.report(ConferenceVoiceStopped(sw.now, call.tenant.id, call.id, work_no, room.id))


def play_to(sw: Core, agent: Agent, address: Address, path: str) -> None:
    """Play an announcement to one participant (CEC 6.1.6.15)."""
    room = chaired(agent)
    conferences.require_path(path)
    participant = _party(room, address)
    if participant.timer:
        raise WrongCallState(f"{address.number} hears an announcement already")
    device = participant.connection.device
    conferences.prompt(sw, room, path, device)
    seconds = room.call.tenant.config.announcement
    subject = (room.call.id, device)
    participant.timer = sw.start_timer(seconds, TimerKind.PARTICIPANT_VOICE, subject)


def stop_to(sw: Core, agent: Agent, address: Address) -> None:
    room = chaired(agent)
    participant = _party(room, address)
    if not participant.timer:
        raise WrongCallState(f"{address.number} hears no announcement")
    sw.timers.cancel(participant.timer)
    participant.timer = 0
    conferences.change_sound(sw, room, participant.connection.device)


def voice_to_over(sw: Core, room: Conference, participant: Participant) -> None:
    """The announcement to one participant has been played."""
    participant.timer = 0
    call, work_no = room.call, room.chairperson.work_no
    device = participant.connection.device
    sw.report(ParticipantVoiceStopped(sw.now, call.tenant.id, call.id, device, work_no, room.id))


# The conference itself


def prolong(sw: Core, agent: Agent, minutes: int) -> int:
    """Let the conference last longer, a day at most; returns by how many minutes (6.1.6.8)."""
    room = chaired(agent)
    if not 1 <= minutes <= MAX_MINUTES:
        raise InvalidValue(f"a conference is prolonged by 1 to {MAX_MINUTES} minutes")
    applied = min(minutes, MAX_MINUTES - room.minutes)
    if not applied:
        raise WrongCallState(f"conference {room.id} lasts as long as one may")
    room.minutes += applied
    conferences.schedule(sw, room)
    return applied


def shift_chair(sw: Core, agent: Agent, work_no: int) -> None:
    """Make another agent of the conference its chairperson (CEC 6.1.6.9)."""
    room = chaired(agent)
    if work_no == agent.work_no:
        raise OwnChair("the chairperson cannot hand the chair to itself")
    participant = _party(room, Address(True, str(work_no)))
    successor = participant.connection.agent
    assert successor is not None
    if participant.held:
        raise WrongCallState(f"agent {work_no} is held")
    room.chairperson = successor
    conferences.tell(sw, room, participant, ParticipantChange.CHAIRPERSON)
    call = room.call
    sw.report(ChairpersonChanged(sw.now, call.tenant.id, call.id, work_no, room.id))


def resize(sw: Core, agent: Agent, change: int) -> None:
    """Allow so many parties more, or less if negative: 2 to 118 at once (CEC 6.1.6.17)."""
    room = chaired(agent)
    if abs(change) not in RESIZES:
        raise InvalidValue("the size of a conference changes by 2 to 118")
    size = room.size + change
    if size > MAX_SIZE or change > conference_opening.free_seats(agent):
        raise TargetNotAvailable(f"conference {room.id} cannot have {size} parties")
    if size < len(room.participants):
        raise WrongCallState(f"conference {room.id} has more than {size} parties")
    room.size = size


# Asking


def visible(agent: Agent, conference_ids: Sequence[int]) -> list[Conference]:
    """Those of the conferences that the agent may see: an inspector its tenant's, others theirs."""
    agents.require_signed_in(agent)
    found = [agent.tenant.conferences.get(number) for number in dict.fromkeys(conference_ids)]
    return [
        room
        for room in found
        if room is not None and room.begun and (agent.is_inspector or agent.connection(room.call))
    ]


def ongoing(inspector: Agent) -> list[int]:
    """The ids of the tenant's conferences, which only inspectors may ask for."""
    supervision.require_inspector(inspector)
    return [room.id for room in inspector.tenant.conferences.values() if room.begun]
