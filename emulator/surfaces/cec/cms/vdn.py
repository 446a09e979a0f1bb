"""All agents of a VDN: their phones, states and rights; the VDN's indicators (CEC 12.3.1.1)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from emulator.domain.indicators import realtime
from emulator.domain.live.views import TenantView
from emulator.surfaces.cec.cms import shown
from emulator.surfaces.cec.cms.component import (
    CODES,
    NEEDS_R008,
    CmsRequest,
    Compatible,
    cms,
    not_in_cti_3_6,
    tenant_of,
)
from emulator.surfaces.cec.cms.fields import (
    CallCenterBody,
    Offset,
    VdnBody,
    VdnId,
    agents_in_order,
    page,
)
from emulator.surfaces.cec.cms.shown import LOCATION, IndicatorIds
from emulator.surfaces.cec.envelope import write_json
from emulator.surfaces.cec.errors import Failure
from emulator.surfaces.coercion import Int, IntText, spelled
from emulator.switch.model import Agent

CODES_R008 = (*CODES, NEEDS_R008)


class PageBody(VdnBody):
    """At most 1,000 agents of a VDN, after the first `offset`."""

    offset: Offset
    limit: Annotated[Int, Field(ge=1, le=1000)]


class SmallPageBody(VdnBody):
    """At most 100 agents of a VDN, after the first `offset`."""

    offset: Offset
    limit: Annotated[Int, Field(ge=1, le=100)]


# Phones and states


class AgentPhone(TypedDict):
    """An agent's phone (Table 12-340)."""

    agentId: int
    phone: str


class AgentAbstract(TypedDict):
    """An agent's state and for how many seconds it has been in it (Table 12-344)."""

    agentId: int
    currentState: int
    currentStateTime: int
    locationId: int


class AgentStatus(TypedDict):
    """An agent's state (Tables 12-348, 12-395)."""

    agentId: int
    state: int


@cms.post("/v1/openapi/vdn/allagentphones", section="12.3.1.1.3", codes=CODES)
def phones(call: CmsRequest, body: PageBody) -> Compatible[list[AgentPhone]]:
    """List where agents are signed in, or would sign in."""
    agents = agents_in_order(body.tenant(call))
    return Compatible(
        [
            AgentPhone(agentId=it.work_no, phone=shown.phone_of(it))
            for it in page(agents, body.offset, body.limit)
        ],
        {"count": len(agents)},
    )


@cms.post("/v1/openapi/vdn/totalagentabstractex3", section="12.3.1.1.4", codes=CODES)
def abstracts(call: CmsRequest, body: PageBody) -> Compatible[list[AgentAbstract]]:
    """List agents' states with their durations."""
    agents = agents_in_order(body.tenant(call))
    found = [_abstract(call, it) for it in page(agents, body.offset, body.limit)]
    return Compatible(found, {"count": len(agents)})


def _abstract(call: CmsRequest, agent: Agent) -> AgentAbstract:
    view = shown.view(call.platform, agent)
    return AgentAbstract(
        agentId=agent.work_no,
        currentState=view.state,
        currentStateTime=view.state_time,
        locationId=LOCATION,
    )


@cms.post("/v1/openapi/vdn/totalagentdynamicinfo", section="12.3.1.1.5", codes=CODES)
def states(call: CmsRequest, body: SmallPageBody) -> Compatible[list[AgentStatus]]:
    """List agents' states, page by page."""
    agents = agents_in_order(body.tenant(call))
    found = [_status(it) for it in page(agents, body.offset, body.limit)]
    return Compatible(found, {"count": len(agents)})


@cms.post("/v1/openapi/vdn/totalagentstate", section="12.3.1.1.16", codes=CODES_R008)
@not_in_cti_3_6
def all_states(call: CmsRequest, body: VdnBody) -> Compatible[list[AgentStatus]]:
    """List the states of all agents."""
    return Compatible([_status(it) for it in agents_in_order(body.tenant(call))])


def _status(agent: Agent) -> AgentStatus:
    return AgentStatus(agentId=agent.work_no, state=int(agent.state))


class StatusEnvelope:
    """`returnCode`, `description` and `data` (12.3.1.3.13)."""

    __slots__ = ()

    def success(self, result: object, message: str) -> bytes:
        """Write a success."""
        return write_json({"returnCode": "0", "data": result, "description": message})

    def failure(self, failure: Failure) -> bytes:
        """Write a refusal."""
        return write_json({"returnCode": failure.code, "description": failure.message})

    def model(self, result: Any) -> Any:
        """Give the model of the answer."""
        return StatusAnswer


