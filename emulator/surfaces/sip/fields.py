"""How the values of header fields are taken apart (RFC 3261 25.1).

Commas and semicolons in quotes and angle brackets do not part anything, spaces may stand nearly
everywhere, names of parameters know no case. Reading takes time in proportion to the length.
Whatever cannot be read raises a `ValueError`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+"|<[^>]*+>|[,;]|[^"<,;]++', re.DOTALL)
_NAME_ADDR = re.compile(
    r'\s*+(?:"(?:[^"\\]|\\.)*+"|[^<"]*+)\s*+<([^>]*+)>\s*+(?:;(.*))?', re.DOTALL
)
_URI = re.compile(
    r"(?P<scheme>sips?):"
    r"(?:(?P<user>[^@:\s<>\"]*+)(?::(?P<password>[^@\s<>\"]*+))?@)?"
    r"(?P<host>\[[0-9a-f:.]++\]|[a-z0-9._-]++)(?::(?P<port>[0-9]{0,5}))?"
    r"(?P<parameters>(?:;[^?\s<>\"]*+)?)(?P<headers>(?:\?[^\s<>\"]*+)?)",
    re.IGNORECASE,
)
_TELLING = frozenset(("user", "ttl", "method", "maddr", "transport"))
"""Parameters that part two URIs even if only one has them (RFC 3261 19.1.4)."""


def split(text: str, separator: str) -> list[str]:
    """The parts between separators (a comma or semicolon), without the spaces around them."""
    parts, part, place = [], "", 0
    while place < len(text):
        piece = _PIECE.match(text, place)
        if piece is None:
            raise ValueError("a quote or a bracket is not closed")
        place = piece.end()
        if piece[0] == separator:
            parts.append(part.strip())
            part = ""
        else:
            part += piece[0]
    return [*parts, part.strip()]


def unquoted(text: str) -> str:
    """What a quoted string says; any other text as it is."""
    if len(text) < 2 or not text.startswith('"') or not text.endswith('"'):
        return text
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)


def quoted(text: str) -> str:
    """A text as a quoted string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parameters(text: str, separator: str = ";") -> dict[str, str | None]:
    """Parameters by their names in lower case; None for one without a value."""
    found: dict[str, str | None] = {}
    for part in filter(None, split(text, separator)):
        name, equals, value = part.partition("=")
        key = name.strip().lower()
        if not key or key in found:
            raise ValueError("a parameter has no name, or comes twice")
        found[key] = unquoted(value.strip()) if equals else None
    return found


@dataclass(frozen=True, slots=True)
class AddressField:
    """A name-addr or addr-spec: the URI as it was written, and the field's parameters."""

    uri: str
    parameters: Mapping[str, str | None]

    @classmethod
    def parse(cls, text: str) -> AddressField:
        """Read one value of Contact, From, To, Path …"""
        name_addr = _NAME_ADDR.fullmatch(text)
        if name_addr is not None:
            return cls(name_addr[1].strip(), parameters(name_addr[2] or ""))
        if "<" in text:
            raise ValueError("no address")
        uri, _, rest = text.partition(";")
        return cls(uri.strip(), parameters(rest))


@dataclass(frozen=True, slots=True)
class SipUri:
    """A SIP or SIPS URI to compare with others; what knows no case is in lower case."""

    scheme: str
    user: str
    password: str
    host: str
    port: int | None
    parameters: Mapping[str, str | None]
    headers: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> SipUri:
        """Read a URI without the brackets around it."""
        match = _URI.fullmatch(text)
        if match is None:
            raise ValueError("no SIP URI")
        found = parameters(match["parameters"].lower())
        return cls(
            match["scheme"].lower(),
            _unescaped(match["user"] or ""),
            _unescaped(match["password"] or ""),
            match["host"].lower().removesuffix("."),
            int(match["port"]) if match["port"] else None,
            {key: None if value is None else _unescaped(value) for key, value in found.items()},
            tuple(sorted(_unescaped(it) for it in match["headers"].lower()[1:].split("&") if it)),
        )

    def is_same(self, other: SipUri) -> bool:
        """Whether both are equivalent (RFC 3261 19.1.4)."""
        mine = (self.scheme, self.user, self.password, self.host, self.port, self.headers)
        its = (other.scheme, other.user, other.password, other.host, other.port, other.headers)
        if mine != its:
            return False
        both = self.parameters.keys() & other.parameters.keys()
        either = self.parameters.keys() | other.parameters.keys()
        return all(
            self.parameters.get(key) == other.parameters.get(key)
            for key in both | (either & _TELLING)
        )


def _unescaped(text: str) -> str:
    return unquote_to_bytes(text).decode("utf-8", "replace")
