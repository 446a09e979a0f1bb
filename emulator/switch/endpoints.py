"""What the world reports back: timers that are due, and phones that answer for themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from emulator.switch import (
    agents,
    calls,
    conference_control,
    conferences,
    delivery,
    dialling,
    habits,
    ivr,
    lines,
    outside,
    playback,
    queues,
    services,
    speech,
)
from emulator.switch.errors import UnknownPhone, UnknownRequest, WrongCallState
from emulator.switch.events import PhoneAlerting
from emulator.switch.model import Agent, Connection, Phone
from emulator.switch.terms import (
    ALERTING,
    DOWN,
    IN_SERVICE,
    INITIATED,
    RINGING,
    UP,
    LeaveReason,
    PhoneCondition,
)
from emulator.switch.timers import TimerKind

if TYPE_CHECKING:
    from emulator.switch.core import Core


# Timers


def fire(sw: Core, kind: TimerKind, subject: Any, serial: int) -> None:
    """Do what is due; a timer whose subject has gone does nothing."""
    _FIRE[kind](sw, subject, serial)


def _connection(sw: Core, subject: tuple[str, str], serial: int) -> Connection | None:
    """The connection whose timer this is; a merged call keeps its connections' timers."""
    call = sw.calls.get(subject[0])
    candidates = [call] if call is not None else list(sw.calls.values())
    for candidate in candidates:
        for connection in candidate.connections:
            if connection.device == subject[1] and serial in _timers_of(connection):
                return connection
    return None


def _timers_of(connection: Connection) -> tuple[int, int]:
    return connection.timer, 0 if connection.habits is None else connection.habits.timer


def _on_connection(
    action: Callable[[Core, Connection], None],
) -> Callable[[Core, Any, int], None]:
    def run(sw: Core, subject: Any, serial: int) -> None:
        connection = _connection(sw, subject, serial)
        if connection is not None:
            action(sw, connection)

    return run


def _queue_wait(sw: Core, subject: Any, serial: int) -> None:
    call = sw.calls.get(subject)
    if call is not None and call.entry is not None and call.entry.timer == serial:
        queues.waited_too_long(sw, call)


def _ivr(sw: Core, subject: Any, serial: int) -> None:
    call = sw.calls.get(subject)
    if call is not None and call.ivr is not None and call.ivr.timer == serial:
        ivr.time_over(sw, call)


def _wrap_up(sw: Core, subject: Any, serial: int) -> None:
    agent = sw.agents.get(subject)
    if agent is not None and agent.timer == serial:
        agents.wrap_up_over(sw, agent)


def _rest(sw: Core, subject: Any, serial: int) -> None:
    agent = sw.agents.get(subject)
    if agent is not None and agent.timer == serial:
        agents.rest_over(sw, agent)


def _preview(sw: Core, subject: Any, serial: int) -> None:
    agent = sw.agents.get(subject)
    if agent is not None and agent.preview is not None and agent.preview.timer == serial:
        dialling.preview_over(sw, agent)


def _conference_end(sw: Core, subject: Any, serial: int) -> None:
    call = sw.calls.get(subject)
    if call is not None and call.room is not None and call.room.timer == serial:
        conferences.time_is_over(sw, call.room)


def _conference_prompt(sw: Core, subject: Any, serial: int) -> None:
    call = sw.calls.get(subject)
    if call is not None and call.room is not None and call.room.prompt_timer == serial:
        conferences.soon_over(sw, call.room)


def _conference_voice(sw: Core, subject: Any, serial: int) -> None:
    call = sw.calls.get(subject)
    if call is not None and call.room is not None and call.room.voice_timer == serial:
        conference_control.voice_over(sw, call.room)


def _participant_voice(sw: Core, subject: Any, serial: int) -> None:
    call = sw.calls.get(subject[0])
    if call is None or call.room is None:
        return
    for participant in call.room.participants:
        if participant.timer == serial:
            conference_control.voice_to_over(sw, call.room, participant)
            return


def _playback(sw: Core, subject: Any, serial: int) -> None:
    agent = sw.agents.get(subject)
    if agent is not None and agent.playback is not None and agent.playback.timer == serial:
        playback.over(sw, agent)


