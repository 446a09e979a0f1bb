"""The agent gateway (CEC 5.2, 6.1, 6.3, 12.1): agents sign in, control calls, poll events."""

from emulator.surfaces.cec.gateway import (
    agentevent,
    agentgroup,
    calldata,
    configlogin,
    h5video,
    mediacall,
    offered,
    onlineagent,
    qualitycontrol,
    queuedevice,
    session,
    subscribe,
    synchronisation,
    transfer,
    video,
    voicecall,
)
from emulator.surfaces.cec.gateway.component import Gateway, gateway, open_gateway

__all__ = [
    "Gateway",
    "agentevent",
    "agentgroup",
    "calldata",
    "configlogin",
    "gateway",
    "h5video",
    "mediacall",
    "offered",
    "onlineagent",
    "open_gateway",
    "qualitycontrol",
    "queuedevice",
    "session",
    "subscribe",
    "synchronisation",
    "transfer",
    "video",
    "voicecall",
]
