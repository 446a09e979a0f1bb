"""Telling developers that their files are there: signed requests to their servers (C2)."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

import httpx

from emulator import signing
from emulator.surfaces.cec.envelope import write_json

log = logging.getLogger(__name__)

PAUSES = (1.0, 5.0)
"""Seconds of wire time between one attempt and the next."""
SIGNED = ("content-length", "content-type", "host")
CONTENT_TYPE = "application/json;charset=UTF-8"


class Callbacks:
    """Sends them, each a few times until somebody takes it; `timeout` in seconds, for each."""

    def __init__(self, timeout: float, *, verify: bool) -> None:
        self._timeout = timeout
        self._client = httpx.AsyncClient(verify=verify, trust_env=False, timeout=timeout)

    async def tell(self, url: str, access_key: str, secret: str, document: Any) -> bool:
        """Whether the receiver has taken it: it answered with a 2xx."""
        for pause in (0.0, *PAUSES):
            await asyncio.sleep(pause)
            try:
                async with asyncio.timeout(self._timeout):
                    if await self._attempt(url, access_key, secret, write_json(document)):
                        return True
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                log.info("%s was not told: %r", url, error)
        log.warning("%s does not take the news of its file", url)
        return False

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _attempt(self, url: str, access_key: str, secret: str, body: bytes) -> bool:
        request = self._client.build_request(
            "POST", url, content=body, headers={"Content-Type": CONTENT_TYPE, "Accept": "*/*"}
        )
        headers = {name.lower(): value.encode() for name, value in request.headers.items()}
        path, _, query = request.url.raw_path.partition(b"?")
        signed = signing.SignedRequest("POST", path, query, headers, body)
        authorization = signing.sign(access_key, secret, signed, SIGNED, datetime.now(UTC))
        request.headers["Authorization"] = str(authorization)
        # Whatever the receiver says besides its status is not read: it may never end.
        answer = await self._client.send(request, stream=True)
        await answer.aclose()
        return answer.is_success
