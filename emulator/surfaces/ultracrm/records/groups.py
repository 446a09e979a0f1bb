"""Groups and their members (chapter 4): `nType` 0 are ACD groups, our queues; 1 business groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from emulator.store.kinds import Item
from emulator.store.lane import Removal
from emulator.surfaces.soap.contract import Number, Text
from emulator.surfaces.ultracrm import pairs
from emulator.surfaces.ultracrm.desk import DONE, Incomplete, UltraCrm
from emulator.surfaces.ultracrm.services import CHANGED, webservice
from emulator.switch.config import (
    AgentConfig,
    GroupMemberConfig,
    QueueConfig,
    SkillConfig,
    TenantConfig,
    UserGroupConfig,
)
from emulator.switch.errors import InvalidValue, UnknownAgent, UnknownQueue

ALL = "ALL"
Changes = Sequence[Item | Removal]


@webservice.operation("Groups_Info", codes=())
def describe(desk: UltraCrm, strGroup: Text, nType: Number) -> Text:
    """Name one group, or all with their numbers: `1-support|2-sales`."""
    names = _sort(nType).names(desk.tenant.config)
    if strGroup.upper() == ALL:
        return pairs.bars(f"{number}-{name}" for number, name in names.items())
    return names.get(strGroup, "")


@webservice.operation("Group_Add", codes=CHANGED)
async def add(desk: UltraCrm, strGroup: Text, strGname: Text, nType: Number) -> Number:
    """Add a group."""
    _require(strGroup, strGname)
    sort = _sort(nType)

    def plan(config: TenantConfig) -> Changes:
        if strGroup in sort.names(config):
            raise InvalidValue(f"there is a group {strGroup} already")
        return [sort.made(strGroup, strGname)]

    await desk.platform.edit(desk.tenant.id, plan)
    return DONE


@webservice.operation("Group_Del", codes=CHANGED)
async def remove(desk: UltraCrm, strGroup: Text, nType: Number) -> Number:
    """Remove a group with its members."""
    _require(strGroup)
    sort = _sort(nType)
    await _change(desk, sort, strGroup, lambda config: sort.without(config, strGroup))
    return DONE


@webservice.operation("Group_Members", codes=())
def members(desk: UltraCrm, strGroup: Text, nType: Number) -> Text:
    """List the agents of a group."""
    return pairs.bars(map(str, _sort(nType).members(desk.tenant.config, strGroup)))


@webservice.operation("Group_Member_Del", codes=CHANGED)
async def remove_member(
    desk: UltraCrm, strGroup: Text, strGhid: Text = "", *, nType: Number
) -> Number:
    """Take an agent out of a group, or all of them."""
    _require(strGroup)
    sort = _sort(nType)

    def plan(config: TenantConfig) -> Changes:
        leaving = [it for it in sort.members(config, strGroup) if strGhid in ("", str(it))]
        if not leaving:
            raise Incomplete("there is nobody to take out")
        return sort.parted(config, strGroup, leaving)

    await _change(desk, sort, strGroup, plan)
    return DONE


@webservice.operation("Group_Member_Add", codes=CHANGED)
async def add_member(desk: UltraCrm, strGroup: Text, strGhid: Text, nType: Number) -> Number:
    """Put an agent into a group."""
    _require(strGroup, strGhid)
    sort = _sort(nType)

    def plan(config: TenantConfig) -> Changes:
        agent = next((it for it in config.agents if str(it.work_no) == strGhid), None)
        if agent is None:
            raise UnknownAgent(f"there is no agent {strGhid}")
        if agent.work_no in sort.members(config, strGroup):
            raise InvalidValue(f"agent {strGhid} is in group {strGroup} already")
        return sort.joined(config, strGroup, agent)

    await _change(desk, sort, strGroup, plan)
    return DONE


def _require(*said: str) -> None:
    if not all(said):
        raise Incomplete("something that has to be said is missing")


async def _change(
    desk: UltraCrm, sort: Sort, group: str, plan: Callable[[TenantConfig], Changes]
) -> None:
    """Change a group that there is."""

    def checked(config: TenantConfig) -> Changes:
        if group not in sort.names(config):
            raise UnknownQueue(f"there is no group {group}")
        return plan(config)

    await desk.platform.edit(desk.tenant.id, checked)


# The two sorts of groups


class Sort(Protocol):
    """One sort of groups, as the configuration has them."""

    def names(self, config: TenantConfig) -> dict[str, str]:
        """The names of all groups by their numbers."""
        ...

    def members(self, config: TenantConfig, group: str) -> list[int]:
        """The work numbers of a group's members."""
        ...

    def made(self, group: str, name: str) -> Item:
        """A new group."""
        ...

    def without(self, config: TenantConfig, group: str) -> Changes:
        """The group goes."""
        ...

    def joined(self, config: TenantConfig, group: str, agent: AgentConfig) -> Changes:
        """The agent comes."""
        ...

    def parted(self, config: TenantConfig, group: str, leaving: Iterable[int]) -> Changes:
        """The agents go."""
        ...


