"""Dialogs: what two user agents have in common for the time of a call (RFC 3261, 12).

Addresses are kept as they were written: the other side finds its own words again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sipmessage import URI, CSeq, Request, Response

from emulator.surfaces.sip.headers import new_request
from emulator.surfaces.sip.messages import sequence, tag
from emulator.surfaces.sip.values import read_address, read_uri, split_values

MAX_FORWARDS = "70"

DialogId = tuple[str, str, str]
"""Call-ID, our tag, their tag."""


@dataclass(slots=True)
class Dialog:
    """One dialog, as our side of it sees it; `local` and `remote` are From and To, with tags."""

    call_id: str
    local: str
    remote: str
    target: URI
    """Where requests within the dialog go: the Contact that they gave last."""
    routes: tuple[str, ...]
    local_sequence: int = 0
    remote_sequence: int = -1

    @property
    def id(self) -> DialogId:
        """By which it is found."""
        return self.call_id, tag(self.local), tag(self.remote)

    @property
    def own_tag(self) -> str:
        """By which they know us."""
        return tag(self.local)

    def request(self, method: str, contact: str, number: int | None = None) -> Request:
        """A request within the dialog (12.2.1.1); an ACK has the number of its INVITE."""
        if number is None:
            self.local_sequence = number = self.local_sequence + 1
        request = new_request(method, self.target)
        headers = request.headers
        for route in self.routes:
            headers.add("Route", route)
        headers.set("Max-Forwards", MAX_FORWARDS)
        headers.set("From", self.local)
        headers.set("To", self.remote)
        headers.set("Call-ID", self.call_id)
        headers.set("CSeq", str(CSeq(number, method)))
        headers.set("Contact", contact)
        return request

    def accepts(self, request: Request) -> bool:
        """Whether the request comes in its turn (12.2.2): an older one is answered 500."""
        number, _ = sequence(request)
        if number < self.remote_sequence:
            return False
        self.remote_sequence = number
        return True

    def refresh_target(self, message: Request | Response) -> None:
        """Take the Contact of a re-INVITE or UPDATE (12.2.1.2); ValueError if it is none."""
        self.target = contact_of(message) or self.target


def from_request(request: Request, own_tag: str) -> Dialog:
    """The dialog that we make by answering a request (12.1.1); ValueError."""
    headers = request.headers
    remote = headers["From"]
    return Dialog(
        headers["Call-ID"],
        f"{headers['To']};tag={own_tag}",
        remote,
        contact_of(request) or read_uri(read_address(remote).uri),
        routes_of(request),
        remote_sequence=sequence(request)[0],
    )


def from_response(request: Request, response: Response) -> Dialog:
    """The dialog that their answer to our request makes (12.1.2); ValueError."""
    headers = response.headers
    return Dialog(
        headers["Call-ID"],
        headers["From"],
        headers["To"],
        contact_of(response) or request.uri,
        tuple(reversed(routes_of(response))),
        sequence(request)[0],
    )


def id_of(request: Request) -> DialogId:
    """The dialog in which a request of theirs is."""
    headers = request.headers
    return headers["Call-ID"], tag(headers["To"]), tag(headers["From"])


def contact_of(message: Request | Response) -> URI | None:
    """The URI of the first Contact; ValueError if it is none."""
    value = message.headers.get("Contact")
    return None if value is None else read_uri(read_address(split_values(value)[0]).uri)


def routes_of(message: Request | Response) -> tuple[str, ...]:
    """The values of Record-Route, in their order."""
    lines = message.headers.getlist("Record-Route")
    return tuple(value for line in lines for value in split_values(line))
