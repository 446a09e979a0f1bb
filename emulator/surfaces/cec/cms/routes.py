"""All interfaces of the monitoring component; importing this registers them."""

from emulator.surfaces.cec.cms import (
    access,
    agents,
    calls,
    configuration,
    history,
    legacy,
    missed,
    operations,
    queue_statistics,
    queues,
    records,
    rests,
    settlement,
    system_routes,
    vdn,
)
from emulator.surfaces.cec.cms.component import cms, open_cms

__all__ = [
    "access",
    "agents",
    "calls",
    "cms",
    "configuration",
    "history",
    "legacy",
    "missed",
    "open_cms",
    "operations",
    "queue_statistics",
    "queues",
    "records",
    "rests",
    "settlement",
    "system_routes",
    "vdn",
]
