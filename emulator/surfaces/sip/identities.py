"""Who calls, as gateways are told it and as they tell it (RFC 3325, RFC 3323)."""

from __future__ import annotations

from urllib.parse import quote

from sipmessage import Request

from emulator.surfaces.sip.gateways import Gateway
from emulator.surfaces.sip.rewriting import rewritten
from emulator.surfaces.sip.values import read_address, read_uri, split_values

ANONYMOUS = "anonymous"
"""Who has no number that could be written, or does not want it to be seen."""
_ANYBODY = '"Anonymous" <sip:anonymous@anonymous.invalid>'
ASSERTED = "P-Asserted-Identity"


def user_of(number: str) -> str:
    """A number as the user of a SIP URI."""
    return quote(number, safe="+*")


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
    number = request.uri.user or ""
    if gateway is None:
        return number
    number = number or _number(request.headers["To"])
    return rewritten("" if number == ANONYMOUS else number, gateway.config.called_in)


def _wants_privacy(request: Request) -> bool:
    asked = (request.headers.get("Privacy") or "").lower().split(";")
    return any(it.strip() in ("id", "user", "header") for it in asked)


def _number(value: str) -> str:
    uri = read_address(value).uri
    if uri.lower().startswith("tel:"):
        return uri[4:].partition(";")[0].replace("-", "") or ANONYMOUS
    return read_uri(uri).user or ANONYMOUS