class AcdGroups:
    """Skill queues, of which agents are members by their skills."""

    def names(self, config: TenantConfig) -> dict[str, str]:
        return {str(it.id): it.name for it in config.queues}

    def members(self, config: TenantConfig, group: str) -> list[int]:
        return [it.work_no for it in config.agents if group in _skills(it)]

    def made(self, group: str, name: str) -> Item:
        if not (group.isascii() and group.isdecimal() and len(group) <= 9):
            raise InvalidValue(f"an ACD group has a number, not {group!r}")
        return QueueConfig(int(group), name)

    def without(self, config: TenantConfig, group: str) -> Changes:
        parted = self.parted(config, group, self.members(config, group))
        return [*parted, Removal(QueueConfig, int(group))]

    def joined(self, config: TenantConfig, group: str, agent: AgentConfig) -> Changes:
        return [replace(agent, skills=(*agent.skills, SkillConfig(int(group))))]

    def parted(self, config: TenantConfig, group: str, leaving: Iterable[int]) -> Changes:
        gone = frozenset(leaving)
        return [
            replace(it, skills=tuple(skill for skill in it.skills if str(skill.queue) != group))
            for it in config.agents
            if it.work_no in gone
        ]


def _skills(agent: AgentConfig) -> list[str]:
    return [str(skill.queue) for skill in agent.skills]


class BusinessGroups:
    """User groups (CEC 12.3.4), of which an agent can be in one."""

    def names(self, config: TenantConfig) -> dict[str, str]:
        return {it.id: it.name for it in config.user_groups}

    def members(self, config: TenantConfig, group: str) -> list[int]:
        return [it.work_no for it in _group(config, group).members]

    def made(self, group: str, name: str) -> Item:
        return UserGroupConfig(group, name)

    def without(self, config: TenantConfig, group: str) -> Changes:
        inspecting = [
            replace(it, inspects=tuple(other for other in it.inspects if other != group))
            for it in config.user_groups
            if group in it.inspects
        ]
        return [*inspecting, Removal(UserGroupConfig, group)]

    def joined(self, config: TenantConfig, group: str, agent: AgentConfig) -> Changes:
        found = _group(config, group)
        return [replace(found, members=(*found.members, GroupMemberConfig(agent.work_no)))]

    def parted(self, config: TenantConfig, group: str, leaving: Iterable[int]) -> Changes:
        found, gone = _group(config, group), frozenset(leaving)
        return [replace(found, members=tuple(m for m in found.members if m.work_no not in gone))]


def _group(config: TenantConfig, group: str) -> UserGroupConfig:
    found = next((it for it in config.user_groups if it.id == group), None)
    return found or UserGroupConfig(group, "")


_SORTS: tuple[Sort, ...] = (AcdGroups(), BusinessGroups())


def _sort(kind: int) -> Sort:
    if not 0 <= kind < len(_SORTS):
        raise InvalidValue("groups are ACD groups (0) or business groups (1)")
    return _SORTS[kind]
