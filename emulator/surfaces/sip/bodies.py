"""Where the description of the sound is in a message: alone, or among others (RFC 5621)."""

from __future__ import annotations

from email import message_from_bytes

from sipmessage import Request, Response

from emulator.surfaces.sip import sdp
from emulator.surfaces.sip.messages import make_response

_SEVERAL = "multipart/"
ACCEPTED = f"{sdp.MEDIA_TYPE}, multipart/mixed"
_IDENTITY = "identity"


def description(message: Request | Response) -> bytes:
    """The description that a message has; nothing if it has none."""
    kind = _kind(message)
    if kind in ("", sdp.MEDIA_TYPE):
        return message.body
    return _among_others(message) if kind.startswith(_SEVERAL) else b""


def refusal(request: Request, own_tag: str) -> Response | None:
    """A 415 for who wants a body understood that nobody here knows; None if nothing is wrong."""
    if not request.body:
        return None
    headers, kind = request.headers, _kind(request)
    if (headers.get("Content-Encoding") or _IDENTITY).strip().lower() != _IDENTITY:
        response = make_response(request, 415, to_tag=own_tag)
        response.headers.set("Accept-Encoding", _IDENTITY)
        return response
    known = kind in ("", sdp.MEDIA_TYPE) or kind.startswith(_SEVERAL)
    if known or "handling=optional" in (headers.get("Content-Disposition") or "").lower():
        return None
    response = make_response(request, 415, to_tag=own_tag)
    response.headers.set("Accept", ACCEPTED)
    return response


def _kind(message: Request | Response) -> str:
    """Its media type, in lower case; nothing where it does not say."""
    return (message.headers.get("Content-Type") or "").partition(";")[0].strip().lower()


def _among_others(message: Request | Response) -> bytes:
    head = f"Content-Type: {message.headers['Content-Type']}\r\n\r\n"
    parts = message_from_bytes(head.encode("utf-8", "surrogateescape") + message.body).walk()
    found = next((it for it in parts if it.get_content_type() == sdp.MEDIA_TYPE), None)
    payload = None if found is None else found.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
