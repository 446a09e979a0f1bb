"""What makes a configuration valid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emulator.switch.config import (
    AccessCodeConfig,
    AgentConfig,
    FlowConfig,
    GroupMemberConfig,
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
    UserGroupConfig,
)
from emulator.switch.terms import TargetType
from emulator.switch.validation import Path, Problem, problems_of

FLOW = FlowConfig(1, "menu", "bye", {"bye": {"type": "hang_up"}})
TENANT = TenantConfig(
    1,
    "support desk",
    agents=(AgentConfig(101, "Ada", "ada", skills=(SkillConfig(1),)),),
    phones=(PhoneConfig("40101"),),
    queues=(QueueConfig(1, "support"), QueueConfig(2, "sales")),
    access_codes=(AccessCodeConfig("95001", routes=(RouteConfig(TargetType.QUEUE, 1),)),),
    flows=(FLOW,),
)


def places(*tenants: TenantConfig) -> list[Path]:
    return [problem.path for problem in problems_of(tenants)]


def queue(**changes: Any) -> dict[str, Any]:
    return {"queues": (replace(TENANT.queues[0], **changes), TENANT.queues[1])}


def agent(**changes: Any) -> dict[str, Any]:
    return {"agents": (replace(TENANT.agents[0], **changes),)}


def route(target: TargetType, target_id: int) -> dict[str, Any]:
    return {"access_codes": (AccessCodeConfig("95001", routes=(RouteConfig(target, target_id),)),)}


def test_a_sound_configuration_has_no_problems() -> None:
    assert problems_of([TENANT]) == []


@pytest.mark.parametrize(
    "changes",
    [
        agent(work_no=59_999),
        queue(max_wait=60_000, max_waiting=10_000, wrap_up=3_600, ring=600),
        queue(max_wait=1, max_waiting=1, wrap_up=0, ring=1),
        queue(on_busy=Policy(PolicyAction.QUEUE, 2), on_timeout=Policy(PolicyAction.IVR, 1)),
        route(TargetType.IVR, 1),
        {"rest_reasons": (RestReasonConfig(1, "lunch"), RestReasonConfig(255, "other"))},
        {"default_answer_after": None, "max_rest_agents": 0, "timezone": "Asia/Shanghai"},
        {"agents": (AgentConfig(101, "no account"), AgentConfig(102, "none either"))},
    ],
)
def test_what_the_reference_allows_is_valid(changes: dict[str, Any]) -> None:
    assert problems_of([replace(TENANT, **changes)]) == []


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"id": 0}, ("id",)),
        ({"ring": 0}, ("ring",)),
        ({"outside_ring": 0}, ("outside_ring",)),
        ({"default_answer_after": -1.0}, ("default_answer_after",)),
        ({"max_rest_agents": -1}, ("max_rest_agents",)),
        ({"conference_seats": -1}, ("conference_seats",)),
        ({"announcement": 0}, ("announcement",)),
        ({"timezone": "Mars/Olympus"}, ("timezone",)),
        ({"timezone": "../UTC"}, ("timezone",)),
        ({"secrets": {"appkey": "x"}}, ("secrets", "appkey")),
        (agent(work_no=100), ("agents", 0, "work_no")),
        (agent(work_no=60_000), ("agents", 0, "work_no")),
        (agent(max_chats=0), ("agents", 0, "max_chats")),
        (agent(skills=(SkillConfig(9),)), ("agents", 0, "skills", 0, "queue")),
        (agent(skills=(SkillConfig(1, 0),)), ("agents", 0, "skills", 0, "agent_weight")),
        (agent(skills=(SkillConfig(1, 1, 0),)), ("agents", 0, "skills", 0, "skill_weight")),
        (agent(skills=(SkillConfig(1), SkillConfig(1, 2))), ("agents", 0, "skills", 1, "queue")),
        (queue(max_wait=0), ("queues", 0, "max_wait")),
        (queue(max_wait=60_001), ("queues", 0, "max_wait")),
        (queue(max_waiting=10_001), ("queues", 0, "max_waiting")),
        (queue(wrap_up=3_601), ("queues", 0, "wrap_up")),
        (queue(ring=601), ("queues", 0, "ring")),
        (queue(id=2), ("queues", 1, "id")),
        (queue(on_busy=Policy(PolicyAction.QUEUE)), ("queues", 0, "on_busy", "target")),
        (queue(on_busy=Policy(PolicyAction.QUEUE, 1)), ("queues", 0, "on_busy", "target")),
        (queue(on_timeout=Policy(PolicyAction.QUEUE, 9)), ("queues", 0, "on_timeout", "target")),
        (queue(on_no_agents=Policy(PolicyAction.IVR, 9)), ("queues", 0, "on_no_agents", "target")),
        (route(TargetType.QUEUE, 9), ("access_codes", 0, "routes", 0, "target_id")),
        (route(TargetType.IVR, 9), ("access_codes", 0, "routes", 0, "target_id")),
        (route(TargetType.AGENT, 101), ("access_codes", 0, "routes", 0, "target")),
        (route(TargetType.OUTSIDE, 9), ("access_codes", 0, "routes", 0, "target")),
        ({"flows": (FLOW, FLOW)}, ("flows", 1, "id")),
        ({"flows": (replace(FLOW, start="hi"),)}, ("flows", 0, "start")),
        ({"flows": (replace(FLOW, nodes={"bye": {}}),)}, ("flows", 0, "nodes", "bye", "type")),
        (
            {"flows": (replace(FLOW, nodes={"bye": {"type": "menu", "digits": {1: "bye"}}}),)},
            ("flows", 0, "nodes", "bye", "digits", 1),
        ),
        (
            {"flows": (replace(FLOW, nodes={"bye": {"type": "queue", "queue": 9}}),)},
            ("flows", 0, "nodes", "bye", "queue"),
        ),
        (
            {"flows": (replace(FLOW, nodes={"bye": {"type": "flow", "flow": 9}}),)},
            ("flows", 0, "nodes", "bye", "flow"),
        ),
        ({"phones": (PhoneConfig(""),)}, ("phones", 0, "number")),
        ({"trunks": (TrunkConfig("a"), TrunkConfig("a"))}, ("trunks", 1, "name")),
        ({"trunks": (TrunkConfig("a", 0),)}, ("trunks", 0, "channels")),
        (
            {"outside_numbers": (OutsideNumberConfig("1", -1.0),)},
            ("outside_numbers", 0, "answer_after"),
        ),
        ({"rest_reasons": (RestReasonConfig(0, "x"),)}, ("rest_reasons", 0, "code")),
        ({"rest_reasons": (RestReasonConfig(256, "x"),)}, ("rest_reasons", 0, "code")),
        ({"blacklist": ("1", "2", "1")}, ("blacklist", 2)),
        ({"user_groups": (UserGroupConfig("", "x"),)}, ("user_groups", 0, "id")),
        ({"user_groups": (UserGroupConfig("1", ""),)}, ("user_groups", 0, "name")),
        (
            {"user_groups": (UserGroupConfig("1", "x"), UserGroupConfig("1", "y"))},
            ("user_groups", 1, "id"),
        ),
        (
            {"user_groups": (UserGroupConfig("1", "x", inspects=("2",)),)},
            ("user_groups", 0, "inspects", 0),
        ),
        (
            {"user_groups": (UserGroupConfig("1", "x", members=(GroupMemberConfig(999),)),)},
            ("user_groups", 0, "members", 0, "work_no"),
        ),
        (
            {
                "user_groups": (
                    UserGroupConfig("1", "x", members=(GroupMemberConfig(101),)),
                    UserGroupConfig("2", "y", members=(GroupMemberConfig(101),)),
                ),
            },
            ("user_groups", 1, "members", 0, "work_no"),
        ),
    ],
)
def test_each_fault_is_found_where_it_is(changes: dict[str, Any], place: Path) -> None:
    broken = replace(TENANT, **changes)
    if changes.get("queues", TENANT.queues)[0].id != 1:
        broken = replace(broken, agents=(), access_codes=())
    assert places(broken) == [(0, *place)]


def test_two_agents_cannot_share_an_account() -> None:
    twins = (AgentConfig(101, "Ada", "ada"), AgentConfig(102, "Ada", "ada"))
    assert places(replace(TENANT, agents=twins)) == [(0, "agents", 1, "account")]


def test_work_numbers_phones_and_access_codes_are_unique_in_the_world() -> None:
    assert places(TENANT, replace(TENANT, id=2)) == [
        (1, "agents", 0, "work_no"),
        (1, "phones", 0, "number"),
        (1, "access_codes", 0, "code"),
    ]


def test_tenants_have_different_ids() -> None:
    empty = TenantConfig(1, "empty")
    assert problems_of([TENANT, empty]) == [Problem((1, "id"), "1: a tenant has it already")]


@pytest.mark.parametrize("phones", [("40101", ""), ("", "40101"), ("40101", "40101")])
def test_agents_of_two_tenants_have_no_phone_in_common(phones: tuple[str, str]) -> None:
    first, second = (
        TenantConfig(
            index,
            "tenant",
            phones=() if phone else (PhoneConfig("40101"),),
            agents=(AgentConfig(100 + index, "Ada", phone=phone),),
        )
        for index, phone in enumerate(phones, 1)
    )
    where = 0 if phones[0] and not phones[1] else 1
    assert places(first, second) == [(where, "agents", 0, "phone")]


def test_agents_of_one_tenant_may_share_a_phone() -> None:
    twins = tuple(AgentConfig(work_no, "Ada", phone="40101") for work_no in (101, 102))
    assert places(replace(TENANT, agents=twins)) == []
