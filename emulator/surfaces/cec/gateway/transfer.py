"""Consultation, transfer and conference (CEC 6.1.2.5, 9, 11, 12, 14)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.cec.gateway.component import (
    HOLD_CODES,
    HOLD_FAILURES,
    VIDEO_ABILITY,
    VOICE_CALL,
    CallData,
    CallerDigits,
    CallId,
    DialDigits,
    GatewayRequest,
    codes,
    gateway,
)
from emulator.surfaces.cec.gateway.errors import failures
from emulator.surfaces.coercion import Bool, DigitText, Int, spelled
from emulator.switch.terms import TargetType, TransferMode


class HelpBody(BaseModel):
    """A request for help: whom, how, and whether the customer is held meanwhile."""

    address: DialDigits = spelled("dstaddress")
    device: Annotated[Int, Field(ge=1, le=2)] = spelled("devicetype", default=2)
    mode: Annotated[Int, Field(ge=1, le=2)] = 1
    data: CallData = spelled("callappdata", default="")
    hold: Bool = spelled("holdflag", default=True)


THREE_PARTY = 2


@gateway.post(
    VOICE_CALL + "/innerhelp",
    section="6.1.2.5",
    message="",
    codes=codes("200-018"),
    events=(
        "AgentEvent_Hold",
        "AgentEvent_Customer_Alerting",
        "AgentEvent_Talking",
        "AgentEvent_Conference",
        "AgentEvent_Consult_Fail",
    ),
    failures=failures(NoCall="200-018", WrongCallState="200-018", WrongCallType="200-018"),
)
def ask_for_help(call: GatewayRequest, body: HelpBody) -> str:
    """Ask an agent or a skill queue for help; answers the second call's id."""
    return call.platform.switch.consultation_call(
        call.agent_id,
        (TargetType(body.device), body.address),
        three_party=body.mode == THREE_PARTY,
        data=body.data,
    )


@gateway.post(
    VOICE_CALL + "/connecthold/{callid}",
    section="6.1.2.9",
    codes=HOLD_CODES,
    events=(
        "AgentEvent_Call_Release",
        "AgentEvent_Customer_Release",
        "AgentOther_PhoneRelease",
        "AgentMediaEvent_StopRecordDone",
    ),
    failures=HOLD_FAILURES,
)
def connect_held(call: GatewayRequest, callid: CallId) -> dict[str, Any]:
    """Connect the held call with the current one, and leave."""
    call.platform.switch.transfer_call(call.agent_id, callid)
    return {}


_MODES: dict[int, dict[int, TransferMode]] = {
    1: {0: TransferMode.BLIND, 2: TransferMode.RELEASE_AFTER},
    2: {0: TransferMode.BLIND, 2: TransferMode.RELEASE_AFTER},
    3: {0: TransferMode.BLIND, 1: TransferMode.HANG_UP},
    4: {0: TransferMode.BLIND, 2: TransferMode.RELEASE_AFTER},
    5: {
        1: TransferMode.BLIND,
        2: TransferMode.RELEASE_AFTER,
        3: TransferMode.TALK,
        4: TransferMode.THREE_PARTY,
    },
}
"""Device type → mode number → transfer mode (6.1.2.11)."""


class TransferBody(BaseModel):
    """A transfer (6.1.2.11)."""

    device: Annotated[Int, Field(ge=1, le=5)] = spelled("devicetype")
    address: Annotated[DigitText, Field(min_length=1, max_length=24)]
    mode: Annotated[Int, Field(ge=0, le=4)]
    data: CallData = spelled("callappdata", default="")
    caller: CallerDigits = ""
    media_ability: Annotated[Int, Field(ge=0, le=2)] = spelled("mediaability", default=0)
    hold: Bool = spelled("holdflag", default=True)
    skill: Int | None = spelled("skillId", "skillid", default=None)


@gateway.post(
    VOICE_CALL + "/transfer",
    section="6.1.2.11",
    codes=codes("000-002", "200-012"),
    events=(
        "AgentEvent_Talking",
        "AgentEvent_Connect_Fail",
        "AgentEvent_Call_Release",
        "AgentEvent_SuccTransResult",
        "AgentMediaEvent_StopRecordDone",
        "AgentEvent_Conference",
        "AgentEvent_ReturnFromIvr",
    ),
    failures=failures(
        NoCall="200-012",
        WrongCallState="200-012",
        NotFound="000-002",
        InvalidNumber="000-002",
        TransferNotAllowed="000-002",
    ),
)
def transfer(call: GatewayRequest, body: TransferBody) -> dict[str, Any]:
    """Transfer the call."""
    mode = _MODES[body.device].get(body.mode)
    if mode is None:
        raise ParameterError("body.mode")
    call.platform.switch.single_step_transfer(
        call.agent_id,
        (TargetType(body.device), body.address),
        mode,
        caller=body.caller,
        video=body.media_ability == VIDEO_ABILITY,
        data=body.data,
    )
    return {}


@gateway.post(
    VOICE_CALL + "/canceltransfer",
    section="6.1.2.12",
    codes=codes("200-012"),
    events=("AgentEvent_Talking", "AgentEvent_Customer_Release"),
    failures=failures(NoCall="200-012"),
)
def cancel_transfer(call: GatewayRequest) -> dict[str, Any]:
    """Take the call back from a transfer."""
    call.platform.switch.cancel_transfer(call.agent_id)
    return {}


class ConferenceBody(BaseModel):
    """The held call that joins the current one."""

    call_id: CallId = spelled("callid", "callId")
    data: CallData = spelled("callappdata", default="")


@gateway.post(
    VOICE_CALL + "/confjoin",
    section="6.1.2.14",
    codes=codes("200-010", "200-011"),
    events=("AgentEvent_Conference", "AgentEvent_Customer_Release"),
    failures=failures(NoCall="200-010", WrongCallState="200-011"),
)
def join_conference(call: GatewayRequest, body: ConferenceBody) -> dict[str, Any]:
    """Join the held call and the current one."""
    call.platform.switch.conference_call(call.agent_id, body.call_id, body.data)
    return {}
