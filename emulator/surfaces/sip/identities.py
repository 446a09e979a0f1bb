"""Who calls, as gateways are told it and as they tell it (RFC 3325, RFC 3323)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from sipmessage import URI, Request

from emulator.surfaces.sip.rewriting import rewritten
from emulator.surfaces.sip.values import read_address, read_uri, split_values

if TYPE_CHECKING:
    from emulator.surfaces.sip.gateways import Gateway

ANONYMOUS = "anonymous"
"""Who has no number that could be written, or does not want it to be seen."""
_ANYBODY = '"Anonymous" <sip:anonymous@anonymous.invalid>'
ASSERTED = "P-Asserted-Identity"
_TELEPHONE = re.compile(r"\+?[0-9A-Fa-f*#().-]+")
_SEPARATORS = str.maketrans("", "", "-.()")


def user_of(number: str) -> str:
    """A number as the user of a SIP URI."""
    plain = number.isascii() and number.isalnum()
    return number if plain else quote(number, safe="+*")


def show_caller(request: Request, gateway: Gateway, caller: str, own_tag: str) -> None:
    """Tell the gateway who calls, as it is set up."""
    config = gateway.config
    known = caller != ANONYMOUS
    number = rewritten(caller, config.caller_out)
    shown = f"<sip:{user_of(number)}@{gateway.domain}>"
    hidden = config.privacy or not known
    headers = request.headers
    headers.set("From", f"{_ANYBODY if hidden else shown};tag={own_tag}")
    if config.identity == "asserted" and known:
        headers.set(ASSERTED, shown)
    if hidden:
        headers.set("Privacy", "id")


def caller_of(request: Request, gateway: Gateway | None) -> str:
    """The number of who calls; ValueError. What gateways assert is believed of trusted ones."""
    value = request.headers["From"]
    trusted = gateway is not None and gateway.config.trusted
    if trusted:
        if _wants_privacy(request):
            return ANONYMOUS
        asserted = request.headers.getlist(ASSERTED)
        value = split_values(asserted[0])[0] if asserted else value
    number = _number(value)
    return number if gateway is None else rewritten(number, gateway.config.caller_in)


def dialled_by(request: Request, gateway: Gateway | None) -> str:
    """The number that was dialled: of the request, else of To; ValueError."""
    number = number_of(request.uri)
    if gateway is None:
        return number
    config = gateway.config
    if config.register and number == user_of(config.user):
        # It is where we are registered, and says nothing of who is wanted there.
        number = config.number
    number = number or _number(request.headers["To"])
    return rewritten("" if number == ANONYMOUS else number, gateway.config.called_in)


def _wants_privacy(request: Request) -> bool:
    asked = (request.headers.get("Privacy") or "").lower().split(";")
    return any(it.strip() in ("id", "user", "header") for it in asked)


def number_of(uri: URI) -> str:
    """The number that a URI names, as it is dialled; nothing if it names none.

    A telephone number has no parameters and, where it is said to be one, nothing that only
    parts its digits (RFC 3261 19.1.6, RFC 3966 5.1.1).
    """
    user = uri.user or ""
    if user.isdigit():
        return user
    number, *parameters = user.split(";")
    if not _TELEPHONE.fullmatch(number):
        return user
    if uri.scheme == "tel" or parameters or uri.parameters.get("user") == "phone":
        return number.translate(_SEPARATORS)
    return number


def _number(value: str) -> str:
    return number_of(read_uri(read_address(value).uri)) or ANONYMOUS
