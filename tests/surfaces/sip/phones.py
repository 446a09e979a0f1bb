"""A registrar, a clock to move, and phones that register at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from sipmessage import URI, Request, Response

from emulator.surfaces.sip.digest import Challenge, answer
from emulator.surfaces.sip.registrar import Registrar, RegistrarSettings
from emulator.surfaces.sip.transport import Flow

SECOND = 1_000_000
START = 1_545_650_171 * SECOND
REALM = "call.example"
PASSWORDS = {"1001": "first", "1002": "second", "1003": "third"}
DESK = Flow("UDP", "10.0.0.1", 5060)
"""Where the phones of these tests are, unless they say otherwise."""


@dataclass
class Site:
    """A registrar, and those who watch it."""

    settings: RegistrarSettings = field(default_factory=RegistrarSettings)
    now: int = START
    changes: list[tuple[str, bool]] = field(default_factory=list)
    locked_out: list[str] = field(default_factory=list)
    cseq: int = 0
    registrar: Registrar = field(init=False)

    def __post_init__(self) -> None:
        self.registrar = Registrar(
            *(REALM, PASSWORDS.get, lambda: self.now, Random(1), self.settings),
            on_change=lambda user, there: self.changes.append((user, there)),
            on_lock_out=self.locked_out.append,
        )

    def request(self, *contacts: str, user: str = "1001", **headers: str) -> Request:
        """A REGISTER without credentials; headers with `_` for `-`."""
        self.cseq += 1
        told = {
            "Via": "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1",
            "From": f"<sip:{user}@call.example>;tag=f",
            "To": f"<sip:{user}@call.example>",
            "Call-ID": "call",
            "CSeq": f"{self.cseq} REGISTER",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request("REGISTER", URI.parse(f"sip:{REALM}"))
        for name, value in told.items():
            request.headers.add(name, value)
        for contact in contacts:
            request.headers.add("Contact", contact)
        return request

    def authenticated(self, request: Request, user: str, password: str) -> Request:
        """The request with credentials for a new challenge."""
        fields = self.registrar.admission.challenger.challenge()
        challenge = Challenge.parse(fields[0][1])
        told = answer(challenge, "REGISTER", f"sip:{REALM}", user, password, cnonce="c")
        request.headers.set("Authorization", told)
        return request

    def register(
        self, *contacts: str, user: str = "1001", flow: Flow = DESK, **headers: str
    ) -> Response:
        """What a phone that knows its password is answered."""
        request = self.request(*contacts, user=user, **headers)
        return self.registrar.register(self.authenticated(request, user, PASSWORDS[user]), flow)

    def guess(self, user: str = "1001", password: str = "guess") -> int:
        """The code that somebody is answered who does not know the password."""
        request = self.authenticated(self.request("<sip:a@b>", user=user), user, password)
        return self.registrar.register(request, DESK).code

    def uris(self, user: str = "1001") -> list[str]:
        """The contacts of a user, the one to ring first first."""
        return [binding.uri for binding in self.registrar.bindings_of(user)]


def fields_of(response: Response) -> Mapping[str, list[str]]:
    """A response's header fields."""
    names = response.headers.keys()
    return {name: response.headers.getlist(name) for name in names}
