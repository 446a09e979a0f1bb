"""What an agent has done, span by span (CEC 12.3.1.3.12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from typing_extensions import TypedDict

from emulator.domain.operations import BY_SYSTEM, INCOMING, OUTGOING
from emulator.store.call_queries import operations_of_agent
from emulator.store.rows import AgentOperation
from emulator.surfaces.cec.cms.component import (
    CODES,
    CmsRequest,
    InvalidParameter,
    cms,
    tenant_of,
    tenants_of,
)
from emulator.surfaces.cec.cms.fields import AnyAgentId, CallCenterBody
from emulator.surfaces.cec.cms.records import NO_SUBSYSTEM
from emulator.surfaces.cec.cms.shown import SECOND
from emulator.surfaces.coercion import Int, Text, spelled

QUARTER = timedelta(minutes=15)
DAY = timedelta(hours=24)


class OperationsBody(CallCenterBody):
    """An agent, and a time in UTC that is a multiple of 15 minutes long, at most a day."""

    agent_id: AnyAgentId = spelled("currentAgentId", "currentagentid")
    kind: Int | None = spelled("operateType", "operatetype", default=None)
    begin: Text = spelled("beginTime", "begintime")
    end: Text = spelled("endTime", "endtime")

    def times(self) -> tuple[datetime, datetime]:
        """Begin and end; refuses what is no such time."""
        begin, end = _instant(self.begin), _instant(self.end)
        length = end - begin
        if length % QUARTER or not timedelta() < length <= DAY:
            raise InvalidParameter("not a multiple of 15 minutes, or longer than a day")
        return begin, end


def _instant(text: str) -> datetime:
    try:
        found = datetime.strptime(f"{text}+0000", "%Y-%m-%d %H:%M:%S%z")
    except ValueError:
        found = None
    if found is None or text != f"{found:%Y-%m-%d %H:%M:%S}":
        raise InvalidParameter(f"not a time: {text!r}")
    return found


_CALL_TYPES = {INCOMING: 0, OUTGOING: 7, BY_SYSTEM: 44}
"""Call types of 12.3.8.6; of calls that the system makes the switch has previewed ones only."""


class Operation(TypedDict):
    """An operation (12.3.1.3.12); None: it has no such thing."""

    id: str
    callId: str | None
    phoneNo: str | None
    subCcNo: int
    currentAgentId: int
    currentSkillId: int | None
    mediaType: int | None
    beginTime: str
    endTime: str | None
    vdn: int
    callType: int | None
    serviceNo: int | None
    operateType: int
    operateObject: int | None
    operateCause: int | None
    agentType: int | None
    locationId: int | None
    logonSn: str | None
    skillInfoSn: str | None


@cms.post("/v1/openapi/agent/agentoprinfo", section="12.3.1.3.12", codes=CODES)
async def operations(call: CmsRequest, body: OperationsBody) -> list[Operation]:
    """List what an agent did that is over; nothing of an agent that is not there."""
    begin, end = body.times()
    platform = call.platform
    agent = platform.switch.agents.get(body.agent_id)
    if agent is None:
        _require_call_center(call, body.cc_id)
        return []
    tenant = tenant_of(call, agent.tenant.id, body.cc_id)
    found = partial(
        operations_of_agent,
        tenant_id=tenant.id,
        agent=str(body.agent_id),
        since=int(begin.timestamp()) * SECOND,
        until=int(end.timestamp()) * SECOND,
        kind=None if body.kind is None else str(body.kind),
    )
    return [_operation(it) for it in await platform.reports.run(found)]


def _require_call_center(call: CmsRequest, cc_id: int | None) -> None:
    if cc_id is not None and all(it.config.cc_id != cc_id for it in tenants_of(call)):
        raise InvalidParameter(f"there is no call center {cc_id}")


def _operation(row: AgentOperation) -> Operation:
    return Operation(
        id=row.id,
        callId=row.call_id or None,
        phoneNo=row.phone_no or None,
        subCcNo=NO_SUBSYSTEM,
        currentAgentId=int(row.agent_id),
        currentSkillId=_number(row.skill_id),
        mediaType=_number(row.media_type),
        beginTime=_time(row.begin_time),
        endTime=None if row.end_time is None else _time(row.end_time),
        vdn=row.tenant_id,
        callType=_CALL_TYPES.get(row.call_in_out),
        serviceNo=_number(row.service_no),
        operateType=int(row.op_type),
        operateObject=_number(row.op_object),
        operateCause=_number(row.op_cause),
        agentType=_number(row.agent_type),
        locationId=_number(row.location_id),
        logonSn=row.logon_sn or None,
        skillInfoSn=row.skill_info_sn or None,
    )


def _number(text: str) -> int | None:
    return int(text) if text else None


def _time(instant: int) -> str:
    """As the example has it: 2020-08-22T05:49:36.000+0000."""
    at = datetime.fromtimestamp(instant / SECOND, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+0000"
