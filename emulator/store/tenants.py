"""Configuration: load, replace and change tenants within the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from emulator.store import directory, tables
from emulator.store.errors import UnknownTenant
from emulator.store.kinds import (
    KINDS,
    Item,
    Key,
    Kind,
    Values,
    items_of,
    kind_of,
    make_tenant,
    settings_row,
)
from emulator.switch.config import TenantConfig


def load_tenants(connection: Connection) -> list[TenantConfig]:
    """All tenants by id, each as it was saved."""
    items = {kind.field: _load_kind(connection, kind) for kind in KINDS}
    rows = connection.execute(select(tables.tenants).order_by(tables.tenants.c.id)).mappings()
    return [
        make_tenant(dict(row), {field: tuple(found[row["id"]]) for field, found in items.items()})
        for row in rows
    ]


def save_tenant(connection: Connection, tenant: TenantConfig) -> None:
    """Insert a tenant or replace it whole; agents that stay keep their accounts' state."""
    connection.execute(delete(tables.tenants).where(tables.tenants.c.id == tenant.id))
    connection.execute(insert(tables.tenants), settings_row(tenant))
    for kind in KINDS:
        _insert_items(connection, tenant.id, kind, enumerate(items_of(tenant, kind)))
    _forget_accounts(connection, tenant.id)


def delete_tenant(connection: Connection, tenant_id: int) -> bool:
    """Delete a tenant with all its configuration, and whom it knows; False if there was none.

    Records stay.
    """
    deleted = connection.execute(delete(tables.tenants).where(tables.tenants.c.id == tenant_id))
    directory.replace_all(connection, [tenant_id], {})
    _forget_accounts(connection, tenant_id)
    return deleted.rowcount > 0


def save_item(connection: Connection, tenant_id: int, item: Item) -> None:
    """Insert an item at the end of its kind, or replace it where it stands."""
    _require_tenant(connection, tenant_id)
    kind = kind_of(type(item))
    key: Key = getattr(item, kind.key)
    position = _position_of(connection, tenant_id, kind, key)
    _delete_row(connection, tenant_id, kind, key)
    _insert_items(connection, tenant_id, kind, [(position, item)])


def delete_item(connection: Connection, tenant_id: int, item: type[Item], key: Key) -> bool:
    """Delete the item with this key; False if there was none."""
    deleted = _delete_row(connection, tenant_id, kind_of(item), key)
    _forget_accounts(connection, tenant_id)
    return deleted


def _load_kind(connection: Connection, kind: Kind) -> defaultdict[int, list[Any]]:
    children = _load_children(connection, kind)
    query = select(kind.table).order_by(kind.table.c.tenant_id, kind.table.c.position)
    items: defaultdict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        values = dict(row)
        if kind.children:
            values[kind.children.field] = tuple(children[row[kind.key]])
        items[row["tenant_id"]].append(kind.from_row(kind.item, values))
    return items


def _load_children(connection: Connection, kind: Kind) -> defaultdict[Key, list[Any]]:
    found: defaultdict[Key, list[Any]] = defaultdict(list)
    if kind.children is None:
        return found
    parts = kind.children
    query = select(parts.table).order_by(parts.table.c[kind.key], parts.table.c.position)
    for row in connection.execute(query).mappings():
        values = {name: value for name, value in row.items() if name not in (kind.key, "position")}
        found[row[kind.key]].append(parts.item(**values))
    return found


def _insert_items(
    connection: Connection, tenant_id: int, kind: Kind, items: Iterable[tuple[int, Item]]
) -> None:
    rows: list[Values] = []
    parts: list[Values] = []
    for position, item in items:
        values = kind.to_row(item)
        if kind.children:
            parts += _child_rows(kind, values.pop(kind.children.field), values[kind.key])
        rows.append({**values, "tenant_id": tenant_id, "position": position})
    _insert_rows(connection, kind.table, rows)
    if kind.children:
        _insert_rows(connection, kind.children.table, parts)


def _child_rows(kind: Kind, children: Sequence[Any], key: Key) -> list[Values]:
    return [
        {
            **{name: getattr(child, name) for name in type(child).__slots__},
            kind.key: key,
            "position": position,
        }
        for position, child in enumerate(children)
    ]


def _insert_rows(connection: Connection, table: Any, rows: list[Values]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _delete_row(connection: Connection, tenant_id: int, kind: Kind, key: Key) -> bool:
    columns = kind.table.c
    found = connection.execute(
        delete(kind.table).where(columns.tenant_id == tenant_id, columns[kind.key] == key)
    )
    return found.rowcount > 0


def _position_of(connection: Connection, tenant_id: int, kind: Kind, key: Key) -> int:
    columns = kind.table.c
    mine = columns.tenant_id == tenant_id
    at = connection.scalar(select(columns.position).where(mine, columns[kind.key] == key))
    if at is not None:
        return int(at)
    last = connection.scalar(select(func.max(columns.position)).where(mine))
    return 0 if last is None else int(last) + 1


def _require_tenant(connection: Connection, tenant_id: int) -> None:
    found = select(tables.tenants.c.id).where(tables.tenants.c.id == tenant_id)
    if connection.scalar(found) is None:
        raise UnknownTenant(tenant_id)


def _forget_accounts(connection: Connection, tenant_id: int) -> None:
    """Drop the state of accounts whose agent is gone."""
    columns = tables.accounts.c
    present = select(tables.agents.c.work_no).where(tables.agents.c.tenant_id == tenant_id)
    connection.execute(
        delete(tables.accounts).where(
            columns.tenant_id == tenant_id, columns.work_no.not_in(present)
        )
    )
