"""Every documented operation is served as documented: names, order, types, results, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from emulator.conformance.claims import soap_services
from emulator.surfaces.soap.contract import Service
from tests.contract.soap.facts import OPERATIONS
from tests.surfaces.soap_world import ENVELOPE, UNCALL, Fault, SoapWorld

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
NOBODY = {"string": "no such thing", "int": 1}
DAY = "20231114"

IDS = [row["section"].replace(" ", "-") for row in OPERATIONS]
every_operation = pytest.mark.parametrize("row", OPERATIONS, ids=IDS)
WITHOUT_AGENT = {
    "ATGetTrunk_list": "asks for nothing that could not be there",
    "UncallWorld": "says back whatever it is told",
    "Group_Add": "makes what was not there; a letter is no ACD group's number",
    "Agent_Add": "asks for pairs",
}
"""Operations of which a thing that does not exist cannot be asked in every argument."""


@pytest.fixture
def world() -> Iterator[SoapWorld]:
    with SoapWorld() as made:
        yield made


def path_of(row: dict[str, Any]) -> str:
    return f"/{row['service']}"


def service_of(row: dict[str, Any]) -> Service:
    return next(it for it in soap_services() if it.path == path_of(row))


def ask(world: SoapWorld, row: dict[str, Any], arguments: dict[str, Any]) -> Any:
    name = row["operation"]
    if path_of(row) == UNCALL:
        return world.uncall(name, **arguments)
    return (world.at if name.startswith("AT") else world.records)(name, **arguments)


@every_operation
def test_the_contract_is_the_documented_one(row: dict[str, Any]) -> None:
    operation = service_of(row).operations[row["operation"]]
    assert operation.section == row["section"]
    assert operation.codes == tuple(row["codes"])
    assert operation.returns is {"int": int, "string": str}[row["returns"]]
    assert [
        {
            "name": it.name,
            "type": "int" if it.type is int else "string",
            **({"optional": True} if it.optional else {}),
        }
        for it in operation.parameters
    ] == row["parameters"]


def test_nothing_else_is_served() -> None:
    served = {(it.path, name) for it in soap_services() for name in it.operations}
    assert served == {(path_of(row), row["operation"]) for row in OPERATIONS}


@every_operation
def test_the_description_has_its_names_in_their_order(
    world: SoapWorld, row: dict[str, Any]
) -> None:
    reply = world.request("GET", path_of(row), query={"wsdl": ""}, headers={"Host": "pbx:8000"})
    assert (reply.status, reply.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    root = etree.fromstring(reply.raw)
    assert f"http://pbx:8000{path_of(row)}".encode() in reply.raw
    name = row["operation"]
    if path_of(row) == UNCALL:
        parts = root.findall(f"{WSDL}message[@name='{name}Request']/{WSDL}part")
    else:
        (wrapper,) = root.iterfind(f".//{XSD}element[@name='{name}']")
        parts = list(wrapper.iter(f"{XSD}element"))[1:]
        assert {it.get("maxOccurs") for it in parts} <= {"1"}
    kinds = [(it.get("name"), it.get("type").partition(":")[2]) for it in parts]
    assert kinds == [(it["name"], it["type"]) for it in row["parameters"]]


def arguments_of(row: dict[str, Any]) -> dict[str, Any]:
    return {it["name"]: NOBODY[it["type"]] for it in row["parameters"]}


@every_operation
def test_what_does_not_exist_is_refused_as_documented_and_changes_nothing(
    world: SoapWorld, row: dict[str, Any]
) -> None:
    if row["operation"] in WITHOUT_AGENT:
        return
    before = world.dump()
    arguments = arguments_of(row)
    dated = {"strSdate", "strEdate"} & arguments.keys()
    found = ask(world, row, arguments | dict.fromkeys(dated, DAY))
    assert world.dump() == before
    if path_of(row) == UNCALL:
        # A hang-up that fails has the result 1 in the reference's own example.
        assert found.result == ("1" if row["operation"] == "hangUp" else "0")
    elif dated or row["operation"].startswith("Get_"):
        assert found == "0"
    elif row["codes"]:
        # Of removals the reference says 0 for what is not there.
        nothing = row["operation"] in ("Agent_Del",)
        assert str(found) == ("0" if nothing else row["codes"][-1])
    else:
        assert found == ""


@every_operation
def test_a_mandatory_parameter_that_is_missing_is_a_fault(
    world: SoapWorld, row: dict[str, Any]
) -> None:
    before = world.dump()
    for left_out in row["parameters"]:
        arguments = arguments_of(row)
        del arguments[left_out["name"]]
        if left_out.get("optional"):
            continue
        with pytest.raises(Fault, match=f"^{left_out['name']} is missing$"):
            ask(world, row, arguments)
    assert world.dump() == before


@every_operation
def test_a_parameter_of_the_wrong_kind_or_size_is_a_fault(
    world: SoapWorld, row: dict[str, Any]
) -> None:
    before = world.dump()
    for it in row["parameters"]:
        wrong = "x" * 70_000 if it["type"] == "string" else "many"
        with pytest.raises(Fault):
            ask(world, row, arguments_of(row) | {it["name"]: wrong})
    assert world.dump() == before


@every_operation
def test_a_parameter_that_is_not_documented_is_in_the_journal(
    world: SoapWorld, row: dict[str, Any]
) -> None:
    namespace = service_of(row).namespace
    name = row["operation"]
    asked = "".join(f"<{key}>{it}</{key}>" for key, it in arguments_of(row).items())
    content = f'<{name} xmlns="{namespace}">{asked}<strOther>x</strOther></{name}>'
    assert world.post(path_of(row), ENVELOPE.format(content)).status == 200
    *_, exchange = world.platform.traffic.journal.exchanges()
    assert exchange.section == row["section"]
    assert ("undocumented_field", "strOther") in exchange.violations
