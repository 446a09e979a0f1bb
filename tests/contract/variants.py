"""Legal and illegal values for a documented parameter, derived from its facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.contract.facts import Parameter

MISSING = object()
"""In the place of a value: the parameter is left out."""

WRONG_FORMAT = {
    "recording-path": (
        "call.V3",
        "/1/0/call.V3",
        "Y:/1/../2/0/call.V3",
        "Y:/1/0/./call.V3",
        "Y:/1//call.V3",
        "Y:/1/0/call.V3\n",
        "Y:/2/0/call.V3",
        "Z:/1/0/call.V3",
        "Y:/1/record/call.V3",
        "Y:/1/0/call.mp4",
    ),
    "time": ("2018-06-29", "2018-6-29 10:42:49", "2018-06-29T10:42:49", "2018-02-30 10:42:49", "0"),
    "export-name": ("../1.zip", "20180702_1.zip", "20180702_" + "0" * 32 + ".zip.", "a b"),
    "indexed-name": (
        "1.wav",
        "/256/1/record/1/20231114/../1.wav",
        "/256/1/record/1/today/101/1.wav",
    ),
    "original-name": ("1.V3", "Y:/1/0/../1.V3", "Y:/1/0/%2e/1.V3", "/1/0/1.V3", "Y:/1//1.V3"),
    "played-name": ("1.V3", "Y:/1/0/../1.V3", "Y:/1/0/%2e/1.V3", "/1/0/1.V3", "Y:/1//1.V3"),
    "robot-name": ("1.wav", "Y:/1/odfsrecord/../1.wav", "Y:/1/odfsrecord/1.wav", "Y:/1/1.wav"),
    "message-name": ("1.wav", "Y:/1/record/../1.wav", "Y:/1/record/1.wav", "Y:/1/1.wav"),
    "voice-path": ("1.wav", "Y:/3rdfile/1/thirdvoicebotfile/../1.wav", "Y:/1/1.wav", "Y:"),
    "phone-password": ("Ph*2027", "Phone*2027Phone*2", "phone2027", "Phone 2027", "Phone-2027é"),
    "base64": ("=", "UklGR", "Ukl GRg==", "UklGRg==\n"),
    "ipv4": ("300.1.1.1", "1.2.3", "here"),
    "semicolon-separated-ids": ("1;x", "1,2", "-1"),
    "no-special-characters": ("a<b", "a'b", "a b", "a;b"),
    "http-address": ("receiver", "ftp://receiver/", "http:///events", "http://a:b@receiver/"),
}
LEGAL_FORMAT = {
    "export-name": "20180702_" + "0" * 32 + ".zip",
    "indexed-name": "/256/1/record/1/20231114/101/".ljust(221, "e") + ".wav",
    "original-name": "Y:/1/0/20231114/101/".ljust(97, "e") + ".V3",
    "robot-name": "Y:/1/odfsrecord/20231114/".ljust(123, "e") + ".wav",
    "message-name": "Y:/1/record/20231114/".ljust(221, "e") + ".wav",
    "recording-path": "Y:/1/0/20231114/101/".ljust(97, "e") + ".V3",
    "phone-password": "Phone*2027Phone*",
    "ipv4": "127.127.127.127",
    "semicolon-separated-ids": "1;2",
    "http-address": "http://receiver/".ljust(200, "e"),
}


ADDRESS = {"addressType": "6", "address": "13900000002"}
RIGHT_CHANGES: tuple[dict[str, Any], ...] = (
    {"addressType": 9, "address": "1" * 24},
    {"deviceCallType": 255, "deviceType": "255"},
    {"deviceCallType": None, "deviceType": ""},
)
WRONG_ITEMS: dict[str, tuple[Any, ...]] = {
    "object": (
        [],
        [101],
        [{}],
        *([{**ADDRESS, "addressType": wrong}] for wrong in (None, "", 5, "10", "x", True, 6.0)),
        *([{**ADDRESS, "address": wrong}] for wrong in (None, "", "1" * 25, "1a", True, [1])),
    ),
}
"""Wrong lists of addresses (CEC Tables 6-310 and 6-315); what is told of one holds for all."""


def illegal(parameter: Parameter) -> Iterator[tuple[str, Any]]:
    """Every flaw that the facts know of, with its name."""
    if parameter.mandatory is True and parameter.place != "path":
        yield "missing", MISSING
        if parameter.place == "body":
            yield "null", None
    yield from _wrong_lengths(parameter)
    yield from _wrong_numbers(parameter)
    yield from _wrong_texts(parameter)
    if parameter.place == "body":
        yield from _wrong_json_types(parameter)


def _wrong_lengths(parameter: Parameter) -> Iterator[tuple[str, Any]]:
    if parameter.max_length is not None:
        yield "one character too long", text(parameter, parameter.max_length + 1)
    if parameter.max_bytes is not None:
        yield "one byte too long", "x" * (parameter.max_bytes + 1)
        yield "too many bytes in few characters", "é" * (parameter.max_bytes // 2 + 1)
    if parameter.min_length and not (parameter.place == "path" and parameter.min_length == 1):
        yield "one character too short", text(parameter, parameter.min_length - 1)
    if parameter.max_items is not None:
        yield "one item too many", [101] * (parameter.max_items + 1)


def text(parameter: Parameter, length: int) -> str:
    """A text of that length that is legal but for its length."""
    if parameter.name.endswith("Password"):
        return ("Ab2-" * length)[:length]
    if parameter.format == "semicolon-separated-ids":
        return ("1;" * length)[:length]
    return "1" * length


def _wrong_numbers(parameter: Parameter) -> Iterator[tuple[str, Any]]:
    for number in _just_outside(parameter):
        yield f"{number}", str(number)
        if parameter.place == "body":
            yield f"{number} as a number", number


def _just_outside(parameter: Parameter) -> list[int]:
    if parameter.only_true_is_true:
        return []
    legal = [value for value in parameter.values if isinstance(value, int)]
    if parameter.min is not None and parameter.max is not None:
        legal += [parameter.min, parameter.max]
        ends = [parameter.min - 1, parameter.max + 1]
    else:
        ends = [min(legal) - 1, max(legal) + 1] if legal else []
    return [number for number in ends if number not in legal]


def _wrong_texts(parameter: Parameter) -> Iterator[tuple[str, Any]]:
    numeric = parameter.type in ("int", "long") or parameter.min is not None
    if parameter.only_true_is_true:
        return
    if numeric:
        for value in ("four", "4.0", "4 4", "0x4", "true", "９"):
            yield repr(value), value
    elif parameter.type == "boolean":
        for value in ("yes", "1", "TRUE "):
            yield repr(value), value
    if parameter.pattern is not None:
        for value in ("12a", "1 2", "+1", "1\n"):
            yield repr(value), value
    for value in WRONG_FORMAT[parameter.format] if parameter.format else ():
        yield repr(value), value


def _wrong_json_types(parameter: Parameter) -> Iterator[tuple[str, Any]]:
    if parameter.type == "array":
        for wrong in (
            "101",
            101,
            True,
            {"a": 1},
            *WRONG_ITEMS.get(str(parameter.items), ()),
            ["four"],
            [[101]],
            [True],
            [1.5],
            [None],
        ):
            yield repr(wrong), wrong
        return
    for wrong in ([], [1], {}, {"a": 1}, 1.5):
        yield repr(wrong), wrong
    if parameter.type == "boolean":
        yield "1", 1
        yield "0", 0
    else:
        yield "true for a number or text", True


def legal(parameter: Parameter) -> Iterator[Any]:
    """Values that are legal on their own: both ends of each range, every documented spelling."""
    if parameter.max_length is not None:
        yield LEGAL_FORMAT.get(parameter.format or "") or text(parameter, parameter.max_length)
    if parameter.format == "semicolon-separated-ids" and parameter.max_length is not None:
        yield text(parameter, parameter.max_length)
    if parameter.min_length:
        yield text(parameter, parameter.min_length)
    if parameter.max_bytes is not None:
        yield "x" * parameter.max_bytes
        yield "é" * (parameter.max_bytes // 2)
    yield from _lists(parameter)
    ends = [end for end in (parameter.min, parameter.max) if end is not None]
    for number in dict.fromkeys([*parameter.values, *ends]):
        yield str(number)
        if parameter.place == "body":
            yield number
    if parameter.type == "boolean":
        yield from ("true", "false")
        if parameter.place == "body":
            yield from (True, False)


def _lists(parameter: Parameter) -> Iterator[list[Any]]:
    if parameter.max_items is None:
        return
    if parameter.items != "object":
        yield [101] * parameter.max_items
        return
    yield [{**ADDRESS, "address": str(1000 + n)} for n in range(parameter.max_items)]
    yield from ([{**ADDRESS, **change}] for change in RIGHT_CHANGES)
