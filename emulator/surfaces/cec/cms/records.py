"""Calls that are over, as they are on record (CEC 12.3.1.1.12–14, 12.3.1.4.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import partial
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from emulator.domain import calendar
from emulator.platform import Platform
from emulator.store.call_queries import Stays, ended_calls, stays_of_call
from emulator.store.rows import CallRecord
from emulator.surfaces.cec.cms.component import (
    CODES,
    CmsRequest,
    Compatible,
    InvalidParameter,
    NoPermission,
    NotFound,
    cms,
    tenants_of,
)
from emulator.surfaces.cec.cms.fields import CallCenterBody, CcId, Offset, VdnBody
from emulator.surfaces.cec.cms.shown import INBOUND, MILLISECOND, OUTBOUND, SECOND, TrueOrFalse
from emulator.surfaces.coercion import Int, Long, Text, spelled
from emulator.switch.model import Tenant
from emulator.switch.terms import DeviceType

Number = Annotated[Text, Field(pattern="^[0-9+*#]{0,24}$")]
Timestamp = Annotated[Long, Field(ge=0, le=253402300799999)]
"""Milliseconds, until the year 9999."""


# Calls of two days


class CallsBody(VdnBody):
    """Calls that ended from `begin` to `end`; an empty number is anybody's."""

    caller: Number = spelled("callerNo", "callerno", default="")
    callee: Number = spelled("calleeNo", "calleeno", default="")
    begin: Timestamp = spelled("beginDate", "begindate")
    end: Timestamp = spelled("endDate", "enddate")
    limit: Annotated[Int, Field(ge=1, le=100)] = 100
    offset: Offset = 0

    def require_two_days(self, tenant: Tenant, now: int) -> None:
        """Refuse what lies before yesterday or after today, as the VDN has them."""
        zone = tenant.config.timezone
        today = calendar.day_of(now, zone)
        since, until = calendar.days(today - timedelta(days=1), today, zone)
        if self.begin * MILLISECOND < since or self.end * MILLISECOND >= until:
            raise InvalidParameter("only yesterday's and today's calls can be asked for")
        if self.begin > self.end:
            raise InvalidParameter("the end is before the beginning")


class BothWaysBody(CallsBody):
    """Calls from customers, or to them."""

    inbound: TrueOrFalse = spelled("isCallIn", "isCallin", "iscallin")


class EndedCall(TypedDict):
    """A call (Tables 12-378, 12-382): milliseconds; None: it did not come to that."""

    logDate: int
    callerNo: str
    calleeNo: str
    callId: str
    callType: int
    waitBegin: int | None
    ackBegin: int | None
    callBegin: int | None
    callEnd: int | None
    vdn: int
    leaveReason: int
    mediaType: int
    subMediaType: int | None


class EndedCalls(TypedDict):
    """One page of calls, and how many there are (Tables 12-377, 12-381)."""

    data: list[EndedCall]
    count: int


@cms.post("/v1/openapi/vdn/querycalls", section="12.3.1.1.12", codes=CODES)
async def inbound_calls(call: CmsRequest, body: CallsBody) -> EndedCalls:
    """List calls of customers that are over."""
    return await _calls(call, body, INBOUND)


@cms.post("/v2/openapi/vdn/querycalls", section="12.3.1.1.13", codes=CODES)
async def calls(call: CmsRequest, body: BothWaysBody) -> EndedCalls:
    """List calls of customers, or calls to them, that are over."""
    return await _calls(call, body, INBOUND if body.inbound == "true" else OUTBOUND)


async def _calls(call: CmsRequest, body: CallsBody, types: Collection[int]) -> EndedCalls:
    platform, tenant = call.platform, body.tenant(call)
    body.require_two_days(tenant, platform.switch.now)
    found = partial(
        ended_calls,
        tenant_id=tenant.id,
        since=body.begin * MILLISECOND,
        until=(body.end + 1) * MILLISECOND - 1,
        call_types=[int(it) for it in types],
        caller=body.caller,
        callee=body.callee,
        limit=body.limit,
        offset=body.offset,
    )
    count, found_calls = await platform.reports.run(found)
    return EndedCalls(data=[_ended(it) for it in found_calls], count=count)


def _ended(stays: Stays) -> EndedCall:
    last = stays[-1]
    talks = [it.call_begin for it in stays if _talked(it)]
    return EndedCall(
        logDate=_required(last.call_end),
        callerNo=last.caller_no,
        calleeNo=last.callee_no,
        callId=last.call_id,
        callType=last.call_type,
        waitBegin=_first(it.wait_begin for it in stays),
        ackBegin=_first(it.ack_begin for it in stays),
        callBegin=_first(talks),
        callEnd=_milliseconds(last.call_end),
        vdn=last.tenant_id,
        leaveReason=int(last.leave_reason),
        mediaType=int(last.media_type),
        subMediaType=_number(last.sub_media_type),
    )


# One call


class TraceBody(VdnBody):
    """A call, and an instant of the month in which it ended."""

    call_id: Annotated[Text, Field(min_length=1)] = spelled("callId", "callid")
    log_date: Timestamp = spelled("logDate", "logdate")


class Stay(TypedDict):
    """A call's stay at a device (Table 12-386)."""

    callId: str
    mediaType: int
    subMediaType: int | None
    callIdNum: int
    callerNo: str
    calleeNo: str
    waitBegin: int | None
    ackBegin: int | None
    callBegin: int | None
    callEnd: int | None
    subCcNo: int
    deviceType: int
    deviceNo: str
    deviceIn: str
    callType: int
    releaseCause: int
    EnterReason: int
    LeaveReason: int
    CurrentSkillID: str


