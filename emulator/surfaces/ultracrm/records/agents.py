"""Agents: their roles, new ones and those that go (chapter 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from emulator.store.kinds import Item
from emulator.store.lane import Removal
from emulator.surfaces.soap.contract import LongText, Number, Text
from emulator.surfaces.ultracrm import pairs
from emulator.surfaces.ultracrm.desk import DONE, Incomplete, UltraCrm
from emulator.surfaces.ultracrm.services import CHANGED, webservice
from emulator.switch.config import AgentConfig, PhoneConfig, TenantConfig
from emulator.switch.errors import InvalidValue
from emulator.switch.terms import AgentType, Role

M = TypeVar("M", Role, AgentType)

ROLES = {Role.AGENT: "座席", Role.INSPECTOR: "班长", Role.OUTBOUND_AGENT: "外呼座席"}
_MANDATORY = ("GHID", "NAME", "PASS", "ROLES", "UTYPE")


@webservice.operation("Agent_Role", codes=())
def role(desk: UltraCrm, strGhid: Text) -> Text:
    """Name an agent's role."""
    return ROLES[desk.agent(strGhid).config.role]


@webservice.operation("Agent_Add", codes=CHANGED, ignored=("MOBILE in strGhid_Info",))
async def add(desk: UltraCrm, strGhid_Info: LongText) -> Number:
    """Add an agent: `GHID=…;NAME=…;PASS=…;ROLES=…;UTYPE=…;EXT=…;MOBILE=…;`."""
    said = pairs.read(strGhid_Info)
    if not all(said.get(key) for key in _MANDATORY):
        raise Incomplete("something that has to be said is missing")
    agent = AgentConfig(
        _number(said["GHID"]),
        said["NAME"],
        account=said["GHID"],
        password=said["PASS"],
        phone=said.get("EXT", ""),
        role=_member(Role, said["ROLES"], Role.AGENT),
        agent_type=_member(AgentType, said["UTYPE"], AgentType.AUDIO),
    )

    def plan(config: TenantConfig) -> Sequence[Item | Removal]:
        if any(it.work_no == agent.work_no for it in config.agents):
            raise InvalidValue(f"there is an agent {agent.work_no} already")
        phones = {it.number for it in config.phones}
        new = [PhoneConfig(agent.phone)] if agent.phone and agent.phone not in phones else []
        return [*new, agent]

    await desk.platform.edit(desk.tenant.id, plan)
    return DONE


@webservice.operation("Agent_Del", codes=CHANGED)
async def remove(desk: UltraCrm, strGhid: Text) -> Number:
    """Remove an agent, from its groups too."""
    if not strGhid:
        raise Incomplete("the agent is not named")

    def plan(config: TenantConfig) -> Sequence[Item | Removal]:
        agent = next((it for it in config.agents if str(it.work_no) == strGhid), None)
        if agent is None:
            raise Incomplete(f"there is no agent {strGhid} to remove")
        groups = [
            replace(it, members=tuple(m for m in it.members if m.work_no != agent.work_no))
            for it in config.user_groups
            if any(m.work_no == agent.work_no for m in it.members)
        ]
        return [*groups, Removal(AgentConfig, agent.work_no)]

    await desk.platform.edit(desk.tenant.id, plan)
    return DONE


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise InvalidValue(f"{text!r} is no work number")
    return int(text)


def _member(members: type[M], text: str, otherwise: M) -> M:
    """The member with that code; codes of others mean the usual one."""
    code = _number(text)
    return members(code) if code in set(members) else otherwise
