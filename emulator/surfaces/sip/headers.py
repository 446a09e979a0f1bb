"""Header fields that are found by their names at once.

Those of the library are looked for through all of them, and compared in lower case each time,
which took a tenth of a call. A message that we read or make has these.
"""

from __future__ import annotations

from sipmessage import URI, Request, Response
from sipmessage.message import Headers


class HeaderFields(Headers):
    """Values by name, in the order in which the names came; names know no case."""

    def __init__(self, fields: dict[str, tuple[str, list[str]]] | None = None) -> None:
        """`fields` are names as they are written, and their values, by the name in lower case."""
        self._fields = {} if fields is None else fields

    def add(self, key: str, value: str) -> None:
        """Add a value to those of a field."""
        found = self._fields.get(key.lower())
        if found is None:
            self._fields[key.lower()] = key, [value]
        else:
            found[1].append(value)

    def get(self, key: str, default: str | None = None) -> str | None:
        """The first value of a field."""
        found = self._fields.get(key.lower())
        return default if found is None else found[1][0]

    def getlist(self, key: str) -> list[str]:
        """All values of a field."""
        found = self._fields.get(key.lower())
        return [] if found is None else found[1]

    def keys(self) -> list[str]:
        """The names of all fields."""
        return [name for name, _ in self._fields.values()]

    def remove(self, key: str) -> None:
        """Take a field away, if it is there."""
        self._fields.pop(key.lower(), None)

    def set(self, key: str, value: str) -> None:
        """Give a field this value alone."""
        self._fields[key.lower()] = key, [value]

    def setlist(self, key: str, values: list[str]) -> None:
        """Give a field these values."""
        self._fields[key.lower()] = key, values

    def __getitem__(self, key: str) -> str:
        """The first value of a field that is there; KeyError."""
        return self._fields[key.lower()][1][0]

    def __str__(self) -> str:
        lines = [f"{name}: {it}\r\n" for name, values in self._fields.values() for it in values]
        return "".join(lines) + "\r\n"


def with_via(headers: Headers, via: str) -> HeaderFields:
    """A copy of the fields with this Via alone, in front."""
    fields = {"via": ("Via", [via])}
    for name in headers.keys():  # noqa: SIM118 (they are no mapping)
        if name.lower() != "via":
            fields[name.lower()] = name, headers.getlist(name)[:]
    return HeaderFields(fields)


def new_request(method: str, uri: URI, body: bytes = b"") -> Request:
    """A request without header fields."""
    request = Request(method, uri, body)
    request.headers = HeaderFields()
    return request


def new_response(code: int, phrase: str) -> Response:
    """A response without header fields."""
    response = Response(code, phrase)
    response.headers = HeaderFields()
    return response
