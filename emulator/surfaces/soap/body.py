"""Reading a request's body, however large it is."""

from __future__ import annotations

from typing import Any

MEBIBYTE = 1024 * 1024
MOST_DRAINED = 256 * MEBIBYTE
"""Bytes of a body after which its sender is given up."""


class ClientGone(Exception):
    """The connection was lost before the request was complete: nobody to answer."""


class NeverEnds(ClientGone):
    """The client goes on and on: the connection is to break."""


class TooLong(Exception):
    """The body has more bytes than are taken; the client can be answered all the same."""


async def read_body(receive: Any, most: int) -> bytes:
    """Read the whole body; of one of more than `most` bytes nothing is kept (`TooLong`).

    A client that still sends would not hear an answer: so the rest is read too, within reason
    (`NeverEnds`).
    """
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")
        size += len(piece)
        if size <= most:
            pieces.append(piece)
        else:
            pieces.clear()
        if not message.get("more_body", False):
            break
        if size > MOST_DRAINED:
            raise NeverEnds
    if size > most:
        raise TooLong
    return b"".join(pieces)
