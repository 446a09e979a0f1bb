"""IVR flows and access codes, and the calls at them (CEC 12.3.1.1.7, 12.3.1.1.8, 12.3.1.1.11)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from emulator.domain.live.counts import CodeCounts, Phase
from emulator.surfaces.cec.cms import shown
from emulator.surfaces.cec.cms.component import (
    CODES,
    CmsRequest,
    Compatible,
    InvalidParameter,
    cms,
    not_in_cti_3_6,
)
from emulator.surfaces.cec.cms.fields import VdnBody
from emulator.surfaces.cec.cms.shown import REAL_QUEUE, SECOND, SERVICE, WaitingCall
from emulator.surfaces.cec.cms.vdn import CODES_R008
from emulator.surfaces.coercion import Int, spelled


class FlowBody(VdnBody):
    """Which IVR flow of a VDN."""

    flow_id: Annotated[Int, Field(ge=1, le=1500)] = spelled("flowId", "flowid")


@cms.post("/v1/openapi/vdn/queryivrstatusinfo", section="12.3.1.1.7", codes=CODES_R008)
@not_in_cti_3_6
def calls_in_flow(call: CmsRequest, body: FlowBody) -> Compatible[list[WaitingCall]]:
    """List the calls in an IVR flow."""
    tenant = body.tenant(call)
    if body.flow_id not in tenant.flows:
        raise InvalidParameter(f"VDN {tenant.id} has no IVR flow {body.flow_id}")
    found = call.platform.live.tenant(tenant.id).flows.get(body.flow_id, {})
    return Compatible([shown.waiting(tenant.calls[it]) for it in found])


class FlowInfo(TypedDict):
    """An IVR flow (Table 12-361)."""

    id: int
    serviceNo: int
    realFlag: int
    accessNo: str
    description: str


@cms.post("/v1/openapi/vdn/queryivrprocessinnoinfo", section="12.3.1.1.8", codes=CODES)
def flows(call: CmsRequest, body: VdnBody) -> Compatible[list[FlowInfo]]:
    """List the IVR flows."""
    return Compatible(
        [
            FlowInfo(
                id=it.id,
                serviceNo=SERVICE,
                realFlag=REAL_QUEUE,
                accessNo=it.config.access_code,
                description=it.config.name,
            )
            for it in body.tenant(call).flows.values()
        ]
    )


class CodesBody(VdnBody):
    """Which access codes of a VDN, by their ids (12.3.1.1.1)."""

    code_ids: Annotated[list[Int], Field(min_length=1, max_length=500)] = spelled(
        "innoIds", "innoids"
    )


class CodeCalls(TypedDict):
    """The calls to an access code (Table 12-373)."""

    innoId: int
    allCallCount: int
    ivrCallCount: int
    agentCallCount: int
    queueCallCount: int
    longestWaitTime: int


@cms.post("/v1/openapi/vdn/queryaccesscodecallinfo", section="12.3.1.1.11", codes=CODES_R008)
@not_in_cti_3_6
def calls_to_codes(call: CmsRequest, body: CodesBody) -> list[CodeCalls]:
    """Count the calls to access codes."""
    tenant = body.tenant(call)
    known = dict(enumerate(tenant.config.access_codes, start=1))
    counts, now = call.platform.live.tenant(tenant.id).codes, call.platform.switch.now
    return [
        _code_calls(it, counts.get(known[it].code, CodeCounts()), now)
        for it in body.code_ids
        if it in known
    ]


def _code_calls(number: int, counts: CodeCounts, now: int) -> CodeCalls:
    """A call that rings after it has waited is in the queue until it is answered."""
    oldest = next(iter(counts.waiting.values()), now)
    return CodeCalls(
        innoId=number,
        allCallCount=sum(counts.calls),
        ivrCallCount=counts.calls[Phase.IVR],
        agentCallCount=counts.calls[Phase.AGENT],
        queueCallCount=counts.calls[Phase.QUEUED] + counts.calls[Phase.OFFERED],
        longestWaitTime=(now - oldest) // SECOND,
    )
