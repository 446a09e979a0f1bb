"""The signer for integrators; that a door accepts what it signs is tested at the door."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from emulator.clients.signer import AuthV2, authorization_header
from emulator.signing import SignatureError, SignedRequest, parse_authorization, verify

AT = datetime(2018, 10, 17, 11, 48, 24, tzinfo=UTC)


def signed(headers: dict[str, str]) -> str:
    return authorization_header(
        "ak", "secret", method="POST", target=b"/rest?id=1", headers=headers, body=b"{}", at=AT
    )


def test_the_advised_headers_that_a_request_has_are_signed() -> None:
    value = signed({"Host": "cms:8000", "Content-Type": "application/json", "X-Other": "1"})
    authorization = parse_authorization(value)
    assert authorization.signed_headers == ("content-type", "host")
    headers = {"host": b"cms:8000", "content-type": b"application/json"}
    verify(authorization, "secret", SignedRequest("POST", b"/rest", b"id=1", headers, b"{}"))


def test_a_request_without_host_cannot_be_signed() -> None:
    with pytest.raises(SignatureError, match="host"):
        signed({"Content-Type": "application/json"})


def test_a_client_signs_each_request_at_its_own_time() -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(parse_authorization(request.headers["Authorization"]))
        return httpx.Response(200)

    times = iter([AT, AT.replace(second=25)])
    auth = AuthV2("ak", "secret", now=lambda: next(times))
    with httpx.Client(transport=httpx.MockTransport(answer), auth=auth) as client:
        client.post("http://cms:8000/rest", json={})
        client.get("http://cms:8000/rest")
    assert [one.timestamp for one in seen] == [
        "2018-10-17T11:48:24.000Z",
        "2018-10-17T11:48:25.000Z",
    ]
    assert seen[0].signed_headers == ("content-length", "content-type", "host")
    assert seen[1].signed_headers == ("host",)
