"""Multimedia sessions: messages, how many at once, transfer, H5 video (CEC 6.1.5)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field

from emulator.surfaces.cec.errors import Failure, ParameterError, Row
from emulator.surfaces.cec.gateway.component import (
    MEDIA_CALL,
    CallId,
    GatewayRequest,
    gateway,
    signed_in,
)
from emulator.surfaces.cec.gateway.errors import failure, failures
from emulator.surfaces.coercion import DigitText, Int, MaxBytes, Text, spelled
from emulator.switch.agents import media_of
from emulator.switch.chats import MAX_CHATS, MAX_DATA, MAX_MESSAGE
from emulator.switch.errors import WrongAgentType
from emulator.switch.model import Agent
from emulator.switch.terms import CHAT_MEDIA, MediaType, TargetType, TransferMode
from emulator.switch.video_calls import seen_customer

SHORT_MIN, SHORT_MAX = -(2**15), 2**15 - 1
_OUT_OF_RANGE = frozenset({"greater_than_equal", "less_than_equal"})

Short = Annotated[Int, Field(ge=SHORT_MIN, le=SHORT_MAX)]


def _by_field(*, out_of_range: str = "", **codes: str) -> Row:
    """The code of the field that is wrong; of what is no field of the body, the general one."""
    found = {name.lower(): failure(code) for name, code in codes.items()}

    def choose(error: Exception) -> Failure:
        problem = str(error).partition(", ")[0]
        where, _, kind = problem.partition(": ")
        own = found.get(where.removeprefix("body.").lower())
        if own is None:
            return failure("000-002")
        return failure(out_of_range) if out_of_range and kind in _OUT_OF_RANGE else own

    return choose


# Messages


class MessageBody(BaseModel):
    """A message (6.1.5.1): `data` is its text, on the public cloud JSON; it is not looked into."""

    call_id: CallId = spelled("callid", "callId")
    data: Text
    user: Text = spelled("userid", default="")
    content: Text = ""


class EmptyMessage(ParameterError):
    """A message without a text."""


class LongMessage(ParameterError):
    """A message that is longer than its limit."""


@gateway.post(
    MEDIA_CALL + "/sendmessage",
    section="6.1.5.1",
    codes=("106-001", "106-002", "106-007", "106-011", "106-013", "106-014"),
    failures={
        ParameterError: _by_field(
            callid="106-013", data="106-011", userid="106-011", content="106-011"
        ),
        EmptyMessage: failure("106-002"),
        LongMessage: failure("106-007"),
        **failures(WrongAgentType="106-001", NoCall="106-014", WrongCallType="106-014"),
    },
)
def send_message(call: GatewayRequest, body: MessageBody) -> None:
    """Write to the customer of a session."""
    if not body.data:
        raise EmptyMessage("body.data")
    if len(body.data.encode()) > MAX_MESSAGE:
        raise LongMessage("body.data")
    _require_multimedia(signed_in(call))
    call.platform.switch.send_message(call.agent_id, body.call_id, body.data)


def _require_multimedia(agent: Agent) -> None:
    if media_of(agent).isdisjoint(CHAT_MEDIA):
        raise WrongAgentType(f"agent {agent.work_no} takes no chats")


# How many at once


class LimitBody(BaseModel):
    """The largest number of sessions of one media type (6.1.5.2)."""

    media: Int = spelled("mediaType")
    sessions: Annotated[Int, Field(ge=1, le=SHORT_MAX)] = spelled("callnums")


class UnknownMedia(ParameterError):
    """A media type that has no sessions."""


class TooManySessions(ParameterError):
    """More sessions than an agent can have."""


_LIMITED_MEDIA = frozenset(MediaType) - {MediaType.CLICK_TO_DIAL_VIDEO}


@gateway.post(
    MEDIA_CALL + "/setcallnums",
    section="6.1.5.2",
    codes=("106-003", "106-008", "106-012"),
    failures={
        ParameterError: _by_field(mediaType="106-008", callnums="106-012"),
        UnknownMedia: failure("106-008"),
        TooManySessions: failure("106-003"),
    },
)
def limit_sessions(call: GatewayRequest, body: LimitBody) -> None:
    """Take at most so many sessions at once; an agent has one voice or video call in any case."""
    if body.media not in _LIMITED_MEDIA:
        raise UnknownMedia("body.mediaType")
    if body.sessions > MAX_CHATS:
        raise TooManySessions("body.callnums")
    signed_in(call)
    if body.media in CHAT_MEDIA:
        call.platform.switch.limit_chats(call.agent_id, body.sessions)


# Transfer


class SessionTransferBody(BaseModel):
    """A transfer of a session (6.1.5.3); calling number and skill have no effect."""

    call_id: CallId = spelled("callid", "callId")
    device: Short = spelled("devicetype")
    mode: Short
    address: Annotated[DigitText, Field(min_length=1, max_length=24)]
    data: Annotated[Text, MaxBytes(MAX_DATA)] = spelled("calldata", default="")
    caller: Text = ""
    skill: Short | None = spelled("skillId", "skillid", default=None)


class UnknownDevice(ParameterError):
    """A device type to which no session is transferred."""


class UnknownMode(ParameterError):
    """A mode in which no session is transferred."""


_DEVICES = frozenset({TargetType.QUEUE, TargetType.AGENT, TargetType.ACCESS_CODE})
_MODES: Mapping[int, TransferMode] = {0: TransferMode.BLIND, 2: TransferMode.RELEASE_AFTER}


@gateway.post(
    MEDIA_CALL + "/transfer",
    section="6.1.5.3",
    codes=("106-004", "106-005", "106-006", "106-009", "106-010", "106-012"),
    events=(
        "AgentEvent_Connect_Fail",
        "AgentEvent_Talking",
        "AgentEvent_Call_Release",
        "AgentEvent_SuccTransResult",
    ),
    failures={
        ParameterError: _by_field(
            callid="106-005",
            devicetype="106-004",
            mode="106-010",
            address="106-005",
            calldata="106-009",
            caller="106-005",
            skillId="106-005",
            out_of_range="106-012",
        ),
        UnknownDevice: failure("106-004"),
        UnknownMode: failure("106-010"),
        **failures(CallError="106-005", NotFound="106-005", UnknownAgent="106-006"),
    },
    unforeseen=failure("106-005"),
)
def transfer_session(call: GatewayRequest, body: SessionTransferBody) -> None:
    """Transfer a session to a skill queue, an agent or an access code."""
    if body.device not in _DEVICES:
        raise UnknownDevice("body.devicetype")
    mode = _MODES.get(body.mode)
    if mode is None:
        raise UnknownMode("body.mode")
    target = (TargetType(body.device), body.address)
    call.platform.switch.transfer_chat(call.agent_id, body.call_id, target, mode, data=body.data)


# H5 video

_MEDIA_SERVER = "127.0.0.1"
_MEDIA_PORT = "6500"
_VALID_MS = 3_600_000


class WrongUserType(ParameterError):
    """Neither the agent nor the customer, or not the one that this interface is about."""


class VideoBody(BaseModel):
    """A video call and whose end of it is meant."""

    user_type: Annotated[Text, Field(min_length=1)] = spelled("userType")
    call_id: CallId = spelled("callid", "callId")


class ConnectInfo(BaseModel):
    """How the agent's browser joins the video call again (Table 6-269)."""

    userId: str  # noqa: N815
    ctime: str
    channelId: str  # noqa: N815
    appId: str  # noqa: N815
    ip: str
    port: str
    role: str
    signalingDomainIn: str  # noqa: N815
    signalingDomainOut: str  # noqa: N815
    locationId: str  # noqa: N815
    signature: str


