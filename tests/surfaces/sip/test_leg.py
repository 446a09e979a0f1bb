"""Callers and phones on the switch, by a network in memory: what SIP hears of the call center."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sipmessage import URI, Request, Response

from emulator.media.wiring import Media
from emulator.surfaces.sip import dialogs, sdp
from emulator.surfaces.sip.dialogs import Dialog
from emulator.surfaces.sip.digest import answer, best_challenge
from emulator.surfaces.sip.leg import SipLeg
from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.peering import Peering
from emulator.surfaces.sip.sdp import Description, Direction
from emulator.surfaces.sip.stack import SipStack, StackSettings
from emulator.surfaces.sip.transactions import ServerTransaction
from emulator.surfaces.sip.transport import Destination, Flow, Target
from emulator.switch.events import DigitsGenerated, NotAnswered
from emulator.switch.terms import TargetType
from tests.contract.world import PASSWORD, World
from tests.surfaces.sip.manual import ClockOf
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
    answered: Response | None = None

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

    def call(self, user: str, body: bytes = SOUND, answer: bytes = b"") -> list[Response]:
        """Call somebody, and acknowledge the answer; with an `answer` to their offer."""
        invite = self.plain("INVITE", user, body, Content_Type="application/sdp")
        got = self.send(invite)
        if got and got[-1].code == 200:
            self.answered = got[-1]
            self.dialog = dialogs.from_response(invite, got[-1])
            ack = self.dialog.request("ACK", f"<sip:me@{self.host}>", 1)
            ack.body = answer
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

    def say(self, code: int, body: bytes = b"", **more: str) -> None:
        """Answer the last INVITE that it was sent."""
        transaction = self.offered[-1]
        response = make_response(transaction.request, code, to_tag="phone")
        response.headers.set("Contact", f"<sip:phone@{self.host}>")
        response.body = body
        for name, value in more.items():
            response.headers.set(name.replace("_", "-"), value)
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
    media: Media | None = None
    peering: Peering | None = None
    settings: StackSettings = field(default_factory=StackSettings)

    def __post_init__(self) -> None:
        self.network.clock = clock = ClockOf(self.world)
        platform = self.world.platform
        self.no_listener: set[str] = {"TLS"}
        cable = Switchboard(self.network, SWITCH, self.no_listener)
        self.leg = SipLeg(platform, self.settings, clock, cable, self.media, self.peering)
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
        allow: str = "",
    ) -> int:
        """How agent 101's phone is answered, that wants to be reached at the `uri`."""
        address = f"<sip:{PHONE}@{SWITCH}>"
        more = {"From": f"{address};tag=r", "To": address, "Expires": str(expires)}
        request = self.phone.plain("REGISTER", PHONE, **more)
        request.headers.set("Contact", f"<{uri}>")
        if allow:
            request.headers.set("Allow", allow)
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


@pytest.fixture
def site() -> Iterator[Site]:
    with World() as world:
        yield Site(world)


# Callers


def test_a_caller_comes_to_a_queue_and_talks_to_an_agent(site: Site) -> None:
    site.sign_in()
    [answered] = site.caller.call("95001")
    assert answered.code == 200
    assert sdp.read(answered.body).codecs[0].name == "PCMU"
    assert site.agent_state() == "ANSWERING"
    [call] = site.world.platform.switch.calls.values()
    assert (call.caller, call.called) == ("13800000001", "95001")
    site.world.do(lambda switch: switch.answer_call(AGENT))
    [goodbye] = site.caller.within("BYE")
    assert goodbye.code == 200
    assert site.calls() == 0
    assert site.agent_state() == "IDLE"


def test_a_caller_hears_the_call_center_hang_up(site: Site) -> None:
    site.sign_in()
    site.caller.call("95001")
    site.world.do(lambda switch: switch.answer_call(AGENT))
    site.world.do(lambda switch: switch.release_call(AGENT))
    site.pass_time(1)
    assert site.caller.methods() == ["BYE"]
    assert not site.leg.parties


@pytest.mark.parametrize(
    ("dialled", "status"), [("12345", 404), ("", 404), ("95001", 480), ("95004", 480)]
)
def test_a_call_that_leads_nowhere_is_refused_with_the_reason(
    site: Site, dialled: str, status: int
) -> None:
    got = site.caller.call(dialled) if dialled else site.caller.send(_without_user(site))
    assert [it.code for it in got] == [status]
    assert site.calls() == 0


def _without_user(site: Site) -> Request:
    request = site.caller.plain("INVITE", "x", SOUND)
    request.uri = URI.parse(f"sip:{SWITCH}")
    return request


