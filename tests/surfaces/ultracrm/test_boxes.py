"""UltraCRM's boxes of voice mail, fax, SMS and e-mail (chapter 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.surfaces.soap_world import CUSTOMER, SoapWorld
from tests.surfaces.ultracrm import documented_client

TODAY = {"strSdate": "20231114", "strEdate": "20231114"}
BOXES = ("VMS_Recv", "Fax_Sent", "Fax_Recv", "Sms_Sent", "Sms_Recv", "Email_Sent", "Email_Recv")
COLUMNS = {
    "VMS_Recv": "CALLID CALLER CALLED GHID FILENAME SDATE STIME CHNUM",
    "Fax_Sent": "UNAME FAX GHID SDATE STIME SUBJ FILENAME FILENAME1 FILENAME2",
    "Fax_Recv": "CALLER GHID SDATE STIME FILENAME",
    "Sms_Sent": "CALLID TEL_TO UNAME SUBJECTS BODYS SDATE STIME GHID",
    "Sms_Recv": "CALLID TEL_FROM UNAME SUBJECTS BODYS SDATE STIME GHID",
    "Email_Sent": "CALLID FROM_ADDR TO_ADDR CC_ADDR BCC_ADDR SUBJECTS BODYS ATTACH1 ATTACH2 "
    "ATTACH3 ATTACH4 ATTACH5 FILE_EBX GHID",
    "Email_Recv": "CALLID FROM_ADDR TO_ADDR CC_ADDR BCC_ADDR SUBJECTS BODYS ATTACH1 ATTACH2 "
    "ATTACH3 ATTACH4 ATTACH5 FILE_EBX GHID",
}


@pytest.fixture
def world() -> Iterator[SoapWorld]:
    with SoapWorld() as made:
        yield made


def put(world: SoapWorld, box: str, **message: Any) -> None:
    """Put a message into a box from outside."""
    channel, _, direction = box.lower().partition("_")
    body = {
        "tenant": 1,
        "channel": "voice_mail" if channel == "vms" else channel,
        "direction": "sent" if direction == "sent" else "received",
        "sender": "02012345678",
        "recipient": "8615",
        **message,
    }
    reply = world.control("POST", "/messages", body)
    assert reply.status == 201, reply.document


@pytest.mark.parametrize("box", BOXES)
def test_a_box_has_the_documented_columns(world: SoapWorld, box: str) -> None:
    assert world.records(box, **TODAY) == "0"
    put(world, box, agent_id="101", files=["a.tif", "b.tif"], subject="Fw:[x]", body="a,b")
    (row,) = world.records(box, **TODAY, strGhid="")
    assert list(row) == COLUMNS[box].split()
    assert row["GHID"] == "101"
    assert world.records(box, **TODAY, strGhid="102") == "0"
    assert len(world.records(box, **TODAY, strGhid="101")) == 1


@pytest.mark.parametrize("box", BOXES)
def test_the_references_own_client_reads_a_box(world: SoapWorld, box: str) -> None:
    put(world, box, subject="Fw:[***SPAM***] {1}", body="first, second: third")
    text = world._result("/UltraCRM_Webservice.asmx", box, {**TODAY, "strGhid": ""})
    (row,) = documented_client.read(text)
    assert list(row) == COLUMNS[box].split()
    if "BODYS" in row:
        assert row["BODYS"] == "first, second: third"


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("", "20231114"),
        ("2023-11-14", "20231114"),
        ("20231114", "20231131"),
        ("20231115", "20231114"),
        ("20231114", "x"),
        ("00000000", "99999999"),
    ],
)
def test_days_that_are_none_are_refused(world: SoapWorld, box: str, first: str, last: str) -> None:
    assert world.records(box, strSdate=first, strEdate=last) == "-1"


def test_both_days_of_the_range_count_in_the_tenants_zone(world: SoapWorld) -> None:
    world.configure(timezone="Asia/Shanghai")
    put(world, "Sms_Recv")
    assert world.records("Sms_Recv", **TODAY) == "0"
    (row,) = world.records("Sms_Recv", strSdate="20231115", strEdate="20231115")
    assert (row["SDATE"], row["STIME"]) == ("20231115", "061320")
    assert len(world.records("Sms_Recv", strSdate="20231101", strEdate="20231115")) == 1


def test_a_voice_message_that_a_customer_leaves_is_in_the_box(world: SoapWorld) -> None:
    call = world.dial_in("95003")
    world.do(lambda switch: switch.outside_presses(call, "9"))
    world.pass_time(8)
    world.do(lambda switch: switch.outside_hangs_up(call))
    (row,) = world.records("VMS_Recv", **TODAY)
    assert (row["CALLER"], row["CALLED"], row["CHNUM"]) == (CUSTOMER, "95003", "1")
    assert row["CALLID"].startswith("14221320")
    assert row["STIME"] == "221328"
    assert row["FILENAME"].endswith(".wav")
