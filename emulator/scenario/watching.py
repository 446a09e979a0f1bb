"""Watches that what begins is followed by what must follow it, in time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from emulator.scenario.file.expectations import Order
from emulator.switch import events

EVENT_TYPES: dict[str, type[Any]] = {
    "delivered": events.Delivered,
    "established": events.Established,
    "cleared": events.CallCleared,
    "queued": events.Queued,
    "offered": events.Offered,
    "held": events.Held,
    "retrieved": events.Retrieved,
}
EXAMPLES = 5


class OrderWatch:
    """Hears events; notes those that nothing followed in time.

    `handlers` take note of an event, by its type.
    """

    def __init__(self, order: Order) -> None:
        self.order = order
        self.seen = 0
        self.late = 0
        self.examples: list[str] = []
        """Calls on which nothing followed in time, some of them."""
        self._first = EVENT_TYPES[order.after]
        self._next = frozenset(EVENT_TYPES[name] for name in order.comes)
        self.handlers: dict[type[Any], Callable[[Any], None]] = dict.fromkeys(
            (self._first, *(EVENT_TYPES[name] for name in order.comes)), self._note
        )
        self._due: deque[tuple[int, str, int]] = deque()
        self._open: dict[str, int] = {}
        self._serial = 0

    def _note(self, event: Any) -> None:
        kind = type(event)
        self.expire(event.at)
        if kind in self._next:
            self._open.pop(event.call, None)
        if kind is self._first:
            self.seen += 1
            self._serial += 1
            self._open[event.call] = self._serial
            self._due.append((event.at + self.order.within, event.call, self._serial))

    def expire(self, now: int) -> None:
        """Note what nothing followed until now."""
        while self._due and self._due[0][0] < now:
            _, call, serial = self._due.popleft()
            if self._open.get(call) == serial:
                del self._open[call]
                self.late += 1
                if len(self.examples) < EXAMPLES:
                    self.examples.append(call)
