"""How an agent's browser enters a video room, as answers and events show it (CEC 6.1.5.4)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from emulator.domain.video_access import BOTH_WAYS, VideoAccess


class ConnectInfo(BaseModel):
    """What an agent's browser needs to enter the room (Table 6-269); `ctime` in seconds."""

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


def connect_info(access: VideoAccess) -> ConnectInfo:
    """The access as the gateway shows it."""
    server = access.server
    return ConnectInfo(
        userId=access.user,
        ctime=str(access.expires),
        channelId=access.room,
        appId=server.app_id,
        ip=server.ip,
        port=str(server.port),
        role=BOTH_WAYS,
        signalingDomainIn=server.domain_in,
        signalingDomainOut=server.domain_out,
        locationId=str(server.location_id),
        signature=access.signature,
    )


def request_connect(access: VideoAccess, call_id: str) -> dict[str, Any]:
    """The same as the content of `AgentEvent_RequestConnect` (6.5.1.9.2)."""
    return {"callid": call_id, **connect_info(access).model_dump()}
