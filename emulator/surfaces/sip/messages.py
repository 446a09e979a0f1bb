"""SIP messages: bytes to the library's Request and Response, and back (RFC 3261 7 and 20).

`read` takes only what is whole and well-formed; the typed properties of the library are read
later, by whom needs them. Bytes that are no UTF-8 are kept as surrogates for an exact echo in
the refusal.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NoReturn

from sipmessage import URI, Request, Response
from sipmessage.message import COMPACT_FORMS

from emulator.surfaces.sip.headers import HeaderFields, new_response
from emulator.surfaces.sip.phrases import PHRASES
from emulator.surfaces.sip.values import (
    LONGEST_URI,
    SCHEMES,
    TOKEN,
    ViaParts,
    read_address,
    read_uri,
    read_via,
    remembered,
    split_values,
)

Message = Request | Response
Fields = dict[str, list[str]]
"""Values by name in lower case, names in their long form."""

MAGIC = "z9hG4bK"
"""How a branch of RFC 3261 begins; any other comes from RFC 2543."""
UNREADABLE = URI(scheme="sip", host="invalid")
"""The request-URI of a `BadMessage.request` whose own could not be read."""

_TOKEN = re.compile(TOKEN, re.ASCII)
_FOLD = re.compile(r"[ \t]*\r\n[ \t]+")
_VERSION = re.compile(r"SIP/[0-9]+\.[0-9]+", re.IGNORECASE)
_STATUS = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})(?: (.*))?", re.IGNORECASE)
_CSEQ = re.compile(rf"([0-9]{{1,10}})[ \t]+({TOKEN})", re.ASCII)
_SCHEME = re.compile(r"([a-z][a-z0-9+\-.]*):", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ONCE = (
    "from",
    "to",
    "call-id",
    "cseq",
    "max-forwards",
    "content-length",
    "content-type",
    "expires",
)
_COPIED = ("Via", "From", "To", "Call-ID", "CSeq")
_MAKE_DIALOGS = frozenset({"INVITE", "SUBSCRIBE", "REFER", "NOTIFY"})
_SEQUENCES = 2**31
_HOPS = 255
_MOST_LINES = 512
"""The library looks for a field through all of them."""


class BadMessage(Exception):
    """The bytes are no message of RFC 3261.

    `request` is what could be read of a request that can be answered with `status`; None where
    silence is due: a response, an ACK, or too little to make a response of.
    """

    def __init__(self, reason: str, status: int = 400, request: Request | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.request = request


def read(data: bytes) -> Message:
    """Read the one message of a datagram or a frame; raises BadMessage, and nothing else."""
    head, body = _cut(data)
    text = head.decode("utf-8", "surrogateescape")
    if "\r\n " in text or "\r\n\t" in text:
        text = _FOLD.sub(" ", text)
    first, *lines = text.split("\r\n")
    if first[:4].upper() == "SIP/":
        return _read_response(first, text, lines, body)
    return _read_request(first, text, lines, body)


def write(message: Message) -> bytes:
    """Write the message with the Content-Length that its body has."""
    message.headers.set("Content-Length", str(len(message.body)))
    if isinstance(message, Request):
        start = f"{message.method} {message.uri} SIP/2.0"
    else:
        start = f"SIP/2.0 {message.code} {message.phrase}"
    text = f"{start}\r\n{message.headers}"
    return text.encode("utf-8", "surrogateescape") + message.body


def make_response(request: Request, code: int, phrase: str = "", *, to_tag: str = "") -> Response:
    """Make the response of RFC 3261 8.2.6; `to_tag` is for a To that has none."""
    response = new_response(code, phrase or PHRASES.get(code, ""))
    given, made = request.headers, response.headers
    made.setlist("Via", given.getlist("Via")[:])
    for name in _COPIED[1:]:
        made.set(name, given[name])
    if to_tag and code > 100 and not tag(given["To"]):
        made.set("To", f"{given['To']};tag={to_tag}")
    if 100 < code < 300 and request.method in _MAKE_DIALOGS and given.get("Record-Route"):
        made.setlist("Record-Route", given.getlist("Record-Route")[:])
    if code == 100 and given.get("Timestamp"):
        made.set("Timestamp", given["Timestamp"])
    return response


def top_via(message: Message) -> ViaParts:
    """Take apart the first Via of a message that was read."""
    return read_via(message.headers["Via"])


@remembered
def tag(value: str) -> str:
    """The tag of a From or To; empty if it has none, or cannot be read."""
    try:
        return read_address(value).parameters.get("tag") or ""
    except ValueError:
        return ""


def sequence(message: Message) -> tuple[int, str]:
    """Number and method of the CSeq of a message that was read."""
    number, method = message.headers["CSeq"].split(None, 1)
    return int(number), method


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """Head and the rest; empty lines before the start line are to be ignored (7.5)."""
    head, end, body = data.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if not end:
        raise BadMessage("the header does not end")
    return head, body


def _read_response(first: str, text: str, lines: list[str], body: bytes) -> Response:
    status = _STATUS.fullmatch(first)
    if status is None:
        raise BadMessage("not a status line")
    response = Response(int(status[1]), status[2] or "")
    try:
        fields = _read_fields(response, lines)
        _check_text(text)
        _check_fields(fields)
        response.body = _body(fields, body)
    except ValueError as error:
        raise BadMessage(str(error)) from error
    return response


def _read_request(first: str, text: str, lines: list[str], body: bytes) -> Request:
    method, _, rest = first.partition(" ")
    target, _, version = rest.rpartition(" ")
    request = Request(method, UNREADABLE)
    if not _VERSION.search(first):
        raise BadMessage("neither a request nor a response")
    try:
        fields = _read_fields(request, lines)
    except ValueError as error:
        _refuse(str(error), request)
    if version.upper() != "SIP/2.0":
        _refuse_version(version, request)
    try:
        _check_text(text)
        _check_method(method, fields)
        _check_hops(fields)
        request.body = _body(fields, body)
    except ValueError as error:
        _refuse(str(error), request)
    request.uri = _read_target(target, request)
    return request


def _read_fields(message: Message, lines: list[str]) -> Fields:
    """Fill the headers as far as the lines are good, then complain of the first that is not."""
    if len(lines) > _MOST_LINES:
        raise ValueError("too many header fields")
    fields: dict[str, tuple[str, list[str]]] = {}
    wrong = ""
    for line in lines:
        raw, colon, value = line.partition(":")
        name = _name(raw) if colon else ""
        if not name:
            wrong = wrong or "a line is no header field"
            continue
        key = name.lower()
        if key not in fields:
            fields[key] = name, []
        fields[key][1].append(value.strip(" \t"))
    if "via" in fields:
        name, values = fields["via"]
        fields["via"] = name, _each_via(values)
    message.headers = HeaderFields(fields)
    if wrong:
        raise ValueError(wrong)
    return {key: values for key, (_, values) in fields.items()}


@lru_cache(maxsize=1024)
def _name(raw: str) -> str:
    """The long form of a field's name; empty if it is no token."""
    name = raw.rstrip(" \t")
    return COMPACT_FORMS.get(name.lower(), name) if _TOKEN.fullmatch(name) else ""


