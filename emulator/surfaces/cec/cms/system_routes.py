"""The interfaces of CEC 12.3.3 to 12.3.7; importing this registers them."""

from emulator.surfaces.cec.cms import campaigns, groups, ping, vdns

__all__ = ["campaigns", "groups", "ping", "vdns"]
