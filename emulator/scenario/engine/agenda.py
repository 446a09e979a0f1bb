"""What is to be done, and when: in order of time, and of asking where times are the same."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

Action = Callable[[Any], None]


class Agenda:
    """Actions by instant (µs). What has become pointless stays until its time, and sees for itself.

    `now` is the instant that the run has come to.
    """

    __slots__ = ("_entries", "_serial", "now")

    def __init__(self, now: int) -> None:
        self.now = now
        self._entries: list[tuple[int, int, Action, Any]] = []
        self._serial = 0

    def __len__(self) -> int:
        return len(self._entries)

    def at(self, instant: int, action: Action, subject: Any = None) -> None:
        """Have `action(subject)` done at that instant, or at once if it is past."""
        self._serial = serial = self._serial + 1
        heappush(self._entries, (instant, serial, action, subject))

    def after(self, delay: int, action: Action, subject: Any = None) -> None:
        """Have `action(subject)` done in so many µs."""
        self._serial = serial = self._serial + 1
        heappush(self._entries, (self.now + delay, serial, action, subject))

    @property
    def next(self) -> int | None:
        """The instant of what comes next; None: there is nothing."""
        return self._entries[0][0] if self._entries else None

    def take(self) -> tuple[Action, Any]:
        """What comes next, taken off the agenda."""
        _, _, action, subject = heappop(self._entries)
        return action, subject
