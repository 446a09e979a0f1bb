"""Calls that go on, and calls that are over, as the monitoring shows them (CEC 12.3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from emulator.switch.terms import TargetType, TransferMode
from tests.contract.cms.world import OTHER_AK, OTHER_SK, MonitoredWorld

MORNING = 1_700_000_000_000
TODAY = {"beginDate": MORNING, "endDate": MORNING + 5_000_000}
"""From 22:13:20 to 23:36:40 of the 14th of November 2023, in UTC."""
TALK, LOST, SHORT = "1700000000-1", "1700000005-3", "1700000009-4"


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


def found_calls(world: MonitoredWorld, section: str = "12.3.1.1.12", **body: Any) -> list[str]:
    return [it["callId"] for it in world.result(section, **{**TODAY, **body})["data"]]


# Access codes and flows


def test_calls_to_access_codes(morning: MonitoredWorld) -> None:
    morning.pass_time(2)
    codes = morning.result("12.3.1.1.11", innoIds=[3, 1, 77])
    assert codes == [
        {
            "innoId": 3,
            "allCallCount": 1,
            "ivrCallCount": 1,
            "agentCallCount": 0,
            "queueCallCount": 0,
            "longestWaitTime": 0,
        },
        {
            "innoId": 1,
            "allCallCount": 5,
            "ivrCallCount": 0,
            "agentCallCount": 2,
            "queueCallCount": 3,
            "longestWaitTime": 3,
        },
    ]


def test_calls_in_a_flow_until_they_leave_it(morning: MonitoredWorld) -> None:
    (caller,) = morning.result("12.3.1.1.7", flowId=1)
    assert caller == {"callId": "1700000045-9", "customerLevel": 0, "requestType": 0}
    morning.do(lambda sw: sw.outside_presses(caller["callId"], "2"))
    assert morning.result("12.3.1.1.7", flowId=1) == []
    assert code(morning, "12.3.1.1.7", flowId=2) == "0100002"


# Calls that go on


def test_a_call_that_goes_on(morning: MonitoredWorld) -> None:
    morning.do(lambda sw: sw.set_call_data(TALK, "für Sie"))
    basic = morning.result("12.3.1.4.1", callId=TALK)
    both = {
        "dsn": 1,
        "handle": 0,
        "server": 0,
        "keyId": TALK,
        "callingNum": "13800000001",
        "calledNum": "95001",
        "mid": 0,
        "trunkNo": 65535,
        "priority": 0,
        "deviceType": 2,
        "deviceNo": 101,
        "callSkill": "support",
        "partyNum": 2,
        "orgiCalledNum": "95001",
        "place": 0,
        "waitTime": 5,
        "totalTalkingTimes": 41,
        "logonTimes": 46,
    }
    assert basic == {
        **both,
        "time": MORNING,
        "callFeature": 0,
        "mediaType": 5,
        "serviceType": 1,
        "callInCause": 65535,
        "enterReason": 0,
        "mediaBillType": "",
    }
    assert morning.result("12.3.1.4.2", callid=TALK) == {
        **both,
        "time": MORNING // 1000,
        "cb": 1,
        "callData": "für Sie",
        "callDataLen": 8,
        "callFeature": "0",
        "mediaType": "MEDIA_TYPE_PHONE",
    }


@pytest.mark.parametrize(
    ("call", "device", "waited", "talked"),
    [
        ("1700000045-7", (1, 1), 1, 0),
        ("1700000045-6", (2, 102), 1, 0),
        ("1700000045-9", (3, 1), 0, 0),
        ("1700000042-5", (2, 112), 0, 2),
    ],
    ids=["waits", "rings", "hears the menu", "was called"],
)
def test_a_call_is_where_it_is(
    morning: MonitoredWorld, call: str, device: tuple[int, int], waited: int, talked: int
) -> None:
    found = morning.result("12.3.1.4.1", callId=call)
    assert (found["deviceType"], found["deviceNo"]) == device
    assert (found["waitTime"], found["totalTalkingTimes"]) == (waited, talked)


@pytest.mark.parametrize("section", ["12.3.1.4.1", "12.3.1.4.2"])
def test_a_call_that_is_over_does_not_go_on(morning: MonitoredWorld, section: str) -> None:
    assert code(morning, section, callId=SHORT) == "0100001"
    assert code(morning, section, callId="1-1") == "0100001"


# Calls that are over


def test_calls_of_customers_as_a_whole(morning: MonitoredWorld) -> None:
    found = morning.result("12.3.1.1.12", **TODAY)
    assert found["count"] == 2
    assert found["data"] == [
        {
            "logDate": MORNING + 9_000,
            "callerNo": "13800000007",
            "calleeNo": "95001",
            "callId": LOST,
            "callType": 0,
            "waitBegin": MORNING + 5_000,
            "ackBegin": None,
            "callBegin": None,
            "callEnd": MORNING + 9_000,
            "vdn": 1,
            "leaveReason": 15,
            "mediaType": 5,
            "subMediaType": None,
        },
        {
            "logDate": MORNING + 42_000,
            "callerNo": "13800000008",
            "calleeNo": "95002",
            "callId": SHORT,
            "callType": 0,
            "waitBegin": MORNING + 9_000,
            "ackBegin": MORNING + 9_000,
            "callBegin": MORNING + 12_000,
            "callEnd": MORNING + 42_000,
            "vdn": 1,
            "leaveReason": 15,
            "mediaType": 5,
            "subMediaType": None,
        },
    ]


def test_calls_are_found_by_number_time_and_page(morning: MonitoredWorld) -> None:
    assert found_calls(morning, callerNo="13800000008") == [SHORT]
    assert found_calls(morning, calleeNo="95001") == [LOST]
    assert found_calls(morning, callerNo="", calleeNo="95003") == []
    assert found_calls(morning, endDate=MORNING + 41_999) == [LOST]
    assert found_calls(morning, beginDate=MORNING + 42_000) == [SHORT]
    assert found_calls(morning, limit=1) == [LOST]
    assert found_calls(morning, limit=1, offset=1) == [SHORT]
    assert found_calls(morning, offset=2) == []
    assert morning.result("12.3.1.1.12", **TODAY, limit=1, offset=1)["count"] == 2


def test_calls_to_customers(morning: MonitoredWorld) -> None:
    v2 = "12.3.1.1.13"
    assert found_calls(morning, v2, isCallIn="false") == []
    morning.do(lambda sw: sw.release_call(112))
    assert found_calls(morning, v2, isCallIn="false") == ["1700000042-5"]
    assert found_calls(morning, v2, isCallIn="true") == [LOST, SHORT]
    assert code(morning, v2, **TODAY, isCallIn="yes") == "0100002"


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("UTC", "2023-11-13T00:00:00+00:00", "2023-11-14T23:59:59.999+00:00"),
        ("Asia/Shanghai", "2023-11-14T00:00:00+08:00", "2023-11-15T23:59:59.999+08:00"),
    ],
)
def test_only_two_days_can_be_asked_for(
    world: MonitoredWorld, zone: str, first: str, last: str
) -> None:
    begin = round(datetime.fromisoformat(first).timestamp() * 1000)
    end = round(datetime.fromisoformat(last).timestamp() * 1000)
    tenant = world.platform.switch.tenants[1].config
    world.do(lambda sw: sw.apply_tenant(replace(tenant, timezone=zone)))

    def asked(begin: int, end: int) -> str:
        return code(world, "12.3.1.1.12", beginDate=begin, endDate=end)

    assert asked(begin, end) == "0100000"
    assert asked(begin - 1, end) == asked(begin, end + 1) == asked(end, begin) == "0100002"


def test_a_call_is_traced_from_device_to_device(morning: MonitoredWorld) -> None:
    to = (TargetType.QUEUE, "2")
    morning.do(lambda sw: sw.single_step_transfer(101, to, TransferMode.BLIND))
    morning.pass_time(1)
    morning.do(lambda sw: sw.answer_call(113))
    morning.pass_time(10)
    morning.do(lambda sw: sw.outside_hangs_up(TALK))
    stays = morning.result("12.3.1.1.14", callId=TALK, logDate=MORNING)
    assert [(it["callIdNum"], it["deviceType"], it["deviceNo"]) for it in stays] == [
        (1, 1, "1"),
        (2, 2, "101"),
        (3, 1, "2"),
        (-1, 2, "113"),
    ]
    assert [it["EnterReason"] for it in stays] == [0, *(it["LeaveReason"] for it in stays[:-1])]
    assert [it["CurrentSkillID"] for it in stays] == ["1", "1", "2", "2"]
    assert [it["releaseCause"] for it in stays] == [0, 0, 0, 531]
    assert stays[0]["waitBegin"] == MORNING


def test_a_trace_is_looked_for_in_its_month(morning: MonitoredWorld) -> None:
    december = MORNING + 20 * 86_400_000
    assert morning.result("12.3.1.1.14", callId=SHORT, logDate=december) == []
    assert morning.result("12.3.1.1.14", callId="1-1", logDate=MORNING) == []
    assert len(morning.result("12.3.1.1.14", callId=SHORT, logDate=MORNING)) == 2


def test_a_record_by_its_call(morning: MonitoredWorld) -> None:
    body = {"ccId": 1, "isCallin": "true", "callId": SHORT}
    assert morning.ask("12.3.1.4.3", body)["resultDesc"] == {
        "vdn": 1,
        "callId": SHORT,
        "callerNo": "13800000008",
        "calleeNo": "95002",
        "callType": 0,
        "agentId": 111,
        "skillId": 2,
        "anonyCall": 0,
        "queueWaitTime": 0,
        "ivrCallTime": 0,
        "ackTime": 3,
        "callTime": 30,
        "releaseCause": 531,
    }
    lost = morning.ask("12.3.1.4.3", {**body, "callId": LOST})["resultDesc"]
    assert (lost["agentId"], lost["queueWaitTime"], lost["callTime"]) == (None, 4, 0)


def test_a_record_that_is_not_there(morning: MonitoredWorld) -> None:
    body = {"ccId": 1, "isCallin": "true", "callId": SHORT}

    def answered(**changes: Any) -> str:
        found: str = morning.ask("12.3.1.4.3", {**body, **changes})["resultCode"]
        return found

    assert answered(callId=TALK) == "0100001"
    assert answered(callId="1-1") == "0100001"
    assert answered(isCallin="false") == "0100001"
    foreign = morning.ask("12.3.1.4.3", body, key=(OTHER_AK, OTHER_SK))
    assert foreign["resultCode"] == "0101003"


def test_who_rings_in_vain_has_not_begun_to_talk(world: MonitoredWorld) -> None:
    world.sign_in(101)
    call = world.dial_in()
    world.pass_time(7)
    world.do(lambda sw: sw.outside_hangs_up(call))
    (found,) = world.result("12.3.1.1.12", **TODAY)["data"]
    assert (found["ackBegin"], found["callBegin"]) == (MORNING, None)
    record = world.ask("12.3.1.4.3", {"ccId": 1, "isCallin": "true", "callId": call})
    assert (record["resultDesc"]["ackTime"], record["resultDesc"]["callTime"]) == (7, 0)


def test_time_in_the_menu_is_on_record(world: MonitoredWorld) -> None:
    call = world.dial_in("95003")
    world.pass_time(6)
    world.do(lambda sw: sw.outside_hangs_up(call))
    found = world.ask("12.3.1.4.3", {"ccId": 1, "isCallin": "true", "callId": call})
    assert found["resultDesc"]["ivrCallTime"] == 6


# Operations


EVENING = {"beginTime": "2023-11-14 22:00:00", "endTime": "2023-11-14 22:30:00"}


def operations(world: MonitoredWorld, agent: int, **changes: Any) -> Any:
    return world.ask("12.3.1.3.12", {"currentAgentId": agent, **EVENING, **changes})


def test_operations_of_an_agent_that_are_over(morning: MonitoredWorld) -> None:
    found = operations(morning, 111)["resultDesc"]
    assert [it["operateType"] for it in found] == [1, 2, 60, 2]
    assert found[2] == {
        "id": found[2]["id"],
        "callId": SHORT,
        "phoneNo": "40111",
        "subCcNo": 0,
        "currentAgentId": 111,
        "currentSkillId": 2,
        "mediaType": 5,
        "beginTime": "2023-11-14T22:13:32.000+0000",
        "endTime": "2023-11-14T22:14:02.000+0000",
        "vdn": 1,
        "callType": 0,
        "serviceNo": None,
        "operateType": 60,
        "operateObject": -1,
        "operateCause": 0,
        "agentType": 4,
        "locationId": None,
        "logonSn": "1700000009",
        "skillInfoSn": "1700000009",
    }
    (talk,) = operations(morning, 111, operateType=60)["resultDesc"]
    assert talk == found[2]


def test_operations_of_nobody(morning: MonitoredWorld) -> None:
    assert operations(morning, 0)["resultDesc"] == []
    assert operations(morning, 99999, ccId=1)["resultDesc"] == []
    assert operations(morning, 99999, ccId=7)["resultCode"] == "0100002"
    assert operations(morning, 107)["resultDesc"] == []
    past = {"beginTime": "2023-11-14 21:30:00", "endTime": "2023-11-14 22:00:00"}
    assert operations(morning, 111, **past)["resultDesc"] == []


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("2023-11-14 22:00:00", "2023-11-14 22:10:00"),
        ("2023-11-14 22:00:00", "2023-11-15 22:15:00"),
        ("2023-11-14 22:15:00", "2023-11-14 22:00:00"),
        ("2023-11-14 22:00", "2023-11-14 23:00"),
        ("2023-11-14T22:00:00", "2023-11-14T23:00:00"),
        ("2023-11-31 22:00:00", "2023-11-31 23:00:00"),
        ("2023-11-14 9:00:00", "2023-11-14 9:15:00"),
    ],
)
def test_a_time_that_cannot_be_asked_for(world: MonitoredWorld, begin: str, end: str) -> None:
    assert operations(world, 101, beginTime=begin, endTime=end)["resultCode"] == "0100002"
