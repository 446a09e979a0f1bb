"""One call by gateways, until somebody answers or nobody will.

A gateway that does not take the call, and has not let it ring, has the next one tried; one that
redirects it has it go on where it says, if that is a gateway; one by TLS that refuses SRTP is
called again without it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sipmessage import URI, CSeq, Request, Response

from emulator.media.wiring import NoPort
from emulator.surfaces.sip import causes, extensions, identities, sdp
from emulator.surfaces.sip.dialogs import MAX_FORWARDS, Dialog
from emulator.surfaces.sip.extensions import RELIABLE
from emulator.surfaces.sip.gateways import Gateway
from emulator.surfaces.sip.headers import new_request
from emulator.surfaces.sip.invitations import GLOBAL, NO_SUCH_SOUND, Invitation
from emulator.surfaces.sip.party import Party, Stage
from emulator.surfaces.sip.redirects import REDIRECTS, Redirects
from emulator.surfaces.sip.rewriting import rewritten
from emulator.surfaces.sip.sdp import NotAcceptable
from emulator.surfaces.sip.transactions import Failure

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
        self._redirects = Redirects()
        self._elsewhere: list[tuple[Gateway, URI]] = []
        """Where it was sent on to, and was not tried yet."""
        self._gateway: Gateway | None = None
        self._uri: URI | None = None
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
            with contextlib.suppress(ValueError):
                if self._calls(gateway, gateway.uri_of(_user_at(gateway, wanted.number))):
                    return True

    def _calls(self, gateway: Gateway, uri: URI, *, plain: bool = False) -> bool:
        """Call an address by a gateway; False: no port of its transport, or none for sound."""
        with contextlib.suppress(LookupError, ValueError, NoPort):
            self._call(gateway, uri, plain=plain)
            return True
        return False

    def _call(self, gateway: Gateway, uri: URI, *, plain: bool) -> None:
        leg, party = self._leg, self._party
        self._forget_early()
        self._gateway, self._uri = gateway, uri
        self._redirects.tried(str(uri))
        party.where = gateway.destination
        leg.tally.change(party, gateway.config.name)
        body = leg.sounds.offer(party, leg.host_for(party.where), self._like, plain=plain)
        request = self._invite(gateway, uri, body)
        config = gateway.config
        credentials = (config.user, config.password)
        self._invitation = Invitation(leg, request, gateway.destination, self, credentials)
        self._invitation.send()

    def _invite(self, gateway: Gateway, uri: URI, body: bytes) -> Request:
        leg, wanted, where = self._leg, self._wanted, gateway.destination
        request = new_request("INVITE", uri, body)
        headers = request.headers
        headers.set("Max-Forwards", MAX_FORWARDS)
        identities.show_caller(request, gateway, wanted.caller, leg.new_tag())
        headers.set("To", f"<sip:{_user_at(gateway, wanted.number)}@{gateway.domain}>")
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
        """Nobody has; what else there is, is tried: another sound, address or gateway."""
        self._invitation = None
        rang = self._party.stage is Stage.RINGS
        if response is None:
            cause = causes.NO_ANSWER if rang else causes.NO_RESOURCE
        else:
            cause = causes.of_refusal(response.code, response.headers.getlist("Reason"))
        if self._calls_plain(response) or self._follows(response):
            return
        if rang or not _is_the_gateways(response) or not self._next():
            self._forget_early()
            self._outcome.failed(cause)

    def _calls_plain(self, response: Response | None) -> bool:
        """Whether a gateway that wants no SRTP is called without it."""
        if response is None or response.code not in NO_SUCH_SOUND or not self._party.is_secured:
            return False
        assert self._gateway is not None
        assert self._uri is not None
        return self._calls(self._gateway, self._uri, plain=True)

    def _follows(self, response: Response | None) -> bool:
        """Whether it goes on where it was sent on to, now or before: at gateways alone."""
        code = 0 if response is None else response.code
        if response is not None:
            for uri in self._redirects.new(response):
                gateway = self._leg.gateways.at(uri)
                if gateway is not None:
                    self._elsewhere.append((gateway, uri))
        while self._elsewhere and code < GLOBAL:
            gateway, uri = self._elsewhere.pop(0)
            if gateway not in self._tried:
                self._tried.append(gateway)
            if self._leg.gateways.takes_calls(gateway) and self._calls(gateway, uri):
                return True
        return False

    def _rings(self) -> None:
        if self._party.stage is Stage.ASKED:
            self._outcome.rings()

    def _forget_early(self) -> None:
        party = self._party
        if party.dialog is not None:
            self._leg.parties.pop(party.dialog.id, None)
            party.dialog = None


def _user_at(gateway: Gateway, number: str) -> str:
    return identities.user_of(rewritten(number, gateway.config.called_out))


def _is_the_gateways(response: Response | None) -> bool:
    """Whether another gateway may do what this one did not."""
    return response is None or response.code in NEXT_GATEWAY or response.code in REDIRECTS
