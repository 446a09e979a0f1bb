"""Groups, their members and agents of UltraCRM (chapter 4), seen at the agent gateway."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.surfaces.soap_world import AGENT, COLLEAGUE, SoapWorld

ACD, BUSINESS = 0, 1
NEW_AGENT = "GHID=501;NAME=付智伟;PASS=Secret#83;ROLES=2;UTYPE=4;EXT=40501;MOBILE=13900000001;"


@pytest.fixture
def world() -> Iterator[SoapWorld]:
    with SoapWorld() as made:
        yield made


def members(world: SoapWorld, group: str, kind: int = ACD) -> list[str]:
    text: str = world.records("Group_Members", strGroup=group, nType=kind)
    return text.split("|") if text else []


def test_groups_have_names(world: SoapWorld) -> None:
    everything = world.records("Groups_Info", strGroup="ALL", nType=ACD)
    assert everything == "1-support|2-sales|3-chat|4-video"
    assert world.records("Groups_Info", strGroup="2", nType=ACD) == "sales"
    assert world.records("Groups_Info", strGroup="9", nType=ACD) == ""
    assert world.records("Groups_Info", strGroup="ALL", nType=BUSINESS) == ""
    assert world.records("Groups_Info", strGroup="1", nType=2) == ""


@pytest.mark.parametrize("kind", [ACD, BUSINESS])
def test_a_group_is_made_filled_emptied_and_removed(world: SoapWorld, kind: int) -> None:
    def change(operation: str, **arguments: str) -> int:
        result: int = world.records(operation, strGroup="15", **arguments, nType=kind)
        return result

    assert change("Group_Member_Add", strGhid="101") == -1
    assert change("Group_Del") == -1
    assert change("Group_Add", strGname="") == 0
    assert change("Group_Add", strGname="技术部") == 1
    assert change("Group_Add", strGname="技术部") == -1
    assert world.records("Groups_Info", strGroup="15", nType=kind) == "技术部"
    assert change("Group_Member_Add", strGhid="") == 0
    assert change("Group_Member_Add", strGhid="999") == -1
    for agent in ("101", "102", "103"):
        assert change("Group_Member_Add", strGhid=agent) == 1
    assert change("Group_Member_Add", strGhid="101") == -1
    assert members(world, "15", kind) == ["101", "102", "103"]
    assert change("Group_Member_Del", strGhid="102") == 1
    assert change("Group_Member_Del", strGhid="102") == 0
    assert members(world, "15", kind) == ["101", "103"]
    assert change("Group_Member_Del") == 1
    assert change("Group_Member_Del") == 0
    assert change("Group_Member_Add", strGhid="101") == 1
    assert change("Group_Del") == 1
    assert members(world, "15", kind) == []
    assert world.records("Groups_Info", strGroup="15", nType=kind) == ""


def test_what_is_missing_changes_nothing(world: SoapWorld) -> None:
    before = world.platform.switch.tenants[1].config
    assert world.records("Group_Add", strGroup="", strGname="x", nType=ACD) == 0
    assert world.records("Group_Del", strGroup="", nType=ACD) == 0
    assert world.records("Group_Add", strGroup="x", strGname="x", nType=ACD) == -1
    assert world.records("Group_Add", strGroup="7", strGname="x", nType=5) == -1
    assert world.platform.switch.tenants[1].config == before


def test_a_group_that_numbers_lead_to_is_not_removed(world: SoapWorld) -> None:
    assert world.records("Group_Del", strGroup="1", nType=ACD) == -1
    assert members(world, "1")[:2] == ["101", "102"]


def test_a_new_member_is_given_the_groups_calls(world: SoapWorld) -> None:
    world.sign_in(AGENT)
    world.sign_in(111)
    world.do(lambda switch: switch.set_not_ready(111))
    world.dial_in("95002")
    assert world.call_info()["STATUS"] == "01"
    assert world.records("Group_Member_Add", strGroup="2", strGhid="101", nType=ACD) == 1
    assert world.call_info()["STATUS"] == "03"
    assert world.agent_info()["GROUPS"] == "1,2"


def test_an_agent_is_added_and_signs_in(world: SoapWorld) -> None:
    assert world.records("Agent_Add", strGhid_Info=NEW_AGENT) == 1
    assert world.records("Agent_Add", strGhid_Info=NEW_AGENT) == -1
    assert world.records("Agent_Role", strGhid="501") == "座席"
    assert world.agent_info(501)["NAME"] == "付智伟"
    world.sign_in(501, password="Secret#83", phonenum="40501")
    assert world.agent_info(501)["STATUS"] == "01"


@pytest.mark.parametrize(
    ("info", "result"),
    [
        ("", 0),
        ("GHID=502;NAME=x;PASS=y;ROLES=2;", 0),
        ("GHID=;NAME=x;PASS=y;ROLES=2;UTYPE=4;", 0),
        ("GHID=7;NAME=x;PASS=y;ROLES=2;UTYPE=4;", -1),
        ("GHID=abc;NAME=x;PASS=y;ROLES=2;UTYPE=4;", -1),
        ("GHID=502;NAME=x;PASS=y;ROLES=boss;UTYPE=4;", -1),
        ("GHID=502;NAME=x;PASS=y;ROLES=1;UTYPE=0;", 1),
        ("GHID=502;NAME=x;PASS=y;ROLES=3;UTYPE=11;EXT=40101;", 1),
    ],
)
def test_agents_are_added_with_what_is_mandatory(world: SoapWorld, info: str, result: int) -> None:
    assert world.records("Agent_Add", strGhid_Info=info) == result
    assert (502 in world.platform.switch.agents) == (result == 1)


def test_an_agent_is_removed_from_its_groups_too(world: SoapWorld) -> None:
    world.records("Group_Add", strGroup="b", strGname="team", nType=BUSINESS)
    world.records("Group_Member_Add", strGroup="b", strGhid="102", nType=BUSINESS)
    world.sign_in(COLLEAGUE)
    assert world.records("Agent_Del", strGhid="") == 0
    assert world.records("Agent_Del", strGhid="999") == 0
    assert world.records("Agent_Del", strGhid="102") == 1
    assert members(world, "b", BUSINESS) == []
    assert "102" not in members(world, "1")
    assert world.at("ATGetUidInfo", strUid="102") == ""
    assert world.records("Agent_Role", strGhid="102") == ""


@pytest.mark.parametrize(("agent", "role"), [("101", "座席"), ("191", "班长"), ("x", "")])
def test_roles_have_names(world: SoapWorld, agent: str, role: str) -> None:
    assert world.records("Agent_Role", strGhid=agent) == role
