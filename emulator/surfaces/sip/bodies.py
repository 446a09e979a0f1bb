"""What a call carries and takes back: descriptions of sound, alone or among others (RFC 5621)."""

from __future__ import annotations

from email import message_from_bytes

from sipmessage import Request, Response

from emulator.surfaces.sip import sdp
from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.values import parameters, split_values

ACCEPTED = f"{sdp.MEDIA_TYPE}, multipart/mixed"
_SEVERAL = "multipart/"
_IDENTITY = "identity"
_TAKEN = (sdp.MEDIA_TYPE, "application/*", "*/*")


def description(message: Request | Response) -> bytes:
    """The description that a message has; nothing if it has none."""
    kind = _kind(message)
    if kind == sdp.MEDIA_TYPE:
        return message.body
    return _among_others(message) if kind.startswith(_SEVERAL) else b""


def refusal(request: Request, own_tag: str) -> Response | None:
    """A 415 or 406 for who sends or wants what nobody here knows; None if nothing is wrong."""
    if request.body and not _is_plain(request):
        return _response(request, 415, own_tag, "Accept-Encoding", _IDENTITY)
    if request.body and not _is_known(_kind(request)) and not _is_optional(request):
        return _response(request, 415, own_tag, "Accept", ACCEPTED)
    if request.method == "INVITE" and not _takes_descriptions(request):
        return _response(request, 406, own_tag, "Accept", ACCEPTED)
    return None


def _kind(message: Request | Response) -> str:
    """Its media type; a body that does not say is a description."""
    return _first(message.headers.get("Content-Type") or sdp.MEDIA_TYPE)


def _is_known(kind: str) -> bool:
    return kind == sdp.MEDIA_TYPE or kind.startswith(_SEVERAL)


def _is_plain(request: Request) -> bool:
    coding = request.headers.get("Content-Encoding") or _IDENTITY
    return coding.strip().lower() == _IDENTITY


def _is_optional(request: Request) -> bool:
    disposition = request.headers.get("Content-Disposition") or ""
    how = parameters(disposition.partition(";")[2]).get("handling") or ""
    return how.lower() == "optional"


def _takes_descriptions(request: Request) -> bool:
    lines = request.headers.getlist("Accept")
    return not lines or any(_first(it) in _TAKEN for line in lines for it in split_values(line))


def _first(value: str) -> str:
    return value.partition(";")[0].strip().lower()


def _response(request: Request, code: int, own_tag: str, name: str, value: str) -> Response:
    response = make_response(request, code, to_tag=own_tag)
    response.headers.set(name, value)
    return response


def _among_others(message: Request | Response) -> bytes:
    head = f"Content-Type: {message.headers['Content-Type']}\r\n\r\n"
    parts = message_from_bytes(head.encode("utf-8", "surrogateescape") + message.body).walk()
    found = next((it for it in parts if it.get_content_type() == sdp.MEDIA_TYPE), None)
    payload = None if found is None else found.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
