"""Calls that UltraCRM's softphone sends to a flow, or brings one into (chapter 3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from emulator.switch.config import FlowConfig
from tests.surfaces.soap_world import AGENT, CUSTOMER, SoapWorld

BALANCE = FlowConfig(
    7,
    "balance",
    "start",
    {
        "start": {
            "type": "collect",
            "variable": "account",
            "length": 4,
            "next": "say",
            "otherwise": "bye",
        },
        "say": {"type": "play", "prompt": "balance of {account}", "seconds": 3, "next": "bye"},
        "bye": {"type": "hang_up"},
    },
    access_code="70007",
)


@pytest.fixture
def world() -> Iterator[SoapWorld]:
    with SoapWorld() as made:
        flows = made.platform.switch.tenants[1].config.flows
        made.configure(flows=(*flows, BALANCE))
        made.sign_in(AGENT)
        yield made


def info(world: SoapWorld, **pairs: str) -> str:
    asked = {"CALLID": world.call_info()["CALLID"], "EXT": "40101", **pairs}
    return "AC_SWITCHIVR;" + "".join(f"{name}={value};" for name, value in asked.items())


def go(world: SoapWorld, operation: str, extension: str = "", **pairs: str) -> int:
    text = pairs.pop("text", None) or info(world, **pairs)
    result: int = world.at(operation, strUid=AGENT, nCh=0, strExt=extension, strInfo=text)
    return result


@pytest.mark.parametrize(
    ("extension", "file"),
    [("70007", ""), ("", "balance"), ("", "D:\\ivr\\Balance.ivr"), ("7", ""), ("", "7")],
)
def test_a_call_is_sent_to_a_flow(world: SoapWorld, extension: str, file: str) -> None:
    call = world.talk()
    assert go(world, "ATTranCall_toIVR", extension, IVRFILE=file, IVRMSG="vip") == 1
    assert world.states(AGENT) == "idle"
    found = world.platform.switch.calls[call]
    assert found.ivr is not None
    assert found.ivr.frames[-1].flow.id == 7
    assert found.ivr.variables["ivrmsg"] == "vip"
    assert found.data == "vip"


def test_a_flow_can_be_entered_at_a_node(world: SoapWorld) -> None:
    call = world.talk()
    assert go(world, "ATTranCall_toIVR", IVRFILE="balance", NODE="nowhere") == -1
    assert go(world, "ATTranCall_toIVR", IVRFILE="balance", NODE="say") == 1
    run = world.platform.switch.calls[call].ivr
    assert run is not None
    assert run.frames[-1].node == "say"
    world.pass_time(4)
    assert call not in world.platform.switch.calls


def test_a_flow_that_joins_leaves_the_agent_on_the_call(world: SoapWorld) -> None:
    call = world.talk()
    assert go(world, "ATJoinIVR_toCnf", IVRFILE="balance") == 1
    found = world.platform.switch.calls[call]
    assert {it.number for it in found.connections} == {CUSTOMER, "101", "ivr7"}
    assert go(world, "ATJoinIVR_toCnf", IVRFILE="balance") == -1
    world.do(lambda switch: switch.outside_presses(call, "1234"))
    world.pass_time(4)
    assert {it.number for it in found.connections} == {CUSTOMER, "101"}
    assert world.call_info()["STATUS"] == "05"


@pytest.mark.parametrize("operation", ["ATTranCall_toIVR", "ATJoinIVR_toCnf"])
def test_what_does_not_fit_the_call_is_refused(world: SoapWorld, operation: str) -> None:
    assert go(world, operation, "70007", text="AC_SWITCHIVR;") == -1
    world.talk()
    before = world.dump()
    for text in (
        "AC_SOMETHING;IVRFILE=balance;",
        info(world, IVRFILE="nothing"),
        info(world, IVRFILE="balance", CALLID="000000000000"),
        info(world, IVRFILE="balance", EXT="40102"),
        info(world, IVRFILE="balance", EXT="49999"),
        info(world),
    ):
        assert go(world, operation, text=text) == -1
    assert world.dump() == before


def test_a_flow_that_is_no_more_is_not_found(world: SoapWorld) -> None:
    world.talk()
    config = world.platform.switch.tenants[1].config
    world.do(lambda switch: switch.apply_tenant(replace(config, flows=config.flows[:1])))
    assert go(world, "ATTranCall_toIVR", "70007") == -1
