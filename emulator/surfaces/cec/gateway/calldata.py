"""What is known of calls, and the data that goes with them: calldata (CEC 6.1.3)."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from pydantic import BaseModel

from emulator.domain.tallies import Tally
from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.cec.gateway import callinfo
from emulator.surfaces.cec.gateway.callinfo import CallInfo
from emulator.surfaces.cec.gateway.component import (
    CallId,
    GatewayRequest,
    WorkNo,
    codes,
    gateway,
    signed_in,
)
from emulator.surfaces.cec.gateway.errors import failure, failures
from emulator.surfaces.coercion import Bool, Int, MaxBytes, Text, spelled
from emulator.switch.delivery import is_offered
from emulator.switch.errors import NoCall, NoPermission, UnknownAgent
from emulator.switch.model import Agent, Connection
from emulator.switch.services import MAX_CALL_DATA

CALL_DATA = "/resource/calldata/{agentid}"
"""Where the interfaces of 6.1.3 begin."""

LONGEST_BASE64 = (MAX_CALL_DATA + 2) // 3 * 4


# A call


@gateway.get(CALL_DATA + "/callinfo", section="6.1.3.1", message="", codes=("100-006",))
def call_info(
    call: GatewayRequest,
    isNoContainLastCall: Bool = False,  # noqa: N803
) -> CallInfo | None:
    """Show the agent's call; without one nothing, or on demand the last."""
    agent, now = signed_in(call), call.platform.switch.now
    current = _current(agent)
    if current is not None:
        info = callinfo.of_connection(current, now)
        info.trace = callinfo.trace(current)
        return info
    last = call.platform.tallies.last_stay(agent) if isNoContainLastCall else None
    return None if last is None else callinfo.of_stay(*last, agent, now)


def _current(agent: Agent) -> Connection | None:
    """The call that the agent talks on, else the one held last, else its newest chat."""
    if agent.active is not None:
        return agent.active
    held = agent.held or agent.connections
    return held[-1] if held else None


@gateway.get(CALL_DATA + "/callinfobeforeanswer", section="6.1.3.5", message="", codes=("100-006",))
def ringing_call_info(call: GatewayRequest) -> CallInfo | None:
    """Show the call that the agent has still to answer, if there is one."""
    agent = signed_in(call)
    ringing = next((c for c in agent.connections if is_offered(c)), None)
    return None if ringing is None else callinfo.of_connection(ringing, call.platform.switch.now)


@gateway.get(CALL_DATA + "/callinfobycallid/{callid}", section="6.1.3.6", message="", codes=codes())
def call_info_by_id(call: GatewayRequest, callid: CallId) -> CallInfo:
    """Show a call of the VDN, or the agent's last one."""
    agent, now = signed_in(call), call.platform.switch.now
    found = agent.tenant.calls.get(callid)
    if found is not None:
        return callinfo.of_call(found, agent, now)
    last = call.platform.tallies.last_stay(agent)
    if last is None or last[1].id != callid:
        raise NoCall(f"there is no call {callid}")
    return callinfo.of_stay(*last, agent, now).model_copy(update={"trace": None})


# Call-associated data


class DataQuery(BaseModel):
    """Whose data, and whether in Base64: only "true" is true."""

    encoded: Text = spelled("isEncodeResult", default="")
    call_id: Text = spelled("callId", "callid", default="")


@gateway.get(CALL_DATA + "/appdata", section="6.1.3.2", message="", codes=codes())
def call_data(call: GatewayRequest, query: DataQuery) -> str:
    """Show the data that goes with a call of the agent."""
    data = _own(signed_in(call), query.call_id).call.data
    return base64.b64encode(data.encode()).decode() if query.encoded == "true" else data


class DataBody(BaseModel):
    """Data for a call of the agent: its current one unless another is named."""

    call_id: Text = spelled("callid", "callId", default="")
    data: Annotated[Text, MaxBytes(LONGEST_BASE64)] = spelled("calldata", default="")
    encoded: Bool = spelled("isDataEncoded", default=False)


@gateway.put(
    CALL_DATA + "/setcalldataex",
    section="6.1.3.3",
    codes=codes("000-002", "400-001"),
    failures=failures(NoCall="400-001"),
)
def set_call_data(call: GatewayRequest, body: DataBody) -> dict[str, Any]:
    """Give a call data that goes with it from now on."""
    own = _own(signed_in(call), body.call_id)
    data = _decoded(body.data) if body.encoded else body.data
    call.platform.switch.set_call_data(own.call.id, data)
    return {}


def _own(agent: Agent, call_id: str) -> Connection:
    """The agent's connection to the call with this id, or to its current one."""
    if not call_id:
        found = _current(agent)
    else:
        found = next((c for c in agent.connections if c.call.id == call_id), None)
    if found is None:
        raise NoCall(f"agent {agent.work_no} has no such call")
    return found


