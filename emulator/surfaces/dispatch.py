"""From the server to the doors: by the path's leading segments, at a cost that does not grow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEEPEST_PREFIX = 3
"""Leading segments that are compared at most."""


class Dispatcher:
    """Hands each request to the door with the longest prefix that fits, else to `fallback`."""

    __slots__ = ("_doors", "_fallback")

    def __init__(self, doors: Mapping[str, Any], fallback: Any) -> None:
        """`doors`: prefix (`/apiaccess/ccmessaging`) → ASGI application."""
        for prefix in doors:
            if not 1 <= prefix.count("/") <= DEEPEST_PREFIX or prefix[0] != "/":
                raise ValueError(f"not a prefix: {prefix}")
        self._doors = dict(doors)
        self._fallback = fallback

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request or connection."""
        await self.door(scope["path"])(scope, receive, send)

    def door(self, path: str) -> Any:
        """Find the door for a path."""
        prefix = "/".join(path.split("/", DEEPEST_PREFIX + 1)[: DEEPEST_PREFIX + 1])
        while prefix:
            door = self._doors.get(prefix)
            if door is not None:
                return door
            prefix = prefix.rpartition("/")[0]
        return self._fallback
