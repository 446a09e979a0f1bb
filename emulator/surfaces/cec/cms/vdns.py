"""What a VDN is configured with: agents, called routes, skill groups, tenants (CEC 12.3.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from emulator.surfaces.cec.cms.component import (
    CODES,
    NEEDS_R008,
    CmsRequest,
    Compatible,
    InvalidParameter,
    cms,
    not_in_cti_3_6,
    require_global,
    tenant_of,
    tenants_of,
)
from emulator.surfaces.cec.cms.fields import CallCenterBody, CcId, Offset, VdnId, page
from emulator.surfaces.coercion import DigitText, Int, spelled
from emulator.switch.config import AgentConfig, RouteConfig, SkillConfig, TenantConfig
from emulator.switch.model import Tenant
from emulator.switch.terms import TargetType


class Vdn(TypedDict):
    """A VDN (Table 12-577)."""

    vdn: int
    vdnName: str


class ConfiguredAgent(TypedDict):
    """An agent (Table 12-580)."""

    agentNo: str
    agentName: str
    roleId: str
    skillId: str


class CalledRoute(TypedDict):
    """Where a dialled number leads (Table 12-583)."""

    ccId: int
    vdnId: int
    accessCode: str
    subCode: str
    deviceType: str
    deviceName: str
    deviceNo: str
    dnid: str


class TenantAccessCode(TypedDict):
    """An access code of a tenant (Table 12-598)."""

    accessCode: str
    isDefault: bool


class TenantAgent(TypedDict):
    """An agent of a tenant (12.3.3.4)."""

    workNo: int
    sipAccount: str
    accountCode: str
    agentType: int


class TenantSpace(TypedDict):
    """A tenant (Table 12-597)."""

    ccId: int
    vdnId: int
    tenantId: str
    accessCodes: list[TenantAccessCode]
    tenantSpaceName: str


class TenantDetail(TenantSpace):
    """A tenant with its agents (Table 12-587)."""

    agents: list[TenantAgent]


class GroupedSkill(TypedDict):
    """A queue of a skill group (Table 12-593)."""

    skillId: int
    skillPower: int
    agentPower: int


class SkillGroup(TypedDict):
    """A skill group (Table 12-592)."""

    id: int
    skills: list[GroupedSkill]
    groupName: str


class OneCallCenterBody(BaseModel):
    """Which call center."""

    cc_id: CcId = spelled("ccId", "ccid", "cclId")


@cms.post("/v1/openapi/configures/vdns", section="12.3.3.1", codes=CODES)
def vdns(call: CmsRequest, body: OneCallCenterBody) -> Compatible[list[Vdn]]:
    """List the VDNs of a call center; for the platform's own key only."""
    require_global(call)
    found = [it.config for it in tenants_of(call) if it.config.cc_id == body.cc_id]
    return Compatible([Vdn(vdn=it.id, vdnName=it.name) for it in found])


class AgentsPath(BaseModel):
    """Which VDN, and which page of its agents; without a page all of them."""

    cc_id: CcId = spelled("ccId")
    vdn: VdnId
    offset: Offset | None = None
    limit: Annotated[Int, Field(ge=1, le=100)] | None = None


@cms.get(
    "/v1/openapi/configures/agents/{ccId}/{vdn}/{offset}/{limit}",
    section="12.3.3.2",
    codes=CODES,
    also=("/v1/openapi/configures/agents/{ccId}/{vdn}",),
)
def agents(call: CmsRequest, path: AgentsPath) -> Compatible[list[ConfiguredAgent]]:
    """List the agents; with a page in the path that page, and how many there are."""
    found = tenant_of(call, path.vdn, path.cc_id).config.agents
    if path.offset is None or path.limit is None:
        return Compatible([_agent(it) for it in found])
    shown = page(found, path.offset, path.limit)
    return Compatible([_agent(it) for it in shown], {"count": len(found)})


def _agent(it: AgentConfig) -> ConfiguredAgent:
    return ConfiguredAgent(
        agentNo=str(it.work_no),
        agentName=it.name,
        roleId=str(int(it.role)),
        skillId=";".join(str(skill.queue) for skill in it.skills),
    )


