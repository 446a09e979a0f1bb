"""Calls that ring elsewhere, taken by another phone: INVITE with Replaces (RFC 3891)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipmessage import Request

from emulator.surfaces.sip import dialogs
from emulator.surfaces.sip.party import PhoneParty, Stage
from emulator.surfaces.sip.referrals import replaced
from emulator.surfaces.sip.transactions import ServerTransaction
from emulator.switch.errors import SwitchError, WrongAgentState

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg


def picks_up(leg: SipLeg, transaction: ServerTransaction, request: Request, phone: str) -> None:
    """A phone wants the call that rings at the phone whose dialog it names."""
    call_id, ours, theirs = replaced(request.headers["Replaces"])
    named = ((call_id, ours, theirs), (call_id, theirs, ours))
    if any(it in leg.parties for it in named):
        # Somebody talks there already, and goes on.
        leg.answer(transaction, request, 486)
        return
    rings = next((it for it in leg.phones.parties.values() if _rings(it, named)), None)
    if rings is None:
        leg.answer(transaction, request, 481)
        return
    switch = leg.platform.advance()
    agent, other = switch.phones[phone].agent, switch.phones[rings.number].agent
    if agent is None or other is None or not agent.phone_linkage:
        leg.answer(transaction, request, 403)
        return
    dialog = dialogs.from_request(request, leg.new_tag())
    session = leg.random.getrandbits(31)
    party = PhoneParty(phone, "", transaction.flow, session, Stage.UP, dialog)
    if not leg.describe(party, transaction, request):
        return
    # The switch asks the phone to ring, which is off the hook already.
    leg.phones.lines.add(party)
    try:
        switch.pick_up(agent.work_no, other.work_no)
    except SwitchError as error:
        leg.phones.lines.remove(party)
        leg.sounds.close(party)
        leg.answer(transaction, request, 486 if isinstance(error, WrongAgentState) else 403)
        return
    leg.remember(party)
    leg.answer(transaction, request, 200, party)
    leg.post(lambda sw: sw.phone_off_hook(phone))


def _rings(party: PhoneParty, named: tuple[dialogs.DialogId, ...]) -> bool:
    return party.ringing is not None and any(map(party.ringing.rings_in, named))
