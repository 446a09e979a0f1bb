"""Calls that ring or wait: answering, refusing, picking up (CEC 6.1.2.3, 20–24)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.surfaces.cec.gateway.component import (
    VOICE_CALL,
    CallId,
    CallQuery,
    GatewayRequest,
    WorkNo,
    codes,
    gateway,
)
from emulator.surfaces.cec.gateway.errors import failure, failures
from emulator.surfaces.coercion import Int, Text, spelled
from emulator.switch.errors import NoCall, WrongCallState


@gateway.put(
    VOICE_CALL + "/answer",
    section="6.1.2.3",
    codes=codes("200-002"),
    events=("AgentEvent_Talking",),
    failures=failures(NoCall="200-002"),
)
def answer(call: GatewayRequest, query: CallQuery) -> dict[str, Any]:
    """Answer the ringing call."""
    call.platform.switch.answer_call(call.agent_id, query.call_id)
    return {}


class RequestCallQuery(BaseModel):
    """The queue in which the call waits."""

    queue: Int = spelled("skillId", "skillid")


@gateway.post(
    VOICE_CALL + "/requestcall/{callid}/{skilltype}",
    section="6.1.2.20",
    codes=codes(),
    events=(
        "AgentOther_PhoneAlerting",
        "AgentOther_PhoneOffhook",
        "AgentEvent_Talking",
    ),
)
def request_call(
    call: GatewayRequest,
    callid: CallId,
    skilltype: Annotated[Int, Field(ge=0, le=0)],
    query: RequestCallQuery,
) -> dict[str, Any]:
    """Ask for a call that waits in a queue."""
    call.platform.switch.request_queued_call(call.agent_id, callid, query.queue)
    return {}


@gateway.put(
    VOICE_CALL + "/snatchpickup",
    section="6.1.2.21",
    codes=codes("000-002"),
    events=(
        "AgentOther_PhoneAlerting",
        "AgentOther_PhoneOffhook",
        "AgentEvent_Talking",
        "AgentEvent_Incoming_CallInfo",
        "AgentMediaEvent_Record",
        "AgentOther_PhoneRelease",
    ),
)
def pick_up(call: GatewayRequest, destWorkNo: WorkNo) -> dict[str, Any]:  # noqa: N803
    """Take the call that rings at another agent."""
    call.platform.switch.pick_up(call.agent_id, destWorkNo)
    return {}


class RejectBody(BaseModel):
    """Which call is refused, and what becomes of it: 1 requeued, 2 released."""

    call_id: Text = spelled("callid", "callId", default="")
    mode: Annotated[Int, Field(ge=1, le=2)]


RELEASE = 2


class NothingToReject(NoCall):
    """The agent has no call at all."""


class NotAtThisPhone(NoCall):
    """The call that is named is not the agent's."""


@gateway.post(
    VOICE_CALL + "/reject",
    section="6.1.2.22",
    codes=codes("200-002", "200-037", "200-038", "200-039"),
    events=(
        "AgentEvent_No_Answer",
        "AgentState_SetNotReady_Success",
        "AgentOther_PhoneRelease",
        "AgentState_Ready",
    ),
    failures={
        NoCall: failure("200-037"),
        NothingToReject: failure("200-002"),
        NotAtThisPhone: failure("200-038"),
    },
)
def reject(call: GatewayRequest, body: RejectBody) -> dict[str, Any]:
    """Refuse the ringing call."""
    agent = call.platform.switch.agent(call.agent_id)
    if agent.signed_in and not agent.connections:
        raise NothingToReject(f"agent {agent.work_no} has no call")
    if body.call_id and all(c.call.id != body.call_id for c in agent.connections):
        raise NotAtThisPhone(f"call {body.call_id} is not at agent {agent.work_no}")
    call.platform.switch.reject_call(call.agent_id, body.call_id, release=body.mode == RELEASE)
    return {}


@gateway.post(
    VOICE_CALL + "/phonepickup",
    section="6.1.2.23",
    codes=codes(),
    events=("AgentOther_PhoneOffhook", "AgentEvent_Talking"),
)
def take_phone(call: GatewayRequest) -> dict[str, Any]:
    """Take the linked phone off the hook."""
    _require_linkage(call)
    call.platform.switch.answer_call(call.agent_id)
    return {}


@gateway.post(
    VOICE_CALL + "/phonehangup",
    section="6.1.2.24",
    codes=codes(),
    events=("AgentOther_PhoneRelease", "AgentEvent_No_Answer"),
)
def hang_phone_up(call: GatewayRequest) -> dict[str, Any]:
    """Refuse the call that rings at the linked phone."""
    _require_linkage(call)
    call.platform.switch.reject_call(call.agent_id, release=False)
    return {}


def _require_linkage(call: GatewayRequest) -> None:
    agent = call.platform.switch.agent(call.agent_id)
    if agent.signed_in and not agent.phone_linkage:
        raise WrongCallState(f"agent {call.agent_id} has no linked phone")
