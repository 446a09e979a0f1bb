"""What a running emulator has written down of a run, and what it holds against its clients."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from typing import Any

from emulator.clients.answers import Page
from emulator.clients.control import AsyncControlClient
from emulator.scenario.ledger import Ledger
from emulator.store.rows import AgentOperation, CallRecord
from emulator.switch.config import TenantConfig

PAGE = 2_000
MOST_EXCHANGES = 5_000


async def fill(
    ledger: Ledger, control: AsyncControlClient, tenants: Sequence[TenantConfig], since: int
) -> None:
    """Count the call records and operations that ended or began since that instant (µs)."""
    for tenant in tenants:
        async for row in _pages(control.call_records, tenant.id, since):
            ledger.take([CallRecord(**row)])
        async for row in _pages(control.operations, tenant.id, since):
            ledger.take([AgentOperation(**row)])


async def _pages(
    ask: Callable[..., Awaitable[Sequence[Any]]], tenant: int, since: int
) -> AsyncIterator[dict[str, Any]]:
    offset = 0
    while True:
        page: Page = {"tenant": tenant, "since": since, "limit": PAGE, "offset": offset}
        rows = await ask(**page)
        for row in rows:
            yield row
        if len(rows) < PAGE:
            return
        offset += PAGE


class Violations:
    """Counts departures from the contract in requests that are not of the engine's own agents."""

    def __init__(self, control: AsyncControlClient) -> None:
        self.count = 0
        self._control = control
        self._seen = 0

    async def begin(self) -> None:
        """From the next request on."""
        self._seen = await self._control.latest_request()

    async def look(self, own: Collection[int]) -> None:
        """Count those since the last look; the journal forgets what is old."""
        since, self._seen = self._seen, await self._control.latest_request()
        found = await self._control.violations(after=since)
        for offence in dict.fromkeys(it["offence"] for it in found):
            self.count += await self._of(offence, since, own)

    async def _of(self, offence: str, since: int, own: Collection[int]) -> int:
        count = 0
        while True:
            exchanges = await self._control.requests(
                after=since, limit=MOST_EXCHANGES, offence=offence
            )
            for exchange in exchanges:
                if exchange["number"] <= self._seen and exchange["agent"] not in own:
                    count += sum(it["offence"] == offence for it in exchange["violations"])
            if len(exchanges) < MOST_EXCHANGES:
                return count
            since = exchanges[-1]["number"]
