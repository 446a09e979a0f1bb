"""Calls that we make: one INVITE, until it is answered, refused or given up (RFC 3261, 13.2).

A proxy may fork it: each To tag is another phone with an early dialog of its own. The first 2xx
wins; whoever answers besides is hung up on. Provisional responses that are sent reliably are
acknowledged (RFC 3262). A challenge is answered once, and a session that is too short for the
other side is asked for once more (RFC 4028).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sipmessage import CSeq, Request, Response

from emulator.surfaces.sip import dialogs
from emulator.surfaces.sip.dialogs import Dialog
from emulator.surfaces.sip.digest import answer, best_challenge
from emulator.surfaces.sip.extensions import RELIABLE, options_of
from emulator.surfaces.sip.messages import sequence, tag
from emulator.surfaces.sip.transactions import ClientTransaction, Failure
from emulator.surfaces.sip.transport import Destination, Target

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

GLOBAL = 600
"""From here on a refusal is that of the user, wherever else it rings."""
NO_SUCH_SOUND = (415, 488)
"""What who is called says to an encrypted offer, and knows no SRTP."""
_CHALLENGES = {401: ("WWW-Authenticate", "Authorization")}
_CHALLENGES[407] = ("Proxy-Authenticate", "Proxy-Authorization")


class Inviter(Protocol):
    """Whoever calls. Nothing is called any more once it has given up, or one phone has answered."""

    def progressed(self, dialog: Dialog | None, response: Response) -> None:
        """A provisional response, and the early dialog that it belongs to."""

    def accepted(self, dialog: Dialog, response: Response) -> None:
        """Somebody has answered; the ACK is sent."""

    def refused(self, response: Response | None, failure: Failure | None) -> None:
        """Nobody answers: a refusal, or none came."""


class Invitation:
    """One call; `credentials` are the user and password to be shown to who asks for them."""

    def __init__(
        self,
        leg: SipLeg,
        request: Request,
        where: Destination,
        inviter: Inviter,
        credentials: tuple[str, str] = ("", ""),
    ) -> None:
        self._leg = leg
        self.request = request
        self._where = where
        self._inviter = inviter
        self._credentials = credentials
        self._early: dict[str, Dialog] = {}
        """Early dialogs, by the tag of the phone."""
        self._reliable: dict[str, int] = {}
        """The last RSeq of each."""
        self._won = ""
        """The tag of who has answered."""
        self.over = False
        """Given up: who answers now is hung up on."""
        self._withdrawn = False
        self._transaction: ClientTransaction | None = None

    def send(self) -> None:
        """Call; LookupError without a way of that transport."""
        self._transaction = self._leg.stack.send_request(
            self.request, self._where, self._responded, self._failed
        )

    def cancel(self, reason: str = "") -> None:
        """Give up; who answers nevertheless is hung up on."""
        self.over = True
        self.withdraw(reason)

    def withdraw(self, reason: str = "") -> None:
        """Let it ring no more; who answers before that has answered."""
        self._withdrawn = True
        if self._transaction is not None:
            self._transaction.cancel(reason)

    # What comes back

    def _failed(self, failure: Failure) -> None:
        self._give_up(None, failure)

    def _responded(self, response: Response) -> None:
        try:
            self._take(response)
        except ValueError:
            # A header that is well-formed as a line, and nothing else: nobody can be talked to.
            self._give_up(None, None)

    def _give_up(self, response: Response | None, failure: Failure | None) -> None:
        self._transaction = None
        if not self.over:
            self.over = True
            self._inviter.refused(response, failure)

    def _take(self, response: Response) -> None:
        if response.code >= 300:
            self._refused(response)
        elif response.code >= 200:
            self._accepted(response)
        elif response.code > 100 and not self.over:
            self._progressed(response)

    def _progressed(self, response: Response) -> None:
        whose = tag(response.headers["To"])
        if whose and whose not in self._early:
            self._early[whose] = dialogs.from_response(self.request, response)
        dialog = self._early.get(whose)
        if dialog is not None and not self._acknowledged(whose, dialog, response):
            return
        self._inviter.progressed(dialog, response)

    def _acknowledged(self, whose: str, dialog: Dialog, response: Response) -> bool:
        """PRACK what is sent reliably; False: it came before, or something before it is missing."""
        number = response.headers.get("RSeq") or ""
        if RELIABLE not in options_of(response, "Require") or not number.isdecimal():
            return True
        last = self._reliable.get(whose)
        if last is not None and int(number) != last + 1:
            return False
        self._reliable[whose] = int(number)
        prack = dialog.request("PRACK", self._leg.contact(self._where))
        prack.headers.set("RAck", f"{number} {response.headers['CSeq']}")
        self._leg.stack.send_request(prack, self._where)
        return True

    def _accepted(self, response: Response) -> None:
        self._transaction = None
        whose = tag(response.headers["To"])
        dialog = dialogs.from_response(self.request, response)
        early = self._early.get(whose)
        if early is not None:
            dialog.local_sequence = early.local_sequence
            dialog.remote_sequence = early.remote_sequence
        acknowledge(self._leg, dialog, response, self._where)
        if self._won == whose:
            return
        if self.over or self._won:
            hang_up(self._leg, dialog, self._where)
            return
        self._won = whose
        self._inviter.accepted(dialog, response)

    def _refused(self, response: Response) -> None:
        self._transaction = None
        if self._withdrawn or not self._again(response):
            self._give_up(response, None)

    # Once more

    def _again(self, response: Response) -> bool:
        """Whether it is asked anew, as the refusal wants it."""
        change = self._answers if response.code in _CHALLENGES else self._takes_longer
        if not change(response):
            return False
        number, method = sequence(self.request)
        self.request.headers.set("CSeq", str(CSeq(number + 1, method)))
        self._early.clear()
        self._reliable.clear()
        self.send()
        return True

    def _answers(self, response: Response) -> bool:
        asks, shows = _CHALLENGES[response.code]
        user, password = self._credentials
        challenge = best_challenge(response.headers.getlist(asks))
        if not user or challenge is None or self.request.headers.get(shows):
            return False
        cnonce = f"{self._leg.random.getrandbits(64):016x}"
        request = self.request
        proof = answer(
            challenge, "INVITE", str(request.uri), user, password, request.body, cnonce=cnonce
        )
        request.headers.set(shows, proof)
        return True

    def _takes_longer(self, response: Response) -> bool:
        return response.code == 422 and self._leg.sessions.lengthen(self.request, response)


def acknowledge(leg: SipLeg, dialog: Dialog, response: Response, where: Target) -> None:
    """Send the ACK of a 2xx."""
    leg.stack.send_ack(dialog.request("ACK", leg.contact(where), sequence(response)[0]), where)


def hang_up(leg: SipLeg, dialog: Dialog, where: Target) -> None:
    """Send BYE to who has answered, and is not wanted any more."""
    leg.stack.send_request(dialog.request("BYE", leg.contact(where)), where)


def stray(leg: SipLeg, response: Response, where: Target) -> None:
    """A 2xx after its transaction: who is not on a call of ours is hung up on (13.2.2.4)."""
    number, method = sequence(response)
    if method != "INVITE" or not 200 <= response.code < 300:
        return
    headers = response.headers
    target = dialogs.contact_of(response)
    if target is None:
        return
    routes = tuple(reversed(dialogs.routes_of(response)))
    dialog = Dialog(headers["Call-ID"], headers["From"], headers["To"], target, routes, number)
    acknowledge(leg, dialog, response, where)
    if dialog.id not in leg.parties:
        hang_up(leg, dialog, where)
