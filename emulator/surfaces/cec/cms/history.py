"""Historical indicators of VDNs, flows, queues and agents (CEC 12.3.2.1, 12.3.2.3–12.3.2.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field
from typing_extensions import TypedDict

from emulator.domain import calendar
from emulator.domain.calendar import QUARTER
from emulator.domain.indicators.asked import show, values
from emulator.domain.indicators.building import Grain, Historical
from emulator.domain.indicators.cells import Kind
from emulator.domain.indicators.historical import INDICATORS
from emulator.domain.statistics import Question
from emulator.surfaces.cec.cms.component import (
    CODES,
    CmsRequest,
    Compatible,
    InvalidParameter,
    cms,
    tenant_of,
)
from emulator.surfaces.cec.cms.fields import (
    AnyAgentId,
    CallCenterBody,
    Moment,
    Month,
    SkillIds,
    VdnId,
)
from emulator.surfaces.coercion import DigitText, Int, Text, spelled
from emulator.switch.model import Tenant

GRAINS = {"15MIN": 15, "30MIN": 30, "60MIN": 60}
LONGEST = timedelta(days=366)
"""A time range is no longer; the reference names no limit."""


class Index(TypedDict):
    """The value of an indicator (Table 12-526): one, or one for each interval."""

    val: Any
    id: str


class Indexes(TypedDict):
    """The indicators of one subject (Table 12-525)."""

    idxs: list[Index]
    id: str


def _grain(text: str) -> str:
    if text and text not in GRAINS:
        raise ValueError("no time grain")
    return text


def _yes_or_no(text: str) -> str:
    if text not in ("", "Y", "N"):
        raise ValueError("neither Y nor N")
    return text


IndexIds = Annotated[list[Text], Field(min_length=1, max_length=1000)]
MediaType = Annotated[Int, Field(ge=0)]


class HistoryBody(CallCenterBody):
    """What all historical queries have."""

    index_ids: IndexIds = spelled("indexIds")
    media_type: MediaType | None = spelled("mediaType", default=None)
    sub_media_type: MediaType | None = spelled("subMediaType", default=None)

    def indicators(self, kind: Kind) -> list[Historical]:
        """The indicators asked for; one that is not defined is an invalid parameter."""
        known = INDICATORS[kind]
        found = []
        for code in dict.fromkeys(self.index_ids):
            indicator = known.get(code)
            if indicator is None:
                raise InvalidParameter(f"{code} is no indicator of a {kind}")
            found.append(indicator)
        return found


class DayBody(HistoryBody):
    """A query about the current day or the one before, whole or by intervals."""

    time_grain: Annotated[Text, AfterValidator(_grain)] = spelled("timeGrain", default="")
    enable_offset: Annotated[Text, AfterValidator(_yes_or_no)] = spelled(
        "enableOffset", default="N"
    )

    def question(self, call: CmsRequest, tenant: Tenant, kind: Kind) -> Question:
        """What is asked of the statistics, about everybody."""
        zone = tenant.config.timezone
        day = calendar.day_of(call.platform.now, zone)
        if self.enable_offset == "Y":
            day -= timedelta(days=1)
        since, until = calendar.days(day, day, zone)
        return Question(
            tenant.id,
            kind,
            None,
            since,
            until,
            by_days=True,
            minutes=GRAINS.get(self.time_grain),
            media=self.media_type,
            sub_media=self.sub_media_type,
        )

    def day_indicators(self, kind: Kind) -> list[Historical]:
        """The indicators asked for, if they are there for a day or its intervals, as wanted."""
        found = self.indicators(kind)
        unfit = Grain.DAYS if self.time_grain else Grain.INTERVALS
        for it in found:
            if it.grain is unfit or "_RESERVED_COL" in it.code:
                raise InvalidParameter(f"{it.code} is not there for such times")
        return found


# Answers


async def indexes(
    call: CmsRequest,
    question: Question,
    indicators: Sequence[Historical],
    names: Mapping[str, str],
) -> list[Indexes]:
    """The indicators of each subject of `names`, under its name there."""
    codes = [it.code for it in indicators]
    found = await call.platform.statistics.report(values, question, codes)
    nothing = show(indicators, {})
    return [
        Indexes(idxs=_idxs(codes, found.get(subject, {}), nothing, question.minutes), id=name)
        for subject, name in names.items()
    ]


def _idxs(
    codes: Sequence[str],
    intervals: Mapping[int, list[str]],
    nothing: list[str],
    minutes: int | None,
) -> list[Index]:
    """The values of one subject: of each interval, or the one of all."""
    if minutes is None:
        [total] = list(intervals.values()) or [nothing]
        return [Index(val=value, id=code) for code, value in zip(codes, total, strict=True)]
    times = {at: _shown_time(at) for at in intervals}
    return [
        Index(val={times[at]: shown[place] for at, shown in intervals.items()}, id=code)
        for place, code in enumerate(codes)
    ]


def _shown_time(at: int) -> str:
    """`2020-11-11 09:15:00.0`, in UTC."""
    return f"{calendar.local(at, 'UTC'):%Y-%m-%d %H:%M:%S}.0"


# By the day


class VdnsBody(DayBody):
    """Which VDNs, and which of their calls."""

    vdn_ids: Annotated[list[VdnId], Field(min_length=1, max_length=100)] = spelled("vdnIds")
    anonymous: Annotated[Int, Field(ge=0, le=1)] | None = spelled("anonyCall", default=None)
    callee: DigitText = spelled("calleeNo", default="")


@cms.post("/v1/openapi/hisindex/vdn", section="12.3.2.1", codes=CODES)
async def vdns_of_the_day(call: CmsRequest, body: VdnsBody) -> Compatible[list[Indexes]]:
    """Give the indicators of VDNs for a day, or its intervals."""
    indicators = body.day_indicators(Kind.VDN)
    tenants = [tenant_of(call, it, body.cc_id) for it in dict.fromkeys(body.vdn_ids)]
    found: list[Indexes] = []
    for tenant in tenants:
        question = _narrowed(
            body.question(call, tenant, Kind.VDN),
            None if body.anonymous is None else (str(body.anonymous),),
            (body.callee,) if body.callee else None,
        )
        found += await indexes(call, question, indicators, {"": str(tenant.id)})
    return Compatible(found)


def _narrowed(
    question: Question, subjects: tuple[str, ...] | None, details: tuple[str, ...] | None = None
) -> Question:
    return replace(question, subjects=subjects, details=details)


class FlowsBody(DayBody):
    """Which business types of a VDN."""

    vdn: VdnId
    service_nos: Annotated[list[Int], Field(min_length=1, max_length=500)] = spelled("serviceNos")


@cms.post("/v1/openapi/hisindex/ivr", section="12.3.2.3", codes=CODES)
async def flows_of_the_day(call: CmsRequest, body: FlowsBody) -> Compatible[list[Indexes]]:
    """Give the indicators of flows, by business type."""
    return await _day(call, body, Kind.IVR, body.vdn, map(str, body.service_nos))


class SkillsDayBody(DayBody):
    """Which queues of a VDN."""

    vdn: VdnId
    skill_ids: SkillIds = spelled("skillIds")


@cms.post("/v1/openapi/hisindex/skill", section="12.3.2.4", codes=CODES)
async def queues_of_the_day(call: CmsRequest, body: SkillsDayBody) -> Compatible[list[Indexes]]:
    """Give the indicators of queues for a day, or its intervals."""
    known = tenant_of(call, body.vdn, body.cc_id).queues
    ids = [str(it) for it in body.skill_ids if it in known]
    return await _day(call, body, Kind.QUEUE, body.vdn, ids)


class AgentsDayBody(DayBody):
    """Which agents of a VDN."""

    vdn: VdnId
    agent_ids: Annotated[list[AnyAgentId], Field(min_length=1, max_length=100)] = spelled(
        "agentIds"
    )


@cms.post("/v1/openapi/hisindex/agent", section="12.3.2.5", codes=CODES)
async def agents_of_the_day(call: CmsRequest, body: AgentsDayBody) -> Compatible[list[Indexes]]:
    """Give the indicators of agents for a day, or its intervals."""
    known = tenant_of(call, body.vdn, body.cc_id).agents
    ids = [str(it) for it in body.agent_ids if it in known]
    return await _day(call, body, Kind.AGENT, body.vdn, ids)


async def _day(
    call: CmsRequest, body: DayBody, kind: Kind, vdn: int, ids: Iterable[str]
) -> Compatible[list[Indexes]]:
    indicators = body.day_indicators(kind)
    tenant = tenant_of(call, vdn, body.cc_id)
    subjects = tuple(dict.fromkeys(ids))
    question = _narrowed(body.question(call, tenant, kind), subjects)
    names = dict(zip(subjects, subjects, strict=True))
    return Compatible(await indexes(call, question, indicators, names))


# By a range of time


class RangeBody(HistoryBody):
    """Queries about a range of days or months of one VDN."""

    vdn: VdnId


Span = tuple[int, int, bool]
"""Since ≤ time < until (µs), and whether these are whole days."""


class QueuesBody(RangeBody):
    """Which queues."""

    skill_ids: SkillIds = spelled("skillIds")

    def subjects(self, tenant: Tenant) -> list[int]:
        """Those that exist."""
        return [it for it in self.skill_ids if it in tenant.queues]


class AgentsBody(RangeBody):
    """Which agents."""

    agent_ids: Annotated[list[AnyAgentId], Field(min_length=1, max_length=1000)] = spelled(
        "agentIds"
    )

    def subjects(self, tenant: Tenant) -> list[int]:
        """Those that exist."""
        return [it for it in self.agent_ids if it in tenant.agents]


class DaysBody(BaseModel):
    """From one time to another, on the VDN's clock; the second one is not in the range."""

    begin: Moment = spelled("beginDayTime")
    end: Moment = spelled("endDayTime")

    def span(self, zone: str) -> Span:
        """The range, widened to whole quarters of an hour; one without length is its day's."""
        if self.begin > self.end or self.end - self.begin > LONGEST:
            raise InvalidParameter("no range of time")
        begin, end = (calendar.instant(it, zone) for it in (self.begin, self.end))
        if begin == end:
            end += 1
        since, until = begin // QUARTER * QUARTER, -(-end // QUARTER) * QUARTER
        whole = all(calendar.day_begin(it, zone) == it for it in (since, until))
        return since, until, whole


