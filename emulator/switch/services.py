"""What an agent does with the calls it has: hold, mute, second dialling, hanging up (CEC 6.1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import (
    agents,
    calls,
    delivery,
    operations,
    outside,
    playback,
    supervision,
    transfers,
)
from emulator.switch.errors import (
    InvalidNumber,
    InvalidValue,
    NoCall,
    WrongCallState,
    WrongCallType,
)
from emulator.switch.events import CallDataChanged, DigitsGenerated, Muted
from emulator.switch.model import Agent, Call, Connection, OperationKind
from emulator.switch.terms import (
    CONNECTED,
    CONSULTATIONS,
    IVR_DEVICE,
    VOICE_AND_VIDEO,
    LeaveReason,
)

if TYPE_CHECKING:
    from emulator.switch.core import Core

MAX_CALL_DATA = 16 * 1024
MAX_NUMBER = 24
_DIAL_CHARACTERS = frozenset("0123456789*#")
_KEYS = _DIAL_CHARACTERS | frozenset("ABCD")
"""With the fourth column, which telephones seldom have (RFC 4733, 3.2)."""


def require_number(number: str) -> None:
    """1 to 24 digits, * or #."""
    if not 1 <= len(number) <= MAX_NUMBER or not _DIAL_CHARACTERS.issuperset(number):
        raise InvalidNumber("a number has 1 to 24 digits, * or #")


def _require_keys(keys: str) -> None:
    """1 to 24 digits, *, # or letters from A to D."""
    if not 1 <= len(keys) <= MAX_NUMBER or not _KEYS.issuperset(keys):
        raise InvalidNumber("1 to 24 keys are pressed: digits, *, #, or A to D")


def set_data(sw: Core, call: Call, data: str) -> None:
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
    if connection is None or agent.supervision is not None or agent.line is not None:
        raise NoCall(f"agent {agent.work_no} talks to nobody")
    if connection.state is not CONNECTED:
        raise WrongCallState(f"call {connection.call.id} is not connected")
    if connection.call.room is not None:
        raise WrongCallState(f"agent {agent.work_no} is in a conference")
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


# Hold, retrieve, mute


def hold(sw: Core, agent: Agent, call: Call | None) -> None:
    connection = established(agent)
    if call not in (None, connection.call):
        raise NoCall(f"agent {agent.work_no} does not talk on that call")
    operations.put_on_hold(sw, connection)


def retrieve(sw: Core, agent: Agent, call: Call | None) -> None:
    """Take a held call back; a call transferred or in an operation is not the agent's to take."""
    connection = held(agent, call)
    if agent.active is not None:
        raise WrongCallState(f"agent {agent.work_no} talks on another call")
    calls.take_back(sw, agent, connection.call)


def alternate(sw: Core, agent: Agent, call: Call | None) -> None:
    """Hold the current call and take the held one."""
    waiting = held(agent, call)
    operations.put_on_hold(sw, established(agent))
    calls.take_back(sw, agent, waiting.call)


def reconnect(sw: Core, agent: Agent, call: Call | None) -> None:
    """End the current call, answered or not, and take the one held last (CSTA Reconnect Call)."""
    waiting = held(agent, None)
    current = agent.active
    if current is None or call not in (None, current.call):
        raise NoCall(f"agent {agent.work_no} is not on such a call")
    calls.leave(sw, current, calls.CAUSE_CLIENT, reason_to_hang_up(current))
    calls.take_back(sw, agent, waiting.call)


def mute(sw: Core, agent: Agent, *, muted: bool) -> None:
    connection = established(agent)
    if connection.muted == muted:
        raise WrongCallState("the call is muted already" if muted else "the call is not muted")
    connection.muted = muted
    call = connection.call
    sw.report(Muted(sw.now, call.tenant.id, call.id, connection.device, agent.work_no, muted))


def generate_digits(sw: Core, agent: Agent, digits: str, *, letters: bool = False) -> None:
    """Second-stage dialling, 1–24 keys, on a voice call (CEC 6.1.2.13)."""
    if letters:
        _require_keys(digits)
    else:
        require_number(digits)
    connection = established(agent)
    call = connection.call
    if call.ability == VOICE_AND_VIDEO:
        raise WrongCallType("a video call takes no second dialling")
    sw.report(DigitsGenerated(sw.now, call.tenant.id, call.id, connection.device, digits))


# Ending


def release(sw: Core, agent: Agent, call: Call | None = None) -> None:
    """Hang up the current call, or the given one (CEC 6.1.2.15, 6.1.2.16)."""
    agents.require_signed_in(agent)
    if agent.supervision is not None and call in (None, agent.supervision.call):
        supervision.stop(sw, agent)
        return
    if agent.line is not None and call in (None, agent.line.call):
        playback.hang_up(sw, agent)
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
        transfers.transfer_call(sw, agent, operation.call)
    elif delivery.is_offered(connection):
        delivery.refuse(sw, connection, rejected=True, release=True)
    else:
        calls.leave(sw, connection, calls.CAUSE_CLIENT, reason_to_hang_up(connection))


def clear(sw: Core, agent: Agent, call: Call | None) -> None:
    """Release everybody from the current call, or the given one (CSTA Clear Call)."""
    own = agent.connection(call) if call is not None else agent.active or transferring(agent)
    if own is None or own is agent.line or agent.supervision is not None:
        raise NoCall(f"agent {agent.work_no} has no such call to clear")
    if own.call.room is not None:
        raise WrongCallState(f"agent {agent.work_no} is in a conference")
    calls.clear_call(sw, own.call, calls.CAUSE_CLIENT, LeaveReason.AGENT_RELEASED, own)


def reason_to_hang_up(connection: Connection) -> LeaveReason:
    """Why an agent who hangs up leaves the call: it was asked, or has asked for help."""
    asked = connection.call.type in CONSULTATIONS and originated(connection)
    return LeaveReason.HELP_RELEASED if asked else LeaveReason.AGENT_RELEASED


def originated(connection: Connection) -> bool:
    """Whether the agent has begun the call."""
    return connection.call.connections[0] is connection


def transferring(agent: Agent) -> Connection | None:
    """The connection on which the agent waits for a transfer under way."""
    operation = agent.operation
    if operation is None or operation.second is not None:
        return None
    return agent.connection(operation.call)


def clear_connection(sw: Core, agent: Agent, number: str) -> None:
    """Release one party of the agent's last call by its number (CEC 6.1.2.17)."""
    agents.require_signed_in(agent)
    if not agent.connections:
        raise NoCall(f"agent {agent.work_no} has no call")
    call = agent.connections[-1].call
    own_numbers = (str(agent.work_no), agent.phone.number if agent.phone else "")
    if number in own_numbers:
        release(sw, agent, call)
        return
    if call.room is not None:
        raise WrongCallState(f"call {call.id} is a conference, whose chairperson removes parties")
    for connection in call.connections:
        if _has_number(connection, number):
            if call.served is None and call.connections[0].agent is not agent:
                raise WrongCallState(f"agent {agent.work_no} was asked for help only")
            _release_party(sw, connection)
            return
    raise NoCall(f"no party has the number {number}")


def _release_party(sw: Core, connection: Connection) -> None:
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
