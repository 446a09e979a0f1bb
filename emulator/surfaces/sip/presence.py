"""Which phones are there: the registrar, and what the switch and snapshots know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.snapshot.guest import Guest
from emulator.surfaces.sip.keeping import Keeping
from emulator.surfaces.sip.registrar import Registrar, RegistrarSettings
from emulator.switch.switch import Switch
from emulator.switch.terms import PhoneCondition

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

REALM = "emulator"
EXPIRY_EVERY_S = 5.0
"""How often, in wire time, it is looked for registrations that have expired in domain time."""


class Presence:
    """The registrations of one leg, which the switch is told of."""

    def __init__(self, leg: SipLeg) -> None:
        self._leg = leg
        platform = leg.platform
        self.registrar = Registrar(
            REALM,
            self._password_of,
            lambda: platform.now,
            platform.random("sip registrar"),
            # Phones name us as they reach us, by whatever name or address that is.
            RegistrarSettings(domains=None, algorithms=platform.settings.digests),
            on_change=self._registered,
            on_lost=self._lost,
            on_refused=leg.refusals.because,
            way_to=leg.way_to,
        )
        self._keeping = Keeping(self.registrar)
        self._seen = platform.now
        """The domain time of late, for jumps of it."""
        platform.registrations = self.registrar.as_rows
        platform.registrar = Guest(self._keeping.save, self._keeping.check, self._load)
        leg.stack.on_closed = lambda _: self.registrar.lose(leg.stack.is_open)
        self._expiry = leg.clock.call_later(EXPIRY_EVERY_S, self._expire)

    def stop(self) -> None:
        """Look no more."""
        self._expiry.cancel()

    def follow(self, switch: Switch) -> None:
        """Another configuration may have been loaded: its phones are those that are registered."""
        registered = {it.user for it in self.registrar.as_rows()}
        for phone in switch.phones.values():
            there = phone.number in registered
            in_service = phone.condition is PhoneCondition.IN_SERVICE
            expected = phone.external and in_service and not phone.mobile
            if there and not phone.attached:
                self._registered(phone.number, True)
            elif not there and (phone.attached or expected):
                self._lost(phone.number)

    def _load(self, kept: Any) -> None:
        """A snapshot is loaded."""
        if self._keeping.is_ours(kept):
            self._keeping.load(kept)
            self.registrar.lose(self._leg.stack.is_open)
        else:
            self.registrar.shift(self._leg.platform.now - self._seen)
        self._seen = self._leg.platform.now
        self._leg.clock.call_later(0, self._leg.follow)

    def _expire(self) -> None:
        self._seen = self._leg.platform.now
        self.registrar.expire(self._seen)
        self._leg.clock.call_later(0, self._leg.follow)
        self._expiry = self._leg.clock.call_later(EXPIRY_EVERY_S, self._expire)

    def _password_of(self, user: str) -> str | None:
        found = self._leg.directory.find(user)
        return (found.password or None) if found is not None else None

    def _registered(self, user: str, present: bool) -> None:
        self._leg.post(lambda switch: switch.attach_phone(user, present))

    def _lost(self, user: str) -> None:
        self._leg.post(lambda switch: switch.lose_phone(user))
