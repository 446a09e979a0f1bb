"""Instants as a tenant's clocks show them (rule 17)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from emulator.domain import calendar
from emulator.domain.calendar import QUARTER, SECOND

_DAY = 86_400
_SHOWN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)


class LocalTime:
    """Writes instants (µs since 1970 UTC) as `YYYY-MM-DD hh:mm:ss` in a zone; many of them."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._offsets: dict[int, int] = {}
        self._days: dict[int, str] = {}

    def __call__(self, instant: int | None) -> str:
        """Nothing for an instant that never came."""
        if instant is None:
            return ""
        step = instant // QUARTER
        offset = self._offsets.get(step)
        if offset is None:
            offset = self._offsets[step] = self._offset(step * QUARTER // SECOND)
        day, second = divmod(instant // SECOND + offset, _DAY)
        name = self._days.get(day)
        if name is None:
            name = self._days[day] = (date(1970, 1, 1) + timedelta(day)).isoformat()
        minute, second = divmod(second, 60)
        hour, minute = divmod(minute, 60)
        return f"{name} {hour:02}:{minute:02}:{second:02}"

    def at(self, instant: int) -> datetime:
        """The instant on a clock in the zone."""
        return datetime.fromtimestamp(instant / SECOND, self._zone)

    def _offset(self, second: int) -> int:
        offset = datetime.fromtimestamp(second, self._zone).utcoffset()
        return 0 if offset is None else int(offset.total_seconds())


def instant(text: str, zone: str) -> int:
    """The instant that clocks in the zone show as `YYYY-MM-DD hh:mm:ss`; ValueError if none can.

    Of an hour that a zone has twice it is the first; of one that it does not have, what the clocks
    would have shown.
    """
    if _SHOWN.fullmatch(text) is None:
        raise ValueError(f"not a time: {text!r}")
    return calendar.instant(datetime.fromisoformat(text), zone)
