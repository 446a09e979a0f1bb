"""The four transactions of RFC 3261 17, with the Accepted states of RFC 6026.

    INVITE client      calling ─1xx→ proceeding ─2xx→ accepted ─M→ terminated
                                                ─3xx…→ completed ─D→ terminated
    client             trying ─1xx→ proceeding ─2xx…→ completed ─K→ terminated
    INVITE server      proceeding ─2xx→ accepted ─L→ terminated
                                  ─3xx…→ completed ─ACK→ confirmed ─I→ terminated
    server             trying ─1xx→ proceeding ─2xx…→ completed ─J→ terminated

A transaction knows neither sockets nor its peers: it sends through a function, and its owner
hands it what matches its key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from sipmessage import Request, Response

from emulator.surfaces.sip.clock import Handle, WireClock
from emulator.surfaces.sip.headers import new_request
from emulator.surfaces.sip.messages import MAGIC, Message, make_response, sequence, tag, write
from emulator.surfaces.sip.transport import Flow
from emulator.surfaces.sip.values import ViaParts

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timers:
    """The base values of RFC 3261 17.1.1.1, in seconds."""

    t1: float = 0.5
    t2: float = 4.0
    t4: float = 5.0
    d: float = 32.0
    """How long a refused INVITE of ours waits for repeated refusals over UDP: 32 at least."""
    trying: float = 0.2
    """After that a new INVITE is answered 100, unless the core was faster (17.2.1)."""

    @property
    def timeout(self) -> float:
        """Timers B, F, H, J, L and M."""
        return 64 * self.t1


class State(StrEnum):
    CALLING = "calling"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    TERMINATED = "terminated"


class Failure(StrEnum):
    """Why a request has no final response."""

    TIMEOUT = "timeout"
    """As good as 408 (8.1.3.1)."""
    TRANSPORT = "transport"
    """As good as 503."""
    CANCELLED = "cancelled"
    """Cancelled, and no final response came in 64*T1 (9.1)."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a transaction needs of its owner."""

    clock: WireClock
    timers: Timers
    reliable: bool
    """Whether the transport repeats what is lost."""
    send: Callable[[bytes], None]
    ended: Callable[[], object]
    """Called once, when the transaction is over and its timers are cancelled."""
    refused: Callable[[Request, int], None] = lambda *_: None
    """Told of each request of a peer that is answered with 400 or more."""


def server_key(request: Request, via: ViaParts) -> Key:
    """What matches requests to server transactions (17.2.3); of an ACK the INVITE's."""
    method = "INVITE" if request.method == "ACK" else request.method
    branch = via.parameters.get("branch") or ""
    if branch.startswith(MAGIC) and branch != MAGIC:
        return (branch, via.host, str(via.port or ""), method)
    number, _ = sequence(request)
    headers = request.headers
    return (
        str(request.uri),
        tag(headers["From"]),
        headers["Call-ID"],
        str(number),
        f"{via.host}:{via.port or ''};{branch}",
        method,
    )


def client_key(message: Message, via: ViaParts) -> Key:
    """What matches responses to client transactions (17.1.3)."""
    return (via.parameters.get("branch") or "", sequence(message)[1])


def make_ack(request: Request, response: Response) -> Request:
    """Make the ACK for a refusal (17.1.1.3)."""
    return _beside(request, "ACK", response.headers["To"])


def make_cancel(request: Request) -> Request:
    """Make the CANCEL of an INVITE that was sent (9.1)."""
    return _beside(request, "CANCEL", request.headers["To"])


def _beside(request: Request, method: str, to: str) -> Request:
    made = new_request(method, request.uri)
    given = request.headers
    made.headers.set("Via", given["Via"])
    for name in ("Max-Forwards", "From", "Call-ID"):
        made.headers.set(name, given[name])
    made.headers.set("To", to)
    made.headers.set("CSeq", f"{sequence(request)[0]} {method}")
    if given.get("Route"):
        made.headers.setlist("Route", given.getlist("Route")[:])
    return made