NO_SUBSYSTEM = 0
"""A call center that is no part of a network of them."""


@cms.post("/v1/openapi/vdn/querycalltracedetail", section="12.3.1.1.14", codes=CODES)
async def trace(call: CmsRequest, body: TraceBody) -> list[Stay]:
    """List a call's stays; those of another month are not there."""
    tenant = body.tenant(call)
    stays = await _stays(call.platform, [tenant], body.call_id)
    zone = tenant.config.timezone
    month = _month(body.log_date * MILLISECOND, zone)
    if stays and _month(stays[-1].call_end or 0, zone) != month:
        return []
    reasons = [0, *(int(it.leave_reason) for it in stays)]
    return [_stay(it, reason) for it, reason in zip(stays, reasons, strict=False)]


def _month(instant: int, zone: str) -> tuple[int, int]:
    day = calendar.day_of(instant, zone)
    return day.year, day.month


async def _stays(platform: Platform, tenants: list[Tenant], call_id: str) -> Stays:
    """What is on record of a call that is over."""
    await platform.records.flushed()
    found = partial(stays_of_call, tenants=[it.id for it in tenants], call_id=call_id)
    return await platform.store.perform(found, read_only=True)


def _stay(stay: CallRecord, enter_reason: int) -> Stay:
    return Stay(
        callId=stay.call_id,
        mediaType=int(stay.media_type),
        subMediaType=_number(stay.sub_media_type),
        callIdNum=stay.call_id_num,
        callerNo=stay.caller_no,
        calleeNo=stay.callee_no,
        waitBegin=_milliseconds(stay.wait_begin),
        ackBegin=_milliseconds(stay.ack_begin),
        callBegin=_milliseconds(stay.call_begin),
        callEnd=_milliseconds(stay.call_end),
        subCcNo=NO_SUBSYSTEM,
        deviceType=stay.device_type,
        deviceNo=str(stay.device_no),
        deviceIn=stay.device_in,
        callType=stay.call_type,
        releaseCause=stay.release_cause,
        EnterReason=enter_reason,
        LeaveReason=int(stay.leave_reason),
        CurrentSkillID=stay.current_skill_id,
    )


class CallByIdBody(CallCenterBody):
    """A call, and whether it came from a customer."""

    cc_id: CcId = spelled("ccId", "ccid", "cclId")
    inbound: TrueOrFalse = spelled("isCallin", "isCallIn", "iscallin")
    call_id: Annotated[Text, Field(min_length=1)] = spelled("callId", "callid")


class CallRecordById(TypedDict):
    """A call as a whole (Table 12-520), in seconds; None: no agent, no queue had it."""

    vdn: int
    callId: str
    callerNo: str
    calleeNo: str
    callType: int
    agentId: int | None
    skillId: int | None
    anonyCall: int
    queueWaitTime: int
    ivrCallTime: int
    ackTime: int
    callTime: int
    releaseCause: int


@cms.post("/v1/openapi/calldata/querycalldetailbyid", section="12.3.1.4.3", codes=CODES)
async def by_id(call: CmsRequest, body: CallByIdBody) -> Compatible[CallRecordById]:
    """Show a call that is over."""
    tenants = tenants_of(call)
    if not any(it.config.cc_id == body.cc_id for it in tenants):
        raise InvalidParameter(f"there is no call center {body.cc_id}")
    everybody = list(call.platform.switch.tenants.values())
    stays = await _stays(call.platform, everybody, body.call_id)
    types = INBOUND if body.inbound == "true" else OUTBOUND
    if not stays or stays[-1].call_id_num != -1 or stays[-1].call_type not in types:
        raise NotFound(f"there is no record of call {body.call_id}")
    if all(it.id != stays[-1].tenant_id for it in tenants):
        raise NoPermission(f"the key is not of VDN {stays[-1].tenant_id}")
    return Compatible(_whole(stays))


def _whole(stays: Stays) -> CallRecordById:
    last = stays[-1]
    agents = [it for it in stays if it.device_type == DeviceType.AGENT]
    flows = [it for it in stays if it.device_type == DeviceType.IVR]
    queues = [it for it in stays if it.current_skill_id]
    return CallRecordById(
        vdn=last.tenant_id,
        callId=last.call_id,
        callerNo=last.caller_no,
        calleeNo=last.callee_no,
        callType=last.call_type,
        agentId=_number(agents[-1].agent_id) if agents else None,
        skillId=_number(queues[-1].current_skill_id) if queues else None,
        anonyCall=int(not last.caller_no),
        queueWaitTime=sum(_seconds(it.wait_begin, it.wait_end) for it in stays),
        ivrCallTime=sum(_seconds(it.call_begin, it.call_end) for it in flows),
        ackTime=sum(_seconds(it.ack_begin, it.ack_end) for it in agents),
        callTime=sum(_seconds(it.call_begin, it.call_end) for it in filter(_talked, agents)),
        releaseCause=last.release_cause,
    )


def _talked(stay: CallRecord) -> bool:
    """Whether it came to a conversation, with an agent or a flow."""
    return stay.device_type != DeviceType.QUEUE and stay.call_begin != stay.call_end


# Values


def _milliseconds(instant: int | None) -> int | None:
    return None if instant is None else instant // MILLISECOND


def _required(instant: int | None) -> int:
    return (instant or 0) // MILLISECOND


def _first(instants: Iterable[int | None]) -> int | None:
    found = [it for it in instants if it is not None]
    return _milliseconds(min(found)) if found else None


def _seconds(begin: int | None, end: int | None) -> int:
    return 0 if begin is None or end is None else (end - begin) // SECOND


def _number(text: str) -> int | None:
    return int(text) if text else None
