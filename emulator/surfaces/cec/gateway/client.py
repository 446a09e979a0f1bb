"""One agent's client: its event queue, and how the events reach it.

Events of one agent are first in, first out. An event is gone from the queue only when the answer
that carried it was written to an open connection, or the receiver of pushed events has confirmed
it. Of two polls at once the older is answered empty; while an answer with an event is being
written, the next poll waits for its fate.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Any

from emulator.surfaces.cec.gateway.translation import AgentEvent

PUSH_QUEUE = 1000
"""So many events wait for a receiver that does not take them; then the oldest are dropped."""


@dataclass(slots=True)
class Receiver:
    """Where an agent's events are pushed to, and what proves who sends them (6.1.4.2)."""

    uri: str
    token: str
    guid: str = ""


class AgentSession:
    """One agent's client: what it has still to be told, and when it was last heard of."""

    __slots__ = (
        "agent",
        "behind",
        "closing",
        "dropped",
        "events",
        "heard_at",
        "in_flight",
        "media_servers",
        "phone_linkage",
        "phone_token",
        "receiver",
        "waiter",
    )

    def __init__(self, agent: int, now: float, receiver: Receiver | None = None) -> None:
        """With a `receiver` events are pushed, without one they are polled."""
        self.agent = agent
        self.receiver = receiver
        self.events: deque[dict[str, Any]] = deque()
        self.in_flight = 0
        """How many of the first events are on their way, their fate unknown."""
        self.dropped = 0
        self.behind: AgentEvent | None = None
        """An event that a fault keeps back until the next one is queued."""
        self.waiter: asyncio.Future[None] | None = None
        self.closing = False
        self.heard_at = now
        self.media_servers = "TFF"
        """CTI server, WebM and MailM: T where the client has signed in."""
        self.phone_linkage = False
        self.phone_token = ""

    def put(self, event: AgentEvent) -> None:
        """Queue an event for the client."""
        if self.receiver is not None and len(self.events) - self.in_flight >= PUSH_QUEUE:
            del self.events[self.in_flight]
            self.dropped += 1
        self.events.append(
            {"eventType": event.type, "workNo": str(event.agent), "content": event.content}
        )
        if self.behind is not None:
            kept_back, self.behind = self.behind, None
            self.put(kept_back)

    def put_behind(self, event: AgentEvent) -> None:
        """Queue an event after the next one."""
        if self.behind is not None:
            self.put(event)
        else:
            self.behind = event

    def clear(self) -> None:
        """Forget the events that wait; those on their way are not taken back."""
        self.behind = None
        on_their_way = list(islice(self.events, self.in_flight))
        self.events.clear()
        self.events.extend(on_their_way)

    def wake(self) -> None:
        """Let the held poll look at the queue."""
        waiter = self.waiter
        if waiter is not None and not waiter.done() and (self.events or self.closing):
            waiter.set_result(None)

    async def next_event(self, wait: float) -> dict[str, Any] | None:
        """The first event, as soon as there is one; None after `wait` seconds without.

        The caller must call `delivered` with the fate of an event it was given.
        """
        older = self.waiter
        if older is not None and not older.done():
            older.set_result(None)
            self.waiter = None
            if self.events and not self.in_flight:
                # The older poll was woken first and takes the event that is there.
                return None
        if self.in_flight or not self.events:
            await self._wait(wait)
        if self.in_flight or not self.events:
            return None
        return self.first_events(1)[0]

    async def _wait(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self.waiter = waiter
        alarm = loop.call_later(seconds, _finish, waiter)
        try:
            await waiter
        finally:
            alarm.cancel()
            if self.waiter is waiter:
                self.waiter = None

    def first_events(self, most: int) -> list[dict[str, Any]]:
        """The first events, which are on their way now until `delivered` tells their fate."""
        events = list(islice(self.events, most))
        self.in_flight = len(events)
        return events

    def delivered(self, arrived: bool) -> None:
        """The events on their way have arrived, or could not be delivered."""
        if arrived:
            for _ in range(self.in_flight):
                self.events.popleft()
        self.in_flight = 0
        self.wake()


def _finish(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
