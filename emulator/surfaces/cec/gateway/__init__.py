"""The agent gateway (CEC 6.1, 12.1): agents sign in, control calls, and poll their events."""

from emulator.surfaces.cec.gateway import (
    agentevent,
    mediacall,
    offered,
    onlineagent,
    qualitycontrol,
    session,
    synchronisation,
    transfer,
    video,
    voicecall,
)
from emulator.surfaces.cec.gateway.component import Gateway, gateway, open_gateway

__all__ = [
    "Gateway",
    "agentevent",
    "gateway",
    "mediacall",
    "offered",
    "onlineagent",
    "open_gateway",
    "qualitycontrol",
    "session",
    "synchronisation",
    "transfer",
    "video",
    "voicecall",
]
