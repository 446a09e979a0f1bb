"""Call center configuration over the API Fabric (CEC 5, and 6.1.2.26–28): C1 authentication."""

from emulator.surfaces.cec.management import offlineagent, sip_phone
from emulator.surfaces.cec.management.component import management, open_management

__all__ = ["management", "offlineagent", "open_management", "sip_phone"]
