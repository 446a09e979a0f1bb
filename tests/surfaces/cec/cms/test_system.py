"""System indicators: trunks, control blocks, phones, five-minute series (CEC 12.3.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from emulator.domain.registrations import Registration
from emulator.switch.config import PhoneConfig, TrunkConfig
from emulator.switch.terms import PhoneCondition
from tests.contract.cms import facts
from tests.contract.cms.world import AK, SK, MonitoredWorld
from tests.contract.world import START

UAP = "127.0.0.1#0"
DAY = {"beginDate": "2023-11-14 00:00:00", "endDate": "2023-11-15 00:00:00"}
FIRST, SECOND_ONE = "1699999800000", "1700000100000"
"""22:10 and 22:15: the world begins at 22:13:20."""


@pytest.fixture
def world() -> Iterator[MonitoredWorld]:
    with MonitoredWorld() as world:
        yield world


@pytest.fixture
def busy(world: MonitoredWorld) -> MonitoredWorld:
    world.be_busy()
    return world


def asked(world: MonitoredWorld, section: str, **body: Any) -> Any:
    answer = world.ask(section, body)
    assert answer["resultCode"] == "0100000", answer
    return answer["resultDesc"]


GLOBAL_ONLY = [it.id for it in facts.interfaces() if it.global_only]


@pytest.mark.parametrize("section", GLOBAL_ONLY)
def test_only_the_platforms_own_key_may_ask(world: MonitoredWorld, section: str) -> None:
    body = {"ccId": 1, "MODTYP": "CCU", "PID": "CCB", "EID": "40101", **DAY}
    assert world.ask(section, body)["resultCode"] == "0100000"
    assert world.ask(section, body, key=(AK, SK))["resultCode"] == "0101003"


# Trunks (12.3.6.1)


def test_trunks_are_as_busy_as_the_calls_make_them(busy: MonitoredWorld) -> None:
    demo, other = asked(busy, "12.3.6.1")[UAP]
    assert (demo["ICN13"], demo["busy circuits (TIMES)"], demo["SOIC45"]) == ("1000", "7", "993")
    assert (demo["EROC46"], demo["incoming direction"]) == ("0.700000", "0(outside)")
    assert (other["MOIID"], other["SOIC45"], other["ITAR19"]) == ("1", "1000", "100.000000")


def test_trunks_tell_of_the_last_five_minutes_that_are_over(busy: MonitoredWorld) -> None:
    (before,) = asked(busy, "12.3.6.1", ofcNo=[0])[UAP]
    assert (before["RT"], before["ST0"]) == ("2023-11-14 22:05:00 +00:00", "0")
    busy.pass_time(110)
    (after,) = asked(busy, "12.3.6.1", ofcNo=[0])[UAP]
    assert (after["RT"], after["RET"]) == (
        "2023-11-14 22:10:00 +00:00",
        "2023-11-14 22:15:00 +00:00",
    )
    assert (after["Time"], after["Period"]) == ("2210", "5")
    # One hung up after 4 s in the queue, one after 3 s of ringing and 30 s of talking, and one was
    # in the menu for 30 s.
    assert (after["ST0"], after["CCT3"], after["AART11"]) == ("3", "2", "1")
    assert (after["AR21"], after["ASD32"]) == ("66.666667", "22.333333")
    assert after["average connection duration (MILLISECOND)"] == "30000"
    assert (after["AT30"], after["ST26"]) == ("0.200000", "0.223333")
    assert (after["CLBT40"], after["IOCS44"]) == ("-1", "0")


def test_calls_count_at_the_office_with_the_longest_prefix(world: MonitoredWorld) -> None:
    world.configure_demo(trunks=(TrunkConfig("all", 10), TrunkConfig("support", 20, "95001")))
    for access_code in ("95001", "95002", "95002"):
        # Nobody has signed in: the call is released.
        world.dial_in(access_code, "13800000001")
    world.pass_time(110)
    every = asked(world, "12.3.6.1", ofcNo=[])[UAP]
    assert [(it["incoming direction"], it["ICN13"], it["ST0"]) for it in every] == [
        ("0(all)", "10", "2"),
        ("1(support)", "20", "1"),
        ("2(outside)", "1000", "0"),
    ]


# Control blocks (12.3.6.2)


def blocks(world: MonitoredWorld, **which: str) -> dict[str, int]:
    counts = asked(world, "12.3.6.2", **which)[UAP]
    return {name: int(value) for name, value in counts.items() if value != "0"}


def test_calls_are_control_blocks_by_state(busy: MonitoredWorld) -> None:
    assert blocks(busy, MODTYP="CCU", PID="CCB") == {
        "IDC switch index": 1,
        "Null CB number": 9_993,
        "Info receiving status number": 1,
        "Alerting CB number": 1,
        "Call proceeding number": 2,
        "Active CB number": 2,
        "Temply hold CB number": 1,
    }


def test_agents_parts_are_control_blocks_by_state(busy: MonitoredWorld) -> None:
    busy.sign_in(191)
    busy.do(lambda switch: switch.supervise(191, 101, 0))
    assert blocks(busy, MODTYP="CCU", PID="INTESS") == {
        "Idle CB number": 9_995,
        "Call received": 1,
        "Active CB number": 2,
        "SPACTIVE CB number": 1,
        "CB number in INTESS_spy state": 1,
    }


def test_parties_are_media_connections(busy: MonitoredWorld) -> None:
    found = blocks(busy, MODTYP="MSU", PIDMSU="BSI", MSUMN="472")
    assert found["Total number of connections"] == 10_000
    assert found["Total no of connection having service type as IVR"] == 1
    used = (
        found["Total no of connection in CREATE CONNECT state"],
        found["Total no of connection in CONNECT state"],
    )
    assert 10_000 - sum(used) == found["Total no of connection in IDLE state"]
    # Seven customers or numbers, a flow, and the agents 101, 102 (who rings), 106 and 112.
    assert used == (1, 11)


@pytest.mark.parametrize(
    ("module", "variant"),
    [
        ({"MODTYP": "CCU", "PID": "CCB"}, "CCB"),
        ({"MODTYP": "CCU", "PID": "INTESS"}, "INTESS"),
        ({"MODTYP": "MSU", "PIDMSU": "BSI"}, "BSI"),
    ],
)
def test_each_module_has_its_documented_fields(
    world: MonitoredWorld, module: dict[str, str], variant: str
) -> None:
    documented = {it.name for it in facts.interface("12.3.6.2").response if it.variant == variant}
    assert set(asked(world, "12.3.6.2", **module)[UAP]) == documented


@pytest.mark.parametrize(
    "module",
    [
        {"MODTYP": "CCU"},
        {"MODTYP": "CCU", "PID": "BSI"},
        {"MODTYP": "CCU", "PIDMSU": "BSI"},
        {"MODTYP": "MSU", "PID": "CCB"},
        {"MODTYP": "XYZ", "PID": "CCB"},
    ],
)
def test_there_are_no_other_modules(world: MonitoredWorld, module: dict[str, str]) -> None:
    assert world.ask("12.3.6.2", module)["resultCode"] == "0100002"


# Phones (12.3.6.3)


def numbers(world: MonitoredWorld, wanted: str) -> list[str]:
    return [it["equipmentId"] for it in asked(world, "12.3.6.3", EID=wanted)["data"][UAP]]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("40101", ["40101"]),
        ("4010?", [f"4010{n}" for n in range(1, 10)]),
        ("%19?", ["40191", "40192"]),
        ("*119", ["40119"]),
        ("4?1%2*", ["40102", "40112", "40120", "40192"]),
    ],
)
def test_phones_are_found_by_wildcards(
    world: MonitoredWorld, wanted: str, found: list[str]
) -> None:
    assert numbers(world, wanted) == found


@pytest.mark.parametrize(
    "wanted", ["4010", "9*", "4010??", ".", "4010[1]", "*1*1*1*1*1*1*1*1*1*1*1*1*1*1*1*"]
)
def test_a_number_that_no_phone_has_is_refused(world: MonitoredWorld, wanted: str) -> None:
    assert world.ask("12.3.6.3", {"EID": wanted})["resultCode"] == "0101002"


def test_phones_come_by_pages(world: MonitoredWorld) -> None:
    page = asked(world, "12.3.6.3", EID="*", limit=2, offset=1)
    assert [it["equipmentId"] for it in page["data"][UAP]] == ["40102", "40103"]
    assert page["count"] == 22
    for half in ({"limit": 2}, {"offset": 2}):
        assert world.ask("12.3.6.3", {"EID": "*", **half})["resultCode"] == "0100002"


def test_a_phone_is_registered_while_its_agent_is_signed_in(world: MonitoredWorld) -> None:
    def states() -> dict[str, tuple[str, str]]:
        found = asked(world, "12.3.6.3", EID="4010?")["data"][UAP]
        return {it["equipmentId"]: (it["registerStatus"], it["monitorFlag"]) for it in found[:2]}

    world.sign_in(101)
    assert states() == {"40101": ("registered", "started"), "40102": ("not register", "unstarted")}
    world.do(lambda switch: switch.log_off(101))
    assert states()["40101"] == ("not register", "unstarted")


def test_an_external_phone_is_registered_unless_it_is_gone(world: MonitoredWorld) -> None:
    phones = world.platform.switch.tenants[1].config.phones
    world.configure_demo(phones=(replace(phones[0], external=True), *phones[1:]))

    def status() -> str:
        return str(asked(world, "12.3.6.3", EID="40101")["data"][UAP][0]["registerStatus"])

    assert status() == "registered"
    world.do(lambda switch: switch.set_phone_condition("40101", PhoneCondition.OFFLINE))
    assert status() == "not register"


def test_a_phone_that_has_registered_is_shown_with_its_address(world: MonitoredWorld) -> None:
    rows = [
        Registration("40101", "sip:40101@[::1]", "TLS", "[2001:db8::1]:40000", 60, ""),
        Registration("40102", "sip:40102@192.0.2.1", "UDP", "192.0.2.1:5060", 60, ""),
    ]
    world.platform.registrations = lambda: rows
    names = ("ipAndPort", "socketStatus", "tlsStatus", "ipType")
    found = asked(world, "12.3.6.3", EID="4010?")["data"][UAP]
    assert [tuple(it[name] for name in names) for it in found[:3]] == [
        ("[2001:db8::1]:40000", "normal", "connect", "IPv6"),
        ("192.0.2.1:5060", "uninstall", "uninstall", "IPv4"),
        ("0.0.0.0:0", "uninstall", "uninstall", "IPv4"),
    ]


def test_phones_and_trunks_of_another_call_center_are_not_told(world: MonitoredWorld) -> None:
    other = replace(
        world.platform.switch.tenants[2].config, cc_id=2, phones=(PhoneConfig("50001"),)
    )
    world.do(lambda switch: switch.apply_tenant(other))
    assert asked(world, "12.3.6.3", EID="*", ccId=2)["count"] == 1
    (office,) = asked(world, "12.3.6.1", ccId=2)[UAP]
    assert office["MOIID"] == "1"
    assert asked(world, "12.3.6.3", EID="*")["count"] == 23
    assert world.ask("12.3.6.3", {"EID": "5*", "ccId": 1})["resultCode"] == "0101002"


# Series (12.3.6.4-12.3.6.6)


def test_calls_are_counted_by_five_minutes_and_office(busy: MonitoredWorld) -> None:
    busy.pass_time(400)
    found = asked(busy, "12.3.6.4", **DAY)
    assert found["count"] == 4
    assert found["data"][0] == {
        "beginTime": FIRST,
        "ccId": 1,
        "uapIp": "127.0.0.1",
        "ofcNo": 0,
        "systemInBound": 3,
        "systemInSucc": 2,
        "systemCallRate": 67,
    }
    assert [(it["beginTime"], it["ofcNo"]) for it in found["data"]] == [
        (FIRST, 0),
        (FIRST, 1),
        (SECOND_ONE, 0),
        (SECOND_ONE, 1),
    ]


def test_a_platform_or_office_that_is_not_there_has_no_rows(busy: MonitoredWorld) -> None:
    busy.pass_time(400)
    nothing = {"data": [], "count": 0}
    assert asked(busy, "12.3.6.4", uapIP="10.1.1.1", **DAY) == nothing
    assert asked(busy, "12.3.6.4", ofcNo=[7], **DAY) == nothing
    assert asked(busy, "12.3.6.5", uapIP="10.1.1.1", **DAY) == nothing
    assert asked(busy, "12.3.6.5", uapIP="127.0.0.1", **DAY)["count"] == 2


def test_agents_are_counted_when_five_minutes_are_over(busy: MonitoredWorld) -> None:
    busy.pass_time(400)
    (row, later) = asked(busy, "12.3.6.6", vdn=[1], **DAY)["data"]
    # 101, 106 and 112 talk, 103 is busy and 102 did not answer, 104 rests, 113 is idle; 105 and 111
    # are something else.
    assert row == {
        "beginTime": FIRST,
        "ccId": 1,
        "vdn": 1,
        "onlineAgentNums": 9,
        "talkingNums": 3,
        "ideaAgentNum": 1,
        "busyNums": 2,
        "restNums": 1,
        "inCallNums": 3,
        "rateNum": 1,
        "callRate": 50,
        "callOutNums": 0,
    }
    assert later["beginTime"] == SECOND_ONE


def test_what_agents_did_is_counted_as_what_they_do(world: MonitoredWorld) -> None:
    """The same numbers while they are still at it and when it is over."""
    for agent in (101, 102, 103):
        world.sign_in(agent)
    world.do(lambda switch: switch.set_not_ready(102))
    world.do(lambda switch: switch.request_rest(103, 600, 1))
    call = world.dial_in("95001", "13800000001")
    world.do(lambda switch: switch.answer_call(101, call))
    world.pass_time(400)
    during = asked(world, "12.3.6.6", vdn=[1], **DAY)["data"]
    world.do(lambda switch: switch.outside_hangs_up(call))
    for agent in (101, 102, 103):
        world.do(lambda switch, it=agent: switch.log_off(it))
    world.pass_time(400)
    after = asked(world, "12.3.6.6", vdn=[1], **DAY)["data"]
    states = ("onlineAgentNums", "talkingNums", "ideaAgentNum", "busyNums", "restNums")
    assert [[row[it] for it in states] for row in during] == [[3, 1, 0, 1, 1]] * 2
    assert [[row[it] for it in states] for row in after] == [
        [3, 1, 0, 1, 1],
        [3, 1, 0, 1, 1],
        [0, 0, 0, 0, 0],
    ]
    assert [row["rateNum"] for row in after] == [0, 0, 1]


def test_calls_that_agents_make_count_as_outbound(world: MonitoredWorld) -> None:
    world.sign_in(101)
    call = world.do(lambda switch: switch.make_call(101, "13900000112"))
    world.pass_time(3)
    world.do(lambda switch: switch.outside_hangs_up(call))
    world.pass_time(400)
    assert [it["callOutNums"] for it in asked(world, "12.3.6.6", vdn=[1], **DAY)["data"]] == [1, 0]


def test_phones_in_use_are_counted_for_a_call_center(world: MonitoredWorld) -> None:
    world.sign_in(101)
    world.pass_time(110)
    world.sign_in(102)
    world.pass_time(300)
    found = asked(world, "12.3.6.5", **DAY)
    assert [(it["beginTime"], it["agentOnlineCount"]) for it in found["data"]] == [
        (FIRST, 1),
        (SECOND_ONE, 2),
    ]


def test_nothing_is_told_of_what_is_not_over_or_was_before_everything(
    world: MonitoredWorld,
) -> None:
    assert asked(world, "12.3.6.5", **DAY) == {"data": [], "count": 0}
    world.sign_in(101)
    assert asked(world, "12.3.6.5", **DAY)["count"] == 0
    world.pass_time(100)
    assert asked(world, "12.3.6.5", **DAY)["count"] == 1


def test_rows_come_by_pages(busy: MonitoredWorld) -> None:
    busy.pass_time(3600)
    every = asked(busy, "12.3.6.6", **DAY)
    pages = [asked(busy, "12.3.6.6", limit=7, offset=it, **DAY) for it in range(0, 28, 7)]
    assert [row for it in pages for row in it["data"]] == every["data"]
    assert {it["count"] for it in pages} == {every["count"]} == {24}


def test_a_span_begins_and_ends_where_it_says(busy: MonitoredWorld) -> None:
    busy.pass_time(3600)
    span = {"beginDate": "2023-11-14 22:15:00", "endDate": "2023-11-14 22:25:00"}
    begins = [it["beginTime"] for it in asked(busy, "12.3.6.5", **span)["data"]]
    assert begins == [SECOND_ONE, "1700000400000"]


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("2023-12-15 00:00:00", "0100000"),
        ("2023-12-15 00:00:01", "0100002"),
        ("2023-11-13 23:59:59", "0100002"),
        ("2023-11-14", "0100002"),
    ],
)
def test_a_span_is_no_longer_than_31_days(world: MonitoredWorld, end: str, code: str) -> None:
    body = {"beginDate": "2023-11-14 00:00:00", "endDate": end}
    for section in ("12.3.6.4", "12.3.6.5", "12.3.6.6"):
        assert world.ask(section, body)["resultCode"] == code


# Time and licenses (12.3.6.7, 12.3.6.8)


def test_the_servers_time_is_the_worlds(world: MonitoredWorld) -> None:
    world.pass_time(7)
    answer = world.ask("12.3.6.7", {"ccId": 1})
    assert answer["resultDesc"] == answer["resultDatas"] == START // 1000 + 7000


def test_licenses_tell_what_is_used_and_what_there_could_be(busy: MonitoredWorld) -> None:
    busy.sign_in(119)
    found = asked(busy, "12.3.6.8", ccId=1)
    assert {name: value for name, value in found.items() if value != 4_294_967_295} == {
        "licenseMaxAgentNum": 22,
        "licenseMaxVideoAgentNum": 2,
        "licenseMaxVdnNum": 5000,
        "licenseMaxIvrCallNum": 2000,
        "licenseMaxVoiceCallNum": 2000,
        "loginAgentNum": 10,
        "loginVideoAgentNum": 1,
        "vdnNum": 2,
        "ivrCallNum": 1,
        "voiceCallNum": 7,
        "webCallNum": 0,
        "licenseStartDate": 0,
        "licenseEndDate": 0,
    }
