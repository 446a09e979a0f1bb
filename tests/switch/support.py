"""A small call center for tests, and a recorder of what its switch reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from emulator.switch.config import (
    AccessCodeConfig,
    AgentConfig,
    FlowConfig,
    OutsideNumberConfig,
    PhoneConfig,
    QueueConfig,
    RouteConfig,
    SkillConfig,
    TenantConfig,
)
from emulator.switch.events import Event
from emulator.switch.model import Agent, Call
from emulator.switch.switch import SignIn, Switch
from emulator.switch.terms import AgentState, AgentType, MediaType, Role, TargetType

START = 1_700_000_000_000_000
SECOND = 1_000_000
CUSTOMER = "13900000001"

E = TypeVar("E")

QUEUE, AGENT = TargetType.QUEUE, TargetType.AGENT
IVR, CODE, OUTSIDE = TargetType.IVR, TargetType.ACCESS_CODE, TargetType.OUTSIDE


def agent(work_no: int, *queues: int | SkillConfig, **fields: Any) -> AgentConfig:
    """An agent with a phone 4xxxx; a bare queue number is a skill with the least weights."""
    skills = tuple(SkillConfig(q) if isinstance(q, int) else q for q in queues)
    fields.setdefault("phone", str(40000 + work_no))
    return AgentConfig(work_no, f"agent{work_no}", skills=skills, **fields)


def inspector(work_no: int) -> AgentConfig:
    return agent(work_no, role=Role.INSPECTOR)


def code(number: str, target: TargetType, target_id: int, **fields: Any) -> AccessCodeConfig:
    return AccessCodeConfig(number, routes=(RouteConfig(target, target_id),), **fields)


def flow(flow_id: int, start: str, access_code: str = "", **nodes: dict[str, Any]) -> FlowConfig:
    return FlowConfig(flow_id, f"flow{flow_id}", start, nodes, access_code)


class CallCenter:
    """A switch with one tenant, and everything it has reported."""

    def __init__(self, config: TenantConfig) -> None:
        self.config = config
        self.switch = Switch(START)
        self.events: list[Event] = []
        self.switch.apply_tenant(config)
        self.switch.subscribe(self.events.append)

    def reconfigure(self, **changes: Any) -> None:
        self.config = replace(self.config, **changes)
        self.switch.apply_tenant(self.config)

    # Doing

    def sign_in(self, *work_nos: int, **how: Any) -> None:
        how.setdefault("auto_answer", False)
        for work_no in work_nos:
            self.switch.log_on(work_no, SignIn(**how))

    def dial(self, dialled: str = "95001", caller: str = CUSTOMER, **fields: Any) -> str:
        return self.switch.dial_in(caller, dialled, **fields)

    def talk(self, work_no: int, dialled: str = "95001", caller: str = CUSTOMER) -> str:
        """A customer dials in and this agent, whose phone must ring, answers."""
        call = self.dial(dialled, caller)
        self.switch.answer_call(work_no)
        return call

    def wait(self, seconds: float) -> None:
        self.switch.advance_to(self.switch.now + int(seconds * SECOND))

    # Seeing

    def agent(self, work_no: int) -> Agent:
        return self.switch.agents[work_no]

    def state(self, work_no: int) -> AgentState:
        return self.agent(work_no).state

    def call(self, call_id: str) -> Call:
        return self.switch.calls[call_id]

    def lives(self, call_id: str) -> bool:
        return call_id in self.switch.calls

    def parties(self, call_id: str) -> list[str]:
        """Devices of the call, sorted."""
        return sorted(c.device for c in self.call(call_id).connections)

    def heard(self, kind: type[E]) -> list[E]:
        """The reports of one kind so far."""
        return [event for event in self.events if type(event) is kind]

    def last(self, kind: type[E]) -> E:
        return self.heard(kind)[-1]

    def forget(self) -> None:
        self.events.clear()

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]


def small_call_center(**changes: Any) -> CallCenter:
    """Voice queue 1 (95001) with 101, 102 and 103; voice queue 2 (95002) with 104; inspector 190.

    105 serves nobody. Outside numbers answer after two seconds unless listed.
    """
    config = TenantConfig(
        id=1,
        name="small",
        default_caller="95000",
        agents=(
            agent(101, 1),
            agent(102, 1),
            agent(103, 1),
            agent(104, 2, agent_type=AgentType.VIDEO),
            agent(105),
            agent(120, 5, agent_type=AgentType.MULTIMEDIA, max_chats=2),
            inspector(190),
            inspector(191),
        ),
        phones=(PhoneConfig("50001", external=True),),
        queues=(
            QueueConfig(1, "sales", max_wait=60, max_waiting=3),
            QueueConfig(2, "service", wrap_up=20),
            QueueConfig(5, "chat", MediaType.TEXT_CHAT),
        ),
        access_codes=(
            code("95001", QUEUE, 1),
            code("95002", QUEUE, 2),
            code("95005", QUEUE, 5, media_type=MediaType.TEXT_CHAT),
        ),
        outside_numbers=(
            OutsideNumberConfig("0201", answer_after=2),
            OutsideNumberConfig("0202", answer_after=None),
            OutsideNumberConfig("0203", refuse=537),
        ),
    )
    return CallCenter(replace(config, **changes))


def numbers(items: Iterable[Any], field: str) -> list[Any]:
    return [getattr(item, field) for item in items]
