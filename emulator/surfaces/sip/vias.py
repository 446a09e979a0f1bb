"""Via: what is noted of a request's sender on it, and where the answers go (RFC 3261 18.2)."""

from __future__ import annotations

import re
from dataclasses import replace

from sipmessage import Request

from emulator.surfaces.sip.transport import PORTS, Flow
from emulator.surfaces.sip.values import LWS, ViaParts

_RPORT = re.compile(rf"{LWS};{LWS}rport(?:{LWS}={LWS}[0-9]*+)?+(?={LWS}(?:;|\Z))", re.IGNORECASE)
_RECEIVED = re.compile(rf"{LWS};{LWS}received{LWS}={LWS}[^;]*+", re.IGNORECASE)


def note_source(request: Request, via: ViaParts, flow: Flow) -> None:
    """Put received and rport on the top Via (RFC 3261 18.2.1, RFC 3581 4)."""
    wanted = "rport" in via.parameters
    if not wanted and "received" not in via.parameters and via.host == flow.peer_host:
        return
    values = request.headers.getlist("Via")
    value = _RPORT.sub("", _RECEIVED.sub("", values[0]))
    value = f"{value};received={flow.peer_host}"
    values[0] = f"{value};rport={flow.peer_port}" if wanted else value


def way_back(via: ViaParts, flow: Flow) -> Flow:
    """Where answers go: always to the address that the request came from (18.2.2)."""
    port = via.port or PORTS["UDP"]
    if flow.transport != "UDP" or "rport" in via.parameters or port == flow.peer_port:
        return flow
    return replace(flow, peer_port=port)
