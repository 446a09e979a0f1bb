"""The values of header fields, as RFC 3261 25.1 has them, read without ambiguity.

Commas and semicolons in quotes and angle brackets do not part anything, spaces may stand nearly
everywhere, names of parameters know no case and come once. The library's own patterns refuse host
names whose last label holds digits (`pbx1`) and schemes in capitals; what is read here ends in its
types all the same. Every repetition is possessive: reading takes time in proportion to the length.
Whatever cannot be read raises a `ValueError`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from typing import NamedTuple, TypeVar
from urllib.parse import unquote_to_bytes

from sipmessage import URI

TOKEN = r"[\w\-.!%*+`'~]++"
LWS = r"[ \t]*+"
QUOTED = r'"(?:[^"\\]|\\.)*+"'
SCHEMES = frozenset({"sip", "sips", "tel"})
LONGEST_URI = 2048
"""Characters."""
LONGEST_TEL = 256
"""Characters: the library takes the square of their number in time."""

_FLAGS = re.ASCII | re.DOTALL | re.IGNORECASE
_VALUE = rf"(?:{QUOTED}|[\w\-.!%*+`'~\[\]:]++)"
_FOLD = r"[ \t\r\n]*+"
_PARAMETER = re.compile(rf"{_FOLD};{_FOLD}({TOKEN})(?:({_FOLD}={_FOLD})({_VALUE}))?+", _FLAGS)
_PARAMETERS = rf"(?:{_FOLD};{_FOLD}{TOKEN}(?:{_FOLD}={_FOLD}{_VALUE})?+)*+{_FOLD}"
_SCHEME = r"[a-z][a-z0-9+\-.]*+:"
_ADDRESS = re.compile(
    rf"(?:(?P<name>{QUOTED}|[\w\-.!%*+`'~ \t]*+){LWS}<(?P<inner>{_SCHEME}[^<>\s\"]++)>"
    rf"|(?P<bare>{_SCHEME}[^<>;?,\s\"]++))"
    rf"(?P<parameters>{_PARAMETERS})",
    _FLAGS,
)
_VIA = re.compile(
    rf"SIP{LWS}/{LWS}2\.0{LWS}/{LWS}(?P<transport>{TOKEN})[ \t]++"
    rf"(?P<host>\[[0-9a-f:.]++\]|[\w\-.]++)(?:{LWS}:{LWS}(?P<port>[0-9]{{1,5}}))?+"
    rf"(?P<parameters>{_PARAMETERS})",
    _FLAGS,
)
_URI_PARTS = re.compile(r"(sips?):((?:[^@]*+@)?)([\w\-.]++)(.*+)", _FLAGS)
_LABELS = re.compile(r"[\w\-]++(?:\.[\w\-]++)*+\.?", _FLAGS)
_PIECE = re.compile(rf'{QUOTED}|<[^>]*+>|[,;]|[^"<,;]++', re.DOTALL)
_SIP_URI = re.compile(
    r"(?P<scheme>sips?):"
    r"(?:(?P<user>[^@:\s<>\"]*+)(?::(?P<password>[^@\s<>\"]*+))?@)?"
    r"(?P<host>\[[0-9a-f:.]++\]|[a-z0-9._-]++)(?::(?P<port>[0-9]{0,5}))?"
    r"(?P<parameters>(?:;[^?\s<>\"]*+)?)(?P<headers>(?:\?[^\s<>\"]*+)?)",
    re.IGNORECASE,
)
_TELLING = frozenset(("user", "ttl", "method", "maddr", "transport"))
"""Parameters that part two URIs even if only one has them (RFC 3261 19.1.4)."""
_HOST_PORT = 65535
_SHORT = 300
"""Characters of a value that is remembered."""

T = TypeVar("T")


class ViaParts(NamedTuple):
    """One value of Via; names of parameters are in lower case, `port` None where none is."""

    transport: str
    host: str
    port: int | None
    parameters: Mapping[str, str | None]


class AddressParts(NamedTuple):
    """A name-addr or addr-spec whose URI is as it was written: any scheme will do."""

    name: str
    uri: str
    parameters: Mapping[str, str | None]


def remembered(read: Callable[[str], T]) -> Callable[[str], T]:
    """Read what is short once: the values of a dialog come again in each of its messages."""
    cached = lru_cache(maxsize=4096)(read)

    @wraps(read)
    def remembering(value: str) -> T:
        return cached(value) if len(value) <= _SHORT else read(value)

    return remembering


@remembered
def read_via(value: str) -> ViaParts:
    """Read one value of Via."""
    found = _VIA.fullmatch(value)
    if found is None:
        raise ValueError("Via is not valid")
    transport, host, port, found_parameters = found.groups()
    number = None if port is None else int(port)
    if number is not None and number > _HOST_PORT:
        raise ValueError("the port of Via is out of range")
    return ViaParts(transport.upper(), host.lower(), number, _written(found_parameters))


@remembered
def read_address(value: str) -> AddressParts:
    """Read a From, a To, one Contact or Path."""
    found = _ADDRESS.fullmatch(value)
    if found is None:
        raise ValueError("no address")
    name, inner, bare, found_parameters = found.groups()
    written = _written(found_parameters)
    told = {key: None if it is None else unquoted(it) for key, it in written.items()}
    return AddressParts(unquoted((name or "").strip()), inner or bare, told)


def split_values(value: str) -> list[str]:
    """Cut a header line at the commas between its values, none of which may be empty."""
    if "," not in value:
        return [value]
    parts = split(value, ",")
    if not all(parts):
        raise ValueError("the list of values is not valid")
    return parts


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


def parameters(text: str, separator: str = ";") -> dict[str, str | None]:
    """Parameters by their names in lower case; None for one without a value."""
    found: dict[str, str | None] = {}
    for part in filter(None, split(text, separator)):
        name, equals, value = part.partition("=")
        _add(found, name.strip(), unquoted(value.strip()) if equals else None)
    return found


def unquoted(text: str) -> str:
    """What a quoted string says; any other text as it is."""
    if len(text) < 2 or not text.startswith('"') or not text.endswith('"'):
        return text
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)


def quoted(text: str) -> str:
    """A text as a quoted string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@lru_cache(maxsize=4096)
