"""HTTP/1.1 for clients that offer to go on in HTTP/2, as Java's HttpClient does by default.

A server may ignore an `Upgrade` header (RFC 9110, 7.8). The HTTP parser does not: it stops behind
the head and takes the body for the next request. So it never sees the offer.
"""

from __future__ import annotations

import re
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_OFFER = re.compile(rb"\r\nupgrade:[ \t]*h2c[ \t]*(?=\r\n)", re.IGNORECASE)


def without_offer(data: bytes) -> bytes:
    """The bytes of a request's begin without an offer of HTTP/2 in its head."""
    head, end, body = data.partition(b"\r\n\r\n")
    return _OFFER.sub(b"", head + end[:2], count=1) + end[2:] + body


class HttpProtocol(HttpToolsProtocol):
    """One connection of the HTTP server."""

    def data_received(self, data: bytes) -> None:
        """Take what a client has sent; between two requests it is the head of the next one."""
        if b"h2c" in data:
            cycle: Any = self.cycle
            if cycle is None or cycle.response_complete:
                data = without_offer(data)
        super().data_received(data)
