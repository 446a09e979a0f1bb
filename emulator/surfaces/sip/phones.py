"""Phones of agents that are registered: the switch asks them to ring, to answer, to hang up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sipmessage import CSeq, Request, Response

from emulator.media.wiring import NoPort
from emulator.surfaces.sip import dialogs, sdp
from emulator.surfaces.sip.bindings import Binding
from emulator.surfaces.sip.dialogs import MAX_FORWARDS
from emulator.surfaces.sip.headers import new_request
from emulator.surfaces.sip.messages import sequence, tag
from emulator.surfaces.sip.outbound import Outcome
from emulator.surfaces.sip.party import NOWHERE, Party, PhoneParty, Stage
from emulator.surfaces.sip.sdp import NotAcceptable
from emulator.surfaces.sip.values import read_uri
from emulator.switch.events import EndpointRequested
from emulator.switch.model import Agent
from emulator.switch.switch import Switch
from emulator.switch.terms import LegState

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

ANSWERS_ITSELF = (
    ("Alert-Info", "<http://127.0.0.1>;info=alert-autoanswer"),
    ("Call-Info", "<sip:emulator>;answer-after=0"),
)
"""What asks a phone to answer by itself, in the two ways that phones know."""


class Phones:
    """The phones of one leg that are called, or on a call, by their numbers."""

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        self.parties: dict[str, PhoneParty] = {}

    # What the switch asks for

    def requested(self, event: EndpointRequested) -> None:
        """The switch asks a phone for something."""
        if event.action == "ring":
            self._ring(event)
        elif event.action == "answer":
            self._answer(event)
        else:
            self._release(event.phone)

    def _ring(self, event: EndpointRequested) -> None:
        leg, known = self._leg, self.parties.get(event.phone)
        if known is not None and known.stage is Stage.UP:
            # It talks already: the next call comes to the same receiver.
            known.call = event.call
            leg.post(lambda switch: switch.endpoint_confirmed(event.request))
            return
        if leg.platform.switch.phones[event.phone].mobile:
            self._ring_mobile(event)
            return
        bindings = leg.registrar.bindings_of(event.phone)
        try:
            self._invite(event, bindings[0])
        except (LookupError, ValueError, NoPort):
            # It is not registered, or at an address that we cannot read or have no transport for.
            leg.post(lambda switch: switch.endpoint_failed(event.request))

    def _ring_mobile(self, event: EndpointRequested) -> None:
        leg, session = self._leg, self._leg.random.getrandbits(31)
        party = PhoneParty(event.phone, event.call, NOWHERE, session, ring=event.request)
        outcome = Outcome(
            partial(self._rings, party), partial(self._up, party), partial(self._failed, party)
        )
        if leg.outbound.ring_mobile(event, party, outcome):
            self.parties[event.phone] = party
        else:
            leg.sounds.close(party)
            leg.post(lambda switch: switch.endpoint_failed(event.request))

    def _invite(self, event: EndpointRequested, binding: Binding) -> None:
        leg = self._leg
        call = leg.platform.switch.calls[event.call]
        where = leg.way_to(binding)
        party = PhoneParty(
            event.phone, event.call, where, leg.random.getrandbits(31), ring=event.request
        )
        uri = read_uri(binding.uri)
        caller = leg.customers.first_of(call)
        body = leg.sounds.offer(party, leg.host_for(where), caller)
        request = new_request("INVITE", uri, body)
        headers = request.headers
        for route in binding.path:
            headers.add("Route", route)
        headers.set("Max-Forwards", MAX_FORWARDS)
        headers.set("From", f"{leg.address_of(call.caller)};tag={leg.new_tag()}")
        headers.set("To", leg.address_of(event.phone))
        headers.set("Call-ID", f"{leg.new_tag()}@emulator")
        headers.set("CSeq", str(CSeq(1, "INVITE")))
        headers.set("Contact", leg.contact(where))
        headers.set("Content-Type", sdp.MEDIA_TYPE)
        leg.introduce(request, reliable=False)
        leg.sessions.ask(request)
        agent = leg.platform.switch.phones[event.phone].agent
        if agent is not None and agent.auto_answer:
            for name, value in ANSWERS_ITSELF:
                headers.set(name, value)
        try:
            party.invite = leg.stack.send_request(
                request,
                where,
                partial(self._responded, party, request),
                partial(self._failed, party),
            )
        except LookupError:
            leg.sounds.close(party)
            raise
        self.parties[event.phone] = party

    def _answer(self, event: EndpointRequested) -> None:
        party = self.parties.get(event.phone)
        if party is None:
            self._leg.post(lambda switch: switch.endpoint_failed(event.request))
        elif party.stage is Stage.UP:
            self._leg.post(lambda switch: switch.endpoint_confirmed(event.request))
        else:
            party.answer = event.request
            self._talk(party)

    def _talk(self, party: PhoneParty) -> None:
        """Ask a phone that rings to be picked up, where it knows that (NOTIFY talk)."""
        if party.dialog is None or party.gateway:
            return
        notify = party.dialog.request("NOTIFY", self._leg.contact(party.where))
        notify.headers.set("Event", "talk")
        notify.headers.set("Subscription-State", "active")
        self._leg.stack.send_request(notify, party.where, _nothing, _nothing)

    def _release(self, phone: str) -> None:
        party = self.parties.pop(phone, None)
        if party is None:
            return
        if party.stage is Stage.UP:
            self._leg.end(party)
        else:
            party.stage = Stage.OVER
            self._leg.sounds.close(party)
            if party.invite is not None:
                party.invite.cancel()

    # What the phone does

    def _responded(self, party: PhoneParty, request: Request, response: Response) -> None:
        if response.code >= 300:
            self._failed(party)
        elif response.code >= 200:
            self._picked_up(party, request, response)
        elif response.code > 100:
            if tag(response.headers["To"]) and party.dialog is None:
                party.dialog = dialogs.from_response(request, response)
            self._rings(party)

    def _rings(self, party: PhoneParty) -> None:
        if party.stage is not Stage.ASKED:
            return
        party.stage = Stage.RINGS
        ring, party.ring = party.ring, 0
        self._leg.command(lambda switch: switch.endpoint_confirmed(ring))

    def _picked_up(self, party: PhoneParty, request: Request, response: Response) -> None:
        leg = self._leg
        over = party.stage is Stage.OVER
        party.dialog = dialogs.from_response(request, response)
        ack = party.dialog.request("ACK", leg.contact(party.where), sequence(request)[0])
        leg.stack.send_ack(ack, party.where)
        if party.stage is Stage.UP:
            return
        if over:
            # It was picked up at the instant at which we gave up.
            party.stage = Stage.UP
            leg.remember(party)
            leg.end(party)
            return
        self._rings(party)
        party.stage = Stage.UP
        leg.remember(party)
        try:
            leg.sounds.accept(party, response.body)
        except NotAcceptable:
            leg.end(party)
            self.hung_up(party)
            return
        leg.sessions.agreed(party, response)
        self._up(party)

    def _up(self, party: PhoneParty) -> None:
        """The phone is picked up."""
        leg = self._leg
        answer, party.answer = party.answer, 0
        if answer:
            leg.command(lambda switch: switch.endpoint_confirmed(answer))
        else:
            leg.command(lambda switch: switch.phone_off_hook(party.number))

    def _failed(self, party: PhoneParty, _why: object = None) -> None:
        """The phone is busy, refuses, is not there, or does not answer."""
        if self.parties.get(party.number) is party:
            del self.parties[party.number]
        self._leg.sounds.close(party)
        if party.stage is Stage.OVER:
            return
        rang = party.stage is Stage.RINGS
        party.stage = Stage.OVER
        request = party.answer or party.ring
        if request:
            self._leg.post(lambda switch: switch.endpoint_failed(request))
        elif rang:
            self._leg.post(lambda switch: switch.phone_on_hook(party.number))

    def presses(self, party: Party, key: str) -> None:
        """The phone presses a key during a call."""
        agent = self._agent_at(party)
        if agent is not None:
            self._leg.command(lambda sw: sw.generate_digits(agent.work_no, key, letters=True))

    def holds(self, party: PhoneParty, *, held: bool) -> None:
        """The phone holds its call, or takes it back; what it holds already it holds."""
        agent = self._agent_at(party)
        if agent is None:
            return
        linked, number = agent.phone_linkage, agent.work_no
        if held:
            self._leg.command(
                lambda sw: sw.phone_holds(party.number) if linked else sw.hold_call(number)
            )
        else:
            self._leg.command(
                lambda sw: sw.phone_retrieves(party.number) if linked else sw.retrieve_call(number)
            )

    def party_of(self, agent: Agent) -> PhoneParty | None:
        """The agent's phone, if it is a real one and off the hook."""
        phone = agent.phone
        party = self.parties.get(phone.number) if phone is not None else None
        up = party is not None and (party.stage is Stage.UP or party.dials)
        return party if up else None

    def _agent_at(self, party: Party) -> Agent | None:
        phone = self._leg.platform.switch.phones.get(party.number)
        return None if phone is None else phone.agent

    def hung_up(self, party: PhoneParty) -> None:
        """The phone has hung up."""
        if self.parties.get(party.number) is party:
            del self.parties[party.number]
        self._leg.command(lambda switch: switch.phone_on_hook(party.number))

    def leave_behind(self, switch: Switch) -> None:
        """Hang up at phones that the switch does not know to be off hook any more."""
        for number, party in list(self.parties.items()):
            phone = switch.phones.get(number)
            down = phone is None or phone.leg is LegState.DOWN
            # A phone that is asked to ring, and has not said yet that it does, is down too.
            if down and (party.stage is Stage.UP or party.call not in switch.calls):
                self._release(number)


def _nothing(_: object) -> None:
    """Whatever comes of it."""