class StatusAnswer(BaseModel):
    """Agents by their state."""

    returnCode: str
    data: list[AgentAbstract]
    description: str


class StatusBody(BaseModel):
    """Which agents: those in a state of 12.3.8.3, or without it all."""

    cc_id: Annotated[IntText, Field(ge=1, le=65535)] = spelled("ccId", "ccid", "cclId")
    vdn: Annotated[IntText, Field(ge=1, le=5000)]
    status: Annotated[IntText, Field(ge=0, le=10)] | None = None
    offset: Offset
    limit: Annotated[Int, Field(ge=1, le=1000)]


@cms.post(
    "/v1/openapi/vdn/queryAgentByStatus",
    section="12.3.1.3.13",
    codes=CODES,
    envelope=StatusEnvelope(),
)
def by_status(call: CmsRequest, body: StatusBody) -> list[AgentAbstract]:
    """List the agents that are in a state."""
    agents = agents_in_order(tenant_of(call, body.vdn, body.cc_id))
    if body.status is not None:
        agents = [it for it in agents if it.state == body.status]
    return [_abstract(call, it) for it in page(agents, body.offset, body.limit)]


# Rights

_EVERYBODY = (*range(1, 13), 26, 27, 30)
_INSPECTORS = (13, 14, 15, 16, 17)
_BITS = 128


class AgentConfiguration(TypedDict):
    """What is configured of an agent (Tables 12-352, 12-390)."""

    agentId: int
    groupId: int
    rights: str
    name: str
    realFlag: int


@cms.post("/v1/openapi/vdn/queryagentstaticconfinfo", section="12.3.1.1.6", codes=CODES)
def configurations(call: CmsRequest, body: SmallPageBody) -> Compatible[list[AgentConfiguration]]:
    """List what is configured of agents, page by page."""
    agents = agents_in_order(body.tenant(call))
    found = [_configuration(it) for it in page(agents, body.offset, body.limit)]
    return Compatible(found, {"count": len(agents)})


@cms.post("/v1/openapi/vdn/querytotalagentinfo", section="12.3.1.1.15", codes=CODES_R008)
@not_in_cti_3_6
def all_configurations(call: CmsRequest, body: VdnBody) -> Compatible[list[AgentConfiguration]]:
    """List what is configured of all agents."""
    return Compatible([_configuration(it) for it in agents_in_order(body.tenant(call))])


def _configuration(agent: Agent) -> AgentConfiguration:
    return AgentConfiguration(
        agentId=agent.work_no,
        groupId=shown.NO_GROUP,
        rights=rights_of(agent),
        name=agent.config.name,
        realFlag=shown.COMMON_AGENT,
    )


def rights_of(agent: Agent) -> str:
    """What the switch lets the agent do, bit by bit (Table 12-353)."""
    rights = (*_EVERYBODY, *_INSPECTORS) if agent.is_inspector else _EVERYBODY
    return "".join("1" if bit in rights else "0" for bit in range(1, _BITS + 1))


# Indicators


class IndicatorValue(TypedDict):
    """An indicator (Table 12-400)."""

    id: str
    val: object


class VdnIndicators(TypedDict):
    """A VDN's indicators (Table 12-399)."""

    id: str
    idxs: list[IndicatorValue]


class VdnIndicatorsBody(CallCenterBody):
    """Which indicators of which VDNs."""

    vdn_ids: Annotated[list[VdnId], Field(min_length=1, max_length=100)] = spelled("vdnIds")
    index_ids: IndicatorIds = spelled("indexIds")


@cms.post("/v1/openapi/rindex/vdn", section="12.3.1.1.17", codes=CODES_R008)
@not_in_cti_3_6
def vdn_indicators(call: CmsRequest, body: VdnIndicatorsBody) -> list[VdnIndicators]:
    """Show real-time indicators of VDNs, all of which the key must be of."""
    tenants = [tenant_of(call, vdn, body.cc_id) for vdn in body.vdn_ids]
    indicators = shown.chosen(body.index_ids, realtime.VDN)
    live = call.platform.live
    return [
        VdnIndicators(
            id=str(it.id),
            idxs=[
                IndicatorValue(id=code, val=value)
                for code, value in shown.values(indicators, TenantView(live, it))
            ],
        )
        for it in tenants
    ]
