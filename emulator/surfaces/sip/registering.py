"""Registering at a provider: a gateway that calls us where we have told it to (RFC 3261 10.2).

A registration is refreshed before it expires. One that fails is tried again after a while that
doubles, and half of which is random, so that many do not come at once (RFC 5626 4.5). Times are
seconds of wire time.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from sipmessage import URI, CSeq, Request, Response

from emulator.domain.gateways import Registered
from emulator.surfaces.sip.clock import Handle
from emulator.surfaces.sip.dialogs import MAX_FORWARDS
from emulator.surfaces.sip.digest import Challenge, answer, best_challenge
from emulator.surfaces.sip.headers import new_request
from emulator.surfaces.sip.identities import user_of
from emulator.surfaces.sip.transactions import Failure
from emulator.surfaces.sip.values import read_address, read_uri, split_values

if TYPE_CHECKING:
    from emulator.surfaces.sip.gateways import Gateway
    from emulator.surfaces.sip.leg import SipLeg

EARLY_S = 32.0
"""So long before its end at most, and a third of it, a registration is refreshed."""
AGAIN_S, LATEST_S = 30.0, 1800.0
"""How long a first failure, and how long any, has the next attempt wait at most."""
LINE = "line"
"""The parameter of our contact that tells which provider somebody calls by."""
_CHALLENGES = {401: ("WWW-Authenticate", "Authorization")}
_CHALLENGES[407] = ("Proxy-Authenticate", "Proxy-Authorization")
_SECONDS = re.compile(r"[0-9]{1,8}")
_TOO_BRIEF = 423
_MOST_ANSWERS = 2
"""To challenges, for one attempt: the nonce that was known may be stale."""


class Registration:
    """Our registration at one gateway."""

    def __init__(self, leg: SipLeg, gateway: Gateway, random: Random) -> None:
        self._leg = leg
        self._random = random
        self._gateway = gateway
        self.line = f"{random.getrandbits(64):016x}"
        self.state = Registered.PENDING
        self._expires = gateway.config.register_expires
        self._call_id = f"{random.getrandbits(64):016x}@emulator"
        self._tag = f"{random.getrandbits(64):016x}"
        self._number = 0
        self._failures = 0
        self._answers = 0
        self._challenge: tuple[int, Challenge] | None = None
        """The last one, and the status that it came with."""
        self._count = 0
        """How often its nonce was used."""
        self._alarm: Handle | None = None
        self._end: Handle | None = None

    def begin(self) -> None:
        """Register, or refresh the registration."""
        self._answers = 0
        self._send(self._expires)

    def stop(self) -> None:
        """Register no more, and take the registration away."""
        for alarm in (self._alarm, self._end):
            if alarm is not None:
                alarm.cancel()
        if self.state is Registered.YES:
            self.state = Registered.PENDING
            with contextlib.suppress(LookupError):
                self._leg.stack.send_request(self._request(0), self._gateway.destination)

    # What is said

    def _send(self, expires: int) -> None:
        try:
            self._leg.stack.send_request(
                self._request(expires), self._gateway.destination, self._heard, self._failed
            )
        except LookupError:  # no port of its transport
            self._again()

    def _request(self, expires: int) -> Request:
        leg, config, where = self._leg, self._gateway.config, self._gateway.destination
        self._number += 1
        user = user_of(config.user)
        address = f"<sip:{user}@{self._gateway.domain}>"
        request = new_request("REGISTER", read_uri(f"sip:{self._gateway.domain}"))
        for name, value in (
            ("Max-Forwards", MAX_FORWARDS),
            ("From", f"{address};tag={self._tag}"),
            ("To", address),
            ("Call-ID", self._call_id),
            ("CSeq", str(CSeq(self._number, "REGISTER"))),
            ("Contact", f"<{leg.address_at(where, user)};{LINE}={self.line}>"),
            ("Expires", str(expires)),
        ):
            request.headers.set(name, value)
        self._prove(request)
        return request

    def _prove(self, request: Request) -> None:
        if self._challenge is None:
            return
        code, challenge = self._challenge
        config = self._gateway.config
        self._count += 1
        proof = answer(
            challenge,
            request.method,
            str(request.uri),
            config.user,
            config.password,
            cnonce=f"{self._random.getrandbits(64):016x}",
            count=self._count,
        )
        request.headers.set(_CHALLENGES[code][1], proof)

    # What comes back

    def _heard(self, response: Response) -> None:
        code = response.code
        if code < 200:
            return
        if code < 300:
            self._granted(response)
        elif self._may_ask_again(response):
            self._send(self._expires)
        else:
            self._refused(response)

    def _may_ask_again(self, response: Response) -> bool:
        if response.code in _CHALLENGES:
            return self._is_new(response)
        return response.code == _TOO_BRIEF and self._takes_longer(response)

    def _granted(self, response: Response) -> None:
        seconds = 0
        with contextlib.suppress(ValueError):  # lists of contacts that are none
            seconds = self._seconds_of(response)
        if seconds <= 0:
            self._refused(response)
            return
        clock = self._leg.clock
        self.state, self._failures = Registered.YES, 0
        self._wait(seconds - min(EARLY_S, seconds / 3))
        if self._end is not None:
            self._end.cancel()
        self._end = clock.call_later(seconds, partial(self._over, Registered.PENDING))

    def _seconds_of(self, response: Response) -> int:
        """How long our contact is bound, as the registrar says it."""
        for line in response.headers.getlist("Contact"):
            for value in split_values(line):
                address = read_address(value)
                granted = address.parameters.get("expires") or ""
                if self._is_ours(address.uri) and _SECONDS.fullmatch(granted):
                    return int(granted)
        told = response.headers.get("Expires") or ""
        return int(told) if _SECONDS.fullmatch(told) else self._expires

    def _is_ours(self, uri: str) -> bool:
        with contextlib.suppress(ValueError):
            return self.is_called(read_uri(uri))
        return False

    def is_called(self, uri: URI) -> bool:
        """Whether an address is the contact that we have registered."""
        return uri.scheme != "tel" and uri.parameters.get(LINE) == self.line

    def _is_new(self, response: Response) -> bool:
        """Whether there is a challenge that can be answered, and was not in vain already."""
        asks, _ = _CHALLENGES[response.code]
        challenge = best_challenge(response.headers.getlist(asks))
        self._answers += 1
        tried = self._answers > 1 and not (challenge is not None and challenge.stale)
        if challenge is None or tried or self._answers > _MOST_ANSWERS:
            self._challenge = None
            return False
        self._challenge, self._count = (response.code, challenge), 0
        return True

    def _takes_longer(self, response: Response) -> bool:
        wanted = response.headers.get("Min-Expires") or ""
        if not _SECONDS.fullmatch(wanted) or int(wanted) <= self._expires:
            return False
        self._expires = int(wanted)
        return True

    def _refused(self, response: Response) -> None:
        if 400 <= response.code < 500:
            self._over(Registered.NO)
        later = response.headers.get("Retry-After") or ""
        found = _SECONDS.match(later.strip())
        self._again(0 if found is None else int(found[0]))

    def _failed(self, _: Failure) -> None:
        self._again()

    def _over(self, state: Registered) -> None:
        """Nobody calls us there any more."""
        self.state = state

    def _again(self, at_least: int = 0) -> None:
        most = min(LATEST_S, AGAIN_S * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        self._wait(max(self._random.uniform(most / 2, most), min(at_least, LATEST_S)))

    def _wait(self, seconds: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._leg.clock.call_later(seconds, self.begin)


class Registrations:
    """Our registrations at the gateways that want one, by their names."""

    def __init__(self, leg: SipLeg, gateways: Iterable[Gateway]) -> None:
        random = leg.platform.random("sip registrations")
        self._all = {
            it.config.name: Registration(leg, it, random) for it in gateways if it.config.register
        }

    def start(self) -> None:
        """Register everywhere."""
        for registration in self._all.values():
            registration.begin()

    def stop(self) -> None:
        """Take all registrations away."""
        for registration in self._all.values():
            registration.stop()

    def state_of(self, gateway: Gateway) -> Registered:
        """Whether a gateway knows where to call us."""
        known = self._all.get(gateway.config.name)
        return Registered.NOWHERE if known is None else known.state

    def called_by(self, uri: URI) -> str:
        """The name of the gateway that was given an address; empty: none was."""
        if not self._all:
            return ""
        return next((name for name, it in self._all.items() if it.is_called(uri)), "")
