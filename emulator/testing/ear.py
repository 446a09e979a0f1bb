"""What the agents of a world have been told, by polls and by pushes, as its journal has it.

So an agent is heard through whatever client it has: the product under test is not asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from emulator.clients.answers import Exchange
from emulator.clients.control import ControlClient
from emulator.clients.gateway import GatewayEvent

Wanted = Callable[[GatewayEvent], bool]

SURFACE = "gateway"
PAGE = 5000


class Ear:
    """Keeps the events that agents heard, and which of them a test has claimed."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control
        self._read = 0
        self._heard: dict[int, list[GatewayEvent]] = {}
        self._unclaimed: dict[int, list[GatewayEvent]] = {}
        self._clients: set[int] = set()

    def heard(self, agent: int) -> list[GatewayEvent]:
        """All that the agent was told so far, in order."""
        self._listen(0)
        return list(self._heard.get(agent, ()))

    def unclaimed(self, agent: int) -> list[GatewayEvent]:
        """What no test has asked for yet, as of the last look."""
        return list(self._unclaimed.get(agent, ()))

    def has_client(self, agent: int) -> bool:
        """Whether anybody asked for the agent's events, or takes them."""
        return agent in self._clients

    def claim(self, agent: int, wanted: Wanted, seconds: float) -> GatewayEvent | None:
        """The first such event that was not claimed; waits for it at most so long (real time)."""
        until = time.monotonic() + seconds
        self._listen(0)
        while True:
            found = self._claimed(agent, wanted)
            left = until - time.monotonic()
            if found is not None or left <= 0:
                return found
            self._listen(left)

    def _claimed(self, agent: int, wanted: Wanted) -> GatewayEvent | None:
        waiting = self._unclaimed.get(agent, [])
        for event in waiting:
            if wanted(event):
                waiting.remove(event)
                return event
        return None

    def _listen(self, wait: float) -> None:
        """Read on in the journal; wait for news so many real seconds if there is none."""
        found = self._control.requests(
            after=self._read, limit=PAGE, wait=wait, surface=SURFACE, verdict="done"
        )
        for exchange in found:
            self._read = exchange["number"]
            for agent, event in _told(exchange):
                self._clients.add(agent)
                if event is not None:
                    self._heard.setdefault(agent, []).append(event)
                    self._unclaimed.setdefault(agent, []).append(event)


def _told(exchange: Exchange) -> Iterator[tuple[int, GatewayEvent | None]]:
    """The events that an exchange brought to agents; a poll that brought none shows its agent."""
    if exchange["outgoing"]:
        if exchange["verdict"] != "done":
            return
        batch = exchange["body"]
        for event in batch.get("eventList", ()):
            yield int(batch["workNo"]), _event(event)
        return
    answer = exchange["answer"]
    if "agentevent" not in exchange["path"] or not isinstance(answer, dict):
        return
    yield exchange["agent"], None
    events: Any = answer.get("event") or []
    for event in events if isinstance(events, list) else [events]:
        yield exchange["agent"], _event(event)


def _event(told: dict[str, Any]) -> GatewayEvent:
    return GatewayEvent(told["eventType"], told.get("content"))
