"""How the monitoring interfaces show agents and calls: times, codes, what is not there (12.3.8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from emulator.domain.indicators.definition import Indicator
from emulator.domain.live.views import AgentView, read
from emulator.platform import Platform
from emulator.surfaces.cec.cms.component import InvalidParameter
from emulator.surfaces.coercion import Text
from emulator.switch.model import Agent, Call, Queue, Tenant
from emulator.switch.terms import AgentType, CallType, MediaType

MILLISECOND, SECOND = 1_000, 1_000_000

NOT_SIGNED_IN_AT = 4294967295000
"""The sign-in time of an agent that is not signed in: in 2106 (Table 12-461)."""
NO_PREVIOUS_TIME = 4294967295
NO_REASON = 65535
NO_CALL = "4294967295-4294967295"
LOCATION = 65535
"""Reserved, without a meaning."""
NO_GROUP = -1
COMMON_AGENT = 1
SERVICE = 1
"""The only service type of a VDN: the configuration has no others."""
REAL_QUEUE = 1

STATUS = (2, 4, 7, 7, 7, 7, 5, 3, 8, 0)
"""Tables 12-443, 12-482 and 12-725, by the CTI platform's state, which is the switch's own."""

_NO_MEDIA = 0
_AGENT_MEDIA = {
    AgentType.AUDIO: MediaType.VOICE,
    AgentType.MULTIMEDIA: MediaType.TEXT_CHAT,
    AgentType.VIDEO: MediaType.VIDEO,
    AgentType.VERSATILE: MediaType.VOICE,
}

_FEATURES = {
    CallType.INBOUND: 0,
    CallType.INTERNAL: 1,
    CallType.OUTBOUND: 1,
    CallType.RESERVED: 40,
    CallType.PREOCCUPIED: 41,
    CallType.PREDICTED: 42,
    CallType.PREVIEWED: 44,
    CallType.CALLBACK: 45,
    CallType.TWO_PARTY_CONSULTATION: 51,
    CallType.THREE_PARTY_CONSULTATION: 51,
    CallType.MULTI_PARTY: 1,
}

_MEDIA_NAMES = {
    MediaType.TEXT_CHAT: "MEDIA_TYPE_CHAT",
    MediaType.CLICK_TO_DIAL: "MEDIA_TYPE_WEBPHONE",
    MediaType.CALLBACK: "MEDIA_TYPE_CALLBACK",
    MediaType.VOICE: "MEDIA_TYPE_PHONE",
    MediaType.PREDICTED_OUTBOUND: "MEDIA_TYPE_PREDICT_OUTBOUND",
    MediaType.PREVIEWED_OUTBOUND: "MEDIA_TYPE_PREVIEW_OUTBOUND",
    MediaType.MESSAGE: "MEDIA_TYPE_MSG",
    MediaType.CLICK_TO_DIAL_VIDEO: "MEDIA_TYPE_WEBPHONE_VIDEO",
    MediaType.VIDEO: "MEDIA_TYPE_PHONE_VIDEO",
    MediaType.WEB_CHAT: "MEDIA_TYPE_MULTI_MEDIA_WEBCHAT",
    MediaType.SOCIAL_CHAT: "MEDIA_TYPE_MULTI_MEDIA_SOCIALCHAT",
}

INBOUND = frozenset({CallType.INBOUND, CallType.CALLBACK})
OUTBOUND = frozenset(
    {
        CallType.OUTBOUND,
        CallType.RESERVED,
        CallType.PREOCCUPIED,
        CallType.PREDICTED,
        CallType.PREVIEWED,
    }
)

TrueOrFalse = Annotated[Text, Field(pattern="^(true|false)$")]
"""A truth that the reference writes as text."""
IndicatorIds = Annotated[list[Text], Field(min_length=1)]


# Agents


def view(platform: Platform, agent: Agent) -> AgentView:
    """The agent as it stands."""
    return AgentView(agent, platform.switch.now, platform.started_at)


def phone_of(agent: Agent) -> str:
    """Where the agent is signed in, or would sign in."""
    return agent.config.phone if agent.phone is None else agent.phone.number


def signed_in_at(agent: Agent) -> int:
    """When the agent signed in, in milliseconds."""
    return agent.logged_on_at // MILLISECOND if agent.signed_in else NOT_SIGNED_IN_AT


def media_of(agent: Agent) -> int:
    """What the agent is for, as a media type; 0 while it is not signed in."""
    return int(_AGENT_MEDIA[agent.config.agent_type]) if agent.signed_in else _NO_MEDIA


def agent_of(tenant: Tenant, work_no: int) -> Agent:
    """The agent that a request names."""
    agent = tenant.agents.get(work_no)
    if agent is None:
        raise InvalidParameter(f"VDN {tenant.id} has no agent {work_no}")
    return agent


def queue_of(tenant: Tenant, number: int) -> Queue:
    """The queue that a request names."""
    queue = tenant.queues.get(number)
    if queue is None:
        raise InvalidParameter(f"VDN {tenant.id} has no queue {number}")
    return queue


# Calls


class WaitingCall(TypedDict):
    """A call in a queue or flow."""

    callId: str
    customerLevel: int
    requestType: int


def feature(call: Call) -> int:
    """The call's feature (Table 12-699)."""
    return _FEATURES[call.type]


def media_name(call: Call) -> str:
    """The name of the call's media type (Table 12-695)."""
    return _MEDIA_NAMES[call.media]


def waiting(call: Call) -> WaitingCall:
    """A call and how important its customer is."""
    return WaitingCall(callId=call.id, customerLevel=call.priority, requestType=feature(call))


# Indicators


def chosen(ids: Sequence[str], table: Any) -> list[Indicator]:
    """The indicators with these codes; there must be no others, nor more than there are."""
    if len(ids) > len(table) or any(it not in table for it in ids):
        raise InvalidParameter("there are no such indicators")
    return [table[it] for it in ids]


def values(indicators: Iterable[Indicator], shown: object) -> list[tuple[str, Any]]:
    """Each indicator's code and its value for what is shown."""
    reading = read(shown)
    return [(it.code, it.value(reading)) for it in indicators]
