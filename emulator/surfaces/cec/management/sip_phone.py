"""The password with which an agent's phone registers (CEC 5.1.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.domain.accounts import broken_phone_rule
from emulator.domain.errors import AccountError, AccountLocked, PasswordRefused
from emulator.surfaces.cec.envelope import write_json
from emulator.surfaces.cec.errors import Failure
from emulator.surfaces.cec.management.component import (
    ManagementRequest,
    OtherTenant,
    management,
    tenant_of,
)
from emulator.surfaces.coercion import Text, spelled
from emulator.switch.config import PhoneConfig, TenantConfig
from emulator.switch.model import Agent, Tenant

FAILED = "1"


class PhoneEnvelope:
    """`resultCode` and `resultMessage`, which this interface has in place of the component's."""

    __slots__ = ()

    def success(self, result: object, message: str) -> bytes:
        """Write a success."""
        return write_json({"resultCode": "0", "resultMessage": message})

    def failure(self, failure: Failure) -> bytes:
        """Write a refusal: one code for all, with the cause."""
        return write_json({"resultCode": FAILED, "resultMessage": failure.message})

    def model(self, result: Any) -> Any:
        """Give the model of the answer."""
        return PhoneAnswer


class PhoneAnswer(BaseModel):
    """How it went."""

    resultCode: str  # noqa: N815
    resultMessage: str  # noqa: N815


class PasswordBody(BaseModel):
    """Whose phone, the agent's own password, and the phone's new one."""

    account: Annotated[Text, Field(min_length=1)] = spelled("userAccount")
    account_password: Annotated[Text, Field(min_length=1)] = spelled("accountPwd")
    phone_password: Annotated[Text, Field(min_length=8, max_length=16)] = spelled("newPhonePwd")


class NoSipPhone(OtherTenant):
    """The agent has no phone that could register."""


@management.post(
    "/sipPhone/updateSipPhonePassword",
    section="5.1.8",
    envelope=PhoneEnvelope(),
    failures={
        AccountError: Failure(FAILED, "wrong account or password"),
        AccountLocked: Failure(FAILED, "the account is locked"),
        PasswordRefused: Failure(FAILED, "the new password breaks the password rules"),
        NoSipPhone: Failure(FAILED, "the agent has no SIP phone"),
    },
)
async def change_phone_password(call: ManagementRequest, body: PasswordBody) -> None:
    """Change the password of the agent's phone; the next registration needs it."""
    platform, tenant = call.platform, tenant_of(call)
    agent = _agent(tenant, body.account)
    platform.accounts.verify(agent.work_no, body.account_password, platform.now)
    if rule := broken_phone_rule(body.phone_password):
        raise PasswordRefused(agent.work_no, rule)

    def plan(config: TenantConfig) -> Sequence[PhoneConfig]:
        for phone in config.phones:
            if phone.number == agent.config.phone:
                return (replace(phone, password=body.phone_password),)
        raise NoSipPhone(f"agent {agent.work_no} has no phone")

    await platform.edit(tenant.id, plan)


def _agent(tenant: Tenant, account: str) -> Agent:
    for agent in tenant.agents.values():
        if (agent.config.account or str(agent.work_no)) == account:
            return agent
    raise OtherTenant("there is no such account")
