"""The one lane by which a tenant's configuration changes: validate, commit, apply, answer."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from emulator.store import tenants
from emulator.store.kinds import Item, Key
from emulator.store.store import Store
from emulator.switch.config import TenantConfig


@dataclass(frozen=True, slots=True)
class Removal:
    """The change that removes the item of this class with this key, or with None the tenant."""

    item: type[Item] | None = None
    key: Key | None = None


Change = TenantConfig | Item | Removal
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
        # A caller that goes away must not leave a change committed but not applied.
        task = asyncio.get_running_loop().create_task(self._change(tenant_id, new_item, apply))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)

    async def _change(self, tenant_id: int, change: Change, apply: Callable[[], None]) -> None:
        async with self._locks[tenant_id]:
            self._validate(tenant_id, change)
            await self._store.perform(partial(commit, tenant_id=tenant_id, change=change))
            apply()


def commit(connection: Connection, tenant_id: int, change: Change) -> None:
    """Write a change within the caller's transaction."""
    match change:
        case TenantConfig():
            if change.id != tenant_id:
                raise ValueError(f"tenant {change.id} cannot be changed as tenant {tenant_id}")
            tenants.save_tenant(connection, change)
        case Removal(item=None):
            tenants.delete_tenant(connection, tenant_id)
        case Removal(item=kind, key=key) if kind is not None and key is not None:
            tenants.delete_item(connection, tenant_id, kind, key)
        case Removal():
            raise ValueError("a removal of an item needs its key")
        case item:
            tenants.save_item(connection, tenant_id, item)
