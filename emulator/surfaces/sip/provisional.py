"""What we say of a call before it is answered; reliably where that is required (RFC 3262)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sipmessage import Request, Response

from emulator.surfaces.sip import extensions, sdp
from emulator.surfaces.sip.clock import Handle
from emulator.surfaces.sip.extensions import RELIABLE, options_of
from emulator.surfaces.sip.messages import make_response, sequence, tag
from emulator.surfaces.sip.party import Party
from emulator.surfaces.sip.transactions import ServerTransaction

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

RINGING, PROGRESS = 180, 183


class Provisional:
    """The provisional response to a call of theirs; a reliable one comes until it is PRACKed."""

    def __init__(
        self,
        leg: SipLeg,
        transaction: ServerTransaction,
        request: Request,
        party: Party,
        never_acknowledged: Callable[[], None],
    ) -> None:
        self._leg = leg
        self._transaction = transaction
        self._request = request
        self._party = party
        self._never_acknowledged = never_acknowledged
        self._number = 0
        """RSeq of what waits for its PRACK; 0: nothing does."""
        self._alarm: Handle | None = None
        self._due: Callable[[], None] | None = None
        self.sent = False

    def send(self, code: int) -> None:
        """Say 180, or 183 with our description, for something to be heard."""
        self.sent = True
        response = self._response(code)
        if RELIABLE not in options_of(self._request, "Require"):
            self._transaction.respond(response)
            return
        self._number = self._leg.random.randrange(1, 2**31 - 1)
        response.headers.set("Require", RELIABLE)
        response.headers.set("RSeq", str(self._number))
        timers = self._leg.stack.settings.timers
        self._repeat(response, timers.t1, self._leg.clock.now() + timers.timeout)

    def when_acknowledged(self, due: Callable[[], None]) -> None:
        """Do this once nothing waits for a PRACK any more."""
        if self._number:
            self._due = due
        else:
            due()

    def acknowledge(self, prack: Request) -> bool:
        """Take a PRACK; False if it is for nothing that was said."""
        number, method = sequence(self._request)
        expected = [str(self._number), str(number), method]
        if not self._number or (prack.headers.get("RAck") or "").split() != expected:
            return False
        self.stop()
        due, self._due = self._due, None
        if due is not None:
            due()
        return True

    def stop(self) -> None:
        """Say it no more."""
        self._number = 0
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def end(self) -> None:
        """There is a final response."""
        self.stop()
        self._never_acknowledged = _nothing

    def _response(self, code: int) -> Response:
        leg, party = self._leg, self._party
        assert party.dialog is not None
        response = make_response(self._request, code, to_tag=tag(party.dialog.local))
        extensions.introduce(response)
        response.headers.set("Contact", leg.contact(party.where))
        if code == PROGRESS:
            response.headers.set("Content-Type", sdp.MEDIA_TYPE)
            response.body = leg.sounds.written(party)
        return response

    def _repeat(self, response: Response, seconds: float, until: float) -> None:
        self._transaction.respond(response)
        clock = self._leg.clock
        if clock.now() + seconds > until:
            self._alarm = clock.call_later(until - clock.now(), self._give_up)
            return
        self._alarm = clock.call_later(seconds, lambda: self._repeat(response, 2 * seconds, until))

    def _give_up(self) -> None:
        self.stop()
        self._never_acknowledged()


def _nothing() -> None:
    """Nobody waits for it any more."""
