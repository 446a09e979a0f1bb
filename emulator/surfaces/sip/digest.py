"""Digest authentication (RFC 7616, RFC 8760, RFC 3261 22), as the one who asks and who answers.

`Challenger` asks: it challenges requests and checks the credentials that come. `answer` gives the
credentials for a challenge that a trunk sent. A nonce carries its time of issue and a seal, so
that a challenge costs no memory; kept are only the counts of nonces that somebody used rightly.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from sipmessage import Request

from emulator.snapshot.part import Part, attribute
from emulator.surfaces.sip.values import SipUri, parameters, quoted
from emulator.switch.clock import MICROSECONDS

NONCE_LIFETIME_S = 300
CAPACITY = 100_000
"""Used nonces kept; beyond it the oldest, and all that are older, count as stale."""
OFFERED = ("MD5", "SHA-256")
"""All that there are, the weaker one in front: phones that know nothing else may look at the first
challenge only (RFC 8760 2.4 has it the other way round)."""
WINDOW = 64
"""How far behind the highest count of its nonce a late request may be."""
LAST_COUNT = 0xFFFFFFFF

_HASHES: Mapping[str, str] = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
_SESSION = "-SESS"
_DIGEST = re.compile(r"\s*digest\s+(\S.*)", re.IGNORECASE | re.DOTALL)
_COUNT = re.compile(r"[0-9a-fA-F]{8}")
_RESPONSE = re.compile(r"[0-9a-f]+")
_NONCE = re.compile(r"([0-9a-f]{16})[0-9a-f]{16}([0-9a-f]{32})")
_ASKED_BY = {401: "WWW-Authenticate", 407: "Proxy-Authenticate"}
_ANSWERED_BY = {401: "Authorization", 407: "Proxy-Authorization"}


class Refusal(StrEnum):
    """Why credentials were not accepted; the difference is for the journal, not for the wire."""

    MISSING = "missing"
    """None for this realm, or none that can be read."""
    WRONG = "wrong"
    UNKNOWN_USER = "unknown user"
    OTHER_TARGET = "other target"
    """Right, but for another request URI."""
    STALE = "stale"
    """Right, but with a nonce that is too old or of somebody else."""
    REPLAYED = "replayed"
    """Right, but with a count that came before."""
    LOCKED_OUT = "locked out"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who a request claims to be from, and why that was not believed."""

    user: str
    refusal: Refusal | None = None

    @property
    def accepted(self) -> bool:
        """Whether the request is the user's."""
        return self.refusal is None

    @property
    def stale(self) -> bool:
        """Whether the same password would do with a new nonce."""
        return self.refusal in (Refusal.STALE, Refusal.REPLAYED)


@dataclass(frozen=True, slots=True)
class Proof:
    """What goes into a digest beside the password; without `qop` as RFC 2069 had it."""

    algorithm: str
    user: str
    realm: str
    nonce: str
    uri: str
    qop: str = ""
    count: str = ""
    cnonce: str = ""

    def response(self, method: str, password: str, body: bytes = b"") -> str:
        """The digest in hexadecimal (RFC 7616 3.4.1)."""
        name = self.algorithm.upper()
        secret = digest(name, f"{self.user}:{self.realm}:{password}")
        if name.endswith(_SESSION):
            secret = digest(name, f"{secret}:{self.nonce}:{self.cnonce}")
        subject = f"{method}:{self.uri}"
        if self.qop == "auth-int":
            subject += f":{digest(name, body)}"
        if not self.qop:
            return digest(name, f"{secret}:{self.nonce}:{digest(name, subject)}")
        salt = f"{self.nonce}:{self.count}:{self.cnonce}:{self.qop}"
        return digest(name, f"{secret}:{salt}:{digest(name, subject)}")


@dataclass(frozen=True, slots=True)
class Credentials:
    """An Authorization or Proxy-Authorization field as it came."""

    proof: Proof
    response: str
    opaque: str | None

    @classmethod
    def parse(cls, text: str) -> Credentials:
        """A `ValueError` if it is of another scheme, or lacks what a digest needs."""
        found = _digest_parameters(text)
        try:
            proof = Proof(
                (found.get("algorithm") or "MD5").upper(),
                *(found[name] for name in ("username", "realm", "nonce", "uri")),
                *(found.get(name, "") for name in ("qop", "nc", "cnonce")),
            )
            response = found["response"].lower()
        except KeyError as error:
            raise ValueError(f"no {error.args[0]}") from None
        if proof.qop and not (proof.cnonce and _COUNT.fullmatch(proof.count)):
            raise ValueError("no count, or no cnonce")
        if not _RESPONSE.fullmatch(response):
            raise ValueError("the response is not hexadecimal")
        return cls(proof, response, found.get("opaque"))


