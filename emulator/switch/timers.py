"""Timers as data: a deadline, a serial number, a kind and a subject; no callables (rule 7)."""

from __future__ import annotations

from enum import IntEnum
from heapq import heapify, heappop, heappush
from typing import Any


class TimerKind(IntEnum):
    """What happens at the deadline; the subject is named in brackets."""

    RING = 1  # (connection) an agent has not answered
    OUTSIDE_ANSWER = 2  # (connection) an outside number answers
    OUTSIDE_RING = 3  # (connection) an outside number has not answered
    QUEUE_WAIT = 4  # (call) the longest wait in the queue is over
    WRAP_UP = 5  # (agent)
    REST = 6  # (agent)
    IVR = 7  # (call) a node of the flow is due
    PREVIEW = 8  # (agent) a preview was not called in time
    PLAYBACK = 9  # (agent) a recording has been played to its end
    SPEECH = 10  # (call) the next utterance of its script is due
    HABIT = 11  # (call, device) an outside party does something by itself
    CONFERENCE_END = 20  # (call) a conference has lasted as long as asked
    CONFERENCE_PROMPT = 21  # (call) its chairperson is warned of the end
    CONFERENCE_VOICE = 22  # (call) the announcement to everybody is over
    PARTICIPANT_VOICE = 23  # (call, device) the announcement to one participant is over


class Timers:
    """A heap of `(deadline µs, serial, kind, subject)`; cancelled entries are skipped when met."""

    __slots__ = ("_heap", "_live", "_serial")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, TimerKind, Any]] = []
        self._live: dict[int, int] = {}
        self._serial = 0

    def __len__(self) -> int:
        return len(self._live)

    def start(self, deadline: int, kind: TimerKind, subject: Any) -> int:
        """Returns the serial number, never 0, by which the timer can be cancelled."""
        self._serial = serial = self._serial + 1
        self._live[serial] = deadline
        heappush(self._heap, (deadline, serial, kind, subject))
        return serial

    def cancel(self, serial: int) -> None:
        """Stop a timer; 0 and timers that have fired are no matter."""
        if self._live.pop(serial, None) is None:
            return
        heap = self._heap
        if len(heap) > 64 and len(heap) > 4 * len(self._live):
            live = self._live
            self._heap = [entry for entry in heap if entry[1] in live]
            heapify(self._heap)

    def pop_due(self, until: int) -> tuple[int, int, TimerKind, Any] | None:
        """The earliest timer due at `until` or before, taken out; None if there is none."""
        heap, live = self._heap, self._live
        while heap and heap[0][0] <= until:
            entry = heappop(heap)
            if live.pop(entry[1], None) is not None:
                return entry
        return None

    def next_deadline(self) -> int | None:
        """When the next timer is due (µs), None if none runs."""
        heap, live = self._heap, self._live
        while heap and heap[0][1] not in live:
            heappop(heap)
        return heap[0][0] if heap else None

    def pending(self) -> list[tuple[int, int, TimerKind, Any]]:
        """All running timers in the order in which they will fire."""
        return sorted(
            (e for e in self._heap if e[1] in self._live), key=lambda entry: (entry[0], entry[1])
        )
