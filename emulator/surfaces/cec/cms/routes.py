"""All interfaces of the monitoring component; importing this registers them."""

from emulator.surfaces.cec.cms import (
    access,
    agents,
    calls,
    configuration,
    legacy,
    operations,
    queues,
    records,
    rests,
    vdn,
)
from emulator.surfaces.cec.cms.component import cms, open_cms

__all__ = [
    "access",
    "agents",
    "calls",
    "cms",
    "configuration",
    "legacy",
    "open_cms",
    "operations",
    "queues",
    "records",
    "rests",
    "vdn",
]
