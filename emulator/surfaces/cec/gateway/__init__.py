"""The agent gateway (CEC 5.2, 6.1, 12.1, 13.1): what agents' clients talk to."""

from emulator.surfaces.cec.gateway import (
    agentevent,
    agentgroup,
    calldata,
    configlogin,
    mediacall,
    offered,
    onlineagent,
    qualitycontrol,
    queuedevice,
    recordfile,
    recordplay,
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
    "recordfile",
    "recordplay",
    "session",
    "synchronisation",
    "transfer",
    "video",
    "voicecall",
]
