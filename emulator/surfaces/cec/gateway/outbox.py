"""What one receiver has still to be told, first in, first out.

An event is gone only when the answer that carried it was written to an open connection, or the
receiver of pushed events has confirmed it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Hashable, Mapping
from itertools import islice
from typing import Any, NamedTuple

LONGEST_QUEUE = 1000
"""So many events wait for a receiver that does not take them; then the oldest are dropped."""


class Post(NamedTuple):
    """One request to a receiver; section, agent and tenant are for the journal."""

    uri: str
    headers: Mapping[str, str]
    content: bytes
    section: str
    agent: int = 0
    tenant: int = 0


class Outbox(ABC):
    """The events that wait, and those that are on their way."""

    __slots__ = ("dropped", "events", "in_flight")
    batch = 1
    """Events in one request at most."""

    def __init__(self) -> None:
        self.events: deque[dict[str, Any]] = deque()
        self.in_flight = 0
        """How many of the first events are on their way, their fate unknown."""
        self.dropped = 0

    @property
    @abstractmethod
    def label(self) -> str:
        """Whose events they are, for the log."""

    @property
    @abstractmethod
    def stream(self) -> Hashable:
        """Outboxes of one stream are delivered one after the other."""

    @abstractmethod
    def post(self, events: list[dict[str, Any]]) -> Post:
        """The request that tells these events."""

    def add(self, event: dict[str, Any], *, limited: bool = True) -> None:
        """Let an event wait; where the queue is `limited`, in place of the oldest."""
        if limited and len(self.events) - self.in_flight >= LONGEST_QUEUE:
            del self.events[self.in_flight]
            self.dropped += 1
        self.events.append(event)

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
