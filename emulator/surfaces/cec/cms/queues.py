"""Skill queues as they stand: who waits, who serves, the present five minutes (CEC 12.3.1.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from emulator.domain.indicators import realtime
from emulator.domain.indicators.definition import shown as written
from emulator.domain.live.views import QueueView, agents_of, waiting_time
from emulator.surfaces.cec.cms import shown
from emulator.surfaces.cec.cms.component import CODES, CmsRequest, Compatible, cms, not_in_cti_3_6
from emulator.surfaces.cec.cms.fields import SkillId, SkillsBody, VdnBody
from emulator.surfaces.cec.cms.shown import MILLISECOND, SECOND, IndicatorIds, WaitingCall
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


# What happens


class CallStatistics(TypedDict):
    """A queue's present five minutes (Table 12-412)."""

    id: int
    startTime: int
    allCallCount: int
    cnnedCallCount: int
    abanCallCount: int
    callEndCount: int
    talkTimeOnIvr: int
    cnnedIn20sCallCount: int
    clearUpCallCount: int
    clearUpTime: int


@cms.post("/v1/openapi/skill/currentcallstateinfo", section="12.3.1.2.3", codes=CODES_R008)
@not_in_cti_3_6
def five_minutes(call: CmsRequest, body: SkillsBody) -> Compatible[list[CallStatistics]]:
    """Count what has happened in the present five minutes."""
    return Compatible([_five_minutes(it) for it in views(call, body)])


def _five_minutes(view: QueueView) -> CallStatistics:
    window = view.window
    return CallStatistics(
        id=view.queue.id,
        startTime=window.begun // MILLISECOND,
        allCallCount=window.inbound,
        cnnedCallCount=window.connected,
        abanCallCount=window.lost,
        callEndCount=window.ended,
        talkTimeOnIvr=window.in_ivr // SECOND,
        cnnedIn20sCallCount=window.connected_in_20,
        clearUpCallCount=window.wrap_ups,
        clearUpTime=window.wrapping_up // SECOND,
    )


class ServiceQuality(TypedDict):
    """How soon calls were answered, or lost, in the present five minutes (Table 12-447)."""

    skillId: int
    statStartTime: int
    inCallNum: int
    connectedNum: int
    callLostNum: int
    in15sCallNum: int
    wait15sLostNum: int
    in20sCallNum: int
    wait20sLostNum: int


@cms.post("/v1/openapi/skill/servicequality", section="12.3.1.2.11", codes=CODES)
def qualities(call: CmsRequest, body: SkillsBody) -> list[ServiceQuality]:
    """Count how soon calls are served."""
    return [_quality(it) for it in views(call, body)]


def _quality(view: QueueView) -> ServiceQuality:
    window = view.window
    return ServiceQuality(
        skillId=view.queue.id,
        statStartTime=window.begun // MILLISECOND,
        inCallNum=window.inbound,
        connectedNum=window.connected,
        callLostNum=window.lost,
        in15sCallNum=window.connected_in_15,
        wait15sLostNum=window.lost_before_15,
        in20sCallNum=view.quick,
        wait20sLostNum=window.lost_before_20,
    )


class SkillStatistics(TypedDict):
    """A queue's agents and calls (Table 12-424)."""

    skillId: int
    agentLoginNums: int
    agentTalkingNums: int
    agentIdleNums: int
    agentAvailableNums: int
    agentSetBusyNums: int
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
    allCallCount: int
    cnnedIn20sCallCount: int


@cms.post("/v1/openapi/skill/stateinfo", section="12.3.1.2.6", codes=CODES_R008)
@not_in_cti_3_6
def statistics(call: CmsRequest, body: SkillsBody) -> Compatible[list[SkillStatistics]]:
    """Show the queues' agents, and their calls."""
    return Compatible([statistics_of(it) for it in views(call, body)])


def statistics_of(view: QueueView) -> SkillStatistics:
    """A queue's agents now, its calls since the beginning and in the present five minutes."""
    agents, window = view.agents, view.window
    return SkillStatistics(
        skillId=view.queue.id,
        agentLoginNums=agents.signed_in,
        agentTalkingNums=agents.talking,
        agentIdleNums=agents.idle,
        agentAvailableNums=view.available,
        agentSetBusyNums=agents.busy,
        agentRestNums=agents.resting,
        agentMaxIdleTimeIn5=view.longest_idle,
        agentWorkNums=agents.wrapping_up,
        agentStudyNums=agents.studying,
        agentOccupyNums=agents.occupied,
        agentPreOccupyNums=agents.preoccupied,
        totalCallNums=view.connected,
        processingCallNums=view.handled,
        maxCallWaitTimesIn5=max(window.longest_wait // SECOND, view.longest_wait),
        callWaitNums=view.queuing,
        evenCallTimeIn5=_average(window.talked, window.ended),
        evenWaitTimeIn5=_average(window.waited, window.waits),
        allCallCount=window.inbound,
        cnnedIn20sCallCount=window.connected_in_20,
    )


def _average(total: int, count: int) -> int:
    """Seconds for each one, rounded."""
    return round(total / count / SECOND) if count else 0


class TakenOver(TypedDict):
    """Calls that had entered another queue first (Table 12-434)."""

    queueId: int
    callNum: int


class Overload(TypedDict):
    """What a queue has done for others (Table 12-433)."""

    skillId: int
    overloadDetails: list[TakenOver]


@cms.post("/v1/openapi/skill/batchskilloverload", section="12.3.1.2.8", codes=CODES)
def overloads(call: CmsRequest, body: SkillsBody) -> Compatible[list[Overload]]:
    """Count the calls that queues answered for others, from which they had overflowed."""
    live = call.platform.live
    return Compatible(
        [
            Overload(
                skillId=it.id,
                overloadDetails=[
                    TakenOver(queueId=other, callNum=number)
                    for other, number in sorted(live.queue(it.tenant.id, it.id).taken_over.items())
                ],
            )
            for it in body.queues(call)
        ]
    )


# Indicators


class IndicatorText(TypedDict):
    """An indicator, its value as text (Table 12-452)."""

    id: str
    val: str


class SkillIndicators(TypedDict):
    """A queue's indicators (Table 12-451)."""

    id: str
    idxs: list[IndicatorText]


class SkillIndicatorsBody(SkillsBody):
    """Which indicators of which queues."""

    index_ids: Annotated[IndicatorIds, Field(max_length=len(realtime.QUEUE))] = spelled("indexIds")


@cms.post("/v1/openapi/skill/rindex", section="12.3.1.2.12", codes=CODES)
def skill_indicators(call: CmsRequest, body: SkillIndicatorsBody) -> list[SkillIndicators]:
    """Show real-time indicators of queues."""
    indicators = shown.chosen(body.index_ids, realtime.QUEUE)
    return [
        SkillIndicators(id=str(it.queue.id), idxs=_texts(shown.values(indicators, it)))
        for it in views(call, body)
    ]


def _texts(values: list[tuple[str, Any]]) -> list[IndicatorText]:
    return [IndicatorText(id=code, val=written(value)) for code, value in values]
