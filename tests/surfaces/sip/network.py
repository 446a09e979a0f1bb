"""A network in memory, on a clock moved by hand: it may lose, double and delay what it carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random

from sipmessage import Request, Response

from emulator.surfaces.sip.limits import RateSettings
from emulator.surfaces.sip.messages import make_response, read
from emulator.surfaces.sip.stack import SipStack, StackSettings
from emulator.surfaces.sip.transactions import Failure, InviteServerTransaction, ServerTransaction
from emulator.surfaces.sip.transport import Destination, Failed, Flow, Name, Target
from tests.surfaces.sip.manual import ManualClock
from tests.surfaces.sip.wire import request as request_bytes


@dataclass
class Faults:
    """Shares from 0 to 1 of the messages that have this fate."""

    lost: float = 0.0
    doubled: float = 0.0
    delayed: float = 0.0
    """Up to 2 s, so that others overtake: there and back it is less than T4."""


@dataclass
class Network:
    """Everyone has port 5060. `log` holds what was sent: source, destination, first line."""

    seed: int = 0
    faults: Faults = field(default_factory=Faults)
    clock: ManualClock = field(default_factory=ManualClock)
    peers: dict[str, Callable[[bytes, Flow], None]] = field(default_factory=dict)
    broken: bool = False
    """Nothing leaves, and the sender is told."""
    log: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def carry(self, name: Name, data: bytes, source: str, to: str, failed: Failed) -> None:
        self.log.append((source, to, data.split(b"\r\n", 1)[0].decode()))
        if self.broken or to not in self.peers:
            self.clock.call_later(0, partial(failed, "unreachable"))
            return
        if name == "UDP" and self.random.random() < self.faults.lost:
            return
        for _ in range(1 + (name == "UDP" and self.random.random() < self.faults.doubled)):
            delay = 0.01
            if name == "UDP" and self.random.random() < self.faults.delayed:
                delay = self.random.uniform(0.01, 2.0)
            flow = Flow(name, source, 5060, to, 5060, 0 if name == "UDP" else 1)
            self.clock.call_later(delay, partial(self.peers[to], data, flow))


@dataclass
class Cable:
    """One stack's end of the network."""

    network: Network
    host: str

    def send(self, data: bytes, target: Target, failed: Failed) -> None:
        to = target.peer_host if isinstance(target, Flow) else target.host
        self.network.carry(target.transport, data, self.host, to, failed)

    def sent_by(self, target: Target) -> tuple[str, int]:
        return self.host, 5060

    def is_open(self, flow: Flow) -> bool:
        return not flow.serial or flow.peer_host in self.network.peers


class Listening:
    """A core that keeps what it is given, and answers as it was told."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.transactions: list[ServerTransaction] = []
        self.acks: list[tuple[Request, Flow]] = []
        self.strays: list[Response] = []
        self.timeouts: list[str] = []
        self.cancelled: list[str] = []
        self.answers: tuple[int, ...] = ()
        """Codes with which each request is answered at once."""
        self.insisting = False
        """Whether a 200 to an INVITE is repeated until the ACK."""

    def request(self, transaction: ServerTransaction, request: Request) -> None:
        self.requests.append(request)
        self.transactions.append(transaction)
        transaction.on_timeout = lambda: self.timeouts.append(request.method)
        transaction.on_cancel = partial(self._cancel, transaction)
        for code in self.answers:
            response = make_response(request, code, to_tag="1")
            if self.insisting and isinstance(transaction, InviteServerTransaction) and code == 200:
                transaction.insist(response)
            else:
                transaction.respond(response)

    def _cancel(self, transaction: ServerTransaction) -> None:
        self.cancelled.append(transaction.request.headers["Call-ID"])
        transaction.respond(make_response(transaction.request, 487, to_tag="1"))

    def ack(self, request: Request, flow: Flow) -> None:
        self.acks.append((request, flow))
        for transaction in self.transactions:
            if transaction.request.headers["Call-ID"] == request.headers["Call-ID"]:
                assert isinstance(transaction, InviteServerTransaction)
                transaction.settle()

    def stray(self, response: Response, flow: Flow) -> None:
        self.strays.append(response)


@dataclass
class Outcome:
    """What became of a request that was sent."""

    codes: list[int] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def heard(self, response: Response) -> None:
        self.responses.append(response)
        self.codes.append(response.code)


UAC = "192.0.2.1"
UAS = "192.0.2.2"


class Pair:
    """A user agent that asks, and one that answers."""

    def __init__(
        self,
        seed: int = 0,
        faults: Faults | None = None,
        transport: Name = "UDP",
        rates: RateSettings | None = None,
    ) -> None:
        self.network = Network(seed, faults or Faults())
        self.clock = self.network.clock
        self.transport = transport
        self.caller = Listening()
        self.callee = Listening()
        settings = StackSettings(rates=rates or RateSettings())
        self.uac = self._stack(UAC, self.caller, settings)
        self.uas = self._stack(UAS, self.callee, settings)

    def _stack(self, host: str, core: Listening, settings: StackSettings) -> SipStack:
        cable = Cable(self.network, host)
        stack = SipStack(settings, core, self.clock, self.network.random, cable)
        self.network.peers[host] = stack.received
        return stack

    @property
    def there(self) -> Destination:
        return Destination(self.transport, UAS, 5060)

    @property
    def pending(self) -> int:
        """What is left: transactions on both sides, and timers."""
        return self.uac.pending + self.uas.pending + self.clock.waiting

    def sent(self, source: str, first: str) -> int:
        """How many messages with such a first line the host has sent."""
        return sum(host == source and line.startswith(first) for host, _, line in self.network.log)


def asking(method: str = "OPTIONS", **changes: str | None) -> Request:
    """A request as a core makes it, without Via."""
    made = read(request_bytes(method, **changes))
    assert isinstance(made, Request)
    made.headers.remove("Via")
    return made
