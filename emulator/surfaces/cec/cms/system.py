"""The platform's clock and licenses (CEC 12.3.6.7, 12.3.6.8)."""

from __future__ import annotations

from typing_extensions import TypedDict

from emulator.surfaces.cec.cms.component import (
    CODES,
    NEEDS_R008,
    CmsRequest,
    Compatible,
    InvalidParameter,
    cms,
    not_in_cti_3_6,
)
from emulator.surfaces.cec.cms.vdns import OneCallCenterBody
from emulator.switch.model import Tenant
from emulator.switch.terms import AgentType

UNLIMITED = 4_294_967_295
"""No limit, or a value that is not kept."""
VDNS = 5000
"""How many VDNs there can be: their ids are 1 to 5000."""


@cms.post("/v1/openapi/configures/ctiservertime", section="12.3.6.7", codes=(*CODES, NEEDS_R008))
@not_in_cti_3_6
def server_time(call: CmsRequest, body: OneCallCenterBody) -> Compatible[int]:
    """Tell the time in milliseconds since the epoch."""
    _tenants(call, body.cc_id)
    return Compatible(call.platform.now // 1000)


class Licenses(TypedDict):
    """What the license allows and what is used (Table 12-682)."""

    licenseMaxAgentNum: int
    licenseMaxVideoAgentNum: int
    licenseMaxVdnNum: int
    licenseMaxIvrCallNum: int
    licenseMaxVoiceCallNum: int
    licenseMaxWebCallNum: int
    loginAgentNum: int
    loginVideoAgentNum: int
    vdnNum: int
    ivrCallNum: int
    voiceCallNum: int
    webCallNum: int
    historyMaxAgentNum: int
    historyMaxVideoAgentNum: int
    historyMaxIvrCallNum: int
    historyMaxVoiceCallNum: int
    historyMaxWebCallNum: int
    licenseStartDate: int
    licenseEndDate: int


@cms.post(
    "/v1/openapi/configures/querysystemlicensestatus",
    section="12.3.6.8",
    codes=(*CODES, NEEDS_R008),
)
@not_in_cti_3_6
def licenses(call: CmsRequest, body: OneCallCenterBody) -> Compatible[Licenses]:
    """Tell what is used; what is configured is what is allowed."""
    tenants = _tenants(call, body.cc_id)
    agents = [it for tenant in tenants for it in tenant.agents.values()]
    video = [it for it in agents if it.config.agent_type is AgentType.VIDEO]
    calls = [it for tenant in tenants for it in tenant.calls.values()]
    channels = sum(it.config.channels for tenant in tenants for it in tenant.trunks)
    return Compatible(
        Licenses(
            licenseMaxAgentNum=len(agents),
            licenseMaxVideoAgentNum=len(video),
            licenseMaxVdnNum=VDNS,
            licenseMaxIvrCallNum=channels,
            licenseMaxVoiceCallNum=channels,
            licenseMaxWebCallNum=UNLIMITED,
            loginAgentNum=sum(it.signed_in for it in agents),
            loginVideoAgentNum=sum(it.signed_in for it in video),
            vdnNum=len(tenants),
            ivrCallNum=sum(it.ivr is not None for it in calls),
            voiceCallNum=sum(not it.is_chat for it in calls),
            webCallNum=sum(it.is_chat for it in calls),
            historyMaxAgentNum=UNLIMITED,
            historyMaxVideoAgentNum=UNLIMITED,
            historyMaxIvrCallNum=UNLIMITED,
            historyMaxVoiceCallNum=UNLIMITED,
            historyMaxWebCallNum=UNLIMITED,
            licenseStartDate=0,
            licenseEndDate=0,
        )
    )


def _tenants(call: CmsRequest, cc_id: int) -> list[Tenant]:
    """The VDNs of the call center, whoever asks: the license is the whole platform's."""
    tenants = call.platform.switch.tenants.values()
    found = [it for it in tenants if it.config.cc_id == cc_id]
    if not found:
        raise InvalidParameter(f"there is no call center {cc_id}")
    return found
