"""Several call centers in one process, each with its own clock, agents, calls and store.

A request is for the world whose own port it came to; else for the one that begins its path,
`/_world/<name>/agentgateway/…`; else for the one that its Host header begins with,
`<name>.localhost:8000`; else for the first world, the one the process was started with.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

PREFIX = "/_world/"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A world to be made: `settings` differ from the first one's by these, `start` is in µs."""

    name: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    start: int | None = None


class World(Protocol):
    """A call center behind its doors."""

    name: str
    app: Any
    """The ASGI application of its doors."""

    @property
    def desk(self) -> Any:
        """What its control plane works with."""
        ...

    @property
    def port(self) -> int | None:
        """Its own port, if it has one."""
        ...

    async def load(self, snapshot: bytes) -> None:
        """Go on as the snapshot of a world has it."""
        ...

    async def listen(self) -> int:
        """Open a port of its own; gives its number."""
        ...

    async def stop(self) -> None:
        """Close the doors; of what was in memory nothing is left."""
        ...


class NameTaken(ValueError):
    """There is a world of this name already, or the name cannot be one."""


class Worlds:
    """The worlds beside the first one; as an ASGI application it hands requests to them all."""

    def __init__(self, make: Callable[[Wanted], Awaitable[World]]) -> None:
        self.first: Any = None
        """The ASGI application of the first world."""
        self._make = make
        self._worlds: dict[str, World] = {}
        self._making: dict[str, None] = {}
        self._named = 0

    def __iter__(self) -> Iterator[World]:
        """Those beside the first, in the order in which they were made."""
        return iter(list(self._worlds.values()))

    def get(self, name: str) -> World | None:
        """The world of this name."""
        return self._worlds.get(name)

    async def make(self, wanted: Wanted) -> World:
        """Make a world and let requests reach it; `NameTaken` if it cannot have its name.

        What the making raises (a seed that does not hold together) leaves nothing behind.
        """
        name = self._free_name(wanted.name)
        self._making[name] = None
        try:
            world = await self._make(replace(wanted, name=name))
        finally:
            del self._making[name]
        self._worlds[name] = world
        return world

    def _free_name(self, wanted: str) -> str:
        while not wanted:
            self._named += 1
            if self._is_free(f"world-{self._named}"):
                return f"world-{self._named}"
        if not (NAME.fullmatch(wanted) and self._is_free(wanted)):
            raise NameTaken(f"no world can be called {wanted}")
        return wanted

    def _is_free(self, name: str) -> bool:
        return name not in self._worlds and name not in self._making

    async def drop(self, name: str) -> bool:
        """End a world; False if there is none of this name."""
        world = self._worlds.pop(name, None)
        if world is None:
            return False
        await world.stop()
        return True

    async def close(self) -> None:
        """End them all."""
        for name in list(self._worlds):
            await self.drop(name)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request in its world."""
        app = self.first
        if scope["path"].startswith(PREFIX):
            scope, app = self._by_path(scope)
        elif self._worlds:
            app = self._by_host(scope)
        await app(scope, receive, send)

    def _by_path(self, scope: Any) -> tuple[Any, Any]:
        name, _, rest = scope["path"].removeprefix(PREFIX).partition("/")
        world = self._worlds.get(name)
        if world is None:
            return scope, self.first
        raw = (scope.get("raw_path") or scope["path"].encode()).removeprefix(PREFIX.encode())
        inside = {
            **scope,
            "path": f"/{rest}",
            "raw_path": b"/" + raw.partition(b"/")[2],
        }
        return inside, world.app

    def _by_host(self, scope: Any) -> Any:
        for name, value in scope["headers"]:
            if name == b"host":
                world = self._worlds.get(value.partition(b".")[0].decode("latin-1"))
                return self.first if world is None else world.app
        return self.first
