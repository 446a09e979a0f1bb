"""What a REGISTER asks for: the values of Contact, read and held against the limits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sipmessage import Request

from emulator.surfaces.sip.bindings import Binding
from emulator.surfaces.sip.replies import Refused
from emulator.surfaces.sip.values import SipUri, read_address, split

EVERY = "*"
_SECONDS = re.compile(r"[0-9]{1,10}")
_Q = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_REG_ID = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Intervals:
    """How long bindings live, in seconds."""

    minimum: int = 60
    default: int = 3600
    """Where a phone does not say, or says what is none (RFC 3261 20.19)."""
    maximum: int = 7200

    def granted(self, asked: str | None) -> int:
        """What is granted for what is asked for; 0 takes a binding away."""
        known = asked is not None and _SECONDS.fullmatch(asked)
        seconds = int(asked) if asked is not None and known else self.default
        if 0 < seconds < self.minimum:
            raise Refused(423, "too short", (("Min-Expires", str(self.minimum)),))
        return min(seconds, self.maximum)


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact that is to be bound for some seconds, or removed (0)."""

    uri: str
    parsed: SipUri
    expires: int
    q: float
    instance: str
    reg_id: int

    @classmethod
    def parse(cls, text: str, header: str | None, intervals: Intervals) -> Contact:
        """`header` is the value of Expires; a `ValueError` if it cannot be read."""
        address = read_address(text)
        found = address.parameters
        q = found.get("q") or "1"
        instance = found.get("+sip.instance") or ""
        reg_id = found.get("reg-id") or ""
        if not _Q.fullmatch(q) or not instance.isprintable():
            raise ValueError("a parameter of the contact cannot be read")
        return cls(
            address.uri,
            SipUri.parse(address.uri),
            intervals.granted(found.get("expires") or header),
            float(q),
            instance,
            int(reg_id) if instance and _REG_ID.fullmatch(reg_id) else 0,
        )

    def replaces(self, binding: Binding) -> bool:
        """Whether a binding is this contact's: of the same instance and flow, or the same URI."""
        if self.instance and self.instance == binding.instance:
            return 0 in (self.reg_id, binding.reg_id) or self.reg_id == binding.reg_id
        return self.uri == binding.uri or self.parsed.is_same(SipUri.parse(binding.uri))


def values_of(request: Request, name: str, length: int) -> list[str]:
    """The values of a header field that may have several, none longer than `length`."""
    found = [value for line in request.headers.getlist(name) for value in split(line, ",") if value]
    if any(len(value) > length for value in found):
        raise ValueError(f"{name} is too long")
    return found
