"""What the routes of the emulator's own API work with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from fastapi import Depends, Request, Response
from sqlalchemy import Connection

from emulator.control.lag import LoopLag
from emulator.control.seed import rehearse
from emulator.domain.holdings import Holdings
from emulator.platform import Platform
from emulator.snapshot.errors import SnapshotRefused
from emulator.store import beginnings, generations
from emulator.store import records as store_records
from emulator.store import tenants as store_tenants
from emulator.store.beginnings import Beginning
from emulator.store.errors import Conflict
from emulator.switch.config import TenantConfig
from emulator.switch.switch import Switch
from emulator.traffic import Traffic
from emulator.worlds import Worlds

if TYPE_CHECKING:
    from emulator.snapshot.world import Saved

Forget = Callable[[int | None], None]
"""Forgets the sessions of a tenant, or with None of everybody."""


@dataclass(slots=True)
class ControlDesk:
    """One platform and what stands around it.

    `sessions` are the gateway's; `forget` are called when the world or a tenant begins anew.
    """

    platform: Platform
    sessions: Any
    forget: Sequence[Forget] = ()
    worlds: Worlds | None = None
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the configuration is replaced: one at a time."""
    lag: LoopLag = field(default_factory=LoopLag)

    @property
    def switch(self) -> Switch:
        """The switch; the request has brought it to the present."""
        return self.platform.switch

    @property
    def traffic(self) -> Traffic:
        """The journal and the faults."""
        return self.platform.traffic

    async def begin_anew(
        self, tenants: Sequence[TenantConfig], holdings: Mapping[int, Holdings] | None = None
    ) -> None:
        """Replace every tenant, in the store and in the switch, and forget all sessions.

        What the tenants have recorded is of a past generation then, and not shown any more; they
        have the `holdings`, by their ids, and nothing else.
        ConfigurationError if the switch would not take them; then nothing has changed.
        """
        platform = self.platform
        if not platform.is_configured_as(tenants):
            rehearse(tenants)
        async with self.changing:
            await platform.committed()
            changed = not platform.is_configured_as(tenants)
            known = list(platform.switch.tenants)
            beginning = platform.beginning(holdings or {})
            begun = await platform.store.perform(
                lambda c: _begin(c, known, tenants, beginning, changed=changed)
            )
            for forget in self.forget:
                forget(None)
            platform.reset(tenants, begun)
            platform.customers.owners = beginning.owners

    async def load(self, snapshot: bytes) -> Sequence[TenantConfig]:
        """Go on as the snapshot has it, and give its tenants; held polls end.

        What was there before is past, as after `begin_anew`. SnapshotRefused changes nothing.
        """
        platform = self.platform
        saved = await asyncio.to_thread(platform.form.read, snapshot)
        async with self.changing:
            await platform.committed()
            known = list(platform.switch.tenants)
            begun, calls = await _stored(platform, known, saved)
            for forget in self.forget:
                forget(None)
            platform.restore(saved, begun, calls)
        return saved.tenants

    async def begin_tenant_anew(
        self, tenant: TenantConfig, holdings: Holdings | None = None
    ) -> None:
        """The same for one tenant of the world; nothing happens to the others.

        Without `holdings` it knows whom it knew, and has no messages.
        """
        platform = self.platform
        async with self.changing:
            await platform.committed()
            beginning = Beginning()
            if holdings is not None:
                beginning = platform.beginning({tenant.id: holdings})
            begun = await platform.store.perform(lambda c: _begin_one(c, tenant, beginning))
            for forget in self.forget:
                forget(tenant.id)
            platform.reset_tenant(tenant, begun)
            platform.customers.owners |= beginning.owners


def _begin(
    connection: Connection,
    known: Sequence[int],
    tenants: Sequence[TenantConfig],
    beginning: Beginning,
    *,
    changed: bool,
) -> dict[int, int]:
    if changed:
        for tenant_id in known:
            store_tenants.delete_tenant(connection, tenant_id)
        for tenant in tenants:
            store_tenants.save_tenant(connection, tenant)
    everybody = list(dict.fromkeys([*known, *(tenant.id for tenant in tenants)]))
    begun = generations.begin(connection, everybody)
    beginnings.write(connection, everybody, beginning, begun)
    return begun


async def _stored(
    platform: Platform, known: Sequence[int], saved: Saved
) -> tuple[dict[int, int], range]:
    """Put what the store keeps of a snapshot there, all or nothing; gives what `restore` needs."""
    wanted = platform.missing_call_ids(saved)
    try:
        return await platform.store.perform(lambda c: _take_over(c, known, saved, wanted))
    except (Conflict, *store_records.UNSTORABLE, ValueError) as error:
        raise SnapshotRefused("the store cannot keep what the snapshot holds") from error


def _take_over(
    connection: Connection, known: Sequence[int], saved: Saved, wanted: int
) -> tuple[dict[int, int], range]:
    begun = _begin(connection, known, saved.tenants, saved.beginning, changed=True)
    for account in saved.accounts:
        store_records.save_account(connection, account)
    if not wanted:
        return begun, range(0)
    first = store_records.reserve(connection, "call", wanted) + 1
    return begun, range(first, first + wanted)


def _begin_one(
    connection: Connection, tenant: TenantConfig, beginning: Beginning
) -> dict[int, int]:
    store_tenants.save_tenant(connection, tenant)
    begun = generations.begin(connection, [tenant.id])
    beginnings.write(connection, [tenant.id], beginning, begun)
    return begun


async def _desk(request: Request) -> ControlDesk:
    desk: ControlDesk = request.app.state.desk
    return desk


def plain(view: dict[str, Any]) -> Response:
    """An answer that is written as it is: views can be large."""
    return Response(orjson.dumps(view), media_type="application/json")


Desk = Annotated[ControlDesk, Depends(_desk)]
