"""The agent gateway (CEC 6.1, 12.1): agents sign in, control calls, and poll their events."""

from emulator.surfaces.cec.gateway import agentevent, onlineagent, qualitycontrol, voicecall
from emulator.surfaces.cec.gateway.component import Gateway, gateway, open_gateway

__all__ = [
    "Gateway",
    "agentevent",
    "gateway",
    "onlineagent",
    "open_gateway",
    "qualitycontrol",
    "voicecall",
]