@dataclass(slots=True)
class NonceUse:
    """The counts that came with a nonce: the highest, and which of the `WINDOW` up to it."""

    issued_at: int
    highest: int = 0
    seen: int = 0

    def take(self, count: int) -> bool:
        """Note a count; False if it came before, or is too old to know."""
        if count > self.highest:
            self.seen = (self.seen << min(count - self.highest, WINDOW) | 1) & (1 << WINDOW) - 1
            self.highest = count
            return True
        bit = 1 << self.highest - count
        if count < 1 or self.highest - count >= WINDOW or self.seen & bit:
            return False
        self.seen |= bit
        return True


@dataclass(slots=True)
class Nonces:
    """What is known of nonces; those issued up to `stale_until` (microseconds) are stale."""

    key: str
    opaque: str
    stale_until: int = -1
    used: dict[str, NonceUse] = field(default_factory=dict)


class Challenger:
    """Asks for credentials, and checks them."""

    __slots__ = ("_capacity", "_lifetime", "_nonces", "_now", "_offered", "_random", "realm")

    def __init__(
        self,
        realm: str,
        now: Callable[[], int],
        random: Random,
        lifetime_s: int = NONCE_LIFETIME_S,
        capacity: int = CAPACITY,
        offered: tuple[str, ...] = OFFERED,
    ) -> None:
        """`now` gives the domain time in microseconds; `offered` are some of `OFFERED`."""
        self.realm = realm
        self._now = now
        self._random = random
        self._lifetime = lifetime_s * MICROSECONDS
        self._capacity = capacity
        self._offered = offered
        self._nonces = Nonces(f"{random.getrandbits(256):064x}", f"{random.getrandbits(64):016x}")

    def challenge(self, code: int = 401, *, stale: bool = False) -> tuple[tuple[str, str], ...]:
        """The header fields of a response 401 or 407, in the order in which they are offered."""
        nonce = self._new_nonce()
        common = f"realm={quoted(self.realm)}, nonce={quoted(nonce)}"
        common += f", opaque={quoted(self._nonces.opaque)}" + ", stale=true" * stale
        return tuple(
            (_ASKED_BY[code], f'Digest {common}, algorithm={algorithm}, qop="auth"')
            for algorithm in self._offered
        )

    def check(
        self, request: Request, password_of: Callable[[str], str | None], code: int = 401
    ) -> Verdict:
        """Judge a request's credentials; right ones are used up by that."""
        credentials = self._credentials_of(request, code)
        if credentials is None:
            return Verdict("", Refusal.MISSING)
        proof = credentials.proof
        password = password_of(proof.user)
        # An unknown user takes as long as a wrong password: who asks learns nothing from the time.
        expected = proof.response(request.method, password or "")
        right = hmac.compare_digest(expected.encode(), credentials.response.encode())
        if password is None:
            return Verdict(proof.user, Refusal.UNKNOWN_USER)
        if not right:
            return Verdict(proof.user, Refusal.WRONG)
        if not _is_target(proof.uri, request):
            return Verdict(proof.user, Refusal.OTHER_TARGET)
        return Verdict(proof.user, self._use(credentials))

    def part(self) -> Part:
        """What a snapshot keeps of it."""
        return attribute(self, "_nonces", Nonces, "SIP nonces")

    def _credentials_of(self, request: Request, code: int) -> Credentials | None:
        """Those for this realm; a request may carry others for other realms."""
        for text in request.headers.getlist(_ANSWERED_BY[code]):
            try:
                credentials = Credentials.parse(text)
            except ValueError:
                continue
            proof = credentials.proof
            known = proof.algorithm in self._offered and proof.qop in ("", "auth")
            if proof.realm == self.realm and known:
                return credentials
        return None

    def _new_nonce(self) -> str:
        head = f"{self._now():016x}{self._random.getrandbits(64):016x}"
        return head + self._seal(head)

    def _seal(self, head: str) -> str:
        key = bytes.fromhex(self._nonces.key)
        return hmac.new(key, head.encode(), "sha256").hexdigest()[:32]

    def _issued_at(self, credentials: Credentials) -> int | None:
        """When a nonce was issued, None for one that is too old or not ours."""
        nonce = credentials.proof.nonce
        match = _NONCE.fullmatch(nonce)
        if match is None or not hmac.compare_digest(self._seal(nonce[:32]), match[2]):
            return None
        if credentials.opaque not in (None, self._nonces.opaque):
            return None
        issued_at = int(match[1], 16)
        fresh = self._nonces.stale_until < issued_at <= self._now() < issued_at + self._lifetime
        return issued_at if fresh else None

    def _use(self, credentials: Credentials) -> Refusal | None:
        issued_at = self._issued_at(credentials)
        if issued_at is None:
            return Refusal.STALE
        proof = credentials.proof
        use = self._nonces.used.get(proof.nonce)
        if use is None:
            self._make_room()
            use = self._nonces.used[proof.nonce] = NonceUse(issued_at)
        elif not proof.qop:
            return Refusal.REPLAYED
        # Without qop nothing counts: such a nonce is good for one request.
        count = int(proof.count, 16) if proof.qop else LAST_COUNT
        return None if use.take(count) else Refusal.REPLAYED

    def _make_room(self) -> None:
        used = self._nonces.used
        while used:
            nonce, use = next(iter(used.items()))
            expired = self._now() >= use.issued_at + self._lifetime
            if not expired and len(used) < self._capacity:
                return
            del used[nonce]
            if not expired:
                self._nonces.stale_until = max(self._nonces.stale_until, use.issued_at)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A WWW-Authenticate or Proxy-Authenticate field as it came."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    qop: tuple[str, ...] = ()
    opaque: str | None = None
    stale: bool = False
    userhash: bool = False

    @classmethod
    def parse(cls, text: str) -> Challenge:
        """A `ValueError` if it is of another scheme, or lacks what a digest needs."""
        found = _digest_parameters(text)
        if "realm" not in found or "nonce" not in found:
            raise ValueError("no realm, or no nonce")
        return cls(
            found["realm"],
            found["nonce"],
            found.get("algorithm") or "MD5",
            tuple(it.strip().lower() for it in found.get("qop", "").split(",") if it.strip()),
            found.get("opaque"),
            found.get("stale", "").lower() == "true",
            found.get("userhash", "").lower() == "true",
        )

    @property
    def answerable(self) -> bool:
        """Whether `answer` knows what it asks for."""
        known = self.algorithm.upper().removesuffix(_SESSION) in _HASHES
        return known and (not self.qop or bool({"auth", "auth-int"} & {*self.qop}))


