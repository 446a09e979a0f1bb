"""What is tested: the facts of `tests/contract`, for each of which tests are generated.

`by_hand.json` there names the tests of second addresses, whose interface has its facts already,
and of interfaces without a list of codes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTRACT = Path("tests/contract")
UNREACHABLE = "unreachable.json"
BY_HAND = "by_hand.json"
MONITORING = "cms/facts.json"
"""The monitoring's facts, whose generated tests provoke the same codes at every interface; further
`codes` have tests of their own."""
MONITORING_CODES = frozenset({"0100001", "0100002", "0100999", "0101003"})
NEEDS_R008 = "0100003"
SOAP = ("soap/ultracrm.json", "soap/uncall.json")
"""The operations of the SOAP services, with tests that are generated from them."""


class NoFacts(Exception):
    """The facts are not there: an installed package does not hold them."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A documented interface that tests are generated for; `untested`: codes with a reason."""

    section: str
    codes: frozenset[str]
    events: frozenset[str]
    untested: frozenset[str]


Key = tuple[str, str]
"""Method, and path with its placeholders emptied."""


def key(method: str, path: str) -> Key:
    """By what an interface is known, however its placeholders are called."""
    return method, re.sub(r"{\w+}", "{}", path)


def tested(repository: Path) -> dict[Key, Tested]:
    """The interfaces that tests are generated for; `NoFacts` outside a checkout."""
    folder = repository / CONTRACT
    if not (folder / UNREACHABLE).exists():
        raise NoFacts(f"{folder} is not there: run in a checkout of the emulator")
    excused: dict[str, set[str]] = {}
    for row in _read(folder / UNREACHABLE):
        excused.setdefault(row["section"], set()).add(row["code"])
    found = {
        key(row["method"], row["path"]): Tested(
            row["section"],
            frozenset(row["codes"]),
            frozenset(event["type"] for event in row["events"]),
            frozenset(excused.get(row["id"], ())),
        )
        for file in sorted(folder.glob("*.json"))
        for row in _rows(_read(file))
    }
    for file in SOAP:
        found.update(_soap(row) for row in _read(folder / file))
    for row in _read(folder / MONITORING):
        older = {NEEDS_R008} if row["not_in_cti_3_6"] else frozenset()
        found[key(row["method"], row["path"])] = Tested(
            row["section"],
            MONITORING_CODES | older | set(row.get("codes", ())),
            frozenset(),
            frozenset(),
        )
    generated = {it.section: it for it in found.values()}
    for row in _read(folder / BY_HAND):
        if (repository / row["tests"]).exists():
            none = Tested(row["section"], frozenset(), frozenset(), frozenset())
            first = generated.get(row["section"], none)
            found[key(row["method"], row["path"])] = first
    return found


def _soap(row: dict[str, Any]) -> tuple[Key, Tested]:
    codes = frozenset(row["codes"])
    path = f"/{row['service']}#{row['operation']}"
    return key("POST", path), Tested(row["section"], codes, frozenset(), frozenset())


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _rows(document: Any) -> list[dict[str, Any]]:
    """The interfaces of a file of facts; other files hold none."""
    rows = document if isinstance(document, list) else []
    return [row for row in rows if "method" in row and "parameters" in row]
