"""C2: requests signed with the access key and secret of a developer (CEC 4.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from emulator import signing
from emulator.surfaces.cec.errors import Unauthenticated
from emulator.surfaces.cec.request import CecRequest, P
from emulator.surfaces.wire import WORLD

MODE = "C2"
DEFAULT_WINDOW_S = 15 * 60
"""How far the signature's time may be from the real time, in seconds, either way."""


class DeveloperRequest(CecRequest[P]):
    """A request of a developer whose signature was right."""

    __slots__ = ("access_key",)

    access_key: str


class SignatureGate:
    """Admits requests that were signed with a known access key."""

    request_class: type[CecRequest[Any]] = DeveloperRequest

    def __init__(
        self,
        secret_of: Callable[[str], str | None],
        wall_clock: Callable[[], int],
        window_s: int | None = DEFAULT_WINDOW_S,
    ) -> None:
        """`wall_clock` gives real time in microseconds since the epoch; no window: any time."""
        self._secret_of = secret_of
        self._wall_clock = wall_clock
        self._window_us = None if window_s is None else window_s * 1_000_000

    def admit(self, request: DeveloperRequest[Any]) -> None:
        """Verify the signature over everything the request carries."""
        try:
            authorization = signing.parse_authorization(_authorization(request))
            self._check_time(authorization.timestamp)
            secret = self._secret_of(authorization.access_key)
            # An unknown key takes as long as a wrong secret: who asks learns nothing from the time.
            signing.verify(authorization, secret or "", _signed_part(request))
        except signing.SignatureError as error:
            raise Unauthenticated(str(error)) from None
        if secret is None:
            raise Unauthenticated("unknown access key")
        request.access_key = authorization.access_key

    def claimed(self, request: DeveloperRequest[Any]) -> tuple[int, str]:
        """The access key that the signature names."""
        try:
            return 0, signing.parse_authorization(_authorization(request)).access_key
        except signing.SignatureError:
            return 0, ""

    def _check_time(self, timestamp: str) -> None:
        if self._window_us is None:
            return
        signed_at = signing.parse_timestamp(timestamp)
        signed_us = (signed_at - signing.EPOCH) // timedelta(microseconds=1)
        if abs(self._wall_clock() - signed_us) > self._window_us:
            raise signing.SignatureError("signed too long ago or in the future")


def _authorization(request: CecRequest[Any]) -> str:
    return (request.header(b"authorization") or b"").decode("latin-1")


def _signed_part(request: CecRequest[Any]) -> signing.SignedRequest:
    scope = request.scope
    headers: dict[str, bytes] = {}
    for name, value in scope["headers"]:
        # A repeated header is not what was signed: joined, its signature cannot be right.
        key = name.decode("latin-1")
        headers[key] = headers[key] + b"," + value if key in headers else value
    # Who asks another world signs the path that leads there.
    path = scope.get(WORLD, "").encode() + request.raw_path
    return signing.SignedRequest(scope["method"], path, scope["query_string"], headers, request.raw)
