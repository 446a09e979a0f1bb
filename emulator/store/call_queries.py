"""What the monitoring of calls asks of the records: whole calls, one call, one agent's work.

Instants are microseconds. The functions work within the caller's transaction, and can be handed
to another process.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, func, select, text

from emulator.store import tables
from emulator.store.generations import current, load
from emulator.store.rows import AgentOperation, CallRecord

Stays = list[CallRecord]
"""All stays of one call, in their order."""


def ended_calls(
    connection: Connection,
    tenant_id: int,
    *,
    since: int,
    until: int,
    call_types: Collection[int],
    caller: str = "",
    callee: str = "",
    limit: int,
    offset: int = 0,
) -> tuple[int, list[Stays]]:
    """Calls of these types that ended in since ≤ end ≤ until, and how many there are.

    An empty number is anybody's. One page is given, in the order in which the calls ended.
    """
    table = tables.call_records
    columns = table.c
    wanted: list[Any] = [
        columns.tenant_id == tenant_id,
        columns.generation == load(connection).get(tenant_id, 0),
        columns.call_end >= since,
        columns.call_end <= until,
        text(tables.ENDED),
        columns.call_type.in_(call_types),
    ]
    if caller:
        wanted.append(columns.caller_no == caller)
    if callee:
        wanted.append(columns.callee_no == callee)
    total = connection.scalar(select(func.count()).select_from(table).where(*wanted)) or 0
    query = select(columns.call_id).where(*wanted).order_by(columns.call_end, columns.id)
    calls = list(connection.scalars(query.limit(limit).offset(offset)))
    by_call: dict[str, Stays] = {call: [] for call in calls}
    for stay in _stays(connection, [tenant_id], calls):
        by_call[stay.call_id].append(stay)
    return total, list(by_call.values())


def stays_of_call(connection: Connection, tenants: Sequence[int], call_id: str) -> Stays:
    """What is on record of a call in one of these tenants, in the order of its stays."""
    return _stays(connection, tenants, [call_id])


def _stays(connection: Connection, tenants: Sequence[int], calls: Sequence[str]) -> Stays:
    table = tables.call_records
    # By call alone: with the tenant a database might look through everything of the tenant's.
    wanted = select(table).where(table.c.call_id.in_(calls), current(table))
    rows = connection.execute(wanted.order_by(table.c.id)).mappings()
    return [CallRecord(**row) for row in rows if row["tenant_id"] in tenants]


def operations_of_agent(
    connection: Connection,
    tenant_id: int,
    agent: str,
    *,
    since: int,
    until: int,
    kind: str | None = None,
) -> list[AgentOperation]:
    """Operations that the agent began in since ≤ begin < until, in their order."""
    table = tables.agent_operations
    columns = table.c
    wanted = [
        columns.tenant_id == tenant_id,
        columns.begin_time >= since,
        columns.begin_time < until,
        columns.agent_id == agent,
        current(table),
    ]
    if kind is not None:
        wanted.append(columns.op_type == kind)
    shown = [columns[it.name] for it in fields(AgentOperation)]
    query = select(*shown).where(*wanted).order_by(columns.begin_time, columns.id)
    return [AgentOperation(**row) for row in connection.execute(query).mappings()]
