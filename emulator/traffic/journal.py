"""What happened: the switch's events and the requests at the doors, each with a running number.

Both are rings: the oldest go when the memory that the journal may take is used up, and are
counted. A reset of the world does not begin the journal anew.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator

from emulator.switch.events import Event
from emulator.traffic.exchange import LONGEST_KEPT, Exchange

MEBIBYTE = 1024 * 1024
EVENT_COST = 400
"""Bytes that a kept event takes, about."""
EVENTS_SHARE = 4
"""One part in so many of the memory is for events."""


class Journal:
    """The first event and the first exchange heard of have number 1."""

    def __init__(self, limit: int = 64 * MEBIBYTE, *, recording: bool = True) -> None:
        """`limit`: bytes of memory at most."""
        self.recording = recording
        self._events: deque[Event | None] = deque(
            maxlen=max(1, limit // EVENTS_SHARE // EVENT_COST)
        )
        self._exchanges: deque[Exchange] = deque()
        self._limit = limit - limit // EVENTS_SHARE
        self._used = 0
        self._waiters: list[asyncio.Future[None]] = []
        self.last = 0
        """The number of the latest event."""
        self.last_exchange = 0
        """The number of the latest exchange."""
        self.dropped = 0
        """How many exchanges had to go to make room."""

    # Events

    def hear(self, event: Event) -> None:
        """Take note of an event; as cheap as can be, for the switch waits."""
        if not self.recording:
            return
        self._events.append(event)
        self.last += 1
        if self._waiters:
            self._wake()

    @property
    def used(self) -> int:
        """Bytes of memory that the kept exchanges and events take, about."""
        return self._used + len(self._events) * EVENT_COST

    @property
    def first(self) -> int:
        """The number of the oldest event that is still kept, or of the next one."""
        return self.last - len(self._events) + 1

    def after(self, number: int, limit: int) -> list[tuple[int, Event]]:
        """At most `limit` events that follow the one with this number, each with its own."""
        start = max(number + 1, self.first)
        found: list[tuple[int, Event]] = []
        for index in range(start - self.first, len(self._events)):
            event = self._events[index]
            if event is not None:
                found.append((self.first + index, event))
                if len(found) == limit:
                    break
        return found

    async def wait_beyond(self, number: int, seconds: float) -> None:
        """Wait until there is an event after this number, at most so many real seconds."""
        if self.last <= number:
            await self._wait(seconds)

    # Exchanges

    def note(self, exchange: Exchange) -> None:
        """Keep a request with its answer; long bodies and answers are cut."""
        if not self.recording:
            return
        exchange.body = exchange.body[:LONGEST_KEPT]
        # A copy: what the JSON library wrote keeps the four kilobytes that it was written into.
        exchange.answer = bytes(memoryview(exchange.answer)[:LONGEST_KEPT])
        self.last_exchange += 1
        exchange.number = self.last_exchange
        self._exchanges.append(exchange)
        self._used += exchange.cost
        while self._used > self._limit:
            self._used -= self._exchanges.popleft().cost
            self.dropped += 1
        if self._waiters:
            self._wake()

    def exchanges(self, after: int = 0) -> Iterator[Exchange]:
        """Those that are kept, oldest first, that follow the one with this number."""
        return (it for it in self._exchanges if it.number > after)

    async def wait_for_exchange(self, number: int, seconds: float) -> None:
        """Wait for news after the exchange with this number, at most so many real seconds."""
        if self.last_exchange <= number:
            await self._wait(seconds)

    # Room

    def clear(self, tenant: int | None = None) -> None:
        """Forget everything, or what concerns one tenant; the numbers go on."""
        if tenant is None:
            self._events.clear()
            self._exchanges.clear()
        else:
            for index, event in enumerate(self._events):
                if event is not None and event.tenant == tenant:
                    self._events[index] = None
            self._exchanges = deque(it for it in self._exchanges if it.tenant != tenant)
        self._used = sum(it.cost for it in self._exchanges)

    # Waiting

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def _wait(self, seconds: float) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await asyncio.wait([waiter], timeout=seconds)
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
