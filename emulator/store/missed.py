"""Inbound calls that ended before any agent had answered."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, text

from emulator.store import tables
from emulator.store.generations import load

_RECORDS = tables.call_records


class MissedCall(NamedTuple):
    """A call in vain; `waited_from` and `ended` in µs."""

    call_id: str
    caller_no: str
    callee_no: str
    waited_from: int
    ended: int
    media_type: str
    sub_media_type: str


def missed_calls(
    connection: Connection, tenant_id: int, *, since: int, until: int, limit: int, offset: int
) -> tuple[int, list[MissedCall]]:
    """How many calls ended in vain in since ≤ end < until (µs), and some of them, the last first.

    A call is missed that ended in a queue or while it rang, if no agent had talked to it before.
    """
    columns, earlier = _RECORDS.c, _RECORDS.alias("earlier")
    wanted = and_(
        columns.tenant_id == tenant_id,
        columns.generation == load(connection).get(tenant_id, 0),
        columns.call_end >= since,
        columns.call_end < until,
        text(tables.IN_VAIN),
        # Where the call came to first nobody can have answered it: no need to look.
        or_(columns.pre_device_type == "", ~_answered()),
    )
    total = connection.execute(select(func.count()).select_from(_RECORDS).where(wanted))
    first_wait = (
        select(func.min(func.coalesce(earlier.c.wait_begin, earlier.c.ack_begin)))
        .where(
            earlier.c.call_id == columns.call_id,
            earlier.c.generation == columns.generation,
        )
        .scalar_subquery()
    )
    query = (
        select(
            columns.call_id,
            columns.caller_no,
            columns.callee_no,
            first_wait,
            columns.call_end,
            columns.media_type,
            columns.sub_media_type,
        )
        .where(wanted)
        .order_by(columns.call_end.desc(), columns.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return total.scalar_one(), [MissedCall(*row) for row in connection.execute(query)]


def _answered() -> ColumnElement[bool]:
    """Whether an agent had talked to the call."""
    other = _RECORDS.alias("answered")
    return exists().where(
        other.c.call_id == _RECORDS.c.call_id,
        other.c.generation == _RECORDS.c.generation,
        other.c.device_type == 2,
        other.c.call_end > other.c.call_begin,
    )
