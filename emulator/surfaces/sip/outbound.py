"""Calls by gateways: to numbers outside, and to agents who answer on a mobile phone.

A gateway that does not take a call, and has not let it ring, has the next one tried.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sipmessage import CSeq, Request, Response

from emulator.media.wiring import NoPort
from emulator.surfaces.sip import causes, extensions, identities, sdp
from emulator.surfaces.sip.dialogs import MAX_FORWARDS, Dialog
from emulator.surfaces.sip.extensions import RELIABLE
from emulator.surfaces.sip.gateways import Gateway
from emulator.surfaces.sip.headers import new_request
from emulator.surfaces.sip.invitations import Invitation
from emulator.surfaces.sip.party import NOWHERE, OutsideParty, Party, PhoneParty, Stage
from emulator.surfaces.sip.rewriting import rewritten
from emulator.surfaces.sip.sdp import NotAcceptable
from emulator.surfaces.sip.transactions import Failure
from emulator.switch import calls
from emulator.switch.errors import SwitchError
from emulator.switch.events import EndpointRequested, OutsideReleased, OutsideRequested
from emulator.switch.switch import Switch

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

NEXT_GATEWAY = (408, 500, 502, 503, 504)
"""What says that the gateway is the trouble, and not who was called."""
RINGS = (180, 183)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to be called by whom, and by the gateways of which trunk group."""

    tenant: int
    trunk: str
    number: str
    caller: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to do as it goes on; `failed` is given a cause of the switch.

    `rings` is called once, and changes the stage of the party; `failed` too, which is over then.
    """

    rings: Callable[[], None]
    answered: Callable[[], None]
    failed: Callable[[int], None]


class Errand:
    """One call by the gateways of a trunk group, one after the other."""

    def __init__(self, leg: SipLeg, party: Party, wanted: Wanted, outcome: Outcome) -> None:
        self._leg = leg
        self._party = party
        self._wanted = wanted
        self._outcome = outcome
        self._tried: list[Gateway] = []
        self._invitation: Invitation | None = None
        self._like: Party | None = None

    def begin(self, like: Party | None = None) -> bool:
        """Call by the first gateway; False if there is none. `like`: who is to be talked to."""
        self._like = like
        self._party.invite = self
        return self._next()

    def cancel(self) -> None:
        """Give up."""
        invitation, self._invitation = self._invitation, None
        if invitation is not None:
            invitation.cancel()

    def _next(self) -> bool:
        while True:
            wanted = self._wanted
            gateway = self._leg.gateways.choose(wanted.tenant, wanted.trunk, self._tried)
            if gateway is None:
                return False
            self._tried.append(gateway)
            with contextlib.suppress(LookupError, ValueError, NoPort):
                self._call(gateway)
                return True

    def _call(self, gateway: Gateway) -> None:
        """LookupError: no port of its transport; ValueError: a number that cannot be dialled."""
        leg, party = self._leg, self._party
        self._forget_early()
        party.where = gateway.destination
        leg.tally.change(party, gateway.config.name)
        body = leg.sounds.offer(party, leg.host_for(party.where), self._like)
        request = self._invite(gateway, body)
        config = gateway.config
        credentials = (config.user, config.password)
        self._invitation = Invitation(leg, request, gateway.destination, self, credentials)
        self._invitation.send()

    def _invite(self, gateway: Gateway, body: bytes) -> Request:
        leg, wanted, where = self._leg, self._wanted, gateway.destination
        user = identities.user_of(rewritten(wanted.number, gateway.config.called_out))
        request = new_request("INVITE", gateway.uri_of(user), body)
        headers = request.headers
        headers.set("Max-Forwards", MAX_FORWARDS)
        identities.show_caller(request, gateway, wanted.caller, leg.new_tag())
        headers.set("To", f"<sip:{user}@{gateway.domain}>")
        headers.set("Call-ID", f"{leg.new_tag()}@emulator")
        headers.set("CSeq", str(CSeq(1, "INVITE")))
        headers.set("Contact", leg.contact(where))
        headers.set("Content-Type", sdp.MEDIA_TYPE)
        extensions.introduce(request, reliable=gateway.config.reliable != "no")
        if gateway.config.reliable == "required":
            headers.set("Require", RELIABLE)
        leg.sessions.ask(request)
        return request

    # What comes of it (emulator.surfaces.sip.invitations.Inviter)

    def progressed(self, dialog: Dialog | None, response: Response) -> None:
        """It rings, or more is heard of it than that: early media."""
        party, leg = self._party, self._leg
        if dialog is not None and party.dialog is not dialog:
            self._forget_early()
            party.dialog = dialog
            leg.remember(party)
        if response.body:
            with contextlib.suppress(NotAcceptable):  # the last word is that of the 2xx
                leg.sounds.accept(party, response)
        if response.code in RINGS:
            self._rings()

    def accepted(self, dialog: Dialog, response: Response) -> None:
        """Somebody has answered."""
        party, leg = self._party, self._leg
        self._invitation = None
        self._forget_early()
        self._rings()
        party.dialog, party.stage = dialog, Stage.UP
        leg.remember(party)
        try:
            leg.sounds.accept(party, response)
        except NotAcceptable:
            leg.end(party)
            self._outcome.failed(causes.NO_RESOURCE)
            return
        leg.sessions.agreed(party, response)
        self._outcome.answered()

    def refused(self, response: Response | None, failure: Failure | None) -> None:
        """Nobody has; the next gateway is tried if this one is the trouble."""
        self._invitation = None
        rang = self._party.stage is Stage.RINGS
        if response is not None:
            next_one = response.code in NEXT_GATEWAY
            reasons = response.headers.getlist("Reason")
            cause = causes.of_refusal(response.code, reasons)
        else:
            next_one = True
            cause = causes.NO_ANSWER if rang else causes.NO_RESOURCE
        if not next_one or rang or not self._next():
            self._forget_early()
            self._outcome.failed(cause)

    def _rings(self) -> None:
        if self._party.stage is Stage.ASKED:
            self._outcome.rings()

    def _forget_early(self) -> None:
        party = self._party
        if party.dialog is not None:
            self._leg.parties.pop(party.dialog.id, None)
            party.dialog = None


class Outbound:
    """The calls of one leg by gateways."""

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        self._parties: dict[int, OutsideParty] = {}
        """By the switch's requests."""

    # What the switch asks for

    def requested(self, event: OutsideRequested) -> None:
        """The switch wants somebody outside to be called."""
        leg = self._leg
        party = OutsideParty(
            event.number, event.call, NOWHERE, leg.random.getrandbits(31), request=event.request
        )
        wanted = Wanted(event.tenant, event.trunk, event.number, event.caller)
        outcome = Outcome(
            lambda: self._rings(party),
            lambda: self._answered(party),
            lambda cause: self._failed(party, cause),
        )
        like = leg.customers.first_of(leg.platform.switch.calls[event.call])
        if Errand(leg, party, wanted, outcome).begin(like):
            self._parties[event.request] = party
            leg.customers.parties.add(party)
        else:
            leg.sounds.close(party)
            leg.post(lambda switch: switch.outside_failed(event.request, causes.NO_RESOURCE))

    def ring_mobile(self, event: EndpointRequested, party: PhoneParty, outcome: Outcome) -> bool:
        """An agent's mobile phone is to ring; False if no gateway calls it."""
        switch = self._leg.platform.switch
        call = switch.calls[event.call]
        trunk = calls.longest_prefix(call.tenant.trunks, event.phone)
        if trunk is None:
            return False
        wanted = Wanted(event.tenant, trunk.config.name, event.phone, call.caller)
        like = self._leg.customers.first_of(call)
        return Errand(self._leg, party, wanted, outcome).begin(like)

    def released(self, event: OutsideReleased) -> None:
        """The switch does not want somebody any more."""
        party = self._parties.pop(event.request, None)
        if party is not None:
            self._forget(party)
            self._leg.end(party)

    def follow(self, switch: Switch) -> None:
        """The switch may be another one: what it waits for in vain fails, the rest is given up."""
        for request, (connection, _) in list(switch.requests.items()):
            if connection.agent is None and connection.request == request:
                self._fail_unknown(request)
        there = {it.request for call in switch.calls.values() for it in call.connections}
        for request in [it for it in self._parties if it not in there]:
            party = self._parties.pop(request)
            self._forget(party)
            self._leg.end(party)

    def _fail_unknown(self, request: int) -> None:
        if request not in self._parties:
            self._leg.post(lambda switch: switch.outside_failed(request, causes.NO_RESOURCE))

    # What becomes of it

    def _rings(self, party: OutsideParty) -> None:
        party.stage = Stage.RINGS
        self._leg.command(lambda switch: switch.outside_rings(party.request))

    def _answered(self, party: OutsideParty) -> None:
        listens = self._leg.ears is not None
        try:
            self._leg.platform.advance().outside_answered(party.request, listens=listens)
        except SwitchError:
            # Nobody waits for it any more.
            self._forget(party)
            self._leg.end(party)

    def _failed(self, party: OutsideParty, cause: int) -> None:
        self._parties.pop(party.request, None)
        self._forget(party)
        self._leg.forget(party)
        self._leg.command(lambda switch: switch.outside_failed(party.request, cause))

    def _forget(self, party: OutsideParty) -> None:
        self._leg.customers.parties.remove(party)
