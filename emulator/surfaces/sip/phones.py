"""Phones of agents that are registered: the switch asks them to ring, to answer, to hang up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from sipmessage import Response

from emulator.media.wiring import NoPort
from emulator.surfaces.sip import causes
from emulator.surfaces.sip.errands import Outcome
from emulator.surfaces.sip.lines import Lines
from emulator.surfaces.sip.party import NOWHERE, Party, PhoneParty, Stage
from emulator.surfaces.sip.ringing import Ear, Ringing
from emulator.surfaces.sip.sdp import NotAcceptable
from emulator.switch.events import EndpointRequested, PhoneOffHook, PhoneOnHook
from emulator.switch.model import Agent
from emulator.switch.switch import Switch
from emulator.switch.terms import LegState, PhoneAnswer

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

ITSELF_WITHIN_S = 1.0
"""A phone that answers by itself does so within this time of being asked."""
NOTIFY, LATE = PhoneAnswer.NOTIFY, PhoneAnswer.LATE


class Phones:
    """The phones of one leg that are called, or on a call, by their numbers."""

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        self.lines = Lines(leg)
        self.parties = self.lines.front

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
        call, mode = leg.platform.switch.calls[event.call], self._mode(event.phone)
        agent = leg.platform.switch.phones[event.phone].agent
        dials = call.connections[0].agent is agent
        by_itself = agent is not None and (agent.auto_answer or dials)
        session = leg.random.getrandbits(31)
        party = PhoneParty(event.phone, event.call, NOWHERE, session, ring=event.request)
        if mode is LATE and not by_itself and leg.registrar.bindings_of(event.phone):
            self.lines.add(party)
            leg.clock.call_later(0, partial(self._rings, party))
        elif self._call(party, by_itself=by_itself):
            self.lines.add(party)
        else:
            leg.post(lambda switch: switch.endpoint_failed(event.request))

    def lifted(self, event: PhoneOffHook) -> None:
        """The switch has a phone up: a real one that was hung up while its call was held is not."""
        called = event.phone in self.parties
        if not called and self._leg.platform.switch.phones[event.phone].attached:
            self._leg.clock.call_later(0, partial(self._lift, event.phone))

    def lowered(self, event: PhoneOnHook) -> None:
        """The switch has a phone down: one that has signed off during its call is asked no more."""
        phone = self._leg.platform.switch.phones.get(event.phone)
        if phone is None or not phone.external:
            self._release(event.phone)

    def _lift(self, number: str) -> None:
        leg = self._leg
        phone = leg.platform.switch.phones.get(number)
        if phone is None or phone.leg is not LegState.UP or number in self.parties:
            return
        if phone.agent is None or phone.agent.active is None:
            return
        session = leg.random.getrandbits(31)
        call = phone.agent.active.call.id
        party = PhoneParty(number, call, NOWHERE, session, stage=Stage.RINGS)
        if self._call(party, by_itself=True):
            self.lines.add(party)
        else:
            leg.command(lambda switch: switch.phone_on_hook(number))

    def _ring_mobile(self, event: EndpointRequested) -> None:
        leg, session = self._leg, self._leg.random.getrandbits(31)
        party = PhoneParty(event.phone, event.call, NOWHERE, session, ring=event.request)
        outcome = Outcome(
            partial(self._rings, party),
            partial(self._up, party),
            lambda cause: self._failed(party, unanswered=cause == causes.NO_ANSWER),
        )
        if leg.outbound.ring_mobile(event, party, outcome):
            self.lines.add(party)
        else:
            leg.sounds.close(party)
            leg.post(lambda switch: switch.endpoint_failed(event.request))

    def _mode(self, number: str) -> PhoneAnswer:
        found = self._leg.directory.find(number)
        return NOTIFY if found is None else found.answer

    def _call(self, party: PhoneParty, *, by_itself: bool) -> bool:
        """Call the phone at all its contacts; False if it has none that can be called."""
        leg = self._leg
        ear = Ear(
            partial(self._rings, party),
            partial(self._picked_up, party),
            lambda unanswered: self._failed(party, unanswered=unanswered),
        )
        party.ringing = Ringing(leg, party, ear)
        try:
            party.ringing.call(leg.registrar.bindings_of(party.number), by_itself=by_itself)
        except (LookupError, NoPort):
            leg.sounds.close(party)
            return False
        return True

    def _answer(self, event: EndpointRequested) -> None:
        party = self.parties.get(event.phone)
        if party is None:
            self._call_late(event)
        elif party.stage is Stage.UP:
            self._leg.post(lambda switch: switch.endpoint_confirmed(event.request))
        else:
            party.answer = event.request
            self._have_picked_up(party)

    def _call_late(self, event: EndpointRequested) -> None:
        """The phone has registered since it rang, simulated: it is called to answer by itself."""
        leg, session = self._leg, self._leg.random.getrandbits(31)
        party = PhoneParty(event.phone, event.call, NOWHERE, session, stage=Stage.RINGS)
        party.answer = event.request
        if self._call(party, by_itself=True):
            self.lines.add(party)
        else:
            leg.post(lambda switch: switch.endpoint_failed(event.request))

    def _have_picked_up(self, party: PhoneParty) -> None:
        """An agent answers by an interface: somehow the phone is to be picked up."""
        if party.invite is not None:
            return  # by a gateway: it is picked up by hand
        if party.ringing is not None and self._mode(party.number) is NOTIFY:
            # What a phone was asked for already it is given the time to do.
            wait = ITSELF_WITHIN_S if party.ringing.by_itself else 0
            self._leg.clock.call_later(wait, partial(self._talk, party, party.answer))
        else:
            # Soon: the switch is at an event of its own.
            self._leg.clock.call_later(0, partial(self._call_again, party))

    def _talk(self, party: PhoneParty, request: int) -> None:
        if party.ringing is not None and party.answer == request:
            party.ringing.talk(partial(self._call_again, party))

    def _call_again(self, party: PhoneParty) -> None:
        """Call a phone anew that is to answer by itself now."""
        if party.ringing is not None:
            party.ringing.replace(partial(self._call_at_last, party))
        else:
            self._call_at_last(party)

    def _call_at_last(self, party: PhoneParty) -> None:
        if party.stage is Stage.RINGS and not self._call(party, by_itself=True):
            self._failed(party, unanswered=False)

    def _release(self, phone: str) -> None:
        for party in self.lines.of(phone):
            self.lines.remove(party)
            self._let_go(party)

    def _let_go(self, party: PhoneParty) -> None:
        if party.stage is Stage.UP:
            self._leg.end(party)
        else:
            party.stage = Stage.OVER
            self._leg.sounds.close(party)
            given_up, party.ringing, party.invite = (party.ringing, party.invite), None, None
            for calling in given_up:
                if calling is not None:
                    calling.cancel()

    # What the phone does

    def _rings(self, party: PhoneParty) -> None:
        if party.stage is not Stage.ASKED:
            return
        party.stage = Stage.RINGS
        ring, party.ring = party.ring, 0
        self._leg.command(lambda switch: switch.endpoint_confirmed(ring))

    def _picked_up(self, party: PhoneParty, response: Response) -> None:
        leg = self._leg
        self._rings(party)
        party.stage, party.ringing = Stage.UP, None
        leg.remember(party)
        try:
            leg.sounds.accept(party, response)
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

    def _failed(self, party: PhoneParty, *, unanswered: bool) -> None:
        """The phone is busy, refuses, is not there, or does not answer."""
        self.lines.remove(party)
        self._leg.sounds.close(party)
        party.ringing = party.invite = None
        if party.stage is Stage.OVER:
            return
        rang = party.stage is Stage.RINGS
        party.stage = Stage.OVER
        request = party.answer or party.ring
        if request:
            self._leg.post(lambda switch: switch.endpoint_failed(request))
        elif rang:
            hangs_up = partial(Switch.phone_on_hook, number=party.number, unanswered=unanswered)
            self._leg.post(hangs_up)

    def presses(self, party: Party, key: str) -> None:
        """The phone presses a key during a call."""
        agent = self.agent_at(party)
        if agent is not None:
            self._leg.command(lambda sw: sw.generate_digits(agent.work_no, key, letters=True))

    def holds(self, party: PhoneParty, *, held: bool) -> None:
        """The phone holds its call, or takes it back; what it holds already it holds."""
        party.holds = held
        agent = self.agent_at(party)
        if agent is None:
            return
        two, active = self.lines.has_two(party.number), agent.active
        which = party.call if two else None
        if two and held != (active is not None and active.call.id == party.call):
            # It is held already, or talks.
            return
        self._leg.command(
            _holding(agent, party.number, which)
            if held
            else _taking_back(agent, party.number, which)
        )
        if not held:
            self.lines.bring_forward(party)

    def party_of(self, agent: Agent) -> PhoneParty | None:
        """The agent's phone, if it is a real one and off the hook."""
        phone = agent.phone
        party = self.parties.get(phone.number) if phone is not None else None
        up = party is not None and (party.stage is Stage.UP or party.dials)
        return party if up else None

    def agent_at(self, party: Party) -> Agent | None:
        """The agent who is signed in at a phone."""
        phone = self._leg.platform.switch.phones.get(party.number)
        return None if phone is None else phone.agent

    def hung_up(self, party: PhoneParty) -> None:
        """The phone has hung up, all of it or one of its two calls."""
        agent = self.agent_at(party)
        others = self.lines.remove(party)
        call = party.call if others else _held_by(party, agent)
        if agent is not None and call:
            number = agent.work_no
            self._leg.command(lambda switch: switch.release_call(number, call))
        if not others:
            self._leg.command(lambda switch: switch.phone_on_hook(party.number))

    def leave_behind(self, switch: Switch) -> None:
        """Hang up at phones that the switch does not know to be off hook any more."""
        for number, party in list(self.parties.items()):
            phone = switch.phones.get(number)
            down = phone is None or phone.leg is LegState.DOWN
            # A phone that is asked to ring, and has not said yet that it does, is down too.
            if down and (party.stage is Stage.UP or party.call not in switch.calls):
                self._release(number)


def _held_by(party: PhoneParty, agent: Agent | None) -> str:
    """The call that a phone holds itself: it cannot have it back once it has hung up."""
    if not party.holds or agent is None or agent.active is not None:
        return ""
    return agent.held[-1].call.id if agent.held else ""


def _holding(agent: Agent, phone: str, call: str | None) -> Callable[[Switch], None]:
    if agent.phone_linkage:
        return lambda switch: switch.phone_holds(phone)
    return lambda switch: switch.hold_call(agent.work_no, call)


def _taking_back(agent: Agent, phone: str, call: str | None) -> Callable[[Switch], None]:
    if agent.phone_linkage:
        return lambda switch: switch.phone_retrieves(phone, call)
    return lambda switch: switch.retrieve_call(agent.work_no, call)