def _decoded(text: str) -> str:
    """The text behind Base64: UTF-8, else ISO 8859-1, as the documented example needs it."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ParameterError("body.calldata: not Base64") from None
    if b"\x00" in raw:
        raise ParameterError("body.calldata: NUL character")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


# Held calls


class HeldCall(BaseModel):
    """A held call (Table 6-245)."""

    callfeature: int
    callid: str
    caller: str
    called: str
    callskill: str


class OwnHeldCall(HeldCall):
    """A held call with the fields that are not used (Table 6-215)."""

    callskillid: int = 0
    orgicallednum: str = ""
    calldata: str | None = None
    begintime: int | None = None
    endtime: int | None = None


HOLD_LIST_CODES = ("300-001", "400-003")
HOLD_LIST_FAILURES = failures(NoPermission="300-001", NoCall="400-003")


@gateway.get(
    CALL_DATA + "/holdlist",
    section="6.1.3.4",
    message="",
    codes=("100-006", *HOLD_LIST_CODES),
    failures=HOLD_LIST_FAILURES,
)
def held_calls(call: GatewayRequest) -> list[OwnHeldCall]:
    """List the calls that the agent holds."""
    agent = signed_in(call)
    return [OwnHeldCall(**_held(connection)) for connection in _holding(agent)]


@gateway.get(
    CALL_DATA + "/holdlistex/{workno}",
    section="6.1.3.12",
    message="",
    codes=codes(*HOLD_LIST_CODES),
    failures=HOLD_LIST_FAILURES,
)
def held_calls_of(call: GatewayRequest, workno: WorkNo) -> list[HeldCall]:
    """List the calls that an agent holds, for an inspector."""
    agent = signed_in(call)
    if not agent.is_inspector:
        raise NoPermission(f"agent {agent.work_no} is no inspector")
    holding = _holding(_colleague(agent, workno))
    return [HeldCall(**_held(connection)) for connection in holding]


def _holding(agent: Agent) -> list[Connection]:
    held = agent.held
    if not held:
        raise NoCall(f"agent {agent.work_no} holds no call")
    return held


def _held(connection: Connection) -> dict[str, Any]:
    call, queue = connection.call, connection.queue
    return {
        "callfeature": int(call.type),
        "callid": call.id,
        "caller": call.caller,
        "called": call.called,
        "callskill": queue.config.name if queue is not None else "",
    }


def _colleague(agent: Agent, work_no: int) -> Agent:
    """An agent of the same VDN that has signed in."""
    found = agent.tenant.agents.get(work_no)
    if found is None or not found.signed_in:
        raise UnknownAgent(f"no agent {work_no} has signed in")
    return found


# How many calls


@gateway.get(
    CALL_DATA + "/allcallinfoEx/{workno}",
    section="6.1.3.7",
    message="",
    codes=codes("100-011", "900-002"),
    failures={ParameterError: failure("100-011"), NoPermission: failure("900-002")},
)
def call_ids_of(call: GatewayRequest, workno: WorkNo) -> list[str]:
    """List the ids of an agent's calls, for itself or an inspector."""
    agent = signed_in(call)
    if workno != agent.work_no and not agent.is_inspector:
        raise NoPermission(f"agent {agent.work_no} is no inspector")
    return [connection.call.id for connection in _colleague(agent, workno).connections]


@gateway.get(CALL_DATA + "/callnums", section="6.1.3.8", message="", codes=("100-006",))
def number_of_calls(call: GatewayRequest) -> int:
    """Tell how many calls the agent is in."""
    return len(signed_in(call).connections)


@gateway.get(CALL_DATA + "/waitcallinfo/{skillid}", section="6.1.3.11", message="", codes=codes())
def waiting_calls(call: GatewayRequest, skillid: Int) -> list[CallInfo]:
    """List the calls that wait in a queue of the VDN, the next one first."""
    agent, switch = signed_in(call), call.platform.switch
    queue = switch.queue(agent.tenant.id, skillid)
    waiting = [agent.tenant.calls[call_id] for _, _, call_id in queue.waiting]
    return [callinfo.of_waiting(it.entry, it, switch.now) for it in waiting if it.entry is not None]


# Statistics


class ShortStatistics(BaseModel):
    """Talking, answering and calling out since sign-in; times in seconds (6.1.3.10)."""

    talktime: int
    answernums: int
    calloutnums: int


class Statistics(BaseModel):
    """What the agent has done since sign-in; times in seconds (Table 6-233)."""

    talktime: int
    answernums: int
    noanswernums: int
    calloutnums: int
    intercallnums: int
    interhelpnums: int
    transfernums: int
    transferoutnums: int
    transferivrnums: int
    redirectnums: int
    keepnums: int
    busynums: int
    restnums: int
    restoutnums: int
    resttime: int
    restouttime: int
    agentrelease: int
    busytime: int


@gateway.get(CALL_DATA + "/statistics", section="6.1.3.9", message="", codes=codes())
def statistics(call: GatewayRequest) -> Statistics:
    """Count what the agent has done since it signed in."""
    agent, now = signed_in(call), call.platform.switch.now
    tallies = call.platform.tallies
    return _statistics(tallies.of(agent), tallies.talking_time(agent, now), now)


def _statistics(tally: Tally, talking_time: int, now: int) -> Statistics:
    busy, rest, overstay = tally.times(now)
    return Statistics(
        talktime=talking_time,
        answernums=tally.answered,
        noanswernums=tally.not_answered,
        calloutnums=tally.outbound,
        intercallnums=tally.internal,
        interhelpnums=tally.consultations,
        transfernums=tally.transferred_in,
        transferoutnums=tally.transferred_out,
        transferivrnums=tally.transferred_to_ivr,
        redirectnums=tally.redirected,
        keepnums=tally.held,
        busynums=tally.busy,
        restnums=tally.rests,
        restoutnums=tally.overstays,
        resttime=rest,
        restouttime=overstay,
        agentrelease=tally.released,
        busytime=busy,
    )


@gateway.get(CALL_DATA + "/statisticsEx", section="6.1.3.10", message="", codes=codes())
def short_statistics(call: GatewayRequest) -> ShortStatistics:
    """Count the agent's answered and outbound calls since it signed in."""
    agent, tallies = signed_in(call), call.platform.tallies
    tally = tallies.of(agent)
    return ShortStatistics(
        talktime=tallies.talking_time(agent, call.platform.switch.now),
        answernums=tally.answered,
        calloutnums=tally.outbound,
    )
