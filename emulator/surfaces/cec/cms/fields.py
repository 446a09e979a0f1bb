"""What requests to the monitoring component have in common: ranges, lists, pages (CEC 12.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import PydanticUseDefault

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


def _written(pattern: str, read: Callable[[str], T]) -> Callable[[object], T]:
    """Reads a text that looks just like that, and names a time there is."""
    form = re.compile(pattern, re.ASCII)

    def validate(value: object) -> T:
        if value is None or value == "":
            raise PydanticUseDefault
        if not isinstance(value, str) or form.fullmatch(value) is None:
            raise ValueError("no such time")
        return read(value)

    return validate


# Times on the VDN's own clock, or in UTC, as the interface says.
Moment = Annotated[
    datetime,
    BeforeValidator(_written(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", datetime.fromisoformat)),
]
"""`yyyy-MM-dd HH:mm:ss`."""
Day = Annotated[date, BeforeValidator(_written(r"\d{4}-\d\d-\d\d", date.fromisoformat))]
"""`yyyy-MM-dd`."""
Month = Annotated[
    date,
    BeforeValidator(_written(r"\d{6}", lambda it: date(int(it[:4]), int(it[4:]), 1))),
]
"""`yyyyMM`: its first day."""


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
