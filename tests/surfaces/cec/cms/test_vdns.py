"""What the monitoring interfaces tell of a VDN's configuration (CEC 12.3.3, 12.3.5, 12.3.7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emulator.switch.config import AgentConfig, SkillConfig
from tests.contract.cms.world import AK, OTHER_AK, OTHER_SK, SK, MonitoredWorld

OTHER = (OTHER_AK, OTHER_SK)


@pytest.fixture
def world() -> Iterator[MonitoredWorld]:
    with MonitoredWorld() as world:
        yield world


def test_the_platforms_key_sees_all_vdns_of_a_call_center(world: MonitoredWorld) -> None:
    answer = world.ask("12.3.3.1", {"ccId": 1})
    assert answer["resultDesc"] == [{"vdn": 1, "vdnName": "demo"}, {"vdn": 2, "vdnName": "other"}]
    assert world.ask("12.3.3.1", {"ccId": 2})["resultDesc"] == []


def test_a_vdns_own_key_does_not_see_all_vdns(world: MonitoredWorld) -> None:
    answer = world.ask("12.3.3.1", {"ccId": 1}, key=(AK, SK))
    assert answer["resultCode"] == "0101003"


def test_a_page_of_agents_tells_how_many_there_are(world: MonitoredWorld) -> None:
    path = {"ccId": 1, "vdn": 1, "offset": 5, "limit": 2}
    answer = world.ask("12.3.3.2", path=path)
    assert answer["count"] == 22
    assert answer["resultDesc"] == [
        {"agentNo": "106", "agentName": "Agent 106", "roleId": "2", "skillId": "1;2"},
        {"agentNo": "107", "agentName": "Agent 107", "roleId": "2", "skillId": "1;2"},
    ]


def test_without_a_page_all_agents_are_listed_and_not_counted(world: MonitoredWorld) -> None:
    template = "/rest/cmsapp/v1/openapi/configures/agents/{ccId}/{vdn}"
    answer = world.ask("12.3.3.2", path={"ccId": 1, "vdn": 1}, template=template)
    assert "count" not in answer
    assert len(answer["resultDesc"]) == 22
    assert answer["resultDesc"][-1]["roleId"] == "3"


@pytest.mark.parametrize(
    "wrong", [{"limit": 101}, {"limit": 0}, {"offset": -1}, {"vdn": 5001}, {"ccId": 0}]
)
def test_a_page_beyond_the_limits_is_refused(world: MonitoredWorld, wrong: dict[str, Any]) -> None:
    path = {"ccId": 1, "vdn": 1, "offset": 0, "limit": 10, **wrong}
    assert world.ask("12.3.3.2", path=path)["resultCode"] == "0100002"


def test_called_routes_lead_to_queues_and_flows(world: MonitoredWorld) -> None:
    answer = world.ask("12.3.3.3", path={"ccId": 1, "vdn": 1})
    routes = [
        (it["accessCode"], it["deviceType"], it["deviceNo"], it["deviceName"], it["dnid"])
        for it in answer["resultDesc"]
    ]
    assert routes == [
        ("95001", "1", "1", "support", "1"),
        ("95002", "1", "2", "sales", "2"),
        ("95003", "3", "1", "menu", "3"),
        ("95004", "1", "4", "video", "4"),
    ]


def test_a_tenant_is_described_with_its_agents(world: MonitoredWorld) -> None:
    (tenant,) = world.ask("12.3.3.4", {"tenantId": "1"})["resultDesc"]
    assert (tenant["vdnId"], tenant["tenantSpaceName"]) == (1, "demo")
    assert tenant["accessCodes"][:2] == [
        {"accessCode": "95001", "isDefault": True},
        {"accessCode": "95002", "isDefault": False},
    ]
    assert tenant["agents"][18] == {
        "workNo": 119,
        "sipAccount": "40119",
        "accountCode": "agent119",
        "agentType": 11,
    }


def test_a_tenant_that_is_not_there_is_nobodys(world: MonitoredWorld) -> None:
    for tenant in ("2", "77", "somewhere"):
        assert world.ask("12.3.3.4", {"tenantId": tenant})["resultCode"] == "0101003"


def test_a_key_sees_its_own_tenant(world: MonitoredWorld) -> None:
    assert [it["tenantId"] for it in world.ask("12.3.3.6", {})["resultDesc"]] == ["1"]
    assert [it["tenantId"] for it in world.ask("12.3.3.6", {}, key=OTHER)["resultDesc"]] == ["2"]


def test_agents_with_the_same_skills_are_of_one_skill_group(world: MonitoredWorld) -> None:
    both = (SkillConfig(2, agent_weight=7), SkillConfig(1, skill_weight=9))
    world.configure_demo(
        agents=(
            AgentConfig(101, "a", skills=(SkillConfig(1),)),
            AgentConfig(102, "b", skills=both),
            AgentConfig(103, "c", skills=both[::-1]),
            AgentConfig(104, "d"),
        )
    )
    answer = world.ask("12.3.3.5", path={"ccId": 1, "vdnId": 1})
    assert answer["resultDesc"] == [
        {
            "id": 1,
            "skills": [{"skillId": 1, "skillPower": 1, "agentPower": 1}],
            "groupName": "skillgroup1",
        },
        {
            "id": 2,
            "skills": [
                {"skillId": 1, "skillPower": 9, "agentPower": 1},
                {"skillId": 2, "skillPower": 1, "agentPower": 7},
            ],
            "groupName": "skillgroup2",
        },
    ]


def test_there_are_no_outbound_tasks(world: MonitoredWorld) -> None:
    assert world.ask("12.3.5.1", {"vdn": 1})["resultDesc"] == {"count": 0, "tasks": []}
    days = {"beginDayTime": "2023-11-13", "endDayTime": "2023-11-14"}
    assert world.ask("12.3.5.2", {"vdn": 1, "taskId": "5", **days})["resultCode"] == "0100001"
    assert world.ask("12.3.5.3", {"vdn": 1, "taskId": 5})["resultCode"] == "0100001"


def test_days_of_a_task_are_in_their_order(world: MonitoredWorld) -> None:
    days = {"beginDayTime": "2023-11-14", "endDayTime": "2023-11-13"}
    assert world.ask("12.3.5.2", {"vdn": 1, "taskId": "5", **days})["resultCode"] == "0100002"


@pytest.mark.parametrize("sent", [{"say": "Hello"}, {"queryParam": {"a": [1, None]}}, {}])
def test_a_ping_is_echoed_whatever_it_says(world: MonitoredWorld, sent: dict[str, Any]) -> None:
    assert world.ask("12.3.7", sent) == {"request": sent, "status": "UP"}


@pytest.mark.parametrize("sent", [b"{", b"[1]", b'"text"'])
def test_a_ping_that_is_no_object_is_refused(world: MonitoredWorld, sent: bytes) -> None:
    assert world.ask("12.3.7", sent)["resultCode"] == "0100002"
