"""C1: bearer tokens for an application's key and secret (CEC 4.2).

`BearerTokens` issues and verifies them, `BearerGate` lets their bearers in. The component that
hands them out is `emulator.surfaces.cec.tokens`.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from emulator.snapshot.part import Part, attribute
from emulator.surfaces.cec.errors import Unauthenticated
from emulator.surfaces.cec.request import CecRequest, P

MODE = "C1"
CAPACITY = 10_000
"""Tokens kept; beyond it the oldest is forgotten."""
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class BearerToken:
    """A token as it was issued; times in microseconds of domain time."""

    text: str
    app_key: str
    issued_at: int
    expires_at: int


class BearerTokens:
    """Issues and verifies tokens."""

    __slots__ = ("_capacity", "_random", "_secret_of", "_tokens")

    def __init__(
        self, secret_of: Callable[[str], str | None], random: Random, capacity: int = CAPACITY
    ) -> None:
        """`secret_of` gives an application's secret, None for an unknown application."""
        self._secret_of = secret_of
        self._random = random
        self._capacity = capacity
        self._tokens: dict[str, BearerToken] = {}

    def issue(self, app_key: str, app_secret: str, lifetime_s: int, now: int) -> BearerToken:
        """Issue a token to an application that knows its secret."""
        secret = self._secret_of(app_key)
        right = hmac.compare_digest((secret or "").encode(), app_secret.encode())
        if secret is None or not right:
            raise Unauthenticated("unknown application or wrong secret")
        self._make_room(now)
        text = f"{self._random.getrandbits(256):064x}"
        token = BearerToken(text, app_key, now, now + lifetime_s * MICROSECONDS)
        self._tokens[text] = token
        return token

    def verify(self, text: str, now: int, app_key: str | None = None) -> BearerToken:
        """Give the token if it is still good, and was issued to `app_key` where one is named."""
        # A look-up by 256 random bits: its time tells nothing that helps to guess one.
        token = self._tokens.get(text)
        if token is None or now >= token.expires_at:
            raise Unauthenticated("unknown or expired token")
        if app_key is not None and not hmac.compare_digest(
            app_key.encode(), token.app_key.encode()
        ):
            raise Unauthenticated("token of another application")
        return token

    def owner(self, text: str) -> str:
        """The application that a token was issued to, be it expired; empty if unknown."""
        token = self._tokens.get(text)
        return "" if token is None else token.app_key

    def forget(self, app_key: str | None = None) -> None:
        """Let every token expire now, or those of one application."""
        for text, token in list(self._tokens.items()):
            if app_key in (None, token.app_key):
                del self._tokens[text]

    def part(self) -> Part:
        """What a snapshot keeps of them."""
        return attribute(self, "_tokens", dict[str, BearerToken], "bearer tokens")

    def _make_room(self, now: int) -> None:
        if len(self._tokens) < self._capacity:
            return
        for text in [text for text, token in self._tokens.items() if now >= token.expires_at]:
            del self._tokens[text]
        while len(self._tokens) >= self._capacity:
            del self._tokens[next(iter(self._tokens))]


class ApplicationRequest(CecRequest[P]):
    """A request of an application that showed a good token."""

    __slots__ = ("app_key",)

    app_key: str


class BearerGate:
    """Admits `Authorization: Bearer …`; an `x-app-key` beside it must be the token's."""

    request_class: type[CecRequest[Any]] = ApplicationRequest

    def __init__(self, tokens: BearerTokens, now: Callable[[], int]) -> None:
        """`now` gives the domain time in microseconds."""
        self._tokens = tokens
        self._now = now

    def admit(self, request: ApplicationRequest[Any]) -> None:
        """Verify the token."""
        value = (request.header(b"authorization") or b"").decode("latin-1")
        scheme, _, text = value.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("no bearer token")
        app_key = request.header(b"x-app-key")
        token = self._tokens.verify(
            text.strip(), self._now(), None if app_key is None else app_key.decode("latin-1")
        )
        request.app_key = token.app_key

    def claimed(self, request: ApplicationRequest[Any]) -> tuple[int, str]:
        """The application whose token is shown."""
        shown = (request.header(b"authorization") or b"").decode("latin-1")
        return 0, self._tokens.owner(shown.partition(" ")[2].strip())
