"""What is sent to a party: one stream without a break, whatever it is made of.

Packets of others (relayed), frames of ours (mixed) and keys follow each other under one source:
sequences go up by one for each packet, timestamps by the time that has passed.
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator.media.rtp.frames import PERIOD
from emulator.media.rtp.packets import HEAD, MARKER, VERSION

_MOST_MISSING = 3000
"""Packets; a sequence that is further away has begun anew."""
_PAUSE = 5 * PERIOD
"""µs after which what is sent is not the next frame, but a later one."""
_LONGEST_GAP = 60 * 50
"""Frames; a timestamp that is further away has begun anew."""


@dataclass(slots=True)
class Sending:
    """Sequence, timestamp and counts of what one party is sent."""

    source: int
    sequence: int
    """Of the newest packet, without the wrap."""
    timestamp: int
    """Of the newest packet, without the wrap."""
    packets: int = 0
    octets: int = 0
    at: int | None = None
    """When the newest packet was sent, in µs."""
    _relayed: int | None = None
    """The source whose packets these are."""
    _sequence: int = 0
    """What the newest packet had when it came to us."""
    _timestamp: int = 0
    _first: int = 0
    """The sequence before which nothing of this source has a place."""

    def own(self, payload_type: int, payload: bytes, step: int, now: int) -> bytes:
        """A packet of ours, `step` timestamps after the one before, or more if time has passed."""
        if self._relayed is not None or self.at is None or now - self.at > _PAUSE:
            self._relayed = None
            self._let_time_pass(step, now)
            payload_type |= MARKER
        else:
            self.timestamp += step
        self.sequence += 1
        return self._packet(payload_type, self.sequence, self.timestamp, payload, now)

    def event(self, payload_type: int, payload: bytes, step: int, now: int) -> bytes:
        """A packet of a key; `step` is 0 but in the first of a press."""
        if step:
            return self.own(payload_type | MARKER, payload, step, now)
        self.sequence += 1
        return self._packet(payload_type, self.sequence, self.timestamp, payload, now)

    def skip(self, timestamps: int) -> None:
        """Let time pass in which nothing was sent that counts it."""
        self.timestamp += timestamps

    def is_relayed_since(self, instant: int) -> bool:
        """Whether another's packets are what is sent, and the newest is not older than that."""
        return self._relayed is not None and self.at is not None and self.at > instant

    def relay(
        self, head: tuple[int, int, int, int], payload: bytes, step: int, now: int
    ) -> bytes | None:
        """Another's packet as one of ours; None if it is older than what we have begun with.

        `head` is our payload type with its marker, and its sequence, timestamp and source. Gaps
        and disorder stay as they are.
        """
        payload_type, sequence, timestamp, source = head
        ahead = ((sequence - self._sequence + 0x8000) & 0xFFFF) - 0x8000
        later = ((timestamp - self._timestamp + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        if (
            source != self._relayed
            or abs(ahead) > _MOST_MISSING
            or abs(later) > _LONGEST_GAP * step
        ):
            self._let_time_pass(step, now)
            self._relayed = source
            self._first = self.sequence + 1
            ahead, later = 1, 0
            payload_type |= MARKER
        place, time = self.sequence + ahead, self.timestamp + later
        if place < self._first:
            return None
        if ahead > 0:
            self.sequence, self.timestamp = place, time
            self._sequence, self._timestamp = sequence, timestamp
        return self._packet(payload_type, place, time, payload, now)

    def _let_time_pass(self, step: int, now: int) -> None:
        passed = 0 if self.at is None else (now - self.at) * step // PERIOD
        self.timestamp += max(passed, step)

    def _packet(
        self, payload_type: int, sequence: int, timestamp: int, payload: bytes, now: int
    ) -> bytes:
        self.at = now
        self.packets += 1
        self.octets += len(payload)
        return (
            HEAD.pack(VERSION, payload_type, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, self.source)
            + payload
        )
