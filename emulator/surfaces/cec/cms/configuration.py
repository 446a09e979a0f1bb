"""What is configured: queues, rest reasons and access codes of a VDN (CEC 12.3.1.1)."""

from __future__ import annotations

from typing_extensions import TypedDict

from emulator.surfaces.cec.cms.component import CODES, CmsRequest, Compatible, cms, tenant_of
from emulator.surfaces.cec.cms.fields import CcId, VdnBody, VdnId


class AccessCode(TypedDict):
    """An access code (Table 12-330)."""

    acId: int
    mediatypeId: int
    accessCode: str
    codeDescription: str


class Skill(TypedDict):
    """A queue (Table 12-365)."""

    id: int
    mediaType: int
    name: str


class RestReason(TypedDict):
    """Why agents rest (Table 12-369)."""

    restReasonId: int
    restReason: str


@cms.post("/v1/openapi/vdn/queryaccesscodeinfo", section="12.3.1.1.1", codes=CODES)
def access_codes(call: CmsRequest, body: VdnBody) -> list[AccessCode]:
    """List the access codes; an access code's id is its place in the configuration."""
    return [
        AccessCode(
            acId=place,
            mediatypeId=int(it.media_type),
            accessCode=it.code,
            codeDescription=it.description,
        )
        for place, it in enumerate(body.tenant(call).config.access_codes, start=1)
    ]


@cms.post("/v1/openapi/configures/skills", section="12.3.1.1.9", codes=CODES)
def skills(call: CmsRequest, body: VdnBody) -> list[Skill]:
    """List the queues."""
    return [
        Skill(id=it.id, mediaType=int(it.config.media_type), name=it.config.name)
        for it in body.tenant(call).queues.values()
    ]


@cms.get("/v1/openapi/agentgroup/restreasons/{ccId}/{vdn}", section="12.3.1.1.10", codes=CODES)
def rest_reasons(call: CmsRequest, ccId: CcId, vdn: VdnId) -> Compatible[list[RestReason]]:
    """List the reasons for which agents may rest."""
    tenant = tenant_of(call, vdn, ccId)
    return Compatible(
        [RestReason(restReasonId=it.code, restReason=it.name) for it in tenant.config.rest_reasons]
    )
