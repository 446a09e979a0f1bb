"""Where a registered phone is called: by what it opened, by its path, or at its own address."""

from __future__ import annotations

from sipmessage import URI

from emulator.surfaces.sip.bindings import Binding
from emulator.surfaces.sip.transport import PORTS, Destination, Name
from emulator.surfaces.sip.values import read_address, read_uri

_NAMES: dict[str, Name] = {"udp": "UDP", "tcp": "TCP", "tls": "TLS"}


def way_to(binding: Binding) -> Destination:
    """Where requests for a registered phone are sent.

    ValueError if its address cannot be that of a request, LookupError for transports that there
    are not.
    """
    uri = read_uri(binding.uri)
    own = _destination_of(uri)
    if binding.path:
        return _destination_of(read_uri(read_address(binding.path[0]).uri))
    flow = binding.flow
    return own if flow is None else Destination(flow.transport, flow.peer_host, flow.peer_port)


def _destination_of(uri: URI) -> Destination:
    name = (uri.parameters.get("transport") or "udp").lower()
    kind = "TLS" if uri.scheme == "sips" else _NAMES[name]
    return Destination(kind, uri.host.strip("[]"), uri.port or PORTS[kind])
