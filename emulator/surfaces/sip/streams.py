"""TCP and TLS for SIP (RFC 3261 18): what either side has opened is used as long as it is open."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from functools import partial
from itertools import count
from typing import Any, cast

from emulator.surfaces.sip.clock import Handle, WireClock
from emulator.surfaces.sip.datagrams import Spawn
from emulator.surfaces.sip.framing import PING, PONG, BadFrame, Framer
from emulator.surfaces.sip.transport import (
    Closed,
    Destination,
    Failed,
    Flow,
    Listener,
    Name,
    Received,
    Refused,
    TransportSettings,
    soon,
)


class Streams:
    """All connections of one stack.

    `received` is called with each framed message; `refused` with the head of one that cannot be
    framed and the status for it, before its stream is closed; `on_closed` is told of each stream
    that is open no more, if it was ever used.
    """

    def __init__(
        self,
        settings: TransportSettings,
        received: Received,
        refused: Refused,
        clock: WireClock,
        on_closed: Closed,
        spawn: Spawn,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.received = received
        self.refused = refused
        self._on_closed = on_closed
        self._spawn = spawn
        self._servers: list[asyncio.Server] = []
        self._streams: dict[int, Stream] = {}
        self._by_peer: dict[tuple[str, str, int], Stream] = {}
        self._hosts: Counter[str] = Counter()
        self._connecting: dict[Destination, list[tuple[bytes, Failed]]] = {}
        self._client_context = settings.tls_client
        self._serials = count(1)
        self._all_closed = asyncio.Event()
        self._stopping = False

    @property
    def open(self) -> dict[str, int]:
        """Open streams by transport."""
        return dict(Counter(stream.flow.transport for stream in self._streams.values()))

    async def listen(self, listener: Listener) -> Listener:
        """Open a listener, and return where it is; OSError, ValueError: no certificate."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            partial(Stream, self, listener.transport),
            listener.host,
            listener.port,
            **self._tls_server(listener.transport),
        )
        self._servers.append(server)
        host, port = server.sockets[0].getsockname()[:2]
        return Listener(listener.transport, host, port)

    def start(self) -> None:
        """Take streams, or open them, from now on."""
        self._stopping = False

    def refuse_new(self) -> None:
        """Open and take no more streams."""
        self._stopping = True
        for server in self._servers:
            server.close()

    async def stop(self) -> None:
        """Close all streams, and return when they are closed."""
        self._all_closed.clear()
        for stream in list(self._streams.values()):
            stream.abort()
        if self._streams:
            await self._all_closed.wait()
        self._servers.clear()

    def answer(self, data: bytes, flow: Flow, failed: Failed) -> None:
        """Send a message on the stream of a flow."""
        self._send_on(self._streams.get(flow.serial), data, failed)

    def send(self, data: bytes, target: Destination, failed: Failed) -> None:
        """Send a message to a destination, on a stream that may have to be opened."""
        stream = self._by_peer.get((target.transport, target.host, target.port))
        if stream is not None:
            self._send_on(stream, data, failed)
        elif target in self._connecting:
            self._connecting[target].append((data, failed))
        else:
            self._connecting[target] = [(data, failed)]
            self._spawn(self._connect(target))

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

    def _send_on(self, stream: Stream | None, data: bytes, failed: Failed) -> None:
        if stream is None or not stream.send(data):
            soon(failed, "the connection is closed")

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

    def _tls_server(self, name: Name) -> dict[str, Any]:
        if name != "TLS":
            return {}
        if self.settings.tls_server is None:
            raise ValueError("a TLS listener needs a certificate")
        within = self.settings.connect_within
        return {"ssl": self.settings.tls_server, "ssl_handshake_timeout": within}


class Stream(asyncio.Protocol):
    """A TCP or TLS connection; `wanted` is the destination it was opened for."""

    def __init__(self, owner: Streams, name: Name, wanted: Destination | None = None) -> None:
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
