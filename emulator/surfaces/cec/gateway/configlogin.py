"""Signing in to configure (CEC 4.6, authentication mode C5)."""

from __future__ import annotations

import hmac
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from emulator.domain.errors import UnknownAccount, WrongPassword
from emulator.platform import Platform
from emulator.surfaces.cec.auth_c5 import VDN_LOGINS, ConfigUser
from emulator.surfaces.cec.gateway.component import gateway
from emulator.surfaces.cec.gateway.desk import Gateway
from emulator.surfaces.cec.gateway.errors import failure
from emulator.surfaces.cec.request import CecRequest
from emulator.surfaces.coercion import Int, Text, spelled
from emulator.switch.model import Tenant

HIGHEST_WORK_NO = 59999


def _login(number: int) -> int:
    """Refuse what is neither an agent's number nor a VDN's id plus 100000."""
    if not (1 <= number <= HIGHEST_WORK_NO or number > VDN_LOGINS):
        raise ValueError("neither an agent nor a VDN")
    return number


class LoginBody(BaseModel):
    """An agent's number and password, or a VDN's id plus 100000 and password."""

    agent_id: Annotated[Int, AfterValidator(_login)] = spelled("agentId")
    password: Annotated[Text, Field(min_length=1)]


class ConfigGuid(BaseModel):
    """The guid for the interfaces that configure."""

    guid: str


@gateway.post(
    "/resource/config/login",
    section="4.6",
    auth=None,
    failures={WrongPassword: failure("100-004"), UnknownAccount: failure("100-004")},
)
def log_in_to_configure(call: CecRequest[Gateway], body: LoginBody) -> ConfigGuid:
    """Give who may configure a guid."""
    gateway = call.platform
    tenant = _verified_tenant(gateway.platform, body.agent_id, body.password)
    guid = gateway.config_sessions.open(ConfigUser(body.agent_id, tenant))
    call.set_header("Guid", guid)
    return ConfigGuid(guid=guid)


def _verified_tenant(platform: Platform, login: int, password: str) -> int:
    """The tenant that the user with this password may configure."""
    tenant = _tenant_of_login(platform, login)
    if tenant is not None:
        secret = tenant.config.secrets.get("config_password", "")
        if not secret or not hmac.compare_digest(secret.encode(), password.encode()):
            raise WrongPassword(login, 0)
        return tenant.id
    agent = platform.switch.agents.get(login)
    if agent is None:
        raise UnknownAccount(login)
    platform.accounts.verify(login, password, platform.now)
    return agent.tenant.id


def _tenant_of_login(platform: Platform, login: int) -> Tenant | None:
    """The tenant with this login: its configured one, else its id plus 100000."""
    for tenant in platform.switch.tenants.values():
        if tenant.config.secrets.get("config_login") == str(login):
            return tenant
    return platform.switch.tenants.get(login - VDN_LOGINS)
