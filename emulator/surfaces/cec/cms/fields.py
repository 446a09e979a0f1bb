"""What requests to the monitoring component have in common: ranges, lists, pages (CEC 12.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field

from emulator.surfaces.cec.cms.component import CmsRequest, tenant_of
from emulator.surfaces.coercion import Int, spelled
from emulator.switch.model import Agent, Queue, Tenant

T = TypeVar("T")

CcId = Annotated[Int, Field(ge=1, le=65535)]
VdnId = Annotated[Int, Field(ge=1, le=5000)]
SkillId = Annotated[Int, Field(ge=1, le=2000)]
AgentId = Annotated[Int, Field(ge=101, le=59999)]
AnyAgentId = Annotated[Int, Field(ge=0, le=99999)]
Offset = Annotated[Int, Field(ge=0)]

SkillIds = Annotated[list[SkillId], Field(min_length=1, max_length=1000)]


class CallCenterBody(BaseModel):
    """A call center that need not be named: it is the VDN's own then."""

    cc_id: CcId | None = spelled("ccId", "ccid", "cclId", default=None)


class VdnBody(BaseModel):
    """Which VDN of which call center."""

    cc_id: CcId = spelled("ccId", "ccid", "cclId")
    vdn: VdnId

    def tenant(self, call: CmsRequest) -> Tenant:
        """The VDN; refuses a key that is not of it."""
        return tenant_of(call, self.vdn, self.cc_id)


class SkillsBody(VdnBody):
    """Which queues of a VDN."""

    skill_ids: SkillIds = spelled("skillIds", "skillids")

    def queues(self, call: CmsRequest) -> list[Queue]:
        """The queues in the order asked for; those that do not exist are left out."""
        queues = self.tenant(call).queues
        return [queues[it] for it in self.skill_ids if it in queues]


def agents_in_order(tenant: Tenant) -> list[Agent]:
    """All agents of a VDN, in the order of its configuration."""
    return list(tenant.agents.values())


def page(items: Sequence[T], offset: int, limit: int) -> Sequence[T]:
    """One page: `offset` items are left out, `limit` are the most that it has."""
    return items[offset : offset + limit]
