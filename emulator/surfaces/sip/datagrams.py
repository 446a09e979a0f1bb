"""UDP for SIP (RFC 3261 18): a listener is also the socket that requests leave from."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import lru_cache, partial
from ipaddress import ip_address
from typing import Any

from emulator.surfaces.sip.transport import (
    Destination,
    Failed,
    Flow,
    Listener,
    Received,
    Target,
    soon,
)

RECEIVE_BUFFER = 4 * 1024 * 1024
"""Bytes of datagrams that may wait for us, if the system allows as many: a second of calls."""
Spawn = Callable[[Coroutine[Any, Any, None]], None]
"""Starts what takes a while."""


class Datagrams:
    """All UDP sockets of one stack, by the addresses that they have."""

    def __init__(self, received: Received, spawn: Spawn) -> None:
        self._received = received
        self._spawn = spawn
        self.sockets: dict[tuple[str, int], asyncio.DatagramTransport] = {}

    async def listen(self, listener: Listener) -> Listener:
        """Open a socket, and return where it is; raises OSError."""
        loop = asyncio.get_running_loop()
        where = (listener.host, listener.port)
        try:
            opened, _ = await loop.create_datagram_endpoint(
                partial(_Socket, self._received), local_addr=where
            )
        except OSError as error:
            raise OSError(f"cannot listen on {where[0]}:{where[1]} by UDP: {error}") from error
        host, port = opened.get_extra_info("sockname")[:2]
        self.sockets[host, port] = opened
        return Listener("UDP", host, port)

    def stop(self) -> None:
        """Close the sockets, in the loop's next round."""
        for opened in self.sockets.values():
            opened.abort()
        self.sockets.clear()

    def send(self, data: bytes, target: Target, failed: Failed) -> None:
        """Send a message where it came from, or to a destination that may have to be looked up."""
        if isinstance(target, Flow):
            opened = self.sockets.get((target.local_host, target.local_port))
            _send_to(opened, data, (target.peer_host, target.peer_port), failed)
        elif _is_address(target.host):
            where = (target.host, target.port)
            _send_to(self._socket_for(target.host), data, where, failed)
        else:
            self._spawn(self._look_up_and_send(data, target, failed))

    def _socket_for(self, host: str) -> asyncio.DatagramTransport | None:
        for (local, _), opened in self.sockets.items():
            if (":" in local) == (":" in host):
                return opened
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
            opened = self._socket_for(str(host))
            if opened is not None:
                _send_to(opened, data, (str(host), int(port)), failed)
                return
        failed(f"{target.host}: no socket")


class _Socket(asyncio.DatagramProtocol):
    def __init__(self, received: Received) -> None:
        self._received = received
        self._local = ("", 0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._local = transport.get_extra_info("sockname")[:2]
        waiting = transport.get_extra_info("socket")
        waiting.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        # Keep-alives are ends of lines, and are not answered (RFC 5626 has STUN for that).
        if data.strip(b"\r\n\0"):
            self._received(data, Flow("UDP", addr[0], addr[1], *self._local))


def _send_to(
    opened: asyncio.DatagramTransport | None, data: bytes, where: tuple[str, int], failed: Failed
) -> None:
    if opened is None or opened.is_closing():
        soon(failed, "no socket")
    else:
        opened.sendto(data, where)


@lru_cache(maxsize=1024)
def _is_address(host: str) -> bool:
    with suppress(ValueError):
        ip_address(host)
        return True
    return False
