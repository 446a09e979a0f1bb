"""Video, and keys for a third party (CEC 6.1.2.18, 19, 25)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.cec.gateway.component import (
    VOICE_CALL,
    GatewayRequest,
    gateway,
)
from emulator.surfaces.cec.gateway.errors import failure
from emulator.surfaces.coercion import Int
from emulator.switch.errors import InvalidValue, NoCall, WrongCallState, WrongCallType


@gateway.post(
    VOICE_CALL + "/mediaswitch",
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
    VOICE_CALL + "/adjustvideomode",
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


@gateway.post(
    VOICE_CALL + "/thirdPartyConfTransmitNum",
    section="6.1.2.25",
    message="",
    codes=("10001",),
    failures={NoCall: failure("10001"), WrongCallState: failure("10001")},
)
def transmit_numbers(call: GatewayRequest) -> dict[str, Any]:
    """Let the customer's keys reach the third party."""
    call.platform.switch.transmit_digits(call.agent_id)
    return {}
