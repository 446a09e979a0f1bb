"""UltraCRM's words for what is in the call center, in one place.

| UltraCRM                       | call center                                                    |
|--------------------------------|----------------------------------------------------------------|
| `strUid`, `strGhid`, GHID, UID | the work number of an agent                                    |
| `strExt`, EXT                  | the phone that the agent has signed in with, else its own      |
| ACD group, `nType` 0           | a skill queue                                                  |
| business group, `nType` 1      | a user group (CEC 12.3.4)                                      |
| trunk line                     | a channel of a trunk group: the group's place, the channel     |
| IVRFILE, an IVR's extension    | an IVR flow by its name or number, or by its access code       |

A CALLID is the day, hour, minute and second at which the call began, in the tenant's zone, and the
last four digits of its sequence number. So it repeats after a month: of calls that are over, a
query finds every one in its range of days that bears it. Among an agent's calls in progress it is
clear.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from emulator.domain.calendar import SECOND, local, microseconds
from emulator.surfaces.soap.numbers import extension_of
from emulator.switch.model import Agent, Call, Connection, OperationKind, Tenant, Trunk
from emulator.switch.terms import (
    ALERTING,
    BUSY,
    CONNECTED,
    DOWN,
    HOLD,
    INITIATED,
    RINGING,
    SIGNED_OUT,
    WRAP_UP,
    AgentState,
    CallType,
    PhoneCondition,
    TargetType,
)

CALL_ID_LENGTH = 12
LEAST_CHANNEL_DIGITS = 3

_STATES = {
    SIGNED_OUT: "00",
    BUSY: "02",
    WRAP_UP: "03",
    AgentState.REST: "04",
    AgentState.STUDY: "04",
}
"""STATUS of ATGetUidInfo; an agent that works, or could, is 01."""

IDLE_LINE, OFF_HOOK, RINGS, RINGS_BACK, TALKS, CLEARED, TAKEN = (
    "01",
    "02",
    "03",
    "04",
    "05",
    "06",
    "07",
)
"""STATUS of ATGetCallInfo, CALLS of ATGetUidInfo."""

UNKNOWN_WAY, FROM_OUTSIDE, TO_OUTSIDE, FROM_INSIDE, TO_INSIDE = range(5)
"""DIR of ATGetCallInfo, DIRECTION of Get_Call_Info."""

ONCE, IN, OUT, IN_AND_OUT, PICKED_UP, PICKED_UP_AND_OUT, LOST_TO_PICK_UP, ASKED = range(8)
"""TRANS_TYPE of ATGetCallInfo."""

FROM_CUSTOMERS = frozenset({CallType.INBOUND, CallType.CALLBACK})
TO_CUSTOMERS = frozenset({CallType.OUTBOUND, CallType.PREVIEWED, CallType.PREDICTED})


# Calls


def call_id(call: str, zone: str) -> str:
    """The CALLID of a call of the switch."""
    began, _, sequence = call.partition("-")
    shown = local(int(began) * SECOND, zone)
    return f"{shown:%d%H%M%S}{int(sequence) % 10_000:04}"


def seconds_of(call: str, since: int, until: int, zone: str) -> Iterator[int]:
    """The seconds (since 1970) in since ≤ instant < until (µs) at which such a call began."""
    if len(call) != CALL_ID_LENGTH or not (call.isascii() and call.isdecimal()):
        return
    day, hour, minute, second = (int(call[at : at + 2]) for at in range(0, 8, 2))
    month = local(since, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while microseconds(month) <= until:
        try:
            shown = month.replace(day=day, hour=hour, minute=minute, second=second)
        except ValueError:  # a month without that day
            pass
        else:
            yield from _instants(shown, since, until)
        month = (month + timedelta(days=31)).replace(day=1)


def _instants(shown: datetime, since: int, until: int) -> Iterator[int]:
    """When clocks show that: twice in the hour that is repeated in autumn."""
    found = dict.fromkeys(microseconds(shown.replace(fold=fold)) for fold in (0, 1))
    return (at // SECOND for at in found if since <= at < until)


def sequence_of(call: str) -> int:
    """The last four digits of the sequence numbers of calls with that CALLID."""
    return int(call[8:])


def is_called(call: Call, wanted: str) -> bool:
    """Whether the call has that CALLID; any has none."""
    return not wanted or call_id(call.id, call.tenant.config.timezone) == wanted


def direction(call: Call, agent: Agent) -> int:
    """Which way the call goes, as the agent sees it."""
    if call.type in FROM_CUSTOMERS:
        return FROM_OUTSIDE
    if call.type in TO_CUSTOMERS:
        return TO_OUTSIDE
    own = call.connections and call.connections[0].agent is agent
    return TO_INSIDE if own else FROM_INSIDE


def caller(call: Call) -> str:
    """Who calls, agents by their extensions as the reference has them."""
    first = call.connections[0].agent if call.connections else None
    if first is not None and call.caller == str(first.work_no):
        return extension_of(first)
    return call.caller


def called(call: Call) -> str:
    """Whom the call is for, agents by their extensions."""
    agent = call.tenant.agents.get(int(call.called)) if _is_work_no(call) else None
    return call.called if agent is None else extension_of(agent)


def _is_work_no(call: Call) -> bool:
    return call.target is not None and call.target[0] is TargetType.AGENT


def transfer_type(connection: Connection) -> int:
    """How the agent has come to the call, and what it is about to do with it."""
    agent, call = connection.agent, connection.call
    operation = agent.operation if agent is not None else None
    if operation is not None and operation.kind is OperationKind.CONSULTATION:
        return ASKED
    leaves = operation is not None and operation.call is call
    if connection.picked_up:
        return PICKED_UP_AND_OUT if leaves else PICKED_UP
    if connection.transfer_from:
        return IN_AND_OUT if leaves else IN
    return OUT if leaves else ONCE


# Agents


def state(agent: Agent) -> str:
    """STATUS of an agent."""
    return _STATES.get(agent.state, "01")


def address(agent: Agent) -> str:
    """The e-mail address that an agent writes from: the reference says nothing of it."""
    return f"{agent.config.account or agent.work_no}@{agent.tenant.config.name}.example"


def shown_connection(agent: Agent) -> Connection | None:
    """The call that the reference would show: the one that is not held, else the one held last."""
    return agent.active or (agent.held[-1] if agent.held else None)


def line(agent: Agent) -> str:
    """STATUS of the agent's phone."""
    connection = agent.active
    if connection is not None:
        return _line_of(connection)
    phone = agent.phone
    if phone is None or phone.leg is DOWN:
        return TAKEN if phone and phone.condition is PhoneCondition.BUSY else IDLE_LINE
    if phone.leg is RINGING:
        return RINGS
    # Off the hook between calls it has heard the end of the last one; with a held one, a dial tone.
    return OFF_HOOK if agent.release_phone or agent.held else CLEARED


def _line_of(connection: Connection) -> str:
    if connection.state is ALERTING:
        return RINGS
    if connection.state is INITIATED:
        return TAKEN
    return TALKS if connection.talk_begin or connection.state is HOLD else RINGS_BACK


# Trunks


def trunk_lines(tenant: Tenant) -> Iterator[str]:
    """The numbers of all trunk lines."""
    for place, trunk in enumerate(tenant.trunks, 1):
        for channel in range(1, trunk.config.channels + 1):
            yield _trunk_line(place, trunk, channel)


def trunk_line(call: Call) -> str:
    """The trunk line of a call's customer, nothing without one."""
    for connection in call.connections:
        trunk = connection.trunk
        if trunk is not None and connection.state in (CONNECTED, HOLD, ALERTING):
            return _trunk_line(call.tenant.trunks.index(trunk) + 1, trunk, connection.channel)
    return ""


def _trunk_line(place: int, trunk: Trunk, channel: int) -> str:
    digits = max(LEAST_CHANNEL_DIGITS, len(str(trunk.config.channels)))
    return f"{place}{channel:0{digits}}"
