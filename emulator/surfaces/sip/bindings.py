"""Where users can be reached: what a location service keeps (RFC 3261 10.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from emulator.snapshot.part import Part
from emulator.surfaces.sip.transport import Flow

SPARE = 64
"""Entries that the list of expiries may have too many before it is made anew."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A contact of a user, until it expires (microseconds of domain time)."""

    user: str
    uri: str
    """As the phone wrote it."""
    source: Flow
    flow: Flow | None
    """What requests must be sent by, if the URI alone does not lead to the phone."""
    path: tuple[str, ...]
    """Values of Path (RFC 3327), the first to visit first."""
    q: float
    expires_at: int
    user_agent: str
    call_id: str
    cseq: int
    instance: str = ""
    """`+sip.instance`, without quotes."""
    reg_id: int = 0
    texts: bool = False
    """Whether the phone has said that it takes MESSAGE."""


class Bindings:
    """Every user's bindings, and when the next one expires."""

    __slots__ = ("_by_user", "_expiries", "count")

    def __init__(self) -> None:
        self._by_user: dict[str, tuple[Binding, ...]] = {}
        self._expiries: list[tuple[int, str]] = []
        self.count = 0

    def of(self, user: str) -> tuple[Binding, ...]:
        """A user's bindings, in the order in which they were made or refreshed."""
        return self._by_user.get(user, ())

    def __iter__(self) -> Iterator[Binding]:
        for bindings in self._by_user.values():
            yield from bindings

    def users(self) -> list[str]:
        """Who has a binding."""
        return list(self._by_user)

    def replace(self, user: str, bindings: tuple[Binding, ...]) -> None:
        """Give a user other bindings."""
        before = self._by_user.pop(user, ())
        self.count += len(bindings) - len(before)
        if bindings:
            self._by_user[user] = bindings
        for binding in bindings:
            if binding not in before:
                heappush(self._expiries, (binding.expires_at, user))
        if len(self._expiries) > 2 * self.count + SPARE:
            self._order()

    def expired(self, now: int) -> Iterator[str]:
        """Take away what has expired by now; the users who have no binding left."""
        while self._expiries and self._expiries[0][0] <= now:
            _, user = heappop(self._expiries)
            bindings = self.of(user)
            kept = tuple(it for it in bindings if it.expires_at > now)
            if len(kept) < len(bindings):
                self.replace(user, kept)
                if not kept:
                    yield user

    @property
    def next_expiry(self) -> int | None:
        """When the first binding expires, None if there is none."""
        while self._expiries:
            at, user = self._expiries[0]
            if any(it.expires_at == at for it in self.of(user)):
                return at
            heappop(self._expiries)
        return None

    def part(self) -> Part:
        """What a snapshot keeps of them."""
        return Part(
            "SIP bindings", dict[str, tuple[Binding, ...]], lambda: self._by_user, self._load
        )

    def _load(self, by_user: dict[str, tuple[Binding, ...]]) -> None:
        self._by_user = by_user
        self.count = sum(map(len, by_user.values()))
        self._order()

    def _order(self) -> None:
        self._expiries = [(it.expires_at, it.user) for it in self]
        heapify(self._expiries)
