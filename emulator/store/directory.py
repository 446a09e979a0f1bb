"""Whom a tenant knows: its customers and their contacts, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Table,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from emulator.store import generations, tables
from emulator.store.rows import Contact, Customer, Directory, Party, Served

P = TypeVar("P", Customer, Contact)

MOST = 1_000
"""Of those that are found so many are given."""
NUMBERS_AT_ONCE = 500

_TABLES: Mapping[type[Party], Table] = {Customer: tables.customers, Contact: tables.contacts}
_NUMBERS = ("phone", "home_phone", "mobile")


def find(
    connection: Connection,
    kind: type[P],
    tenant_id: int,
    *,
    number: str = "",
    party_id: str = "",
    name: str = "",
    customer: str = "",
) -> list[P]:
    """The first `MOST` by id of whom all that is given holds.

    `number` is a part of one of their numbers, `name` a part of their name, in letters of either
    case; contacts are those of the `customer`.
    """
    table = _TABLES[kind]
    columns = table.c
    query = select(*_columns(kind)).where(columns.tenant_id == tenant_id)
    if party_id:
        query = query.where(columns.id == party_id)
    if customer:
        query = query.where(columns.customer == customer)
    if number:
        parts = (columns[it].contains(number, autoescape=True) for it in _NUMBERS)
        query = query.where(or_(*parts))
    if name:
        query = query.where(columns.name.icontains(name, autoescape=True))
    rows = connection.execute(query.order_by(columns.id).limit(MOST)).mappings()
    return [kind(**row) for row in rows]


def save(connection: Connection, tenant_id: int, party: Customer | Contact) -> None:
    """Insert somebody, or replace the one with their id."""
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    values = _row(tenant_id, party)
    statement = dialect.insert(_TABLES[type(party)]).values(values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=values)
    )


def remove(
    connection: Connection, kind: type[Customer | Contact], tenant_id: int, party_id: str
) -> bool:
    """Delete somebody, a customer with their contacts; False if there is nobody with the id."""
    columns = _TABLES[kind].c
    found = connection.execute(
        delete(_TABLES[kind]).where(columns.tenant_id == tenant_id, columns.id == party_id)
    )
    return found.rowcount > 0


# All at once


def knowing(connection: Connection) -> set[int]:
    """The tenants that have customers."""
    tenants, customers = tables.tenants.c, tables.customers.c
    known = exists().where(customers.tenant_id == tenants.id)
    return set(connection.scalars(select(tenants.id).where(known)))


def load(connection: Connection, tenants: Sequence[int]) -> dict[int, Directory]:
    """The directories of those of the tenants that have one."""
    customers = _load(connection, Customer, tenants)
    contacts = _load(connection, Contact, tenants)
    return {
        tenant: Directory(tuple(found), tuple(contacts.get(tenant, ())))
        for tenant, found in customers.items()
    }


def replace_all(
    connection: Connection, tenants: Collection[int], directories: Mapping[int, Directory]
) -> None:
    """Forget whom these tenants know, and give each the directory that there is for it."""
    for table in (tables.contacts, tables.customers):
        connection.execute(delete(table).where(table.c.tenant_id.in_(tenants)))
    for tenant, directory in directories.items():
        _insert(connection, tenant, tables.customers, directory.customers)
        _insert(connection, tenant, tables.contacts, directory.contacts)


def _insert(connection: Connection, tenant: int, table: Table, parties: Sequence[Party]) -> None:
    if parties:
        connection.execute(insert(table), [_row(tenant, it) for it in parties])


def _load(connection: Connection, kind: type[P], tenants: Sequence[int]) -> dict[int, list[P]]:
    columns = _TABLES[kind].c
    query = select(columns.tenant_id, *_columns(kind)).where(columns.tenant_id.in_(tenants))
    found: dict[int, list[P]] = {}
    for row in connection.execute(query.order_by(columns.tenant_id, columns.id)):
        found.setdefault(row[0], []).append(kind(*row[1:]))
    return found


def _columns(kind: type[Party]) -> list[Any]:
    return [_TABLES[kind].c[field.name] for field in fields(kind)]


def _row(tenant_id: int, party: Party) -> dict[str, Any]:
    values = {field.name: getattr(party, field.name) for field in fields(party)}
    return {"tenant_id": tenant_id, **values}


# Who was served


def note(connection: Connection, served: Iterable[Served]) -> None:
    """Note who was served, in their order; what was before a tenant began anew is not noted."""
    known = generations.load(connection)
    latest: dict[int, dict[str, Served]] = {}
    for it in served:
        if it.number and it.generation == known.get(it.tenant_id, 0):
            latest.setdefault(it.tenant_id, {})[it.number] = it
    for tenant, by_number in latest.items():
        numbers = sorted(by_number, key=lambda it: by_number[it].at)
        for begin in range(0, len(numbers), NUMBERS_AT_ONCE):
            for table in _TABLES.values():
                some = numbers[begin : begin + NUMBERS_AT_ONCE]
                _note(connection, table, tenant, some, by_number)


def _note(
    connection: Connection,
    table: Table,
    tenant: int,
    numbers: Sequence[str],
    served: Mapping[str, Served],
) -> None:
    columns = table.c
    # One question for each index: with OR a database looks through all whom the tenant knows.
    asked = union_all(
        *(
            select(columns.id, columns[it]).where(
                columns.tenant_id == tenant, columns[it].in_(numbers)
            )
            for it in _NUMBERS
        )
    )
    latest: dict[str, Served] = {}
    for party_id, number in connection.execute(asked):
        known, this = latest.get(party_id), served[number]
        if known is None or this.at > known.at:
            latest[party_id] = this
    if latest:
        them = update(table).where(columns.tenant_id == tenant, columns.id == bindparam("party"))
        values = [
            {"party": party_id, "served_at": it.at, "last_agent": it.agent_id}
            for party_id, it in latest.items()
        ]
        connection.execute(them, values)


def noted(directory: Directory, served: Sequence[Served]) -> Directory:
    """The directory as it is when that is noted."""
    if not served:
        return directory
    latest = {it.number: it for it in served if it.number}
    return Directory(
        tuple(_noted(it, latest) for it in directory.customers),
        tuple(_noted(it, latest) for it in directory.contacts),
    )


def _noted(party: P, served: Mapping[str, Served]) -> P:
    found = (served[number] for number in party.numbers if number in served)
    latest = max(found, key=lambda it: it.at, default=None)
    if latest is None:
        return party
    return replace(party, served_at=latest.at, last_agent=latest.agent_id)
