"""Records a page after the other, for reports that go through many.

Pages follow one another by the time that they are asked for and a key, so that each is found by an
index however many came before, and records that are written meanwhile do no harm. A page comes with
where the next one begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, or_, select

from emulator.store import generations
from emulator.store.tables import agent_operations, call_records, recordings
from emulator.switch.terms import DeviceType

PAGE = 500
"""Records."""

Mark = tuple[Any, ...]
"""The time and the key of the last record of a page."""
Page = tuple[Sequence[Row[Any]], Mark | None]
"""Records, and their mark if there may be more."""

CALLS = [
    column for column in call_records.c if column.name not in ("id", "tenant_id", "generation")
]
"""The columns of the CDR file, in its order (CEC 13.2.2.1)."""
OPERATIONS = [
    column
    for name in (
        *("id", "developer_id", "account_id", "agent_id", "service_no", "skill_id", "call_id"),
        *("begin_time", "end_time", "op_type", "op_object", "op_cause", "media_type", "vdn_id"),
        *("cc_id", "agent_type", "phone_no", "call_in_out", "location_id", "logon_sn"),
        "skill_info_sn",
    )
    for column in (agent_operations.c[name],)
]
"""The columns of the file of agents' operations, in its order (CEC 13.2.2.2)."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which records: of a tenant, since ≤ time < until (µs), and what else must be so."""

    tenant: int
    since: int
    until: int
    agent: str = ""
    call: str = ""
    caller: str = ""
    called: str = ""


def calls(connection: Connection, wanted: Criteria, after: Mark | None) -> Page:
    """Stays that ended then, as `CALLS`, by their end."""
    c = call_records.c
    query = select(*CALLS, c.id).where(
        _of(connection, call_records, wanted), _numbers(wanted, c.caller_no, c.callee_no)
    )
    return _page(connection, query, wanted, (c.call_end, c.id), after)


def operations(connection: Connection, wanted: Criteria, after: Mark | None) -> Page:
    """Operations of agents that began then, as `OPERATIONS`, by their begin."""
    c = agent_operations.c
    query = select(*OPERATIONS).where(_of(connection, agent_operations, wanted))
    return _page(connection, query, wanted, (c.begin_time, c.id), after)


def recorded(connection: Connection, wanted: Criteria, after: Mark | None) -> Page:
    """Recordings that began then, all their columns, by their begin."""
    c = recordings.c
    query = select(recordings).where(_of(connection, recordings, wanted))
    if wanted.caller or wanted.called:
        own = call_records.c
        of_them = select(own.call_id).where(
            own.tenant_id == wanted.tenant, _numbers(wanted, own.caller_no, own.callee_no)
        )
        query = query.where(c.call_id.in_(of_them))
    return _page(connection, query, wanted, (c.started_at, c.record_id), after)


def stays_of(connection: Connection, tenant: int, call_ids: Sequence[str]) -> Sequence[Any]:
    """What is known of these calls at their devices: call, agent, numbers, type and queues.

    In the order in which they were written, what is known at agents last.
    """
    c = call_records.c
    wanted = (
        *(c.call_id, c.agent_id, c.caller_no, c.callee_no, c.call_type),
        *(c.skill_id, c.current_skill_id),
    )
    # A condition on the tenant would have the database look at everything the tenant has.
    query = select(*wanted, c.tenant_id).where(
        c.call_id.in_(sorted(set(call_ids))), c.generation == _generation(connection, tenant)
    )
    in_order = query.order_by(c.device_type == int(DeviceType.AGENT), c.id)
    return [row for row in connection.execute(in_order) if row.tenant_id == tenant]


def _of(connection: Connection, table: Table, wanted: Criteria) -> ColumnElement[bool]:
    conditions = [
        table.c.tenant_id == wanted.tenant,
        table.c.generation == _generation(connection, wanted.tenant),
    ]
    if wanted.agent:
        conditions.append(table.c.agent_id == wanted.agent)
    if wanted.call:
        conditions.append(table.c.call_id == wanted.call)
    return and_(*conditions)


def _generation(connection: Connection, tenant: int) -> int:
    return generations.load(connection).get(tenant, 0)


def _numbers(wanted: Criteria, caller: Any, called: Any) -> ColumnElement[bool]:
    pairs = ((caller, wanted.caller), (called, wanted.called))
    return and_(True, *(column == number for column, number in pairs if number))


def _page(
    connection: Connection, query: Any, wanted: Criteria, order: Any, after: Mark | None
) -> Page:
    time, key = order
    if after is None:
        query = query.where(time >= wanted.since)
    else:
        # The first condition is what an index is searched by.
        query = query.where(time >= after[0], or_(time > after[0], key > after[1]))
    query = query.where(time < wanted.until).order_by(time, key).limit(PAGE)
    rows = connection.execute(query).all()
    if len(rows) < PAGE:
        return rows, None
    last = rows[-1]._mapping
    return rows, (last[time], last[key])
