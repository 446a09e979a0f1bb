"""What happened: the switch's events, the requests at the doors, and whether they were expected."""

from __future__ import annotations

import re
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from emulator.control.desk import Desk, plain
from emulator.control.state import name_of
from emulator.switch.events import Event
from emulator.traffic.exchange import Exchange, Offence, Verdict
from emulator.traffic.verify import Expectation, document, matches, near_misses

router = APIRouter(tags=["journal"])

CREDENTIALS = frozenset(
    {b"authorization", b"proxy-authorization", b"guid", b"cookie", b"service_token"}
)
"""Headers whose values are not shown."""

SECRET = re.compile("passw|pwd|secret|token", re.IGNORECASE)
"""Fields of bodies whose values are not shown."""

HIDDEN = "…"

NAMES = {"number": "party"}
"""Fields of events that are shown under another name: `number` is that of the event itself."""

After = Annotated[int, Query(ge=0)]
Limit = Annotated[int, Query(ge=1, le=5000)]
Wait = Annotated[float, Query(ge=0, le=60)]


@router.get("/events")
async def events(desk: Desk, after: After = 0, limit: Limit = 1000, wait: Wait = 0) -> Response:
    """Show the switch's events after a number; wait so many seconds for one if there is none.

    `first` is the oldest that is still kept, `last` the latest event of all.
    """
    journal = desk.traffic.journal
    if wait:
        await journal.wait_beyond(after, wait)
    found = [_event(number, event) for number, event in journal.after(after, limit)]
    return plain({"first": journal.first, "last": journal.last, "events": found})


class Pattern(BaseModel):
    """Which requests: those that fit in everything that is given.

    `path` may hold `*` and `?`. `query`, `headers` (lower case) and `body` name what must be
    there; of a JSON object in `body` only the fields named count.
    """

    model_config = ConfigDict(extra="forbid")

    surface: str | None = None
    section: str | None = None
    method: str | None = None
    path: str | None = None
    agent: int | None = None
    tenant: int | None = None
    application: str | None = None
    status: int | None = None
    code: str | None = None
    verdict: Verdict | None = None
    source: str | None = None
    offence: Offence | None = None
    outgoing: bool | None = None
    query: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    body: Any = None

    def expectation(self) -> Expectation:
        """The same for the journal."""
        return Expectation(**{name: getattr(self, name) for name in Pattern.model_fields})


class Search(Pattern):
    """Those after an exchange's number, the oldest first; wait for one if there is none."""

    after: Annotated[int, Field(ge=0)] = 0
    limit: Annotated[int, Field(ge=1, le=5000)] = 1000
    wait: Annotated[float, Field(ge=0, le=60)] = 0


@router.post("/journal/search")
async def search(desk: Desk, wanted: Search | None = None) -> Response:
    """Show requests with their answers; `count` is how many fit, also beyond the limit."""
    journal = desk.traffic.journal
    wanted = wanted or Search()
    expected = wanted.expectation()
    found = list(matches(expected, journal.exchanges(wanted.after)))
    if not found and wanted.wait:
        await journal.wait_for_exchange(journal.last_exchange, wanted.wait)
        found = list(matches(expected, journal.exchanges(wanted.after)))
    return plain(
        {
            "count": len(found),
            "last": journal.last_exchange,
            "dropped": journal.dropped,
            "exchanges": [_exchange(it) for it in found[: wanted.limit]],
        }
    )


class Verification(Pattern):
    """How often it must have been: `times` exactly, else between `at_least` and `at_most`."""

    after: Annotated[int, Field(ge=0)] = 0
    times: Annotated[int, Field(ge=0)] | None = None
    at_least: Annotated[int, Field(ge=0)] = 1
    at_most: Annotated[int, Field(ge=0)] | None = None

    def allows(self, count: int) -> bool:
        """Say whether it was often enough and not too often."""
        if self.times is not None:
            return count == self.times
        return count >= self.at_least and (self.at_most is None or count <= self.at_most)


