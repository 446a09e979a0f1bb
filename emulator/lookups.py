"""HTTP lookups that IVR flows ask for, performed outside the switch (rule 6).

The answer must be a JSON object: its texts, numbers and booleans become the call's variables.
Anything else (no answer, another status than 200, no object) is a failed lookup, and the flow goes
on at the node's `otherwise`. How long the flow waits is the flow's business, in domain time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from emulator.switch.events import Event, LookupRequested
from emulator.switch.switch import Switch

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

PATIENCE = 30.0
"""Seconds of real time after which nobody waits for an answer any more."""
MAX_ANSWER = 64 * 1024
MAX_AT_ONCE = 100


class Lookups:
    """Performs lookups; `present` brings the switch to the present and gives it."""

    def __init__(self, present: Callable[[], Switch]) -> None:
        self._present = present
        self._client: httpx.AsyncClient | None = None
        self._running: set[asyncio.Task[None]] = set()

    def hear(self, event: Event, switch: Switch) -> None:
        """Begin the lookup that an event of this switch asks for."""
        if type(event) is not LookupRequested or len(self._running) >= MAX_AT_ONCE:
            return
        task = asyncio.get_running_loop().create_task(self._perform(event, switch))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _perform(self, asked: LookupRequested, switch: Switch) -> None:
        values = await self._ask(asked)
        present = self._present()
        if present is switch:
            # Otherwise the world began anew, and its requests have other numbers.
            present.lookup_answered(asked.request, values)

    async def _ask(self, asked: LookupRequested) -> dict[str, str] | None:
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(timeout=PATIENCE, trust_env=False)
        content = asked.body.encode() if asked.body else None
        headers = {"Content-Type": "application/json"} if content else {}
        try:
            async with self._client.stream(
                asked.method, asked.url, content=content, headers=headers
            ) as answer:
                if answer.status_code != 200:
                    return None
                return variables(await _read(answer))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            log.info("lookup of call %s failed: %s", asked.call, error)
            return None


async def _read(answer: httpx.Response) -> bytes:
    content = b""
    async for part in answer.aiter_bytes():
        content += part
        if len(content) > MAX_ANSWER:
            raise ValueError("the answer is too long")
    return content


def variables(content: bytes) -> dict[str, str]:
    """The variables that an answer holds; ValueError if it is no JSON object."""
    import orjson

    found = orjson.loads(content)
    if not isinstance(found, dict):
        raise ValueError("the answer is not an object")
    return {
        name: _text(value) for name, value in found.items() if isinstance(value, str | int | float)
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
