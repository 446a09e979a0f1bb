"""Who rests, is about to, or waits to be allowed (CEC 12.3.1.1.2, 12.3.1.3.8, 12.3.8.13.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, NotRequired, Self

from pydantic import Field, model_validator
from typing_extensions import TypedDict

from emulator.platform import Platform
from emulator.surfaces.cec.cms.component import CODES, CmsRequest, Compatible, cms
from emulator.surfaces.cec.cms.fields import Offset, VdnBody, agents_in_order, page
from emulator.surfaces.cec.cms.legacy_envelope import EARLIER
from emulator.surfaces.cec.cms.shown import MILLISECOND, SECOND
from emulator.surfaces.cec.cms.vdn import PageBody
from emulator.surfaces.coercion import Int
from emulator.switch.model import Agent
from emulator.switch.terms import REST

WAITS_FOR_APPROVAL = 0
"""The only reason for which a rest waits (Tables 12-336, 12-488, 12-716): others are refused."""


class Kind(Enum):
    """How far a rest is."""

    RESTING = "onRest"
    ALLOWED = "allowRest"
    WAITING = "waitRest"


@dataclass(frozen=True, slots=True)
class Rest:
    """An agent's rest: `begin` in µs, `length` and `passed` in seconds."""

    agent: Agent
    kind: Kind
    begin: int
    length: int
    passed: int = 0


def rest_of(platform: Platform, agent: Agent) -> Rest | None:
    """The agent's rest, if it has or wants one."""
    if agent.state is REST:
        length = platform.tallies.of(agent).allowed // SECOND
        passed = (platform.switch.now - agent.state_since) // SECOND
        return Rest(agent, Kind.RESTING, agent.state_since, length, passed)
    asked = platform.live.asked_for_rest(agent)
    if agent.pending is not None and agent.pending.state is REST:
        return Rest(agent, Kind.ALLOWED, asked, agent.pending.duration)
    request = agent.tenant.rest_requests.get(agent.work_no)
    return None if request is None else Rest(agent, Kind.WAITING, asked, request[0])


def rests_of(platform: Platform, agents: Iterable[Agent]) -> list[Rest]:
    """The rests of some agents, in their order."""
    found = (rest_of(platform, it) for it in agents)
    return [it for it in found if it is not None]


def number_of(rests: list[Rest], kind: Kind) -> int:
    """How many are so far."""
    return sum(it.kind is kind for it in rests)


class RestDetail(TypedDict):
    """A rest (Table 12-335); how long it has lasted is spelled in two ways."""

    agentId: int
    cantRestCause: int
    vdnId: int
    ccId: int
    beginTime: int
    applyRestLength: int
    name: str
    reqRestDuration: NotRequired[int]
    reqRestDura: NotRequired[int]


class RestState(TypedDict):
    """Rests of a page of agents (Table 12-334)."""

    onRestAgentNum: int
    allowRestAgentNum: int
    waitRestAgentNum: int
    details: list[RestDetail]


@cms.post("/v1/openapi/vdn/queryagentreststate", section="12.3.1.1.2", codes=CODES)
def rest_state(call: CmsRequest, body: PageBody) -> Compatible[RestState]:
    """Show the rests of one page of agents."""
    agents = agents_in_order(body.tenant(call))
    rests = rests_of(call.platform, page(agents, body.offset, body.limit))
    state = RestState(
        onRestAgentNum=number_of(rests, Kind.RESTING),
        allowRestAgentNum=number_of(rests, Kind.ALLOWED),
        waitRestAgentNum=number_of(rests, Kind.WAITING),
        details=[_detail(it) for it in rests],
    )
    return Compatible(state, {"count": len(agents)})


def _detail(rest: Rest) -> RestDetail:
    tenant = rest.agent.tenant
    detail = RestDetail(
        agentId=rest.agent.work_no,
        cantRestCause=WAITS_FOR_APPROVAL,
        vdnId=tenant.id,
        ccId=tenant.config.cc_id,
        beginTime=rest.begin // MILLISECOND,
        applyRestLength=rest.length,
        name=rest.agent.config.name,
    )
    if rest.kind is Kind.RESTING:
        detail["reqRestDuration"] = detail["reqRestDura"] = rest.passed
    return detail


class RestsBody(VdnBody):
    """A page, which only the older CTI platform heeds; both limits of it are given, or neither."""

    offset: Offset | None = None
    limit: Annotated[Int, Field(ge=1, le=100)] | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.offset is None) != (self.limit is None):
            raise ValueError("limit and offset go together")
        return self


class AgentRest(TypedDict):
    """A rest (Table 12-487)."""

    agentName: str
    workNo: int
    cantRestReason: int
    beginTime: int
    restDuration: int


class AgentRests(TypedDict):
    """The rests of a VDN (Table 12-486)."""

    allowRestNum: int
    onRestNum: int
    waitRestNum: int
    agentsRestDetails: list[AgentRest]


@cms.post("/v1/openapi/agentgroup/agentrestinfos", section="12.3.1.3.8", codes=CODES)
def rests(call: CmsRequest, body: RestsBody) -> Compatible[AgentRests]:
    """Show the rests of a VDN."""
    agents = agents_in_order(body.tenant(call))
    pages = call.platform.settings.cti_version == "V300R006"
    if pages and body.offset is not None and body.limit is not None:
        agents = list(page(agents, body.offset, body.limit))
    found = rests_of(call.platform, agents)
    return Compatible(
        AgentRests(
            allowRestNum=number_of(found, Kind.ALLOWED),
            onRestNum=number_of(found, Kind.RESTING),
            waitRestNum=number_of(found, Kind.WAITING),
            agentsRestDetails=[
                AgentRest(
                    agentName=it.agent.config.name,
                    workNo=it.agent.work_no,
                    cantRestReason=WAITS_FOR_APPROVAL,
                    beginTime=it.begin // MILLISECOND,
                    restDuration=it.length,
                )
                for it in found
            ],
        )
    )


class EarlierRest(TypedDict):
    """A rest (12.3.8.13.3)."""

    agentname: str
    workno: int
    cantrestreason: int
    begintime: int
    restduration: int


class EarlierRests(TypedDict):
    """The rests of a VDN (12.3.8.13.3)."""

    allowrestnum: int
    onrestnum: int
    waitrestnum: int
    agentsrestdetails: list[EarlierRest]


@cms.post(
    "/v1/openapi/agentgroup/agentrestinfo", section="12.3.8.13.3", codes=CODES, envelope=EARLIER
)
def earlier_rests(call: CmsRequest, body: VdnBody) -> EarlierRests:
    """Show the rests of a VDN as before 8.13."""
    found = rests_of(call.platform, agents_in_order(body.tenant(call)))
    return EarlierRests(
        allowrestnum=number_of(found, Kind.ALLOWED),
        onrestnum=number_of(found, Kind.RESTING),
        waitrestnum=number_of(found, Kind.WAITING),
        agentsrestdetails=[
            EarlierRest(
                agentname=it.agent.config.name,
                workno=it.agent.work_no,
                cantrestreason=WAITS_FOR_APPROVAL,
                begintime=it.begin // MILLISECOND,
                restduration=it.length,
            )
            for it in found
        ],
    )
