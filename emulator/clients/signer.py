"""Signs requests to the interfaces of mode C2 (monitoring, outbound calls, CDR, knowledge base).

    client = httpx.Client(auth=AuthV2("globalak", secret))

or, for another HTTP library, `authorization_header` with the request as it will be sent.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import UTC, datetime

import httpx

from emulator import signing

USUAL_HEADERS = ("host", "content-length", "content-type")
"""The headers that the reference advises to sign; those that a request has are signed."""


def authorization_header(
    access_key: str,
    secret_key: str,
    *,
    method: str,
    target: bytes,
    headers: Mapping[str, str],
    body: bytes = b"",
    at: datetime,
    signed_headers: Iterable[str] = USUAL_HEADERS,
) -> str:
    """Give the value of the Authorization header.

    `target` is the request target as sent, path and query; `headers` must hold `host`.
    """
    path, _, query = target.partition(b"?")
    present = {name.lower(): value.encode("latin-1") for name, value in headers.items()}
    request = signing.SignedRequest(method, path, query, present, body)
    names = [name for name in signed_headers if name.lower() in present]
    return str(signing.sign(access_key, secret_key, request, names, at))


def _utc_now() -> datetime:
    return datetime.now(UTC)


class AuthV2(httpx.Auth):
    """Signs every request of an httpx client."""

    requires_request_body = True

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        *,
        signed_headers: Iterable[str] = USUAL_HEADERS,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self._signed_headers = tuple(signed_headers)
        self._now = now

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the Authorization header."""
        request.headers["Authorization"] = authorization_header(
            self._access_key,
            self._secret_key,
            method=request.method,
            target=request.url.raw_path,
            headers=request.headers,
            body=request.content,
            at=self._now(),
            signed_headers=self._signed_headers,
        )
        yield request
