"""Callers by a trunk: whoever sends an INVITE that is no phone of ours."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sipmessage import Request

from emulator.surfaces.sip import causes, dialogs, identities
from emulator.surfaces.sip.gateways import Gateway
from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.outsiders import Outsiders
from emulator.surfaces.sip.party import Party, Stage
from emulator.surfaces.sip.transactions import ServerTransaction
from emulator.switch.errors import InvalidNumber, NoTrunk, SwitchError, UnknownAccessCode
from emulator.switch.events import CallCleared, ConnectionCleared, ConnectionMoved
from emulator.switch.model import Call
from emulator.switch.switch import Switch

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

_REFUSALS = ((UnknownAccessCode, 404), (NoTrunk, 503), (InvalidNumber, 484))


class Customers:
    """The callers of one leg, by their calls."""

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        self.parties = Outsiders(leg.tally)
        self._calling: Party | None = None
        """Who calls at this instant, and has no call yet."""
        self._cleared: dict[str, int] = {}
        """Why the calls ended that ended while the last one began."""

    def invited(self, transaction: ServerTransaction, request: Request) -> None:
        """Somebody calls, by a gateway or from anywhere else."""
        leg = self._leg
        gateway = leg.gateways.source_of(request, transaction.flow)
        if not leg.gateways.may_call(gateway):
            leg.refusals.because("not from a gateway")
            leg.answer(transaction, request, 403)
        elif gateway is not None and not leg.gateways.has_line(gateway):
            leg.answer(transaction, request, 503)
        else:
            self._dials(transaction, request, gateway)

    def _dials(
        self, transaction: ServerTransaction, request: Request, gateway: Gateway | None
    ) -> None:
        """Somebody calls an access code."""
        leg = self._leg
        caller = identities.caller_of(request, gateway)
        dialled = identities.dialled_by(request, gateway)
        dialog = dialogs.from_request(request, leg.new_tag())
        party = Party(caller, "", transaction.flow, leg.random.getrandbits(31), dialog=dialog)
        party.gateway = gateway.config.name if gateway is not None else ""
        if not leg.describe(party, transaction, request):
            return
        self._cleared.clear()
        self._calling = party
        try:
            listens = leg.ears is not None
            call = leg.platform.advance().dial_in(caller, dialled, listens=listens)
        except SwitchError as error:
            code = next((it for kind, it in _REFUSALS if isinstance(error, kind)), 480)
            leg.sounds.close(party)
            leg.answer(transaction, request, code)
            return
        finally:
            self._calling = None
        if call in self._cleared:
            leg.sounds.close(party)
            self._refuse(transaction, request, self._cleared[call])
            return
        party.call, party.stage = call, Stage.UP
        self.parties.add(party)
        leg.remember(party)
        leg.answer(transaction, request, 200, party)

    def _refuse(self, transaction: ServerTransaction, request: Request, cause: int) -> None:
        status = causes.of_switch(cause).status
        response = make_response(request, status, to_tag=self._leg.new_tag())
        response.headers.set("Reason", causes.reason(cause))
        transaction.respond(response)

    def first_of(self, call: Call) -> Party | None:
        """The outside party of a call that joined it first, if it is not simulated."""
        if self._calling is not None:
            return self._calling
        parties = (self.parties.get(call.id, it.device) for it in call.connections)
        return next((it for it in parties if it is not None), None)

    # What the caller does

    def hung_up(self, party: Party) -> None:
        """The caller has hung up."""
        self.parties.pop(party.call, party.device)
        self._leg.command(lambda switch: switch.outside_hangs_up(party.call, party.number))

    def presses(self, party: Party, key: str) -> None:
        """The caller presses a key."""
        self._leg.command(lambda switch: switch.outside_presses(party.call, key, party.number))

    # What the switch does

    def cleared(self, event: ConnectionCleared) -> None:
        """A party has left its call, or is about to be moved to another one."""
        call, device = event.call, event.device
        if self.parties.get(call, device) is not None:
            self._leg.clock.call_later(0, partial(self._may_have_left, call, device))

    def _may_have_left(self, call_id: str, device: str) -> None:
        call = self._leg.platform.switch.calls.get(call_id)
        if call is not None and any(it.device == device for it in call.connections):
            return
        party = self.parties.pop(call_id, device)
        if party is not None:
            self._leg.end(party)

    def moved(self, event: ConnectionMoved) -> None:
        """A party's call has become another one."""
        party = self.parties.pop(event.from_call, event.device)
        if party is not None:
            party.call = event.call
            self.parties.add(party)

    def call_cleared(self, event: CallCleared) -> None:
        """A call is over, perhaps before we knew its id."""
        if self._calling is not None:
            self._cleared[event.call] = event.cause
        for party in self.parties.pop_call(event.call):
            self._leg.end(party)

    def leave_behind(self, switch: Switch) -> None:
        """Hang up at those whose calls are not the switch's any more."""
        for call in self.parties.calls():
            if call not in switch.calls:
                for party in self.parties.pop_call(call):
                    self._leg.end(party)
