"""Making, holding and ending calls (CEC 6.1.2.1, 2, 4, 6–8, 10, 13, 15–17)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.surfaces.cec.gateway.component import (
    HOLD_CODES,
    HOLD_FAILURES,
    VIDEO_ABILITY,
    VOICE_CALL,
    CallData,
    CallerDigits,
    CallId,
    CallQuery,
    DialDigits,
    GatewayRequest,
    codes,
    gateway,
)
from emulator.surfaces.cec.gateway.errors import failures
from emulator.surfaces.coercion import DigitText, Int, Long, spelled
from emulator.switch.errors import NoCall, WrongCallState
from emulator.switch.model import Call
from emulator.switch.services import require_number


class CalloutBody(BaseModel):
    """An outbound call (6.1.2.1); the skill is accepted and has no effect."""

    caller: CallerDigits = ""
    called: Annotated[DigitText, Field(min_length=1, max_length=24)]
    skill: Int | None = spelled("skillid", "skillId", default=None)
    data: CallData = spelled("callappdata", default="")
    media_ability: Annotated[Int, Field(ge=0, le=2)] = spelled("mediaability", default=0)


@gateway.put(
    VOICE_CALL + "/callout",
    section="6.1.2.1",
    message="",
    codes=codes("000-002", "200-001"),
    events=(
        "AgentOther_PhoneAlerting",
        "AgentOther_PhoneOffhook",
        "AgentState_Busy",
        "AgentEvent_Customer_Alerting",
        "AgentEvent_Talking",
        "AgentEvent_Call_Out_Fail",
        "OUTBOUND_DETECT_EVENT",
    ),
    failures=failures(InvalidNumber="200-001"),
)
def call_out(call: GatewayRequest, body: CalloutBody) -> str:
    """Make an outbound call; answers its call id."""
    return call.platform.switch.make_call(
        call.agent_id,
        body.called,
        caller=body.caller,
        video=body.media_ability == VIDEO_ABILITY,
        data=body.data,
    )


class PreviewBody(BaseModel):
    """A previewed call: a number of the preview, and its control block."""

    called: Annotated[DigitText, Field(min_length=1, max_length=24)]
    control: Long = spelled("callcontrolid")


@gateway.put(
    VOICE_CALL + "/previewCallout",
    section="6.1.2.2",
    message="",
    codes=codes("000-002", "200-001", "200-036"),
    events=(
        "AgentOther_PhoneAlerting",
        "AgentOther_PhoneOffhook",
        "AgentEvent_Talking",
        "AgentEvent_Call_Out_Fail",
    ),
    failures=failures(InvalidNumber="200-001", InvalidValue="200-036"),
)
def call_previewed(call: GatewayRequest, body: PreviewBody) -> str:
    """Call a number of a preview; answers the call id."""
    require_number(body.called)
    return call.platform.switch.call_preview(call.agent_id, body.control, body.called)


class InnerCallBody(BaseModel):
    """An internal call (6.1.2.4). Skill and media ability have no effect, as documented."""

    called: DialDigits
    caller: CallerDigits = ""
    skill: Int | None = spelled("skillid", "skillId", default=None)
    data: CallData = spelled("callappdata", default="")
    media_ability: Int = spelled("mediaability", default=0)


@gateway.put(
    VOICE_CALL + "/callinner",
    section="6.1.2.4",
    message="",
    codes=codes("000-002", "200-018"),
    events=(
        "AgentOther_PhoneAlerting",
        "AgentOther_PhoneOffhook",
        "AgentState_Busy",
        "AgentEvent_Customer_Alerting",
        "AgentEvent_Talking",
        "AgentEvent_Inside_Call_Fail",
        "AgentEvent_Call_Out_Fail",
        "AgentEvent_Connect_Fail",
    ),
    failures=failures(NoCall="200-018"),
)
def call_inner(call: GatewayRequest, body: InnerCallBody) -> str:
    """Call another agent; answers the call id."""
    if call.platform.switch.agent(call.agent_id).active is not None:
        raise NoCall(f"agent {call.agent_id} talks already")
    return call.platform.switch.make_internal_call(
        call.agent_id, _work_no(body.called), caller=body.caller, data=body.data
    )


def _work_no(digits: str) -> int:
    """A work number; what has * or # is nobody's."""
    return int(digits) if digits.isdigit() else 0


