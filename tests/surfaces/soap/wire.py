"""A client that writes bytes to a socket, and reads whole answers from it."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import httpx

PATIENCE = 10.0
"""Seconds after which a client gives up."""
SECOND = 1.0
ATTEMPTS = 4

T = TypeVar("T")


def at_once(attempt: Callable[[], tuple[float, T]]) -> T:
    """What comes of it, in less than a second; on a busy machine it may need a few attempts.

    An attempt tells how many seconds passed.
    """
    took: list[float] = []
    while len(took) < ATTEMPTS:
        seconds, result = attempt()
        if seconds < SECOND:
            return result
        took.append(seconds)
    raise AssertionError(f"took {took} seconds")


def timed(action: Callable[..., T], *arguments: Any) -> tuple[float, T]:
    """How many seconds something takes, and what comes of it."""
    begun = time.perf_counter()
    result = action(*arguments)
    return time.perf_counter() - begun, result


class Wire:
    """One connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pending = b""

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def break_off(self) -> None:
        """Hang up so that the other side hears of it at once."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._socket.close()

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self._socket.sendall(data)

    def post(self, path: str, body: bytes, headers: Sequence[str] = ()) -> httpx.Response:
        """Post a body, and read the answer."""
        self.write(head(path, [*headers, f"Content-Length: {len(body)}"]))
        self.write(body)
        return self.read()

    def begin_chunks(self, path: str, headers: Sequence[str] = ()) -> None:
        """Begin to post a body whose length is not said."""
        self.write(head(path, [*headers, "Transfer-Encoding: chunked"]))

    def write_chunks(self, pieces: Iterable[bytes]) -> None:
        """Send pieces of such a body, not its end."""
        for piece in pieces:
            self.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    def end_chunks(self) -> None:
        """Say that the body is complete."""
        self.write(b"0\r\n\r\n")

    def read(self) -> httpx.Response:
        """Read one answer; `ConnectionError` if the other side hangs up before its end."""
        top = self._read_until(b"\r\n\r\n").decode("latin-1")
        status, *lines = top.rstrip("\r\n").split("\r\n")
        headers = [(name, value.strip()) for name, _, value in (it.partition(":") for it in lines)]
        answer = httpx.Response(int(status.split()[1]), headers=headers)
        if answer.status_code == 100:
            return answer
        content = self._read_exactly(int(answer.headers["content-length"]))
        return httpx.Response(answer.status_code, headers=headers, content=content)

    def peek(self, size: int) -> bytes:
        """What comes next, and stays to be read."""
        while len(self._pending) < size:
            self._receive()
        return self._pending[:size]

    def read_to_end(self) -> bytes:
        """Read whatever comes until the other side hangs up."""
        with contextlib.suppress(ConnectionError):
            while True:
                self._receive()
        return self._pending

    def _read_until(self, end: bytes) -> bytes:
        while end not in self._pending:
            self._receive()
        found, _, self._pending = self._pending.partition(end)
        return found + end

    def _read_exactly(self, size: int) -> bytes:
        found = self.peek(size)
        self._pending = self._pending[size:]
        return found

    def _receive(self) -> None:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError(f"hung up after {self._pending!r}")
        self._pending += data


def head(path: str, headers: Sequence[str], method: str = "POST") -> bytes:
    """The head of a request, complete."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: cti", *headers, "", ""]).encode()


@contextlib.contextmanager
def connected(port: int) -> Iterator[Wire]:
    """A connection that is closed in the end."""
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.close()


def pieces_of(unit: bytes, size: int, piece: int = 256 * 1024) -> Iterator[Any]:
    """A unit over and over, in large pieces, up to so many bytes."""
    block = unit * (piece // len(unit))
    for _ in range(size // len(block)):
        yield block
