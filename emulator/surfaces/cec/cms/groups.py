"""User groups and inspection relationships (CEC 12.3.4.1-12.3.4.9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, Field
from typing_extensions import TypedDict

from emulator.domain import inspection
from emulator.domain.errors import InspectionError
from emulator.surfaces.cec.cms.component import (
    CODES,
    INSPECTION_ABNORMAL,
    CmsRequest,
    cms,
    tenant_of,
)
from emulator.surfaces.cec.cms.fields import (
    AnyAgentId,
    CallCenterBody,
    CcId,
    Offset,
    VdnId,
    page,
)
from emulator.surfaces.cec.errors import Failure, Row
from emulator.surfaces.coercion import DigitText, Int, Text, spelled
from emulator.switch.config import AgentConfig, UserGroupConfig
from emulator.switch.model import Tenant
from emulator.switch.terms import GroupType

PATH = "/v1/openapi/qcrelationconf"
ABNORMAL = Failure(INSPECTION_ABNORMAL, "The inspection relationship interface is abnormal")
FAILURES: Mapping[type[Exception], Row] = {InspectionError: ABNORMAL}
GROUP_CODES = (*CODES, INSPECTION_ABNORMAL)


H = TypeVar("H", bound=Callable[..., Any])


def change(path: str, section: str, message: str) -> Callable[[H], H]:
    """An interface that changes the groups and says `message`."""
    return cms.post(
        PATH + path, section=section, codes=GROUP_CODES, message=message, failures=FAILURES
    )


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("a character that cannot be printed")
    return text


Name = Annotated[Text, AfterValidator(_printable)]
GroupName = Annotated[Name, Field(min_length=1, max_length=100)]
GroupId = Annotated[DigitText, Field(min_length=1)]
AgentIds = Annotated[list[AnyAgentId], Field(min_length=1)]
GroupIds = Annotated[list[GroupId], Field(min_length=1)]


def new_id(call: CmsRequest) -> str:
    """A key that no group and no member has."""
    platform = call.platform
    return inspection.new_id(platform.now, platform.random("user group"))


class Member(TypedDict):
    """A member of a group (Table 12-602)."""

    workNo: int
    accountCode: str
    groupName: str
    accountName: str
    ccRoleId: int
    id: str


class Group(TypedDict):
    """A group (Table 12-611)."""

    groupName: str
    groupType: int
    remark: str
    id: str


class GroupsBody(CallCenterBody):
    """Which VDN's groups."""

    vdn: VdnId

    def tenant(self, call: CmsRequest) -> Tenant:
        """The VDN; refuses a key that is not of it."""
        return tenant_of(call, self.vdn, self.cc_id)


class MembersBody(GroupsBody):
    """Which members of a group, and which page of them."""

    group_id: GroupId = spelled("groupId", "groupid")
    work_no: AnyAgentId | None = spelled("workNo", default=None)
    limit: Annotated[Int, Field(ge=1, le=100)]
    offset: Offset


@cms.post(
    PATH + "/querygroupmemberbycondition",
    section="12.3.4.1",
    codes=GROUP_CODES,
    failures=FAILURES,
)
def members(call: CmsRequest, body: MembersBody) -> list[Member]:
    """List the members of a group, or find one of them."""
    tenant = body.tenant(call)
    group = inspection.group_of(tenant.config, body.group_id)
    found = [it for it in group.members if body.work_no in (None, it.work_no)]
    return [
        _member(tenant.agents[it.work_no].config, group, it.serial)
        for it in page(found, body.offset, body.limit)
    ]


def _member(agent: AgentConfig, group: UserGroupConfig, serial: str) -> Member:
    return Member(
        workNo=agent.work_no,
        accountCode=agent.account,
        groupName=group.name,
        accountName=agent.name,
        ccRoleId=int(agent.role),
        id=serial,
    )


class LeavingBody(GroupsBody):
    """Who leaves its group; nobody named: all agents of the VDN."""

    work_nos: list[AnyAgentId] | None = spelled("workNos", default=None)


