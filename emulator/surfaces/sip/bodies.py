"""What a call carries, and what it takes back: descriptions of sound (RFC 3261 8.2.3, 21.4.7)."""

from __future__ import annotations

from sipmessage import Request, Response

from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.sdp import MEDIA_TYPE
from emulator.surfaces.sip.values import parameters, split_values

_TAKEN = (MEDIA_TYPE, "application/*", "*/*")


def refusal(request: Request, own_tag: str) -> Response | None:
    """A 415 or 406 for who sends or wants something else; what need not be read is set aside."""
    if request.body and not _is_plain(request):
        return _response(request, 415, own_tag, "Accept-Encoding", "identity")
    if request.body and _type_of(request) != MEDIA_TYPE:
        if not _is_optional(request):
            return _response(request, 415, own_tag, "Accept", MEDIA_TYPE)
        request.body = b""
    if request.method == "INVITE" and not _takes_descriptions(request):
        return _response(request, 406, own_tag, "Accept", MEDIA_TYPE)
    return None


def _type_of(request: Request) -> str:
    """The type of the body; one that is not told is a description."""
    return _first(request.headers.get("Content-Type") or MEDIA_TYPE)


def _is_plain(request: Request) -> bool:
    coding = (request.headers.get("Content-Encoding") or "identity").strip().lower()
    return coding == "identity"


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