def test_a_caller_that_no_trunk_is_free_for_is_told_so(site: Site) -> None:
    site.world.platform.switch.tenants[1].trunks[0].in_use = 1000
    assert [it.code for it in site.caller.call("95003")] == [503]


@pytest.mark.parametrize("user", ["a%00b", "%0d%0a", "9" * 25])
def test_a_caller_whose_number_is_none_is_refused(site: Site, user: str) -> None:
    site.sign_in()
    invite = site.caller.plain("INVITE", "95001", SOUND, Content_Type="application/sdp")
    invite.headers.set("From", f"<sip:{user}@{OUTSIDE}>;tag=peer")
    assert [it.code for it in site.caller.send(invite)] == [484]
    assert site.calls() == 0


def test_a_caller_without_a_codec_that_we_know_is_refused(site: Site) -> None:
    assert [it.code for it in site.caller.call("95003", b"v=0\r\n")] == [488]


def test_keys_lead_through_a_menu(site: Site) -> None:
    site.sign_in()
    heard: list[object] = []
    site.world.platform.switch.subscribe(heard.append)
    site.caller.call("95003")
    body = b"Signal=1\r\nDuration=160\r\n"
    [done] = site.caller.within("INFO", body, Content_Type="application/dtmf-relay")
    assert done.code == 200
    assert [it.digits for it in heard if isinstance(it, DigitsGenerated)] == ["1"]
    assert site.agent_state() == "ANSWERING"


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_who_holds_is_answered_the_other_way_round(site: Site, method: str) -> None:
    site.caller.call("95003")
    held = sdp.write(Description(OUTSIDE, 6000, direction=Direction.SEND), 1, 2)
    got = site.caller.within(method, held, Content_Type="application/sdp")
    assert got[-1].code == 200
    assert sdp.read(got[-1].body).direction is Direction.RECEIVE


def test_an_answer_that_is_never_acknowledged_ends_the_call(site: Site) -> None:
    request = site.caller.plain("INVITE", "95003", SOUND, Content_Type="application/sdp")
    site.caller.send(request)
    assert site.calls() == 1
    site.pass_time(33)
    assert site.calls() == 0
    assert site.caller.methods() == ["BYE"]


def test_requests_out_of_their_place_are_refused(site: Site) -> None:
    site.caller.call("95003")
    assert site.caller.dialog is not None
    for method, code in (("PUBLISH", 405), ("OPTIONS", 200), ("INFO", 200)):
        assert [it.code for it in site.caller.within(method)] == [code]
    site.caller.dialog.local_sequence = 1
    assert [it.code for it in site.caller.within("INFO")] == [500]
    stranger = site.caller.plain("BYE", "95003", To=f"<sip:95003@{SWITCH}>;tag=nobody")
    assert [it.code for it in site.caller.send(stranger)] == [481]
    assert [it.code for it in site.caller.send(site.caller.plain("OPTIONS", "x"))] == [200]
    assert [it.code for it in site.caller.send(site.caller.plain("PUBLISH", "x"))] == [405]


def test_a_contact_that_is_none_is_refused(site: Site) -> None:
    request = site.caller.plain("INVITE", "95003", SOUND)
    request.headers.set("Contact", "<nonsense")
    assert [it.code for it in site.caller.send(request)] == [400]
    assert site.calls() == 0


def test_a_caller_who_is_transferred_stays_on_its_line(site: Site) -> None:
    site.sign_in()
    site.world.sign_in(102)
    site.caller.call("95001")
    site.world.do(lambda switch: switch.answer_call(AGENT))
    site.world.do(lambda switch: switch.consultation_call(AGENT, (TargetType.AGENT, "102")))
    site.world.do(lambda switch: switch.answer_call(102))
    [first, _] = site.world.platform.switch.calls
    site.world.do(lambda switch: switch.transfer_call(AGENT, first))
    site.pass_time(1)
    assert site.caller.methods() == []
    site.world.do(lambda switch: switch.release_call(102))
    site.pass_time(1)
    assert site.caller.methods() == ["BYE"]


# Phones


def ring(site: Site, *, auto: bool = False) -> None:
    site.register()
    site.sign_in(autoanswer=auto)
    site.caller.call("95001")
    site.pass_time(0.1)


def test_a_registered_phone_rings_and_is_picked_up(site: Site) -> None:
    ring(site)
    assert site.phone.methods() == ["INVITE"]
    assert site.agent_state() == "OCCUPIED"
    site.phone.say(180)
    assert site.agent_state() == "ANSWERING"
    site.phone.say(200)
    assert site.agent_state() == "TALKING"
    assert site.phone.methods() == ["INVITE", "ACK"]
    site.caller.within("BYE")
    site.pass_time(1)
    assert site.phone.methods()[-1] == "BYE"
    assert site.agent_state() == "IDLE"