@change("/batchdeletegroupmember", "12.3.4.2", "Deleted successfully")
async def remove_members(call: CmsRequest, body: LeavingBody) -> None:
    """Let agents leave their groups."""
    await call.platform.edit(
        body.tenant(call).id, lambda config: inspection.left(config, body.work_nos or None)
    )


class JoiningBody(GroupsBody):
    """Who joins which group."""

    work_nos: AgentIds = spelled("workNos")
    group_id: GroupId = spelled("groupId", "groupid")


@change("/batchaddgroupmember", "12.3.4.3", "Added successfully")
async def add_members(call: CmsRequest, body: JoiningBody) -> None:
    """Let agents join a group, and leave the one that they were in."""
    await call.platform.edit(
        body.tenant(call).id,
        lambda config: inspection.joined(
            config, body.group_id, body.work_nos, lambda: new_id(call)
        ),
    )


class GroupsPath(BaseModel):
    """Which VDN's groups; its call center need not be named."""

    cc_id: CcId | None = spelled("ccId", default=None)
    vdn: VdnId


@cms.get(
    PATH + "/queryallccgroup/{ccId}/{vdn}",
    section="12.3.4.4",
    codes=CODES,
    also=(PATH + "/queryallccgroup/{vdn}",),
)
def groups(call: CmsRequest, path: GroupsPath) -> list[Group]:
    """List the groups of a VDN."""
    return [
        Group(groupName=it.name, groupType=int(it.group_type), remark=it.remark, id=it.id)
        for it in tenant_of(call, path.vdn, path.cc_id).config.user_groups
    ]


class NewGroupBody(GroupsBody):
    """A new group, and who is in it."""

    name: GroupName = spelled("groupName")
    group_type: Annotated[Int, Field(ge=2, le=3)] = spelled("groupType")
    remark: Name = ""
    work_nos: list[AnyAgentId] = spelled("workNos", default=[])


@change("/createusergroup", "12.3.4.5", "Added successfully")
async def create_group(call: CmsRequest, body: NewGroupBody) -> None:
    """Create a group."""
    group = UserGroupConfig(new_id(call), body.name, GroupType(body.group_type), body.remark)
    await call.platform.edit(
        body.tenant(call).id,
        lambda config: inspection.created(config, group, body.work_nos, lambda: new_id(call)),
    )


class GroupBody(GroupsBody):
    """Which group."""

    group_id: GroupId = spelled("id")


@change("/deleteusergroup", "12.3.4.6", "Deleted successfully")
async def delete_group(call: CmsRequest, body: GroupBody) -> None:
    """Delete a group with its members and relationships."""
    await call.platform.edit(
        body.tenant(call).id, lambda config: inspection.deleted(config, body.group_id)
    )


class ChangedGroupBody(GroupBody):
    """A group's new name, and its new remark if it has one."""

    name: GroupName = spelled("groupName")
    remark: Name | None = None


@change("/updategroup", "12.3.4.7", "Updated successfully")
async def change_group(call: CmsRequest, body: ChangedGroupBody) -> None:
    """Rename a group."""
    await call.platform.edit(
        body.tenant(call).id,
        lambda config: inspection.changed(config, body.group_id, body.name, body.remark),
    )


class RelationBody(GroupsBody):
    """A group of inspectors, and groups that it inspects."""

    group_id: GroupId = spelled("qcGroupId")
    inspected: GroupIds = spelled("inspectedGroupIds")


@change("/configqcrelation", "12.3.4.8", "Configured successfully")
async def relate(call: CmsRequest, body: RelationBody) -> None:
    """Let a group inspect others."""
    await call.platform.edit(
        body.tenant(call).id,
        lambda config: inspection.related(config, body.group_id, body.inspected),
    )


@change("/deleteqcrelationconf", "12.3.4.9", "Deleted successfully")
async def unrelate(call: CmsRequest, body: RelationBody) -> None:
    """Let a group inspect others no longer."""
    await call.platform.edit(
        body.tenant(call).id,
        lambda config: inspection.unrelated(config, body.group_id, body.inspected),
    )
