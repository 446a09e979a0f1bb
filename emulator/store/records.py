"""Records of every sort, accounts and identifiers within the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError

from emulator.store import directory, tables
from emulator.store.generations import current
from emulator.store.rows import (
    AccountState,
    AgentOperation,
    CallRecord,
    Entry,
    MessageChannel,
    MessageDirection,
    MessageRow,
    RecordingRow,
    Row,
    Served,
)


def _reader(names: tuple[str, ...]) -> Callable[[Row], dict[str, Any]]:
    read = attrgetter(*names)
    return lambda row: dict(zip(names, read(row), strict=True))


def _names(row: type[Row], *omitted: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(row) if field.name not in omitted)


_WRITERS: dict[type[Row], tuple[Table, Callable[[Row], dict[str, Any]]]] = {
    CallRecord: (tables.call_records, _reader(_names(CallRecord, "id"))),
    AgentOperation: (tables.agent_operations, _reader(_names(AgentOperation))),
    RecordingRow: (tables.recordings, _reader(_names(RecordingRow))),
    MessageRow: (tables.messages, _reader(_names(MessageRow))),
}


_GIVEN: dict[type[Row], tuple[str, ...]] = {
    CallRecord: ("id", "generation"),
    AgentOperation: ("serial", "generation"),
    RecordingRow: ("generation",),
    MessageRow: ("generation",),
}
"""Columns that say something about the store, and not about what happened."""

_ORDERS: dict[type[Row], Callable[[Any], Any]] = {
    CallRecord: lambda row: 0,
    AgentOperation: attrgetter("begin_time", "id"),
    RecordingRow: attrgetter("started_at", "record_id"),
    MessageRow: lambda row: (row.at, len(row.message_id), row.message_id),
}


def write(connection: Connection, rows: Sequence[Entry]) -> None:
    """Insert rows of any sort, those of one sort in their order; and note who was served."""
    by_type: defaultdict[type[Any], list[Any]] = defaultdict(list)
    for row in rows:
        by_type[type(row)].append(row)
    if served := by_type.pop(Served, None):
        directory.note(connection, served)
    for kind, found in by_type.items():
        table, values_of = _WRITERS[kind]
        connection.execute(insert(table), [values_of(row) for row in found])


UNSTORABLE = (IntegrityError, DataError, OverflowError)
"""What the database raises about a row, and would raise again."""


def write_batch(connection: Connection, writer: int, number: int, rows: Sequence[Entry]) -> None:
    """Insert a numbered batch of a writer, unless it is there already."""
    if _claim(connection, writer, number):
        write(connection, rows)


def salvage_batch(
    connection: Connection, writer: int, number: int, rows: Sequence[Entry]
) -> list[Entry]:
    """Insert what can be inserted of a batch; the rows that the database refuses."""
    refused: list[Entry] = []
    if not _claim(connection, writer, number):
        return refused
    for row in rows:
        try:
            with connection.begin_nested():
                write(connection, [row])
        except UNSTORABLE:
            refused.append(row)
    return refused


def _claim(connection: Connection, writer: int, number: int) -> bool:
    """Note that this transaction holds the batch; False when an earlier one does."""
    if holds(connection, writer, number):
        return False
    _upsert(connection, tables.committed_batches, {"writer": writer, "number": number})
    return True


def holds(connection: Connection, writer: int, number: int) -> bool:
    """Whether a writer's batch with this number has been committed."""
    table = tables.committed_batches
    done = connection.scalar(select(table.c.number).where(table.c.writer == writer))
    return done is not None and done >= number


def in_order(rows: Iterable[Row]) -> list[Row]:
    """By sort, the call records as they were written, the others as they began."""
    by_type: dict[type[Row], list[Row]] = {kind: [] for kind in _ORDERS}
    for row in rows:
        by_type[type(row)].append(row)
    return [row for kind, found in by_type.items() for row in sorted(found, key=_ORDERS[kind])]


def everything(connection: Connection, tenants: Sequence[int]) -> list[Row]:
    """Every record of the tenants' current generations, as if it had yet to be written."""
    found: list[Row] = []
    for kind, (table, _) in _WRITERS.items():
        columns = [column for column in table.c if column.name not in _GIVEN[kind]]
        wanted = select(*columns).where(current(table), table.c.tenant_id.in_(tenants))
        rows = connection.execute(wanted.order_by(*table.primary_key)).mappings()
        found += [kind(**row) for row in rows]
    return found


def call_records(
    connection: Connection,
    tenant_id: int,
    *,
    since: int,
    until: int,
    agent: str | None = None,
    call_id: str | None = None,
    limit: int,
    offset: int = 0,
) -> list[CallRecord]:
    """Stays that ended in since ≤ call_end < until, in the order they were written."""
    columns = tables.call_records.c
    query = select(tables.call_records).where(
        columns.tenant_id == tenant_id,
        columns.call_end >= since,
        columns.call_end < until,
        current(tables.call_records),
    )
    query = _narrow(query, columns, agent, call_id).order_by(columns.id)
    rows = connection.execute(query.limit(limit).offset(offset)).mappings()
    return [CallRecord(**row) for row in rows]


