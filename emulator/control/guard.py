"""Who may drive the emulator: the holder of the token; without one, programs of this machine.

A browser shows any page's script the way to 127.0.0.1. So without a token requests are refused
that carry the origin of another site, or a host name that is not this machine's (a name can be
made to lead here).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from emulator.settings import is_loopback


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is turned away."""

    status: int
    kind: str
    message: str


UNAUTHORIZED = Refusal(401, "Unauthorized", "the control token is needed as a bearer token")
FOREIGN = Refusal(403, "ForeignPage", "a page of another site may not drive the emulator")


def refusal(headers: Iterable[tuple[bytes, bytes]], token: str) -> Refusal | None:
    """Say why a request with these headers is turned away, None if it is not."""
    found = {name: value.decode("latin-1") for name, value in headers}
    if token:
        return None if _knows(found, token) else UNAUTHORIZED
    return FOREIGN if _is_foreign(found) else None


def _knows(headers: Mapping[bytes, str], token: str) -> bool:
    scheme, _, shown = headers.get(b"authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        shown.strip().encode(), token.encode()
    )


def _is_foreign(headers: Mapping[bytes, str]) -> bool:
    origin = headers.get(b"origin")
    if origin is not None and not _leads_here(origin):
        return True
    return not _leads_here("//" + headers.get(b"host", ""))


def _leads_here(url: str) -> bool:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return False
    return host is not None and (is_loopback(host) or host.endswith(".localhost"))