def _speech(sw: Core, subject: Any, serial: int) -> None:
    call = sw.calls.get(subject)
    if call is not None and call.script_timer == serial:
        speech.next_is_due(sw, call)


def _ring_over(sw: Core, connection: Connection) -> None:
    if lines.is_one(connection):
        connection.timer = 0
        _give_up(sw, connection)
    else:
        delivery.ring_over(sw, connection)


_FIRE: dict[TimerKind, Callable[[Core, Any, int], None]] = {
    TimerKind.RING: _on_connection(_ring_over),
    TimerKind.HABIT: _on_connection(habits.due),
    TimerKind.OUTSIDE_ANSWER: _on_connection(outside.answer),
    TimerKind.OUTSIDE_RING: _on_connection(outside.ring_over),
    TimerKind.QUEUE_WAIT: _queue_wait,
    TimerKind.WRAP_UP: _wrap_up,
    TimerKind.REST: _rest,
    TimerKind.IVR: _ivr,
    TimerKind.PREVIEW: _preview,
    TimerKind.CONFERENCE_END: _conference_end,
    TimerKind.CONFERENCE_PROMPT: _conference_prompt,
    TimerKind.CONFERENCE_VOICE: _conference_voice,
    TimerKind.PARTICIPANT_VOICE: _participant_voice,
    TimerKind.PLAYBACK: _playback,
    TimerKind.SPEECH: _speech,
}


# External phones


def _take(sw: Core, request: int) -> tuple[Connection, str]:
    found = sw.requests.get(request)
    if found is None or found[0].agent is None:
        raise UnknownRequest(f"no phone was asked with request {request}")
    del sw.requests[request]
    connection, action = found
    connection.request = 0
    return connection, action


def confirmed(sw: Core, request: int) -> None:
    connection, action = _take(sw, request)
    if action == "ring":
        _rings(sw, connection)
    elif lines.is_one(connection):
        _line_is_up(sw, connection)
    elif delivery.originates(connection):
        dialling.originated(sw, connection)
    else:
        delivery.establish(sw, connection)


def _rings(sw: Core, connection: Connection) -> None:
    """The phone rings: for a call to the agent, or to begin a call of the agent's own."""
    if not delivery.originates(connection) and not lines.is_one(connection):
        delivery.alert(sw, connection)
        if connection.auto:
            connection.request = sw.request(connection, "answer")
        return
    agent = connection.agent
    assert agent is not None
    assert agent.phone is not None
    if agent.phone.leg is DOWN:
        agent.phone.leg = RINGING
        sw.report(PhoneAlerting(sw.now, agent.tenant.id, agent.work_no, agent.phone.number))
    connection.request = sw.request(connection, "answer")


def failed(sw: Core, request: int) -> None:
    """The phone cannot be reached: as if nobody had answered it."""
    connection, _ = _take(sw, request)
    if lines.is_one(connection):
        _give_up(sw, connection)
    elif delivery.originates(connection):
        calls.clear_call(sw, connection.call, calls.CAUSE_NO_RESOURCE, LeaveReason.NO_RESOURCE)
    else:
        delivery.refuse(sw, connection, rejected=False, release=False)


def _line_is_up(sw: Core, line: Connection) -> None:
    lines.picked_up(sw, line)
    if line.agent is not None:
        playback.phone_is_up(sw, line.agent)


def _give_up(sw: Core, line: Connection) -> None:
    """The phone of who would listen or record is not picked up."""
    if line.agent is not None:
        services.release(sw, line.agent, line.call)


def attach(sw: Core, number: str, *, attached: bool) -> None:
    """A real phone has registered under the number, or is there no more.

    From then on what the phone does is reported, and not simulated, also for calls under way.
    """
    phone = _phone(sw, number)
    away = phone.condition is PhoneCondition.OFFLINE and (attached or phone.lost)
    phone.attached, phone.lost = attached, False
    phone.external = attached or agents.is_external(sw, phone)
    if away:
        _become(sw, phone, IN_SERVICE)


