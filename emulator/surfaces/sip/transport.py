"""How SIP travels (RFC 3261 18): where a message came from, where one goes to, by what."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from emulator.surfaces.sip.framing import Limits

Name = Literal["UDP", "TCP", "TLS"]
Failed = Callable[[str], None]
"""Told the reason why bytes did not leave; never called inside `send`."""


PORTS = {"UDP": 5060, "TCP": 5060, "TLS": 5061}
"""Where answers go to if Via has no port (RFC 3261 18.2.2)."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The way a message came: an answer on it reaches the peer (RFC 5626 3.1)."""

    transport: Name
    peer_host: str
    peer_port: int
    local_host: str = ""
    local_port: int = 0
    serial: int = 0
    """Of the connection, from 1; 0 for UDP."""

    @property
    def is_connection(self) -> bool:
        """Whether the peer is reached by what it opened, and nothing else."""
        return self.transport != "UDP"

    def __str__(self) -> str:
        host = f"[{self.peer_host}]" if ":" in self.peer_host else self.peer_host
        return f"{host}:{self.peer_port}"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a request goes to; `host` is an address, without brackets, or a name."""

    transport: Name
    host: str
    port: int


Target = Flow | Destination


@dataclass(frozen=True, slots=True)
class Listener:
    """Port 0: any that is free."""

    transport: Name
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class TransportSettings:
    listeners: tuple[Listener, ...] = ()
    limits: Limits = field(default_factory=Limits)
    stalled_after: float = 30.0
    """Seconds for a message to become whole, also for the first one; then the stream closes."""
    connect_within: float = 10.0
    """Seconds."""
    idle_after: float = 7500.0
    """Seconds in which the peer says nothing, and its stream closes; phones register for less."""
    connections: int = 10_000
    """Streams open at once; more are closed as they come."""
    connections_of_one: int = 2_000
    """Of them from one address."""
    unsent: int = 1 << 20
    """Bytes that wait for a peer that does not read; then the stream closes."""
    tls_server: ssl.SSLContext | None = None
    tls_client: ssl.SSLContext | None = None
    """None: that of Python, which wants certificates of known authorities."""


class Wire(Protocol):
    """What a stack sends on; `Transport`, or a network in memory."""

    def send(self, data: bytes, target: Target, failed: Failed) -> None: ...

    def sent_by(self, target: Target) -> tuple[str, int]:
        """Host and port for the Via of a request to the target; raises LookupError."""
        ...

    def is_open(self, flow: Flow) -> bool:
        """Whether something sent on the flow would reach the peer that opened it."""


Received = Callable[[bytes, Flow], None]
Closed = Callable[[Flow], None]
Refused = Callable[[bytes, int, Flow], None]


def soon(failed: Failed, reason: str) -> None:
    """Say that bytes do not leave."""
    asyncio.get_running_loop().call_soon(failed, reason)