@router.post("/journal/verify")
async def verify(desk: Desk, wanted: Verification) -> Response:
    """Say whether such requests came as often as expected; if not, which came nearest."""
    journal = desk.traffic.journal
    expected = wanted.expectation()
    found = list(matches(expected, journal.exchanges(wanted.after)))
    verified = wanted.allows(len(found))
    missed = [] if verified else near_misses(expected, journal.exchanges(wanted.after))
    return plain(
        {
            "verified": verified,
            "count": len(found),
            "exchanges": [_exchange(it) for it in found[:20]],
            "near_misses": [
                {"differences": it.differences, "exchange": _exchange(it.exchange)} for it in missed
            ],
        }
    )


@router.get("/journal/violations")
async def violations(desk: Desk, tenant: int | None = None, after: After = 0) -> Response:
    """Show in what clients departed from the contract, and how often, with one example each."""
    counted: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for exchange in desk.traffic.journal.exchanges(after):
        if tenant is not None and exchange.tenant != tenant:
            continue
        for offence, detail in exchange.violations:
            key = (exchange.surface, exchange.section, str(offence), detail)
            shown = counted.setdefault(key, _violation(exchange, offence, detail))
            shown["count"] += 1
    return plain({"violations": list(counted.values())})


class Recording(BaseModel):
    """Whether the journal is kept."""

    recording: bool


@router.put("/journal")
async def record(desk: Desk, wanted: Recording) -> Recording:
    """Keep a journal from now on, or none: it costs a little time with every request."""
    desk.traffic.journal.recording = wanted.recording
    return wanted


class Cleared(BaseModel):
    """The journal is empty, or holds nothing of the tenant any more."""


@router.delete("/journal")
async def clear(desk: Desk, tenant: int | None = None) -> Cleared:
    """Forget what happened, to everybody or to one tenant; the numbers go on."""
    desk.traffic.journal.clear(tenant)
    return Cleared()


def _event(number: int, event: Event) -> dict[str, Any]:
    fields = {NAMES.get(name, name): _value(value) for name, value in event._asdict().items()}
    return {"number": number, "event": type(event).__name__, **fields}


def _value(value: Any) -> Any:
    return name_of(value) if isinstance(value, Enum) else value


def _exchange(it: Exchange) -> dict[str, Any]:
    headers = {
        name.decode("latin-1"): HIDDEN if name in CREDENTIALS else value.decode("latin-1")
        for name, value in it.headers
    }
    return {
        "number": it.number,
        "at": it.at,
        "seconds": round(it.seconds, 6),
        "surface": it.surface,
        "section": it.section,
        "method": it.method,
        "path": it.path,
        "query": it.query,
        "headers": headers,
        "body": _without_secrets(document(it.body)),
        "agent": it.agent,
        "application": it.application,
        "tenant": it.tenant,
        "status": it.status,
        "code": it.code,
        "answer": document(it.answer),
        "verdict": str(it.verdict),
        "source": it.source,
        "outgoing": it.outgoing,
        "violations": [
            {"offence": str(offence), "detail": detail} for offence, detail in it.violations
        ],
        "faults": list(it.faults),
        "events": {"after": it.events[0], "until": it.events[1]},
    }


def _without_secrets(value: Any) -> Any:
    """The document, in which the values of secret fields are not shown."""
    if isinstance(value, dict):
        return {
            name: HIDDEN if SECRET.search(name) else _without_secrets(inner)
            for name, inner in value.items()
        }
    return [_without_secrets(inner) for inner in value] if isinstance(value, list) else value


def _violation(exchange: Exchange, offence: Offence, detail: str) -> dict[str, Any]:
    return {
        "surface": exchange.surface,
        "section": exchange.section,
        "offence": str(offence),
        "detail": detail,
        "count": 0,
        "example": exchange.number,
    }
