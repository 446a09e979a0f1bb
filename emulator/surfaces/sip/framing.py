"""Messages out of a stream, by Content-Length (RFC 3261 18.3), and keep-alives (RFC 5626 4.4.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from emulator.surfaces.sip.values import LWS

PING = b"\r\n\r\n"
PONG = b"\r\n"

_END = b"\r\n\r\n"
_LENGTH = re.compile(
    rb"\r\n(?:content-length|l)%b:(?:[ \t]|\r\n[ \t])*([0-9]{1,9})[ \t]*(?=\r\n)" % LWS.encode(),
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a peer may send on a stream."""

    message: int = 65536
    """Bytes of one message."""
    head: int = 16384
    """Bytes of its lines before the body."""


class BadFrame(Exception):
    """Where the message ends cannot be known, or it is too long: the stream is of no more use.

    `head` is what came of the lines before the body, with their end, if they did end; `status`
    is what to answer them.
    """

    def __init__(self, reason: str, head: bytes = b"", status: int = 400) -> None:
        super().__init__(reason)
        self.head = head
        self.status = status


class Framer:
    """Collects the bytes of one stream."""

    __slots__ = ("_buffer", "_limits", "_looked", "_size")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._buffer = bytearray()
        self._looked = 0
        self._size = 0

    @property
    def partial(self) -> bool:
        """Whether a message has begun that is not whole; ends of lines do not begin one."""
        return bool(self._buffer[:4].strip(b"\r\n"))

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def take(self) -> bytes | None:
        """Take the next message, or PING for a keep-alive; None: more bytes are needed.

        Raises BadFrame.
        """
        if self._buffer[:1] == b"\r":
            return self._take_empty_lines()
        if not self._size:
            self._look_for_end()
        if not self._size or len(self._buffer) < self._size:
            return None
        return self._cut(self._size)

    def _take_empty_lines(self) -> bytes | None:
        if self._buffer.startswith(PING):
            return self._cut(len(PING))
        if PING.startswith(self._buffer):
            return None
        if not self._buffer.startswith(PONG):
            raise BadFrame("half an end of line")
        # An answer to a ping of ours, or an empty line in front of a message (7.5).
        self._cut(len(PONG))
        return self.take()

    def _look_for_end(self) -> None:
        end = self._buffer.find(_END, max(0, self._looked - len(_END)))
        self._looked = len(self._buffer)
        if (self._looked if end < 0 else end) > self._limits.head:
            raise BadFrame("the header is too long")
        if end >= 0:
            head = bytes(self._buffer[: end + len(_END)])
            self._size = len(head) + self._length(head)

    def _length(self, head: bytes) -> int:
        found = {int(digits) for digits in _LENGTH.findall(head)}
        if len(found) != 1:
            raise BadFrame("not one good Content-Length", head)
        (length,) = found
        if len(head) + length > self._limits.message:
            raise BadFrame("the message is too long", head, 513)
        return length

    def _cut(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        self._looked = self._size = 0
        return taken
