"""What all HTTP doors share about bytes on the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

from emulator.traffic.meter import ANSWERED

JSON = b"application/json;charset=UTF-8"
OCTETS = b"application/octet-stream;charset=utf-8"
WORLD = "emulator.world"
"""Key of the scope with what came before the path: `/_world/<name>`, where that chose the world."""
KEEPS_CASE = "emulator.keeps_case"
"""Key that a server puts into the scope if it writes the names of `WireName` as they are."""


class WireName(bytes):
    """A response header name that reaches the wire in the case it was written.

    HTTP/1.1 servers for ASGI lower-case names before they write them, but real clients compare
    `Set-GUID` and `Set-Cookie` with their exact case. Not for `content-length`, `connection` and
    `transfer-encoding`, which the server itself must recognise; and for a server only: clients
    that call an application in their own process rely on `lower()`.
    """

    __slots__ = ()

    def lower(self) -> WireName:
        """Give the name as it is: the one call that servers make before they write it."""
        return self


_CONTENT_TYPE = WireName(b"Content-Type")


async def respond(
    scope: Any,
    send: Any,
    status: int,
    content: bytes,
    media_type: bytes = JSON,
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> None:
    """Write a whole answer, header names in their exact case where the server can."""
    await _begin(scope, send, status, len(content), media_type, headers)
    await send({"type": "http.response.body", "body": content})


async def respond_in_pieces(
    scope: Any,
    send: Any,
    size: int,
    pieces: AsyncIterator[bytes],
    media_type: bytes,
    headers: Iterable[tuple[bytes, bytes]] = (),
    status: int = 200,
) -> None:
    """Write an answer of `size` bytes piece by piece, as fast as its receiver takes them."""
    await _begin(scope, send, status, size, media_type, headers)
    async for piece in pieces:
        if client_is_gone(send):
            return
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _begin(
    scope: Any,
    send: Any,
    status: int,
    size: int,
    media_type: bytes,
    headers: Iterable[tuple[bytes, bytes]],
) -> None:
    scope[ANSWERED] = status
    length = (b"content-length", b"%d" % size)
    if KEEPS_CASE in scope:
        exact = [(WireName(name), value) for name, value in headers]
        lines = [(_CONTENT_TYPE, media_type), length, *exact]
    else:
        lines = [(b"content-type", media_type), length, *headers]
    await send({"type": "http.response.start", "status": status, "headers": lines})


async def respond_half(
    scope: Any,
    send: Any,
    receive: Any,
    status: int,
    content: bytes,
    media_type: bytes = JSON,
) -> None:
    """Write an answer to the middle of its body, then break the connection."""
    scope[ANSWERED] = status
    length = (b"content-length", b"%d" % len(content))
    lines = [(b"content-type", media_type), length]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    half = content[: len(content) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    await _break(send, receive, after_writing=True)


async def drop(send: Any, receive: Any) -> None:
    """Break the connection without an answer."""
    await _break(send, receive, after_writing=False)


async def _break(send: Any, receive: Any, *, after_writing: bool) -> None:
    """End the connection under the server's hands: ASGI has no word for it.

    A server that does not show its connection reports an application that did not answer, and
    breaks the connection itself.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionAbortedError("the connection is to break")
    if after_writing:
        transport.close()
    else:
        transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


def client_is_gone(send: Any) -> bool:
    """Say whether the connection was lost, as far as the server can tell.

    ASGI has no word for it once the answer was sent; uvicorn keeps it on the object that `send`
    belongs to. With another server every answer counts as delivered.
    """
    return bool(getattr(getattr(send, "__self__", None), "disconnected", False))