@cms.get("/v1/openapi/configures/calledconfigs/{ccId}/{vdn}", section="12.3.3.3", codes=CODES)
def called_routes(call: CmsRequest, ccId: CcId, vdn: VdnId) -> Compatible[list[CalledRoute]]:
    """List where access codes lead; a route's `dnid` is its place in the configuration."""
    tenant = tenant_of(call, vdn, ccId)
    routes = ((code.code, it) for code in tenant.config.access_codes for it in code.routes)
    return Compatible(
        [_route(tenant, place, code, it) for place, (code, it) in enumerate(routes, start=1)]
    )


def _route(tenant: Tenant, place: int, code: str, it: RouteConfig) -> CalledRoute:
    return CalledRoute(
        ccId=tenant.config.cc_id,
        vdnId=tenant.id,
        accessCode=code,
        subCode=it.extension,
        deviceType=str(int(it.target)),
        deviceName=_name_of(tenant.config, it),
        deviceNo=str(it.target_id),
        dnid=str(place),
    )


def _name_of(config: TenantConfig, route: RouteConfig) -> str:
    targets = config.queues if route.target is TargetType.QUEUE else config.flows
    return next((it.name for it in targets if it.id == route.target_id), "")


# Tenants; the id of a tenant's space is that of its VDN


class TenantBody(CallCenterBody):
    """Which tenant."""

    tenant_id: DigitText = spelled("tenantId")


@cms.post("/v1/openapi/tenant/querytenantdetail", section="12.3.3.4", codes=CODES)
def tenant_detail(call: CmsRequest, body: TenantBody) -> list[TenantDetail]:
    """Describe a tenant with all its agents."""
    vdn = next((it.id for it in tenants_of(call) if str(it.id) == body.tenant_id), 0)
    tenant = tenant_of(call, vdn, body.cc_id)
    return [
        TenantDetail(
            **_space(tenant),
            agents=[
                TenantAgent(
                    workNo=it.work_no,
                    sipAccount=it.phone,
                    accountCode=it.account,
                    agentType=int(it.agent_type),
                )
                for it in tenant.config.agents
            ],
        )
    ]


@cms.post("/v1/openapi/tenant/querytenants", section="12.3.3.6", codes=CODES)
def tenants(call: CmsRequest, body: CallCenterBody) -> list[TenantSpace]:
    """List the tenants that the key may ask about."""
    found = [it for it in tenants_of(call) if body.cc_id in (None, it.config.cc_id)]
    if not found:
        raise InvalidParameter(f"there is no tenant in call center {body.cc_id}")
    return [_space(it) for it in found]


def _space(tenant: Tenant) -> TenantSpace:
    config = tenant.config
    return TenantSpace(
        ccId=config.cc_id,
        vdnId=tenant.id,
        tenantId=str(tenant.id),
        accessCodes=[
            TenantAccessCode(accessCode=it.code, isDefault=place == 0)
            for place, it in enumerate(config.access_codes)
        ],
        tenantSpaceName=config.name,
    )


# Skill groups


@cms.get("/v1/openapi/skillgroups/{ccId}/{vdnId}", section="12.3.3.5", codes=(*CODES, NEEDS_R008))
@not_in_cti_3_6
def skill_groups(call: CmsRequest, ccId: CcId, vdnId: VdnId) -> list[SkillGroup]:
    """List the skill groups: each is a set of skills that agents have, in the agents' order."""
    sets = _skill_sets(tenant_of(call, vdnId, ccId).config)
    return [
        SkillGroup(
            id=place,
            skills=[
                GroupedSkill(
                    skillId=it.queue, skillPower=it.skill_weight, agentPower=it.agent_weight
                )
                for it in skills
            ],
            groupName=f"skillgroup{place}",
        )
        for place, skills in enumerate(dict.fromkeys(sets), start=1)
    ]


def _skill_sets(config: TenantConfig) -> Iterator[tuple[SkillConfig, ...]]:
    for agent in config.agents:
        if agent.skills:
            yield tuple(sorted(agent.skills, key=lambda it: it.queue))
