"""UDP ports in pairs: RTP at an even number, RTCP at the next."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from dataclasses import dataclass

_ATTEMPTS = 50
"""To find a free pair among all ports."""
_BUFFER = 256 * 1024
"""Bytes that a socket keeps for us: seconds of sound."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sockets; `port` is the even number."""

    port: int
    rtp: socket.socket
    rtcp: socket.socket

    def close(self) -> None:
        self.rtp.close()
        self.rtcp.close()


def family(host: str) -> socket.AddressFamily:
    """That of a literal address."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


class Pairs:
    """Opens pairs on a host, from a range of ports or wherever there is one free."""

    def __init__(self, host: str, ports: range | None) -> None:
        self._host = host
        self._left: Iterator[int] | None = None
        if ports is not None:
            self._left = (port for port in ports if port % 2 == 0 and port + 1 in ports)

    def open(self) -> Pair | None:
        """Another pair; None if there is none left. OSError if the host cannot be used."""
        if self._left is None:
            return self._anywhere()
        for port in self._left:
            pair = self._at(port)
            if pair is not None:
                return pair
        return None

    def _anywhere(self) -> Pair | None:
        for _ in range(_ATTEMPTS):
            first = self._bound(0)
            if first is None:
                return None
            number = first.getsockname()[1]
            if number % 2:
                first.close()
                pair = self._at(number - 1)
            else:
                second = self._bound(number + 1)
                pair = Pair(number, first, second) if second is not None else None
                if pair is None:
                    first.close()
            if pair is not None:
                return pair
        return None

    def _at(self, port: int) -> Pair | None:
        rtp = self._bound(port)
        if rtp is None:
            return None
        rtcp = self._bound(port + 1)
        if rtcp is None:
            rtp.close()
            return None
        return Pair(port, rtp, rtcp)

    def _bound(self, port: int) -> socket.socket | None:
        """A socket at that port; None if somebody has it, or there are too many."""
        try:
            found = socket.socket(family(self._host), socket.SOCK_DGRAM)
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                return None
            raise
        try:
            if found.family is socket.AF_INET6 and self._host == "::":
                found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            found.setblocking(False)
            found.bind((self._host, port))
        except OSError as error:
            found.close()
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return None
            raise
        return found
