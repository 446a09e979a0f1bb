"""Customers, their contacts, and where a number is from (chapter 4)."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.domain.number_plan import area_of
from emulator.store.rows import Contact, Customer
from emulator.surfaces.soap.contract import Text
from emulator.surfaces.ultracrm.desk import UltraCrm
from emulator.surfaces.ultracrm.records import days, rows
from emulator.surfaces.ultracrm.services import webservice
from emulator.switch.errors import InvalidValue

Columns = Mapping[str, str | int]


@webservice.operation("Get_Caller_Area")
def caller_area(desk: UltraCrm, strCaller: Text) -> Text:
    """Province and city of a number."""
    if not strCaller.strip():
        raise InvalidValue("a number has to be named")
    area = area_of(strCaller)
    if area is None:
        return rows.NO_ROWS
    return rows.write([{"CALLER": strCaller, "PROV": area.province, "CITY": area.city}])


@webservice.operation("Get_Customer_Info")
async def customers(
    desk: UltraCrm, Caller: Text = "", Userid: Text = "", UserName: Text = ""
) -> Text:
    """Customers by part of a number, by id, by part of a name."""
    _require_one(Caller, Userid, UserName)
    found = await desk.platform.customers.find(
        desk.tenant.id, number=Caller, id=Userid, name=UserName
    )
    return rows.write([_person(desk, it.id, it) for it in found])


@webservice.operation("Get_Person_Info")
async def contacts(
    desk: UltraCrm, strCaller: Text = "", Userid: Text = "", UserName: Text = ""
) -> Text:
    """Contacts by part of a number, by their customer's id, by part of a name."""
    _require_one(strCaller, Userid, UserName)
    found = await desk.platform.customers.find_contacts(
        desk.tenant.id, number=strCaller, customer=Userid, name=UserName
    )
    return rows.write([{**_person(desk, it.customer, it), "INFO": it.info} for it in found])


def _require_one(*conditions: str) -> None:
    if not any(conditions):
        raise InvalidValue("a number, an id or a name has to be named")


def _person(desk: UltraCrm, customer: str, it: Customer | Contact) -> Columns:
    day, time = ("", "") if it.served_at is None else days.shown(it.served_at, desk.zone)
    return {
        "USERID": customer,
        "UNAME": it.name,
        "PYM": it.initials,
        "UTYPE": it.kind,
        "TEL": it.phone,
        "TEL_HOME": it.home_phone,
        "FAX": it.fax,
        "ADDRESS": it.address,
        "RELATION": it.relation,
        "PROV": it.province,
        "CITY": it.city,
        "MOBILENO": it.mobile,
        "EMAIL": it.email,
        "ZIP": it.postcode,
        "PERSON": it.contact_person,
        "BDATE": it.created_on.replace("-", ""),
        "SDATE": day,
        "STIME": time,
        "LASTEXT": it.last_agent,
        "GHID": it.agent,
        "MEMO": it.memo,
    }