_VIDEO_CODES = ("100-007", "106-011", "106-015")
_VIDEO_FAILURES: Mapping[type[Exception], Row] = {
    ParameterError: _by_field(userType="106-011", callid="106-011"),
    WrongUserType: failure("106-015"),
}


@gateway.post(
    MEDIA_CALL + "/getconnectinfo",
    section="6.1.5.4",
    codes=_VIDEO_CODES,
    failures=_VIDEO_FAILURES,
)
def connect_info(call: GatewayRequest, body: VideoBody) -> ConnectInfo:
    """Tell how to join the video call again; there is no media server behind the address."""
    if body.user_type != "agent":
        raise WrongUserType("body.userType")
    agent = signed_in(call)
    switch = call.platform.switch
    seen_customer(agent, switch.call(body.call_id))
    expires = switch.now // 1000 + _VALID_MS
    signed = f"{body.call_id}:{agent.work_no}:{expires}"
    domain = f"https://{_MEDIA_SERVER}:{_MEDIA_PORT}"
    return ConnectInfo(
        userId=str(agent.work_no),
        ctime=str(expires),
        channelId=body.call_id,
        appId=str(agent.tenant.id),
        ip=_MEDIA_SERVER,
        port=_MEDIA_PORT,
        role="0",
        signalingDomainIn=domain,
        signalingDomainOut=domain,
        locationId="256",
        signature=hashlib.sha256(signed.encode()).hexdigest(),
    )


@gateway.post(
    MEDIA_CALL + "/imagecapture",
    section="6.1.5.5",
    codes=_VIDEO_CODES,
    events=("AgentEvent_ImageCapture",),
    failures=_VIDEO_FAILURES,
)
def capture_image(call: GatewayRequest, body: VideoBody) -> None:
    """Take a picture of the customer; the event names a file that nobody has written."""
    if body.user_type != "user":
        raise WrongUserType("body.userType")
    call.platform.switch.capture_image(call.agent_id, body.call_id)
