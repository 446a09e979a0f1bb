"""Subscriptions to what is recognised on a tenant's calls, and their notifications (CEC 6.3).

A subscription lives as long as its client shakes hands, in domain time. Each has an outbox of its
own: notifications arrive one by one and in order, and are repeated until they are confirmed.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from emulator.domain.numbers import Numbers
from emulator.domain.recognition import Recogniser, Recognition
from emulator.platform import Platform
from emulator.snapshot.part import Part, attribute
from emulator.surfaces.cec.gateway.outbox import Outbox, Post
from emulator.surfaces.cec.gateway.push import Courier

RECOGNITION = "1"
"""The only type of subscription there is."""
SILENCE = 5 * 60 * 1_000_000
"""µs without a handshake after which a subscription is no longer valid."""
NOTIFICATION = "/v100/subscribe/asrevent/asrresult"
AGENT, SUBSCRIBER = "1", "2"
NOT_ENCRYPTED = "0"


@dataclass(slots=True)
class Terms:
    """What a subscriber asks for. `flow` is the access code of a chatbot's flow, or empty."""

    uri: str
    analysed: bool
    flow: str


class UnknownSubscription(Exception):
    """The tenant has no such subscription, or has it no longer."""


@dataclass(slots=True)
class KeptSubscription:
    """A subscription in a snapshot. What was on its way is sent again."""

    id: str
    tenant: int
    terms: Terms
    token: str
    heard_at: int
    events: list[dict[str, Any]]
    dropped: int


class Subscription(Outbox):
    """One subscription, with the notifications that wait for its client."""

    __slots__ = ("heard_at", "id", "tenant", "terms", "token")

    def __init__(self, number: str, tenant: int, terms: Terms, token: str, now: int) -> None:
        super().__init__()
        self.id = number
        self.tenant = tenant
        self.terms = terms
        self.token = token
        self.heard_at = now

    @property
    def label(self) -> str:
        """Whose events they are, for the log."""
        return f"subscription {self.id}"

    @property
    def stream(self) -> Hashable:
        """Each subscription is a stream of its own."""
        return self.id

    def kept(self) -> KeptSubscription:
        """The same for a snapshot."""
        return KeptSubscription(
            self.id,
            self.tenant,
            self.terms,
            self.token,
            self.heard_at,
            list(self.events),
            self.dropped,
        )

    def post(self, events: list[dict[str, Any]]) -> Post:
        """One notification; address and token are those that are good now."""
        headers = {"service_token": self.token} if self.token else {}
        uri = self.terms.uri.rstrip("/") + NOTIFICATION
        return Post(uri, headers, orjson.dumps(events[0]), "6.3.6", tenant=self.tenant)


def _taken_up(kept: KeptSubscription) -> Subscription:
    subscription = Subscription(kept.id, kept.tenant, kept.terms, kept.token, kept.heard_at)
    subscription.events.extend(kept.events)
    subscription.dropped = kept.dropped
    return subscription


