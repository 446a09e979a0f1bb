"""Interfaces from before 8.13 (CEC 12.3.8.13); that about rests is in `rests`."""

from __future__ import annotations

from typing_extensions import TypedDict

from emulator.domain.live.views import TenantView
from emulator.surfaces.cec.cms import shown
from emulator.surfaces.cec.cms.agents import AgentBody
from emulator.surfaces.cec.cms.component import CODES, CmsRequest, cms
from emulator.surfaces.cec.cms.fields import SkillsBody, VdnBody
from emulator.surfaces.cec.cms.legacy_envelope import EARLIER
from emulator.surfaces.cec.cms.queue_statistics import statistics_of
from emulator.surfaces.cec.cms.queues import SkillBody, views
from emulator.switch.model import Agent


class EarlierAgent(TypedDict):
    """An agent (12.3.8.13.1)."""

    workno: int
    vdnid: int
    citStatus: int
    name: str
    phonenumber: str | None
    logindate: int
    currentstatetime: int
    mediatype: int
    status: int


@cms.post(
    "/v1/openapi/agentgroup/agentbyworkno", section="12.3.8.13.1", codes=CODES, envelope=EARLIER
)
def agent(call: CmsRequest, body: AgentBody) -> EarlierAgent:
    """Show an agent."""
    found = body.agent(call)
    view = shown.view(call.platform, found)
    return EarlierAgent(
        workno=found.work_no,
        vdnid=found.tenant.id,
        citStatus=view.state,
        name=found.config.name,
        phonenumber=view.phone,
        logindate=shown.signed_in_at(found),
        currentstatetime=view.state_time,
        mediatype=shown.media_of(found),
        status=shown.STATUS[found.state],
    )


class EarlierSystemState(TypedDict):
    """Agents by what they can do (12.3.8.13.2)."""

    busyagent: int
    talkingnum: int
    idleagent: int
    totalloginagent: int


@cms.post(
    "/v1/openapi/querymonitor/systemstate", section="12.3.8.13.2", codes=CODES, envelope=EARLIER
)
def system_state(call: CmsRequest, body: VdnBody) -> EarlierSystemState:
    """Count the agents of a VDN by state."""
    agents = TenantView(call.platform.live, body.tenant(call)).agents
    return EarlierSystemState(
        busyagent=agents.busy,
        talkingnum=agents.talking,
        idleagent=agents.idle,
        totalloginagent=agents.signed_in,
    )


class EarlierStatistics(TypedDict):
    """A queue's agents and calls (12.3.8.13.4)."""

    skillId: int
    agentLoginNums: int
    agentTalkingNums: int
    agentIdleNums: int
    agentAvailableNums: int
    agentSetbusyNums: int
    agentRestNums: int
    agentMaxIdleTimeIn5: int
    agentWorkNums: int
    agentStudyNums: int
    agentOccupyNums: int
    agentPreOccupyNums: int
    totalCallNums: int
    processingCallNums: int
    maxCallWaitTimesIn5: int
    callWaitNums: int
    evenCallTimeIn5: int
    evenWaitTimeIn5: int


@cms.post(
    "/v1/openapi/realindex/skill/stateinfo", section="12.3.8.13.4", codes=CODES, envelope=EARLIER
)
def statistics(call: CmsRequest, body: SkillsBody) -> list[EarlierStatistics]:
    """Show the queues' agents, and their calls."""
    found = []
    for it in map(statistics_of, views(call, body)):
        found.append(
            EarlierStatistics(
                skillId=it["skillId"],
                agentLoginNums=it["agentLoginNums"],
                agentTalkingNums=it["agentTalkingNums"],
                agentIdleNums=it["agentIdleNums"],
                agentAvailableNums=it["agentAvailableNums"],
                agentSetbusyNums=it["agentSetBusyNums"],
                agentRestNums=it["agentRestNums"],
                agentMaxIdleTimeIn5=it["agentMaxIdleTimeIn5"],
                agentWorkNums=it["agentWorkNums"],
                agentStudyNums=it["agentStudyNums"],
                agentOccupyNums=it["agentOccupyNums"],
                agentPreOccupyNums=it["agentPreOccupyNums"],
                totalCallNums=it["totalCallNums"],
                processingCallNums=it["processingCallNums"],
                maxCallWaitTimesIn5=it["maxCallWaitTimesIn5"],
                callWaitNums=it["callWaitNums"],
                evenCallTimeIn5=it["evenCallTimeIn5"],
                evenWaitTimeIn5=it["evenWaitTimeIn5"],
            )
        )
    return found


class EarlierSkillAgent(TypedDict):
    """An agent signed in to a queue (12.3.8.13.5)."""

    workno: int
    name: str
    status: int
    ctiStatus: int
    groupid: int
    mediatype: int
    vdnid: int
    phonenumber: str | None
    currentstatetime: int
    logindate: int


@cms.post(
    "/v1/openapi/agentgroup/agentbyconfigedskill",
    section="12.3.8.13.5",
    codes=CODES,
    envelope=EARLIER,
)
def agents_of_queue(call: CmsRequest, body: SkillBody) -> list[EarlierSkillAgent]:
    """Show the agents signed in to a queue."""
    return [_skill_agent(call, it) for it in body.queue(call).agents.values()]


def _skill_agent(call: CmsRequest, found: Agent) -> EarlierSkillAgent:
    view = shown.view(call.platform, found)
    return EarlierSkillAgent(
        workno=found.work_no,
        name=found.config.name,
        status=shown.STATUS[found.state],
        ctiStatus=view.state,
        groupid=shown.NO_GROUP,
        mediatype=shown.media_of(found),
        vdnid=found.tenant.id,
        phonenumber=view.phone,
        currentstatetime=view.state_time,
        logindate=shown.signed_in_at(found),
    )