def best_challenge(texts: Iterable[str]) -> Challenge | None:
    """The first of a response's challenges that can be answered (RFC 8760 2.4)."""
    for text in texts:
        try:
            challenge = Challenge.parse(text)
        except ValueError:
            continue
        if challenge.answerable:
            return challenge
    return None


def answer(
    challenge: Challenge,
    method: str,
    uri: str,
    user: str,
    password: str,
    body: bytes = b"",
    *,
    cnonce: str,
    count: int = 1,
) -> str:
    """The value of Authorization or Proxy-Authorization for a request.

    `count` says how often the nonce was used, this time included; `cnonce` is random.
    """
    qop = next((it for it in ("auth", "auth-int") if it in challenge.qop), "")
    needs_cnonce = qop or challenge.algorithm.upper().endswith(_SESSION)
    proof = Proof(
        *(challenge.algorithm, user, challenge.realm, challenge.nonce, uri, qop),
        f"{count:08x}" if qop else "",
        cnonce if needs_cnonce else "",
    )
    shown = digest(challenge.algorithm, f"{user}:{challenge.realm}") if challenge.userhash else user
    fields = {
        "username": quoted(shown),
        "realm": quoted(proof.realm),
        "nonce": quoted(proof.nonce),
        "uri": quoted(uri),
        "response": quoted(proof.response(method, password, body)),
        "algorithm": proof.algorithm,
        "cnonce": quoted(proof.cnonce) if proof.cnonce else "",
        "opaque": "" if challenge.opaque is None else quoted(challenge.opaque),
        "qop": qop,
        "nc": proof.count,
        "userhash": "true" if challenge.userhash else "",
    }
    return "Digest " + ", ".join(f"{name}={value}" for name, value in fields.items() if value)


def digest(algorithm: str, data: str | bytes) -> str:
    """A hash in hexadecimal, by an algorithm's name in RFC 7616."""
    name = _HASHES[algorithm.upper().removesuffix(_SESSION)]
    raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    return hashlib.new(name, raw, usedforsecurity=False).hexdigest()


def _digest_parameters(text: str) -> dict[str, str]:
    match = _DIGEST.fullmatch(text)
    if match is None:
        raise ValueError("not a digest")
    return {name: value or "" for name, value in parameters(match[1], ",").items()}


def _is_target(uri: str, request: Request) -> bool:
    """Whether a digest's URI leads where the request goes; phones differ in port and parameters."""
    target = str(request.uri)
    try:
        meant, asked = SipUri.parse(uri), SipUri.parse(target)
    except ValueError:
        return uri == target
    return (meant.user, meant.host) == (asked.user, asked.host)
