"""The monitoring component: its envelopes, its errors, its door (CEC 12.3, 12.3.8.2)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, ParamSpec, TypeVar

from pydantic import BaseModel

from emulator.platform import Platform, real_time
from emulator.surfaces.cec.auth_c2 import DeveloperRequest, SignatureGate
from emulator.surfaces.cec.component import Component, Door
from emulator.surfaces.cec.developers import secret_of, tenant_with
from emulator.surfaces.cec.envelope import write_json
from emulator.surfaces.cec.errors import ErrorTable, Failure, Unauthenticated
from emulator.switch.errors import SwitchError
from emulator.switch.model import Tenant

CmsRequest = DeveloperRequest[Platform]

R = TypeVar("R")
P = ParamSpec("P")
T = TypeVar("T")

SUCCESS = "0100000"
FAILED = "0100001"
INVALID_PARAMETER = "0100002"
NEEDS_R008 = "0100003"
UNKNOWN_ERROR = "0100999"
INSPECTION_ABNORMAL = "0101001"
NO_SUCH_NUMBER = "0101002"
NO_PERMISSION = "0101003"

CODES = (FAILED, INVALID_PARAMETER, UNKNOWN_ERROR, NO_PERMISSION)
"""What every interface of the component may answer; a call center that is not there included."""


@dataclass(frozen=True, slots=True)
class Compatible(Generic[R]):
    """A result that clients of 8.13 and before find as `resultDatas`, beside a `result` of "0".

    `beside` are fields that stand at the top, such as `count`; without `copies` there is only the
    `result` of "0".
    """

    value: R
    beside: Mapping[str, Any] = field(default_factory=dict)
    copies: bool = True


class CmsAnswer(BaseModel, Generic[R]):
    """The answer with a result."""

    resultCode: str
    resultDesc: R


class CompatibleAnswer(CmsAnswer[R], Generic[R]):
    """The answer with copies for earlier clients."""

    result: str
    resultDatas: R | None = None
    count: int | None = None


class CmsEnvelope:
    """`resultCode` and `resultDesc`, with copies for earlier clients where they are documented."""

    __slots__ = ()

    def success(self, result: object, message: str) -> bytes:
        """Write a success; a handler that returned None says `message`."""
        if not isinstance(result, Compatible):
            return write_json(
                {"resultCode": SUCCESS, "resultDesc": message if result is None else result}
            )
        copy = {"resultDatas": result.value} if result.copies else {}
        head = {"result": "0", "resultCode": SUCCESS, **result.beside}
        return write_json({**head, **copy, "resultDesc": result.value})

    def failure(self, failure: Failure) -> bytes:
        """Write a refusal."""
        return write_json({"resultCode": failure.code, "resultDesc": failure.message})

    def model(self, result: Any) -> Any:
        """Give the model of the answer."""
        if getattr(result, "__origin__", None) is Compatible:
            return CompatibleAnswer[result.__args__[0]]
        kind: Any = str if result in (None, type(None)) else result
        return CmsAnswer[kind]


class NoPermission(SwitchError):
    """The access key is not of that VDN."""


class WrongCtiVersion(SwitchError):
    """The interface needs a CTI platform V300R008."""


class NotFound(SwitchError):
    """What the request names is not there."""


class NoSuchNumber(SwitchError):
    """No phone of the platform has the number."""


class InvalidParameter(SwitchError):
    """A parameter is well-formed, and does not fit the others or the call center."""


cms: Component[Platform] = Component(
    "cms",
    prefix="/rest/cmsapp",
    envelope=CmsEnvelope(),
    errors=ErrorTable(
        {
            Unauthenticated: Failure(NO_PERMISSION, "Authentication failed", status=401),
            NoPermission: Failure(NO_PERMISSION, "Insufficient permission"),
            NoSuchNumber: Failure(
                NO_SUCH_NUMBER, "The number to be queried does not exist on the UAP"
            ),
            InvalidParameter: Failure(INVALID_PARAMETER, "Invalid parameter"),
            WrongCtiVersion: Failure(
                NEEDS_R008,
                "The current interface supports only CTI V300R008. "
                "The current CTI version is V300R006.",
            ),
            SwitchError: Failure(FAILED, "The interface fails to be invoked"),
        },
        parameter=Failure(INVALID_PARAMETER, "Invalid parameter"),
        unforeseen=Failure(UNKNOWN_ERROR, "Unknown error"),
        unknown_path=Failure(FAILED, "No such interface", status=404),
        wrong_method=Failure(FAILED, "No such method", status=405),
    ),
    auth="C2",
    wrappers=("queryParam", "requestParam", "reqBody"),
)


def not_in_cti_3_6(handler: Callable[P, T]) -> Callable[P, T]:
    """Refuse an interface that the older CTI platform does not have, where that one is emulated."""

    @functools.wraps(handler)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        call: Any = args[0]
        if call.platform.settings.cti_version == "V300R006":
            raise WrongCtiVersion("needs CTI V300R008")
        return handler(*args, **kwargs)

    return checked


# Whom a key may ask about


def is_global(call: CmsRequest) -> bool:
    """Whether the key is the platform's own, and may ask about every VDN."""
    return bool(call.access_key) and call.access_key == call.platform.settings.global_ak


def require_global(call: CmsRequest) -> None:
    """Refuse every key but the platform's own."""
    if not is_global(call):
        raise NoPermission("only the platform's own key may ask that")


def tenants_of(call: CmsRequest) -> list[Tenant]:
    """The VDNs that the key may ask about."""
    if is_global(call):
        return list(call.platform.switch.tenants.values())
    own = tenant_with(call.platform, call.access_key)
    return [] if own is None else [own]


def tenant_of(call: CmsRequest, vdn: int, cc_id: int | None = None) -> Tenant:
    """The VDN, if the key may ask about it and it is in that call center (None: wherever)."""
    tenant = call.platform.switch.tenants.get(vdn)
    if tenant is None and is_global(call):
        raise NotFound(f"there is no VDN {vdn}")
    if tenant is None or tenant not in tenants_of(call):
        raise NoPermission(f"the key is not of VDN {vdn}")
    if cc_id is not None and cc_id != tenant.config.cc_id:
        raise InvalidParameter(f"VDN {vdn} is not in call center {cc_id}")
    return tenant


def _secret_of(platform: Platform, access_key: str) -> str | None:
    settings = platform.settings
    if settings.global_ak and access_key == settings.global_ak:
        return settings.global_sk
    return secret_of(platform, access_key)


def open_cms(platform: Platform) -> Door[Platform]:
    """The component's door for a platform; who comes will ask for history, too."""
    platform.reports.prepare()
    window = platform.settings.signature_window
    gate = SignatureGate(functools.partial(_secret_of, platform), real_time, window or None)
    return cms.open(platform, {"C2": gate}, life=platform, traffic=platform.traffic)
