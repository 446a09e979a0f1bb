"""How a leg is set up for the world outside: its gateways, and whom it deals with besides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Literal

from emulator.surfaces.sip.rewriting import Rule
from emulator.surfaces.sip.values import read_uri

Problem = tuple[tuple[str | int, ...], str]
"""A place, and what is wrong there."""
LEAST_MIN_SE = 90
"""Seconds (RFC 4028, 4)."""


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """A gateway at `host`, for the trunk group `trunk` of a tenant.

    Calls are spread by `weight`; those with 0 are called when no other can be. `limit` calls at
    once, both ways (0: any number). Asked for a sign of life every `options_every` seconds
    (0: never), it counts as gone after `options_misses` without one. `domain` is written in
    addresses, empty: `host`. `user` and `password` are shown if it asks for them. Its calls come
    from the addresses or networks in `sources`, by default `host`. `identity`: whether the
    caller's number stands in From alone, or is asserted besides; with `privacy` From does not have
    it. What a `trusted` one asserts is believed. `reliable`: 100rel is offered, demanded or not
    known. Rules rewrite the numbers of both sides, each way. With `register` we register there as
    `user`, for `register_expires` seconds each time, and who calls us there calls `number`, empty:
    whom To names.
    """

    name: str
    host: str
    port: int = 0
    transport: Literal["udp", "tcp", "tls"] = "udp"
    tenant: int = 1
    trunk: str = "outside"
    weight: int = 1
    limit: int = 0
    options_every: float = 30.0
    options_misses: int = 3
    domain: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    sources: tuple[str, ...] = ()
    trusted: bool = True
    identity: Literal["from", "asserted"] = "from"
    privacy: bool = False
    reliable: Literal["no", "supported", "required"] = "supported"
    register: bool = False
    register_expires: int = 300
    number: str = ""
    called_out: tuple[Rule, ...] = ()
    caller_out: tuple[Rule, ...] = ()
    called_in: tuple[Rule, ...] = ()
    caller_in: tuple[Rule, ...] = ()

    def problems(self) -> Iterator[Problem]:
        """What is wrong, by place."""
        for name in ("name", "host", "trunk"):
            if not getattr(self, name):
                yield (name,), "must not be empty"
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                yield (name,), f"{getattr(self, name)} is less than {least}"
        if self.port > 65535:
            yield ("port",), "ports are 1 to 65535"
        yield from self._unknown()
        yield from self._unreadable()
        for name in ("called_out", "caller_out", "called_in", "caller_in"):
            for index, rule in enumerate(getattr(self, name)):
                for place, reason in rule.problems():
                    yield (name, index, *filter(None, [place])), reason

    def _unknown(self) -> Iterator[Problem]:
        if bool(self.user) is not bool(self.password):
            yield ("user",), "goes together with password"
        if self.register and not self.user:
            yield ("register",), "needs user and password"

    def _unreadable(self) -> Iterator[Problem]:
        try:
            read_uri(f"sip:{literal(self.host)}")
        except ValueError:
            yield ("host",), "is neither an address nor a name"
        for index, source in enumerate(self.sources):
            try:
                ip_network(source, strict=False)
            except ValueError:
                yield ("sources", index), "is neither an address nor a network"


_LEAST: dict[str, float] = {
    "port": 0,
    "tenant": 1,
    "weight": 0,
    "limit": 0,
    "options_every": 0,
    "options_misses": 1,
    "register_expires": 60,
}


@dataclass(frozen=True, slots=True)
class Peering:
    """How the leg deals with the world outside.

    `trusted_only`: whoever is neither a gateway nor a phone is refused. A session is refreshed
    within `session_expires` seconds (0: never), and not more often than `min_se` has it.
    """

    gateways: tuple[GatewayConfig, ...] = ()
    trusted_only: bool = False
    session_expires: int = 1800
    min_se: int = 90

    def problems(self, transports: Collection[str]) -> Iterator[Problem]:
        """What is wrong, by place; `transports` are those that the emulator has a port of."""
        names = Counter(it.name for it in self.gateways)
        for index, gateway in enumerate(self.gateways):
            for place, reason in gateway.problems():
                yield ("gateways", index, *place), reason
            if gateway.transport not in transports:
                yield ("gateways", index, "transport"), "the emulator has no such SIP port"
            if names[gateway.name] > 1:
                yield ("gateways", index, "name"), f"{gateway.name!r} occurs more than once"
        if self.trusted_only and not self.gateways:
            yield ("trusted_only",), "needs gateways: nobody could call"
        if self.min_se < LEAST_MIN_SE:
            yield ("min_se",), f"{self.min_se} is less than {LEAST_MIN_SE} (RFC 4028, 4)"
        if self.session_expires and self.session_expires < self.min_se:
            yield ("session_expires",), "is less than min_se"


def literal(host: str) -> str:
    """A host as it stands in addresses."""
    return f"[{host}]" if ":" in host else host
