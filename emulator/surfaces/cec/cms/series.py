"""System indicators by five minutes, in UTC (CEC 12.3.6.4-12.3.6.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Generic, TypeVar

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from emulator.domain import calendar
from emulator.domain.indicators import system
from emulator.domain.indicators.cells import FIVE_MINUTES, Values, merged
from emulator.domain.operations import Work
from emulator.domain.statistics import SystemCells, first_of_system, read_system
from emulator.surfaces.cec.cms.component import (
    CODES,
    CmsRequest,
    InvalidParameter,
    cms,
    require_global,
)
from emulator.surfaces.cec.cms.fields import CallCenterBody, Moment, Offset, VdnId
from emulator.surfaces.cec.cms.uap import UAP_IP, Office, offices, tenants_asked
from emulator.surfaces.coercion import Int, Text, spelled
from emulator.switch.model import Tenant

UTC = "UTC"
LONGEST = timedelta(days=31)
MOST = 1_000
"""Rows of a page; the reference names no limit."""
MILLISECOND = 1000

S = TypeVar("S")
"""Whom a row is about."""
R = TypeVar("R")


def _as_list(value: object) -> object:
    return [] if value is None or value == "" else value


OfficeNumbers = Annotated[
    list[Annotated[Int, Field(ge=0)]], BeforeValidator(_as_list), Field(max_length=1000)
]


class SeriesBody(CallCenterBody):
    """From when to when, and which page of the rows."""

    begin: Moment = spelled("beginDate")
    end: Moment = spelled("endDate")
    limit: Annotated[Int, Field(ge=1, le=MOST)] = 100
    offset: Offset = 0

    def span(self) -> tuple[int, int]:
        """Since ≤ begin of an interval < until (µs)."""
        if not timedelta() <= self.end - self.begin <= LONGEST:
            raise InvalidParameter("the range is longer than 31 days, or ends before it begins")
        return calendar.instant(self.begin, UTC), calendar.instant(self.end, UTC)


class UapBody(SeriesBody):
    """A series of the platform that switches the calls."""

    uap_ip: Text = spelled("uapIP", "uapIp", default="")

    @property
    def is_of_ours(self) -> bool:
        """Whether the platform asked about is the one there is."""
        return self.uap_ip in ("", UAP_IP)


class PerfBody(UapBody):
    """The offices asked about; none named: all."""

    ofc_no: OfficeNumbers = spelled("ofcNo", default=[])


class VdnsBody(SeriesBody):
    """The VDNs asked about; none named: all."""

    vdns: Annotated[list[VdnId], BeforeValidator(_as_list), Field(max_length=100)] = spelled(
        "vdn", default=[]
    )


class Series(TypedDict, Generic[R]):
    """A page of rows, and how many there are."""

    data: list[R]
    count: int


class PerfRow(TypedDict):
    """Calls of an office (12.3.6.4)."""

    beginTime: str
    ccId: int
    uapIp: str
    ofcNo: int
    systemInBound: int
    systemInSucc: int
    systemCallRate: int


class TerminalRow(TypedDict):
    """Phones in use (Table 12-671)."""

    beginTime: str
    ccId: int
    uapIp: str
    agentOnlineCount: int


class CtiRow(TypedDict):
    """Agents and calls of a VDN (12.3.6.6)."""

    beginTime: str
    ccId: int
    vdn: int
    onlineAgentNums: int
    talkingNums: int
    ideaAgentNum: int
    busyNums: int
    restNums: int
    inCallNums: int
    rateNum: int
    callRate: int
    callOutNums: int


@cms.post("/v1/openapi/uap/perfindex", section="12.3.6.4", codes=CODES)
async def performance(call: CmsRequest, body: PerfBody) -> Series[PerfRow]:
    """Count the inbound calls of each office."""
    require_global(call)
    tenants = tenants_asked(call, body.cc_id)
    subjects = offices(call, tenants, body.ofc_no) if body.is_of_ours else []

    def row(begin: int, office: Office, counts: Counts) -> PerfRow:
        calls = counts.of_office(office, begin)
        return PerfRow(
            beginTime=str(begin // MILLISECOND),
            ccId=office.tenant.config.cc_id,
            uapIp=UAP_IP,
            ofcNo=office.number,
            systemInBound=calls.get("in", 0),
            systemInSucc=calls.get("in_connected", 0),
            systemCallRate=percent(calls.get("in_connected", 0), calls.get("in", 0)),
        )

    return await _series(call, body, tenants, subjects, row)


@cms.post("/v1/openapi/uap/terminalindex", section="12.3.6.5", codes=CODES)
async def terminals(call: CmsRequest, body: UapBody) -> Series[TerminalRow]:
    """Count the phones at which agents are signed in, for each call center."""
    require_global(call)
    tenants = tenants_asked(call, body.cc_id)
    centers = list(dict.fromkeys(it.config.cc_id for it in tenants))

    def row(begin: int, cc_id: int, counts: Counts) -> TerminalRow:
        of_center = (it for it in tenants if it.config.cc_id == cc_id)
        return TerminalRow(
            beginTime=str(begin // MILLISECOND),
            ccId=cc_id,
            uapIp=UAP_IP,
            agentOnlineCount=sum(
                counts.of_agents(it.id, begin).get(system.ONLINE, 0) for it in of_center
            ),
        )

    return await _series(call, body, tenants, centers if body.is_of_ours else [], row)


@cms.post("/v1/openapi/cti/sysindex", section="12.3.6.6", codes=CODES)
async def cti(call: CmsRequest, body: VdnsBody) -> Series[CtiRow]:
    """Count the agents by state, and the calls, of each VDN."""
    require_global(call)
    tenants = tenants_asked(call, body.cc_id)
    if body.vdns:
        tenants = [it for it in tenants if it.id in body.vdns]

    def row(begin: int, tenant: Tenant, counts: Counts) -> CtiRow:
        agents, calls = counts.of_agents(tenant.id, begin), counts.of_calls(tenant.id, begin)
        return CtiRow(
            beginTime=str(begin // MILLISECOND),
            ccId=tenant.config.cc_id,
            vdn=tenant.id,
            onlineAgentNums=agents.get(system.ONLINE, 0),
            talkingNums=agents.get(system.TALKING, 0),
            ideaAgentNum=agents.get(system.IDLE, 0),
            busyNums=agents.get(system.BUSY, 0),
            restNums=agents.get(system.REST, 0),
            inCallNums=calls.get("in", 0),
            rateNum=calls.get("agent_in_connected", 0),
            callRate=percent(calls.get("agent_in_connected", 0), calls.get("agent_in", 0)),
            callOutNums=calls.get("out", 0),
        )

    return await _series(call, body, tenants, tenants, row)


def percent(part: int, whole: int) -> int:
    """So many of a hundred, rounded; 0 of nothing."""
    return round(100 * part / whole) if whole else 0


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted, and what agents do who are still at it."""

    cells: SystemCells
    running: Sequence[Work]

    def of_agents(self, tenant: int, begin: int) -> Values:
        """Agents by state when the five minutes from `begin` (µs) were over."""
        at_it = (it for it in self.running if it.tenant == tenant)
        over = self.cells.get((tenant, system.AGENTS, ""), {}).get(begin, {})
        return merged((over, system.of_work(at_it, begin)))

    def of_calls(self, tenant: int, begin: int) -> Values:
        """Calls that ended in the five minutes from `begin` (µs)."""
        return merged(
            it.get(begin, {})
            for (owner, kind, _), it in self.cells.items()
            if owner == tenant and kind == system.CALLS
        )

    def of_office(self, office: Office, begin: int) -> Values:
        """Those of them that came in by an office."""
        return merged(
            it.get(begin, {})
            for (owner, kind, number), it in self.cells.items()
            if owner == office.tenant.id and kind == system.CALLS and office.takes(number)
        )


