"""Wire time (rule 2): SIP timers run in real seconds, or by the hand of a test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol


class Handle(Protocol):
    """A call that waits for its time."""

    def cancel(self) -> None:
        """Forget the call; without effect after it was made."""


class WireClock(Protocol):
    """Where SIP timers come from; seconds, from any origin, never going back."""

    def now(self) -> float: ...

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Handle: ...


class LoopClock:
    """The clock of an event loop: of the running one if none is named."""

    __slots__ = ("_loop",)

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = loop or asyncio.get_running_loop()

    def now(self) -> float:
        return self._loop.time()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Handle:
        return self._loop.call_later(seconds, callback)
