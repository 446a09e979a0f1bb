"""The call center that records come from: derived from them, or given and held against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from emulator.domain.indicators.calls import AGENT, IVR, QUEUE
from emulator.scenario.replay.plan import Act, NotRebuilt, Plan
from emulator.store.rows import CallRecord
from emulator.switch.config import (
    AccessCodeConfig,
    AgentConfig,
    FlowConfig,
    QueueConfig,
    RouteConfig,
    SkillConfig,
    TenantConfig,
    TrunkConfig,
)
from emulator.switch.terms import CHAT_MEDIA, VIDEO_MEDIA, AgentType, MediaType, TargetType
from emulator.switch.validation import QUEUE_RANGES

ENDLESS = 1_000_000_000
"""Seconds."""
CHANNELS = 1_000_000
_STANDS_STILL: dict[str, dict[str, Any]] = {
    "stay": {"type": "play", "seconds": ENDLESS, "next": "end"},
    "end": {"type": "hang_up"},
}
"""A flow that goes on only when told to."""


@dataclass(slots=True)
class _Agent:
    media: set[MediaType] = field(default_factory=set)
    queues: dict[int, None] = field(default_factory=dict)


@dataclass(slots=True)
class _Site:
    """What the records say of one VDN."""

    name: str
    cc_id: str
    agents: dict[int, _Agent] = field(default_factory=dict)
    queues: dict[int, MediaType] = field(default_factory=dict)
    flows: dict[int, str] = field(default_factory=dict)
    """Their access codes."""
    codes: dict[str, Counter[tuple[int, int]]] = field(default_factory=dict)
    """To which device, by type and number, customers came by what they dialled."""


class Center:
    """Grows with every plan it takes note of. `given` tenants are not changed, but held against.

    Agents and access codes are unique in a call center: what a second VDN has of the same number
    is not rebuilt.
    """

    def __init__(self, zone: str, given: Sequence[TenantConfig] = ()) -> None:
        self.zone = zone
        self.notes: list[str] = []
        self._given = {it.id: it for it in given}
        self._sites: dict[str, _Site] = {}
        self._ids: dict[str, int] = {}
        self._home: dict[int, str] = {}
        self._unskilled: set[tuple[int, int]] = set()

    def tenant_of(self, plan: Plan) -> int:
        """The tenant in which the call takes place."""
        return self._ids[plan.call.records[0].vdn_id]

    def note(self, plan: Plan) -> None:
        """Take note of what the call needs; `NotRebuilt` if it cannot be had."""
        records = plan.call.records
        vdn = records[0].vdn_id
        if len({it.vdn_id for it in records}) > 1:
            raise NotRebuilt("the VDN changes during the call")
        site = self._sites.get(vdn)
        if site is None:
            site = self._new_site(records[0])
        for record in records:
            self._check(vdn, site, record, plan.media)
        for record in records:
            self._take(vdn, site, record, plan.media)
        first = plan.steps[0]
        if first.act is Act.ARRIVE and first.to is not None and plan.called:
            target = int(first.to[0]), int(first.to[1])
            site.codes.setdefault(plan.called, Counter())[target] += 1

    def _new_site(self, record: CallRecord) -> _Site:
        vdn = record.vdn_id
        number = int(vdn) if vdn.isascii() and vdn.isdigit() and len(vdn) < 10 else 0
        if self._given:
            if number not in self._given and len(self._given) == 1:
                (number,) = self._given
            if number not in self._given or number in self._ids.values():
                raise NotRebuilt("not in the given call center", f"VDN {vdn}")
        elif not number or number in self._ids.values():
            number = max(self._ids.values(), default=0) + 1
        self._ids[vdn] = number
        found = self._sites[vdn] = _Site(record.developer or f"VDN {number}", record.cc_id)
        return found

    # What a call needs

    def _check(self, vdn: str, site: _Site, record: CallRecord, media: MediaType) -> None:
        number = record.device_no
        if self._given:
            self._check_given(self._given[self._ids[vdn]], record)
        if record.device_type == AGENT:
            home = self._home.get(number, vdn)
            if home != vdn:
                raise NotRebuilt("an agent of two VDNs", f"{number}, of {home} and {vdn}")
        elif record.device_type == QUEUE:
            known = site.queues.get(number, media)
            if (known in CHAT_MEDIA) != (media in CHAT_MEDIA):
                raise NotRebuilt("a queue for calls and for chats", str(number))

    def _check_given(self, tenant: TenantConfig, record: CallRecord) -> None:
        number = record.device_no
        if record.device_type == AGENT:
            agent = next((it for it in tenant.agents if it.work_no == number), None)
            self._check_skill(agent, record)
            there, word = agent is not None, "agent"
        elif record.device_type == QUEUE:
            there, word = any(it.id == number for it in tenant.queues), "queue"
        else:
            there, word = any(it.id == number for it in tenant.flows), "flow"
        if not there:
            raise NotRebuilt("not in the given call center", f"{word} {number}")

    def _check_skill(self, agent: AgentConfig | None, record: CallRecord) -> None:
        skill = record.current_skill_id
        if agent is None or not skill:
            return
        wanted = (agent.work_no, int(skill))
        has = any(it.queue == wanted[1] for it in agent.skills)
        if not has and wanted not in self._unskilled:
            self._unskilled.add(wanted)
            self.notes.append(
                f"agent {wanted[0]} took calls of queue {wanted[1]}, for which the given call "
                "center has it not"
            )

    def _take(self, vdn: str, site: _Site, record: CallRecord, media: MediaType) -> None:
        number = record.device_no
        if record.device_type == AGENT:
            self._home[number] = vdn
            agent = site.agents.setdefault(number, _Agent())
            agent.media.add(media)
            if record.current_skill_id:
                agent.queues[int(record.current_skill_id)] = None
        elif record.device_type == QUEUE:
            site.queues.setdefault(number, media)
        elif record.device_type == IVR and not site.flows.get(number):
            site.flows[number] = record.device_in

    # The call center

    def tenants(self) -> list[TenantConfig]:
        """The tenants in which the calls can be played."""
        if self._given:
            return [_ready(it) for it in self._given.values() if it.id in self._ids.values()]
        taken: set[str] = set()
        return [self._derived(vdn, site, taken) for vdn, site in self._sites.items()]

    def _derived(self, vdn: str, site: _Site, taken: set[str]) -> TenantConfig:
        digits = site.cc_id.isascii() and site.cc_id.isdigit()
        return TenantConfig(
            id=self._ids[vdn],
            name=site.name,
            cc_id=int(site.cc_id) if digits else 1,
            timezone=self.zone,
            ring=ENDLESS,
            outside_ring=ENDLESS,
            default_answer_after=None,
            record_calls=False,
            agents=tuple(_agent(no, site.agents[no], site) for no in sorted(site.agents)),
            queues=tuple(_queue(no, site.queues[no]) for no in sorted(site.queues)),
            flows=tuple(
                FlowConfig(no, f"flow {no}", "stay", _STANDS_STILL, site.flows[no])
                for no in sorted(site.flows)
            ),
            access_codes=tuple(_codes(site, taken)),
            trunks=(TrunkConfig("outside", CHANNELS),),
        )


def _agent(number: int, agent: _Agent, site: _Site) -> AgentConfig:
    chats, video = agent.media & CHAT_MEDIA, agent.media & VIDEO_MEDIA
    if chats:
        kind = AgentType.VERSATILE if agent.media - CHAT_MEDIA else AgentType.MULTIMEDIA
    else:
        kind = AgentType.VIDEO if video else AgentType.AUDIO
    skills = tuple(SkillConfig(it) for it in sorted(agent.queues) if it in site.queues)
    return AgentConfig(
        number,
        f"agent {number}",
        phone=f"seat {number}",
        agent_type=kind,
        skills=skills,
        max_chats=ENDLESS,
    )


def _queue(number: int, media: MediaType) -> QueueConfig:
    return _patient(QueueConfig(number, f"queue {number}", media))


def _patient(queue: QueueConfig) -> QueueConfig:
    """The queue, which decides nothing by itself."""
    most = {name: allowed[-1] for name, allowed in QUEUE_RANGES.items()}
    return replace(
        queue,
        max_wait=most["max_wait"],
        max_waiting=most["max_waiting"],
        ring=most["ring"],
        wrap_up=0,
    )


def _codes(site: _Site, taken: set[str]) -> list[AccessCodeConfig]:
    """What customers dialled, and where most of them came by it."""
    found: list[AccessCodeConfig] = []
    for code in sorted(site.codes):
        (kind, number), _ = site.codes[code].most_common(1)[0]
        unnamed = kind == TargetType.IVR and not site.flows.get(number)
        if kind == TargetType.AGENT or unnamed or code in taken:
            continue
        taken.add(code)
        media = site.queues.get(number, MediaType.VOICE) if kind == QUEUE else MediaType.VOICE
        route = RouteConfig(TargetType(kind), number)
        found.append(AccessCodeConfig(code, media, (route,)))
    return found


def _ready(tenant: TenantConfig) -> TenantConfig:
    """A given tenant in which nothing happens but by the records: no timer, no flow, no habit."""
    return replace(
        tenant,
        ring=ENDLESS,
        outside_ring=ENDLESS,
        default_answer_after=None,
        queues=tuple(_patient(it) for it in tenant.queues),
        flows=tuple(replace(it, start="stay", nodes=_STANDS_STILL) for it in tenant.flows),
        phones=tuple(replace(it, external=False) for it in tenant.phones),
        agents=tuple(
            it if it.phone else replace(it, phone=f"seat {it.work_no}") for it in tenant.agents
        ),
        trunks=(TrunkConfig("outside", CHANNELS),),
        outside_numbers=(),
        blacklist=(),
        priority_customers={},
    )
