"""Skill queues as they stand: who serves, who waits, what is configured (CEC 12.3.1.2)."""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import TypedDict

from emulator.domain.live.views import QueueView, agents_of, waiting_time
from emulator.surfaces.cec.cms import shown
from emulator.surfaces.cec.cms.component import CODES, CmsRequest, Compatible, cms, not_in_cti_3_6
from emulator.surfaces.cec.cms.fields import SkillId, SkillsBody, VdnBody
from emulator.surfaces.cec.cms.shown import MILLISECOND, WaitingCall
from emulator.surfaces.cec.cms.vdn import CODES_R008
from emulator.surfaces.coercion import spelled
from emulator.switch.model import Agent, Call, Queue

SKILL_ID = spelled("skillId", "skillid")


class SkillBody(VdnBody):
    """Which queue of a VDN."""

    skill_id: SkillId = SKILL_ID

    def queue(self, call: CmsRequest) -> Queue:
        """The queue; refuses one that is not there."""
        return shown.queue_of(self.tenant(call), self.skill_id)


def views(call: CmsRequest, body: SkillsBody) -> list[QueueView]:
    """The queues that are asked for, as they stand."""
    live, now = call.platform.live, call.platform.switch.now
    return [QueueView(live, it, now) for it in body.queues(call)]


# Who serves


class SkillAgents(TypedDict):
    """The agents signed in to a queue (Table 12-404)."""

    skillId: int
    agentIds: list[int]


@cms.post("/v1/openapi/realindex/agent/agentsinskill", section="12.3.1.2.1", codes=CODES)
def agents_in_queues(call: CmsRequest, body: SkillsBody) -> Compatible[list[SkillAgents]]:
    """List who is signed in to the queues."""
    return Compatible(
        [SkillAgents(skillId=it.id, agentIds=list(it.agents)) for it in body.queues(call)]
    )


class AgentNumbers(TypedDict):
    """Agents by state (Table 12-438)."""

    workSubStateBegin: int
    lateAdjust: int
    usable: int
    rest: int
    studying: int
    setBusy: int
    occupy: int
    idle: int
    preoccupy: int
    answering: int
    talking: int
    loginEd: int
    callOut: int


class MatchBody(SkillsBody):
    """Agents signed in to any of the queues, or to exactly these."""

    exactly: shown.TrueOrFalse = spelled("isSkillAllMatch", default="false")


@cms.post("/v1/openapi/skill/agentstatusbyskill", section="12.3.1.2.9", codes=CODES)
def agents_by_state(call: CmsRequest, body: MatchBody) -> Compatible[AgentNumbers]:
    """Count agents by state, each once."""
    tenant, asked = body.tenant(call), set(body.skill_ids)
    exactly = body.exactly == "true"
    agents = agents_of(call.platform.live, tenant.id, asked, exactly=exactly)
    return Compatible(
        AgentNumbers(
            workSubStateBegin=agents.wrapping_up,
            lateAdjust=0,
            usable=len(available(body.queues(call), asked, exactly=exactly)),
            rest=agents.resting,
            studying=agents.studying,
            setBusy=agents.busy,
            occupy=agents.occupied,
            idle=agents.idle,
            preoccupy=agents.preoccupied,
            answering=agents.answering,
            talking=agents.talking,
            loginEd=agents.signed_in,
            callOut=agents.calling_out,
        )
    )


def available(queues: Iterable[Queue], asked: set[int], *, exactly: bool) -> set[int]:
    """Agents to whom a call of one of the queues could be offered."""
    found = {
        work_no: queue.tenant.agents[work_no] for queue in queues for _, _, work_no in queue.idle
    }
    if not exactly:
        return set(found)
    return {no for no, it in found.items() if {queue.id for queue, _ in it.memberships} == asked}


class SkillAgent(TypedDict):
    """An agent signed in to a queue (Table 12-442)."""

    workNo: int
    name: str
    status: int
    ctiStatus: int
    groupId: int
    mediaType: int
    vdnId: int
    phoneNumber: str | None
    currentStateTime: int
    loginDate: int


@cms.post("/v1/openapi/skill/agentbyconfigedskill", section="12.3.1.2.10", codes=CODES)
def agents_of_queue(call: CmsRequest, body: SkillBody) -> list[SkillAgent]:
    """Show the agents signed in to a queue."""
    return [_agent(call, it) for it in body.queue(call).agents.values()]


