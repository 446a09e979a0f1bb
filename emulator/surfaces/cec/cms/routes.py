"""All interfaces of the monitoring component; importing this registers them."""

from emulator.surfaces.cec.cms import configuration
from emulator.surfaces.cec.cms.component import cms, open_cms

__all__ = ["cms", "configuration", "open_cms"]