class _Transaction:
    """Timers by their letters in RFC 3261, and the end."""

    __slots__ = ("_around", "_timers", "state")

    def __init__(self, around: Surroundings, state: State) -> None:
        self.state = state
        self._around = around
        self._timers: dict[str, Handle] = {}

    def end(self) -> None:
        """Be over, whatever the state; nothing more is sent, and nobody is told but the owner."""
        if self.state is not State.TERMINATED:
            self.state = State.TERMINATED
            self._stop()
            self._around.ended()

    def _start(self, letter: str, seconds: float, due: Callable[[], None]) -> None:
        """Start a timer, in place of the one with its letter."""
        before = self._timers.get(letter)
        if before is not None:
            before.cancel()
        self._timers[letter] = self._around.clock.call_later(seconds, due)

    def _stop(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _linger(self, letter: str, state: State, seconds: float) -> None:
        """Absorb what is repeated for so long, then end."""
        self._stop()
        self.state = state
        if seconds > 0:
            self._start(letter, seconds, self.end)
        else:
            self.end()

    def _unless_reliable(self, seconds: float) -> float:
        return 0.0 if self._around.reliable else seconds

    def _repeat(self, letter: str, data: bytes, seconds: float, most: float) -> None:
        """Send after so many seconds, and again after twice as many, `most` at most."""
        if not self._around.reliable:
            due = partial(self._repeated, letter, data, seconds, most)
            self._start(letter, seconds, due)

    def _repeated(self, letter: str, data: bytes, seconds: float, most: float) -> None:
        self._repeat(letter, data, min(2 * seconds, most), most)
        self._around.send(data)


class ClientTransaction(_Transaction):
    """A request of ours, until its final response is sure to be the last."""

    __slots__ = ("_data", "_on_failure", "_on_response", "request")

    def __init__(
        self,
        request: Request,
        around: Surroundings,
        on_response: Callable[[Response], None],
        on_failure: Callable[[Failure], None],
    ) -> None:
        super().__init__(around, State.TRYING)
        self.request = request
        self._data = write(request)
        self._on_response = on_response
        self._on_failure = on_failure

    def start(self) -> None:
        """Send the request, and begin to wait (timers E and F)."""
        timers = self._around.timers
        self._start("F", timers.timeout, partial(self.fail, Failure.TIMEOUT))
        self._repeat("E", self._data, timers.t1, timers.t2)
        self._around.send(self._data)

    def received(self, response: Response) -> None:
        """Take a response that matches."""
        if self.state not in (State.TRYING, State.PROCEEDING):
            return
        if response.code >= 200:
            self._linger("K", State.COMPLETED, self._unless_reliable(self._around.timers.t4))
        elif self.state is State.TRYING:
            self._proceed()
        self._on_response(response)

    @property
    def length(self) -> int:
        """Of the request, in bytes."""
        return len(self._data)

    @property
    def unanswered(self) -> bool:
        """Whether nothing has come back."""
        return self.state in (State.CALLING, State.TRYING)

    def by_datagrams(self, request: Request) -> None:
        """Begin anew without a stream; the request is the same, but for its Via."""
        self._stop()
        self._around = replace(self._around, reliable=False)
        self.request, self._data = request, write(request)
        self.start()

    def fail(self, failure: Failure) -> None:
        """Be over without a final response; without effect if there was one."""
        if self.state in (State.CALLING, State.TRYING, State.PROCEEDING):
            self.end()
            self._on_failure(failure)

    def cancel(self, reason: str = "") -> None:
        """Cancel an INVITE, with a Reason (RFC 3326) perhaps: others have no CANCEL (9.1)."""
        raise ValueError(f"{self.request.method} cannot be cancelled")

    def _proceed(self) -> None:
        self.state = State.PROCEEDING
        if "E" in self._timers:
            self._timers.pop("E").cancel()
            t2 = self._around.timers.t2
            self._repeat("E", self._data, t2, t2)


class InviteClientTransaction(ClientTransaction):
    """An INVITE of ours. Every 2xx is passed on, also a repeated one: the core has to ACK it."""

    __slots__ = ("_cancelling", "_reason", "_send_cancel")

    def __init__(
        self,
        request: Request,
        around: Surroundings,
        on_response: Callable[[Response], None],
        on_failure: Callable[[Failure], None],
        send_cancel: Callable[[Request], None],
    ) -> None:
        super().__init__(request, around, on_response, on_failure)
        self.state = State.CALLING
        self._cancelling = False
        self._reason = ""
        self._send_cancel = send_cancel

    def start(self) -> None:
        """Send the INVITE, and begin to wait (timers A and B)."""
        timers = self._around.timers
        self._start("B", timers.timeout, partial(self.fail, Failure.TIMEOUT))
        self._repeat("A", self._data, timers.t1, timers.timeout)
        self._around.send(self._data)

    def received(self, response: Response) -> None:
        """Take a response that matches."""
        if response.code < 200:
            self._provisional(response)
        elif response.code < 300:
            self._accepted(response)
        else:
            self._refused(response)

    def cancel(self, reason: str = "") -> None:
        """Send a CANCEL, as soon as there is a provisional response; once at most."""
        if self._cancelling or self.state not in (State.CALLING, State.PROCEEDING):
            return
        self._cancelling = True
        self._reason = reason
        if self.state is State.PROCEEDING:
            self._cancel_now()

    def _cancel_now(self) -> None:
        timeout = self._around.timers.timeout
        self._start("cancel", timeout, partial(self.fail, Failure.CANCELLED))
        cancel = make_cancel(self.request)
        if self._reason:
            cancel.headers.set("Reason", self._reason)
        self._send_cancel(cancel)

    def _provisional(self, response: Response) -> None:
        if self.state is State.CALLING:
            self._stop()
            self.state = State.PROCEEDING
            if self._cancelling:
                self._cancel_now()
        if self.state is State.PROCEEDING:
            self._on_response(response)

    def _accepted(self, response: Response) -> None:
        if self.state in (State.CALLING, State.PROCEEDING):
            self._linger("M", State.ACCEPTED, self._around.timers.timeout)
        if self.state is State.ACCEPTED:
            self._on_response(response)

    def _refused(self, response: Response) -> None:
        if self.state in (State.CALLING, State.PROCEEDING):
            self._around.send(write(make_ack(self.request, response)))
            self._linger("D", State.COMPLETED, self._unless_reliable(self._around.timers.d))
            self._on_response(response)
        elif self.state is State.COMPLETED:
            self._around.send(write(make_ack(self.request, response)))


class ServerTransaction(_Transaction):
    """A request of a peer, until its final response is sure to have arrived."""

    __slots__ = ("_last", "flow", "on_cancel", "on_timeout", "request")

    def __init__(self, request: Request, flow: Flow, around: Surroundings) -> None:
        super().__init__(around, State.TRYING)
        self.request = request
        self.flow = flow
        self.on_cancel: Callable[[], None] | None = None
        """An INVITE that has no final response was cancelled; a 487 is due."""
        self.on_timeout: Callable[[], None] | None = None
        """No final response in 64*T1; or no ACK for a refusal, or for a 2xx insisted on."""
        self._last: bytes = b""

    def start(self) -> None:
        """Wait for the core: nobody waits longer than timer F (17.1.2.2)."""
        self._start("F", self._around.timers.timeout, self._time_out)

    def repeated(self) -> None:
        """The request came again."""
        if self._last and self.state in (State.PROCEEDING, State.COMPLETED):
            self._around.send(self._last)

    def respond(self, response: Response) -> None:
        """Send a response. After the final one only repeated 2xx to INVITE are sent."""
        if self.state not in (State.TRYING, State.PROCEEDING):
            return
        self._send(response)
        if response.code >= 200:
            self._linger("J", State.COMPLETED, self._unless_reliable(self._around.timers.timeout))
        else:
            self.state = State.PROCEEDING

    def _send(self, response: Response) -> None:
        self._last = write(response)
        self._around.send(self._last)
        if response.code >= 400:
            self._around.refused(self.request, response.code)

    def _time_out(self) -> None:
        self.end()
        if self.on_timeout is not None:
            self.on_timeout()


class InviteServerTransaction(ServerTransaction):
    """An INVITE of a peer."""

    __slots__ = ()

    def __init__(self, request: Request, flow: Flow, around: Surroundings) -> None:
        super().__init__(request, flow, around)
        self.state = State.PROCEEDING

    def start(self) -> None:
        """Answer 100 soon, if the core does not answer."""
        self._start("100", self._around.timers.trying, self._trying)

    def respond(self, response: Response) -> None:
        """Send a response. After the final one only repeated 2xx are sent."""
        if self.state is State.PROCEEDING:
            self._stop()
            self._send(response)
            self._respond_finally(response.code)
        elif self.state is State.ACCEPTED and 200 <= response.code < 300:
            self._send(response)

    def insist(self, response: Response) -> None:
        """Send a 2xx, and again on any transport, until `settle` (13.3.1.4).

        Without that it is over after 64*T1, and `on_timeout` is called: a BYE is due.
        """
        self.respond(response)
        if self.state is State.ACCEPTED:
            timers = self._around.timers
            self._start("L", timers.timeout, self._time_out)
            self._insist(response, timers.t1)

    def settle(self) -> None:
        """The core has the ACK for its 2xx."""
        if self.state is State.ACCEPTED and "2xx" in self._timers:
            self._linger("L", State.ACCEPTED, self._around.timers.timeout)

    def _insist(self, response: Response, seconds: float) -> None:
        self._start("2xx", seconds, partial(self._insist_again, response, seconds))

    def _insist_again(self, response: Response, seconds: float) -> None:
        self._insist(response, min(2 * seconds, self._around.timers.t2))
        self._send(response)

    def acknowledged(self) -> bool:
        """Take an ACK that matches; True if it is the core's, for a 2xx (RFC 6026 7.1)."""
        if self.state is State.COMPLETED:
            linger = self._unless_reliable(self._around.timers.t4)
            self._linger("I", State.CONFIRMED, linger)
        return self.state is State.ACCEPTED

    def cancelled(self) -> None:
        """Tell the core of a CANCEL, unless it comes too late."""
        if self.state is State.PROCEEDING and self.on_cancel is not None:
            self.on_cancel()

    def _trying(self) -> None:
        self.respond(make_response(self.request, 100))

    def _respond_finally(self, code: int) -> None:
        timers = self._around.timers
        if code >= 300:
            self.state = State.COMPLETED
            self._repeat("G", self._last, timers.t1, timers.t2)
            self._start("H", timers.timeout, self._time_out)
        elif code >= 200:
            self._linger("L", State.ACCEPTED, timers.timeout)
