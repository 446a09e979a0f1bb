"""What was, for those who ask by days; looked for beside the call center, as all reports are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from emulator.reports import Reports
from emulator.store import history
from emulator.store.history import Recorded, Stay, Which


class Wanted(TypedDict, total=False):
    """What else must be so, and how many are given at most: see `Which`."""

    caller: str
    call_ids: Sequence[str] | None
    agents: Sequence[str] | None
    limit: int


class History:
    """Stays of calls and recordings, of all that is on record when they are asked for."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    async def stays_between(
        self, tenant: int, since: int, until: int, **wanted: Unpack[Wanted]
    ) -> list[Stay]:
        """Stays that ended in since ≤ instant < until (µs), in the order in which they did."""
        which = Which(tenant, since, until, **wanted)
        return await self._reports.run(history.stays_between, which)

    async def recordings_between(
        self, tenant: int, since: int, until: int, **wanted: Unpack[Wanted]
    ) -> list[Recorded]:
        """Recordings that are over and began in since ≤ instant < until (µs), as they began."""
        which = Which(tenant, since, until, **wanted)
        return await self._reports.run(history.recordings_between, which)
