"""The interfaces of CEC 12.3.3 to 12.3.7; importing this registers them."""

from emulator.surfaces.cec.cms import (
    campaigns,
    control_blocks,
    groups,
    joining,
    ping,
    series,
    system,
    trunks,
    uap,
    vdns,
)

__all__ = [
    "campaigns",
    "control_blocks",
    "groups",
    "joining",
    "ping",
    "series",
    "system",
    "trunks",
    "uap",
    "vdns",
]
