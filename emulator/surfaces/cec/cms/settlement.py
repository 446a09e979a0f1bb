"""The daily settlement of calls in and out, by number (CEC 12.3.2.10, 12.3.2.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from emulator.domain import calendar
from emulator.domain.indicators.cells import Kind, Values, add, names_within
from emulator.domain.indicators.definition import Count, Formula, Less, Sum, Whole
from emulator.domain.indicators.historical import seconds
from emulator.domain.indicators.settlement import NOBODY, PLACES
from emulator.domain.statistics import Question, read
from emulator.surfaces.cec.cms.component import (
    CODES,
    CmsRequest,
    Compatible,
    InvalidParameter,
    cms,
    tenant_of,
    tenants_of,
)
from emulator.surfaces.cec.cms.fields import CallCenterBody, Day, VdnId
from emulator.surfaces.cec.cms.history import LONGEST
from emulator.surfaces.coercion import DigitText, Int, Text, spelled
from emulator.switch.model import Tenant

BOUNDS = (3, 5, 10, 30, 60)
SERVICE = 1
NONE = Sum(())
"""What a call center of one site, without predicted calls to agents, never counts."""

Numbers = Annotated[
    list[Annotated[DigitText, Field(min_length=1, max_length=32, pattern=r"^[0-9]+$")]],
    Field(min_length=1, max_length=1000),
]
Integers = Annotated[list[Annotated[Int, Field(ge=0)]], Field(min_length=1, max_length=1000)]
Fields = Mapping[str, Formula]


def _bounded() -> Fields:
    """Calls by the duration of their ring, their conversation, or their wait in vain."""
    kinds = (
        ("succAckTime", "ack", "ack", "answered"),
        ("callTime", "talk_under", "talk", "answered"),
        ("failTime", "lost_under", "lost", "lost"),
    )
    found: dict[str, Formula] = {}
    for field, under, name, count in kinds:
        for bound in BOUNDS:
            found[f"{field}Lt{bound}"] = Sum(names_within(under, bound))
        for bound in (10, 60):
            found[f"{field}Gt{bound}"] = Less(count, names_within(name, bound))
    return found


_BOTH: Fields = {
    **_bounded(),
    "failQueueWaitNum": Count("queue_lost"),
    "failQueueWaitTime": Whole("queue_lost_time"),
    "succWaitAnsTime": Whole("ring_answered_time"),
    "hangUpNum": Count("lent"),
    "hangUpTime": Whole("lent_time"),
    "hangUpReleaseNum": Count("lent_ended"),
    "maxWaitAnsTime": Whole("max_ring_time"),
    "minWaitAnsTime": Whole("min_ring_time"),
    "maxCallTime": Whole("max_talk_time"),
    "minCallTime": Whole("min_talk_time"),
    "ivrOccupyNum": Count("ivr"),
    "autoAnsTime": Whole("ivr_ring_time"),
    "ivrOnlySuccNum": Count("ivr_only_connected"),
    "autoCallSuccNum": Count("ivr_calls_connected"),
    "ivrOnlyTime": Whole("ivr_only_time"),
    "ivrOnlyNum": Count("ivr_only"),
    "autoCallNum": Count("ivr_calls"),
    "ivrCallTime": Whole("ivr_talk_time"),
    "ivrCallSuccNum": Count("ivr_connected"),
    "autoTransferNum": Count("ivr_moved"),
}

INBOUND: Fields = {
    **_BOTH,
    "waitAnsNum": Count("ring"),
    "waitAnsTime": Whole("ring_time"),
    "noAckNum": Count("ring_lost"),
    "succQueueWaitTime": Whole("queue_answered_time"),
    "succQueueWaitNum": Count("queue_answered"),
    "queOverToIvrNum": Count("queue_to_ivr"),
    "queOverToIvrTime": Whole("queue_to_ivr_time"),
    "inOccupyNum": Count("request"),
    "inCallSuccNum": Count("answered"),
    "inCallTime": Whole("talk_time"),
    "maxQueueWaitTime": Whole("max_queue_time"),
    "minQueueWaitTime": Whole("min_queue_time"),
    "minIvrCallTime": Whole("min_ivr_time"),
    "maxIvrCallTime": Whole("max_ivr_time"),
    "agentToQueueNum": Count("agent_to_queue"),
    "agentToAgentNum": Count("agent_to_agent"),
    "inVdnTime": Whole("call_time"),
    "succWaitAnsNum": Count("answered"),
    "autoUserAbandonNum": Count("ivr_left"),
    "netCallSuccNum": NONE,
    "netCallNum": NONE,
    "failWaitAnsTime": Whole("ring_lost_time"),
    "queueWaitTime": Whole("queue_time"),
    "inCallCostMinute": Count("talk_minutes"),
    "inCallAllCostMinute": Count("all_minutes"),
}
"""The numbers of Table 12-569."""

OUTBOUND: Fields = {
    **_BOTH,
    "outOccupyNum": Count("ring"),
    "outSuccWaitAnsNum": Count("answered"),
    "outCallSuccNum": Count("answered"),
    "outWaitAnsTime": Whole("ring_time"),
    "outCallTime": Whole("talk_time"),
    "agentHangUpLt3": Count("cancelled_soon"),
    "zeroNum": Count("zero"),
    "agentTransferNum": Count("transferred"),
    "outVdnTime": Whole("call_time"),
    "outCallCostMinute": Count("talk_minutes"),
    "outCallAllCostMinute": Count("all_minutes"),
    "preCallNum": Count("predicted"),
    "preCallSuccNum": Count("predicted_answered"),
    "preAgentNum": Count("predicted"),
    "preAgentSuccNum": Count("predicted_answered"),
    "preTransferNum": Count("predicted_transferred"),
    "preTotalTime": Whole("predicted_time"),
    "preNoAckNum": Less("predicted", ("predicted_answered",)),
    "preQueueWaitTime": NONE,
    "preQueueWaitNum": NONE,
    "preFailQueueWaitNum": NONE,
    "preFailQueueWaitTime": NONE,
    "preAbortQueueWaitNum": NONE,
    "preViewedCallNum": Count("previewed"),
    "preViewedCallSuccNum": Count("previewed_answered"),
    "preViewedSuccAckTime": Whole("previewed_ring_time"),
    "preViewedTransferNum": Count("previewed_transferred"),
    "preOccupiedCallNum": Count("preoccupied"),
    "preOccupiedSuccNum": Whole("preoccupied_ring_time"),
    "preOccupiedSuccAckTime": Whole("preoccupied_ring_time"),
    "preOccupiedAgentSuccNum": Count("preoccupied_answered"),
    "preOccupiedAgentSuccTime": Whole("preoccupied_time"),
    "preOccupiedTransferNum": Count("preoccupied_transferred"),
}
"""The numbers of Table 12-573."""


class SettlementBody(CallCenterBody):
    """Which days (on the VDN's clock), call types and queues of which VDN."""

    begin: Day = spelled("beginLogDay")
    end: Day = spelled("endLogDay")
    call_types: Integers = spelled("callTypes")
    skill_ids: Annotated[list[Int], Field(max_length=1000)] | None = spelled(
        "skillIds", default=None
    )
    sub_cc_no: Int | None = spelled("subCcNo", default=None)
    vdn: VdnId | None = None
    tenant_id: Text = spelled("tenantId", default="")

    def tenant(self, call: CmsRequest) -> Tenant:
        """The VDN, by its number or by its tenant space; one of them must be there."""
        if self.vdn is not None:
            return tenant_of(call, self.vdn, self.cc_id)
        found = [it for it in tenants_of(call) if it.config.name == self.tenant_id]
        if not found:
            raise InvalidParameter("no VDN")
        return tenant_of(call, found[0].id, self.cc_id)

    def question(self, tenant: Tenant, kind: Kind, numbers: Sequence[str]) -> Question:
        """What is asked of the statistics."""
        if self.begin > self.end or self.end - self.begin > LONGEST:
            raise InvalidParameter("no range of days")
        since, until = calendar.days(self.begin, self.end, tenant.config.timezone)
        return Question(
            tenant.id,
            kind,
            tuple(dict.fromkeys(numbers)),
            since,
            until,
            by_days=True,
            details=tuple(map(str, self.skill_ids)) if self.skill_ids else None,
            call_types=tuple(dict.fromkeys(self.call_types)),
        )


class InboundBody(SettlementBody):
    """Which numbers were called."""

    callees: Numbers = spelled("calleeNos")


class OutboundBody(SettlementBody):
    """From which numbers calls went out."""

    callers: Numbers = spelled("callerNos")


@dataclass(frozen=True, slots=True)
class Statement:
    """How a settlement is written: what the number and the reserved columns are called."""

    kind: Kind
    number: str
    fields: Fields
    column: str
    third: Formula
    """What the third reserved column has by default; the others have nothing."""
    more: Mapping[str, Any]


IN = Statement(
    Kind.SETTLED_IN, "calleeNo", INBOUND, "reserved_col{}", Sum(names_within("ack", 15)), {}
)
OUT = Statement(
    Kind.SETTLED_OUT,
    "callerNo",
    OUTBOUND,
    "reservedCol{}",
    Less("answered", names_within("talk_under", 15)),
    {"obsServiceNo": "-1"},
)


@cms.post("/v1/callinday/querymanualindexesbycondition", section="12.3.2.10", codes=CODES)
async def settled_calls_in(call: CmsRequest, body: InboundBody) -> list[dict[str, Any]]:
    """Settle the calls in of some days, by number called and call type."""
    return await _settle(call, body, IN, body.callees)


@cms.post("/v1/calloutday/querymanualindexesbycondition", section="12.3.2.11", codes=CODES)
async def settled_calls_out(
    call: CmsRequest, body: OutboundBody
) -> Compatible[list[dict[str, Any]]]:
    """Settle the calls out of some days, by calling number and call type."""
    return Compatible(await _settle(call, body, OUT, body.callers), copies=False)


async def _settle(
    call: CmsRequest, body: SettlementBody, statement: Statement, numbers: Sequence[str]
) -> list[dict[str, Any]]:
    tenant = body.tenant(call)
    question = body.question(tenant, statement.kind, numbers)
    if body.sub_cc_no not in (None, tenant.config.cc_id):
        return []
    counted = await call.platform.statistics.report(read, question)
    totals: dict[tuple[str, int], Values] = {}
    for subject, intervals in counted.items():
        total = totals.setdefault((subject.id, subject.call_type), {})
        for values in intervals.values():
            add(total, values)
    return [
        _row(tenant, body, statement, number, call_type, totals[number, call_type])
        for number, call_type in sorted(totals)
    ]


def _row(
    tenant: Tenant,
    body: SettlementBody,
    statement: Statement,
    number: str,
    call_type: int,
    values: Values,
) -> dict[str, Any]:
    read, center = seconds(values), tenant.config.cc_id
    columns: dict[str, Any] = {statement.column.format(it): 0 for it in range(1, 21)}
    columns[statement.column.format(3)] = statement.third.of(read)
    return {
        "beginLogDay": body.begin.isoformat(),
        "endLogDay": body.end.isoformat(),
        statement.number: number,
        "callType": call_type,
        "vdn": tenant.id,
        "serviceNo": SERVICE,
        "orgCcNo": center,
        "subCcNo": center,
        "serCcNo": center,
        "currentAgentId": _last(values, "max_last_agent"),
        "currentSkillId": _last(values, "max_last_queue"),
        **statement.more,
        **{field: formula.of(read) for field, formula in statement.fields.items()},
        **columns,
    }


def _last(values: Values, name: str) -> int:
    number = values.get(name, NOBODY) % PLACES
    return -1 if number == NOBODY else number
