"""One ring of a phone: at all its contacts at once, until one of them picks up (RFC 3261, 16.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sipmessage import CSeq, Request, Response

from emulator.media.wiring import NoPort
from emulator.surfaces.sip import extensions, sdp
from emulator.surfaces.sip.bindings import Binding
from emulator.surfaces.sip.dialogs import MAX_FORWARDS, Dialog, DialogId
from emulator.surfaces.sip.headers import new_request
from emulator.surfaces.sip.invitations import GLOBAL, NO_SUCH_SOUND, Invitation
from emulator.surfaces.sip.party import PhoneParty
from emulator.surfaces.sip.redirects import Redirects
from emulator.surfaces.sip.sdp import Description
from emulator.surfaces.sip.transactions import Failure
from emulator.surfaces.sip.transport import Destination
from emulator.surfaces.sip.values import read_uri

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

ANSWERS_ITSELF = (
    ("Alert-Info", "<http://127.0.0.1>;info=alert-autoanswer"),
    ("Call-Info", "<sip:emulator>;answer-after=0"),
)
"""What asks a phone to answer by itself, in the two ways that phones know."""
ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'
UNANSWERED = (0, 408, 480)
"""What phones say, or do not, that nobody has picked up."""


@dataclass(slots=True, eq=False)
class Branch:
    """One contact that rings; `dialog` is its early one, `local` what it was offered."""

    ringing: Ringing
    binding: Binding
    where: Destination
    local: Description | None
    invitation: Invitation | None = None
    dialog: Dialog | None = None

    def progressed(self, dialog: Dialog | None, response: Response) -> None:
        """It rings."""
        self.dialog = self.dialog or dialog
        self.ringing.rings()

    def accepted(self, dialog: Dialog, response: Response) -> None:
        """It is picked up."""
        self.invitation = None
        self.ringing.accepted(self, dialog, response)

    def refused(self, response: Response | None, failure: Failure | None) -> None:
        """It is busy, refuses, is not there, or does not answer."""
        self.invitation = None
        self.ringing.refused(self, response)


@dataclass(frozen=True, slots=True)
class Ear:
    """Who wants to know what comes of it.

    `up` is given the answer, `failed` whether it is because nobody picked up.
    """

    rings: Callable[[], None]
    up: Callable[[Response], None]
    failed: Callable[[bool], None]


class Ringing:
    """The contacts of one phone that are called for one party."""

    def __init__(self, leg: SipLeg, party: PhoneParty, ear: Ear) -> None:
        self._leg = leg
        self._party = party
        self._ear = ear
        self._branches: list[Branch] = []
        self.by_itself = False
        """Whether the phone was asked to answer by itself."""
        self._redirects = Redirects()
        self._over = False
        self._refused = False
        """Whether somebody at one of the contacts does not want the call."""
        self._then: Callable[[], None] | None = None
        """What comes when all contacts are silent again."""

    def call(self, bindings: Iterable[Binding], *, by_itself: bool) -> None:
        """Ring; `by_itself`: the phone is asked to answer by itself.

        LookupError if no contact can be called, NoPort if there is no room for the sound.
        """
        self.by_itself = by_itself
        for binding in bindings:
            # An address that we cannot read, or have no transport for, is as good as none.
            with suppress(LookupError, ValueError):
                self._call(binding)
        if not self._branches:
            raise LookupError(f"phone {self._party.number} is not registered")

    def _call(self, binding: Binding, *, plain: bool = False) -> None:
        where = self._leg.way_to(binding)
        self._redirects.tried(binding.uri)
        request = self._request(binding, where, plain=plain)
        if self.by_itself:
            for name, value in ANSWERS_ITSELF:
                request.headers.set(name, value)
        branch = Branch(self, binding, where, self._party.local)
        branch.invitation = Invitation(self._leg, request, where, branch)
        branch.invitation.send()
        self._branches.append(branch)

    def _request(self, binding: Binding, where: Destination, *, plain: bool) -> Request:
        leg, party = self._leg, self._party
        call = leg.platform.switch.calls[party.call]
        party.where = where
        like = leg.customers.first_of(call)
        body = leg.sounds.offer(party, leg.host_for(where), like, plain=plain)
        request = new_request("INVITE", read_uri(binding.uri), body)
        headers = request.headers
        for route in binding.path:
            headers.add("Route", route)
        headers.set("Max-Forwards", MAX_FORWARDS)
        headers.set("From", f"{leg.address_of(call.caller)};tag={leg.new_tag()}")
        headers.set("To", leg.address_of(party.number))
        headers.set("Call-ID", f"{leg.new_tag()}@emulator")
        headers.set("CSeq", str(CSeq(1, "INVITE")))
        headers.set("Contact", leg.contact(where))
        headers.set("Content-Type", sdp.MEDIA_TYPE)
        extensions.introduce(request)
        leg.sessions.ask(request)
        return request

    def rings_in(self, dialog: DialogId) -> bool:
        """Whether a contact rings in this early dialog."""
        early = (it.dialog for it in self._branches)
        return any(it is not None and it.id == dialog for it in early)

    def cancel(self, reason: str = "") -> None:
        """Let all contacts be silent; who picks up nevertheless is hung up on."""
        self._over = True
        branches, self._branches = self._branches, []
        for branch in branches:
            invitation, branch.invitation = branch.invitation, None
            if invitation is not None:
                invitation.cancel(reason)

    def replace(self, then: Callable[[], None]) -> None:
        """Let all contacts be silent before something else; who picks up first has done so."""
        self._then = then
        for branch in self._branches:
            if branch.invitation is not None:
                branch.invitation.withdraw()

    def talk(self, cannot: Callable[[], None]) -> None:
        """Ask a contact that rings to be picked up (NOTIFY talk); `cannot`: it does not know that.

        One that has not said yet that it rings knows nothing of it either.
        """
        branch = next((it for it in self._branches if it.dialog is not None), None)
        if branch is None or branch.dialog is None:
            cannot()
            return
        notify = branch.dialog.request("NOTIFY", self._leg.contact(branch.where))
        notify.headers.set("Event", "talk")
        notify.headers.set("Subscription-State", "active")

        def answered(response: Response) -> None:
            if response.code >= 300 and not self._over and self._then is None:
                cannot()

        self._leg.stack.send_request(notify, branch.where, answered)

    # What comes back

    def rings(self) -> None:
        """A contact rings."""
        self._ear.rings()

    def accepted(self, branch: Branch, dialog: Dialog, response: Response) -> None:
        """A contact is picked up: the others are silent from now on."""
        self._branches.remove(branch)
        self.cancel(ELSEWHERE)
        party = self._party
        party.where, party.local, party.dialog = branch.where, branch.local, dialog
        self._ear.up(response)

    def refused(self, branch: Branch, response: Response | None) -> None:
        """A contact does not take the call; None: it says nothing."""
        self._branches.remove(branch)
        if self._then is not None:
            if not self._branches:
                self._over = True
                self._then()
            return
        code = 0 if response is None else response.code
        if code in NO_SUCH_SOUND and _is_secure(branch):
            with suppress(LookupError, ValueError):
                self._call(branch.binding, plain=True)
                return
        if response is not None:
            self._go_on(branch, response)
        self._refused |= code not in UNANSWERED
        if code >= GLOBAL or not self._branches:
            self.cancel()
            self._ear.failed(not self._refused)

    def _go_on(self, branch: Branch, response: Response) -> None:
        """Call where a contact has sent the call on to; numbers here are the switch's matter."""
        for uri in self._redirects.new(response):
            if not self._leg.is_ours(uri, branch.where):
                there = replace(branch.binding, uri=str(uri), flow=None, path=())
                with suppress(LookupError, ValueError, NoPort):
                    self._call(there)


def _is_secure(branch: Branch) -> bool:
    return branch.local is not None and branch.local.crypto is not None