def lose(sw: Core, number: str) -> None:
    """Nothing is heard of the real phone any more, or has been yet, though it should be there.

    It is offline, after the call that it may have; without an agent it is simulated, unless it is
    configured as a real one.
    """
    phone = _phone(sw, number)
    phone.attached = False
    phone.external = phone.lost = phone.agent is not None or agents.is_external(sw, phone)
    if phone.lost and phone.condition is IN_SERVICE and not _is_used(phone):
        _become(sw, phone, PhoneCondition.OFFLINE)


def _is_used(phone: Phone) -> bool:
    agent = phone.agent
    calls = agent.connections if agent is not None else ()
    return phone.leg is not DOWN or any(not it.is_chat for it in calls)


def _become(sw: Core, phone: Phone, condition: PhoneCondition) -> None:
    phone.condition = condition
    if phone.agent is not None:
        agents.report_condition(sw, phone.agent, phone)


def _phone(sw: Core, number: str) -> Phone:
    phone = sw.phones.get(number)
    if phone is None:
        raise UnknownPhone(f"there is no phone {number}")
    return phone


def off_hook(sw: Core, number: str) -> None:
    """Picking up a ringing phone answers it; with nothing ringing it only goes up."""
    phone = _phone(sw, number)
    if phone.condition is not IN_SERVICE:
        raise WrongCallState(f"phone {number} is {phone.condition}")
    agent = phone.agent
    if agent is None:
        phone.leg = UP
        return
    for connection in agent.connections:
        if connection.state is ALERTING:
            _forget_request(sw, connection)
            delivery.establish(sw, connection)
            return
        if connection.request and lines.is_one(connection):
            _forget_request(sw, connection)
            _line_is_up(sw, connection)
            return
        if delivery.originates(connection) and connection.state is INITIATED:
            _forget_request(sw, connection)
            dialling.originated(sw, connection)
            return
    agents.lift_phone(sw, agent, main=True)


def _forget_request(sw: Core, connection: Connection) -> None:
    if connection.request:
        sw.requests.pop(connection.request, None)
        connection.request = 0


def on_hook(sw: Core, number: str, *, unanswered: bool) -> None:
    """Hanging up ends what the phone was connected to, and rejects what it rings for.

    `unanswered`: a phone has given up by itself, because nobody picked it up.
    """
    phone = _phone(sw, number)
    agent = phone.agent
    if phone.leg is DOWN:
        raise WrongCallState(f"phone {number} is on the hook")
    if agent is None:
        phone.leg = DOWN
        return
    connection = agent.active
    if connection is not None and delivery.is_offered(connection):
        delivery.refuse(sw, connection, rejected=not unanswered, release=False)
    else:
        while agent.active is not None or services.transferring(agent) is not None:
            services.release(sw, agent)
    agents.lower_phone(sw, agent, by_agent=True)


def set_condition(sw: Core, number: str, condition: PhoneCondition) -> None:
    """Somebody uses the phone without the call center, cuts it off, or neither any more.

    A phone that is cut off loses its calls; one in use for a call of ours cannot be used besides.
    """
    phone = _phone(sw, number)
    agent = phone.agent
    if phone.condition is condition:
        raise WrongCallState(f"phone {number} is {condition} already")
    if condition is not PhoneCondition.OFFLINE and phone.leg is not DOWN:
        raise WrongCallState(f"phone {number} is in use")
    if agent is not None:
        if any(c.state is INITIATED and not c.is_chat for c in agent.connections):
            raise WrongCallState(f"phone {number} is being rung")
        _cut_off(sw, agent)
        agents.lower_phone(sw, agent, by_agent=True)
    phone.leg = DOWN
    _become(sw, phone, condition)


def _cut_off(sw: Core, agent: Agent) -> None:
    """Nothing of the agent's calls is left but its chats."""
    while True:
        own = next((c for c in agent.connections if not c.is_chat), None)
        if own is None:
            return
        if delivery.is_offered(own):
            delivery.refuse(sw, own, rejected=False, release=False)
        else:
            services.release(sw, agent, own.call)
