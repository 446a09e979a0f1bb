"""Developers: whose access key has signed a request (CEC 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.platform import Platform
    from emulator.switch.model import Tenant


def tenant_with(platform: Platform, access_key: str) -> Tenant | None:
    """The tenant whose access key it is."""
    for tenant in platform.switch.tenants.values():
        if access_key and tenant.config.secrets.get("ak") == access_key:
            return tenant
    return None


def secret_of(platform: Platform, access_key: str) -> str | None:
    """The secret of a tenant's access key."""
    tenant = tenant_with(platform, access_key)
    return None if tenant is None else tenant.config.secrets.get("sk")
