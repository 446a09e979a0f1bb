"""What comes in: requests to whom they are for, by their methods and dialogs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from sipmessage import Request, Response

from emulator.surfaces.sip import bodies, dialogs, digits, extensions, identities, invitations, sdp
from emulator.surfaces.sip.messages import make_response, sequence, tag
from emulator.surfaces.sip.party import Party, PhoneParty
from emulator.surfaces.sip.pickups import picks_up
from emulator.surfaces.sip.replies import Refused, reply
from emulator.surfaces.sip.sdp import NotAcceptable
from emulator.surfaces.sip.transactions import ServerTransaction
from emulator.surfaces.sip.transport import Flow

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

Handler = Callable[[ServerTransaction, Request, Party], None]
_OUTSIDE = {"OPTIONS": 200, "REFER": 403}
"""Nobody has a call transferred that it is not in."""


class Incoming:
    """The core above the stack of one leg (`emulator.surfaces.sip.stack.Core`)."""

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg

    @cached_property
    def _handlers(self) -> dict[str, Handler]:
        """Who serves a method within a dialog."""
        leg = self._leg
        return {
            "BYE": self._bye,
            "INFO": self._info,
            "INVITE": self._again,
            "REFER": leg.referrals.refer,
            "MESSAGE": leg.texts.within,
            "UPDATE": self._again,
            "PRACK": leg.dialling.prack,
        }

    def request(self, transaction: ServerTransaction, request: Request) -> None:
        """Serve a new request."""
        try:
            self._serve(transaction, request)
        except ValueError:  # a header that is well-formed as a line, and nothing else
            transaction.respond(make_response(request, 400, to_tag=self._leg.new_tag()))

    def _serve(self, transaction: ServerTransaction, request: Request) -> None:
        if request.method == "REGISTER":
            transaction.respond(self._leg.registrar.register(request, transaction.flow))
            return
        party = self._leg.parties.get(dialogs.id_of(request))
        if party is not None:
            self._within(transaction, request, party)
        elif tag(request.headers["To"]):
            transaction.respond(make_response(request, 481))
        elif request.method == "INVITE":
            self._invited(transaction, request)
        else:
            self._outside(transaction, request)

    def _outside(self, transaction: ServerTransaction, request: Request) -> None:
        """Somebody wants something that is no call, and belongs to none."""
        refusal = extensions.refusal(request, self._leg.new_tag())
        if refusal is not None:
            transaction.respond(refusal)
        elif request.method == "MESSAGE":
            self._wrote(transaction, request)
        else:
            self._leg.answer(transaction, request, _OUTSIDE.get(request.method) or _not(request))

    def _invited(self, transaction: ServerTransaction, request: Request) -> None:
        """Somebody calls."""
        if not extensions.takes(self._leg, transaction, request):
            return
        caller = identities.caller_of(request, None)
        if caller not in self._leg.platform.switch.phones:
            if request.headers.get("Replaces"):
                # Callers have no dialog that they could replace.
                self._leg.answer(transaction, request, 481)
            else:
                self._leg.customers.invited(transaction, request)
        elif self._proves(transaction, request, caller):
            if request.headers.get("Replaces"):
                picks_up(self._leg, transaction, request, caller)
            else:
                self._leg.dialling.dials(transaction, request, caller)

    def _wrote(self, transaction: ServerTransaction, request: Request) -> None:
        """Somebody writes outside of a call."""
        caller = identities.caller_of(request, None)
        if caller not in self._leg.platform.switch.phones:
            self._leg.texts.from_outside(transaction, request)
        elif self._proves(transaction, request, caller):
            self._leg.texts.from_phone(transaction, request, caller)

    def _proves(self, transaction: ServerTransaction, request: Request, caller: str) -> bool:
        """Who says that it is a phone of ours has to prove it, or is refused."""
        try:
            admitted = self._leg.registrar.admission.admit(request, 407)
        except Refused as refused:
            self._leg.refusals.because(str(refused))
            transaction.respond(reply(request, refused.code, self._leg.new_tag(), refused.fields))
            return False
        if admitted != caller:
            self._leg.refusals.because("somebody else's name")
            self._leg.answer(transaction, request, 403)
        return admitted == caller

    def ack(self, request: Request, flow: Flow) -> None:
        """Our 2xx has arrived."""
        party = self._leg.parties.get(dialogs.id_of(request))
        if party is None or party.answered is None:
            return
        if sequence(request)[0] != sequence(party.answered.request)[0]:
            # Of an INVITE before it, which was overtaken.
            return
        party.answered.settle()
        party.answered = None
        if party.offering:
            self._take_answer(party, request)

    def _take_answer(self, party: Party, ack: Request) -> None:
        """Our 2xx had an offer: their ACK says what they make of it."""
        before = party.remote
        try:
            self._leg.sounds.accept(party, ack)
        except NotAcceptable:
            self._leg.says_goodbye(party)
            self._leg.end(party)
            return
        now = party.remote
        if not isinstance(party, PhoneParty) or before is None or now is None:
            return
        if before.on_hold != now.on_hold:
            self._leg.phones.holds(party, held=now.on_hold)

    def stray(self, response: Response, flow: Flow) -> None:
        """A response that nobody waits for: the 2xx of another branch of a fork may be one."""
        invitations.stray(self._leg, response, flow)

    def _within(self, transaction: ServerTransaction, request: Request, party: Party) -> None:
        assert party.dialog is not None
        if not party.dialog.accepts(request):
            transaction.respond(make_response(request, 500))
            return
        handler = self._handlers.get(request.method)
        if handler is None:
            code = 200 if request.method == "OPTIONS" else _not(request)
            self._leg.answer(transaction, request, code)
        else:
            handler(transaction, request, party)

    def _bye(self, transaction: ServerTransaction, request: Request, party: Party) -> None:
        transaction.respond(make_response(request, 200))
        self._leg.forget(party)
        self._leg.says_goodbye(party)

    def _info(self, transaction: ServerTransaction, request: Request, party: Party) -> None:
        transaction.respond(make_response(request, 200))
        kind = request.headers.get("Content-Type", "") or ""
        key = digits.pressed(kind.partition(";")[0].strip().lower(), request.body)
        if key:
            (self._leg.phones if isinstance(party, PhoneParty) else self._leg.customers).presses(
                party, key
            )

    def _again(self, transaction: ServerTransaction, request: Request, party: Party) -> None:
        """A re-INVITE or UPDATE: another way for the sound, or a sign of life."""
        assert party.dialog is not None
        if self._leg.sessions.invites(party) and request.method == "INVITE":
            self._leg.answer(transaction, request, 491)
            return
        if not extensions.takes(self._leg, transaction, request):
            return
        try:
            described = bodies.description(request)
            offer = sdp.read(described) if described else None
            if offer is not None:
                self._leg.sounds.answer(party, self._leg.host_for(party.where), offer)
        except NotAcceptable:
            self._leg.answer(transaction, request, 488)
            return
        party.dialog.refresh_target(request)
        # An INVITE without an offer asks for ours again.
        party.offering = offer is None and request.method == "INVITE"
        if party.offering:
            self._leg.sounds.offer_again(party)
        self._leg.answer(transaction, request, 200, party, described=bool(offer) or party.offering)
        if offer is not None and isinstance(party, PhoneParty):
            self._leg.phones.holds(party, held=offer.on_hold)


def _not(request: Request) -> int:
    """The status for a method that is not served: whether it is known at all."""
    return 405 if request.method in extensions.METHODS else 501
