"""The `KEY=value;KEY=value;` texts of UltraCRM, and its lists between bars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_BREAKS = str.maketrans({";": "；", "=": "＝"})
"""In a value these would end it."""


def write(values: Mapping[str, str], *, closed: bool) -> str:
    """The pairs in their order; `closed`: with a semicolon behind the last."""
    text = ";".join(f"{key}={value.translate(_BREAKS)}" for key, value in values.items())
    return f"{text};" if closed else text


def read(text: str) -> dict[str, str]:
    """The pairs in a text, keys in capitals; what is no pair is left out."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        key, equals, value = part.partition("=")
        if equals:
            found[key.strip().upper()] = value.strip()
    return found


def verb(text: str) -> str:
    """The word before the first pair: `AC_SWITCHIVR;CALLID=…`, `SMS_SEND;TEL=…`."""
    word = text.partition(";")[0].strip()
    return "" if "=" in word else word.upper()


def bars(items: Iterable[str]) -> str:
    """A list: `101|102|103`."""
    return "|".join(items)
