"""What the configuration says of phones, found by their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.platform import Platform
    from emulator.switch.config import PhoneConfig, TenantConfig


class Directory:
    """The phones of one platform. A tenant's are sorted anew once its configuration is another."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._known: dict[int, tuple[TenantConfig, dict[str, PhoneConfig]]] = {}

    def find(self, number: str) -> PhoneConfig | None:
        """What is said of a phone; None if there is none, or nothing is said of it."""
        switch = self._platform.switch
        phone = switch.phones.get(number)
        if phone is None:
            return None
        config = switch.tenants[phone.tenant].config
        known = self._known.get(phone.tenant)
        if known is None or known[0] is not config:
            known = self._known[phone.tenant] = config, {it.number: it for it in config.phones}
        return known[1].get(number)
