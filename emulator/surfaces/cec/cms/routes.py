"""All interfaces of the monitoring component; importing this registers them."""

from emulator.surfaces.cec.cms import configuration, history, missed, settlement, system_routes
from emulator.surfaces.cec.cms.component import cms, open_cms

__all__ = ["cms", "configuration", "history", "missed", "open_cms", "settlement", "system_routes"]
