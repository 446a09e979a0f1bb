"""The values of header fields, as RFC 3261 25.1 has them, read without ambiguity.

The library's own patterns refuse host names whose last label holds digits (`pbx1`) and schemes
in capitals; what is read here ends in its types all the same. Every repetition is possessive:
reading takes time in proportion to the length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from sipmessage import URI, Address, Parameters

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
_PARAMETER = re.compile(rf"{LWS};{LWS}({TOKEN})(?:{LWS}={LWS}({_VALUE}))?+", _FLAGS)
_PARAMETERS = rf"(?:{LWS};{LWS}{TOKEN}(?:{LWS}={LWS}{_VALUE})?+)*+{LWS}"
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
_COMMA = re.compile(rf'(?:{QUOTED}|<[^<>]*+>|[^,"<])++', _FLAGS)
_HOST_PORT = 65535


class ViaParts(NamedTuple):
    """One value of Via; names of parameters are in lower case, `port` None where none is."""

    transport: str
    host: str
    port: int | None
    parameters: dict[str, str | None]


class AddressParts(NamedTuple):
    """A name-addr or addr-spec whose URI is not looked into: any scheme will do."""

    name: str
    uri: str
    parameters: dict[str, str | None]


def read_via(value: str) -> ViaParts:
    """Read one value of Via; raises ValueError."""
    found = _VIA.fullmatch(value)
    if found is None:
        raise ValueError("Via is not valid")
    transport, host, port, parameters = found.groups()
    number = None if port is None else int(port)
    if number is not None and number > _HOST_PORT:
        raise ValueError("the port of Via is out of range")
    return ViaParts(transport.upper(), host.lower(), number, _parameters(parameters))


def read_address(value: str) -> AddressParts:
    """Read a From, a To or one Contact; raises ValueError."""
    found = _ADDRESS.fullmatch(value)
    if found is None:
        raise ValueError("the address is not valid")
    name, inner, bare, parameters = found.groups()
    return AddressParts(_unquoted((name or "").strip()), inner or bare, _parameters(parameters))


def read_addresses(values: Iterable[str]) -> list[Address]:
    """Read the addresses of a Contact, Route ... header with the library's types.

    Takes what `headers.getlist` gives; raises ValueError, also for schemes but sip, sips, tel.
    """
    found = (read_address(part) for value in values for part in split_values(value))
    return [Address(read_uri(each.uri), each.name, _library(each.parameters)) for each in found]


def split_values(value: str) -> list[str]:
    """Cut a header line at the commas between its values; raises ValueError."""
    if "," not in value:
        return [value]
    parts = _COMMA.findall(value)
    if sum(map(len, parts)) + len(parts) - 1 != len(value) or not all(map(str.strip, parts)):
        raise ValueError("the list of values is not valid")
    return [part.strip() for part in parts]


@lru_cache(maxsize=4096)
def read_uri(text: str) -> URI:
    """Read a SIP, SIPS or TEL URI without header fields; raises ValueError."""
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


def _parameters(text: str) -> dict[str, str | None]:
    return {name.lower(): value or None for name, value in _PARAMETER.findall(text)}


def _library(parameters: dict[str, str | None]) -> Parameters:
    try:
        return Parameters(**parameters)
    except TypeError as error:
        raise ValueError("the parameters are not valid") from error


def _unquoted(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name[1:-1], flags=re.DOTALL) if name[:1] == '"' else name
