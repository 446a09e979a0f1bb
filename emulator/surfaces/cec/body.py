"""Request bytes to plain values: body and query, decoded once at the door.

Whatever arrives, the outcome is values or `ParameterError`; no other exception leaves.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import orjson

from emulator.surfaces.cec.errors import ParameterError

MAX_BODY = 1024 * 1024
"""Bytes; longer bodies are refused without being read to their end."""

_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_OTHER_CHARSETS = frozenset({"gb18030", "gbk", "gb2312", "iso-8859-1", "iso8859-1", "latin1"})
_BOM = b"\xef\xbb\xbf"


def decode_object(raw: bytes, content_type: bytes) -> dict[str, Any]:
    """Decode a JSON object; an empty body is an empty object."""
    value = decode_json(raw, content_type)
    if type(value) is not dict:
        raise ParameterError("body: not an object")
    return value


def decode_json(raw: bytes, content_type: bytes) -> Any:
    """Decode JSON in the charset of `content_type` (UTF-8 unless it says otherwise).

    Refused besides broken JSON: lone surrogates, NUL, NaN, duplicate keys, and nesting deeper
    than a thousand levels. Integers beyond 64 bits come out as floats, which no field accepts.
    """
    if not raw or raw.isspace():
        return {}
    try:
        text = _text(raw, content_type)
        value = orjson.loads(text)
    except ValueError as error:
        raise ParameterError("body: not JSON") from error
    try:
        # Every key is followed by a colon: as many colons as keys means that no key came twice.
        if type(value) is not dict or raw.count(b":") != len(value):
            json.loads(text, object_pairs_hook=_refuse_duplicate_keys)
        if b"\\u0000" in raw and _holds_nul(value):
            raise ParameterError("body: NUL character")
    except RecursionError:
        raise ParameterError("body: nested too deeply") from None
    return value


def decode_query(query: bytes) -> dict[str, str]:
    """Decode a query string; of a repeated name the first value counts."""
    values: dict[str, str] = {}
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise ParameterError("query: not UTF-8") from error
    for name, value in pairs:
        values.setdefault(name, value)
    return values


def unwrap(value: dict[str, Any], wrappers: tuple[str, ...]) -> dict[str, Any]:
    """Lift the fields out of a documented wrapper object, if the sender used one."""
    for name in wrappers:
        inner = value.get(name)
        if type(inner) is dict:
            value = {**value, **inner}
            # A wrapper may hold a field of its own name: then that is the value now.
            if name not in inner:
                del value[name]
    return value


def _text(raw: bytes, content_type: bytes) -> bytes | str:
    charset = _charset(content_type)
    if charset in _UTF8:
        return raw.removeprefix(_BOM)
    if charset not in _OTHER_CHARSETS:
        raise ParameterError("content-type: unknown charset")
    return raw.decode(charset)


def _charset(content_type: bytes) -> str:
    _, found, rest = content_type.lower().partition(b"charset=")
    if not found:
        return "utf-8"
    return rest.partition(b";")[0].strip(b" \"'").decode("latin-1")


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(map(_holds_nul, value)) or any(map(_holds_nul, value.values()))
    return isinstance(value, list) and any(map(_holds_nul, value))


def _refuse_duplicate_keys(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ParameterError("body: duplicate key")