class Subscriptions:
    """All subscriptions at a gateway; hears what the recogniser tells."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._recogniser = Recogniser(lambda call: platform.switch.calls.get(call), self._tell)
        self._subscriptions: dict[str, Subscription] = {}
        self._woken: dict[Subscription, None] = {}
        self._numbers = Numbers()
        self._courier = Courier[Subscription](platform, self._is_over, lambda _: None)
        platform.subscribe(self._recogniser)

    def add(self, tenant_id: int, terms: Terms, token: str) -> Subscription:
        """Subscribe to what is recognised on the tenant's calls."""
        tenant = self._platform.switch.tenant(tenant_id)
        now = self._platform.now
        second = datetime.fromtimestamp(now // 1_000_000, UTC).strftime("%Y%m%d%H%M%S")
        number = f"{second}-{tenant.config.cc_id:03}-{next(self._numbers):05}"
        self._drop_silent()
        self._subscriptions[number] = Subscription(number, tenant_id, terms, token, now)
        return self._subscriptions[number]

    def get(self, tenant_id: int, number: str) -> Subscription:
        """A valid subscription of the tenant."""
        tenant = self._platform.switch.tenant(tenant_id)
        self._drop_silent()
        found = self._subscriptions.get(number)
        if found is None or found.tenant != tenant.id:
            raise UnknownSubscription(number)
        return found

    def remove(self, subscription: Subscription) -> None:
        """End a subscription; what waits for its client is not sent any more."""
        del self._subscriptions[subscription.id]
        self._courier.abandon(subscription)

    def parts(self) -> Sequence[Part]:
        """What a snapshot keeps of them."""
        return (
            self._recogniser.part(),
            Part("subscriptions", list[KeptSubscription], self._save, self._load),
            attribute(self._numbers, "last", int, "subscription numbers"),
        )

    def _save(self) -> list[KeptSubscription]:
        return [it.kept() for it in self._subscriptions.values()]

    def _load(self, kept: list[KeptSubscription]) -> None:
        self._subscriptions = {it.id: _taken_up(it) for it in kept}
        for subscription in self._subscriptions.values():
            self._courier.deliver(subscription)

    def shake_hands(self, subscription: Subscription) -> None:
        """The client lives."""
        subscription.heard_at = self._platform.now

    def forget(self, tenant: int | None = None) -> None:
        """The world, or a tenant, begins anew."""
        for subscription in list(self._subscriptions.values()):
            if tenant in (None, subscription.tenant):
                self.remove(subscription)
        self._recogniser.forget(tenant)
        if tenant is None:
            self._woken.clear()

    async def stop(self) -> None:
        """Send nothing more."""
        await self._courier.stop()

    def _is_over(self, subscription: Subscription) -> bool:
        return self._platform.now - subscription.heard_at >= SILENCE

    def _drop_silent(self) -> None:
        for subscription in list(self._subscriptions.values()):
            if self._is_over(subscription):
                self.remove(subscription)

    # Notifications

    def _tell(self, recognition: Recognition) -> None:
        self._drop_silent()
        for subscription in self._subscriptions.values():
            if subscription.tenant == recognition.talk.tenant:
                subscription.add(self._notification(subscription, recognition))
                if not self._woken:
                    self._platform.after_commit(self._send)
                self._woken[subscription] = None

    def _send(self) -> None:
        woken, self._woken = self._woken, {}
        for subscription in woken:
            if subscription.id in self._subscriptions:
                self._courier.deliver(subscription)

    def _notification(self, subscription: Subscription, told: Recognition) -> dict[str, Any]:
        talk, terms = told.talk, subscription.terms
        tenant = self._platform.switch.tenant(talk.tenant)
        notification = {
            "subscribetype": RECOGNITION,
            "curuserdn": talk.customer,
            "serverid": subscription.id,
            "initialagentid": str(talk.agent),
            "result": _result(told),
            "ccid": str(tenant.config.cc_id),
            "createTime": told.at // 1000,
            "vdnid": str(talk.tenant),
            "talkertype": AGENT if told.agent else SUBSCRIBER,
            "talkerid": str(told.agent or talk.customer),
            "asrusercase": str(int(told.stage)),
            "curcallid": talk.call,
            "calldata": _call_data(terms),
        }
        if terms.analysed and told.analysis:
            notification["nlpResult"] = orjson.loads(told.analysis)
        return notification


def _result(told: Recognition) -> dict[str, str]:
    """What was recognised; begin and end of a recognition carry no content."""
    return {
        "iscontentenc": NOT_ENCRYPTED,
        "confidence": str(told.confidence),
        "content": told.text,
    }


def _call_data(terms: Terms) -> str:
    data = {
        "nlpFlag": terms.analysed,
        "flowAccessCode": terms.flow,
        "callbackUrl": terms.uri,
    }
    return orjson.dumps(data).decode()