def agent_operations(
    connection: Connection,
    tenant_id: int,
    *,
    since: int,
    until: int,
    agent: str | None = None,
    call_id: str | None = None,
    limit: int,
    offset: int = 0,
) -> list[AgentOperation]:
    """Operations that began in since ≤ begin_time < until, in the order they began."""
    columns = tables.agent_operations.c
    query = select(*(columns[name] for name in _names(AgentOperation))).where(
        columns.tenant_id == tenant_id,
        columns.begin_time >= since,
        columns.begin_time < until,
        current(tables.agent_operations),
    )
    query = _narrow(query, columns, agent, call_id).order_by(columns.begin_time, columns.id)
    rows = connection.execute(query.limit(limit).offset(offset)).mappings()
    return [AgentOperation(**row) for row in rows]


def recordings(
    connection: Connection,
    tenant_id: int,
    *,
    since: int,
    until: int,
    agent: str | None = None,
    call_id: str | None = None,
    limit: int,
    offset: int = 0,
) -> list[RecordingRow]:
    """Recordings that began in since ≤ started_at < until, in the order they began."""
    columns = tables.recordings.c
    query = select(tables.recordings).where(
        columns.tenant_id == tenant_id,
        columns.started_at >= since,
        columns.started_at < until,
        current(tables.recordings),
    )
    query = _narrow(query, columns, agent, call_id).order_by(columns.started_at, columns.record_id)
    rows = connection.execute(query.limit(limit).offset(offset)).mappings()
    return [RecordingRow(**row) for row in rows]


def recordings_of_call(connection: Connection, call_id: str) -> list[RecordingRow]:
    """The recordings of a call, whosever they are."""
    return _recordings_where(connection, tables.recordings.c.call_id == call_id)


def recordings_of_file(
    connection: Connection, tenant_id: int, file_name: str
) -> list[RecordingRow]:
    """What a tenant has recorded to a file."""
    columns = tables.recordings.c
    return _recordings_where(
        connection, and_(columns.file_name == file_name, columns.tenant_id == tenant_id)
    )


def _recordings_where(connection: Connection, wanted: ColumnElement[bool]) -> list[RecordingRow]:
    columns = tables.recordings.c
    query = select(tables.recordings).where(wanted, current(tables.recordings))
    query = query.order_by(columns.started_at, columns.record_id)
    return [RecordingRow(**row) for row in connection.execute(query).mappings()]


def messages(
    connection: Connection,
    tenant_id: int,
    *,
    channel: MessageChannel | None = None,
    direction: MessageDirection | None = None,
    since: int,
    until: int,
    agent: str | None = None,
    limit: int,
    offset: int = 0,
) -> list[MessageRow]:
    """Messages of since ≤ at < until, the newest last; None: of any channel, direction, agent."""
    columns = tables.messages.c
    query = select(tables.messages).where(
        columns.tenant_id == tenant_id,
        columns.at >= since,
        columns.at < until,
        current(tables.messages),
    )
    if channel is not None:
        query = query.where(columns.channel == channel)
    if direction is not None:
        query = query.where(columns.direction == direction)
    # Of one instant the shorter id has the smaller number.
    order = (columns.at, func.length(columns.message_id), columns.message_id)
    query = _narrow(query, columns, agent, None).order_by(*order)
    rows = connection.execute(query.limit(limit).offset(offset)).mappings()
    return [MessageRow(**row) for row in rows]


def reserve(connection: Connection, name: str, block: int) -> int:
    """Raise the high-water mark by `block`; the old mark. The caller owns old + 1 … old + block."""
    table = tables.identifiers
    statement = _insert_for(connection, table).values(name=name, value=block)
    raised = statement.on_conflict_do_update(
        index_elements=["name"], set_={"value": table.c.value + block}
    ).returning(table.c.value)
    return int(connection.execute(raised).scalar_one()) - block


def load_accounts(connection: Connection) -> list[AccountState]:
    """The state of every account that has left its seeded state, by work number."""
    query = select(tables.accounts).order_by(tables.accounts.c.work_no)
    return [AccountState(**row) for row in connection.execute(query).mappings()]


def save_account(connection: Connection, account: AccountState) -> None:
    """Insert or replace the state of an account."""
    values = {field.name: getattr(account, field.name) for field in fields(account)}
    _upsert(connection, tables.accounts, values)


def _narrow(
    query: Select[Any], columns: Any, agent: str | None, call_id: str | None
) -> Select[Any]:
    if agent is not None:
        query = query.where(columns.agent_id == agent)
    if call_id is not None:
        query = query.where(columns.call_id == call_id)
    return query


def _insert_for(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Both databases know ON CONFLICT; SQLAlchemy spells it once for each."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def _upsert(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    keys = [column.name for column in table.primary_key]
    changed = {name: value for name, value in values.items() if name not in keys}
    statement = _insert_for(connection, table).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))
