"""Transfers with the keys of a phone: REFER (RFC 3515, 3891, 4488), and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sipmessage import Request

from emulator.surfaces.sip import causes, identities
from emulator.surfaces.sip.messages import sequence
from emulator.surfaces.sip.party import Party, PhoneParty, Stage
from emulator.surfaces.sip.phrases import PHRASES
from emulator.surfaces.sip.transactions import ServerTransaction
from emulator.surfaces.sip.values import parameters, read_address, read_uri
from emulator.switch.errors import InvalidNumber, NoTrunk, SwitchError
from emulator.switch.events import LinkedPhoneTransferResult
from emulator.switch.model import Agent
from emulator.switch.switch import Switch

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

SIPFRAG = "message/sipfrag;version=2.0"
LASTS_S = 60
"""How long a phone is told to wait for news; it rings shorter than that."""
DECLINED = 604
"""The switch's cause of a transfer that it refuses."""
_REFUSALS = ((InvalidNumber, 484), (NoTrunk, 503))


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a Refer-To names, and the dialog that is to be replaced there, if it names one."""

    number: str
    replaces: tuple[str, str, str] | None = None

    @classmethod
    def of(cls, request: Request) -> Target:
        """ValueError if there is not just one, or it is no call to anybody."""
        values = request.headers.getlist("Refer-To")
        if len(values) != 1:
            raise ValueError("a REFER has one Refer-To")
        text, _, headers = read_address(values[0]).uri.partition("?")
        uri = read_uri(text)
        number = identities.number_of(uri)
        if not number or (uri.parameters.get("method") or "INVITE").upper() != "INVITE":
            raise ValueError("only calls are transferred")
        for header in headers.split("&"):
            name, _, value = header.partition("=")
            if name.lower() == "replaces":
                return cls(number, replaced(unquote(value)))
        return cls(number)


def replaced(value: str) -> tuple[str, str, str]:
    """The dialog that a Replaces names, as we know it: its Call-ID, our tag, theirs; ValueError."""
    call_id, _, rest = value.partition(";")
    tags = parameters(rest)
    ours, theirs = tags.get("to-tag"), tags.get("from-tag")
    if not (call_id and ours and theirs):
        raise ValueError("Replaces names no dialog")
    return call_id.strip(), ours, theirs


@dataclass(slots=True)
class Referral:
    """A transfer that a phone waits to hear of; `number` is that of its REFER."""

    party: PhoneParty
    number: int
    result: int | None = None
    """0: it is done; else the switch's cause of its failure."""
    begun: bool = False


class Referrals:
    """The transfers that phones of one leg have asked for, by the agents' work numbers."""

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        self._open: dict[int, Referral] = {}

    def __len__(self) -> int:
        return len(self._open)

    def refer(self, transaction: ServerTransaction, request: Request, party: Party) -> None:
        """A phone asks within a dialog that its call be transferred."""
        target = Target.of(request)
        agent = self._leg.phones.agent_at(party)
        if not isinstance(party, PhoneParty) or agent is None or not agent.phone_linkage:
            self._leg.answer(transaction, request, 403)
            return
        other = self._other(party, target)
        if target.replaces is not None and other is None:
            self._leg.answer(transaction, request, 481)
            return
        referral = Referral(party, sequence(request)[0])
        self._open[agent.work_no] = referral
        if other is not None:
            self._accept(transaction, request, agent, referral)
            self._connect(agent, referral, other)
            return
        try:
            self._send_away(agent, party, target.number)
        except SwitchError as error:
            del self._open[agent.work_no]
            code = next((it for kind, it in _REFUSALS if isinstance(error, kind)), 603)
            self._leg.answer(transaction, request, code)
            return
        self._accept(transaction, request, agent, referral)

    def _other(self, party: Party, target: Target) -> PhoneParty | None:
        """The phone's other dialog, which a Replaces names from whichever end."""
        if target.replaces is None:
            return None
        call_id, ours, theirs = target.replaces
        parties = self._leg.parties
        other = parties.get((call_id, ours, theirs)) or parties.get((call_id, theirs, ours))
        is_its = isinstance(other, PhoneParty) and other.number == party.number
        return other if isinstance(other, PhoneParty) and is_its and other is not party else None

    def _send_away(self, agent: Agent, party: PhoneParty, number: str) -> None:
        """A blind transfer."""
        self._talking(agent, party, lambda sw: sw.phone_transfers(party.number, number))

    def _connect(self, agent: Agent, referral: Referral, other: PhoneParty) -> None:
        """An attended transfer: the two calls of the phone become one."""
        active, party = agent.active, referral.party
        held = party if active is None or active.call.id == other.call else other
        talks = other if held is party else party
        # The phone hears of it before its dialogs end.
        referral.result = 0
        try:
            self._talking(agent, talks, lambda sw: sw.transfer_call(agent.work_no, held.call))
        except SwitchError:
            referral.result = DECLINED
        self._finish(agent.work_no)

    def _talking(
        self, agent: Agent, party: PhoneParty, command: Callable[[Switch], object]
    ) -> None:
        """Command the switch while the phone talks, which has held its call, as phones do."""
        switch = self._leg.platform.advance()
        held = agent.active is None and bool(agent.held)
        if held:
            switch.phone_retrieves(party.number, party.call)
        try:
            command(switch)
        except SwitchError:
            if held:
                switch.phone_holds(party.number)
            raise

    def _accept(
        self, transaction: ServerTransaction, request: Request, agent: Agent, referral: Referral
    ) -> None:
        leg, party = self._leg, referral.party
        wanted = (request.headers.get("Refer-Sub") or "true").partition(";")[0].strip().lower()
        if wanted == "false":
            self._open.pop(agent.work_no, None)
            leg.answer(transaction, request, 202, party, described=False, more=_NO_NEWS)
            return
        leg.answer(transaction, request, 202, party, described=False)
        referral.begun = True
        self._tell(referral, 100, f"active;expires={LASTS_S}")
        if referral.result is not None:
            self._finish(agent.work_no)

    # What came of it

    def transferred(self, event: LinkedPhoneTransferResult) -> None:
        """A transfer by a phone is over."""
        referral = self._open.get(event.agent)
        if referral is not None:
            referral.result = event.result
            if referral.begun:
                self._finish(event.agent)

    def _finish(self, work_no: int) -> None:
        referral = self._open.pop(work_no, None)
        if referral is None:
            return
        result = referral.result or 0
        status = causes.of_switch(result).status if result else 200
        self._tell(referral, status, "terminated;reason=noresource")

    def forget(self, party: Party) -> None:
        """The dialog in which news is told is about to be over."""
        for work_no in [no for no, it in self._open.items() if it.party is party]:
            if self._open[work_no].result is None:
                del self._open[work_no]
            else:
                self._finish(work_no)

    def _tell(self, referral: Referral, status: int, state: str) -> None:
        party = referral.party
        if party.dialog is None or party.stage is Stage.OVER:
            return
        notify = party.dialog.request("NOTIFY", self._leg.contact(party.where))
        notify.headers.set("Event", f"refer;id={referral.number}")
        notify.headers.set("Subscription-State", state)
        notify.headers.set("Content-Type", SIPFRAG)
        notify.body = f"SIP/2.0 {status} {PHRASES.get(status, '')}\r\n".encode()
        self._leg.stack.send_request(notify, party.where)


_NO_NEWS = (("Refer-Sub", "false"),)
