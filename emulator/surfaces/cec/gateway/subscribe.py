"""Subscribing to the results of voice recognition (CEC 6.3.1–6.3.5)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from emulator.surfaces.cec.auth_c5 import MODE, ConfigRequest
from emulator.surfaces.cec.errors import ParameterError, Row, Unauthenticated
from emulator.surfaces.cec.gateway.component import gateway
from emulator.surfaces.cec.gateway.desk import Gateway
from emulator.surfaces.cec.gateway.errors import failure
from emulator.surfaces.cec.gateway.push import CallbackUri
from emulator.surfaces.cec.gateway.recognition import (
    RECOGNITION,
    Subscription,
    Terms,
    UnknownSubscription,
)
from emulator.surfaces.coercion import Bool, DigitText, Text, spelled

SUBSCRIBE = "/resource/config/subscribe"
MAX_FLOW = 64
"""Characters of a flow access code: with an address of 200 the call data stay below 1,024 bytes."""

SubscriberRequest = ConfigRequest[Gateway]


class WrongServiceToken(Exception):
    """A handshake with another token than that of the subscription."""


def _token(text: str) -> str:
    """Refuse what no header can carry."""
    if not (text.isascii() and text.isprintable()):
        raise ValueError("not a token")
    return text.strip()


ServerId = Annotated[Text, Field(min_length=1, max_length=64)]
ServiceToken = Annotated[Text, Field(max_length=256), AfterValidator(_token)]
FlowAccessCode = Annotated[DigitText, Field(max_length=MAX_FLOW)]


class TermsBody(BaseModel):
    """Where the notifications go, and whether they carry a semantic analysis."""

    uri: Annotated[CallbackUri, Field(min_length=1)] = spelled(
        "serviceCallBackUri", "serviceCallbackUri"
    )
    analysed: Bool = spelled("nlpFlag")
    flow: FlowAccessCode = spelled("flowAccessCode", default="")

    @model_validator(mode="after")
    def _flow_of_the_analysis(self) -> Self:
        if self.analysed and not self.flow:
            raise ValueError("a semantic analysis needs a flow")
        return self

    def terms(self) -> Terms:
        """The same, as the subscription keeps it."""
        return Terms(self.uri, self.analysed, self.flow if self.analysed else "")


class RegisterBody(TermsBody):
    """A new subscription."""

    kind: Annotated[DigitText, Field(pattern=f"^{RECOGNITION}$")] = spelled("subscribeType")
    token: ServiceToken = spelled("serviceToken", default="")


class ServerIdBody(BaseModel):
    """Which subscription."""

    server_id: ServerId = spelled("serverId", "serverid")


class SubscriptionId(BaseModel):
    """The subscription's number."""

    serverId: str  # noqa: N815


class HandshakeHeaders(BaseModel):
    """The token of the subscription."""

    token: Annotated[ServiceToken, Field(min_length=1)] = spelled("service_token")


def _codes(*own: str) -> tuple[str, ...]:
    return ("107-001", "107-002", "107-007", *own)


def _failures(unknown: str) -> Mapping[type[Exception], Row]:
    return {
        ParameterError: failure("107-002"),
        Unauthenticated: failure("107-007"),
        UnknownSubscription: failure(unknown),
        WrongServiceToken: failure(unknown),
    }


def _subscription(call: SubscriberRequest, number: str) -> Subscription:
    return call.platform.subscriptions.get(call.user.tenant, number)


@gateway.post(
    SUBSCRIBE + "/register",
    section="6.3.1",
    auth=MODE,
    codes=_codes(),
    failures=_failures("107-028"),
    unforeseen=failure("107-001"),
)
def register(call: SubscriberRequest, body: RegisterBody) -> SubscriptionId:
    """Subscribe to what is recognised on the calls of the user's VDN."""
    subscriptions = call.platform.subscriptions
    made = subscriptions.add(call.user.tenant, body.terms(), body.token)
    return SubscriptionId(serverId=made.id)


@gateway.post(
    SUBSCRIBE + "/modify",
    section="6.3.2",
    auth=MODE,
    codes=_codes("107-028"),
    failures=_failures("107-028"),
    unforeseen=failure("107-001"),
)
def modify(call: SubscriberRequest, query: ServerIdBody, body: TermsBody) -> SubscriptionId:
    """Change where notifications go and what they carry, from the next one on."""
    subscription = _subscription(call, query.server_id)
    subscription.terms = body.terms()
    return SubscriptionId(serverId=subscription.id)


@gateway.put(
    SUBSCRIBE + "/unregister",
    section="6.3.3",
    auth=MODE,
    codes=_codes("107-031"),
    failures=_failures("107-031"),
    unforeseen=failure("107-001"),
)
def unregister(call: SubscriberRequest, body: ServerIdBody) -> None:
    """End a subscription."""
    call.platform.subscriptions.remove(_subscription(call, body.server_id))


@gateway.get(
    SUBSCRIBE + "/handshake/{serviceid}",
    section="6.3.4",
    auth=MODE,
    codes=_codes("107-032"),
    failures=_failures("107-032"),
    unforeseen=failure("107-001"),
)
def handshake(call: SubscriberRequest, serviceid: ServerId) -> None:
    """Keep a subscription valid for five more minutes."""
    call.platform.subscriptions.shake_hands(_subscription(call, serviceid))


@gateway.post(
    SUBSCRIBE + "/handshake/{serviceid}",
    section="6.3.5",
    auth=MODE,
    codes=_codes("107-032"),
    failures=_failures("107-032"),
    unforeseen=failure("107-001"),
)
def handshake_with_token(
    call: SubscriberRequest, serviceid: ServerId, headers: HandshakeHeaders
) -> None:
    """Keep a subscription valid for five more minutes, and prove whose it is."""
    subscription = _subscription(call, serviceid)
    if not hmac.compare_digest(subscription.token, headers.token):
        raise WrongServiceToken(serviceid)
    call.platform.subscriptions.shake_hands(subscription)
