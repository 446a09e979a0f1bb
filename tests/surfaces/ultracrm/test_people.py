"""Customers, contacts and areas of UltraCRM (chapter 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.surfaces.soap_world import AGENT, SoapWorld

COLUMNS = (
    "USERID UNAME PYM UTYPE TEL TEL_HOME FAX ADDRESS RELATION PROV CITY MOBILENO EMAIL "
    "ZIP PERSON BDATE SDATE STIME LASTEXT GHID MEMO"
)
NUMBER = "01082015268"


@pytest.fixture
def world() -> Iterator[SoapWorld]:
    with SoapWorld() as made:
        for customer, name, phone in (("9001", "北京强讯公司", NUMBER), ("9002", "强讯", "555")):
            save(made, f"/customers/{customer}", name=name, phone=phone, kind=1)
        save(made, "/contacts/c1", customer="9001", name="马先生", mobile="13800000007", info="x")
        yield made


def save(world: SoapWorld, path: str, **fields: Any) -> None:
    reply = world.control("PUT", path, {"tenant": 1, **fields})
    assert reply.status == 200, reply.document


def names(world: SoapWorld, **asked: str) -> list[str]:
    found = world.records("Get_Customer_Info", **asked)
    return [] if found == "0" else [row["UNAME"] for row in found]


def test_a_customer_has_the_documented_columns(world: SoapWorld) -> None:
    (row,) = world.records("Get_Customer_Info", Caller="", Userid="9001", UserName="")
    assert list(row) == COLUMNS.split()
    assert (row["USERID"], row["TEL"], row["UTYPE"], row["RELATION"]) == ("9001", NUMBER, 1, 0)


def test_customers_are_found_by_parts_of_numbers_and_names(world: SoapWorld) -> None:
    assert names(world, Caller="8201") == ["北京强讯公司"]
    assert names(world, UserName="强讯") == ["北京强讯公司", "强讯"]
    assert names(world, UserName="强讯", Caller="55") == ["强讯"]
    assert names(world, Userid="900") == []
    assert names(world, UserName="%") == []
    assert world.records("Get_Customer_Info", Caller="", Userid="", UserName="") == "-1"


def test_contacts_are_found_with_their_customer(world: SoapWorld) -> None:
    (row,) = world.records("Get_Person_Info", strCaller="", Userid="9001", UserName="")
    assert list(row) == [*COLUMNS.split(), "INFO"]
    assert (row["USERID"], row["UNAME"], row["INFO"]) == ("9001", "马先生", "x")
    assert len(world.records("Get_Person_Info", strCaller="0000007")) == 1
    assert world.records("Get_Person_Info", UserName="nobody") == "0"
    assert world.records("Get_Person_Info", strCaller="", Userid="", UserName="") == "-1"


def test_who_talks_to_a_customer_has_served_it(world: SoapWorld) -> None:
    world.sign_in(AGENT)
    call = world.talk(caller=NUMBER)
    world.pass_time(60)
    world.do(lambda switch: switch.outside_hangs_up(call))
    (row,) = world.records("Get_Customer_Info", Userid="9001")
    assert (row["SDATE"], row["STIME"], row["LASTEXT"]) == ("20231114", "221420", "101")


@pytest.mark.parametrize(
    ("number", "province", "city"),
    [
        ("02012345678", "广东", "广州"),
        ("01082015268", "北京", "北京"),
        ("020", "广东", "广州"),
        ("+86 755 12345678", "广东", "深圳"),
        ("057112345678", "浙江", "杭州"),
        ("08911234567", "西藏", "拉萨"),
    ],
)
def test_the_area_of_a_number(world: SoapWorld, number: str, province: str, city: str) -> None:
    (row,) = world.records("Get_Caller_Area", strCaller=number)
    assert row == {"CALLER": number, "PROV": province, "CITY": city}


@pytest.mark.parametrize(("number", "result"), [("", "-1"), (" ", "-1"), ("1", "0"), ("x", "0")])
def test_numbers_of_no_area(world: SoapWorld, number: str, result: str) -> None:
    assert world.records("Get_Caller_Area", strCaller=number) == result
