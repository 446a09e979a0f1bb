"""Statistics: what was counted of each subject by interval, beside the records it comes from.

Counting is a step of its own that follows the records: it reads what was committed since, adds to
the cells and notes how far it has come, all in one transaction. So a crash loses nothing of it and
counts nothing twice. The functions work within the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import groupby, islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, and_, func, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from emulator.store import tables
from emulator.store.generations import load
from emulator.store.rows import CallRecord

CALLS, OPERATIONS = "call_records", "agent_operations"
"""The two sorts of records that are counted, by the names of their tables."""

Counts = dict[str, int]
KEYS_AT_ONCE = 500


class CellKey(NamedTuple):
    """A cell: its subject (see `domain.indicators.cells`), and its time from `begin` (µs).

    `grain` is how long it is, in minutes: 5, 15, or 1440 for a day of the tenant's.
    """

    tenant_id: int
    generation: int
    kind: str
    grain: int
    subject: str
    begin: int
    detail: str
    call_type: int
    media: int
    sub_media: int


def behind(connection: Connection) -> set[str]:
    """The names of the records of which there are some that are not counted yet."""
    table = tables.counted
    counted = {row.name: row.value for row in connection.execute(select(table))}
    calls, operations = tables.call_records.c, tables.agent_operations.c
    ended = (calls.id > counted.get(CALLS, 0)) & (calls.call_id_num == -1)
    beyond = {CALLS: ended, OPERATIONS: operations.serial > counted.get(OPERATIONS, 0)}
    return {
        name
        for name, condition in beyond.items()
        if connection.scalar(select(literal(1)).where(condition).limit(1))
    }


def counted_up_to(connection: Connection, name: str) -> int:
    """How far the records of that name are counted; nobody else counts them until the end."""
    table = tables.counted
    asked = select(table.c.value).where(table.c.name == name).with_for_update()
    known = connection.scalar(asked)
    if known is None:
        dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
        begun = dialect.insert(table).values(name=name, value=0)
        connection.execute(begun.on_conflict_do_nothing())
        known = connection.scalar(asked)
    if connection.dialect.name == "postgresql":
        # Serial numbers are given before they are committed: wait for those that are on the way.
        connection.execute(text(f"LOCK TABLE {name} IN SHARE MODE"))
    return int(known or 0)


def note_counted(connection: Connection, name: str, value: int) -> None:
    """Note how far the records of that name are counted now."""
    table = tables.counted
    connection.execute(update(table).where(table.c.name == name).values(value=value))


def uncounted_calls(
    connection: Connection, after: int, most: int
) -> tuple[int, list[list[CallRecord]]]:
    """Calls whose last record has an id beyond `after`: the last of these ids, and their records.

    The records of a call are in their order.
    """
    table = tables.call_records
    columns = table.c
    lasts = connection.execute(
        select(columns.id, columns.tenant_id, columns.generation, columns.call_id)
        .where(columns.id > after, columns.call_id_num == -1)
        .order_by(columns.id)
        .limit(most)
    ).all()
    if not lasts:
        return after, []
    calls: dict[tuple[int, int, str], list[CallRecord]] = {
        (row.tenant_id, row.generation, row.call_id): [] for row in lasts
    }
    wanted = select(*(columns[field.name] for field in fields(CallRecord))).where(
        columns.call_id.in_(sorted({row.call_id for row in lasts}))
    )
    for row in connection.execute(wanted.order_by(columns.id)):
        records = calls.get((row.tenant_id, row.generation, row.call_id))
        if records is not None:
            records.append(CallRecord(*row))
    return lasts[-1].id, list(calls.values())


class UncountedOperation(NamedTuple):
    """What counting takes from an operation of an agent; the times in µs."""

    serial: int
    tenant_id: int
    generation: int
    agent_id: str
    op_type: str
    op_cause: str
    begin_time: int
    end_time: int | None
    call_id: str
    call_in_out: str
    media_type: str
    logon_sn: str


def uncounted_operations(
    connection: Connection, after: int, most: int
) -> tuple[int, list[UncountedOperation]]:
    """Operations beyond `after`: the last serial number, and the operations."""
    columns = tables.agent_operations.c
    query = select(*(columns[name] for name in UncountedOperation._fields))
    rows = connection.execute(
        query.where(columns.serial > after).order_by(columns.serial).limit(most)
    )
    found = [UncountedOperation._make(row) for row in rows]
    return (found[-1].serial if found else after), found


def add(
    connection: Connection,
    cells: Mapping[CellKey, Counts],
    merge: Callable[[Counts, Mapping[str, int]], None],
) -> None:
    """Add counts to cells; `merge` takes the second counts into the first."""
    keys = sorted(cells, key=_together)
    for place, group in groupby(keys, _together):
        while some := list(islice(group, KEYS_AT_ONCE)):
            known = _read(connection, place, some)
            for key in some:
                merge(known.setdefault(key, {}), cells[key])
            _write(connection, {key: known[key] for key in some})


Place = tuple[int, int, str, int, int]


def _together(key: CellKey) -> Place:
    """Cells of one kind and time are found together."""
    return key.tenant_id, key.generation, key.kind, key.grain, key.begin


def _read(connection: Connection, place: Place, keys: Sequence[CellKey]) -> dict[CellKey, Counts]:
    table = tables.statistics
    names = ("tenant_id", "generation", "kind", "grain", "begin")
    wanted = select(table).where(
        *(table.c[name] == value for name, value in zip(names, place, strict=True)),
        table.c.subject.in_({key.subject for key in keys}),
    )
    return {CellKey(*row[:-1]): row[-1] for row in connection.execute(wanted)}


def _write(connection: Connection, cells: Mapping[CellKey, Counts]) -> None:
    table: Table = tables.statistics
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table)
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={"counts": statement.excluded.counts}
    )
    rows = [{**key._asdict(), "counts": counts} for key, counts in cells.items()]
    connection.execute(statement, rows)


class Wanted(NamedTuple):
    """Which cells: of whom, of what length in minutes, since ≤ begin < until (µs).

    `subjects` None: everybody's; the other conditions None: whatever it is.
    """

    tenant_id: int
    kind: str
    grain: int
    since: int
    until: int
    subjects: Sequence[str] | None = None
    details: Sequence[str] | None = None
    call_types: Sequence[int] | None = None
    media: int | None = None
    sub_media: int | None = None


def cells(connection: Connection, wanted: Wanted) -> Iterator[tuple[CellKey, Counts]]:
    """The cells of the tenant's current generation, in the order of their keys."""
    table = tables.statistics
    columns = table.c
    conditions = [
        columns.tenant_id == wanted.tenant_id,
        # As a value: a database that has to look for it row by row cannot use the key.
        columns.generation == load(connection).get(wanted.tenant_id, 0),
        columns.kind == wanted.kind,
        columns.grain == wanted.grain,
        columns.begin >= wanted.since,
        columns.begin < wanted.until,
    ]
    lists: Iterable[tuple[Any, Sequence[Any] | None]] = (
        (columns.subject, wanted.subjects),
        (columns.detail, wanted.details),
        (columns.call_type, wanted.call_types),
        (columns.media, None if wanted.media is None else [wanted.media]),
        (columns.sub_media, None if wanted.sub_media is None else [wanted.sub_media]),
    )
    conditions += [column.in_(values) for column, values in lists if values is not None]
    query = select(table).where(and_(*conditions)).order_by(*table.primary_key)
    for row in connection.execute(query):
        yield CellKey(*row[:-1]), row[-1]


def first_begin(connection: Connection, wanted: Wanted) -> int | None:
    """When the first cell of that kind and length begins (µs), in the current generation."""
    table = tables.statistics
    columns = table.c
    query = select(func.min(columns.begin)).where(
        columns.tenant_id == wanted.tenant_id,
        columns.kind == wanted.kind,
        columns.grain == wanted.grain,
        columns.generation == load(connection).get(wanted.tenant_id, 0),
    )
    begin = connection.scalar(query)
    return None if begin is None else int(begin)
