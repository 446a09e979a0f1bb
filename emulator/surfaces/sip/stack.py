"""A SIP element's transport and transaction layers under one core (RFC 3261 17 and 18)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Protocol

from sipmessage import Request, Response

from emulator.surfaces.sip.clock import WireClock
from emulator.surfaces.sip.headers import with_via
from emulator.surfaces.sip.large import WITHIN_S, Large, Way
from emulator.surfaces.sip.limits import RateSettings, SourceLimits, Verdict
from emulator.surfaces.sip.messages import (
    MAGIC,
    BadMessage,
    make_response,
    read,
    tag,
    top_via,
    write,
)
from emulator.surfaces.sip.sockets import Transport
from emulator.surfaces.sip.transactions import (
    ClientTransaction,
    Failure,
    InviteClientTransaction,
    InviteServerTransaction,
    Key,
    ServerTransaction,
    State,
    Surroundings,
    Timers,
    client_key,
    server_key,
)
from emulator.surfaces.sip.transport import (
    PORTS,
    Destination,
    Flow,
    Target,
    TransportSettings,
    Wire,
)
from emulator.surfaces.sip.values import ViaParts, read_via
from emulator.surfaces.sip.vias import note_source, way_back

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StackSettings:
    transport: TransportSettings = field(default_factory=TransportSettings)
    timers: Timers = field(default_factory=Timers)
    rates: RateSettings = field(default_factory=RateSettings)
    advertise: str = ""
    """Host for Via; empty: the address that the listener is bound to, be it 0.0.0.0."""


class Core(Protocol):
    """What lies above: registrar, user agents."""

    def request(self, transaction: ServerTransaction, request: Request) -> None:
        """Take a new request, once; ACK and CANCEL do not come here."""

    def ack(self, request: Request, flow: Flow) -> None:
        """Take the ACK for a 2xx, as often as it comes."""

    def stray(self, response: Response, flow: Flow) -> None:
        """Take a response to nothing that is under way, as a late 2xx to INVITE."""


class SipStack:
    """Listeners, transactions and limits of one element. All calls belong to one event loop."""

    def __init__(
        self,
        settings: StackSettings,
        core: Core,
        clock: WireClock,
        random: Random,
        wire: Wire | None = None,
    ) -> None:
        self.settings = settings
        self.core = core
        self.clock = clock
        self.random = random
        self.on_refused: Callable[[Request | None, int, str, Flow], None] = lambda *_: None
        """Told what could be read of a message that is refused, status (0: silence), and why."""
        self.on_closed: Callable[[Flow], None] = _ignore
        """Told of connections that have closed."""
        self.transport = Transport(
            settings.transport,
            self.received,
            self.refused,
            clock,
            lambda flow: self.on_closed(flow),
        )
        self._wire: Wire = wire or self.transport
        self._large = Large(clock.now, self._reaches)
        self._limits = SourceLimits(settings.rates)
        self._servers: dict[Key, ServerTransaction] = {}
        self._invited: dict[Key, Key] = {}
        """The transactions of calls that come in, by what an INVITE has on every way."""
        self._clients: dict[Key, ClientTransaction] = {}

    @property
    def pending(self) -> int:
        """Transactions that are not over, and connections that are being opened."""
        return len(self._servers) + len(self._clients) + self.transport.pending

    async def start(self) -> None:
        """Open the listeners; raises OSError."""
        await self.transport.start()

    async def stop(self) -> None:
        """End every transaction without a word, and close everything."""
        for transaction in [*self._servers.values(), *self._clients.values()]:
            transaction.end()
        await self.transport.stop()

    def send_request(
        self,
        request: Request,
        destination: Target,
        on_response: Callable[[Response], None] = lambda _: None,
        on_failure: Callable[[Failure], None] = lambda _: None,
    ) -> ClientTransaction:
        """Send a copy of the request, with a Via of ours alone, in a transaction of its own.

        `on_response` hears every provisional response, the final one, and every 2xx to INVITE;
        `on_failure` hears of the end without a final response. Raises ValueError for ACK and
        CANCEL, LookupError without a listener of the destination's transport.
        """
        if request.method in ("ACK", "CANCEL"):
            raise ValueError(f"{request.method} is not sent this way")
        make = partial(self._client, request, self._branch(), on_response, on_failure)
        key, transaction = make(Way(destination))
        stream = self._large.stream_for(transaction.length, destination)
        if stream is not None:
            way = Way(stream, destination)
            key, transaction = make(way)
            self.clock.call_later(WITHIN_S, partial(self._is_late, key, way))
        self._begin(key, transaction)
        return transaction

    def _client(
        self,
        request: Request,
        branch: str,
        on_response: Callable[[Response], None],
        on_failure: Callable[[Failure], None],
        way: Way,
    ) -> tuple[Key, ClientTransaction]:
        sent = self._with_via(request, way.target, branch)
        key = client_key(sent, top_via(sent))
        around = self._client_surroundings(key, way)
        if sent.method != "INVITE":
            return key, ClientTransaction(sent, around, on_response, on_failure)
        cancel = partial(self._send_cancel, way)
        return key, InviteClientTransaction(sent, around, on_response, on_failure, cancel)

    def send_ack(self, request: Request, destination: Target) -> None:
        """Send the ACK for a 2xx: once, for nobody answers it. The core repeats it if need be."""
        sent = self._with_via(request, destination, self._branch())
        self._wire.send(write(sent), destination, _ignore)

    def sent_by(self, target: Target) -> tuple[str, int]:
        """Our host and port, as a request to the target names them; LookupError without any."""
        host, port = self._wire.sent_by(target)
        return self.settings.advertise or host, port

    def _reaches(self, target: Target) -> bool:
        with suppress(LookupError):
            self._wire.sent_by(target)
            return True
        return False

    def is_open(self, flow: Flow) -> bool:
        """Whether the peer that opened a flow is still there."""
        return self._wire.is_open(flow)

    def received(self, data: bytes, flow: Flow) -> None:
        """Take a message from the wire; whatever it is, nothing is raised."""
        try:
            message = read(data)
        except BadMessage as bad:
            self._refuse(bad.request, bad.status, bad.reason, flow)
            return
        try:
            if isinstance(message, Request):
                self._request(message, flow)
            else:
                self._response(message, flow)
        except Exception:
            _logger.exception("a SIP message was not served: CSeq %s", message.headers["CSeq"])

    def refused(self, head: bytes, status: int, flow: Flow) -> None:
        """Answer, if possible, the head of a message of which the rest cannot be known."""
        try:
            message = read(head)
        except BadMessage as bad:
            self._refuse(bad.request, max(status, bad.status), bad.reason, flow)
        else:
            if isinstance(message, Request) and message.method != "ACK":
                self._refuse(message, status, "", flow)

    # Requests that come in

    def _request(self, request: Request, flow: Flow) -> None:
        via = top_via(request)
        key = server_key(request, via)
        known = self._servers.get(key)
        if request.method == "ACK":
            self._acknowledge(known, request, flow)
        elif known is not None:
            known.repeated()
        else:
            note_source(request, via, flow)
            self._new_request(key, request, via, flow)

    def _new_request(self, key: Key, request: Request, via: ViaParts, flow: Flow) -> None:
        if request.method == "CANCEL":
            self._cancel(key, request, via, flow)
        elif tag(request.headers["To"]):
            self._give(self._serve(key, request, via, flow), request)
        elif self._admits(request, way_back(via, flow)):
            goes_round = self._comes_back(request) or self._is_merged(request)
            transaction = self._serve(key, request, via, flow)
            if goes_round:
                transaction.respond(make_response(request, 482, to_tag=self._tag()))
            else:
                self._give(transaction, request)

    def _comes_back(self, request: Request) -> bool:
        """Whether it is a request of our own, that somebody has sent back to us."""
        vias = map(read_via, request.headers.getlist("Via"))
        return any(client_key(request, via) in self._clients for via in vias)

    def _is_merged(self, request: Request) -> bool:
        """Whether it is an INVITE that has come on another way already (8.2.2.2)."""
        known = self._servers.get(self._invited.get(_call_key(request), ()))
        return known is not None and known.state in (State.PROCEEDING, State.ACCEPTED)

    def _acknowledge(self, known: ServerTransaction | None, request: Request, flow: Flow) -> None:
        if not isinstance(known, InviteServerTransaction) or known.acknowledged():
            self.core.ack(request, flow)

    def _cancel(self, key: Key, request: Request, via: ViaParts, flow: Flow) -> None:
        invite = self._servers.get((*key[:-1], "INVITE"))
        transaction = self._serve(key, request, via, flow)
        if isinstance(invite, InviteServerTransaction):
            transaction.respond(make_response(request, 200, to_tag=self._tag()))
            invite.cancelled()
        else:
            transaction.respond(make_response(request, 481, to_tag=self._tag()))

    def _admits(self, request: Request, flow: Flow) -> bool:
        verdict = self._limits.judge(flow.peer_host, self.clock.now())
        if verdict is Verdict.REFUSE:
            self.on_refused(request, 503, "more requests than its rate", flow)
            response = make_response(request, 503, to_tag=self._tag())
            response.headers.set("Retry-After", str(self._limits.retry_after()))
            self._wire.send(write(response), flow, _ignore)
        return verdict is Verdict.ADMIT

    def _serve(self, key: Key, request: Request, via: ViaParts, flow: Flow) -> ServerTransaction:
        kind = InviteServerTransaction if request.method == "INVITE" else ServerTransaction
        around = Surroundings(
            self.clock,
            self.settings.timers,
            flow.transport != "UDP",
            partial(self._answer, way_back(via, flow), via, flow),
            partial(self._ended, key, request),
            lambda asked, status: self.on_refused(asked, status, "", flow),
        )
        transaction = self._servers[key] = kind(request, flow, around)
        if request.method == "INVITE":
            self._invited.setdefault(_call_key(request), key)
        transaction.start()
        return transaction

    def _ended(self, key: Key, request: Request) -> None:
        self._servers.pop(key, None)
        if request.method == "INVITE" and self._invited.get(_call_key(request)) == key:
            del self._invited[_call_key(request)]

    def _give(self, transaction: ServerTransaction, request: Request) -> None:
        try:
            self.core.request(transaction, request)
        except Exception:
            _logger.exception("a SIP %s was not served", request.method)
            transaction.respond(make_response(request, 500, to_tag=self._tag()))

    def _answer(self, back: Flow, via: ViaParts, flow: Flow, data: bytes) -> None:
        self._wire.send(data, back, partial(self._answer_anew, via, flow, data))

    def _answer_anew(self, via: ViaParts, flow: Flow, data: bytes, reason: str) -> None:
        """Open a connection to the sender of a request whose own is closed (18.2.2)."""
        if flow.transport != "UDP" and reason != "stopped":
            port = via.port or PORTS[flow.transport]
            self._wire.send(data, Destination(flow.transport, flow.peer_host, port), _ignore)

    def _refuse(self, request: Request | None, status: int, reason: str, flow: Flow) -> None:
        """Answer outside of any transaction (8.2.7), within the source's limit."""
        self.on_refused(request, status if request is not None else 0, reason, flow)
        if request is None:
            return
        if self._limits.judge(flow.peer_host, self.clock.now()) is Verdict.ADMIT:
            response = make_response(request, status, to_tag=self._tag())
            if reason:
                response.headers.set("Warning", f'399 emulator "{reason}"')
            self._wire.send(write(response), flow, _ignore)

    # Responses that come in, requests that go out

    def _response(self, response: Response, flow: Flow) -> None:
        if len(response.headers.getlist("Via")) != 1:
            # It is somebody else's (8.1.3.3).
            return
        transaction = self._clients.get(client_key(response, top_via(response)))
        if transaction is None:
            self.core.stray(response, flow)
        else:
            transaction.received(response)

    def _send_cancel(self, way: Way, request: Request) -> None:
        key = client_key(request, top_via(request))
        around = self._client_surroundings(key, way)
        self._begin(key, ClientTransaction(request, around, _ignore, _ignore))

    def _begin(self, key: Key, transaction: ClientTransaction) -> None:
        self._clients[key] = transaction
        transaction.start()

    def _client_surroundings(self, key: Key, way: Way) -> Surroundings:
        return Surroundings(
            self.clock,
            self.settings.timers,
            way.target.transport != "UDP",
            lambda data: self._wire.send(data, way.target, partial(self._not_sent, key, way)),
            partial(self._clients.pop, key, None),
        )

    def _not_sent(self, key: Key, way: Way, reason: str) -> None:
        transaction = self._clients.get(key)
        if transaction is not None and not self._by_datagrams(key, way):
            transaction.fail(Failure.TRANSPORT)

    def _is_late(self, key: Key, way: Way) -> None:
        self._by_datagrams(key, way)

    def _by_datagrams(self, key: Key, way: Way) -> bool:
        """Send by datagrams what was not answered on a stream; False if there is no reason."""
        transaction, target = self._clients.get(key), way.otherwise
        if transaction is None or target is None or not transaction.unanswered:
            return False
        self._large.refuses(target)
        way.target, way.otherwise = target, None
        transaction.by_datagrams(self._with_via(transaction.request, target, key[0]))
        return True

    def _branch(self) -> str:
        return f"{MAGIC}{self.random.getrandbits(80):020x}"

    def _with_via(self, request: Request, destination: Target, branch: str) -> Request:
        host, port = self.sent_by(destination)
        if ":" in host:
            host = f"[{host}]"
        sent = Request(request.method, request.uri, request.body)
        via = f"SIP/2.0/{destination.transport} {host}:{port};branch={branch};rport"
        sent.headers = with_via(request.headers, via)
        return sent

    def _tag(self) -> str:
        return f"{self.random.getrandbits(64):016x}"


def _call_key(request: Request) -> Key:
    headers = request.headers
    return headers["Call-ID"], tag(headers["From"]), headers["CSeq"]


def _ignore(_: object) -> None:
    """Nobody has to know."""