async def counts_between(
    call: CmsRequest, tenants: Sequence[Tenant], since: int, until: int
) -> Counts:
    """What there is to tell of these VDNs in since ≤ begin < until (µs)."""
    platform = call.platform
    cells = await platform.statistics.report(read_system, [it.id for it in tenants], since, until)
    return Counts(cells, list(platform.recorder.running.values()))


async def _series(
    call: CmsRequest,
    body: SeriesBody,
    tenants: Sequence[Tenant],
    subjects: Sequence[S],
    row: Callable[[int, S, Counts], R],
) -> Series[R]:
    """Rows by time, and for each time by subject; only those of the page are counted."""
    begins = await _begins(call, body.span(), tenants)
    total = len(begins) * len(subjects)
    places = range(total)[body.offset : body.offset + body.limit]
    if not places:
        return Series(data=[], count=total)
    first, last = (begins[it // len(subjects)] for it in (places[0], places[-1]))
    counts = await counts_between(call, tenants, first, last + FIVE_MINUTES)
    data = [row(begins[it // len(subjects)], subjects[it % len(subjects)], counts) for it in places]
    return Series(data=data, count=total)


async def _begins(
    call: CmsRequest, span: tuple[int, int], tenants: Sequence[Tenant]
) -> Sequence[int]:
    """The begins of the five minutes in the span that are over, since there is anything to tell."""
    ids = [it.id for it in tenants]
    counted = await call.platform.statistics.report(first_of_system, ids)
    known = list(_known_since(call, ids, counted))
    if not known:
        return range(0)
    since = max(span[0], min(known) // FIVE_MINUTES * FIVE_MINUTES)
    first = -(-since // FIVE_MINUTES) * FIVE_MINUTES
    until = min(span[1], call.platform.now - FIVE_MINUTES + 1)
    return range(first, until, FIVE_MINUTES)


def _known_since(call: CmsRequest, tenants: Sequence[int], counted: int | None) -> Iterator[int]:
    if counted is not None:
        yield counted
    for work in call.platform.recorder.running.values():
        if work.tenant in tenants:
            yield work.since
