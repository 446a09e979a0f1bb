"""Between a tenant's configuration and the rows of its tables.

A kind is one sort of item that a tenant has many of. Most items are rows as they stand; agents
and access codes have children in a table of their own, queues spread their policies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Table

from emulator.store import tables
from emulator.store.rows import BlacklistEntry, PriorityCustomer, Secret
from emulator.switch.config import (
    AccessCodeConfig,
    AgentConfig,
    FlowConfig,
    GroupMemberConfig,
    OutsideNumberConfig,
    PhoneConfig,
    Policy,
    QueueConfig,
    RestReasonConfig,
    RouteConfig,
    SkillConfig,
    TenantConfig,
    TrunkConfig,
    UserGroupConfig,
)

Item = (
    AgentConfig
    | PhoneConfig
    | QueueConfig
    | AccessCodeConfig
    | FlowConfig
    | TrunkConfig
    | OutsideNumberConfig
    | RestReasonConfig
    | UserGroupConfig
    | BlacklistEntry
    | PriorityCustomer
    | Secret
)
Key = int | str
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Children:
    """Parts of an item that have a table of their own, found by the item's key."""

    field: str
    table: Table
    item: type[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of item: its table, its class, the field that is its key, its place in a tenant."""

    field: str
    table: Table
    item: type[Any]
    key: str
    children: Children | None = None
    to_row: Callable[[Any], Values] = lambda item: _plain_row(item)
    from_row: Callable[[type[Any], Mapping[str, Any]], Any] = lambda item, row: _plain_item(
        item, row
    )


def _plain_row(item: Any) -> Values:
    return {field.name: getattr(item, field.name) for field in fields(item)}


def _plain_item(item: type[Any], row: Mapping[str, Any]) -> Any:
    return item(**{field.name: row[field.name] for field in fields(item) if field.name in row})


POLICIES = ("on_no_agents", "on_busy", "on_timeout")


def _queue_row(queue: QueueConfig) -> Values:
    values = _plain_row(queue)
    for name in POLICIES:
        policy: Policy = values.pop(name)
        values[f"{name}_action"] = policy.action
        values[f"{name}_target"] = policy.target
    return values


def _queue_item(item: type[QueueConfig], row: Mapping[str, Any]) -> QueueConfig:
    policies = {name: Policy(row[f"{name}_action"], row[f"{name}_target"]) for name in POLICIES}
    return _plain_item(item, {**row, **policies})  # type: ignore[no-any-return]


KINDS = (
    Kind(
        "agents",
        tables.agents,
        AgentConfig,
        "work_no",
        Children("skills", tables.agent_skills, SkillConfig),
    ),
    Kind("phones", tables.phones, PhoneConfig, "number"),
    Kind("queues", tables.queues, QueueConfig, "id", None, _queue_row, _queue_item),
    Kind(
        "access_codes",
        tables.access_codes,
        AccessCodeConfig,
        "code",
        Children("routes", tables.called_routes, RouteConfig),
    ),
    Kind("flows", tables.ivr_flows, FlowConfig, "id"),
    Kind("trunks", tables.trunks, TrunkConfig, "name"),
    Kind("outside_numbers", tables.outside_numbers, OutsideNumberConfig, "number"),
    Kind("rest_reasons", tables.rest_reasons, RestReasonConfig, "code"),
    Kind(
        "user_groups",
        tables.user_groups,
        UserGroupConfig,
        "id",
        Children("members", tables.group_members, GroupMemberConfig),
    ),
    Kind("blacklist", tables.blacklist, BlacklistEntry, "number"),
    Kind("priority_customers", tables.priority_customers, PriorityCustomer, "number"),
    Kind("secrets", tables.secrets, Secret, "kind"),
)

_KIND_OF = {kind.item: kind for kind in KINDS}
_SETTINGS = tuple(column.name for column in tables.tenants.columns)


def kind_of(item: type[Any]) -> Kind:
    """The kind of an item's class; KeyError for what a tenant has not many of."""
    return _KIND_OF[item]


def settings_row(tenant: TenantConfig) -> Values:
    """The row of the tenant itself, without its items."""
    return {name: getattr(tenant, name) for name in _SETTINGS}


def items_of(tenant: TenantConfig, kind: Kind) -> Iterable[Item]:
    """The tenant's items of a kind, in their order."""
    if kind.item is BlacklistEntry:
        return map(BlacklistEntry, tenant.blacklist)
    if kind.item is PriorityCustomer:
        return (PriorityCustomer(*entry) for entry in tenant.priority_customers.items())
    if kind.item is Secret:
        return (Secret(*entry) for entry in tenant.secrets.items())
    items: tuple[Item, ...] = getattr(tenant, kind.field)
    return items


def with_item(tenant: TenantConfig, item: Item) -> TenantConfig:
    """The tenant with this item in place of the one with its key, or at the end if it is new."""
    kind = kind_of(type(item))
    key = getattr(item, kind.key)
    items = list(items_of(tenant, kind))
    for index, known in enumerate(items):
        if getattr(known, kind.key) == key:
            items[index] = item
            break
    else:
        items.append(item)
    return _with_items(tenant, kind, items)


def without_item(tenant: TenantConfig, item: type[Any], key: Key) -> TenantConfig:
    """The tenant without the item of that class that has this key."""
    kind = kind_of(item)
    left = [known for known in items_of(tenant, kind) if getattr(known, kind.key) != key]
    return _with_items(tenant, kind, left)


def _with_items(tenant: TenantConfig, kind: Kind, items: Iterable[Item]) -> TenantConfig:
    every = {each.field: tuple(items_of(tenant, each)) for each in KINDS}
    return make_tenant(settings_row(tenant), {**every, kind.field: tuple(items)})


def make_tenant(settings: Mapping[str, Any], items: Mapping[str, tuple[Any, ...]]) -> TenantConfig:
    """A tenant from its own row and its items by field."""
    lists: Values = dict(items)
    lists["blacklist"] = tuple(entry.number for entry in items["blacklist"])
    lists["priority_customers"] = {
        entry.number: entry.priority for entry in items["priority_customers"]
    }
    lists["secrets"] = {entry.kind: entry.value for entry in items["secrets"]}
    return TenantConfig(**settings, **lists)
