"""How many new requests a source may send: a token bucket for each address."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class RateSettings:
    """`rate` 0 means no limit."""

    rate: float = 0.0
    """New requests in a second, in the long run."""
    burst: int = 100
    """New requests at once."""
    sources: int = 10_000
    """Addresses that are remembered; the one longest silent is forgotten first."""
    refusal_every: float = 1.0
    """Seconds between two refusals to one source; it meets silence in between."""


class Verdict(StrEnum):
    ADMIT = "admit"
    REFUSE = "refuse"
    IGNORE = "ignore"


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float
    refused: float = float("-inf")


class SourceLimits:
    """The buckets; times are seconds of the wire clock."""

    __slots__ = ("_buckets", "_settings")

    def __init__(self, settings: RateSettings) -> None:
        self._settings = settings
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def judge(self, source: str, now: float) -> Verdict:
        """Say what to do with a new request, and count it."""
        settings = self._settings
        if settings.rate <= 0:
            return Verdict.ADMIT
        bucket = self._bucket(source, now)
        elapsed, bucket.filled = now - bucket.filled, now
        bucket.tokens = min(settings.burst, bucket.tokens + elapsed * settings.rate)
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return Verdict.ADMIT
        if now - bucket.refused < settings.refusal_every:
            return Verdict.IGNORE
        bucket.refused = now
        return Verdict.REFUSE

    def retry_after(self) -> int:
        """Whole seconds after which an empty bucket is full again, 1 at least."""
        return max(1, round(self._settings.burst / self._settings.rate))

    def _bucket(self, source: str, now: float) -> _Bucket:
        bucket = self._buckets.get(source)
        if bucket is None:
            bucket = self._buckets[source] = _Bucket(float(self._settings.burst), now)
            if len(self._buckets) > self._settings.sources:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(source)
        return bucket
