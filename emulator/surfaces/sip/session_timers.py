"""Sessions that end unless somebody refreshes them in time (RFC 4028), whoever called.

The side that refreshes does so after half of the interval, by UPDATE where the other one takes
that, else by another INVITE. Where no refresh comes the call is over, for the switch too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sipmessage import Request, Response

from emulator.surfaces.sip import extensions, sdp
from emulator.surfaces.sip.clock import Handle
from emulator.surfaces.sip.extensions import TIMER, allows, options_of
from emulator.surfaces.sip.invitations import acknowledge
from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.party import Party, Stage
from emulator.surfaces.sip.sdp import NotAcceptable
from emulator.surfaces.sip.transactions import Failure

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

MOST_EARLY_S = 32
"""So long before its end at most, and a third of the interval, a session is given up (10)."""
_GONE = (408, 481)
_UNKNOWN_METHOD = (405, 501)
_GLARE = 491
_Due = Callable[[Party], None]


@dataclass(slots=True)
class _Session:
    """An agreement: the interval in seconds, whether we refresh, and whether by UPDATE."""

    interval: int
    ours: bool
    update: bool
    alarm: Handle | None = None
    inviting: bool = False
    """An INVITE of ours that refreshes it is under way."""


class Sessions:
    """The sessions of one leg's parties; `expires` and `least` are seconds, 0: we ask for none."""

    def __init__(self, leg: SipLeg, expires: int, least: int) -> None:
        self._leg = leg
        self._expires = expires
        self._least = least
        self._sessions: dict[Party, _Session] = {}

    # What is said

    def ask(self, request: Request, *, interval: int = 0, refresher: str = "") -> None:
        """Ask for a session that expires."""
        interval = interval or self._expires
        if interval:
            told = f";refresher={refresher}" if refresher else ""
            request.headers.set("Session-Expires", f"{interval}{told}")
            request.headers.set("Min-SE", str(self._least))

    def lengthen(self, request: Request, refusal: Response) -> bool:
        """Ask for as much as a 422 wants; False if it wants no more than was asked for."""
        wanted, asked = _seconds(refusal, "Min-SE"), _seconds(request, "Session-Expires")
        if wanted is None or asked is None or wanted <= asked:
            return False
        _, refresher = _expires(request)
        self.ask(request, interval=wanted, refresher=refresher)
        request.headers.set("Min-SE", str(wanted))
        return True

    def refusal(self, request: Request) -> Response | None:
        """A 422 for who wants to refresh more often than we do; None if nothing is wrong."""
        asked = _seconds(request, "Session-Expires")
        knows = TIMER in options_of(request, "Supported")
        if asked is None or asked >= self._least or not knows:
            return None
        response = make_response(request, 422, to_tag=self._leg.new_tag())
        response.headers.set("Min-SE", str(self._least))
        return response

    # What is agreed

    def agree(self, party: Party, request: Request, response: Response) -> None:
        """Put the session that they ask for in our 2xx, and let it run."""
        asked, refresher = _expires(request)
        knows = TIMER in options_of(request, "Supported")
        if asked is None and not (knows and self._expires):
            self.stop(party)
            return
        interval = asked or self._expires
        if self._expires:
            interval = max(min(interval, self._expires), _seconds(request, "Min-SE") or 0)
        refresher = (refresher or "uac") if knows else "uas"
        response.headers.set("Session-Expires", f"{interval};refresher={refresher}")
        if knows:
            response.headers.set("Require", TIMER)
        self._start(party, interval, refresher == "uas", update=allows(request, "UPDATE"))

    def agreed(self, party: Party, response: Response) -> None:
        """Let the session run that their 2xx has."""
        interval, refresher = _expires(response)
        if interval is None:
            self.stop(party)
        else:
            self._start(party, interval, refresher != "uas", update=allows(response, "UPDATE"))

    def invites(self, party: Party) -> bool:
        """Whether we refresh its session by an INVITE just now: theirs has to wait (glare)."""
        session = self._sessions.get(party)
        return session is not None and session.inviting

    def stop(self, party: Party) -> None:
        """The call is over, or its session goes on for ever."""
        session = self._sessions.pop(party, None)
        if session is not None and session.alarm is not None:
            session.alarm.cancel()

    def _start(self, party: Party, interval: int, ours: bool, *, update: bool) -> None:
        before = self._sessions.get(party)
        self.stop(party)
        update = update or (before is not None and before.update)
        session = self._sessions[party] = _Session(interval, ours, update)
        if ours:
            self._wait(session, interval / 2, party, self._refresh)
        else:
            self._wait(session, _patience(interval), party, self._expired)

    def _wait(self, session: _Session, seconds: float, party: Party, due: _Due) -> None:
        session.alarm = self._leg.clock.call_later(seconds, partial(due, party))

    def _expired(self, party: Party) -> None:
        self._leg.lost(party)

    # Refreshing

    def _refresh(self, party: Party) -> None:
        session, leg = self._sessions[party], self._leg
        assert party.dialog is not None
        method = "UPDATE" if session.update else "INVITE"
        request = party.dialog.request(method, leg.contact(party.where))
        extensions.introduce(request)
        self.ask(request, interval=session.interval, refresher="uac")
        if method == "INVITE":
            request.body = leg.sounds.written(party)
            request.headers.set("Content-Type", sdp.MEDIA_TYPE)
        session.inviting = method == "INVITE"
        # Until it is answered the session goes on as it was.
        rest = _patience(session.interval) - session.interval / 2
        self._wait(session, rest, party, self._expired)
        heard = partial(self._responded, party, request)
        leg.stack.send_request(request, party.where, heard, partial(self._unanswered, party))

    def _unanswered(self, party: Party, failure: Failure) -> None:
        if party.stage is Stage.UP:
            self._leg.lost(party)

    def _responded(self, party: Party, request: Request, response: Response) -> None:
        if response.code < 200:
            return
        if response.code < 300 and request.method == "INVITE" and party.dialog is not None:
            acknowledge(self._leg, party.dialog, response, party.where)
        session = self._sessions.get(party)
        if session is None:
            return
        session.inviting = False
        if response.code < 300:
            self._refreshed(party, response)
        elif response.code in _GONE:
            self._leg.lost(party)
        else:
            self._not_refreshed(party, session, request, response)

    def _refreshed(self, party: Party, response: Response) -> None:
        if response.body:
            with contextlib.suppress(NotAcceptable):  # as before, then
                self._leg.sounds.accept(party, response)
        self.agreed(party, response)

    def _not_refreshed(
        self, party: Party, session: _Session, request: Request, response: Response
    ) -> None:
        """Try it in another way, or again; else the session runs out."""
        if response.code == 422 and self.lengthen(request, response):
            session.interval = _seconds(request, "Session-Expires") or session.interval
            self._again(party, session, 0)
        elif response.code in _UNKNOWN_METHOD and session.update:
            session.update = False
            self._again(party, session, 0)
        elif response.code == _GLARE:
            self._again(party, session, self._leg.random.uniform(2.1, 4))

    def _again(self, party: Party, session: _Session, seconds: float) -> None:
        if session.alarm is not None:
            session.alarm.cancel()
        self._wait(session, seconds, party, self._refresh)


def _patience(interval: int) -> float:
    """After how many seconds without a refresh a session is over (10)."""
    return interval - min(MOST_EARLY_S, interval / 3)


def _expires(message: Request | Response) -> tuple[int | None, str]:
    """The interval of Session-Expires, and who refreshes."""
    _, *parameters = (message.headers.get("Session-Expires") or "").split(";")
    told = (it.partition("=") for it in parameters)
    refreshers = [value.strip().lower() for name, _, value in told if name.strip() == "refresher"]
    return _seconds(message, "Session-Expires"), next(iter(refreshers), "")


def _seconds(message: Request | Response, name: str) -> int | None:
    """The number of a header; one that is none is as good as not there."""
    digits = (message.headers.get(name) or "").partition(";")[0].strip()
    return int(digits) if digits.isdecimal() and len(digits) < 10 else None
