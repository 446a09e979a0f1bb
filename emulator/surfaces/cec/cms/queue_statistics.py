"""What happens in skill queues: the present five minutes, counts, indicators (CEC 12.3.1.2)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from emulator.domain.indicators import realtime
from emulator.domain.indicators.definition import shown as written
from emulator.domain.live.views import QueueView
from emulator.surfaces.cec.cms import shown
from emulator.surfaces.cec.cms.component import CODES, CmsRequest, Compatible, cms, not_in_cti_3_6
from emulator.surfaces.cec.cms.fields import SkillsBody
from emulator.surfaces.cec.cms.queues import views
from emulator.surfaces.cec.cms.shown import MILLISECOND, SECOND, IndicatorIds
from emulator.surfaces.cec.cms.vdn import CODES_R008
from emulator.surfaces.coercion import spelled


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