def test_a_phone_that_hangs_up_ends_the_call(site: Site) -> None:
    ring(site)
    site.phone.say(180)
    site.phone.say(200)
    [goodbye] = site.phone.within("BYE")
    assert goodbye.code == 200
    site.pass_time(1)
    assert site.calls() == 0
    assert site.caller.methods() == ["BYE"]


@pytest.mark.parametrize("first", [(), (180,)])
def test_a_phone_that_refuses_sends_the_call_back_to_its_queue(
    site: Site, first: tuple[int, ...]
) -> None:
    ring(site)
    for code in first:
        site.phone.say(code)
    site.phone.say(486)
    site.pass_time(1)
    assert site.agent_state() == "BUSY"
    [call] = site.world.platform.switch.calls.values()
    assert call.entry is not None
    assert call.entry.ringing is None


@pytest.mark.parametrize(
    ("code", "rejected"), [(486, True), (603, True), (480, False), (408, False)]
)
def test_a_phone_that_gives_up_because_nobody_comes_rejects_nothing(
    site: Site, code: int, rejected: bool
) -> None:
    heard: list[object] = []
    site.world.platform.switch.subscribe(heard.append)
    ring(site)
    site.phone.say(180)
    site.phone.say(code)
    site.pass_time(1)
    assert [it.rejected for it in heard if isinstance(it, NotAnswered)] == [rejected]
    assert site.agent_state() == "BUSY"


def test_a_caller_who_gives_up_lets_the_phone_be_silent(site: Site) -> None:
    ring(site)
    site.phone.say(180)
    site.caller.within("BYE")
    site.pass_time(1)
    assert site.phone.offered[-1].state.name in ("COMPLETED", "CONFIRMED")
    assert site.calls() == 0
    assert site.leg.phones.parties == {}


def test_a_phone_is_asked_to_answer_by_itself_for_an_agent_who_wants_that(site: Site) -> None:
    ring(site, auto=True)
    invite = site.phone.heard[0]
    assert "auto" in (invite.headers.get("Alert-Info") or "")
    site.phone.say(180)
    site.phone.say(200)
    assert site.agent_state() == "TALKING"


def test_a_phone_that_is_not_there_is_as_one_that_nobody_answers(site: Site) -> None:
    site.register()
    site.sign_in()
    del site.network.peers[DESK]
    site.caller.call("95001")
    site.pass_time(40)
    assert site.agent_state() == "BUSY"


@pytest.mark.parametrize(
    "uri",
    [
        f"sip:{PHONE}@{DESK};transport=ws",
        f"sip:{PHONE}@{DESK}?a=b",
        f"sips:{PHONE}@{DESK}",
        f"sip:{PHONE}@{DESK}:70000",
    ],
)
def test_a_phone_at_an_address_that_we_cannot_call_is_not_registered(site: Site, uri: str) -> None:
    assert site.registering(uri=uri) == 488
    site.pass_time(1)
    assert not site.world.platform.switch.phones[PHONE].attached


def test_a_phone_behind_a_proxy_is_called_by_it(site: Site) -> None:
    proxy = Peer(site.network, "10.0.0.9")
    site.register(path=f"<sip:{proxy.host};lr>")
    site.sign_in()
    site.caller.call("95001")
    site.pass_time(0.1)
    [invite] = proxy.heard
    assert invite.headers["Route"] == f"<sip:{proxy.host};lr>"
    assert str(invite.uri) == f"sip:{PHONE}@{DESK}"


def test_a_phone_whose_way_has_been_closed_is_not_there(site: Site) -> None:
    """As after a snapshot of an emulator with other transports."""
    site.register(uri=f"sip:{PHONE}@{DESK}:5062;transport=tcp")
    site.sign_in()
    site.no_listener.add("TCP")
    site.caller.call("95001")
    site.pass_time(1)
    assert site.phone.methods() == []
    assert site.agent_state() == "BUSY"
    assert site.leg.phones.parties == {}


def test_a_phone_is_asked_to_be_picked_up_for_an_agent_who_answers_elsewhere(site: Site) -> None:
    ring(site)
    site.phone.say(180)
    site.world.do(lambda switch: switch.answer_call(AGENT))
    site.pass_time(0.1)
    asked = site.phone.heard[-1]
    assert (asked.method, asked.headers["Event"]) == ("NOTIFY", "talk")
    site.phone.say(200)
    assert site.agent_state() == "TALKING"


def test_a_phone_that_signs_off_is_simulated_again(site: Site) -> None:
    site.register()
    assert site.world.platform.switch.phones[PHONE].external
    site.register(expires=0)
    site.pass_time(0.1)
    assert not site.world.platform.switch.phones[PHONE].external


