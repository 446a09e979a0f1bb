"""What of SIP's extensions is known (RFC 3261 8.2.2.3, 19.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipmessage import Request, Response

from emulator.surfaces.sip import bodies
from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.transactions import ServerTransaction
from emulator.surfaces.sip.values import split_values

if TYPE_CHECKING:
    from emulator.surfaces.sip.leg import SipLeg

ALLOWED = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, PRACK, REGISTER, REFER, MESSAGE"
METHODS = frozenset((*ALLOWED.split(", "), "SUBSCRIBE", "NOTIFY", "PUBLISH"))
"""The methods that are known; others are not implemented (21.5.2)."""
RELIABLE, TIMER = "100rel", "timer"
SUPPORTED = (RELIABLE, TIMER, "replaces", "norefersub")


def options_of(message: Request | Response, name: str) -> list[str]:
    """The option tags of a Supported, Require … header, in lower case."""
    return [
        tag.strip().lower()
        for line in message.headers.getlist(name)
        for tag in line.split(",")
        if tag.strip()
    ]


def introduce(message: Request | Response, *, reliable: bool = True) -> None:
    """Say what we know: methods and extensions; without 100rel if it is not `reliable`."""
    message.headers.set("Allow", ALLOWED)
    known = [it for it in SUPPORTED if reliable or it != RELIABLE]
    message.headers.set("Supported", ", ".join(known))


def takes(leg: SipLeg, transaction: ServerTransaction, request: Request) -> bool:
    """Whether we know what a call requires and carries; else it is refused."""
    own_tag = leg.new_tag()
    response = (
        refusal(request, own_tag)
        or bodies.refusal(request, own_tag)
        or leg.sessions.refusal(request)
    )
    if response is not None:
        transaction.respond(response)
    return response is None


def refusal(request: Request, own_tag: str) -> Response | None:
    """A 420 for who requires what nobody here knows; None if nothing is wrong."""
    unknown = [it for it in options_of(request, "Require") if it not in SUPPORTED]
    if not unknown:
        return None
    response = make_response(request, 420, to_tag=own_tag)
    response.headers.set("Unsupported", ", ".join(unknown))
    return response


def allows(message: Request | Response, method: str) -> bool:
    """Whether its sender takes requests of a method, as it says itself."""
    lines = message.headers.getlist("Allow")
    return any(it.strip().upper() == method for line in lines for it in split_values(line))
