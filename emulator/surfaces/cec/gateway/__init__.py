"""The agent gateway (CEC 5.2, 6.1, 12.1): agents sign in, control calls, poll their events."""

from emulator.surfaces.cec.gateway import (
    agentconf,
    agentevent,
    agentgroup,
    calldata,
    configlogin,
    mediacall,
    offered,
    onlineagent,
    qualitycontrol,
    queuedevice,
    session,
    synchronisation,
    transfer,
    video,
    voicecall,
)
from emulator.surfaces.cec.gateway.component import Gateway, gateway, open_gateway

__all__ = [
    "Gateway",
    "agentconf",
    "agentevent",
    "agentgroup",
    "calldata",
    "configlogin",
    "gateway",
    "mediacall",
    "offered",
    "onlineagent",
    "open_gateway",
    "qualitycontrol",
    "queuedevice",
    "session",
    "synchronisation",
    "transfer",
    "video",
    "voicecall",
]
