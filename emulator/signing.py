"""The auth-v2 request signature (CEC 4.3), shared by those who sign and those who verify.

The signed text, lines joined with a newline:

    method
    path, as sent
    query: normalised `key=value`, sorted, joined with `&`; no such line without parameters
    names of the signed headers: lower case, sorted, joined with `;`
    headers: normalised `name:value`, sorted as whole records, one a line
    body, normalised; empty for an empty body, so that the text then ends in a newline

Normalised means: every byte other than `A-Z a-z 0-9 - . _ ~` becomes `%` and two upper-case hex
digits. Query parameters are decoded before they are normalised, so it does not matter how the
sender escaped them in the URL.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote_from_bytes, unquote_to_bytes

VERSION = "auth-v2"
UNSIGNABLE = "authorization"
MANDATORY = "host"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_ESCAPE = ord("%")
_LONG = 64 * 1024
"""Bytes."""
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", re.ASCII)


class SignatureError(Exception):
    """A request whose signature is missing, malformed, outdated or wrong."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """The parts of an HTTP request that a signature covers."""

    method: str
    path: bytes
    query: bytes
    """As sent, without the question mark."""
    headers: Mapping[str, bytes]
    """Lower-case name → value, the signed ones at least."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Authorization:
    """The value of the Authorization header, taken apart."""

    access_key: str
    timestamp: str
    signed_headers: tuple[str, ...]
    signature: str

    @property
    def prefix(self) -> str:
        """Everything before the signature: what the signing key is derived from."""
        names = ";".join(self.signed_headers)
        return f"{VERSION}/{self.access_key}/{self.timestamp}/{names}"

    def __str__(self) -> str:
        return f"{self.prefix}/{self.signature}"


def normalize(value: bytes) -> str:
    """Escape every byte but the unreserved ones."""
    if len(value) < _LONG:
        return quote_from_bytes(value, safe="")
    # A long text has few different ones: much faster, one after the other.
    for byte in sorted(set(value.translate(None, _UNRESERVED)), key=lambda it: it != _ESCAPE):
        value = value.replace(bytes([byte]), b"%%%02X" % byte)
    return value.decode("ascii")


def canonical_request(request: SignedRequest, signed_headers: Iterable[str]) -> str:
    """Build the text that is signed. `signed_headers` are lower-case and sorted."""
    names = list(signed_headers)
    lines = [request.method, request.path.decode("latin-1") or "/"]
    if request.query:
        lines.append(_canonical_query(request.query))
    lines.append(";".join(names))
    lines.extend(sorted(_canonical_header(name, request.headers[name]) for name in names))
    lines.append(normalize(request.body))
    return "\n".join(lines)


def sign(
    access_key: str,
    secret_key: str,
    request: SignedRequest,
    signed_headers: Iterable[str],
    at: datetime,
) -> Authorization:
    """Sign a request; `str()` of the outcome is the value of the Authorization header."""
    names = tuple(sorted({name.lower() for name in signed_headers}))
    _check_choice(names)
    unsigned = Authorization(access_key, format_timestamp(at), names, "")
    signature = _signature(secret_key, unsigned, request)
    return Authorization(access_key, unsigned.timestamp, names, signature)


def verify(authorization: Authorization, secret_key: str, request: SignedRequest) -> None:
    """Raise `SignatureError` unless the request is what was signed with that secret."""
    _check_choice(authorization.signed_headers)
    missing = set(authorization.signed_headers) - request.headers.keys()
    if missing:
        raise SignatureError("a signed header is missing")
    expected = _signature(secret_key, authorization, request)
    if not hmac.compare_digest(expected.encode(), authorization.signature.encode()):
        raise SignatureError("wrong signature")


def parse_authorization(value: str) -> Authorization:
    """Take an Authorization header apart."""
    parts = value.split("/")
    if len(parts) != 5 or parts[0] != VERSION:
        raise SignatureError("not an auth-v2 authorization")
    _, access_key, timestamp, names, signature = parts
    parse_timestamp(timestamp)
    return Authorization(access_key, timestamp, tuple(names.split(";")), signature)


def format_timestamp(at: datetime) -> str:
    """Write a time in UTC with milliseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def parse_timestamp(text: str) -> datetime:
    """Read a signature's time; the milliseconds may be missing."""
    if _TIMESTAMP.fullmatch(text) is None:
        raise SignatureError("not a timestamp")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise SignatureError("not a timestamp") from None


def _signature(secret_key: str, authorization: Authorization, request: SignedRequest) -> str:
    signing_key = _hmac_hex(secret_key, authorization.prefix)
    return _hmac_hex(signing_key, canonical_request(request, authorization.signed_headers))


def _hmac_hex(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), sha256).hexdigest()


def _check_choice(names: tuple[str, ...]) -> None:
    if list(names) != sorted({name.lower() for name in names}):
        raise SignatureError("signed headers are not lower-case and sorted")
    if MANDATORY not in names:
        raise SignatureError("host is not signed")
    if UNSIGNABLE in names:
        raise SignatureError("authorization cannot be signed")


def _canonical_query(query: bytes) -> str:
    return "&".join(sorted(map(_canonical_parameter, query.split(b"&"))))


def _canonical_parameter(parameter: bytes) -> str:
    name, _, value = parameter.replace(b"+", b" ").partition(b"=")
    return f"{normalize(unquote_to_bytes(name))}={normalize(unquote_to_bytes(value))}"


def _canonical_header(name: str, value: bytes) -> str:
    return f"{normalize(name.encode('latin-1'))}:{normalize(value.strip())}"