def test_an_agents_own_call_begins_at_its_phone(site: Site) -> None:
    site.register()
    site.sign_in()
    site.world.do(lambda switch: switch.make_call(AGENT, "13900000009"))
    site.pass_time(0.1)
    site.phone.say(180)
    assert site.agent_state() == "OCCUPIED"
    site.phone.say(200)
    site.world.pass_time(3)
    assert site.agent_state() == "TALKING"


def test_nothing_is_left_behind(site: Site) -> None:
    ring(site)
    site.phone.say(180)
    site.phone.say(200)
    site.caller.within("BYE")
    site.pass_time(120)
    assert site.leg.parties == {}
    assert site.leg.phones.parties == {}
    assert not site.leg.customers.parties
    assert site.leg.stack.pending == 0


# What a phone does by itself


def talk(site: Site, **how: object) -> None:
    site.register()
    site.sign_in(autoanswer=False, **how)
    site.caller.call("95001")
    site.pass_time(0.1)
    site.phone.say(180)
    site.phone.say(200)


@pytest.mark.parametrize("linked", [False, True])
def test_a_phone_holds_its_call_and_takes_it_back(site: Site, linked: bool) -> None:
    talk(site, phonelinkage=linked)
    held = sdp.write(Description(DESK, 6000, direction=Direction.SEND), 1, 2)
    back = sdp.write(Description(DESK, 6000), 1, 3)
    [own] = site.world.platform.switch.agents[AGENT].connections
    for body, state in ((held, "HOLD"), (back, "CONNECTED")):
        got = site.phone.within("INVITE", body, Content_Type="application/sdp")
        assert got[-1].code == 200
        assert own.state.name == state


def test_a_phone_sends_keys(site: Site) -> None:
    talk(site)
    heard: list[object] = []
    site.world.platform.switch.subscribe(heard.append)
    site.phone.within("INFO", b"Signal=D\r\n", Content_Type="application/dtmf-relay")
    assert [it.digits for it in heard if isinstance(it, DigitsGenerated)] == ["D"]


def authenticated(phone: Peer, invite: Request) -> Request:
    """The INVITE, with who the phone is, which it shows when it is asked."""
    got = phone.send(invite)
    challenge = best_challenge(got[-1].headers.getlist("Proxy-Authenticate"))
    assert got[-1].code == 407
    assert challenge is not None
    proof = answer(challenge, "INVITE", str(invite.uri), PHONE, "Demo@2026", cnonce="d")
    invite.headers.set("Proxy-Authorization", proof)
    invite.headers.set("CSeq", "2 INVITE")
    return invite


def dial(site: Site, to: str) -> list[Response]:
    """The phone dials, and shows who it is when it is asked."""
    invite = site.phone.plain("INVITE", to, SOUND, Content_Type="application/sdp")
    invite.headers.set("From", f"<sip:{PHONE}@{SWITCH}>;tag=dials")
    return site.phone.send(authenticated(site.phone, invite))


def test_a_linked_phone_dials(site: Site) -> None:
    site.register()
    site.sign_in(phonelinkage=True)
    got = dial(site, "13900000009")
    assert [it.code for it in got] == [180]
    site.world.pass_time(3)
    site.pass_time(0.1)
    assert [it.code for it in got] == [180, 200]
    assert site.agent_state() == "TALKING"
    site.world.do(lambda switch: switch.release_call(AGENT))
    site.pass_time(1)
    assert site.phone.methods()[-1] == "BYE"


def test_a_phone_that_is_not_linked_does_not_dial(site: Site) -> None:
    site.register()
    site.sign_in()
    assert [it.code for it in dial(site, "13900000009")] == [403]
    assert site.calls() == 0


def test_nobody_calls_in_the_name_of_a_phone(site: Site) -> None:
    invite = site.caller.plain("INVITE", "95003", SOUND)
    invite.headers.set("From", f"<sip:{PHONE}@{OUTSIDE}>;tag=thief")
    assert [it.code for it in site.caller.send(invite)] == [407]
    assert site.calls() == 0


def test_registrations_expire_with_the_call_centers_time(site: Site) -> None:
    site.register(expires=300)
    site.world.pass_time(301)
    site.pass_time(6)
    assert not site.world.platform.switch.phones[PHONE].external


# The call center begins anew


def test_after_a_reset_calls_are_over_and_phones_are_still_there(site: Site) -> None:
    talk(site)
    platform = site.world.platform
    platform.reset([it.config for it in platform.switch.tenants.values()])
    site.pass_time(6)
    assert site.phone.methods()[-1] == "BYE"
    assert site.caller.methods()[-1] == "BYE"
    assert platform.switch.phones[PHONE].attached
