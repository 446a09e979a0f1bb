"""Bytes of SIP messages for tests."""

from __future__ import annotations

from collections.abc import Mapping

PLAIN = {
    "Via": "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776",
    "Max-Forwards": "70",
    "From": "Wang <sip:wang@example.com>;tag=1928",
    "To": "<sip:95500@example.com>",
    "Call-ID": "a84b4c76e66710@192.0.2.1",
}


def lines(start: str, *fields: str, body: bytes = b"") -> bytes:
    """A message of exactly these lines."""
    return "".join(f"{line}\r\n" for line in (start, *fields, "")).encode() + body


def request(
    method: str = "INVITE",
    uri: str = "sip:95500@example.com",
    *more: str,
    body: bytes = b"",
    number: int = 1,
    **changes: str | None,
) -> bytes:
    """A good request, but for `changes` (`call_id` for Call-ID, None: without) and lines more."""
    return lines(
        f"{method} {uri} SIP/2.0",
        *_fields({"CSeq": f"{number} {method}"}, len(body), changes),
        *more,
        body=body,
    )


def response(
    status: str = "200 OK",
    *more: str,
    method: str = "INVITE",
    body: bytes = b"",
    **changes: str | None,
) -> bytes:
    """A good response, but for `changes` and lines more."""
    return lines(
        f"SIP/2.0 {status}",
        *_fields({"CSeq": f"1 {method}"}, len(body), changes),
        *more,
        body=body,
    )


def _fields(own: Mapping[str, str], length: int, changes: Mapping[str, str | None]) -> list[str]:
    fields: dict[str, str | None] = {**PLAIN, **own, "Content-Length": str(length)}
    names = {name.lower().replace("-", "_"): name for name in fields}
    fields |= {names[key]: value for key, value in changes.items()}
    return [f"{name}: {value}" for name, value in fields.items() if value is not None]
