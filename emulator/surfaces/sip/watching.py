"""Lamps of phones: who subscribes to `dialog` is told whether another phone rings or talks.

RFC 6665 and RFC 4235. A phone of ours may watch the phones of its tenant. Times are seconds of
wire time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from sipmessage import Request, Response

from emulator.surfaces.sip import dialogs, identities
from emulator.surfaces.sip.clock import Handle
from emulator.surfaces.sip.dialogs import Dialog, DialogId
from emulator.surfaces.sip.replies import Fields
from emulator.surfaces.sip.transactions import Failure, ServerTransaction
from emulator.surfaces.sip.transport import Target
from emulator.switch.events import PhoneAlerting, PhoneOffHook, PhoneOnHook
from emulator.switch.model import Phone
from emulator.switch.switch import Switch
from emulator.switch.terms import LegState

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

EVENT, MEDIA_TYPE = "dialog", "application/dialog-info+xml"
LEAST_S, MOST_S = 60, 3600
MOST = 10_000
"""Subscriptions of one leg."""
OTHER_EVENT: Fields = (("Allow-Events", EVENT),)
_STATES = {
    LegState.DOWN: "terminated",
    LegState.RINGING: "early",
    LegState.UP: "confirmed",
}
_SECONDS = re.compile(r"[0-9]{1,10}")


@dataclass(slots=True, eq=False)
class Watch:
    """A subscription; `told` is the state that was told last, `version` how many were."""

    number: str
    entity: str
    event: str
    """As it was written, with its id."""
    dialog: Dialog
    where: Target
    told: str = ""
    version: int = -1
    alarm: Handle | None = None


class Watching:
    """The subscriptions of one leg, by their dialogs."""

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        self._watches: dict[DialogId, Watch] = {}
        self._of: dict[str, dict[DialogId, Watch]] = {}
        """The same, by the numbers of the phones that are watched."""

    def __len__(self) -> int:
        return len(self._watches)

    # What phones want

    def subscribe(self, transaction: ServerTransaction, request: Request, phone: str) -> None:
        """A phone of ours, which has proved it, wants to watch another one."""
        number = identities.number_of(request.uri)
        switch = self._leg.platform.switch
        watched = switch.phones.get(number)
        seconds = _seconds(request)
        if watched is None or watched.tenant != switch.phones[phone].tenant:
            self._leg.answer(transaction, request, 404)
        elif len(self._watches) >= MOST:
            self._leg.answer(transaction, request, 503)
        elif self._is_long_enough(transaction, request, seconds):
            dialog = dialogs.from_request(request, self._leg.new_tag())
            entity = f"sip:{identities.user_of(number)}@{request.uri.host}"
            watch = Watch(number, entity, request.headers["Event"], dialog, transaction.flow)
            self._watches[dialog.id] = watch
            self._of.setdefault(number, {})[dialog.id] = watch
            self._accept(transaction, request, watch, seconds)

    def again(self, transaction: ServerTransaction, request: Request) -> bool:
        """A request within a subscription: for longer, or no more; False if it is in none."""
        watch = self._watches.get(dialogs.id_of(request))
        if watch is None:
            return False
        if not watch.dialog.accepts(request):
            self._leg.answer(transaction, request, 500)
        elif request.method != "SUBSCRIBE" or event_of(request) != EVENT:
            code = 405 if request.method != "SUBSCRIBE" else 489
            self._leg.answer(transaction, request, code, more=OTHER_EVENT)
        else:
            seconds = _seconds(request)
            if self._is_long_enough(transaction, request, seconds):
                watch.dialog.refresh_target(request)
                self._accept(transaction, request, watch, seconds)
        return True

    def _is_long_enough(
        self, transaction: ServerTransaction, request: Request, seconds: int
    ) -> bool:
        if 0 < seconds < LEAST_S:
            self._leg.answer(transaction, request, 423, more=(("Min-Expires", str(LEAST_S)),))
            return False
        return True

    def _accept(
        self, transaction: ServerTransaction, request: Request, watch: Watch, seconds: int
    ) -> None:
        leg = self._leg
        more = (("Expires", str(seconds)), ("Contact", leg.contact(watch.where)))
        leg.answer(transaction, request, 200, own_tag=watch.dialog.own_tag, more=more)
        if watch.alarm is not None:
            watch.alarm.cancel()
        if seconds:
            watch.alarm = leg.clock.call_later(seconds, partial(self._end, watch, "timeout"))
            self._tell(watch, f"active;expires={seconds}")
        else:
            self._end(watch, "timeout")

    # What happens

    def changed(self, event: PhoneAlerting | PhoneOffHook | PhoneOnHook) -> None:
        """A phone rings, is picked up, or is hung up."""
        for watch in list(self._of.get(event.phone, {}).values()):
            self._tell_news(watch)

    def follow(self, switch: Switch) -> None:
        """The switch may be another one, and phones may be gone."""
        for watch in list(self._watches.values()):
            if watch.number in switch.phones:
                self._tell_news(watch)
            else:
                self._end(watch, "noresource")

    def stop(self) -> None:
        """Tell nobody anything any more."""
        for watch in list(self._watches.values()):
            self._end(watch, "deactivated")

    def _tell_news(self, watch: Watch) -> None:
        if watch.told != self._state_of(watch):
            self._tell(watch, "active")

    def _state_of(self, watch: Watch) -> str:
        phone: Phone | None = self._leg.platform.switch.phones.get(watch.number)
        return _STATES[LegState.DOWN if phone is None else phone.leg]

    def _tell(self, watch: Watch, state: str) -> None:
        watch.told = self._state_of(watch)
        watch.version += 1
        notify = watch.dialog.request("NOTIFY", self._leg.contact(watch.where))
        notify.headers.set("Event", watch.event)
        notify.headers.set("Subscription-State", state)
        notify.headers.set("Content-Type", MEDIA_TYPE)
        notify.body = _document(watch)
        self._leg.stack.send_request(
            notify, watch.where, partial(self._told, watch), partial(self._lost, watch)
        )

    def _told(self, watch: Watch, response: Response) -> None:
        if response.code >= 300:
            self._forget(watch)

    def _lost(self, watch: Watch, _: Failure) -> None:
        self._forget(watch)

    def _end(self, watch: Watch, reason: str) -> None:
        self._forget(watch)
        self._tell(watch, f"terminated;reason={reason}")

    def _forget(self, watch: Watch) -> None:
        if self._watches.pop(watch.dialog.id, None) is not None:
            watches = self._of[watch.number]
            del watches[watch.dialog.id]
            if not watches:
                del self._of[watch.number]
        if watch.alarm is not None:
            watch.alarm.cancel()
            watch.alarm = None


def event_of(request: Request) -> str:
    """The event package of a SUBSCRIBE."""
    return (request.headers.get("Event") or "").partition(";")[0].strip().lower()


def _seconds(request: Request) -> int:
    """For how long it is wanted, and granted."""
    asked = request.headers.get("Expires") or ""
    return min(int(asked), MOST_S) if _SECONDS.fullmatch(asked) else MOST_S


def _document(watch: Watch) -> bytes:
    direction = ' direction="recipient"' if watch.told == "early" else ""
    return (
        '<?xml version="1.0"?>\n'
        f'<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{watch.version}"'
        f' state="full" entity={quoteattr(watch.entity)}>\n'
        f"<dialog id={quoteattr(watch.number)}{direction}><state>{watch.told}</state></dialog>\n"
        "</dialog-info>\n"
    ).encode()
