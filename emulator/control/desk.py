"""What the routes of the emulator's own API work with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request, Response
from sqlalchemy import Connection

from emulator.control.seed import rehearse
from emulator.platform import Platform
from emulator.store import tenants as store_tenants
from emulator.switch.config import TenantConfig
from emulator.switch.switch import Switch
from emulator.traffic import Traffic
from emulator.worlds import Worlds


@dataclass(slots=True)
class ControlDesk:
    """One platform and what stands around it.

    `sessions` are the gateway's; `forget` are called when the world begins anew.
    """

    platform: Platform
    sessions: Any
    forget: Sequence[Callable[[], None]] = ()
    worlds: Worlds | None = None
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the configuration is replaced: one at a time."""

    @property
    def switch(self) -> Switch:
        """The switch; the request has brought it to the present."""
        return self.platform.switch

    @property
    def traffic(self) -> Traffic:
        """The journal and the faults."""
        return self.platform.traffic

    async def begin_anew(self, tenants: Sequence[TenantConfig]) -> None:
        """Replace every tenant, in the store and in the switch, and forget all sessions.

        ConfigurationError if the switch would not take them; then nothing has changed.
        """
        rehearse(tenants)
        async with self.changing:
            await self.platform.committed()
            await self.platform.store.perform(lambda c: _replace_all(c, tenants))
            self.sessions.forget()
            for forget in self.forget:
                forget()
            self.platform.reset(tenants)


def _replace_all(connection: Connection, tenants: Sequence[TenantConfig]) -> None:
    for known in store_tenants.load_tenants(connection):
        store_tenants.delete_tenant(connection, known.id)
    for tenant in tenants:
        store_tenants.save_tenant(connection, tenant)


async def _desk(request: Request) -> ControlDesk:
    desk: ControlDesk = request.app.state.desk
    return desk


def plain(view: dict[str, Any]) -> Response:
    """An answer that is written as it is: views can be large."""
    return Response(orjson.dumps(view), media_type="application/json")


Desk = Annotated[ControlDesk, Depends(_desk)]