@gateway.post(
    VOICE_CALL + "/beginmute",
    section="6.1.2.6",
    codes=codes("200-003", "200-004"),
    failures=failures(NoCall="200-003", WrongCallState="200-004"),
)
def mute(call: GatewayRequest) -> dict[str, Any]:
    """Mute the call."""
    call.platform.switch.mute(call.agent_id, True)
    return {}


@gateway.post(
    VOICE_CALL + "/endmute",
    section="6.1.2.7",
    codes=codes("200-007", "200-008"),
    failures=failures(NoCall="200-007", WrongCallState="200-008"),
)
def unmute(call: GatewayRequest) -> dict[str, Any]:
    """Unmute the call."""
    call.platform.switch.mute(call.agent_id, False)
    return {}


@gateway.post(
    VOICE_CALL + "/hold",
    section="6.1.2.8",
    codes=HOLD_CODES,
    events=("AgentEvent_Hold",),
    failures=HOLD_FAILURES,
)
def hold(call: GatewayRequest) -> dict[str, Any]:
    """Hold the call."""
    call.platform.switch.hold_call(call.agent_id)
    return {}


@gateway.post(
    VOICE_CALL + "/gethold",
    section="6.1.2.10",
    codes=codes("200-015", "200-016"),
    events=("AgentEvent_Talking",),
    failures=failures(NoCall="200-015", WrongCallState="200-016"),
)
def retrieve(call: GatewayRequest, query: CallQuery) -> dict[str, Any]:
    """Take the held call back."""
    call.platform.switch.retrieve_call(call.agent_id, query.call_id)
    return {}


@gateway.post(
    VOICE_CALL + "/seconddialex",
    section="6.1.2.13",
    codes=codes("000-002"),
)
def dial_on(call: GatewayRequest, number: DialDigits) -> dict[str, Any]:
    """Press keys during the call."""
    call.platform.switch.generate_digits(call.agent_id, number)
    return {}


# Releasing


@gateway.post(
    VOICE_CALL + "/dropcall/{callid}",
    section="6.1.2.15",
    codes=codes("200-025"),
    events=(
        "AgentEvent_Call_Release",
        "AgentEvent_Customer_Release",
        "AgentOther_PhoneRelease",
    ),
    failures=failures(NoCall="200-025"),
)
def drop_call(call: GatewayRequest, callid: CallId) -> dict[str, Any]:
    """Hang up the call with this id."""
    call.platform.switch.release_call(call.agent_id, callid)
    return {}


@gateway.delete(
    VOICE_CALL + "/release",
    section="6.1.2.16",
    also=(VOICE_CALL,),
    codes=codes("200-017"),
    events=("AgentEvent_Call_Release", "AgentEvent_Customer_Release"),
    failures=failures(NoCall="200-017"),
)
def release(call: GatewayRequest) -> dict[str, Any]:
    """Hang up the current call."""
    call.platform.switch.release_call(call.agent_id)
    return {}


@gateway.post(
    VOICE_CALL + "/disconnect/{number}",
    section="6.1.2.17",
    codes=codes("200-023", "200-024"),
    events=("AgentEvent_Call_Release", "AgentEvent_Customer_Release"),
    failures=failures(NoCall="200-023", WrongCallState="200-024"),
)
def disconnect(call: GatewayRequest, number: DialDigits) -> dict[str, Any]:
    """Release the party with this number from the last call."""
    agent = call.platform.switch.agent(call.agent_id)
    if any(_has_party(connection.call, number) for connection in agent.connections[:-1]):
        raise WrongCallState(f"{number} is in a call of the agent that is not its last")
    call.platform.switch.clear_connection(call.agent_id, number)
    return {}


def _has_party(call: Call, number: str) -> bool:
    return any(connection.number == number for connection in call.connections)
