"""Calls by gateways: to numbers outside, and to agents who answer on a mobile phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.surfaces.sip import causes
from emulator.surfaces.sip.errands import Errand, Outcome, Wanted
from emulator.surfaces.sip.party import NOWHERE, OutsideParty, PhoneParty, Stage
from emulator.switch import calls
from emulator.switch.errors import SwitchError
from emulator.switch.events import EndpointRequested, OutsideReleased, OutsideRequested
from emulator.switch.switch import Switch

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg


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
