"""All interfaces of the monitoring component; importing this registers them."""

from emulator.surfaces.cec.cms import configuration, history, settlement
from emulator.surfaces.cec.cms.component import cms, open_cms

__all__ = ["cms", "configuration", "history", "open_cms", "settlement"]
