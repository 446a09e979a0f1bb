"""What the monitoring shows of queues is what has happened to them (CEC 12.3.1.2, 12.3.8.13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from emulator.switch.config import Policy, PolicyAction
from tests.contract.cms.world import MonitoredWorld

SUPPORT, SALES = 1, 2
WINDOW = 300


@pytest.fixture
def world() -> Iterator[MonitoredWorld]:
    with MonitoredWorld() as world:
        yield world


@pytest.fixture
def morning(world: MonitoredWorld) -> MonitoredWorld:
    world.be_busy()
    return world


def one(world: MonitoredWorld, section: str, queue: int = SUPPORT) -> Any:
    (found,) = world.result(section, skillIds=[queue])
    return found


def with_queues(world: MonitoredWorld, *first: dict[str, Any]) -> None:
    """Change the first queues of the demo."""
    queues = list(world.platform.switch.tenants[1].config.queues)
    for place, changes in enumerate(first):
        queues[place] = replace(queues[place], **changes)
    world.configure_demo(queues=tuple(queues))


def be_away(world: MonitoredWorld, *agents: int) -> None:
    for agent in agents:
        world.sign_in(agent)
        world.do(lambda sw, agent=agent: sw.set_not_ready(agent, 0))


def to_the_window(world: MonitoredWorld) -> None:
    """Let a new five minutes begin."""
    now = world.platform.advance().now // 1_000_000
    world.pass_time(WINDOW - now % WINDOW)


def serve(world: MonitoredWorld, agent: int, waits: float, talks: float, code: str) -> None:
    """A customer waits, is served by an agent that signs in for it, and hangs up."""
    call = world.dial_in(code)
    world.pass_time(waits)
    world.sign_in(agent)
    world.do(lambda sw: sw.answer_call(agent, call))
    world.pass_time(talks)
    world.do(lambda sw: sw.outside_hangs_up(call))


def test_queues_that_do_not_exist_are_left_out(morning: MonitoredWorld) -> None:
    for section in ("12.3.1.2.1", "12.3.1.2.2", "12.3.1.2.6", "12.3.1.2.8"):
        found = morning.result(section, skillIds=[77, SALES, SUPPORT])
        assert [it["skillId"] for it in found] == [SALES, SUPPORT]
    assert morning.ask("12.3.1.2.2", {"ccId": 1, "vdn": 1, "skillIds": []})["resultCode"] == (
        "0100002"
    )


@pytest.mark.parametrize("section", ["12.3.1.2.4", "12.3.1.2.10"])
def test_one_queue_that_does_not_exist_is_refused(world: MonitoredWorld, section: str) -> None:
    answer = world.ask(section, {"ccId": 1, "vdn": 1, "skillId": 77})
    assert answer["resultCode"] == "0100002"


def test_a_line_shows_who_waits_longest(morning: MonitoredWorld) -> None:
    assert one(morning, "12.3.1.2.2") == {
        "skillId": SUPPORT,
        "queueSize": 2,
        "queueTime": 1,
        "loggedOnAgents": 6,
        "availAgents": 0,
        "skillDescrip": "support",
        "callId": "1700000045-7",
        "maxQueueSize": 100,
    }
    assert one(morning, "12.3.1.2.2", SALES)["callId"] == "4294967295-4294967295"


def test_a_line_is_listed_in_the_order_in_which_it_is_served(world: MonitoredWorld) -> None:
    world.configure_demo(priority_customers={"13800000099": 9})
    be_away(world, 101)
    ordinary = world.dial_in(caller="13800000001")
    world.pass_time(6)
    important = world.dial_in(caller="13800000099")
    assert world.result("12.3.1.2.4", skillId=SUPPORT) == [
        {"callId": important, "customerLevel": 9, "requestType": 0},
        {"callId": ordinary, "customerLevel": 0, "requestType": 0},
    ]
    first, second = one(world, "12.3.1.2.7")["callPropertyExs"]
    assert (first["callId"], first["callPriority"], first["waitTime"]) == (important, 9, 0)
    assert second == {
        "callId": ordinary,
        "customerLevel": 0,
        "requestType": 0,
        "calling": "13800000001",
        "called": "95001",
        "mediaType": "MEDIA_TYPE_PHONE",
        "orgiCalled": "95001",
        "callInTime": 1_700_000_000_000,
        "callPriority": 0,
        "waitTime": 6,
        "callQueueFlag": 1,
    }


def test_the_limits_are_the_configured_ones(world: MonitoredWorld) -> None:
    with_queues(world, {"max_waiting": 7, "max_wait": 60, "ring": 11, "wrap_up": 5})
    world.configure_demo(max_rest_agents=2)
    assert one(world, "12.3.1.2.5") == {
        "skillId": SUPPORT,
        "maxCallNum": 7,
        "maxHoldCallNum": None,
        "maxWaitTime": 60,
        "maxAnswerWaitTime": 11,
        "maxTalkTime": None,
        "maxRestAgentNum": 2,
        "maxAgentWrapupTime": 5,
    }


def test_five_minutes_count_what_happens_in_them(world: MonitoredWorld) -> None:
    with_queues(world, {"wrap_up": 8})
    be_away(world, 103)
    serve(world, 101, waits=15, talks=40, code="95001")
    world.pass_time(8)
    found = one(world, "12.3.1.2.3")
    assert found == {
        "id": SUPPORT,
        "startTime": 1_699_999_800_000,
        "allCallCount": 1,
        "cnnedCallCount": 1,
        "abanCallCount": 0,
        "callEndCount": 1,
        "talkTimeOnIvr": 0,
        "cnnedIn20sCallCount": 1,
        "clearUpCallCount": 1,
        "clearUpTime": 8,
    }
    to_the_window(world)
    again = one(world, "12.3.1.2.3")
    assert again == {**dict.fromkeys(found, 0), "id": SUPPORT, "startTime": 1_700_000_100_000}


def test_what_began_in_other_five_minutes_counts_where_it_ends(world: MonitoredWorld) -> None:
    call = world.dial_in("95001") if world.sign_in(101) else ""
    world.do(lambda sw: sw.answer_call(101, call))
    to_the_window(world)
    world.pass_time(3)
    world.do(lambda sw: sw.outside_hangs_up(call))
    found = one(world, "12.3.1.2.3")
    assert (found["allCallCount"], found["cnnedCallCount"], found["callEndCount"]) == (0, 0, 1)
    assert one(world, "12.3.1.2.6")["evenCallTimeIn5"] == 103


def test_time_in_the_menu_counts_for_the_queue_behind_it(world: MonitoredWorld) -> None:
    be_away(world, 101, 111)
    call = world.dial_in("95003")
    world.pass_time(6)
    world.do(lambda sw: sw.outside_presses(call, "2"))
    found = [one(world, "12.3.1.2.3", it)["talkTimeOnIvr"] for it in (SUPPORT, SALES)]
    assert found == [0, 6]


def test_service_quality_tells_15_from_20_seconds(world: MonitoredWorld) -> None:
    to_the_window(world)
    be_away(world, 103)
    for agent, waits in ((101, 15), (102, 16), (104, 21)):
        serve(world, agent, waits=waits, talks=1, code="95001")
        world.do(lambda sw, agent=agent: sw.log_off(agent))
    for waits in (14, 15, 19, 20):
        call = world.dial_in("95001")
        world.pass_time(waits)
        world.do(lambda sw, call=call: sw.outside_hangs_up(call))
    assert one(world, "12.3.1.2.11") == {
        "skillId": SUPPORT,
        "statStartTime": 1_700_000_100_000,
        "inCallNum": 7,
        "connectedNum": 3,
        "callLostNum": 4,
        "in15sCallNum": 1,
        "wait15sLostNum": 1,
        "in20sCallNum": 2,
        "wait20sLostNum": 3,
    }


def test_a_call_that_overflows_is_not_lost_and_was_taken_over(world: MonitoredWorld) -> None:
    with_queues(world, {"max_wait": 5, "on_timeout": Policy(PolicyAction.QUEUE, SALES)})
    be_away(world, 101)
    world.sign_in(111)
    call = world.dial_in("95001")
    world.pass_time(5)
    world.do(lambda sw: sw.answer_call(111, call))
    assert one(world, "12.3.1.2.11")["callLostNum"] == 0
    assert one(world, "12.3.1.2.8", SALES)["overloadDetails"] == [{"queueId": 1, "callNum": 1}]
    assert one(world, "12.3.1.2.8", SUPPORT)["overloadDetails"] == []


def test_a_call_that_is_released_after_its_wait_is_lost(world: MonitoredWorld) -> None:
    with_queues(world, {"max_wait": 5})
    be_away(world, 101)
    world.dial_in("95001")
    world.pass_time(5)
    found = one(world, "12.3.1.2.11")
    assert (found["callLostNum"], found["wait15sLostNum"]) == (1, 1)


def test_statistics_of_a_busy_morning(morning: MonitoredWorld) -> None:
    expected = {
        "skillId": SUPPORT,
        "agentLoginNums": 6,
        "agentTalkingNums": 2,
        "agentIdleNums": 0,
        "agentAvailableNums": 0,
        "agentSetBusyNums": 1,
        "agentRestNums": 1,
        "agentMaxIdleTimeIn5": 0,
        "agentWorkNums": 0,
        "agentStudyNums": 1,
        "agentOccupyNums": 0,
        "agentPreOccupyNums": 0,
        "totalCallNums": 2,
        "processingCallNums": 2,
        "maxCallWaitTimesIn5": 5,
        "callWaitNums": 2,
        "evenCallTimeIn5": 0,
        "evenWaitTimeIn5": 3,
        "allCallCount": 6,
        "cnnedIn20sCallCount": 2,
    }
    assert one(morning, "12.3.1.2.6") == expected
    body = {"ccId": 1, "vdn": 1, "skillIds": [SUPPORT]}
    (earlier,) = morning.ask("12.3.8.13.4", body)["resultDatas"]
    busy = expected.pop("agentSetBusyNums")
    del expected["allCallCount"], expected["cnnedIn20sCallCount"]
    assert earlier == {**expected, "agentSetbusyNums": busy}


def test_the_longest_idle_time_is_one_that_has_ended_or_goes_on(world: MonitoredWorld) -> None:
    world.sign_in(101)
    world.pass_time(30)
    assert one(world, "12.3.1.2.6")["agentMaxIdleTimeIn5"] == 30
    world.do(lambda sw: sw.set_not_ready(101, 0))
    world.sign_in(102)
    world.pass_time(20)
    assert one(world, "12.3.1.2.6")["agentMaxIdleTimeIn5"] == 30


def test_agents_of_several_queues_count_once(morning: MonitoredWorld) -> None:
    both = morning.result("12.3.1.2.9", skillIds=[SUPPORT, SALES])
    assert both == {
        "workSubStateBegin": 1,
        "lateAdjust": 0,
        "usable": 1,
        "rest": 1,
        "studying": 1,
        "setBusy": 1,
        "occupy": 0,
        "idle": 1,
        "preoccupy": 0,
        "answering": 1,
        "talking": 3,
        "loginEd": 9,
        "callOut": 1,
    }


def test_an_exact_match_leaves_out_who_has_other_queues_too(morning: MonitoredWorld) -> None:
    def signed_in(*queues: int) -> int:
        found = morning.result("12.3.1.2.9", skillIds=list(queues), isSkillAllMatch="true")
        number: int = found["loginEd"]
        return number

    assert [signed_in(SUPPORT), signed_in(SALES), signed_in(SUPPORT, SALES)] == [5, 3, 1]
    assert signed_in(SUPPORT, SALES, 77) == 0
    found = morning.result("12.3.1.2.9", skillIds=[SALES], isSkillAllMatch="true")
    assert (found["usable"], found["callOut"]) == (1, 1)


def test_agents_of_a_queue_in_both_spellings(morning: MonitoredWorld) -> None:
    assert one(morning, "12.3.1.2.1", SALES)["agentIds"] == [106, 111, 112, 113]
    found = morning.result("12.3.1.2.10", skillId=SALES)
    assert found[1] == {
        "workNo": 111,
        "name": "Agent 111",
        "status": 5,
        "ctiStatus": 6,
        "groupId": -1,
        "mediaType": 5,
        "vdnId": 1,
        "phoneNumber": "40111",
        "currentStateTime": 4,
        "loginDate": 1_700_000_009_000,
    }
    earlier = morning.ask("12.3.8.13.5", {"ccId": 1, "vdn": 1, "skillId": SALES})["resultDatas"]
    assert [list(it.values()) for it in earlier] == [
        [it[name] for name in _EARLIER_ORDER] for it in found
    ]


_EARLIER_ORDER = (
    "workNo",
    "name",
    "status",
    "ctiStatus",
    "groupId",
    "mediaType",
    "vdnId",
    "phoneNumber",
    "currentStateTime",
    "loginDate",
)


def test_indicators_are_given_as_text_in_the_order_asked_for(morning: MonitoredWorld) -> None:
    codes = ["IDX_COUNT_REAL_AGENT_ACW", "IDX_COUNT_REAL_SKILL_QUEUE"]
    assert morning.result("12.3.1.2.12", skillIds=[SALES], indexIds=codes) == [
        {"id": "2", "idxs": [{"id": codes[0], "val": "1"}, {"id": codes[1], "val": "0"}]}
    ]
    for wrong in (["IDX_COUNT_REAL_VDN_CALL"], [], [codes[0]] * 13):
        body = {"ccId": 1, "vdn": 1, "skillIds": [SALES], "indexIds": wrong}
        assert morning.ask("12.3.1.2.12", body)["resultCode"] == "0100002"


def test_a_vdn_that_begins_anew_counts_from_nothing(morning: MonitoredWorld) -> None:
    assert morning.control("POST", "/reset").status == 200
    assert one(morning, "12.3.1.2.3")["allCallCount"] == 0
    assert one(morning, "12.3.1.2.6")["agentLoginNums"] == 0
    assert one(morning, "12.3.1.2.2")["queueSize"] == 0
