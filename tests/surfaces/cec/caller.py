"""Calls a door in the test's own process, without a server."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx


def request(door: Any, method: str, path: str, **options: Any) -> httpx.Response:
    """Send one request to an ASGI application and wait for its answer."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(door)
        async with httpx.AsyncClient(transport=transport, base_url="http://cec:8000") as client:
            return await client.request(method, path, **options)

    return asyncio.run(send())