def read_uri(text: str) -> URI:
    """Read a SIP, SIPS or TEL URI without header fields."""
    scheme, _, rest = text.partition(":")
    if len(text) > (LONGEST_TEL if scheme.lower() == "tel" else LONGEST_URI):
        raise ValueError("the URI is too long")
    text = f"{scheme.lower()}:{rest}"
    try:
        uri = _read_uri(text)
    except TypeError as error:
        # A parameter called "self", which the library takes for its own.
        raise ValueError("URI is not valid") from error
    if uri.port is not None and uri.port > _HOST_PORT:
        raise ValueError("the port of the URI is out of range")
    return uri


def _read_uri(text: str) -> URI:
    try:
        return URI.parse(text)
    except ValueError:
        parts = _URI_PARTS.fullmatch(text)
        if parts is None or not _LABELS.fullmatch(parts[3]):
            raise
    return replace(URI.parse(f"{parts[1]}:{parts[2]}host{parts[4]}"), host=parts[3])


def _written(text: str) -> dict[str, str | None]:
    """The parameters of a Via or an address, their values as they were written."""
    found: dict[str, str | None] = {}
    for name, equals, value in _PARAMETER.findall(text):
        _add(found, name, value if equals else None)
    return found


def _add(found: dict[str, str | None], name: str, value: str | None) -> None:
    key = name.lower()
    if not key or key in found:
        raise ValueError("a parameter has no name, or comes twice")
    found[key] = value


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
        match = _SIP_URI.fullmatch(text)
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
