"""Gateways to the world outside: which one a call goes by, which are there, whom they are trusted.

A gateway serves one trunk group. Among those that are there and have a line free one is chosen by
weight; whether one is there is asked by OPTIONS. Times are seconds of wire time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection, Iterator
from functools import partial
from ipaddress import ip_address, ip_network
from itertools import accumulate
from typing import TYPE_CHECKING

from sipmessage import URI, CSeq, Request, Response

from emulator.domain.gateways import GatewayState
from emulator.surfaces.sip.clock import Handle
from emulator.surfaces.sip.dialogs import MAX_FORWARDS
from emulator.surfaces.sip.headers import new_request
from emulator.surfaces.sip.peering import GatewayConfig, Peering, literal
from emulator.surfaces.sip.registering import Registrations
from emulator.surfaces.sip.transactions import Failure
from emulator.surfaces.sip.transport import PORTS, Destination, Flow, Name
from emulator.surfaces.sip.values import read_uri
from emulator.switch.errors import UnknownTenant
from emulator.switch.model import Trunk
from emulator.switch.switch import Switch

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

log = logging.getLogger(__name__)

DOWN = (408, 503)
"""Answers to OPTIONS of a gateway that takes no calls; any other shows that it is there."""
LOOK_UP_S = 5
"""Seconds that the name of a gateway may take at the start."""
_TRANSPORTS: dict[str, Name] = {"udp": "UDP", "tcp": "TCP", "tls": "TLS"}


class Gateway:
    """A gateway, and whether it is there."""

    __slots__ = ("addresses", "asked", "config", "destination", "failed", "misses", "networks")

    def __init__(self, config: GatewayConfig) -> None:
        self.config = config
        kind = _TRANSPORTS[config.transport]
        self.destination = Destination(kind, config.host, config.port or PORTS[kind])
        self.failed = False
        self.misses = 0
        self.asked = False
        """An OPTIONS is under way that was not answered yet."""
        self.networks = tuple(ip_network(it, strict=False) for it in config.sources)
        self.addresses = frozenset((config.host,))
        """Of its host, those behind its name included once that was looked up."""

    @property
    def domain(self) -> str:
        """What stands behind @ in its addresses."""
        return self.config.domain or literal(self.config.host)

    def uri_of(self, user: str) -> URI:
        """Where a number is called at the gateway."""
        where = self.destination
        tail = "" if where.transport == "UDP" else f";transport={where.transport.lower()}"
        return read_uri(f"sip:{user}@{literal(where.host)}:{where.port}{tail}")

    def is_at(self, uri: URI) -> bool:
        """Whether an address belongs to it; one without a port does so by its host alone."""
        host, where = uri.host.strip("[]").lower(), self.destination
        named = host == self.config.domain.lower()
        return named or (host, uri.port or where.port) == (where.host.lower(), where.port)

    async def look_up(self) -> None:
        """Find the addresses behind the name of its host."""
        loop, host = asyncio.get_running_loop(), self.config.host
        try:
            async with asyncio.timeout(LOOK_UP_S):
                found = await loop.getaddrinfo(host, None)
        except (OSError, UnicodeError, TimeoutError) as error:
            why = str(error) or "no answer"
            log.warning("gateway %s: nobody knows where %s is: %s", self.config.name, host, why)
            return
        self.addresses |= {str(address[0]) for *_, address in found}

    def sends_from(self, flow: Flow) -> bool:
        """Whether what came this way came from the gateway."""
        if not self.networks:
            return flow.peer_host in self.addresses
        try:
            address = ip_network(flow.peer_host)
        except ValueError:
            return False
        return any(
            it.version == address.version and address.subnet_of(it)  # type: ignore[arg-type]
            for it in self.networks
        )


class Gateways:
    """The gateways of one leg."""

    def __init__(self, leg: SipLeg, peering: Peering) -> None:
        self._leg = leg
        self.all = {it.name: Gateway(it) for it in peering.gateways}
        self._trusted_only = peering.trusted_only
        self._random = leg.platform.random("sip gateways")
        self._alarms: dict[str, Handle] = {}
        self.registrations = Registrations(leg, self.all.values())

    # Which one

    def choose(self, tenant: int, trunk: str, tried: Collection[Gateway] = ()) -> Gateway | None:
        """A gateway that is there and has a line free, by weight, none of those `tried`."""
        found = [it for it in self._of(tenant, trunk) if it not in tried and self.takes_calls(it)]
        sums = [*accumulate(it.config.weight for it in found)]
        if not found or not sums[-1]:
            return found[0] if found else None
        point = self._random.randrange(sums[-1])
        return next(it for it, end in zip(found, sums, strict=True) if point < end)

    def at(self, uri: URI) -> Gateway | None:
        """The gateway to which an address belongs."""
        return next((it for it in self.all.values() if it.is_at(uri)), None)

    def has_line(self, gateway: Gateway) -> bool:
        """Whether another call may go by it."""
        limit = gateway.config.limit
        return not limit or self.calls_of(gateway) < limit

    def calls_of(self, gateway: Gateway) -> int:
        """How many calls go by it, or are being made, both ways."""
        return self._leg.tally.of(gateway.config.name)

    def may_call(self, gateway: Gateway | None) -> bool:
        """Whether a call from there, None: from somewhere else, is taken."""
        return gateway is not None or not self._trusted_only

    def takes_calls(self, gateway: Gateway) -> bool:
        """Whether it is there, and has a line free."""
        return not gateway.failed and self.has_line(gateway)

    def _of(self, tenant: int, trunk: str) -> Iterator[Gateway]:
        for gateway in self.all.values():
            if (gateway.config.tenant, gateway.config.trunk) == (tenant, trunk):
                yield gateway

    def source_of(self, request: Request, flow: Flow) -> Gateway | None:
        """The gateway from which something came: who knows where we are registered, or is there.

        Of several on one host it is the one at that port.
        """
        named = self.registrations.called_by(request.uri)
        if named:
            return self.all[named]
        found = [it for it in self.all.values() if it.sends_from(flow)]
        at_port = (it for it in found if it.destination.port == flow.peer_port)
        return next(at_port, found[0] if found else None)

    # Which are there

    async def look_up(self) -> None:
        """Find out where calls of gateways with a name come from."""
        unknown = (it for it in self.all.values() if not it.networks)
        named = [it for it in unknown if not _is_address(it.config.host)]
        await asyncio.gather(*(it.look_up() for it in named))

    def start(self) -> None:
        """Be there, and ask each for a sign of life from now on."""
        switch = self._leg.platform.switch
        self.follow(switch)
        for gateway in self.all.values():
            config = gateway.config
            if _trunk(switch, config.tenant, config.trunk) is None:
                log.warning(
                    "gateway %s serves trunk group %r of tenant %d, which is not there",
                    *(config.name, config.trunk, config.tenant),
                )
            if config.options_every:
                self._ask(gateway)
        self.registrations.start()

    def stop(self) -> None:
        """Ask nothing any more, and be registered nowhere."""
        self.registrations.stop()
        for alarm in self._alarms.values():
            alarm.cancel()
        self._alarms.clear()

    def _ask(self, gateway: Gateway) -> None:
        config = gateway.config
        if gateway.asked:
            gateway.misses += 1
            if gateway.misses >= config.options_misses:
                self._is_there(gateway, there=False)
        gateway.asked = True
        leg, where = self._leg, gateway.destination
        again = partial(self._ask, gateway)
        self._alarms[config.name] = leg.clock.call_later(config.options_every, again)
        with contextlib.suppress(LookupError):  # no port of its transport: it never answers
            leg.stack.send_request(
                self._options(gateway), where, partial(self._answered, gateway), _missed
            )

    def _options(self, gateway: Gateway) -> Request:
        leg, where = self._leg, gateway.destination
        request = new_request("OPTIONS", read_uri(f"sip:{literal(where.host)}:{where.port}"))
        contact = leg.contact(where)
        for name, value in (
            ("Max-Forwards", MAX_FORWARDS),
            ("From", f"{contact};tag={leg.new_tag()}"),
            ("To", f"<{request.uri}>"),
            ("Call-ID", f"{leg.new_tag()}@emulator"),
            ("CSeq", str(CSeq(1, "OPTIONS"))),
            ("Contact", contact),
            ("Accept", "application/sdp"),
        ):
            request.headers.set(name, value)
        return request

    def _answered(self, gateway: Gateway, response: Response) -> None:
        if response.code < 200 or response.code in DOWN:
            return
        gateway.asked, gateway.misses = False, 0
        self._is_there(gateway, there=True)

    def _is_there(self, gateway: Gateway, *, there: bool) -> None:
        if gateway.failed is there:
            gateway.failed = not there
            self.follow(self._leg.platform.switch)

    def follow(self, switch: Switch) -> None:
        """Tell the switch which of its trunk groups can be called through."""
        groups = {(it.config.tenant, it.config.trunk): None for it in self.all.values()}
        for tenant, name in groups:
            there = any(not it.failed for it in self._of(tenant, name))
            trunk = _trunk(switch, tenant, name)
            if trunk is not None and (trunk.attached is not there or not trunk.external):
                self._attach(tenant, name, there=there)

    def _attach(self, tenant: int, name: str, *, there: bool) -> None:
        self._leg.post(lambda switch: switch.attach_trunk(tenant, name, there))

    def as_rows(self) -> list[GatewayState]:
        """Each gateway with its state, for people."""
        return [
            GatewayState(
                it.config.name,
                it.config.tenant,
                it.config.trunk,
                f"{literal(it.config.host)}:{it.destination.port}",
                it.config.transport,
                it.config.weight,
                it.config.limit,
                self.calls_of(it),
                not it.failed,
                it.misses,
                self.registrations.state_of(it),
            )
            for it in self.all.values()
        ]


def _is_address(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return bool(ip_address(host))
    return False


def _trunk(switch: Switch, tenant: int, name: str) -> Trunk | None:
    try:
        trunks = switch.tenant(tenant).trunks
    except UnknownTenant:
        return None
    return next((it for it in trunks if it.config.name == name), None)


def _missed(_: Failure) -> None:
    """The next time it is asked, this counts."""
