"""User groups, who inspects whom, and what the gateway makes of it (CEC 12.3.4, 12.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.cms.world import INSPECTORS, TEAM, MonitoredWorld

VDN = {"vdn": 1}


@pytest.fixture
def world() -> Iterator[MonitoredWorld]:
    with MonitoredWorld() as world:
        yield world


@pytest.fixture
def grouped(world: MonitoredWorld) -> MonitoredWorld:
    world.have_groups()
    return world


def done(world: MonitoredWorld, section: str, **body: Any) -> str:
    answer = world.ask(section, {**VDN, **body})
    assert answer["resultCode"] == "0100000", answer
    return str(answer["resultDesc"])


def refused(world: MonitoredWorld, section: str, **body: Any) -> str:
    before = world.dump()
    answer = world.ask(section, {**VDN, **body})
    assert answer["resultCode"] != "0100000", answer
    assert world.dump() == before
    return str(answer["resultCode"])


def groups(world: MonitoredWorld) -> dict[str, dict[str, Any]]:
    answer = world.ask("12.3.4.4", path={"ccId": 1, "vdn": 1})
    return {it["groupName"]: it for it in answer["resultDesc"]}


def members(world: MonitoredWorld, group: str, **which: Any) -> list[int]:
    body = {**VDN, "groupId": group, "limit": 100, "offset": 0, **which}
    return [it["workNo"] for it in world.ask("12.3.4.1", body)["resultDesc"]]


def join(world: MonitoredWorld, **body: Any) -> dict[str, Any]:
    return world.ask("12.3.4.10", {"vdnId": 1, "agentId": 101, **body})


# Groups


def test_a_new_group_has_its_members(world: MonitoredWorld) -> None:
    body = {"groupName": "night", "groupType": 3, "remark": "late", "workNos": [101, 191, 101]}
    assert done(world, "12.3.4.5", **body) == "Added successfully"
    group = groups(world)["night"]
    assert (group["groupType"], group["remark"]) == (3, "late")
    assert len(group["id"]) == 30
    assert group["id"].startswith("1700000000000")
    assert members(world, group["id"]) == [101, 191]


def test_groups_can_be_asked_for_without_a_call_center(grouped: MonitoredWorld) -> None:
    template = "/rest/cmsapp/v1/openapi/qcrelationconf/queryallccgroup/{vdn}"
    answer = grouped.ask("12.3.4.4", path={"vdn": 1}, template=template)
    assert [it["id"] for it in answer["resultDesc"]] == [TEAM, INSPECTORS]


def test_a_member_is_told_with_its_account(grouped: MonitoredWorld) -> None:
    body = {**VDN, "groupid": INSPECTORS, "limit": 1, "offset": 0, "workNo": 191}
    assert grouped.ask("12.3.4.1", body)["resultDesc"] == [
        {
            "workNo": 191,
            "accountCode": "agent191",
            "groupName": "inspectors",
            "accountName": "Inspector 191",
            "ccRoleId": 3,
            "id": "3" * 30,
        }
    ]


def test_members_are_told_by_pages(grouped: MonitoredWorld) -> None:
    done(grouped, "12.3.4.3", groupId=TEAM, workNos=[103, 104])
    assert members(grouped, TEAM, offset=1, limit=2) == [102, 103]
    assert members(grouped, TEAM, workNo=104) == [104]
    assert members(grouped, TEAM, workNo=105) == []


def test_who_joins_a_group_leaves_the_other(grouped: MonitoredWorld) -> None:
    done(grouped, "12.3.4.3", groupId=INSPECTORS, workNos=[102, 103])
    assert members(grouped, TEAM) == [101]
    assert members(grouped, INSPECTORS) == [191, 102, 103]


def test_agents_leave_their_groups(grouped: MonitoredWorld) -> None:
    done(grouped, "12.3.4.2", workNos=[101, 115])
    assert members(grouped, TEAM) == [102]
    done(grouped, "12.3.4.2")
    assert (members(grouped, TEAM), members(grouped, INSPECTORS)) == ([], [])


def test_a_group_is_renamed_and_keeps_its_remark(grouped: MonitoredWorld) -> None:
    done(grouped, "12.3.4.7", id=INSPECTORS, groupName="watch")
    assert groups(grouped)["watch"]["remark"] == "Inspector group"
    done(grouped, "12.3.4.7", id=INSPECTORS, groupName="watch", remark="")
    assert groups(grouped)["watch"]["remark"] == ""


def test_a_group_goes_with_its_members_and_relations(grouped: MonitoredWorld) -> None:
    done(grouped, "12.3.4.6", id=TEAM)
    (left,) = grouped.platform.switch.tenants[1].config.user_groups
    assert (left.id, left.inspects) == (INSPECTORS, ())
    assert refused(grouped, "12.3.4.1", groupId=TEAM, limit=1, offset=0) == "0101001"


@pytest.mark.parametrize(
    ("section", "body"),
    [
        ("12.3.4.3", {"groupId": TEAM, "workNos": [101, 999]}),
        ("12.3.4.3", {"groupId": "1", "workNos": [101]}),
        ("12.3.4.5", {"groupName": "team", "groupType": 2}),
        ("12.3.4.5", {"groupName": "new", "groupType": 2, "workNos": [999]}),
        ("12.3.4.6", {"id": "1"}),
        ("12.3.4.7", {"id": TEAM, "groupName": "inspectors"}),
        ("12.3.4.7", {"id": "1", "groupName": "x"}),
        ("12.3.4.8", {"qcGroupId": TEAM, "inspectedGroupIds": [INSPECTORS]}),
        ("12.3.4.8", {"qcGroupId": INSPECTORS, "inspectedGroupIds": [TEAM, "1"]}),
        ("12.3.4.9", {"qcGroupId": "1", "inspectedGroupIds": [TEAM]}),
        ("12.3.4.9", {"qcGroupId": INSPECTORS, "inspectedGroupIds": ["1"]}),
    ],
)
def test_what_cannot_be_changes_nothing(
    grouped: MonitoredWorld, section: str, body: dict[str, Any]
) -> None:
    assert refused(grouped, section, **body) == "0101001"


@pytest.mark.parametrize(
    "wrong", [{"groupType": 1}, {"groupType": 4}, {"groupName": ""}, {"groupName": "a\nb"}]
)
def test_a_group_has_a_name_and_a_type(world: MonitoredWorld, wrong: dict[str, Any]) -> None:
    assert refused(world, "12.3.4.5", **{"groupName": "x", "groupType": 2, **wrong}) == "0100002"


# Joining (12.3.4.10) and names (12.3.4.11)


def test_an_agent_joins_a_group_that_is_made_for_it(grouped: MonitoredWorld) -> None:
    answer = join(grouped, groupName="new team", groupType=3)
    assert (answer["retcode"], answer["result"]["groupName"]) == ("0", "new team")
    assert groups(grouped)["new team"]["groupType"] == 3
    assert members(grouped, answer["result"]["groupId"]) == [101]
    assert members(grouped, TEAM) == [102]


def test_an_agent_joins_a_group_that_is_there(grouped: MonitoredWorld) -> None:
    answer = join(grouped, agentId=103, groupId=TEAM, groupName="whatever")
    assert answer["result"] == {"groupName": "team", "groupId": TEAM}
    assert members(grouped, TEAM) == [101, 102, 103]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"vdnId": 2, "groupId": TEAM}, "300-010"),
        ({"ccId": 2, "groupId": TEAM}, "300-010"),
        ({"agentId": 999, "groupId": TEAM}, "300-016"),
        ({"groupName": "inspectors"}, "300-017"),
        ({}, "300-018"),
        ({"groupName": ""}, "300-018"),
        ({"groupId": "1"}, "300-019"),
        ({"groupName": "x", "groupType": 4}, "1"),
        ({"groupName": "x" * 101}, "1"),
        ({"vdnId": 5001, "groupId": TEAM}, "1"),
    ],
)
def test_joining_is_refused_with_the_documented_code(
    grouped: MonitoredWorld, body: dict[str, Any], code: str
) -> None:
    before = grouped.dump()
    assert join(grouped, **body)["retcode"] == code
    assert grouped.dump() == before


def test_an_agent_has_another_name_and_stays_where_it_is(world: MonitoredWorld) -> None:
    world.sign_in(106)
    world.do(lambda switch: switch.set_skills(106, [2]))
    body = {"vdnId": 1, "agentId": 106, "agentName": "Li Si"}
    answer = world.ask("12.3.4.11", body)
    assert answer == {
        "result": {"agentId": 106, "ccId": 1, "vdnId": 1, "agentName": "Li Si"},
        "message": "success",
        "retcode": "0",
    }
    agent = world.platform.switch.agents[106]
    assert agent.config.name == "Li Si"
    assert [queue.id for queue, _ in agent.memberships] == [2]


@pytest.mark.parametrize("wrong", [{"agentId": 999}, {"agentName": ""}, {"vdnId": 2}])
def test_nobody_else_is_renamed(world: MonitoredWorld, wrong: dict[str, Any]) -> None:
    before = world.dump()
    body = {"vdnId": 1, "agentId": 101, "agentName": "Li Si", **wrong}
    assert world.ask("12.3.4.11", body)["retcode"] == "1"
    assert world.dump() == before


# What comes of it


def test_an_inspector_supervises_the_groups_of_its_own(grouped: MonitoredWorld) -> None:
    for agent in (101, 103, 191, 192):
        grouped.sign_in(agent)
    inspects = {
        (inspector, agent): grouped.call("12.1.5", {"agentid": inspector, "workNo": agent}).code
        for inspector in (191, 192)
        for agent in (101, 103)
    }
    assert inspects == {
        (191, 101): "0",
        (191, 103): "900-002",
        (192, 101): "900-002",
        (192, 103): "900-002",
    }


def test_without_any_relation_inspectors_supervise_everybody(grouped: MonitoredWorld) -> None:
    done(grouped, "12.3.4.9", qcGroupId=INSPECTORS, inspectedGroupIds=[TEAM])
    for agent in (103, 192):
        grouped.sign_in(agent)
    assert grouped.call("12.1.5", {"agentid": 192, "workNo": 103}).code == "0"


def test_a_relation_takes_effect_at_once(grouped: MonitoredWorld) -> None:
    for agent in (103, 192):
        grouped.sign_in(agent)
    force = ("12.1.5", {"agentid": 192, "workNo": 103})
    assert grouped.call(*force).code == "900-002"
    group = join(grouped, agentId=103, groupName="third")["result"]["groupId"]
    watch = join(grouped, agentId=192, groupName="watch", groupType=3)["result"]["groupId"]
    done(grouped, "12.3.4.8", qcGroupId=watch, inspectedGroupIds=[group, group])
    assert grouped.call(*force).code == "0"


def test_groups_are_in_the_store_before_the_answer(grouped: MonitoredWorld) -> None:
    group = join(grouped, groupName="new")["result"]["groupId"]
    done(grouped, "12.3.4.8", qcGroupId=INSPECTORS, inspectedGroupIds=[group])
    stored = {it.id: it for it in grouped.platform.store.load_tenants()[0].user_groups}
    live = grouped.platform.switch.tenants[1].config.user_groups
    assert stored[group] == next(it for it in live if it.id == group)
    assert stored[INSPECTORS].inspects == (TEAM, group)


def test_a_world_that_begins_anew_has_the_groups_of_its_seed(grouped: MonitoredWorld) -> None:
    from emulator.control.seed import load_seed

    grouped.platform.reset(load_seed("demo"))
    assert groups(grouped) == {}
    assert not grouped.platform.switch.tenants[1].inspection


def test_a_snapshot_has_the_groups(grouped: MonitoredWorld) -> None:
    platform = grouped.platform
    saved = platform.form.read(platform.form.write(platform.form.take(), []))
    tenant = saved.switch.tenants[1]
    assert tenant.inspection
    assert tenant.groups == platform.switch.tenants[1].groups
    assert sorted(tenant.groups) == [101, 102, 191]
