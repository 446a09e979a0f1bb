"""What UltraCRM's softphone is told of calls, trunks and agents (chapter 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.surfaces.soap_world import AGENT, COLLEAGUE, CUSTOMER, OUTSIDE, SoapWorld


@pytest.fixture
def world() -> Iterator[SoapWorld]:
    with SoapWorld() as made:
        made.sign_in(AGENT)
        yield made


def test_a_call_is_described_as_the_reference_writes_it(world: SoapWorld) -> None:
    call = world.talk()
    sequence = int(call.split("-")[1]) % 10_000
    text = world.at("ATGetCallInfo", strUid=AGENT, strKey="")
    assert text == (
        f"CALLID=14221320{sequence:04};CALLER={CUSTOMER};CALLED=95001;DIR=1;STATUS=05;EXT=40101;"
        "TRUNK=10001;INFO=;UID=101;TIME=22:13:20;TRANS_TYPE=0;"
    )


def test_between_calls_the_phone_is_idle(world: SoapWorld) -> None:
    assert world.at("ATGetCallInfo", strUid=AGENT, strKey="") == (
        "CALLID=;CALLER=;CALLED=;DIR=0;STATUS=01;EXT=40101;TRUNK=;INFO=;UID=101;TIME=;TRANS_TYPE=0;"
    )
    assert world.at("ATGetCallInfo", strUid="999") == ""


def test_the_states_of_a_call_and_its_phone(world: SoapWorld) -> None:
    assert world.call_info()["STATUS"] == "01"
    world.dial_in()
    assert world.call_info()["STATUS"] == "03"
    world.do(lambda switch: switch.answer_call(AGENT))
    assert world.call_info()["STATUS"] == "05"
    world.do(lambda switch: switch.release_call(AGENT))
    world.do(lambda switch: switch.phone_off_hook("40101"))
    assert world.call_info()["STATUS"] == "02"
    world.do(lambda switch: switch.make_call(AGENT, OUTSIDE))
    assert world.call_info()["STATUS"] == "04"


def test_a_phone_that_is_never_on_the_hook_has_heard_the_end_of_its_call() -> None:
    with SoapWorld() as world:
        world.sign_in(AGENT, releasephone=False)
        call = world.talk()
        world.do(lambda switch: switch.outside_hangs_up(call))
        assert world.call_info()["STATUS"] == "06"


def test_a_phone_that_is_used_without_the_call_center_is_taken(world: SoapWorld) -> None:
    world.control("PUT", "/phones/40101/condition", {"condition": "busy"})
    assert world.call_info()["STATUS"] == "07"


def test_a_consultation_asks_for_a_transfer(world: SoapWorld) -> None:
    world.sign_in(COLLEAGUE)
    world.talk()
    world.at("ATConsTrans", strUid=AGENT, strExt_dest="40102")
    assert world.call_info()["TRANS_TYPE"] == "7"


def test_calls_say_how_they_came_and_where_they_go(world: SoapWorld) -> None:
    def kind(agent: int) -> str:
        return world.call_info(agent)["TRANS_TYPE"]

    for agent in (COLLEAGUE, 103):
        world.sign_in(agent)
    world.talk()
    assert kind(AGENT) == "0"
    world.uncall("transferCall", strAgent="101", strExten="102")
    assert (kind(AGENT), kind(COLLEAGUE)) == ("2", "1")
    world.do(lambda switch: switch.answer_call(COLLEAGUE))
    world.uncall("transferCall", strAgent="102", strExten="103")
    assert kind(COLLEAGUE) == "3"
    world.at("ATPickCall", strUid=AGENT, strExt="40103")
    assert kind(AGENT) == "4"
    world.at("ATAnswer", strUid=AGENT, strCallid="")
    world.uncall("transferCall", strAgent="101", strExten="103")
    assert kind(AGENT) == "5"


def test_call_data_is_shown_without_breaking_the_pairs(world: SoapWorld) -> None:
    call = world.talk()
    world.do(lambda switch: switch.set_call_data(call, "a=1;b=2"))
    assert world.call_info()["INFO"] == "a＝1；b＝2"


def test_trunk_lines_are_listed_and_taken_one_after_the_other(world: SoapWorld) -> None:
    lines = world.at("ATGetTrunk_list").split("|")
    assert len(lines) == 1000
    assert lines[:2] == ["10001", "10002"]
    world.dial_in("95003", OUTSIDE)
    world.talk()
    assert world.call_info()["TRUNK"] == "10002"


def test_an_agent_is_described_as_the_reference_writes_it(world: SoapWorld) -> None:
    text = "UID=101;NAME=Agent 101;EXT=40101;STATUS=01;CALLS=01;GROUPS=1;REG_GROUP=ALL;LTIME="
    assert world.at("ATGetUidInfo", strUid=AGENT) == text + "20231114 221320"
    assert world.at("ATGetUidInfo_byExt", strExt="40101") == text + "20231114 221320"
    for operation, argument in (("ATGetUidInfo", "strUid"), ("ATGetUidInfo_byExt", "strExt")):
        for unknown in ("", "1", "999999999999", "x"):
            assert world.at(operation, **{argument: unknown}) == ""


def test_an_agent_who_has_not_signed_in_is_described_too(world: SoapWorld) -> None:
    shown = world.agent_info(COLLEAGUE)
    assert (shown["STATUS"], shown["LTIME"], shown["REG_GROUP"]) == ("00", "", "")
    assert shown["EXT"] == "40102"


def test_groups_that_an_agent_has_left_are_no_longer_registered() -> None:
    with SoapWorld() as world:
        world.sign_in(106)
        assert world.agent_info(106)["GROUPS"] == "1,2"
        world.do(lambda switch: switch.set_skills(106, [2]))
        assert world.agent_info(106)["REG_GROUP"] == "2"


def test_states_have_the_documented_codes(world: SoapWorld) -> None:
    def status() -> str:
        return world.agent_info()["STATUS"]

    assert status() == "01"
    world.talk()
    assert status() == "01"
    world.do(lambda switch: switch.release_call(AGENT))
    world.do(lambda switch: switch.set_not_ready(AGENT))
    assert status() == "02"
    world.do(lambda switch: switch.set_working(AGENT))
    assert status() == "03"
    world.do(lambda switch: switch.request_rest(AGENT, 60))
    assert status() == "04"


def test_the_agents_of_a_group_that_are_there(world: SoapWorld) -> None:
    for agent in (106, 111):
        world.sign_in(agent)
    assert world.at("ATGetUid_Online", strGroup="") == "101|106|111"
    assert world.at("ATGetUid_Online", strGroup="1") == "101|106"
    assert world.at("ATGetUid_Online", strGroup="2") == "106|111"
    assert world.at("ATGetUid_Online", strGroup="9") == ""


def test_a_call_id_is_twelve_digits(world: SoapWorld) -> None:
    world.talk()
    assert re.fullmatch(r"\d{12}", world.call_info()["CALLID"])
