"""The one lane by which a tenant's configuration changes: validate, commit, apply, answer."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce

from sqlalchemy import Connection

from emulator.store import tenants
from emulator.store.kinds import Item, Key, with_item, without_item
from emulator.store.store import Store
from emulator.switch.config import TenantConfig


@dataclass(frozen=True, slots=True)
class Removal:
    """The change that removes the item of this class with this key, or with None the tenant."""

    item: type[Item] | None = None
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """Changes of several items, all of which are made or none."""

    changes: tuple[Item | Removal, ...]


Change = TenantConfig | Item | Removal | Together
Validate = Callable[[int, Change], None]


def accept(_tenant_id: int, _change: Change) -> None:
    """A validation that has no objection."""


class ConfigurationLane:
    """Changes of one tenant follow one another; those of different tenants do not wait.

    `validate` raises to refuse a change, before anything is written. What the database refuses
    raises `emulator.store.errors.Conflict`. In both cases nothing was changed anywhere.
    """

    def __init__(self, store: Store, validate: Validate = accept) -> None:
        self._store = store
        self._validate = validate
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._running: set[asyncio.Task[None]] = set()

    async def change(self, tenant_id: int, new_item: Change, apply: Callable[[], None]) -> None:
        """Make a change durable, then live. `apply` must not fail: the store is already ahead."""
        await self.edit(tenant_id, lambda: new_item, lambda _: apply())

    async def edit(
        self, tenant_id: int, plan: Callable[[], Change], apply: Callable[[Change], None]
    ) -> None:
        """As `change`; what is changed `plan` says when those before it are live, or raises."""
        # A caller that goes away must not leave a change committed but not applied.
        task = asyncio.get_running_loop().create_task(self._edit(tenant_id, plan, apply))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)

    async def _edit(
        self, tenant_id: int, plan: Callable[[], Change], apply: Callable[[Change], None]
    ) -> None:
        async with self._locks[tenant_id]:
            change = plan()
            self._validate(tenant_id, change)
            await self._store.perform(partial(commit, tenant_id=tenant_id, change=change))
            apply(change)


def with_change(tenant: TenantConfig, change: Change) -> TenantConfig:
    """The tenant as it is after the change; a tenant that is removed stays as it was."""
    match change:
        case TenantConfig() | Removal(item=None):
            return change if isinstance(change, TenantConfig) else tenant
        case Together(changes=changes):
            return reduce(with_change, changes, tenant)
        case Removal(item=kind, key=key) if kind is not None and key is not None:
            return without_item(tenant, kind, key)
        case Removal():
            raise ValueError("a removal of an item needs its key")
        case item:
            return with_item(tenant, item)


def commit(connection: Connection, tenant_id: int, change: Change) -> None:
    """Write a change within the caller's transaction."""
    match change:
        case TenantConfig():
            if change.id != tenant_id:
                raise ValueError(f"tenant {change.id} cannot be changed as tenant {tenant_id}")
            tenants.save_tenant(connection, change)
        case Removal(item=None):
            tenants.delete_tenant(connection, tenant_id)
        case Together(changes=changes):
            for each in changes:
                commit(connection, tenant_id, each)
        case Removal(item=kind, key=key) if kind is not None and key is not None:
            tenants.delete_item(connection, tenant_id, kind, key)
        case Removal():
            raise ValueError("a removal of an item needs its key")
        case item:
            tenants.save_item(connection, tenant_id, item)
