"""What the monitoring shows of agents and VDNs is what they do (CEC 12.3.1.1, 12.3.1.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emulator.switch.terms import TargetType, TransferMode
from tests.contract.cms.world import GLOBAL_AK, GLOBAL_SK, MonitoredWorld

NEVER = 4_294_967_295_000
MORNING = 1_700_000_000_000


@pytest.fixture
def world() -> Iterator[MonitoredWorld]:
    with MonitoredWorld() as world:
        yield world


@pytest.fixture
def morning(world: MonitoredWorld) -> MonitoredWorld:
    world.be_busy()
    return world


def code(world: MonitoredWorld, section: str, **body: Any) -> str:
    found: str = world.ask(section, {"ccId": 1, "vdn": 1, **body})["resultCode"]
    return found


# Pages


def test_pages_follow_each_other_and_end(world: MonitoredWorld) -> None:
    def page(offset: int) -> list[int]:
        answer = world.ask("12.3.1.1.5", {"ccId": 1, "vdn": 1, "offset": offset, "limit": 10})
        assert answer["count"] == 22
        return [it["agentId"] for it in answer["resultDesc"]]

    assert [*page(0), *page(10), *page(20)] == [*range(101, 121), 191, 192]
    assert page(22) == []


def test_a_phone_is_where_the_agent_is_signed_in(world: MonitoredWorld) -> None:
    world.sign_in(101, phonenum="40110")
    phones = world.result("12.3.1.1.3", offset=0, limit=2)
    assert phones == [{"agentId": 101, "phone": "40110"}, {"agentId": 102, "phone": "40102"}]


def test_states_last_since_the_agent_changed_or_the_world_began(morning: MonitoredWorld) -> None:
    talks, *_, away = morning.result("12.3.1.1.4", offset=0, limit=7)
    assert talks == {
        "agentId": 101,
        "currentState": 5,
        "currentStateTime": 41,
        "locationId": 65535,
    }
    assert (away["agentId"], away["currentState"], away["currentStateTime"]) == (107, 0, 46)
    states = {it["agentId"]: it["state"] for it in morning.result("12.3.1.1.16")}
    busy = {no: state for no, state in states.items() if state}
    assert busy == {101: 5, 102: 4, 103: 7, 104: 8, 105: 9, 106: 5, 111: 6, 112: 5, 113: 1}


def test_agents_by_status(morning: MonitoredWorld) -> None:
    def found(**status: str) -> list[int]:
        body = {"ccId": "1", "vdn": "1", "offset": 0, "limit": 100, **status}
        return [it["agentId"] for it in morning.ask("12.3.1.3.13", body)["data"]]

    assert found(status="5") == [101, 106, 112]
    assert found(status="10") == []
    assert len(found()) == len(found(status="")) == 22
    answer = morning.ask(
        "12.3.1.3.13", {"ccId": "1", "vdn": "1", "offset": 0, "limit": 1, "status": "11"}
    )
    assert answer == {"returnCode": "0100002", "description": "Invalid parameter"}


def test_only_inspectors_may_inspect(world: MonitoredWorld) -> None:
    found = {it["agentId"]: it["rights"] for it in world.result("12.3.1.1.15")}
    agent, inspector = found[101], found[191]
    assert len(agent) == len(inspector) == 128
    assert [bit for bit in range(1, 129) if agent[bit - 1] != inspector[bit - 1]] == [
        13,
        14,
        15,
        16,
        17,
    ]
    (first,) = world.result("12.3.1.1.6", offset=0, limit=1)
    assert first == {
        "agentId": 101,
        "groupId": -1,
        "rights": agent,
        "name": "Agent 101",
        "realFlag": 1,
    }


# Indicators


def test_a_vdns_indicators_are_numbers(morning: MonitoredWorld) -> None:
    ids = ["IDX_COUNT_REAL_VDN_CONNECT", "IDX_COUNT_REAL_VDN_CALL"]
    found = morning.ask(
        "12.3.1.1.17", {"vdnIds": [1, 2], "indexIds": ids}, key=(GLOBAL_AK, GLOBAL_SK)
    )
    assert found["resultDesc"] == [
        {"id": "1", "idxs": [{"id": ids[0], "val": 3}, {"id": ids[1], "val": 7}]},
        {"id": "2", "idxs": [{"id": ids[0], "val": 0}, {"id": ids[1], "val": 0}]},
    ]
    refused = morning.ask("12.3.1.1.17", {"vdnIds": [1, 2], "indexIds": ids})
    assert refused["resultCode"] == "0101003"


def test_agents_indicators(morning: MonitoredWorld) -> None:
    ids = [
        "IDX_AGENT_PHONE",
        "IDX_AGENT_CURRENT_STATE",
        "IDX_DURATION_AGENT_CURRENT_STATE",
        "IDX_AGENT_LOGIN_SKILLS",
    ]
    found = morning.result("12.3.1.3.11", agentIds=[999, 106, 107], indexIds=ids)
    values = {it["id"]: [one["val"] for one in it["idxs"]] for it in found}
    assert values == {106: ["40106", 5, 41, [1, 2]], 107: [None, 0, 46, [1, 2]]}
    wrong = {"agentIds": [101], "indexIds": ["IDX_SKILL_RESERVED_COL(1)"]}
    assert code(morning, "12.3.1.3.11", **wrong) == "0100002"


# Agents by number


@pytest.mark.parametrize("section", ["12.3.1.3.3", "12.3.1.3.5", "12.3.1.3.7", "12.3.1.3.9"])
def test_one_agent_that_does_not_exist_is_refused(world: MonitoredWorld, section: str) -> None:
    assert code(world, section, agentId=999) == "0100002"


def test_skills_and_whether_the_agent_is_signed_in_to_them(world: MonitoredWorld) -> None:
    world.sign_in(106)
    world.do(lambda sw: sw.set_skills(106, [2]))
    assert world.result("12.3.1.3.1", agentIds=[106, 999]) == [
        {
            "agentId": 106,
            "skills": [{"skillId": 1, "isLogin": 0}, {"skillId": 2, "isLogin": 1}],
        }
    ]


def test_an_agent_that_was_never_there(world: MonitoredWorld) -> None:
    assert world.result("12.3.1.3.2", agentIds=[101]) == [
        {
            "agentId": 101,
            "locationId": 65535,
            "currentStateReason": 65535,
            "prevState": 0,
            "prevStateTime": 4294967295,
            "currentState": 0,
            "currentStateTime": 0,
            "logonTime": NEVER,
            "agentRelease": 0,
            "currentPrivateCallNum": 0,
        }
    ]
    details = world.result("12.3.1.3.7", agentId=101)
    assert (details["phoneNumber"], details["mediaType"], details["status"]) == (None, 0, 2)
    assert details["loginDate"] == NEVER


def test_states_follow_each_other(world: MonitoredWorld) -> None:
    world.sign_in(101)
    world.pass_time(12)
    world.do(lambda sw: sw.request_rest(101, 60, 200))
    world.pass_time(5)
    (found,) = world.result("12.3.1.3.2", agentIds=[101])
    assert (found["prevState"], found["prevStateTime"]) == (1, 12)
    assert (found["currentState"], found["currentStateTime"]) == (8, 5)
    assert found["currentStateReason"] == 200
    assert found["logonTime"] == MORNING


def test_releases_are_those_of_the_agent(world: MonitoredWorld) -> None:
    world.sign_in(101)
    for by_agent in (True, False, True):
        call = world.dial_in()
        world.do(lambda sw: sw.answer_call(101))
        if by_agent:
            world.do(lambda sw: sw.release_call(101))
        else:
            world.do(lambda sw, call=call: sw.outside_hangs_up(call))
    (found,) = world.result("12.3.1.3.2", agentIds=[101])
    assert found["agentRelease"] == 2


def test_details_in_both_spellings(morning: MonitoredWorld) -> None:
    details = morning.result("12.3.1.3.7", agentId=111)
    assert details == {
        "workNo": 111,
        "vdnId": 1,
        "citStatus": 6,
        "name": "Agent 111",
        "phoneNumber": "40111",
        "loginDate": MORNING + 9_000,
        "currentStateTime": 4,
        "mediaType": 5,
        "status": 5,
    }
    earlier = morning.ask("12.3.8.13.1", {"ccId": 1, "vdn": 1, "agentId": 111})
    assert earlier == {
        "result": "0",
        "resultDatas": {
            "workno": 111,
            "vdnid": 1,
            "citStatus": 6,
            "name": "Agent 111",
            "phonenumber": "40111",
            "logindate": MORNING + 9_000,
            "currentstatetime": 4,
            "mediatype": 5,
            "status": 5,
        },
    }


def test_a_refusal_of_an_earlier_interface_has_both_codes(world: MonitoredWorld) -> None:
    assert world.ask("12.3.8.13.1", {"ccId": 1, "vdn": 1, "agentId": 999}) == {
        "result": "0100002",
        "resultCode": "0100002",
        "resultDesc": "Invalid parameter",
    }


def test_a_team_counts_each_member_once(morning: MonitoredWorld) -> None:
    team = morning.result("12.3.1.3.6", agentIds=[101, 101, 102, 107, 111, 113, 999])
    assert {name: number for name, number in team.items() if number} == {
        "loginEd": 4,
        "talking": 1,
        "idle": 1,
        "usable": 1,
        "workSubStateBegin": 1,
        "answering": 1,
    }


def test_the_system_state_of_a_page_and_of_the_vdn(morning: MonitoredWorld) -> None:
    first = morning.result("12.3.1.3.10", offset=0, limit=10)
    second = morning.result("12.3.1.3.10", offset=10, limit=10)
    assert list(first.values()) == [1, 2, 0, 6]
    assert list(second.values()) == [0, 1, 1, 3]
    earlier = morning.ask("12.3.8.13.2", {"ccId": 1, "vdn": 1})["resultDatas"]
    assert list(earlier.values()) == [1, 3, 1, 9]


# Calls of agents


def test_calls_of_an_agent(morning: MonitoredWorld) -> None:
    (call,) = morning.result("12.3.1.3.3", agentId=101)
    assert morning.platform.switch.agents[101].connections[0].call.id == call
    assert morning.result("12.3.1.3.3", agentId=113) == []
    works = [morning.result("12.3.1.3.9", agentId=it) for it in (101, 102, 113, 107)]
    assert works == [True, True, False, False]


def test_a_calls_status_is_what_it_is_for_the_agent(morning: MonitoredWorld) -> None:
    def statuses() -> dict[int, list[int]]:
        found = morning.result("12.3.1.3.4", agentIds=[101, 102, 103, 106, 112])
        return {it["agentId"]: [one["callStatus"] for one in it["callList"]] for it in found}

    assert statuses() == {101: [5], 102: [4], 103: [], 106: [6], 112: [5]}
    morning.do(lambda sw: sw.mute(101, muted=True))
    morning.do(lambda sw: sw.make_call(106, "13900000113"))
    assert statuses() == {101: [8], 102: [4], 103: [], 106: [6, 1], 112: [5]}
    (out,) = morning.result("12.3.1.3.4", agentIds=[112])[0]["callList"]
    assert (out["callInOut"], out["mediaType"]) == (1, 5)


def test_a_call_that_is_sent_to_an_agent_waits_for_it_alone(morning: MonitoredWorld) -> None:
    assert morning.result("12.3.1.3.5", agentId=113) == []
    to = (TargetType.AGENT, "113")
    morning.do(lambda sw: sw.single_step_transfer(101, to, TransferMode.RELEASE_AFTER))
    (call,) = morning.result("12.3.1.3.5", agentId=113)
    assert call == "1700000000-1"
    (found,) = morning.result("12.3.1.3.2", agentIds=[113])
    assert found["currentPrivateCallNum"] == 1


# Rests


def test_rests_that_go_on_are_allowed_or_wait(world: MonitoredWorld) -> None:
    world.configure_demo(rest_approval=True)
    for agent in (101, 102):
        world.sign_in(agent)
    world.sign_in(191)
    world.pass_time(2)
    world.do(lambda sw: sw.request_rest(101, 600, 200))
    world.pass_time(3)
    world.do(lambda sw: sw.decide_rest(191, 101, approve=True))
    world.pass_time(4)
    world.do(lambda sw: sw.request_rest(102, 60, 200))
    found = world.ask("12.3.1.1.2", {"ccId": 1, "vdn": 1, "offset": 0, "limit": 100})
    assert found["count"] == 22
    state = found["resultDesc"]
    assert [state[f"{it}RestAgentNum"] for it in ("on", "allow", "wait")] == [1, 0, 1]
    assert state["details"] == [
        {
            "agentId": 101,
            "cantRestCause": 0,
            "vdnId": 1,
            "ccId": 1,
            "beginTime": MORNING + 5_000,
            "applyRestLength": 600,
            "name": "Agent 101",
            "reqRestDuration": 4,
            "reqRestDura": 4,
        },
        {
            "agentId": 102,
            "cantRestCause": 0,
            "vdnId": 1,
            "ccId": 1,
            "beginTime": MORNING + 9_000,
            "applyRestLength": 60,
            "name": "Agent 102",
        },
    ]


def test_a_rest_that_waits_for_the_end_of_a_call_is_allowed(world: MonitoredWorld) -> None:
    world.sign_in(101)
    call = world.dial_in()
    world.do(lambda sw: sw.answer_call(101, call))
    world.pass_time(7)
    world.do(lambda sw: sw.request_rest(101, 90, 200))
    rests = world.result("12.3.1.3.8")
    assert rests == {
        "allowRestNum": 1,
        "onRestNum": 0,
        "waitRestNum": 0,
        "agentsRestDetails": [
            {
                "agentName": "Agent 101",
                "workNo": 101,
                "cantRestReason": 0,
                "beginTime": MORNING + 7_000,
                "restDuration": 90,
            }
        ],
    }
    earlier = world.ask("12.3.8.13.3", {"ccId": 1, "vdn": 1})["resultDatas"]
    assert [earlier["allowrestnum"], earlier["agentsrestdetails"][0]["restduration"]] == [1, 90]


def test_pages_of_rests_are_for_the_older_platform() -> None:
    for version, resting in (("V300R006", 0), ("V300R008", 1)):
        with MonitoredWorld(cti_version=version) as world:
            world.sign_in(101)
            world.do(lambda sw: sw.request_rest(101, 60, 200))
            assert world.result("12.3.1.3.8", offset=1, limit=5)["onRestNum"] == resting
            assert code(world, "12.3.1.3.8", offset=1) == "0100002"
            assert code(world, "12.3.1.3.8", limit=5) == "0100002"
