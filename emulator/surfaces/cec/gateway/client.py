"""One agent's client: its event queue, and how the events reach it.

Of two polls at once the older is answered empty; while an answer with an event is being written,
the next poll waits for its fate.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self

import orjson

from emulator.surfaces.cec.gateway.outbox import Outbox, Post
from emulator.surfaces.cec.gateway.translation import AgentEvent


@dataclass(slots=True)
class Receiver:
    """Where an agent's events are pushed to, and what proves who sends them (6.1.4.2)."""

    uri: str
    token: str
    guid: str = ""


@dataclass(slots=True)
class KeptSession:
    """An agent's session in a snapshot.

    What was on its way is told again. When its client was heard of is wire time, and not kept.
    """

    agent: int
    receiver: Receiver | None
    behind: AgentEvent | None
    closing: bool
    media_servers: str
    phone_linkage: bool
    phone_token: str
    events: list[dict[str, Any]]
    dropped: int


class AgentSession(Outbox):
    """One agent's client: what it has still to be told, and when it was last heard of."""

    __slots__ = (
        "agent",
        "behind",
        "closing",
        "heard_at",
        "linked",
        "media_servers",
        "phone_linkage",
        "phone_token",
        "receiver",
        "waiter",
    )
    batch = 50

    def __init__(self, agent: int, now: float, receiver: Receiver | None = None) -> None:
        """With a `receiver` events are pushed, without one they are polled."""
        super().__init__()
        self.agent = agent
        self.receiver = receiver
        self.behind: AgentEvent | None = None
        """An event that a fault keeps back until the next one is queued."""
        self.waiter: asyncio.Future[None] | None = None
        self.closing = False
        self.heard_at = now
        self.media_servers = "TFF"
        """CTI server, WebM and MailM: T where the client has signed in."""
        self.phone_linkage = False
        """Whether the client wants the agent's phone to be linked; `linked` when it is."""
        self.linked = False
        self.phone_token = ""

    @classmethod
    def from_snapshot(cls, kept: KeptSession, now: float) -> Self:
        """The session that a snapshot has kept; its client was heard of just now."""
        session = cls(kept.agent, now, kept.receiver)
        session.behind = kept.behind
        session.closing = kept.closing
        session.media_servers = kept.media_servers
        session.phone_linkage = kept.phone_linkage
        session.phone_token = kept.phone_token
        session.events.extend(kept.events)
        session.dropped = kept.dropped
        return session

    def kept(self) -> KeptSession:
        """The same for a snapshot."""
        return KeptSession(
            self.agent,
            self.receiver,
            self.behind,
            self.closing,
            self.media_servers,
            self.phone_linkage,
            self.phone_token,
            list(self.events),
            self.dropped,
        )

    @property
    def label(self) -> str:
        """Whose events they are, for the log."""
        return f"agent {self.agent}"

    @property
    def stream(self) -> Hashable:
        """The agent at this receiver: a session that takes another's place waits for its end."""
        assert self.receiver is not None
        return self.agent, self.receiver.uri

    def post(self, events: list[dict[str, Any]]) -> Post:
        """The events as they are pushed (6.1.4.2)."""
        assert self.receiver is not None
        headers = {"Guid": self.receiver.guid, "service_token": self.receiver.token}
        content = orjson.dumps({"workNo": str(self.agent), "eventList": events})
        return Post(self.receiver.uri, headers, content, "6.1.4.2", agent=self.agent)

    def put(self, event: AgentEvent) -> None:
        """Queue an event for the client; polls bring all of them."""
        told = {"eventType": event.type, "workNo": str(event.agent), "content": event.content}
        self.add(told, limited=self.receiver is not None)
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

    def delivered(self, arrived: bool) -> None:
        """The events on their way have arrived, or could not be delivered."""
        super().delivered(arrived)
        self.wake()


def _finish(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
