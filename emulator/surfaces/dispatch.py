"""From the server to the doors: by the path's leading segments, at a cost that does not grow."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any

from emulator.traffic.meter import RequestMeter

DEEPEST_PREFIX = 3
"""Leading segments that are compared at most."""


class Dispatcher:
    """Hands each request to the door with the longest prefix that fits, else to `fallback`."""

    __slots__ = ("_doors", "_fallback", "_meter")

    def __init__(
        self, doors: Mapping[str, Any], fallback: Any, meter: RequestMeter | None = None
    ) -> None:
        """`doors`: prefix (`/apiaccess/ccmessaging`) → ASGI application.

        `meter` counts the requests.
        """
        for prefix in doors:
            if not 1 <= prefix.count("/") <= DEEPEST_PREFIX or prefix[0] != "/":
                raise ValueError(f"not a prefix: {prefix}")
        self._doors = dict(doors)
        self._fallback = fallback
        self._meter = meter

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request or connection."""
        prefix, door = self._find(scope["path"])
        if self._meter is None or scope["type"] != "http":
            await door(scope, receive, send)
        else:
            await self._meter.serve(prefix[1:], door, scope, receive, send)

    def door(self, path: str) -> Any:
        """Find the door for a path."""
        return self._find(path)[1]

    def _find(self, path: str) -> tuple[str, Any]:
        prefix = "/".join(path.split("/", DEEPEST_PREFIX + 1)[: DEEPEST_PREFIX + 1])
        while prefix:
            door = self._doors.get(prefix)
            if door is not None:
                return prefix, door
            prefix = prefix.rpartition("/")[0]
        return "", self._fallback


class LateDoor:
    """A door whose module takes long to load: it is opened for its first request."""

    __slots__ = ("_door", "_module", "_open")

    def __init__(self, module: str, open_: Callable[[Any], Any]) -> None:
        """`open_` makes the ASGI application out of the module."""
        self._module = module
        self._open = open_
        self._door: Any = None

    def __call__(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        """Serve one request or connection."""
        served: Awaitable[None] = (self._door or self._open_first)(scope, receive, send)
        return served

    async def _open_first(self, scope: Any, receive: Any, send: Any) -> None:
        if self._module not in sys.modules:
            # Not in the event loop, which has others to serve meanwhile.
            await asyncio.to_thread(import_module, self._module)
        if self._door is None:
            self._door = self._open(import_module(self._module))
        await self._door(scope, receive, send)
