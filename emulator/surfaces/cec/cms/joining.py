"""Group and name of one agent: interfaces with their own envelope (CEC 12.3.4.10, 12.3.4.11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from emulator.domain import inspection
from emulator.domain.errors import (
    GroupNameTaken,
    InspectionError,
    NoGroupName,
    UnknownGroup,
    UnknownMember,
)
from emulator.surfaces.cec.cms.component import (
    CmsRequest,
    InvalidParameter,
    NoPermission,
    NotFound,
    cms,
    tenant_of,
)
from emulator.surfaces.cec.cms.fields import AnyAgentId, CallCenterBody, VdnId
from emulator.surfaces.cec.cms.groups import PATH, Name, new_id
from emulator.surfaces.cec.envelope import write_json
from emulator.surfaces.cec.errors import Failure, ParameterError, Row
from emulator.surfaces.coercion import DigitText, Int, spelled
from emulator.switch.config import TenantConfig, UserGroupConfig
from emulator.switch.errors import SwitchError
from emulator.switch.terms import GroupType


class PlainAnswer(BaseModel):
    """The answer of 12.3.4.10 and 12.3.4.11."""

    message: str
    retcode: str
    result: dict[str, Any]


class PlainEnvelope:
    """`retcode`, `message` and `result`."""

    __slots__ = ()

    def success(self, result: object, message: str) -> bytes:
        """Write a success."""
        return write_json({"result": result, "message": message, "retcode": "0"})

    def failure(self, failure: Failure) -> bytes:
        """Write a refusal."""
        return write_json({"result": {}, "message": failure.message, "retcode": failure.code})

    def model(self, result: Any) -> Any:
        """Give the model of the answer."""
        return PlainAnswer


INVALID = Failure("1", "The parameter is invalid or the system reports an error")
NOT_OF_THE_VDN = Failure("300-010", "ccid and vdnid of the VDN user do not match")
JOINING: Mapping[type[Exception], Row] = {
    ParameterError: INVALID,
    NoPermission: NOT_OF_THE_VDN,
    InvalidParameter: NOT_OF_THE_VDN,
    NotFound: NOT_OF_THE_VDN,
    UnknownMember: Failure("300-016", "The agent does not exist in the VDN"),
    GroupNameTaken: Failure("300-017", "The inspector group name already exists"),
    NoGroupName: Failure("300-018", "The name of the inspector group is empty"),
    UnknownGroup: Failure("300-019", "The inspector group does not exist"),
    SwitchError: INVALID,
}
RENAMING: Mapping[type[Exception], Row] = dict.fromkeys(
    (ParameterError, SwitchError, InspectionError), INVALID
)


class AgentBody(CallCenterBody):
    """Which agent of which VDN."""

    vdn: VdnId = spelled("vdnId")
    agent_id: AnyAgentId = spelled("agentId")


class JoinBody(AgentBody):
    """The group that an agent joins; without an id it is a new one."""

    group_id: DigitText = spelled("groupId", "groupid", default="")
    name: Annotated[Name, Field(max_length=100)] = spelled("groupName", default="")
    group_type: Annotated[Int, Field(ge=2, le=3)] = spelled("groupType", default=2)


class Joined(TypedDict):
    """The group that an agent is in now (Table 12-630)."""

    groupName: str
    groupId: str


@cms.post(
    PATH + "/joinusergroup",
    section="12.3.4.10",
    codes=("300-010", "300-016", "300-017", "300-018", "300-019", "1"),
    failures=JOINING,
    unforeseen=INVALID,
    envelope=PlainEnvelope(),
)
async def join(call: CmsRequest, body: JoinBody) -> Joined:
    """Let an agent join a group, or a new one, and leave the one that it was in."""
    tenant = tenant_of(call, body.vdn, body.cc_id)
    new = UserGroupConfig(new_id(call), body.name, GroupType(body.group_type))
    group_id = body.group_id or new.id

    def plan(config: TenantConfig) -> inspection.Changes:
        work_nos = [body.agent_id]
        if body.group_id:
            return inspection.joined(config, group_id, work_nos, lambda: new_id(call))
        return inspection.created(config, new, work_nos, lambda: new_id(call))

    await call.platform.edit(tenant.id, plan)
    group = inspection.group_of(tenant.config, group_id)
    return Joined(groupName=group.name, groupId=group.id)


class RenamedBody(AgentBody):
    """An agent's new name."""

    name: Annotated[Name, Field(min_length=1)] = spelled("agentName")


class Renamed(TypedDict):
    """An agent and its new name (Table 12-635)."""

    agentId: int
    ccId: int
    vdnId: int
    agentName: str


@cms.post(
    PATH + "/updateagentgroup",
    section="12.3.4.11",
    codes=("1",),
    failures=RENAMING,
    unforeseen=INVALID,
    envelope=PlainEnvelope(),
)
async def rename_agent(call: CmsRequest, body: RenamedBody) -> Renamed:
    """Give an agent another name."""
    tenant = tenant_of(call, body.vdn, body.cc_id)

    def plan(config: TenantConfig) -> inspection.Changes:
        for agent in config.agents:
            if agent.work_no == body.agent_id:
                return [replace(agent, name=body.name)]
        raise UnknownMember(f"there is no agent {body.agent_id}")

    await call.platform.edit(tenant.id, plan)
    return Renamed(
        agentId=body.agent_id,
        ccId=tenant.config.cc_id,
        vdnId=tenant.id,
        agentName=body.name,
    )
