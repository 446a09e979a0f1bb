"""The management component: its envelope, its errors, its door."""

from __future__ import annotations

from typing import Any

from emulator.platform import Platform
from emulator.surfaces.cec.auth_c1 import ApplicationRequest, BearerGate, BearerTokens
from emulator.surfaces.cec.component import Component, Door
from emulator.surfaces.cec.envelope import write_json
from emulator.surfaces.cec.errors import ErrorTable, Failure, Unauthenticated
from emulator.switch.errors import SwitchError
from emulator.switch.model import Tenant

ManagementRequest = ApplicationRequest[Platform]


class ManagementEnvelope:
    """`returnCode` and `description` beside the fields of the answer itself."""

    __slots__ = ()

    def success(self, result: object, message: str) -> bytes:
        """Write a success; the result's fields stand at the top."""
        fields = result if isinstance(result, dict) else {}
        return write_json({"returnCode": "0", "description": message, **fields})

    def failure(self, failure: Failure) -> bytes:
        """Write a refusal."""
        return write_json({"returnCode": failure.code, "description": failure.message})

    def model(self, result: Any) -> Any:
        """Give the model of the answer: fields at the top, so a plain object."""
        return dict[str, Any]


class OtherTenant(SwitchError):
    """The application acts for a tenant that has no such thing."""


management: Component[Platform] = Component(
    "management",
    prefix="/apiaccess/rest/cc-management/v1",
    envelope=ManagementEnvelope(),
    errors=ErrorTable(
        {
            Unauthenticated: Failure("401", "authentication failed", status=401),
            SwitchError: Failure("1", "the operation failed"),
        },
        parameter=Failure("1", "invalid parameter"),
        unforeseen=Failure("1", "internal error", status=500),
        unknown_path=Failure("404", "not found", status=404),
        wrong_method=Failure("405", "method not allowed", status=405),
    ),
    auth="C1",
    wrappers=("requestParam", "requestParams", "queryParam", "reqBody"),
)


def tenant_of(call: ManagementRequest) -> Tenant:
    """The tenant whose application this is."""
    for tenant in call.platform.switch.tenants.values():
        if tenant.config.secrets.get("app_key") == call.app_key:
            return tenant
    raise OtherTenant("the application belongs to no tenant")


def open_management(platform: Platform, tokens: BearerTokens) -> Door[Platform]:
    """The component's door for a platform."""
    gates = {"C1": BearerGate(tokens, lambda: platform.now)}
    return management.open(platform, gates, life=platform, traffic=platform.traffic)
