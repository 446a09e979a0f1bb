"""H5 video: into the room again, and pictures of the customer (CEC 6.1.5.4, 6.1.5.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field

from emulator.domain.video_access import grant
from emulator.surfaces.cec.errors import ParameterError, Row
from emulator.surfaces.cec.gateway.component import (
    MEDIA_CALL,
    CallId,
    GatewayRequest,
    gateway,
    signed_in,
)
from emulator.surfaces.cec.gateway.connectinfo import ConnectInfo, connect_info
from emulator.surfaces.cec.gateway.errors import by_field, failure
from emulator.surfaces.coercion import Text, spelled
from emulator.switch.errors import WrongCallType
from emulator.switch.video_rooms import connection_in_room

AGENT, USER = "agent", "user"


class WrongUserType(ParameterError):
    """Not the end of the call that the interface is about."""


class VideoCallBody(BaseModel):
    """A video call, and which end of it is meant."""

    user_type: Annotated[Text, Field(min_length=1)] = spelled("userType")
    call_id: CallId = spelled("callid", "callId")


CODES = ("100-007", "106-011", "106-015")
FAILURES: Mapping[type[Exception], Row] = {
    WrongUserType: failure("106-015"),
    ParameterError: by_field(userType="106-011", callid="106-011"),
}


@gateway.post(MEDIA_CALL + "/getconnectinfo", section="6.1.5.4", codes=CODES, failures=FAILURES)
def get_connect_info(call: GatewayRequest, body: VideoCallBody) -> ConnectInfo:
    """Let an agent that was disconnected into the room of its call again."""
    if body.user_type != AGENT:
        raise WrongUserType("body.userType")
    agent, switch = signed_in(call), call.platform.switch
    video = connection_in_room(agent, switch.call(body.call_id)).call
    server = agent.tenant.config.media_server
    if server is None:
        raise WrongCallType("the media server is no more")
    return connect_info(grant(server, video.video_room, agent.work_no, switch.now))


@gateway.post(
    MEDIA_CALL + "/imagecapture",
    section="6.1.5.5",
    codes=CODES,
    events=("AgentEvent_ImageCapture",),
    failures=FAILURES,
)
def capture_image(call: GatewayRequest, body: VideoCallBody) -> None:
    """Take a picture of the customer; the event tells where it is."""
    if body.user_type != USER:
        raise WrongUserType("body.userType")
    call.platform.switch.capture_image(call.agent_id, body.call_id)
