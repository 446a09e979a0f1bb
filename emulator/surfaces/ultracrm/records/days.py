"""The ranges of days that are asked for: `yyyyMMdd`, both days included, in the tenant's zone."""

from __future__ import annotations

import re
from datetime import date

from emulator.domain import calendar
from emulator.domain.calendar import local
from emulator.switch.errors import InvalidValue

_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)


def span(first: str, last: str, zone: str) -> tuple[int, int]:
    """From the begin of the first day to the end of the last one (µs); InvalidValue."""
    begin, end = _day(first), _day(last)
    if end < begin:
        raise InvalidValue(f"{last} is before {first}")
    return calendar.days(begin, end, zone)


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    try:
        if found is not None:
            day = date(*map(int, found.groups()))
            if 1970 <= day.year < 9999:
                return day
    except ValueError:
        pass
    raise InvalidValue(f"{text!r} is no day")


def shown(at: int, zone: str) -> tuple[str, str]:
    """Day and time of an instant (µs): `20130301`, `131839`."""
    moment = local(at, zone)
    return f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
