"""Whatever SIP refuses is in the journal: where it came from, what it was, and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sipmessage import Request

from emulator.surfaces.sip.digest import Refusal
from emulator.surfaces.sip.limits import RateSettings, SourceLimits, Verdict
from emulator.surfaces.sip.phrases import PHRASES
from emulator.surfaces.sip.values import read_address, read_uri
from emulator.traffic import exchange
from emulator.traffic.exchange import Exchange, Offence, Violation

if TYPE_CHECKING:
    from emulator.platform import Platform
    from emulator.surfaces.sip.clock import WireClock
    from emulator.surfaces.sip.transport import Flow

SURFACE = "sip"
NOTED = RateSettings(rate=20, burst=200)
"""Of one source: who floods does not push everything else out of the journal."""
USUAL = frozenset({Refusal.MISSING, Refusal.STALE})
"""Why clients are asked for credentials, which is no refusal."""
CANCELLED, NOT_WATCHED = 487, 489
"""Refusals of the usual kind: phones ask on their own what can be watched."""
_MALFORMED = (0, 400, 414, 415, 416, 420, 488, 505, 513)
_OFFENCES = {
    **dict.fromkeys(_MALFORMED, Offence.INVALID_PARAMETER),
    **dict.fromkeys((401, 403, 407), Offence.UNAUTHENTICATED),
    **dict.fromkeys((481, 482, 491, 500), Offence.WRONG_STATE),
    405: Offence.UNKNOWN_ADDRESS,
    503: Offence.TOO_OFTEN,
}
_IF_SAID = (403, 503)
"""What is an offence only for a reason of its own: agents may not dial, trunks may be taken."""


class Refusals:
    """Puts refusals of one leg into its platform's journal."""

    def __init__(self, platform: Platform, clock: WireClock) -> None:
        self._platform = platform
        self._clock = clock
        self._limits = SourceLimits(NOTED)
        self._why = ""
        self.counts: Counter[int] = Counter()
        """By status; 0: no answer."""

    def because(self, why: str) -> None:
        """Why the next refusal comes, if more is known than its status says."""
        self._why = why

    def note(self, request: Request | None, status: int, why: str, flow: Flow) -> None:
        """Take note of a message that is refused with a status; 0: it is not answered."""
        why, self._why = why or self._why, ""
        if status in (CANCELLED, NOT_WATCHED) or (status in (401, 407) and why in USUAL):
            return
        self.counts[status] += 1
        journal = self._platform.traffic.journal
        if not journal.recording:
            return
        if self._limits.judge(flow.peer_host, self._clock.now()) is Verdict.ADMIT:
            journal.note(self._exchange(request, status, why, flow))

    def _exchange(self, request: Request | None, status: int, why: str, flow: Flow) -> Exchange:
        offence = _OFFENCES.get(status) if why or status not in _IF_SAID else None
        why = why or PHRASES.get(status, "")
        noted = Exchange(
            self._platform.now,
            SURFACE,
            "",
            "" if request is None else request.method,
            "" if request is None else str(request.uri),
            status=status,
            code=why,
            verdict=exchange.Verdict.REFUSED,
            violations=() if offence is None else (Violation(offence, why),),
            source=f"{flow.transport} {flow}",
            events=(self._platform.traffic.journal.last,) * 2,
        )
        if request is not None:
            noted.headers = _headers(request)
            noted.body = request.body
            self._tell_whose(noted, request)
        return noted

    def _tell_whose(self, noted: Exchange, request: Request) -> None:
        """In whose name it came, if that is a phone of ours."""
        try:
            user = read_uri(read_address(request.headers.get("From") or "").uri).user
        except ValueError:
            return
        phone = self._platform.switch.phones.get(user or "")
        if phone is not None:
            noted.tenant = phone.tenant
            noted.agent = 0 if phone.agent is None else phone.agent.work_no


def _headers(request: Request) -> list[tuple[bytes, bytes]]:
    names = request.headers.keys()
    return [
        (name.lower().encode("latin-1", "replace"), value.encode("utf-8", "surrogateescape"))
        for name in names
        for value in request.headers.getlist(name)
    ]
