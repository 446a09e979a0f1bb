"""How many calls there were since the process began: by type as they begin, by cause as they end.

Nothing of this is kept in snapshots; a tenant that begins anew counts on.
"""

from __future__ import annotations

from emulator.switch.events import CallCleared, Event, Offered, ServiceInitiated


class CallCounts:
    """Hears the switch's events."""

    __slots__ = ("begun", "ended")

    def __init__(self) -> None:
        self.begun: dict[tuple[int, int], int] = {}
        """By tenant and call type."""
        self.ended: dict[tuple[int, int], int] = {}
        """By tenant and release cause (CEC 12.3.8.10)."""

    def __call__(self, event: Event) -> None:
        """Count one event."""
        kind = type(event)
        if kind is CallCleared:
            key = (event.tenant, event.cause)
            self.ended[key] = self.ended.get(key, 0) + 1
        elif kind is Offered or kind is ServiceInitiated:
            key = (event.tenant, event.call_type)
            self.begun[key] = self.begun.get(key, 0) + 1
