"""A call center with a SIP leg on a network in memory, a caller outside and a phone inside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sipmessage import URI, Request, Response

from emulator.surfaces.sip import dialogs, sdp
from emulator.surfaces.sip.dialogs import Dialog
from emulator.surfaces.sip.digest import answer, best_challenge
from emulator.surfaces.sip.leg import SipLeg
from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.sdp import Description
from emulator.surfaces.sip.stack import SipStack, StackSettings
from emulator.surfaces.sip.transactions import ServerTransaction
from emulator.surfaces.sip.transport import Destination, Flow, Target
from tests.contract.world import PASSWORD, World
from tests.surfaces.sip.network import Cable, Network

SWITCH, OUTSIDE, DESK = "10.0.0.1", "10.0.0.2", "10.0.0.3"
AGENT, PHONE = 101, "40101"
SOUND = sdp.write(Description(OUTSIDE, 6000), 1)


@dataclass
class Peer:
    """A phone or a caller: a stack of its own, moved by hand."""

    network: Network
    host: str
    heard: list[Request] = field(default_factory=list)
    offered: list[ServerTransaction] = field(default_factory=list)
    dialog: Dialog | None = None

    def __post_init__(self) -> None:
        cable = Cable(self.network, self.host)
        clock, random = self.network.clock, self.network.random
        self.stack = SipStack(StackSettings(), self, clock, random, cable)
        self.network.peers[self.host] = self.stack.received
        self.switch = Destination("UDP", SWITCH, 5060)

    # What its stack tells it

    def request(self, transaction: ServerTransaction, request: Request) -> None:
        self.heard.append(request)
        if request.method == "INVITE":
            self.offered.append(transaction)
            transaction.on_cancel = lambda: self.say(487)
        else:
            transaction.respond(make_response(request, 200, to_tag="peer"))

    def ack(self, request: Request, flow: Flow) -> None:
        self.heard.append(request)

    def stray(self, response: Response, flow: Flow) -> None: ...

    # What it does

    def send(self, request: Request) -> list[Response]:
        """Send a request; its responses come into the list."""
        got: list[Response] = []
        self.stack.send_request(request, self.switch, got.append, lambda _: None)
        self.network.clock.advance(0.1)
        return got

    def plain(self, method: str, user: str, body: bytes = b"", **more: str) -> Request:
        """A request outside of dialogs."""
        request = Request(method, URI.parse(f"sip:{user}@{SWITCH}"), body)
        headers = {
            "Max-Forwards": "70",
            "From": f"<sip:13800000001@{self.host}>;tag=peer",
            "To": f"<sip:{user}@{SWITCH}>",
            "Call-ID": f"{method}-{self.network.random.random()}",
            "CSeq": f"1 {method}",
            "Contact": f"<sip:me@{self.host}>",
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        for name, value in headers.items():
            request.headers.set(name, value)
        return request

    def call(self, user: str, body: bytes = SOUND) -> list[Response]:
        """Call somebody, and acknowledge the answer."""
        invite = self.plain("INVITE", user, body, Content_Type="application/sdp")
        got = self.send(invite)
        if got and got[-1].code == 200:
            self.dialog = dialogs.from_response(invite, got[-1])
            ack = self.dialog.request("ACK", f"<sip:me@{self.host}>", 1)
            self.stack.send_ack(ack, self.switch)
            self.network.clock.advance(0.1)
        return got

    def within(self, method: str, body: bytes = b"", **more: str) -> list[Response]:
        """Send a request within the dialog."""
        assert self.dialog is not None
        request = self.dialog.request(method, f"<sip:me@{self.host}>")
        request.body = body
        for name, value in more.items():
            request.headers.set(name.replace("_", "-"), value)
        return self.send(request)

    def say(self, code: int) -> None:
        """Answer the last INVITE that it was sent."""
        transaction = self.offered[-1]
        response = make_response(transaction.request, code, to_tag="phone")
        response.headers.set("Contact", f"<sip:phone@{self.host}>")
        transaction.respond(response)
        self.network.clock.advance(0.1)
        if code == 200:
            self.dialog = dialogs.from_request(transaction.request, "phone")

    def methods(self) -> list[str]:
        return [it.method for it in self.heard]


@dataclass
class Switchboard(Cable):
    """The leg's end, which has no listeners for some transports."""

    missing: set[str]

    def sent_by(self, target: Target) -> tuple[str, int]:
        if target.transport in self.missing:
            raise LookupError(target.transport)
        return super().sent_by(target)


@dataclass
class Site:
    """A call center with a SIP leg, a caller outside and a phone inside."""

    world: World
    network: Network = field(default_factory=Network)

    def __post_init__(self) -> None:
        clock = self.network.clock
        self.no_listener: set[str] = {"TLS"}
        cable = Switchboard(self.network, SWITCH, self.no_listener)
        self.leg = SipLeg(self.world.platform, StackSettings(), clock, cable)
        self.network.peers[SWITCH] = self.leg.stack.received
        self.caller = Peer(self.network, OUTSIDE)
        self.phone = Peer(self.network, DESK)

    def register(self, **how: Any) -> None:
        """Agent 101's phone registers."""
        assert self.registering(**how) == 200

    def registering(
        self,
        expires: int = 300,
        uri: str = f"sip:{PHONE}@{DESK}",
        path: str = "",
        password: str = PASSWORD,
    ) -> int:
        """How agent 101's phone is answered, that wants to be reached at the `uri`."""
        address = f"<sip:{PHONE}@{SWITCH}>"
        more = {"From": f"{address};tag=r", "To": address, "Expires": str(expires)}
        request = self.phone.plain("REGISTER", PHONE, **more)
        request.headers.set("Contact", f"<{uri}>")
        if path:
            request.headers.set("Path", path)
        (refused,) = self.phone.send(request)
        challenge = best_challenge(refused.headers.getlist("WWW-Authenticate"))
        assert challenge is not None
        proof = answer(challenge, "REGISTER", str(request.uri), PHONE, password, cnonce="c")
        request.headers.set("Authorization", proof)
        request.headers.set("CSeq", "2 REGISTER")
        (answered,) = self.phone.send(request)
        return answered.code

    def sign_in(self, **how: object) -> None:
        self.world.sign_in(AGENT, **how)

    def calls(self) -> int:
        return len(self.world.platform.switch.calls)

    def agent_state(self) -> str:
        return self.world.platform.switch.agents[AGENT].state.name

    def pass_time(self, seconds: float) -> None:
        self.network.clock.advance(seconds)
