"""What is known of the packets that come from a source (RFC 3550, 6.4.1 and A.3, A.8)."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.media.rtp.packets import Reception

_MOST_DROPPED = 3000
_MOST_DISORDERED = 100


@dataclass(slots=True)
class Receiving:
    """Counts of one party's packets; a change of its source is not a loss."""

    clock: int
    """Timestamps in a second."""
    source: int | None = None
    received: int = 0
    _highest: int = 0
    _expected_before: int = 0
    _base: int = 0
    _transit: int | None = None
    _jitter: int = 0
    """In sixteenths."""
    _reported: tuple[int, int] = (0, 0)
    _report: int = 0
    _report_at: int = 0

    def saw(self, source: int, sequence: int, timestamp: int | None, now: int) -> None:
        """Count a packet that came at `now`; without a timestamp if that is not of its own time."""
        self.received += 1
        if source != self.source:
            self._restart(source, sequence)
        ahead = (sequence - self._highest) & 0xFFFF
        if ahead < _MOST_DROPPED:
            self._highest += ahead
        elif ahead < 0x10000 - _MOST_DISORDERED:
            self._restart(source, sequence)
        if timestamp is not None:
            self._time(timestamp, now)

    def _time(self, timestamp: int, now: int) -> None:
        transit = now * self.clock // 1_000_000 - timestamp
        if self._transit is not None:
            away = (transit - self._transit) & 0xFFFFFFFF
            if away >> 31:
                away = (1 << 32) - away
            self._jitter += away - ((self._jitter + 8) >> 4)
        self._transit = transit

    def heard_report(self, ntp: int, now: int) -> None:
        """Remember when the source has last reported."""
        self._report, self._report_at = (ntp >> 16) & 0xFFFFFFFF, now

    @property
    def expected(self) -> int:
        """Packets that should have come."""
        if self.source is None:
            return 0
        return self._expected_before + self._highest - self._base + 1

    @property
    def lost(self) -> int:
        """Packets that are missing; less than 0 if some came twice."""
        return self.expected - self.received

    @property
    def jitter(self) -> int:
        """Variation of their delay, in timestamps."""
        return self._jitter >> 4

    def report(self, now: int) -> Reception | None:
        """What is told to the source; None if there is none."""
        if self.source is None:
            return None
        expected = self.expected - self._reported[0]
        lost = expected - (self.received - self._reported[1])
        self._reported = self.expected, self.received
        fraction = min((lost << 8) // expected, 255) if expected > 0 and lost > 0 else 0
        delay = (now - self._report_at) * 65536 // 1_000_000 if self._report else 0
        return Reception(
            self.source,
            fraction,
            self.lost,
            self._highest & 0xFFFFFFFF,
            self.jitter,
            self._report,
            delay & 0xFFFFFFFF,
        )

    def _restart(self, source: int, sequence: int) -> None:
        self._expected_before = self.expected
        self.source, self._base, self._highest = source, sequence, sequence
        self._transit = None
        self._report = 0
