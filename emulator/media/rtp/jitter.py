"""The playout buffer: packets as they come, frames as they are due.

Places are counted in timestamps, without the wrap. What is played never goes back: a packet whose
place is past is late and is not heard. Those who are often late, by their network or by a clock
that is slower than ours, are given more time; time that is never needed is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass, field

TARGET = 2
"""Frames for which a packet waits at first."""
MOST = 10
"""Frames for which it ever waits: 200 ms."""
JUMP = 100
"""Frames; a timestamp that is further away than that is of another time line."""
WINDOW = 100
"""Frames after which it is seen whether all that waiting was needed."""
_LATE = 2
"""Late packets in a window that are too many."""


@dataclass(frozen=True, slots=True)
class Due:
    """A packet that is due, and at which place of its frame it begins."""

    offset: int
    payload: bytes


@dataclass(slots=True)
class Buffer:
    """One source's packets; `step` timestamps are a frame."""

    step: int
    late: int = 0
    duplicates: int = 0
    _source: int | None = None
    _waiting: dict[int, bytes] = field(default_factory=dict)
    _newest: int = 0
    _next: int | None = None
    """The place that is played next; None until there is something to play."""
    _played: int | None = None
    """The place of what was played last."""
    _stray: int | None = None
    _late_lately: int = 0
    _least: int = MOST
    _seen: int = 0

    def put(self, source: int, timestamp: int, payload: bytes) -> bool:
        """Take a packet; False if it will not be heard."""
        if source != self._source:
            self._begin(source, timestamp)
        place = _near(self._newest, timestamp)
        if self._is_far(place):
            if not self._follows_a_stray(timestamp):
                return False
            self._begin(source, timestamp)
            place = timestamp
        self._stray = None
        self._newest = max(self._newest, place)
        if self._next is None:
            self._next = place - TARGET * self.step
        if place in self._waiting or place == self._played:
            self.duplicates += 1
            return False
        if place < self._next or (self._played is not None and place < self._played):
            self._was_late(place)
            return False
        self._waiting[place] = payload
        return True

    def take(self) -> list[Due]:
        """What is due in the next frame, in its order; mostly one packet, nothing if it is lost."""
        if self._next is None:
            return []
        begin = self._next
        self._next = end = begin + self.step
        payload = self._waiting.pop(begin, None)
        due = [] if payload is None else [Due(0, payload)]
        if self._waiting and min(self._waiting) < end:
            # Packets that are not in step with us.
            odd = sorted(place for place in self._waiting if place < end)
            due += [Due(place - begin, self._waiting.pop(place)) for place in odd]
        if due:
            self._played = begin + due[-1].offset
        self._watch(end)
        return due

    def clear(self) -> None:
        """Forget all that waits, and begin anew with the next packet."""
        self._source, self._next = None, None
        self._waiting.clear()

    def _begin(self, source: int, timestamp: int) -> None:
        self._source, self._newest = source, timestamp
        self._waiting.clear()
        self._next = self._played = self._stray = None
        self._reset_window()

    def _is_far(self, place: int) -> bool:
        """Whether it is neither near the newest nor, after a pause, near what is played."""
        most = JUMP * self.step
        now = self._newest if self._next is None else self._next
        return abs(place - self._newest) > most and abs(place - now) > most

    def _follows_a_stray(self, timestamp: int) -> bool:
        """Whether the packet before was as far away: then time has really jumped."""
        before, self._stray = self._stray, timestamp
        return before is not None and abs(_near(before, timestamp) - before) <= JUMP * self.step

    def _was_late(self, place: int) -> None:
        self.late += 1
        self._late_lately += 1
        if self._late_lately < _LATE or self._next is None:
            return
        behind = -((place - self._next) // self.step)
        more = min(behind, MOST - (self._newest - self._next) // self.step)
        if more > 0:
            self._next -= more * self.step
        self._reset_window()

    def _watch(self, now: int) -> None:
        """See how much waits; what waited for a whole window without need is skipped."""
        waits = (self._newest - now) // self.step + 1
        self._least = min(self._least, waits)
        self._seen += 1
        if waits > MOST + TARGET:
            self._skip(now + (waits - TARGET) * self.step)
        elif self._seen >= WINDOW and self._least > TARGET:
            self._skip(now + self.step)
        if self._seen >= WINDOW:
            self._reset_window()

    def _skip(self, place: int) -> None:
        self._next = place
        for skipped in [waiting for waiting in self._waiting if waiting < place]:
            del self._waiting[skipped]

    def _reset_window(self) -> None:
        self._least, self._seen, self._late_lately = MOST, 0, 0


def _near(place: int, timestamp: int) -> int:
    """The place of a timestamp (32 bits) that is nearest to another place."""
    away = (timestamp - place) & 0xFFFFFFFF
    return place + (away - (1 << 32) if away >> 31 else away)
