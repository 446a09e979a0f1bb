"""Days of a tenant: from midnight to midnight on its own clock, 23 to 25 hours long (rule 17)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000
QUARTER = 900 * SECOND
"""µs; the clocks of all time zones differ by whole quarters of an hour."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """Microseconds since the epoch of a moment whose zone is known."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def local(at: int, zone: str) -> datetime:
    """What the clock in a zone shows at an instant (µs)."""
    return (_EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone))


def instant(moment: datetime, zone: str) -> int:
    """When the clock in a zone shows that (µs); for the first time, if it does so twice."""
    return microseconds(moment.replace(tzinfo=ZoneInfo(zone)))


def begin_of(day: date, zone: str) -> int:
    """When a day begins in a zone (µs); where midnight does not exist, after the gap."""
    return microseconds(datetime.combine(day, time(), ZoneInfo(zone)))


def day_of(at: int, zone: str) -> date:
    """The date in a zone at an instant (µs)."""
    return local(at, zone).date()


def day_begin(at: int, zone: str) -> int:
    """When the day began to which an instant (µs) belongs."""
    return _day_begin(at // QUARTER, zone)


@lru_cache(maxsize=1024)
def _day_begin(quarter: int, zone: str) -> int:
    return begin_of(day_of(quarter * QUARTER, zone), zone)


def days(first: date, last: date, zone: str) -> tuple[int, int]:
    """From the begin of the first day to the end of the last one (µs, the end is not in it)."""
    return begin_of(first, zone), begin_of(last + timedelta(days=1), zone)


def next_month(month: date) -> date:
    """The first day of the month after that of `month`."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)
