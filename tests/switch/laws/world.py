"""The call center that the laws are tried on: two tenants with everything in small numbers."""

from __future__ import annotations

from dataclasses import replace

from emulator.switch.config import (
    AccessCodeConfig,
    FlowConfig,
    MediaServerConfig,
    OutsideNumberConfig,
    PhoneConfig,
    Policy,
    PolicyAction,
    QueueConfig,
    RestReasonConfig,
    RouteConfig,
    SkillConfig,
    TenantConfig,
    TrunkConfig,
)
from emulator.switch.terms import AgentType, MediaType, Role, TargetType
from tests.switch.support import agent, flow

CUSTOMERS = ("13900000001", "13900000002", "13900000003", "13999999999", "13988888888")
"""The last but one is blacklisted, the last has priority."""
OUTSIDE = ("0201", "0202", "0203", "0204", "0301", "0302")
"""The last two are behind a gateway."""
GATE = TrunkConfig("gate", 2, "03", external=True)
DIALLED = ("95001", "95002", "95003", "950041", "95004", "95005", "96001", "96002", "")


def flows() -> tuple[FlowConfig, ...]:
    menu = flow(
        1,
        "greet",
        "7001",
        greet={"type": "play", "prompt": "hello {caller}", "next": "choose"},
        choose={
            "type": "menu",
            "digits": {
                "1": "sales",
                "2": "ask",
                "3": "sub",
                "4": "look",
                "5": "agent",
                "6": "out",
                "*": "bye",
            },
            "variable": "choice",
            "otherwise": "bye",
            "timeout": 5,
            "retries": 1,
        },
        sales={"type": "queue", "queue": 1},
        ask={"type": "collect", "variable": "id", "length": 3, "next": "check"},
        check={
            "type": "condition",
            "variable": "id",
            "cases": {"111": "leave"},
            "otherwise": "rate",
        },
        leave={"type": "record", "next": "bye", "max_seconds": 20},
        rate={"type": "survey", "question": "q", "next": "bye", "timeout": 4},
        sub={"type": "flow", "flow": 2, "next": "choose"},
        look={"type": "lookup", "url": "http://x/{caller}", "next": "sales", "otherwise": "bye"},
        agent={"type": "agent", "agent": "101", "otherwise": "choose"},
        out={"type": "outside", "number": "0201", "otherwise": "choose"},
        bye={"type": "hang_up"},
    )
    short = flow(
        2,
        "note",
        "7002",
        note={"type": "set", "variable": "a", "value": "{called}", "next": "keep"},
        keep={"type": "data", "value": "from {caller}", "next": "wait"},
        wait={"type": "play", "seconds": 2, "next": "back"},
        back={"type": "return"},
    )
    return menu, short


def queues() -> tuple[QueueConfig, ...]:
    to_second = Policy(PolicyAction.QUEUE, 2)
    to_menu = Policy(PolicyAction.IVR, 1)
    return (
        QueueConfig(1, "first", max_wait=20, max_waiting=2, wrap_up=5, ring=8, on_busy=to_second),
        QueueConfig(
            2,
            "second",
            max_wait=15,
            max_waiting=2,
            ring=5,
            on_timeout=to_menu,
            on_no_agents=to_menu,
        ),
        QueueConfig(
            3, "video", MediaType.VIDEO, max_wait=30, on_busy=to_menu, on_no_agents=to_second
        ),
        QueueConfig(5, "chat", MediaType.TEXT_CHAT, max_wait=40, max_waiting=1),
    )


def codes(first: str) -> tuple[AccessCodeConfig, ...]:
    queue, ivr = TargetType.QUEUE, TargetType.IVR
    return (
        AccessCodeConfig(f"{first}01", routes=(RouteConfig(queue, 1),)),
        AccessCodeConfig(f"{first}02", routes=(RouteConfig(queue, 2),)),
        AccessCodeConfig(f"{first}03", MediaType.VIDEO, (RouteConfig(queue, 3),)),
        AccessCodeConfig(f"{first}04", routes=(RouteConfig(ivr, 1), RouteConfig(queue, 2, "1"))),
        AccessCodeConfig(f"{first}05", MediaType.TEXT_CHAT, (RouteConfig(queue, 5),)),
    )


def big_tenant() -> TenantConfig:
    return TenantConfig(
        id=1,
        name="big",
        default_caller="95000",
        ring=10,
        outside_ring=12,
        conference_seats=14,
        max_rest_agents=2,
        media_server=MediaServerConfig("10.0.0.9", 6500, "in", "out", "app", "secret"),
        agents=(
            agent(101, 1, SkillConfig(2, 1, 5)),
            agent(102, SkillConfig(1, 3, 1)),
            agent(103, 1, 2, agent_type=AgentType.VIDEO, phone="50103"),
            agent(104, 1, 3, agent_type=AgentType.VIDEO),
            agent(105, 5, agent_type=AgentType.MULTIMEDIA, max_chats=2),
            agent(106, 1, 3, 5, agent_type=AgentType.VERSATILE, max_chats=2),
            agent(190, role=Role.INSPECTOR),
            agent(191, 2, role=Role.INSPECTOR, phone="50191"),
        ),
        phones=(PhoneConfig("50103", external=True), PhoneConfig("50191", external=True)),
        queues=queues(),
        access_codes=codes("950"),
        flows=flows(),
        trunks=(TrunkConfig("few", 6), TrunkConfig("special", 1, "020"), GATE),
        outside_numbers=(
            OutsideNumberConfig("0201", answer_after=2),
            OutsideNumberConfig("0202", answer_after=None),
            OutsideNumberConfig("0203", refuse=537),
            OutsideNumberConfig("0204", digits="1", hang_up_after=20, ring_patience=3),
            OutsideNumberConfig(CUSTOMERS[1], digits="2", digits_after=3, ring_patience=4),
            OutsideNumberConfig(CUSTOMERS[2], hang_up_after=60),
        ),
        blacklist=("13999999999",),
        priority_customers={"13988888888": 5},
    )


def other_tenant() -> TenantConfig:
    return TenantConfig(
        id=2,
        name="other",
        rest_approval=True,
        record_calls=False,
        agents=(agent(201, 1, 2), agent(202, 1, phone="50202"), agent(290, role=Role.INSPECTOR)),
        phones=(PhoneConfig("50202", external=True),),
        queues=(QueueConfig(1, "only", max_wait=25, wrap_up=3, ring=6), QueueConfig(2, "two")),
        access_codes=codes("960")[:2],
        rest_reasons=(RestReasonConfig(1, "lunch"),),
    )


def variants() -> tuple[TenantConfig, ...]:
    """Configurations that can be made live at any time; the last one brings everything back."""
    big = big_tenant()
    fewer_agents = replace(big, agents=tuple(a for a in big.agents if a.work_no not in (102, 106)))
    plain = QueueConfig(2, "second", max_wait=5)
    one_queue = replace(
        big,
        queues=(plain,),
        flows=(),
        access_codes=(AccessCodeConfig("95002", routes=(RouteConfig(TargetType.QUEUE, 2),)),),
        agents=tuple(
            replace(a, skills=tuple(s for s in a.skills if s.queue == 2)) for a in big.agents
        ),
    )
    changed_flow = replace(
        big,
        flows=(
            flow(1, "greet", "7001", greet={"type": "hang_up"}),
            flow(2, "note", "7002", note={"type": "return"}),
        ),
    )
    return fewer_agents, one_queue, changed_flow, big
