"""Multimedia sessions: messages, how many at once, transfer (CEC 6.1.5.1–6.1.5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field

from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.cec.gateway.component import (
    MEDIA_CALL,
    CallId,
    GatewayRequest,
    gateway,
    signed_in,
)
from emulator.surfaces.cec.gateway.errors import by_field, failure, failures
from emulator.surfaces.coercion import DigitText, Int, IntText, MaxBytes, Text, spelled
from emulator.switch.agents import media_of
from emulator.switch.chats import MAX_CHATS, MAX_DATA, MAX_MESSAGE
from emulator.switch.errors import WrongAgentType
from emulator.switch.model import Agent
from emulator.switch.terms import CHAT_MEDIA, MediaType, TargetType, TransferMode

SHORT_MIN, SHORT_MAX = -(2**15), 2**15 - 1

Short = Annotated[Int, Field(ge=SHORT_MIN, le=SHORT_MAX)]


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
        ParameterError: by_field(
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

    media: IntText = spelled("mediaType")
    sessions: Annotated[IntText, Field(ge=1, le=SHORT_MAX)] = spelled("callnums")


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
        ParameterError: by_field(mediaType="106-008", callnums="106-012"),
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
        ParameterError: by_field(
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
