"""UDP, TCP and TLS for SIP (RFC 3261 18) on IPv4 and IPv6: bytes in, bytes out.

A listener for UDP is also the socket that requests to UDP destinations leave from. Streams that
the other side opened are used for what is sent to it, as long as they are open.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from ipaddress import ip_address
from itertools import count
from typing import Any, Literal, Protocol, cast

from emulator.surfaces.sip.clock import Handle, WireClock
from emulator.surfaces.sip.framing import PING, PONG, BadFrame, Framer, Limits

Name = Literal["UDP", "TCP", "TLS"]
Failed = Callable[[str], None]
"""Told the reason why bytes did not leave; never called inside `send`."""
RECEIVE_BUFFER = 4 * 1024 * 1024
"""Bytes of datagrams that may wait for us, if the system allows as many: a second of calls."""


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


class Transport:
    """All sockets of one stack.

    `received` is called with each datagram or framed message; `refused` with the head of one
    that cannot be framed and the status for it, before its stream is closed.
    """

    def __init__(
        self,
        settings: TransportSettings,
        received: Received,
        refused: Refused,
        clock: WireClock,
        on_closed: Closed = lambda _: None,
    ) -> None:
        """`on_closed` is told of each stream that is open no more, if it was ever used."""
        self.settings = settings
        self.clock = clock
        self._on_closed = on_closed
        self.received = received
        self.refused = refused
        self.bound: list[Listener] = []
        """The listeners with the ports that they have."""
        self._datagrams: dict[tuple[str, int], asyncio.DatagramTransport] = {}
        self._servers: list[asyncio.Server] = []
        self._streams: dict[int, Stream] = {}
        self._by_peer: dict[tuple[str, str, int], Stream] = {}
        self._hosts: Counter[str] = Counter()
        self._connecting: dict[Destination, list[tuple[bytes, Failed]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._client_context = settings.tls_client
        self._serials = count(1)
        self._all_closed = asyncio.Event()
        self._stopping = False

    @property
    def connections(self) -> dict[str, int]:
        """Open streams by transport."""
        return dict(Counter(stream.flow.transport for stream in self._streams.values()))

    @property
    def pending(self) -> int:
        """Connections and look-ups of names that are under way."""
        return len(self._tasks)

    async def start(self) -> None:
        """Open all listeners, or none; raises OSError, and ValueError for TLS without a context."""
        self._stopping = False
        try:
            for listener in self.settings.listeners:
                await self._listen(listener)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close everything, and return when it is closed."""
        self._stopping = True
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for datagrams in self._datagrams.values():
            datagrams.abort()
        self._all_closed.clear()
        for stream in list(self._streams.values()):
            stream.abort()
        if self._streams:
            await self._all_closed.wait()
        self._servers.clear()
        self._datagrams.clear()
        self.bound.clear()
        # Sockets of datagrams close in the loop's next round.
        await asyncio.sleep(0)

    def send(self, data: bytes, target: Target, failed: Failed) -> None:
        """Send a message on a flow, or to a destination on a stream that may have to be opened."""
        if self._stopping:
            _soon(failed, "stopped")
        elif target.transport == "UDP":
            self._send_datagram(data, target, failed)
        elif isinstance(target, Flow):
            self._send_on(self._streams.get(target.serial), data, failed)
        else:
            self._send_stream(data, target, failed)

    def sent_by(self, target: Target) -> tuple[str, int]:
        """Where answers find us: the listener of the target's transport and family.

        Raises LookupError if there is none.
        """
        if isinstance(target, Flow) and target.transport == "UDP":
            return target.local_host, target.local_port
        fitting = [each for each in self.bound if each.transport == target.transport]
        host = target.host if isinstance(target, Destination) else target.peer_host
        for listener in fitting:
            if (":" in listener.host) == (":" in host):
                return listener.host, listener.port
        if not fitting:
            raise LookupError(f"no listener for {target.transport}")
        return fitting[0].host, fitting[0].port

    def is_open(self, flow: Flow) -> bool:
        """Whether the flow's connection is the one that it was; without one it always is."""
        stream = self._streams.get(flow.serial)
        return not flow.serial or (stream is not None and stream.flow == flow)

    def opened(self, stream: Stream) -> bool:
        """Take a new stream into the tables; False if it is one too many."""
        host, settings = stream.flow.peer_host, self.settings
        if self._stopping or len(self._streams) >= settings.connections:
            return False
        if self._hosts[host] >= settings.connections_of_one:
            return False
        self._hosts[host] += 1
        self._streams[stream.flow.serial] = stream
        self._by_peer[_peer(stream.flow)] = stream
        return True

    def closed(self, stream: Stream) -> None:
        """Forget a stream."""
        known = self._streams.pop(stream.flow.serial, None)
        if known is not None:
            self._hosts[stream.flow.peer_host] -= 1
            if not self._hosts[stream.flow.peer_host]:
                del self._hosts[stream.flow.peer_host]
        if self._by_peer.get(_peer(stream.flow)) is stream:
            del self._by_peer[_peer(stream.flow)]
        if not self._streams:
            self._all_closed.set()
        if known is not None:
            self._on_closed(stream.flow)

    def serial(self) -> int:
        return next(self._serials)

    async def _listen(self, listener: Listener) -> None:
        loop = asyncio.get_running_loop()
        if listener.transport == "UDP":
            where = (listener.host, listener.port)
            datagrams, _ = await loop.create_datagram_endpoint(
                partial(_Datagrams, self), local_addr=where
            )
            host, port = datagrams.get_extra_info("sockname")[:2]
            self._datagrams[host, port] = datagrams
        else:
            server = await loop.create_server(
                partial(Stream, self, listener.transport),
                listener.host,
                listener.port,
                **self._tls_server(listener.transport),
            )
            self._servers.append(server)
            host, port = server.sockets[0].getsockname()[:2]
        self.bound.append(Listener(listener.transport, host, port))

    def _tls_server(self, name: Name) -> dict[str, Any]:
        if name != "TLS":
            return {}
        if self.settings.tls_server is None:
            raise ValueError("a TLS listener needs a certificate")
        within = self.settings.connect_within
        return {"ssl": self.settings.tls_server, "ssl_handshake_timeout": within}

    def _send_datagram(self, data: bytes, target: Target, failed: Failed) -> None:
        if isinstance(target, Flow):
            datagrams = self._datagrams.get((target.local_host, target.local_port))
            self._send_to(datagrams, data, (target.peer_host, target.peer_port), failed)
        elif _is_address(target.host):
            where = (target.host, target.port)
            self._send_to(self._socket_for(target.host), data, where, failed)
        else:
            self._spawn(self._look_up_and_send(data, target, failed))

    def _send_to(
        self,
        datagrams: asyncio.DatagramTransport | None,
        data: bytes,
        where: tuple[str, int],
        failed: Failed,
    ) -> None:
        if datagrams is None or datagrams.is_closing():
            _soon(failed, "no socket")
        else:
            datagrams.sendto(data, where)

    def _socket_for(self, host: str) -> asyncio.DatagramTransport | None:
        for (local, _), datagrams in self._datagrams.items():
            if (":" in local) == (":" in host):
                return datagrams
        return None

    async def _look_up_and_send(self, data: bytes, target: Destination, failed: Failed) -> None:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(target.host, target.port)
        except (OSError, UnicodeError) as error:
            failed(f"{target.host}: {error}")
            return
        for address in found:
            host, port = address[4][:2]
            datagrams = self._socket_for(str(host))
            if datagrams is not None:
                self._send_to(datagrams, data, (str(host), int(port)), failed)
                return
        failed(f"{target.host}: no socket")

    def _send_stream(self, data: bytes, target: Destination, failed: Failed) -> None:
        stream = self._by_peer.get((target.transport, target.host, target.port))
        if stream is not None:
            self._send_on(stream, data, failed)
        elif target in self._connecting:
            self._connecting[target].append((data, failed))
        else:
            self._connecting[target] = [(data, failed)]
            self._spawn(self._connect(target))

    def _send_on(self, stream: Stream | None, data: bytes, failed: Failed) -> None:
        if stream is None or not stream.send(data):
            _soon(failed, "the connection is closed")

    async def _connect(self, target: Destination) -> None:
        stream, reason = None, "stopped"
        try:
            stream = await self._open(target)
        except (OSError, UnicodeError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
        finally:
            for data, failed in self._connecting.pop(target):
                if stream is None:
                    failed(reason)
                else:
                    self._send_on(stream, data, failed)

    async def _open(self, target: Destination) -> Stream:
        tls = await self._tls_client() if target.transport == "TLS" else None
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self.settings.connect_within):
            _, stream = await loop.create_connection(
                partial(Stream, self, target.transport, target),
                target.host,
                target.port,
                ssl=tls,
                server_hostname=target.host if tls else None,
            )
        return stream

    async def _tls_client(self) -> ssl.SSLContext:
        """The context for streams that we open; reading the known authorities takes a while."""
        if self._client_context is None:
            self._client_context = await asyncio.to_thread(ssl.create_default_context)
        return self._client_context

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Datagrams(asyncio.DatagramProtocol):
    """A UDP socket."""

    def __init__(self, owner: Transport) -> None:
        self._owner = owner
        self._local = ("", 0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._local = transport.get_extra_info("sockname")[:2]
        waiting = transport.get_extra_info("socket")
        waiting.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        # Keep-alives are ends of lines, and are not answered (RFC 5626 has STUN for that).
        if data.strip(b"\r\n\0"):
            self._owner.received(data, Flow("UDP", addr[0], addr[1], *self._local))


class Stream(asyncio.Protocol):
    """A TCP or TLS connection; `wanted` is the destination it was opened for."""

    def __init__(self, owner: Transport, name: Name, wanted: Destination | None = None) -> None:
        self.flow = Flow(name, "", 0, "", 0)
        self._owner = owner
        self._wanted = wanted
        self._framer = Framer(owner.settings.limits)
        self._transport: asyncio.Transport | None = None
        self._stalling: Handle | None = None
        self._idling: Handle | None = None
        self._heard_at = owner.clock.now()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername") or ("", 0)
        local = transport.get_extra_info("sockname") or ("", 0)
        if self._wanted is not None:
            peer = (self._wanted.host, self._wanted.port)
        name = self.flow.transport
        self.flow = Flow(name, peer[0], peer[1], local[0], local[1], self._owner.serial())
        if not self._owner.opened(self):
            self.abort()
            return
        self._idle(self._owner.settings.idle_after)
        if self._wanted is None:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._relax()
        if self._idling is not None:
            self._idling.cancel()
        self._owner.closed(self)

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._owner.clock.now()
        self._framer.feed(data)
        try:
            self._take_messages()
        except BadFrame as bad:
            if bad.head:
                self._owner.refused(bad.head, bad.status, self.flow)
            self.close()

    def send(self, data: bytes) -> bool:
        """Write the bytes; False if the stream is closed, or the peer does not read."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return False
        if transport.get_write_buffer_size() > self._owner.settings.unsent:
            transport.abort()
            return False
        transport.write(data)
        return True

    def close(self) -> None:
        """Close when all is sent, or when the peer has had time enough for it."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()
            self._watch()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _take_messages(self) -> None:
        whole = False
        while (message := self._framer.take()) is not None:
            whole = True
            if message == PING:
                self.send(PONG)
            else:
                self._owner.received(message, self.flow)
        if not self._framer.partial:
            if whole:
                self._relax()
        elif whole or self._stalling is None:
            self._watch()

    def _idle(self, seconds: float) -> None:
        self._idling = self._owner.clock.call_later(seconds, self._look)

    def _look(self) -> None:
        """Close if nothing was heard for long, else look again when that could be."""
        left = self._heard_at + self._owner.settings.idle_after - self._owner.clock.now()
        if left > 0:
            self._idle(left)
        else:
            self.close()

    def _watch(self) -> None:
        self._relax()
        after = self._owner.settings.stalled_after
        self._stalling = self._owner.clock.call_later(after, self.abort)

    def _relax(self) -> None:
        if self._stalling is not None:
            self._stalling.cancel()
            self._stalling = None


def _peer(flow: Flow) -> tuple[str, str, int]:
    return flow.transport, flow.peer_host, flow.peer_port


@lru_cache(maxsize=1024)
def _is_address(host: str) -> bool:
    with suppress(ValueError):
        ip_address(host)
        return True
    return False


def _soon(failed: Failed, reason: str) -> None:
    asyncio.get_running_loop().call_soon(failed, reason)
