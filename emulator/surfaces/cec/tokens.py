"""The component that hands out bearer tokens (CEC 4.2): `apigovernance`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.platform import Platform
from emulator.surfaces.cec.auth_c1 import MICROSECONDS, BearerTokens
from emulator.surfaces.cec.component import Component, Door
from emulator.surfaces.cec.envelope import write_json
from emulator.surfaces.cec.errors import ErrorTable, Failure, Unauthenticated
from emulator.surfaces.cec.request import CecRequest
from emulator.surfaces.coercion import Int, Text, spelled

DEFAULT_LIFETIME_S = 600
MAX_LIFETIME_S = 3600


@dataclass(frozen=True, slots=True)
class TokenOffice:
    """What the token interface needs of a platform."""

    tokens: BearerTokens
    now: Callable[[], int]
    """Domain time in microseconds since the epoch."""
    scope: str = "call-center"


class TokenBody(BaseModel):
    """An application's key and secret."""

    app_key: Annotated[Text, Field(min_length=1)]
    app_secret: Annotated[Text, Field(min_length=1)]


class TokenHeaders(BaseModel):
    """How long the token is wanted for, in seconds."""

    lifetime_s: Annotated[Int, Field(ge=1, le=MAX_LIFETIME_S)] = spelled(
        "x-token-expire", default=DEFAULT_LIFETIME_S
    )


class TokenAnswer(BaseModel):
    """An issued token; the numbers are decimal text, CreateTime in seconds since the epoch."""

    AccessToken: str
    ApplyType: str
    CreateTime: str
    Expires: str
    Scope: str
    AppKey: str
    UserID: str


class TokenEnvelope:
    """The token interface has no envelope; the reference does not show its refusals."""

    __slots__ = ()

    def success(self, result: object, message: str) -> bytes:
        """Write the result alone."""
        return write_json(result)

    def failure(self, failure: Failure) -> bytes:
        """Write code and text of a refusal."""
        return write_json({"resultCode": failure.code, "resultDesc": failure.message})

    def model(self, result: Any) -> Any:
        """Give the model of the answer: the result's."""
        return result


UNAUTHORIZED = Failure("401", "authentication failed", status=401)

apigovernance: Component[TokenOffice] = Component(
    "apigovernance",
    prefix="/apigovernance",
    envelope=TokenEnvelope(),
    errors=ErrorTable(
        {Unauthenticated: UNAUTHORIZED},
        parameter=Failure("400", "invalid parameter", status=400),
        unforeseen=Failure("500", "internal error", status=500),
        unknown_path=Failure("404", "not found", status=404),
        wrong_method=Failure("405", "method not allowed", status=405),
    ),
    auth=None,
)


@apigovernance.post("/api/oauth/tokenByAkSk", section="4.2")
def token_by_ak_sk(
    call: CecRequest[TokenOffice], headers: TokenHeaders, body: TokenBody
) -> TokenAnswer:
    """Issue a token to an application."""
    office = call.platform
    now = office.now()
    token = office.tokens.issue(body.app_key, body.app_secret, headers.lifetime_s, now)
    return TokenAnswer(
        AccessToken=token.text,
        ApplyType="Bearer",
        CreateTime=str(token.issued_at // MICROSECONDS),
        Expires=str(headers.lifetime_s),
        Scope=office.scope,
        AppKey=token.app_key,
        UserID="Anonymous",
    )


def open_token_office(platform: Platform, tokens: BearerTokens) -> Door[TokenOffice]:
    """The component's door for a platform."""
    office = TokenOffice(tokens, lambda: platform.now)
    return apigovernance.open(office, {}, life=platform, traffic=platform.traffic)
