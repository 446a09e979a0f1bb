"""Was it called, and how often: an expectation held against the journal.

When it is not met, the exchanges that came nearest are shown, each with what was different.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qsl

import orjson

from emulator.traffic.exchange import Exchange

NEAR_MISSES = 5
"""How many are shown."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """Which exchanges; None leaves a trait open.

    `path` may hold `*` and `?`. `query`, `headers` (names in lower case) and `body` name what must
    be there; of a JSON object in `body` only the fields named count, to any depth.
    """

    surface: str | None = None
    section: str | None = None
    method: str | None = None
    path: str | None = None
    agent: int | None = None
    tenant: int | None = None
    application: str | None = None
    status: int | None = None
    code: str | None = None
    verdict: str | None = None
    source: str | None = None
    offence: str | None = None
    outgoing: bool | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


_PLAIN = (
    "surface",
    "section",
    "method",
    "agent",
    "tenant",
    "application",
    "status",
    "code",
    "verdict",
    "source",
    "outgoing",
)


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An exchange that was not meant, and why not."""

    exchange: Exchange
    differences: list[str]


def matches(expected: Expectation, exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """The exchanges that fit."""
    return (it for it in exchanges if next(differences(expected, it), None) is None)


def near_misses(expected: Expectation, exchanges: Iterable[Exchange]) -> list[NearMiss]:
    """Those that differ least, the latest first among equals."""
    missed = [NearMiss(it, list(differences(expected, it))) for it in exchanges]
    missed = [it for it in missed if it.differences]
    missed.sort(key=lambda it: (len(it.differences), -it.exchange.number))
    return missed[:NEAR_MISSES]


def differences(expected: Expectation, found: Exchange) -> Iterator[str]:
    """Say in what an exchange is not the one that is meant, trait by trait."""
    for name in _PLAIN:
        wanted = getattr(expected, name)
        is_there = getattr(found, name)
        if wanted is not None and wanted != is_there:
            yield f"{name}: expected {wanted!r}, was {is_there!r}"
    if expected.path is not None and not fnmatchcase(found.path, expected.path):
        yield f"path: expected {expected.path!r}, was {found.path!r}"
    offences = [str(it.offence) for it in found.violations]
    if expected.offence is not None and expected.offence not in offences:
        yield f"offence: expected {expected.offence!r}, was {offences!r}"
    if expected.query:
        query = dict(parse_qsl(found.query, keep_blank_values=True))
        yield from _compare("query", expected.query, query)
    if expected.headers:
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in found.headers}
        yield from _compare("headers", expected.headers, headers)
    if expected.body is not None:
        yield from _compare("body", expected.body, document(found.body))


def _compare(place: str, wanted: Any, found: Any) -> Iterator[str]:
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for name, value in wanted.items():
            if name in found:
                yield from _compare(f"{place}.{name}", value, found[name])
            else:
                yield f"{place}.{name}: expected {value!r}, was missing"
    elif type(wanted) is not type(found) or wanted != found:
        yield f"{place}: expected {wanted!r}, was {found!r}"


def document(raw: bytes) -> Any:
    """The JSON document that the bytes hold, else their text."""
    if not raw:
        return None
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "replace")
