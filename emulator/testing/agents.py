"""An agent whose client runs beside the test: commands wait, events are polled for meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from emulator.clients.gateway import PATIENCE_S, AgentClient, GatewayEvent

if TYPE_CHECKING:
    from emulator.testing.world import World

T = TypeVar("T")


class Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="emulator agents", daemon=True
        )
        self._thread.start()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Have it done there, and wait."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Agent:
    """`AgentClient` for tests that wait; every method is its namesake."""

    def __init__(self, world: World, work_no: int, password: str, loop: Loop) -> None:
        self.world = world
        self.work_no = work_no
        self._loop = loop
        self._client = loop.do(_make(world.url, work_no, password))

    @property
    def events(self) -> list[GatewayEvent]:
        """Every event heard, in order."""
        return list(self._client.events)

    def sign_in(self, phone: str = "", **how: Any) -> Any:
        """Sign in, by default at phone 40000 + work number, and begin to poll."""
        phone = phone or str(40_000 + self.work_no)
        return self._loop.do(self._client.sign_in(phone, **how))

    def sign_out(self) -> None:
        """Sign out and hear the last events."""
        self._loop.do(self._client.sign_out())

    def get(self, component: str, rest: str = "", **params: Any) -> Any:
        """GET /resource/<component>/<agent>/<rest>; the answer's result."""
        return self._loop.do(self._client.get(component, rest, **params))

    def put(self, component: str, rest: str = "", **body: Any) -> Any:
        """PUT, with a JSON body."""
        return self._loop.do(self._client.put(component, rest, **body))

    def post(self, component: str, rest: str = "", **body: Any) -> Any:
        """POST, with a JSON body."""
        return self._loop.do(self._client.post(component, rest, **body))

    def delete(self, component: str, rest: str = "", **params: Any) -> Any:
        """DELETE."""
        return self._loop.do(self._client.delete(component, rest, **params))

    def expect(
        self, event_type: str, *, within: float = PATIENCE_S, **content: Any
    ) -> GatewayEvent:
        """The first such event that was not claimed, within so many real seconds."""
        return self._loop.do(self._client.expect(event_type, within=within, **content))

    def close(self) -> None:
        """Stop polling."""
        self._loop.do(self._client.close())


async def _make(url: str, work_no: int, password: str) -> AgentClient:
    return AgentClient(url, work_no, password)
