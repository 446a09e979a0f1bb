"""Responses to requests outside of a dialog (RFC 3261 8.2.6)."""

from __future__ import annotations

from collections.abc import Iterable

from sipmessage import Request, Response

from emulator.surfaces.sip.headers import new_response
from emulator.surfaces.sip.phrases import PHRASES
from emulator.surfaces.sip.values import read_address

Fields = tuple[tuple[str, str], ...]
"""Header fields by their names, in order."""


class Refused(Exception):
    """A request that gets a response other than 2xx, and has changed nothing."""

    def __init__(self, code: int, reason: str, fields: Fields = ()) -> None:
        """`reason` is for the journal."""
        super().__init__(reason)
        self.code = code
        self.fields = fields


def reply(
    request: Request, code: int, tag: str, fields: Iterable[tuple[str, str]] = ()
) -> Response:
    """A final response; `tag` is that of To, unless the request has one there."""
    response = new_response(code, PHRASES[code])
    for name in ("Via", "From", "To", "Call-ID", "CSeq"):
        for value in request.headers.getlist(name):
            response.headers.add(name, _tagged(value, tag) if name == "To" else value)
    for name, value in fields:
        response.headers.add(name, value)
    response.headers.add("Content-Length", "0")
    return response


def _tagged(to: str, tag: str) -> str:
    try:
        has_tag = "tag" in read_address(to).parameters
    except ValueError:
        return to
    return to if has_tag else f"{to};tag={tag}"
