"""Recordings and call records of UltraCRM (chapter 4), held against the control plane's records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.surfaces.soap_world import AGENT, COLLEAGUE, CUSTOMER, OUTSIDE, SoapWorld
from tests.surfaces.ultracrm import documented_client

TODAY = {"strSdate": "20231114", "strEdate": "20231114"}
OPERATIONS = ("Get_Call_Info", "Get_Talentel_log_Info")
CALL_COLUMNS = (
    "CALLID CALLER CALLED EXT DIRECTION DEST_TYPE GHID OP_NAME GROUPS SDATE STIME "
    "ETIME LEN_RING LEN_TALK CALLTYPE QN_TYPE QN_DEST QN_REASON QN_RESULT"
)
RECORDING_COLUMNS = "CALLER CALLED MSG_TYPE SDATE STIME LEN FILE_PATH OPID UCID"


@pytest.fixture
def world() -> Iterator[SoapWorld]:
    with SoapWorld() as made:
        made.sign_in(AGENT)
        yield made


def calls(world: SoapWorld, **asked: str) -> list[dict[str, Any]]:
    found = world.records("Get_Call_Info", **TODAY, **asked)
    return [] if found == "0" else found


def served_call(world: SoapWorld, rings: int = 4, talks: int = 30) -> str:
    """A customer calls, and is served; gives the CALLID."""
    call = world.dial_in()
    world.pass_time(rings)
    world.do(lambda switch: switch.answer_call(AGENT))
    shown = world.call_info()["CALLID"]
    world.pass_time(talks)
    world.do(lambda switch: switch.outside_hangs_up(call))
    return shown


def test_a_served_call_has_one_record(world: SoapWorld) -> None:
    shown = served_call(world)
    (row,) = calls(world)
    assert list(row) == CALL_COLUMNS.split()
    assert row == {
        "CALLID": shown,
        "CALLER": CUSTOMER,
        "CALLED": "95001",
        "EXT": "40101",
        "DIRECTION": 1,
        "DEST_TYPE": 3,
        "GHID": "101",
        "OP_NAME": "Agent 101",
        "GROUPS": "1",
        "SDATE": "20231114",
        "STIME": "221320",
        "ETIME": "221354",
        "LEN_RING": 4,
        "LEN_TALK": 30,
        "CALLTYPE": 0,
        "QN_TYPE": 0,
        "QN_DEST": "",
        "QN_REASON": 0,
        "QN_RESULT": 0,
    }


@pytest.mark.parametrize(("ending", "result"), [("hangs up", 2), ("waits too long", 21)])
def test_a_customer_who_waited_in_vain_has_a_record_of_the_queue(
    world: SoapWorld, ending: str, result: int
) -> None:
    world.do(lambda switch: switch.set_not_ready(AGENT))
    call = world.dial_in()
    world.pass_time(20)
    if ending == "hangs up":
        world.do(lambda switch: switch.outside_hangs_up(call))
    else:
        world.pass_time(400)
    (row,) = calls(world)
    assert (row["CALLTYPE"], row["QN_TYPE"], row["QN_DEST"]) == (10, 1, "1")
    assert (row["QN_REASON"], row["QN_RESULT"]) == (1, result)
    assert (row["DEST_TYPE"], row["EXT"], row["GHID"], row["LEN_TALK"]) == (1, "", "", 0)


def test_a_customer_who_waited_and_was_served_has_both(world: SoapWorld) -> None:
    world.do(lambda switch: switch.set_not_ready(AGENT))
    call = world.dial_in()
    world.pass_time(20)
    world.do(lambda switch: switch.set_ready(AGENT))
    world.do(lambda switch: switch.answer_call(AGENT))
    world.do(lambda switch: switch.outside_hangs_up(call))
    queue, agent = calls(world)
    assert (queue["CALLTYPE"], queue["QN_RESULT"], queue["ETIME"]) == (10, 1, "221340")
    assert (agent["CALLTYPE"], agent["GHID"]) == (0, "101")
    assert queue["CALLID"] == agent["CALLID"]


def test_directions_and_destinations(world: SoapWorld) -> None:
    world.sign_in(COLLEAGUE)
    world.at("ATPlaceCall", strUid=AGENT, strCallid=OUTSIDE)
    world.pass_time(5)
    world.at("ATHangup", strUid=AGENT)
    world.at("ATPlaceCall", strUid=AGENT, strCallid="40102")
    world.at("ATAnswer", strUid=COLLEAGUE, strCallid="")
    world.at("ATHangup", strUid=AGENT)
    call = world.dial_in("95003")
    world.do(lambda switch: switch.outside_hangs_up(call))
    found = [(it["DIRECTION"], it["DEST_TYPE"], it["GHID"]) for it in calls(world)]
    assert found[0] == (2, 5, "101")
    assert sorted(found[1:3]) == [(3, 3, "102"), (4, 3, "101")]
    assert found[3] == (1, 2, "")


def test_records_are_found_by_parts_and_by_the_whole_call(world: SoapWorld) -> None:
    shown = served_call(world)
    for asked, count in (
        ({"strCaller": "8000000"}, 1),
        ({"strCaller": "999"}, 0),
        ({"strCaller": "%"}, 0),
        ({"strExt": "101"}, 1),
        ({"strExt": "102"}, 0),
        ({"strGhid": "10"}, 1),
        ({"strGhid": "102"}, 0),
        ({"strCallid": shown}, 1),
        ({"strCallid": shown[:11]}, 0),
        ({"strCallid": "000000000000"}, 0),
    ):
        assert len(calls(world, **asked)) == count, asked


def test_a_call_is_shown_with_the_phone_at_which_it_was_taken(world: SoapWorld) -> None:
    world.do(lambda switch: switch.log_off(AGENT))
    world.sign_in(AGENT, phonenum="40120")
    served_call(world)
    world.do(lambda switch: switch.log_off(AGENT))
    world.sign_in(AGENT)
    (row,) = calls(world)
    assert row["EXT"] == "40120"


def test_a_recording_has_the_documented_columns(world: SoapWorld) -> None:
    shown = served_call(world)
    (row,) = world.records("Get_Talentel_log_Info", **TODAY, strCallid=shown)
    assert list(row) == RECORDING_COLUMNS.split()
    path = row.pop("FILE_PATH")
    assert path.endswith((".V3", ".wav"))
    assert row == {
        "CALLER": CUSTOMER,
        "CALLED": "95001",
        "MSG_TYPE": 1,
        "SDATE": "20231114",
        "STIME": "221324",
        "LEN": 30,
        "OPID": "101",
        "UCID": shown,
    }
    for asked in ({"strCaller": "999"}, {"strExt": "102"}, {"strGhid": "102"}):
        assert world.records("Get_Talentel_log_Info", **TODAY, **asked) == "0"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_without_records_and_with_bad_days(world: SoapWorld, operation: str) -> None:
    assert world.records(operation, **TODAY) == "0"
    assert world.records(operation, strSdate="x", strEdate="20231114") == "-1"
    assert world.records(operation, strSdate="20231115", strEdate="20231114") == "-1"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_references_own_client_reads_them(world: SoapWorld, operation: str) -> None:
    served_call(world)
    text = world._result("/UltraCRM_Webservice.asmx", operation, TODAY)
    (row,) = documented_client.read(text)
    columns = CALL_COLUMNS if operation == "Get_Call_Info" else RECORDING_COLUMNS
    assert list(row) == columns.split()
    assert row["CALLER"] == CUSTOMER


def test_a_call_id_that_repeats_finds_every_call_of_the_range(world: SoapWorld) -> None:
    first = served_call(world)
    # Ten thousand calls later, to the second a month on.
    world.pass_time(30 * 86_400 - 34)
    sequence = int(first[8:])
    switch = world.platform.switch
    switch.next_call += (sequence - switch.next_call) % 10_000
    world.sign_in(AGENT) if switch.agents[AGENT].phone is None else None
    second = served_call(world)
    assert second == first
    asked = {"strSdate": "20231101", "strEdate": "20231231", "strCallid": first}
    assert len(world.records("Get_Call_Info", **asked)) == 2
    assert len(world.records("Get_Call_Info", **{**asked, "strEdate": "20231130"})) == 1
