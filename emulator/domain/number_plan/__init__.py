"""The number plan of mainland China: of which province and city a number is.

An area code serves a city or a prefecture; of those that serve several it is the one named first
(0731: 长沙, and not 株洲 or 湘潭). Of mobile numbers the first seven digits tell the province only,
and of those from 19 on nothing is known. Names are without 省, 市, 自治区, 自治州, 地区, 盟.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

COUNTRY = ("+86", "0086")
MUNICIPALITIES = ("北京", "上海", "天津", "重庆")
"""Cities that are provinces."""

_DIALLED = re.compile(r"[ -]")
_COMPLETE = re.compile(r"1[3-9]\d{9}|0?(?:10|2\d)\d{8}|0?[3-9]\d\d\d{7,8}", re.ASCII)
"""A national number, with its trunk prefix 0 or without."""
_MOBILE = re.compile(r"0?(1[3-9]\d{5})\d{0,4}", re.ASCII)
_FIXED = re.compile(r"(010|02\d|0[3-9]\d\d)\d{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Area:
    """Where a number is; `city` is empty if it is not known."""

    province: str
    city: str = ""


def area_of(number: str) -> Area | None:
    """Of which area the number is, None if that cannot be told from it.

    Fixed lines have their area code with its 0. `+86`, `0086` or `86` may stand in front, then also
    without the 0; spaces and hyphens may stand anywhere.
    """
    national = _national(_DIALLED.sub("", number))
    if mobile := _MOBILE.fullmatch(national):
        return _mobile(int(mobile[1]))
    if fixed := _FIXED.fullmatch(national):
        return _area_codes().get(fixed[1])
    return None


def _national(number: str) -> str:
    """The number without the country's, in its form within the country."""
    for country in COUNTRY:
        if number.startswith(country):
            return _with_trunk_prefix(number.removeprefix(country))
    # Local numbers begin with 86 too, but are shorter.
    rest = number.removeprefix("86")
    if rest != number and _COMPLETE.fullmatch(rest):
        return _with_trunk_prefix(rest)
    return number


def _with_trunk_prefix(number: str) -> str:
    if number.startswith("0") or _MOBILE.fullmatch(number):
        return number
    return f"0{number}"


def _mobile(prefix: int) -> Area | None:
    firsts, provinces = _mobiles()
    place = bisect(firsts, prefix)
    province = provinces[place - 1] if place else ""
    if not province:
        return None
    return Area(province, province if province in MUNICIPALITIES else "")


@cache
def _area_codes() -> Mapping[str, Area]:
    return {code: Area(province, city) for code, province, city in _lines("china.csv")}


@cache
def _mobiles() -> tuple[Sequence[int], Sequence[str]]:
    """Where the numbers of another province begin, and which it is."""
    firsts, provinces = zip(*_lines("china_mobiles.csv"), strict=True)
    return [int(first) for first in firsts], provinces


def _lines(name: str) -> list[list[str]]:
    """The lines of a table, without remarks and the names of the columns."""
    text = (files(__name__) / name).read_text(encoding="utf-8")
    lines = [line.split(",") for line in text.splitlines() if not line.startswith("#")]
    return lines[1:]
