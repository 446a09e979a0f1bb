"""User groups, and which groups inspect which (CEC 12.3.4).

They are configuration. Each function takes that of a VDN and gives the items of it that change,
for `Platform.edit`; whom an inspector may supervise then is a rule of the switch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from random import Random

from emulator.domain.errors import (
    GroupNameTaken,
    NoGroupName,
    NotInspectors,
    UnknownGroup,
    UnknownMember,
)
from emulator.store.kinds import Item
from emulator.store.lane import Removal
from emulator.switch.config import GroupMemberConfig, TenantConfig, UserGroupConfig
from emulator.switch.terms import GroupType

Changes = list[Item | Removal]
NewId = Callable[[], str]

_RANDOM_DIGITS = 17


def new_id(now: int, random: Random) -> str:
    """A key of 30 digits: the milliseconds of `now` (µs since the epoch), and random ones."""
    return f"{now // 1000:013d}{random.randrange(10**_RANDOM_DIGITS):0{_RANDOM_DIGITS}d}"


def group_of(config: TenantConfig, group_id: str) -> UserGroupConfig:
    """The group with this id."""
    for group in config.user_groups:
        if group.id == group_id:
            return group
    raise UnknownGroup(f"there is no user group {group_id}")


def created(
    config: TenantConfig, group: UserGroupConfig, work_nos: Collection[int], member_id: NewId
) -> Changes:
    """A new group, with these members."""
    _require_name(config, group)
    return _with_members(config, group, work_nos, member_id)


def changed(config: TenantConfig, group_id: str, name: str, remark: str | None) -> Changes:
    """The group with another name, and another remark unless it is None."""
    group = group_of(config, group_id)
    group = replace(group, name=name, remark=group.remark if remark is None else remark)
    _require_name(config, group)
    return [group]


def deleted(config: TenantConfig, group_id: str) -> Changes:
    """The group is no more, nor are its members and whom it inspects and who inspects it."""
    group_of(config, group_id)
    others = [it for it in config.user_groups if it.id != group_id]
    return [Removal(UserGroupConfig, group_id), *_uninspected(others, {group_id})]


def joined(
    config: TenantConfig, group_id: str, work_nos: Collection[int], member_id: NewId
) -> Changes:
    """Agents join a group; whoever is in another one leaves it."""
    return _with_members(config, group_of(config, group_id), work_nos, member_id)


def left(config: TenantConfig, work_nos: Collection[int] | None) -> Changes:
    """Agents leave their groups, if they are in any; None: all agents do."""
    if work_nos is not None:
        return _left(config.user_groups, work_nos)
    return [replace(it, members=()) for it in config.user_groups if it.members]


def related(config: TenantConfig, group_id: str, inspected: Collection[str]) -> Changes:
    """A group of inspectors inspects these groups too."""
    group = group_of(config, group_id)
    if group.group_type is not GroupType.INSPECTORS:
        raise NotInspectors(f"user group {group_id} is not one of inspectors")
    for other in inspected:
        group_of(config, other)
    return [replace(group, inspects=tuple(dict.fromkeys((*group.inspects, *inspected))))]


def unrelated(config: TenantConfig, group_id: str, inspected: Collection[str]) -> Changes:
    """A group inspects these groups no longer, if it does."""
    group = group_of(config, group_id)
    for other in inspected:
        group_of(config, other)
    return _uninspected([group], inspected)


def _with_members(
    config: TenantConfig, group: UserGroupConfig, work_nos: Collection[int], member_id: NewId
) -> Changes:
    _require_agents(config, work_nos)
    known = {it.work_no for it in group.members}
    new = [GroupMemberConfig(it, member_id()) for it in dict.fromkeys(work_nos) if it not in known]
    others = [it for it in config.user_groups if it.id != group.id]
    return [*_left(others, work_nos), replace(group, members=(*group.members, *new))]


def _left(groups: Iterable[UserGroupConfig], work_nos: Collection[int]) -> Changes:
    leaving = set(work_nos)
    return [
        replace(it, members=tuple(one for one in it.members if one.work_no not in leaving))
        for it in groups
        if not leaving.isdisjoint(one.work_no for one in it.members)
    ]


def _uninspected(groups: Iterable[UserGroupConfig], gone: Collection[str]) -> Changes:
    return [
        replace(it, inspects=tuple(one for one in it.inspects if one not in gone))
        for it in groups
        if any(one in gone for one in it.inspects)
    ]


def _require_agents(config: TenantConfig, work_nos: Collection[int]) -> None:
    known = {it.work_no for it in config.agents}
    for work_no in work_nos:
        if work_no not in known:
            raise UnknownMember(f"there is no agent {work_no}")


def _require_name(config: TenantConfig, group: UserGroupConfig) -> None:
    if not group.name:
        raise NoGroupName("a user group needs a name")
    if any(it.name == group.name and it.id != group.id for it in config.user_groups):
        raise GroupNameTaken(f"there is a user group {group.name} already")
