"""The switch's latest events with a running number, for those who want to watch."""

from __future__ import annotations

import asyncio
from collections import deque
from enum import Enum
from typing import Any

from emulator.control.state import name_of
from emulator.switch.events import Event

KEPT = 5_000


class Journal:
    """A ring of events; the first event heard has number 1. A reset does not begin it anew."""

    def __init__(self, kept: int = KEPT) -> None:
        self._events: deque[Event] = deque(maxlen=kept)
        self._waiters: list[asyncio.Future[None]] = []
        self.last = 0
        """The number of the latest event."""

    def hear(self, event: Event) -> None:
        """Take note of an event; as cheap as can be, for the switch waits."""
        self._events.append(event)
        self.last += 1
        if self._waiters:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    @property
    def first(self) -> int:
        """The number of the oldest event that is still kept, or of the next one."""
        return self.last - len(self._events) + 1

    def after(self, number: int, limit: int) -> list[dict[str, Any]]:
        """At most `limit` events that follow the one with this number."""
        start = max(number + 1, self.first)
        skipped = start - self.first
        chosen = list(self._events)[skipped : skipped + limit]
        return [_shown(start + index, event) for index, event in enumerate(chosen)]

    async def wait_beyond(self, number: int, seconds: float) -> None:
        """Wait until there is an event after this number, at most so many real seconds."""
        if self.last > number:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await asyncio.wait([waiter], timeout=seconds)
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)


def _shown(number: int, event: Any) -> dict[str, Any]:
    fields = {name: _value(value) for name, value in event._asdict().items()}
    return {"number": number, "event": type(event).__name__, **fields}


def _value(value: Any) -> Any:
    return name_of(value) if isinstance(value, Enum) else value
