"""Calls that agents make with the keys of their phones: they ring until the other side answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipmessage import Request

from emulator.surfaces.sip import bodies, causes, dialogs, identities
from emulator.surfaces.sip.messages import make_response, tag
from emulator.surfaces.sip.party import Party, PhoneParty, Stage
from emulator.surfaces.sip.provisional import PROGRESS, RINGING, Provisional
from emulator.surfaces.sip.transactions import ServerTransaction
from emulator.switch.errors import InvalidNumber, NoTrunk, SwitchError
from emulator.switch.events import CallCleared, Delivered, Established

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

_REFUSALS = ((NoTrunk, 503), (InvalidNumber, 484))
_OTHERWISE = 403
_TERMINATED, _NOT_ACKNOWLEDGED = 487, 504


class Dialled:
    """One call that a phone has dialled, as long as nobody has answered."""

    def __init__(
        self, leg: SipLeg, transaction: ServerTransaction, request: Request, party: PhoneParty
    ) -> None:
        self._leg = leg
        self._transaction = transaction
        self._request = request
        self.party = party
        self.progress = Provisional(leg, transaction, request, party, self._never_acknowledged)
        transaction.on_cancel = lambda: leg.dialling.given_up(self, _TERMINATED)

    def rings(self) -> None:
        """The other side rings: so it is said, or heard if there is sound."""
        if not self.progress.sent:
            heard = self._leg.sounds.media is not None and bodies.description(self._request)
            self.progress.send(PROGRESS if heard else RINGING)

    def answer(self) -> None:
        """The other side has answered."""
        self.progress.when_acknowledged(self._answer)

    def _answer(self) -> None:
        party, leg = self.party, self._leg
        self._end()
        leg.dialling.answered(party)
        leg.answer(self._transaction, self._request, 200, party)

    def refuse(self, status: int, cause: int = 0) -> None:
        """It was in vain; `cause` is the switch's."""
        assert self.party.dialog is not None
        self._end()
        own_tag = tag(self.party.dialog.local)
        response = make_response(self._request, status, to_tag=own_tag)
        if cause:
            response.headers.set("Reason", causes.reason(cause))
        self._transaction.respond(response)

    def cancel(self) -> None:
        """The switch does not want the phone any more."""
        self._leg.dialling.ended(self, causes.of_switch(0).status)

    def _end(self) -> None:
        self.progress.end()
        self._transaction.on_cancel = None

    def _never_acknowledged(self) -> None:
        self._leg.dialling.given_up(self, _NOT_ACKNOWLEDGED)


class Dialling:
    """The calls of one leg that phones have dialled and nobody has answered, by their ids."""

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        self._dialled: dict[str, Dialled] = {}
        self._begins = False
        """A call begins at this instant, whose id is not known yet: what comes of it is noted."""
        self._rang: dict[str, None] = {}
        self._cleared: dict[str, int] = {}

    # What the phone does

    def dials(self, transaction: ServerTransaction, request: Request, phone: str) -> None:
        """Somebody calls with the keys of a phone; the agent there must have it linked."""
        leg = self._leg
        dialog = dialogs.from_request(request, leg.new_tag())
        session = leg.random.getrandbits(31)
        party = PhoneParty(phone, "", transaction.flow, session, Stage.RINGS, dialog)
        if not leg.describe(party, transaction, request):
            return
        dialled = Dialled(leg, transaction, request, party)
        try:
            call = self._begin(phone, identities.number_of(request.uri))
        except SwitchError as error:
            leg.sounds.close(party)
            found = (status for kind, status in _REFUSALS if isinstance(error, kind))
            leg.answer(transaction, request, next(found, _OTHERWISE))
            return
        if call in self._cleared:
            leg.sounds.close(party)
            cause = self._cleared[call]
            dialled.refuse(causes.of_switch(cause).status, cause)
        else:
            self._goes_on(call, dialled)

    def _begin(self, phone: str, to: str) -> str:
        self._rang.clear()
        self._cleared.clear()
        self._begins = True
        try:
            return self._leg.platform.advance().phone_dials(phone, to)
        finally:
            self._begins = False

    def _goes_on(self, call: str, dialled: Dialled) -> None:
        leg, party = self._leg, dialled.party
        party.call, party.invite, party.dials = call, dialled, True
        leg.phones.lines.add(party)
        leg.remember(party)
        self._dialled[call] = dialled
        if call in self._rang:
            dialled.rings()
        self._look(call)

    def given_up(self, dialled: Dialled, status: int) -> None:
        """The phone is not interested in its call any more."""
        self.ended(dialled, status)
        self._leg.phones.hung_up(dialled.party)

    def prack(self, transaction: ServerTransaction, request: Request, party: Party) -> None:
        """What we said of a call that is not answered has arrived."""
        dialled = self._dialled.get(party.call)
        expected = (
            dialled is not None and dialled.party is party and dialled.progress.acknowledge(request)
        )
        transaction.respond(make_response(request, 200 if expected else 481))

    def answered(self, party: PhoneParty) -> None:
        """The phone is told that somebody has answered."""
        del self._dialled[party.call]
        party.stage, party.invite, party.dials = Stage.UP, None, False

    # What the switch does

    def rings(self, event: Delivered) -> None:
        """Somebody rings."""
        dialled = self._dialled.get(event.call)
        if dialled is not None:
            dialled.rings()
        elif self._begins:
            self._rang[event.call] = None

    def established(self, event: Established) -> None:
        """Somebody has answered."""
        self._look(event.call)

    def call_cleared(self, event: CallCleared) -> None:
        """A call is over."""
        if self._begins:
            self._cleared[event.call] = event.cause
        dialled = self._dialled.get(event.call)
        if dialled is not None:
            over = dialled.party.stage is Stage.OVER
            status = _TERMINATED if over else causes.of_switch(event.cause).status
            self.ended(dialled, status, event.cause)

    def ended(self, dialled: Dialled, status: int, cause: int = 0) -> None:
        """Nobody has answered, and nobody will."""
        party = dialled.party
        if self._dialled.pop(party.call, None) is None:
            return
        dialled.refuse(status, cause)
        party.invite, party.dials = None, False
        self._leg.phones.lines.remove(party)
        self._leg.forget(party)

    def _look(self, call_id: str) -> None:
        """Whether who has dialled talks by now."""
        dialled = self._dialled.get(call_id)
        call = self._leg.platform.switch.calls.get(call_id)
        if dialled is None or call is None:
            return
        agent = call.connections[0].agent
        if agent is not None and call.connections[0].talk_begin:
            dialled.answer()
