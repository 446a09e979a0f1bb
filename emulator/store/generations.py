"""Generations: a tenant that begins anew leaves its records behind without deleting them.

Every record carries the number of its tenant's generation; queries see the current one only. The
functions work within the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from emulator.store import tables

_KEPT = (
    tables.call_records,
    tables.agent_operations,
    tables.recordings,
    tables.messages,
    tables.statistics,
)


def current(table: Table) -> ColumnElement[bool]:
    """The condition that a record is of its tenant's current generation."""
    known = tables.generations.c
    number = select(known.number).where(known.tenant_id == table.c.tenant_id).scalar_subquery()
    return table.c.generation == func.coalesce(number, 0)


def load(connection: Connection) -> dict[int, int]:
    """The current generation of each tenant that has begun anew; of the others it is 0."""
    return {row.tenant_id: row.number for row in connection.execute(select(tables.generations))}


def begin(connection: Connection, tenants: Iterable[int]) -> dict[int, int]:
    """Let the tenants begin anew: their records, and the state of their accounts, are past."""
    table = tables.generations
    for tenant in tenants:
        insert: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        begun = insert(table).values(tenant_id=tenant, number=1)
        connection.execute(
            begun.on_conflict_do_update(
                index_elements=["tenant_id"], set_={"number": table.c.number + 1}
            )
        )
        connection.execute(delete(tables.accounts).where(tables.accounts.c.tenant_id == tenant))
    return load(connection)


def purge(connection: Connection, most: int) -> int:
    """Delete records of past generations, at most so many of each sort; gives how many."""
    deleted = 0
    for table in _KEPT:
        keys = tuple_(*table.primary_key)
        past = select(*table.primary_key).where(~current(table)).limit(most)
        deleted += connection.execute(delete(table).where(keys.in_(past))).rowcount
    return deleted
