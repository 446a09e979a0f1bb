"""Where a call goes on that was redirected (RFC 3261 8.1.3.4): addresses, each of them once."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from sipmessage import URI, Response

from emulator.surfaces.sip.values import SipUri, read_address, read_uri, split_values

REDIRECTS = (300, 301, 302)
"""Answers whose contacts are tried; 305 and 380 are other things."""
MOST = 5
"""Addresses of one call that are tried besides the first."""


class Redirects:
    """The addresses of one call that were tried already."""

    def __init__(self) -> None:
        self._known: list[SipUri] = []
        self._left = MOST

    def tried(self, uri: str) -> None:
        """An address is called."""
        with suppress(ValueError):
            self._known.append(SipUri.parse(uri))

    def new(self, response: Response) -> list[URI]:
        """The addresses of a redirection that were not tried, by falling q; now they are."""
        if response.code not in REDIRECTS:
            return []
        found = [uri for uri in _contacts(response.headers.getlist("Contact")) if self._adds(uri)]
        taken, self._left = found[: self._left], max(self._left - len(found), 0)
        return taken

    def _adds(self, uri: URI) -> bool:
        if uri.scheme == "tel":
            return False
        parsed = SipUri.parse(str(uri))
        if any(parsed.is_same(it) for it in self._known):
            return False
        self._known.append(parsed)
        return True


def _contacts(lines: Iterable[str]) -> list[URI]:
    """Those that can be read."""
    found = []
    for line in lines:
        with suppress(ValueError):
            for value in split_values(line):
                address = read_address(value)
                found.append((_q(address.parameters.get("q")), read_uri(address.uri)))
    return [uri for _, uri in sorted(found, key=lambda it: -it[0])]


def _q(text: str | None) -> float:
    with suppress(ValueError):
        return float(text or 1)
    return 0.0
