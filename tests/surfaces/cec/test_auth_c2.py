"""Signed requests at a door, made by the client library (CEC 4.3)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from emulator.clients.signer import AuthV2
from emulator.surfaces.cec.auth_c2 import DeveloperRequest, SignatureGate
from emulator.surfaces.cec.component import Component, Door
from emulator.surfaces.cec.errors import ErrorTable, Failure, Unauthenticated
from emulator.surfaces.cec.tokens import UNAUTHORIZED, TokenEnvelope
from emulator.surfaces.coercion import Text

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
SECRETS = {"globalak": "1qaz"}

cms: Component[None] = Component(
    "cms",
    prefix="/rest/cmsapp",
    envelope=TokenEnvelope(),
    errors=ErrorTable(
        {Unauthenticated: UNAUTHORIZED},
        parameter=Failure("400", ""),
        unforeseen=Failure("500", ""),
        unknown_path=Failure("404", "", status=404),
        wrong_method=Failure("405", "", status=405),
    ),
    auth="C2",
)


@cms.post("/v1/ping/{name}", section="12.3.7.1")
def ping(call: DeveloperRequest[None], name: Text, q: Text = "") -> list[str]:
    return [call.access_key, name, q]


def door(window_s: int | None = 900) -> Door[None]:
    wall_clock = lambda: int(NOW.timestamp()) * 1_000_000  # noqa: E731
    return cms.open(None, {"C2": SignatureGate(SECRETS.get, wall_clock, window_s)})


def send(
    auth: AuthV2,
    opened: Door[None] | None = None,
    change: Any = None,
    url: str = "/rest/cmsapp/v1/ping/a%20b",
    **options: Any,
) -> httpx.Response:
    """Send a signed request; `change` alters it after it was signed."""

    async def altering(request: httpx.Request) -> None:
        if change is not None:
            change(request)

    class Altered(httpx.ASGITransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await altering(request)
            return await super().handle_async_request(request)

    async def call() -> httpx.Response:
        transport = Altered(opened or door())
        async with httpx.AsyncClient(transport=transport, base_url="http://cms:8000") as client:
            return await client.post(url, auth=auth, **options)

    return asyncio.run(call())


def signer(
    secret: str = "1qaz", key: str = "globalak", at: datetime = NOW, **options: Any
) -> AuthV2:
    return AuthV2(key, secret, now=lambda: at, **options)


@pytest.mark.parametrize("query", ["", "?q=1%2F2", "?q=%E4%B8%96+x&unlisted"])
@pytest.mark.parametrize("body", [b"", b'{"say":"Hello"}', "客服".encode()])
def test_a_signed_request_is_admitted(query: str, body: bytes) -> None:
    answer = send(signer(), url=f"/rest/cmsapp/v1/ping/a%20b{query}", content=body)
    assert answer.status_code == 200
    assert answer.json()[:2] == ["globalak", "a b"]


def test_host_alone_may_be_signed() -> None:
    assert send(signer(signed_headers=["Host"]), json={}).status_code == 200


@pytest.mark.parametrize(
    ("secret", "key"), [("wrong", "globalak"), ("1qaz", "nobody"), ("", "nobody")]
)
def test_an_unknown_key_or_a_wrong_secret_is_refused(secret: str, key: str) -> None:
    assert send(signer(secret, key)).status_code == 401


def test_a_request_without_signature_is_refused() -> None:
    assert send(signer(), change=lambda r: r.headers.pop("Authorization")).status_code == 401


def test_a_header_that_was_changed_on_the_way_is_refused() -> None:
    def change(request: httpx.Request) -> None:
        request.headers["host"] = "elsewhere:8000"

    assert send(signer(), change=change).status_code == 401


def test_a_path_that_was_escaped_otherwise_on_the_way_is_refused() -> None:
    def change(request: httpx.Request) -> None:
        request.url = request.url.copy_with(raw_path=b"/rest/cmsapp/v1/ping/%61%20b")

    assert send(signer(), change=change).status_code == 401


@pytest.mark.parametrize(
    ("offset", "window_s", "status"),
    [(900, 900, 200), (-900, 900, 200), (901, 900, 401), (-901, 900, 401), (10**8, None, 200)],
)
def test_a_signature_is_good_within_its_window_of_real_time(
    offset: int, window_s: int | None, status: int
) -> None:
    at = NOW + timedelta(seconds=offset)
    assert send(signer(at=at), door(window_s)).status_code == status
