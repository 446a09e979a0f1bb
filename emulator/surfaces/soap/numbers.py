"""Work numbers, extensions and numbers that are dialled, as a service without tenants means them.

Both SOAP references know one call center: the tenant of the settings, by default the first. An
extension is the phone that an agent has signed in with, else the one that it is configured with.
"""

from __future__ import annotations

from emulator.platform import Platform
from emulator.switch.agents import is_reachable
from emulator.switch.call_commands import Target
from emulator.switch.errors import (
    TargetNotAvailable,
    UnknownAgent,
    UnknownPhone,
    UnknownTenant,
)
from emulator.switch.model import Agent, Tenant
from emulator.switch.terms import TargetType


def tenant_of(platform: Platform) -> Tenant:
    """The tenant behind the SOAP doors; UnknownTenant."""
    wanted = platform.settings.soap_tenant
    tenants = platform.switch.tenants
    if not wanted and tenants:
        return tenants[min(tenants)]
    if wanted not in tenants:
        raise UnknownTenant(f"there is no tenant {wanted}")
    return tenants[wanted]


def agent_with(tenant: Tenant, work_no: str) -> Agent:
    """The agent with that work number; UnknownAgent."""
    agent = tenant.agents.get(int(work_no)) if _is_number(work_no) else None
    if agent is None:
        raise UnknownAgent(f"there is no agent {work_no!r}")
    return agent


def agent_at(platform: Platform, tenant: Tenant, extension: str) -> Agent:
    """The agent who has signed in at the extension, else whose it is; UnknownPhone."""
    phone = platform.switch.phones.get(extension)
    if phone is not None and phone.tenant == tenant.id:
        if phone.agent is not None:
            return phone.agent
        for agent in tenant.agents.values():
            if agent.config.phone == extension:
                return agent
    raise UnknownPhone(f"there is no extension {extension!r}")


def extension_of(agent: Agent) -> str:
    """Where the agent can be called."""
    return agent.phone.number if agent.phone is not None else agent.config.phone


def target_of(platform: Platform, tenant: Tenant, number: str) -> Target:
    """What a number leads to: an extension, a work number, an access code, or out.

    UnknownPhone: an extension that nobody has.
    """
    phone = platform.switch.phones.get(number)
    if phone is not None and phone.tenant == tenant.id:
        return TargetType.AGENT, str(agent_at(platform, tenant, number).work_no)
    if _is_number(number) and int(number) in tenant.agents:
        return TargetType.AGENT, number
    if number in tenant.access_codes:
        return TargetType.ACCESS_CODE, number
    return TargetType.OUTSIDE, number


def require_reachable(tenant: Tenant, target: Target) -> None:
    """Refuse an agent whom a call would find busy or away; TargetNotAvailable."""
    kind, address = target
    if kind is TargetType.AGENT and not is_reachable(tenant.agents[int(address)]):
        raise TargetNotAvailable(f"agent {address} cannot take a call now")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9
