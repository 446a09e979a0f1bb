"""All interfaces of the agent gateway: what is imported here is served."""

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
from emulator.surfaces.cec.gateway.component import gateway, open_gateway

__all__ = [
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