def _agent(call: CmsRequest, agent: Agent) -> SkillAgent:
    view = shown.view(call.platform, agent)
    return SkillAgent(
        workNo=agent.work_no,
        name=agent.config.name,
        status=shown.STATUS[agent.state],
        ctiStatus=view.state,
        groupId=shown.NO_GROUP,
        mediaType=shown.media_of(agent),
        vdnId=agent.tenant.id,
        phoneNumber=view.phone,
        currentStateTime=view.state_time,
        loginDate=shown.signed_in_at(agent),
    )


# Who waits


class SkillStatus(TypedDict):
    """A queue's line and agents (Table 12-408)."""

    skillId: int
    queueSize: int
    queueTime: int
    loggedOnAgents: int
    availAgents: int
    skillDescrip: str
    callId: str
    maxQueueSize: int


@cms.post("/v1/openapi/skill/totalskillstatusex3", section="12.3.1.2.2", codes=CODES_R008)
@not_in_cti_3_6
def statuses(call: CmsRequest, body: SkillsBody) -> Compatible[list[SkillStatus]]:
    """Show how long the lines are."""
    return Compatible([_line(it) for it in views(call, body)])


def _line(view: QueueView) -> SkillStatus:
    longest = view.longest_waiting
    return SkillStatus(
        skillId=view.queue.id,
        queueSize=view.queuing,
        queueTime=view.longest_wait,
        loggedOnAgents=view.agents.signed_in,
        availAgents=view.available,
        skillDescrip=view.queue.config.name,
        callId=shown.NO_CALL if longest is None else longest.id,
        maxQueueSize=view.queue.config.max_waiting,
    )


@cms.post("/v1/openapi/skill/queuedevicestatus", section="12.3.1.2.4", codes=CODES_R008)
@not_in_cti_3_6
def line(call: CmsRequest, body: SkillBody) -> Compatible[list[WaitingCall]]:
    """List the calls that wait in a queue, the next one first."""
    return Compatible([shown.waiting(it) for it in _waiting(body.queue(call))])


def _waiting(queue: Queue) -> list[Call]:
    return [queue.tenant.calls[call_id] for _, _, call_id in queue.waiting]


class QueuedCall(TypedDict):
    """A call in a queue (Table 12-429)."""

    callId: str
    customerLevel: int
    requestType: int
    calling: str
    called: str
    mediaType: str
    orgiCalled: str
    callInTime: int
    callPriority: int
    waitTime: int
    callQueueFlag: int


class SkillCalls(TypedDict):
    """The calls in a queue (Table 12-428)."""

    skillId: int
    callPropertyExs: list[QueuedCall]


MAIN_QUEUE = 1
"""A call waits in one queue at a time."""


@cms.post("/v1/openapi/skill/batchmultiskill", section="12.3.1.2.7", codes=CODES_R008)
@not_in_cti_3_6
def lines(call: CmsRequest, body: SkillsBody) -> list[SkillCalls]:
    """List the calls that wait in queues, the next one of each first."""
    now = call.platform.switch.now
    return [
        SkillCalls(skillId=it.id, callPropertyExs=[_queued(found, now) for found in _waiting(it)])
        for it in body.queues(call)
    ]


def _queued(call: Call, now: int) -> QueuedCall:
    return QueuedCall(
        **shown.waiting(call),
        calling=call.caller,
        called=call.called,
        mediaType=shown.media_name(call),
        orgiCalled=call.called,
        callInTime=call.created // MILLISECOND,
        callPriority=call.priority,
        waitTime=waiting_time(call, now),
        callQueueFlag=MAIN_QUEUE,
    )


# What is configured


class SkillConfiguration(TypedDict):
    """A queue's limits (Table 12-420); None: there is none."""

    skillId: int
    maxCallNum: int
    maxHoldCallNum: int | None
    maxWaitTime: int
    maxAnswerWaitTime: int
    maxTalkTime: int | None
    maxRestAgentNum: int | None
    maxAgentWrapupTime: int


@cms.post("/v1/openapi/skill/skillcfginfo", section="12.3.1.2.5", codes=CODES)
def limits(call: CmsRequest, body: SkillsBody) -> Compatible[list[SkillConfiguration]]:
    """Show the queues' limits; calls may be held, and talked on, without one."""
    return Compatible(
        [
            SkillConfiguration(
                skillId=it.id,
                maxCallNum=it.config.max_waiting,
                maxHoldCallNum=None,
                maxWaitTime=it.config.max_wait,
                maxAnswerWaitTime=it.config.ring,
                maxTalkTime=None,
                maxRestAgentNum=it.tenant.config.max_rest_agents,
                maxAgentWrapupTime=it.config.wrap_up,
            )
            for it in body.queues(call)
        ]
    )
