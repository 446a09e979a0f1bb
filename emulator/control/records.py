"""What the store has kept: call records, agent operations, recordings. Read only, by pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from emulator.control.desk import ControlDesk, Desk
from emulator.store import records as store
from emulator.store.rows import Row

router = APIRouter(prefix="/records", tags=["records"])

END_OF_TIME = 2**62
LARGEST_PAGE = 10_000


class Wanted(BaseModel):
    """Of which tenant, when (since ≤ time < until, µs), whose, and which page."""

    tenant: int = 1
    since: Annotated[int, Field(ge=0, le=END_OF_TIME)] = 0
    until: Annotated[int, Field(ge=0, le=END_OF_TIME)] = END_OF_TIME
    agent: str | None = None
    call: str | None = None
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 1000
    offset: Annotated[int, Field(ge=0, le=END_OF_TIME)] = 0


async def _wanted(wanted: Annotated[Wanted, Depends()]) -> Wanted:
    return wanted


Page = Annotated[Wanted, Depends(_wanted)]
Rows = list[dict[str, Any]]


@router.get("/calls")
async def calls(desk: Desk, page: Page) -> Rows:
    """List stays of calls on devices (CEC 13.2.2.1) by their end."""
    return await _read(desk, page, store.call_records)


@router.get("/operations")
async def operations(desk: Desk, page: Page) -> Rows:
    """List agents' operations (CEC 13.2.2.2) by their begin."""
    return await _read(desk, page, store.agent_operations)


@router.get("/recordings")
async def recordings(desk: Desk, page: Page) -> Rows:
    """List recordings by their begin."""
    return await _read(desk, page, store.recordings)


async def _read(desk: ControlDesk, page: Wanted, query: Callable[..., Sequence[Row]]) -> Rows:
    await desk.platform.records.flushed()
    work = partial(
        query,
        tenant_id=page.tenant,
        since=page.since,
        until=page.until,
        agent=page.agent,
        call_id=page.call,
        limit=page.limit,
        offset=page.offset,
    )
    rows = await desk.platform.store.perform(work, read_only=True)
    return [shown(row) for row in rows]


def shown(row: Row) -> dict[str, Any]:
    """A row as it is shown: how often its tenant has begun anew is nobody's business."""
    fields = asdict(row)
    del fields["generation"]
    return fields
