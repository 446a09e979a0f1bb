"""Texts (MESSAGE, RFC 3428): customers write to access codes, agents to each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sipmessage import Request

from emulator.domain.messages import Message
from emulator.store.rows import MessageChannel
from emulator.surfaces.sip import identities
from emulator.surfaces.sip.dialogs import MAX_FORWARDS
from emulator.surfaces.sip.headers import new_request
from emulator.surfaces.sip.party import Party, PhoneParty
from emulator.surfaces.sip.replies import Refused
from emulator.surfaces.sip.transactions import ServerTransaction
from emulator.surfaces.sip.values import read_uri
from emulator.switch.errors import SwitchError
from emulator.switch.events import NoteReceived
from emulator.switch.model import Agent

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

PLAIN = "text/plain"


class Texts:
    """The texts of one leg."""

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg

    def from_phone(self, transaction: ServerTransaction, request: Request, phone: str) -> None:
        """An agent writes with its phone, which has proved that it is that one."""
        self._take(
            transaction,
            request,
            lambda text: self._note(phone, identities.number_of(request.uri), text),
        )

    def from_outside(self, transaction: ServerTransaction, request: Request) -> None:
        """A customer writes outside of a call."""
        leg = self._leg
        gateway = leg.gateways.source_of(transaction.flow)
        if not leg.gateways.may_call(gateway):
            leg.refusals.because("not from a gateway")
            leg.answer(transaction, request, 403)
            return
        sender = identities.caller_of(request, gateway)
        self._take(
            transaction,
            request,
            lambda text: self._file(sender, identities.number_of(request.uri), text),
        )

    def within(self, transaction: ServerTransaction, request: Request, party: Party) -> None:
        """Somebody writes during a call: a customer to where it has called."""
        if isinstance(party, PhoneParty):
            self._leg.answer(transaction, request, 405)
            return
        self._take(
            transaction, request, lambda text: self._file(party.number, "", text, party.call)
        )

    def _take(
        self, transaction: ServerTransaction, request: Request, hand_on: Callable[[str], None]
    ) -> None:
        leg, kind = self._leg, (request.headers.get("Content-Type") or PLAIN).partition(";")[0]
        if kind.strip().lower() != PLAIN:
            leg.answer(transaction, request, 415, more=(("Accept", PLAIN),))
            return
        try:
            # Raises ValueError for what is not UTF-8.
            hand_on(request.body.decode())
        except Refused as refused:
            leg.refusals.because(str(refused))
            leg.answer(transaction, request, refused.code)
        except SwitchError:
            leg.answer(transaction, request, 403)
        else:
            leg.answer(transaction, request, 202)

    def _file(self, sender: str, to: str, text: str, call_id: str = "") -> None:
        """A customer's text comes into the inbox of the tenant that it has written to."""
        switch = self._leg.platform.switch
        call = switch.calls.get(call_id)
        if call is not None:
            tenant, to = call.tenant, call.called
        else:
            found = switch.access_codes.get(to)
            if found is None:
                raise Refused(404, "no such access code")
            tenant = found[0]
        message = Message(MessageChannel.SMS, sender, to, body=text, call_id=call_id)
        self._leg.platform.messages.receive(tenant.id, message)

    def _note(self, phone: str, to: str, text: str) -> None:
        """An agent's text is a note to another agent."""
        switch = self._leg.platform.advance()
        sender = switch.phones[phone].agent
        if sender is None:
            raise Refused(403, "nobody is signed in at the phone")
        recipient = self._agent(sender, to)
        if recipient is None:
            raise Refused(404, "no such agent")
        if not recipient.signed_in:
            raise Refused(480, "the agent is not signed in")
        switch.send_note(sender.work_no, [recipient.work_no], text)

    def _agent(self, sender: Agent, to: str) -> Agent | None:
        """By its work number, or by the phone at which it is signed in."""
        phone = self._leg.platform.switch.phones.get(to)
        if phone is not None and phone.tenant == sender.tenant.id:
            return phone.agent
        return sender.tenant.agents.get(int(to)) if to.isdecimal() else None

    def noted(self, event: NoteReceived) -> None:
        """An agent has a note: its phone shows it, if it can."""
        leg = self._leg
        agent = leg.platform.switch.agents[event.agent]
        if agent.phone is None:
            return
        able = (it for it in leg.registrar.bindings_of(agent.phone.number) if it.texts)
        binding = next(able, None)
        if binding is None:
            return
        request = new_request("MESSAGE", read_uri(binding.uri), event.text.encode())
        headers = request.headers
        for route in binding.path:
            headers.add("Route", route)
        headers.set("Max-Forwards", MAX_FORWARDS)
        headers.set("From", f"{leg.address_of(str(event.sender))};tag={leg.new_tag()}")
        headers.set("To", leg.address_of(agent.phone.number))
        headers.set("Call-ID", f"{leg.new_tag()}@emulator")
        headers.set("CSeq", "1 MESSAGE")
        headers.set("Content-Type", f"{PLAIN};charset=UTF-8")
        leg.stack.send_request(request, leg.way_to(binding))
