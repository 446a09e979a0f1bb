"""What a refreshed page asks: state, calls, guid, phone token (CEC 6.1.1.21, 24–26)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from emulator.domain.recorder import record_id
from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.cec.gateway import states
from emulator.surfaces.cec.gateway.component import (
    ONLINE_AGENT,
    GatewayRequest,
    gateway,
    signed_in,
)
from emulator.surfaces.cec.gateway.errors import (
    failure,
)
from emulator.switch.model import Agent, Connection
from emulator.switch.terms import AgentState


class Status(BaseModel):
    """The agent's state of Table 6-452, and whether it talks."""

    agentState: int  # noqa: N815
    isWorking: bool  # noqa: N815


@gateway.get(ONLINE_AGENT + "/agentstatus", section="6.1.1.21", message="", codes=("000-002",))
def status(call: GatewayRequest) -> Status:
    """Show the agent's state."""
    agent = signed_in(call)
    return Status(
        agentState=states.gateway_state(agent),
        isWorking=agent.state is AgentState.TALKING,
    )


class Guid(BaseModel):
    """A guid."""

    guid: str


@gateway.put(ONLINE_AGENT + "/updateGuid", section="6.1.1.24", codes=("100-006",))
def update_guid(call: GatewayRequest) -> Guid:
    """Give the refreshed page a new guid."""
    signed_in(call)
    guid = call.update_guid()
    call.platform.sessions.tell_guid(call.agent_id, guid)
    return Guid(guid=guid)


@gateway.post(
    ONLINE_AGENT + "/syncagentinfo",
    section="6.1.1.25",
    codes=("100-007", "100-011"),
    failures={ParameterError: failure("100-011")},
)
def synchronise(call: GatewayRequest) -> dict[str, Any]:
    """Show the refreshed page how things are; the event queue is emptied."""
    agent = signed_in(call)
    session = call.platform.sessions.heard(call.agent_id)
    if session is not None:
        session.clear()
    return {
        "callinfo": None,
        "agentStateInfo": agent_state_info(agent, call.platform.platform.now),
    }


def agent_state_info(agent: Agent, now: int) -> dict[str, Any]:
    """The agent's state and calls as Table 6-91 has them."""
    active, held = agent.active, agent.held
    shown = active or (held[-1] if held else None)
    second = agent.connections[1] if len(agent.connections) > 1 else None
    call = shown.call if shown is not None else None
    first = agent.connections[0] if agent.connections else None
    pending = agent.pending.state if agent.pending is not None else None
    command, command_begun = states.current_command(agent)
    return {
        "callFeature": int(first.call.type) if first is not None else 0,
        "callData": call.data if call is not None else "",
        "lastState": states.last_state(agent),
        "preBusy": pending is AgentState.BUSY,
        "firsttalkingFlag": first is not None and active is first,
        "workNo": str(agent.work_no),
        "qcWorkNo": _supervisor(agent),
        "callerNo": call.caller if call is not None else "",
        "beginHoldTime": _milliseconds(held[-1].held_at) if held else None,
        "state": states.agent_state(agent),
        "talkingCallfeature": int(call.type) if call is not None else 0,
        "releaseFlag": 0,
        "calledNo": call.called if call is not None else "",
        "mainCallId": first.call.id if first is not None else "",
        "secondTalkingTime": _milliseconds(second.talk_begin) if second is not None else None,
        "preRest": pending is AgentState.REST,
        "recordID": _recording(agent, shown),
        "currentTime": str(now // 1000),
        "beginTalkingTime": _milliseconds(first.talk_begin) if first is not None else None,
        "partner": _partner(agent),
        "holdCallId": held[-1].call.id if held else "",
        "agentStateBeginTime": agent.state_since // 1000,
        "curCommand": command,
        "curCallId": active.call.id if active is not None else "",
        "cmdBeginTime": str(command_begun // 1000) if command_begun else "",
    }


def _recording(agent: Agent, shown: Connection | None) -> str:
    if shown is None or not shown.recording:
        return ""
    return record_id(agent.tenant.id, agent.work_no, shown.recording, shown.call.id)


def _supervisor(agent: Agent) -> str:
    return str(agent.supervisors[0].inspector.work_no) if agent.supervisors else ""


def _partner(agent: Agent) -> str:
    active = agent.active
    if active is None:
        return ""
    return ",".join(c.number for c in active.call.connections if c.agent is not agent)


def _milliseconds(instant: int) -> str | None:
    return str(instant // 1000) if instant else None


class PhoneToken(BaseModel):
    """A temporary password for the softphone."""

    phonetoken: str
    phonenum: str


@gateway.post(ONLINE_AGENT + "/logininfo", section="6.1.1.26")
def phone_token(call: GatewayRequest) -> PhoneToken:
    """Give the softphone a temporary password."""
    agent = signed_in(call)
    session = call.platform.sessions.heard(call.agent_id)
    token = f"{call.platform.tokens.getrandbits(128):032x}"
    if session is not None:
        session.phone_token = token
    number = agent.phone.number if agent.phone is not None else ""
    return PhoneToken(phonetoken=token, phonenum=number)
