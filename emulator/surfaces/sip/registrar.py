"""The registrar (RFC 3261 10, RFC 3327, RFC 5626): phones say where their users are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from functools import partial
from random import Random

from sipmessage import Request, Response

from emulator.domain.registrations import Registration
from emulator.snapshot.part import Part
from emulator.surfaces.sip.admission import Admission, LockOut
from emulator.surfaces.sip.bindings import Binding, Bindings
from emulator.surfaces.sip.contacts import EVERY, Contact, Intervals, values_of
from emulator.surfaces.sip.digest import NONCE_LIFETIME_S, OFFERED, Challenger
from emulator.surfaces.sip.extensions import allows
from emulator.surfaces.sip.replies import Fields, Refused, reply
from emulator.surfaces.sip.transport import Flow
from emulator.surfaces.sip.values import SipUri, quoted, read_address
from emulator.switch.clock import MICROSECONDS

EXTENSIONS = ("path", "outbound")
"""Option tags that a request may require."""
LONGEST_USER_AGENT = 256
PATHS = 10
"""Values of Path in one request."""
_CSEQ = re.compile(r"([0-9]{1,10})\s+\S+")


@dataclass(frozen=True, slots=True)
class RegistrarSettings:
    """What a registrar grants."""

    domains: tuple[str, ...] | None = ()
    """Hosts that users may register at, beside the realm: names, addresses. None: any."""
    intervals: Intervals = field(default_factory=Intervals)
    lock_out: LockOut = field(default_factory=LockOut)
    nonce_lifetime: int = NONCE_LIFETIME_S
    """Seconds."""
    algorithms: tuple[str, ...] = OFFERED
    """Digests that users may choose from."""
    contacts: int = 10
    """Of one user."""
    bindings: int = 100_000
    """Of all users together."""
    length: int = 512
    """Characters of a contact, a value of Path, a Call-ID."""


class Registrar:
    """Takes registrations, and knows where users are."""

    __slots__ = (
        "_bindings",
        "_domains",
        "_now",
        "_on_change",
        "_on_lost",
        "_on_refused",
        "_random",
        "_settings",
        "_way_to",
        "admission",
    )

    def __init__(
        self,
        realm: str,
        password_of: Callable[[str], str | None],
        now: Callable[[], int],
        random: Random,
        settings: RegistrarSettings,
        *,
        on_change: Callable[[str, bool], None] = lambda *_: None,
        on_lost: Callable[[str], None] | None = None,
        on_refused: Callable[[str], None] = lambda _: None,
        way_to: Callable[[Binding], object] = lambda _: None,
        on_lock_out: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`now` gives the domain time in microseconds.

        `on_change` hears of a user's first binding (True), and when none is left (False);
        `on_lost`, if it is given, in its place when the last one expired or was out of reach.
        `on_refused` is told why a request will be refused, before it is.
        `way_to` raises LookupError or ValueError for a binding that could never be called.
        """
        challenger = Challenger(
            realm, now, random, settings.nonce_lifetime, offered=settings.algorithms
        )
        self.admission = Admission(challenger, password_of, now, settings.lock_out, on_lock_out)
        self._bindings = Bindings()
        domains = settings.domains
        self._domains = None if domains is None else {it.lower() for it in (realm, *domains)}
        self._now = now
        self._random = random
        self._settings = settings
        self._on_change = on_change
        self._on_lost = on_lost or (lambda user: on_change(user, False))
        self._on_refused = on_refused
        self._way_to = way_to

    def __len__(self) -> int:
        return self._bindings.count

    def register(self, request: Request, flow: Flow) -> Response:
        """Answer a REGISTER that came by a flow."""
        tag = f"{self._random.getrandbits(64):016x}"
        self.expire(self._now())
        try:
            user = self._user_of(request)
            bound, fields = self._planned(request, user, flow)
        except Refused as refused:
            self._on_refused(str(refused))
            return reply(request, refused.code, tag, refused.fields)
        except ValueError:
            return reply(request, 400, tag)
        self._replace(user, bound)
        return reply(request, 200, tag, (*fields, *self._listing(user)))

    def bindings_of(self, user: str) -> tuple[Binding, ...]:
        """Where a user is: by falling q, and the newest first."""
        now = self._now()
        newest = [it for it in reversed(self._bindings.of(user)) if it.expires_at > now]
        return tuple(sorted(newest, key=lambda it: -it.q))

    def forget(self, user: str) -> None:
        """Take all bindings of a user away."""
        self._replace(user, ())

    def lose(self, is_open: Callable[[Flow], bool]) -> None:
        """Connections have closed: who was reached by one is not there, or where it says it is."""
        for user in self._bindings.users():
            present = self._bindings.of(user)
            kept = tuple(it for it in map(partial(_without_way, is_open), present) if it)
            if kept != present:
                self._bindings.replace(user, kept)
            if not kept:
                self._on_lost(user)

    def shift(self, by: int) -> None:
        """Domain time has jumped by so many microseconds: bindings have what they had left."""
        for user in self._bindings.users():
            moved = (replace(it, expires_at=it.expires_at + by) for it in self._bindings.of(user))
            self._bindings.replace(user, tuple(moved))

    def expire(self, now: int) -> None:
        """Take away what has expired by `now`."""
        for user in self._bindings.expired(now):
            self._on_lost(user)

    @property
    def next_expiry(self) -> int | None:
        """When to call `expire` next, None while there is no binding."""
        return self._bindings.next_expiry

    def as_rows(self) -> list[Registration]:
        """All bindings, for a control plane."""
        now = self._now()
        return [
            Registration(
                *(it.user, it.uri, it.source.transport, str(it.source)),
                self._seconds_left(it),
                it.user_agent,
            )
            for it in self._bindings
            if it.expires_at > now
        ]

    def parts(self) -> tuple[Part, ...]:
        """What a snapshot keeps of it; connections that it names may be gone when it is loaded."""
        return self._bindings.part(), self.admission.part(), self.admission.challenger.part()

    def _user_of(self, request: Request) -> str:
        """Whom a request registers, in the order of the steps of RFC 3261 10.3."""
        to = request.headers.get("To") or ""
        address = SipUri.parse(read_address(to).uri)
        is_ours = self._domains is None or address.host in self._domains
        if not is_ours or not address.user:
            raise Refused(404, "not our domain")
        required = values_of(request, "Require", self._settings.length)
        unknown = [it for it in required if it.lower() not in EXTENSIONS]
        if unknown:
            raise Refused(420, "unknown extensions", (("Unsupported", ", ".join(unknown)),))
        if self.admission.admit(request) != address.user:
            raise Refused(403, "somebody else's address")
        return address.user

    def _planned(
        self, request: Request, user: str, flow: Flow
    ) -> tuple[tuple[Binding, ...], Fields]:
        """A user's bindings as a request wants them, and the fields that say what was used."""
        present = self._bindings.of(user)
        values = values_of(request, "Contact", self._settings.length)
        if not values:
            return present, ()
        model = self._model(request, user, flow)
        if any(it.call_id == model.call_id and it.cseq >= model.cseq for it in present):
            raise Refused(500, "older than what is bound")
        header = request.headers.get("Expires")
        if EVERY in values:
            if len(values) > 1 or not header or header.strip("0 "):
                raise Refused(400, "all contacts can only be removed, and without others")
            return (), ()
        contacts = [Contact.parse(value, header, self._settings.intervals) for value in values]
        bound = present
        for contact in contacts:
            bound = tuple(it for it in bound if not contact.replaces(it))
            if contact.expires:
                bound += (self._bound(contact, model),)
        self._check_room(present, bound)
        return bound, _used(request, contacts, model)

    def _model(self, request: Request, user: str, flow: Flow) -> Binding:
        """What the bindings that a request makes have in common."""
        headers, length = request.headers, self._settings.length
        call_id = headers.get("Call-ID") or ""
        cseq = _CSEQ.fullmatch((headers.get("CSeq") or "").strip())
        path = tuple(values_of(request, "Path", length))
        if cseq is None or not 0 < len(call_id) <= length:
            raise Refused(400, "no Call-ID, or no CSeq")
        if len(path) > PATHS or not all(map(str.isprintable, path)):
            raise Refused(400, "no path that can be kept")
        agent = (headers.get("User-Agent") or "")[:LONGEST_USER_AGENT]
        texts = allows(request, "MESSAGE")
        number = int(cseq[1])
        return Binding(user, "", flow, None, path, 1.0, 0, agent, call_id, number, texts=texts)

    def _bound(self, contact: Contact, model: Binding) -> Binding:
        source = model.source
        away = source.is_connection or contact.parsed.host.strip("[]") != source.peer_host
        bound = replace(
            model,
            uri=contact.uri,
            flow=source if away and not model.path else None,
            q=contact.q,
            expires_at=self._now() + contact.expires * MICROSECONDS,
            instance=contact.instance,
            reg_id=contact.reg_id,
        )
        self._check_way(bound)
        return bound

    def _check_way(self, bound: Binding) -> None:
        try:
            self._way_to(bound)
        except (LookupError, ValueError) as error:
            said = '399 emulator "we cannot call this contact"'
            raise Refused(488, "a contact that cannot be called", (("Warning", said),)) from error

    def _check_room(self, present: tuple[Binding, ...], bound: tuple[Binding, ...]) -> None:
        more = len(bound) - len(present)
        if more > 0 and len(bound) > self._settings.contacts:
            raise Refused(403, "too many contacts of one user")
        if more > 0 and self._bindings.count + more > self._settings.bindings:
            raise Refused(503, "too many bindings")

    def _replace(self, user: str, bound: tuple[Binding, ...]) -> None:
        was_there = bool(self._bindings.of(user))
        self._bindings.replace(user, bound)
        if bool(bound) != was_there:
            self._on_change(user, bool(bound))

    def _listing(self, user: str) -> Fields:
        """All bindings with what is left of their time, and the date (RFC 3261 10.3, step 8)."""
        date = formatdate(self._now() // MICROSECONDS, usegmt=True)
        bindings = self._bindings.of(user)
        return (*(("Contact", self._shown(it)) for it in bindings), ("Date", date))

    def _shown(self, binding: Binding) -> str:
        text = f"<{binding.uri}>;expires={self._seconds_left(binding)}"
        if binding.q < 1:
            text += f";q={binding.q:g}"
        if binding.instance:
            text += f";+sip.instance={quoted(binding.instance)}"
        return text + (f";reg-id={binding.reg_id}" if binding.reg_id else "")

    def _seconds_left(self, binding: Binding) -> int:
        """Rounded up: 0 would say that the binding is gone."""
        return -((self._now() - binding.expires_at) // MICROSECONDS)


def _without_way(is_open: Callable[[Flow], bool], binding: Binding) -> Binding | None:
    flow = binding.flow
    if flow is None or is_open(flow):
        return binding
    contact = SipUri.parse(binding.uri)
    by_itself = contact.host.strip("[]") == flow.peer_host and flow.transport == "TCP"
    return replace(binding, flow=None) if by_itself else None


def _used(request: Request, contacts: list[Contact], model: Binding) -> Fields:
    """What the response says of extensions (RFC 3327 5.3, RFC 5626 6)."""
    supported = [it.strip().lower() for it in request.supported]
    outbound = "outbound" in supported and any(it.reg_id for it in contacts)
    paths = tuple(("Path", value) for value in model.path)
    return (*paths, ("Require", "outbound")) if outbound else paths