class MonthsBody(BaseModel):
    """From the first month to the last, both in the range."""

    begin: Month = spelled("beginMonthTime")
    end: Month = spelled("endMonthTime")

    def span(self, zone: str) -> Span:
        """The days of the months."""
        if self.begin > self.end or self.end - self.begin > LONGEST:
            raise InvalidParameter("no range of months")
        last = calendar.next_month(self.end) - timedelta(days=1)
        return (*calendar.days(self.begin, last, zone), True)


class QueueDaysBody(QueuesBody, DaysBody):
    """Queues, from one time to another."""


class QueueMonthsBody(QueuesBody, MonthsBody):
    """Queues, from one month to another."""


class AgentDaysBody(AgentsBody, DaysBody):
    """Agents, from one time to another."""


class AgentMonthsBody(AgentsBody, MonthsBody):
    """Agents, from one month to another."""


async def _range(
    call: CmsRequest,
    body: QueueDaysBody | QueueMonthsBody | AgentDaysBody | AgentMonthsBody,
    kind: Kind,
) -> list[Indexes]:
    indicators = body.indicators(kind)
    if any(it.grain is Grain.INTERVALS for it in indicators):
        raise InvalidParameter("an indicator of intervals only")
    tenant = tenant_of(call, body.vdn, body.cc_id)
    subjects = tuple(dict.fromkeys(map(str, body.subjects(tenant))))
    since, until, by_days = body.span(tenant.config.timezone)
    question = Question(
        tenant.id,
        kind,
        subjects,
        since,
        until,
        by_days=by_days,
        media=body.media_type,
        sub_media=body.sub_media_type,
    )
    return await indexes(call, question, indicators, dict(zip(subjects, subjects, strict=True)))


@cms.post("/v1/openapi/hisindex/skillforday", section="12.3.2.6", codes=CODES)
async def queues_of_days(call: CmsRequest, body: QueueDaysBody) -> list[Indexes]:
    """Give the indicators of queues for a range of time."""
    return await _range(call, body, Kind.QUEUE)


@cms.post("/v1/openapi/hisindex/skillformonth", section="12.3.2.7", codes=CODES)
async def queues_of_months(call: CmsRequest, body: QueueMonthsBody) -> list[Indexes]:
    """Give the indicators of queues for a range of months."""
    return await _range(call, body, Kind.QUEUE)


@cms.post("/v1/openapi/hisindex/agentforday", section="12.3.2.8", codes=CODES)
async def agents_of_days(call: CmsRequest, body: AgentDaysBody) -> list[Indexes]:
    """Give the indicators of agents for a range of time."""
    return await _range(call, body, Kind.AGENT)


@cms.post("/v1/openapi/hisindex/agentformonth", section="12.3.2.9", codes=CODES)
async def agents_of_months(call: CmsRequest, body: AgentMonthsBody) -> list[Indexes]:
    """Give the indicators of agents for a range of months."""
    return await _range(call, body, Kind.AGENT)