def _each_via(values: list[str]) -> list[str]:
    if len(values) == 1 and "," not in values[0]:
        return values
    try:
        return [part for value in values for part in split_values(value)]
    except ValueError:
        return values


def _check_text(text: str) -> None:
    # A quoted pair may hold any control character but these two.
    if "\0" in text.replace("\\\0", ""):
        raise ValueError("NUL outside of a quoted pair")
    if not text.count("\r\n") == text.count("\r") == text.count("\n"):
        raise ValueError("half an end of line")
    if not text.isascii() and _SURROGATE.search(text):
        raise ValueError("not UTF-8")


def _check_fields(fields: Fields) -> None:
    """What requests and responses have in common."""
    for name in ("via", "from", "to", "call-id", "cseq"):
        if not fields.get(name):
            raise ValueError(f"{name} is missing")
    for name in _ONCE:
        if len(fields.get(name, ())) > 1:
            raise ValueError(f"{name} is there more than once")
    for value in fields["via"]:
        read_via(value)
    _check_addresses(fields)
    call_id = fields["call-id"][0]
    if call_id.split() != [call_id]:
        raise ValueError("call-id is not valid")
    cseq = _CSEQ.fullmatch(fields["cseq"][0])
    if cseq is None or int(cseq[1]) >= _SEQUENCES:
        raise ValueError("cseq is not valid")


def _check_addresses(fields: Fields) -> None:
    caller = read_address(fields["from"][0])
    read_address(fields["to"][0])
    if not caller.parameters.get("tag") and _is_of_3261(fields):
        raise ValueError("from has no tag")
    for value in fields.get("contact", ()):
        if value != "*":
            for part in split_values(value):
                read_address(part)
    if not fields.get("date", ("GMT",))[0].endswith("GMT"):
        raise ValueError("date is not in GMT")


def _check_method(method: str, fields: Fields) -> None:
    if not _TOKEN.fullmatch(method):
        raise ValueError("the method is no token")
    _check_fields(fields)
    if fields["cseq"][0].split(None, 1)[1] != method:
        raise ValueError("the method is not that of cseq")


def _check_hops(fields: Fields) -> None:
    hops = fields.get("max-forwards")
    if hops is None:
        if _is_of_3261(fields):
            raise ValueError("max-forwards is missing")
    elif not (_is_number(hops[0]) and int(hops[0]) <= _HOPS):
        raise ValueError("max-forwards is not valid")


def _is_of_3261(fields: Fields) -> bool:
    """Elements of RFC 2543 know neither tags in every From nor Max-Forwards."""
    branch = read_via(fields["via"][0]).parameters.get("branch") or ""
    return branch.startswith(MAGIC)


def _body(fields: Fields, body: bytes) -> bytes:
    length = fields.get("content-length")
    if length is None:
        return body
    if not _is_number(length[0]):
        raise ValueError("content-length is no number")
    if int(length[0]) > len(body):
        raise ValueError("content-length is larger than the body")
    return body[: int(length[0])]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10


def _read_target(target: str, request: Request) -> URI:
    if len(target) > LONGEST_URI:
        _refuse("the request-URI is too long", request, 414)
    scheme = _SCHEME.match(target)
    if scheme is None or " " in target:
        _refuse("the request-URI is not valid", request)
    if scheme[1].lower() not in SCHEMES:
        _refuse("the scheme of the request-URI is not known", request, 416)
    try:
        return read_uri(target)
    except ValueError:
        _refuse("the request-URI is not valid", request)


def _refuse_version(version: str, request: Request) -> NoReturn:
    if _VERSION.fullmatch(version):
        _refuse("the version is not supported", request, 505)
    _refuse("not a request line", request)


def _refuse(reason: str, request: Request, status: int = 400) -> NoReturn:
    given = request.headers
    answerable = request.method != "ACK" and all(map(given.get, _COPIED))
    raise BadMessage(reason, status, request if answerable else None)
