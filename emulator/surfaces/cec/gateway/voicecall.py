"""Call control interfaces: voicecall (CEC 6.1.2)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.cec.gateway.component import (
    CallId,
    GatewayRequest,
    WorkNo,
    codes,
    gateway,
)
from emulator.surfaces.cec.gateway.errors import failure, failures
from emulator.surfaces.coercion import Bool, DigitText, Int, Long, MaxBytes, Text, spelled
from emulator.switch.errors import InvalidValue, NoCall, WrongCallState, WrongCallType
from emulator.switch.model import Call
from emulator.switch.services import require_number
from emulator.switch.terms import TargetType, TransferMode

PATH = "/resource/voicecall/{agentid}"

CallData = Annotated[Text, MaxBytes(16 * 1024)]
CallerDigits = Annotated[DigitText, Field(max_length=24, pattern=r"^[0-9]*$")]
DialDigits = Annotated[DigitText, Field(min_length=1, max_length=24, pattern=r"^[0-9*#]+$")]
VIDEO_ABILITY = 1


class CalloutBody(BaseModel):
    """An outbound call (6.1.2.1); the skill is accepted and has no effect."""

    caller: CallerDigits = ""
    called: Annotated[DigitText, Field(min_length=1, max_length=24)]
    skill: Int | None = spelled("skillid", "skillId", default=None)
    data: CallData = spelled("callappdata", default="")
    media_ability: Annotated[Int, Field(ge=0, le=2)] = spelled("mediaability", default=0)


@gateway.put(
    PATH + "/callout",
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
    PATH + "/previewCallout",
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


class CallQuery(BaseModel):
    """Which call, where it is not the only one."""

    call_id: Text = spelled("callid", "callId", default="")


@gateway.put(
    PATH + "/answer",
    section="6.1.2.3",
    codes=codes("200-002"),
    events=("AgentEvent_Talking",),
    failures=failures(NoCall="200-002"),
)
def answer(call: GatewayRequest, query: CallQuery) -> dict[str, Any]:
    """Answer the ringing call."""
    call.platform.switch.answer_call(call.agent_id, query.call_id)
    return {}


class InnerCallBody(BaseModel):
    """An internal call (6.1.2.4). Skill and media ability have no effect, as documented."""

    called: DialDigits
    caller: CallerDigits = ""
    skill: Int | None = spelled("skillid", "skillId", default=None)
    data: CallData = spelled("callappdata", default="")
    media_ability: Int = spelled("mediaability", default=0)


@gateway.put(
    PATH + "/callinner",
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


class HelpBody(BaseModel):
    """A request for help: whom, how, and whether the customer is held meanwhile."""

    address: DialDigits = spelled("dstaddress")
    device: Annotated[Int, Field(ge=1, le=2)] = spelled("devicetype", default=2)
    mode: Annotated[Int, Field(ge=1, le=2)] = 1
    data: CallData = spelled("callappdata", default="")
    hold: Bool = spelled("holdflag", default=True)


THREE_PARTY = 2


@gateway.post(
    PATH + "/innerhelp",
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


# Mute, hold


@gateway.post(
    PATH + "/beginmute",
    section="6.1.2.6",
    codes=codes("200-003", "200-004"),
    failures=failures(NoCall="200-003", WrongCallState="200-004"),
)
def mute(call: GatewayRequest) -> dict[str, Any]:
    """Mute the call."""
    call.platform.switch.mute(call.agent_id, True)
    return {}


@gateway.post(
    PATH + "/endmute",
    section="6.1.2.7",
    codes=codes("200-007", "200-008"),
    failures=failures(NoCall="200-007", WrongCallState="200-008"),
)
def unmute(call: GatewayRequest) -> dict[str, Any]:
    """Unmute the call."""
    call.platform.switch.mute(call.agent_id, False)
    return {}


HOLD_CODES = codes("200-013", "200-014")
HOLD_FAILURES = failures(NoCall="200-013", WrongCallState="200-014")


@gateway.post(
    PATH + "/hold",
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
    PATH + "/connecthold/{callid}",
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


@gateway.post(
    PATH + "/gethold",
    section="6.1.2.10",
    codes=codes("200-015", "200-016"),
    events=("AgentEvent_Talking",),
    failures=failures(NoCall="200-015", WrongCallState="200-016"),
)
def retrieve(call: GatewayRequest, query: CallQuery) -> dict[str, Any]:
    """Take the held call back."""
    call.platform.switch.retrieve_call(call.agent_id, query.call_id)
    return {}


# Transfer and conference

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
    PATH + "/transfer",
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
    PATH + "/canceltransfer",
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
    PATH + "/confjoin",
    section="6.1.2.14",
    codes=codes("200-010", "200-011"),
    events=("AgentEvent_Conference", "AgentEvent_Customer_Release"),
    failures=failures(NoCall="200-010", WrongCallState="200-011"),
)
def join_conference(call: GatewayRequest, body: ConferenceBody) -> dict[str, Any]:
    """Join the held call and the current one."""
    call.platform.switch.conference_call(call.agent_id, body.call_id, body.data)
    return {}


@gateway.post(
    PATH + "/seconddialex",
    section="6.1.2.13",
    codes=codes("000-002"),
)
def dial_on(call: GatewayRequest, number: DialDigits) -> dict[str, Any]:
    """Press keys during the call."""
    call.platform.switch.generate_digits(call.agent_id, number)
    return {}


# Releasing


@gateway.post(
    PATH + "/dropcall/{callid}",
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
    PATH + "/release",
    section="6.1.2.16",
    also=(PATH,),
    codes=codes("200-017"),
    events=("AgentEvent_Call_Release", "AgentEvent_Customer_Release"),
    failures=failures(NoCall="200-017"),
)
def release(call: GatewayRequest) -> dict[str, Any]:
    """Hang up the current call."""
    call.platform.switch.release_call(call.agent_id)
    return {}


@gateway.post(
    PATH + "/disconnect/{number}",
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


# Video


@gateway.post(
    PATH + "/mediaswitch",
    section="6.1.2.18",
    codes=("200-027", "200-028", "200-029", "200-030"),
    events=(
        "AgentEvent_MediaSwith",
        "AgentMediaEvent_StopRecordDone",
        "AgentEvent_Call_Release",
    ),
    failures={
        ParameterError: failure("200-028"),
        NoCall: failure("200-027"),
        WrongCallType: failure("200-029"),
        WrongCallState: failure("200-030"),
    },
    unforeseen=failure("200-030"),
)
def switch_media(call: GatewayRequest, mediaType: Int = 3) -> dict[str, Any]:  # noqa: N803
    """Switch the call to voice (1) or video (3)."""
    if mediaType not in (1, 3):
        raise ParameterError("query.mediaType")
    call.platform.switch.switch_media(call.agent_id, mediaType == 3)
    return {}


class DisplayBody(BaseModel):
    """How a three-party video call is shown."""

    mode: Int


@gateway.post(
    PATH + "/adjustvideomode",
    section="6.1.2.19",
    codes=("200-031", "200-032", "200-033", "200-034", "200-035"),
    failures={
        ParameterError: failure("200-031"),
        InvalidValue: failure("200-031"),
        NoCall: failure("200-032"),
        WrongCallType: failure("200-033"),
        WrongCallState: failure("200-034"),
    },
    unforeseen=failure("200-035"),
)
def adjust_video(call: GatewayRequest, body: DisplayBody) -> dict[str, Any]:
    """Choose whose image is large."""
    call.platform.switch.set_video_mode(call.agent_id, body.mode)
    return {}


# Other agents' calls


class RequestCallQuery(BaseModel):
    """The queue in which the call waits."""

    queue: Int = spelled("skillId", "skillid")


@gateway.post(
    PATH + "/requestcall/{callid}/{skilltype}",
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
    PATH + "/snatchpickup",
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
    PATH + "/reject",
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
    PATH + "/phonepickup",
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
    PATH + "/phonehangup",
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


@gateway.post(
    PATH + "/thirdPartyConfTransmitNum",
    section="6.1.2.25",
    message="",
    codes=("10001",),
    failures={NoCall: failure("10001"), WrongCallState: failure("10001")},
)
def transmit_numbers(call: GatewayRequest) -> dict[str, Any]:
    """Let the customer's keys reach the third party."""
    call.platform.switch.transmit_digits(call.agent_id)
    return {}
