"""What UltraCRM's softphone does with calls (chapter 3), seen at other doors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.switch.events import DigitsGenerated
from emulator.switch.terms import CONNECTED, HOLD, SupervisionMode
from tests.surfaces.soap_world import (
    AGENT,
    COLLEAGUE,
    CUSTOMER,
    OUTSIDE,
    THIRD,
    SoapWorld,
)

EXTENSION, OTHER, THIRD_EXTENSION = "40101", "40102", "40103"


@pytest.fixture
def world() -> Iterator[SoapWorld]:
    with SoapWorld() as made:
        for agent in (AGENT, COLLEAGUE, THIRD):
            made.sign_in(agent)
        yield made


def call_id(world: SoapWorld, agent: int = AGENT) -> str:
    return world.call_info(agent)["CALLID"]


def parties(world: SoapWorld, call: str) -> list[str]:
    return [it.number for it in world.platform.switch.calls[call].connections]


def told(world: SoapWorld, agent: int) -> list[str]:
    return [event["eventType"] for event in world.events(agent)]


def test_a_ringing_call_is_answered_by_its_id(world: SoapWorld) -> None:
    world.dial_in()
    assert world.at("ATAnswer", strUid=AGENT, strCallid="142213200009") == -1
    assert world.at("ATAnswer", strUid=AGENT, strCallid=call_id(world)) == 1
    assert "AgentEvent_Talking" in told(world, AGENT)
    assert world.at("ATAnswer", strUid=AGENT, strCallid="") == -1


def test_a_call_is_held_and_taken_back(world: SoapWorld) -> None:
    world.talk()
    assert world.at("ATHoldCall", strUid=AGENT) == 1
    assert world.at("ATHoldCall", strUid=AGENT) == -1
    assert world.call_info()["STATUS"] == "02"
    assert world.at("ATRetriveCall", strUid=AGENT, strCallid="") == 1
    assert world.at("ATRetriveCall", strUid=AGENT) == -1
    events = told(world, AGENT)
    assert events.index("AgentEvent_Hold") < len(events) - 1
    assert world.call_info()["STATUS"] == "05"


def two_calls(world: SoapWorld) -> tuple[str, str]:
    """The customer held, a colleague on the line."""
    first = world.talk()
    assert world.at("ATConsTrans", strUid=AGENT, strExt_dest=OTHER) == 1
    world.do(lambda switch: switch.answer_call(COLLEAGUE))
    return first, world.platform.switch.agents[AGENT].active.call.id  # type: ignore[union-attr]


def held_id(world: SoapWorld) -> str:
    from emulator.surfaces.ultracrm.mapping import call_id as shown

    return shown(world.platform.switch.agents[AGENT].held[-1].call.id, "UTC")


def test_the_active_call_ends_and_the_held_one_comes_back(world: SoapWorld) -> None:
    first, second = two_calls(world)
    assert world.at("ATCallReconnect", strUid=AGENT, strCallid=held_id(world)) == -1
    assert world.at("ATCallReconnect", strUid=AGENT, strCallid=call_id(world)) == 1
    assert second not in world.platform.switch.calls
    [own] = world.platform.switch.agents[AGENT].connections
    assert (own.call.id, own.state) == (first, CONNECTED)


def test_two_calls_are_swapped(world: SoapWorld) -> None:
    first, second = two_calls(world)
    assert world.at("ATCallSwap", strUid=AGENT, strCallid=held_id(world)) == 1
    states = {it.call.id: it.state for it in world.platform.switch.agents[AGENT].connections}
    assert states == {first: CONNECTED, second: HOLD}
    assert world.at("ATCallSwap", strUid=COLLEAGUE, strCallid="") == -1


def test_a_conference_is_made_of_two_calls(world: SoapWorld) -> None:
    first = world.talk()
    assert world.at("ATConsConf", strUid=AGENT, strExt_dest=OTHER) == 1
    assert world.at("ATConfOver", strUid=AGENT, strCallid=held_id(world)) == -1
    world.do(lambda switch: switch.answer_call(COLLEAGUE))
    assert world.at("ATConfOver", strUid=AGENT, strCallid=held_id(world)) == 1
    assert sorted(parties(world, first)) == ["101", "102", CUSTOMER]


def test_a_fourth_party_is_asked_to_a_conference(world: SoapWorld) -> None:
    first = world.talk()
    world.at("ATConsConf", strUid=AGENT, strExt_dest=OTHER)
    world.do(lambda switch: switch.answer_call(COLLEAGUE))
    world.at("ATConfOver", strUid=AGENT, strCallid=held_id(world))
    assert world.at("ATConsConf", strUid=AGENT, strExt_dest=THIRD_EXTENSION) == 1
    world.do(lambda switch: switch.answer_call(THIRD))
    assert world.at("ATConfOver", strUid=AGENT, strCallid=held_id(world)) == 1
    assert sorted(parties(world, first)) == ["101", "102", "103", CUSTOMER]


@pytest.mark.parametrize("target", [OTHER, OUTSIDE])
def test_somebody_joins_at_once(world: SoapWorld, target: str) -> None:
    first = world.talk()
    assert world.at("ATConf_est", strExt=EXTENSION, strExt_dest=target) == 1
    if target == OTHER:
        world.do(lambda switch: switch.answer_call(COLLEAGUE))
    world.pass_time(3)
    assert len(parties(world, first)) == 3
    assert world.at("ATConf_est", strExt="49999", strExt_dest=target) == -1


def test_a_transfer_is_completed_after_asking(world: SoapWorld) -> None:
    first, _ = two_calls(world)
    assert world.at("ATTranOver", strUid=AGENT, strCallid=held_id(world)) == 1
    assert parties(world, first) == [CUSTOMER, str(COLLEAGUE)]
    assert world.at("ATTranOver", strUid=AGENT, strCallid="") == -1


def test_a_call_is_transferred_in_one_step(world: SoapWorld) -> None:
    first = world.talk()
    assert world.at("ATTranCall", strExt=EXTENSION, strExt_dest="40104") == -1
    assert world.at("ATTranCall", strExt=EXTENSION, strExt_dest=OTHER) == 1
    assert world.call_info(COLLEAGUE)["TRANS_TYPE"] == "1"
    assert world.at("ATAnswer", strUid=COLLEAGUE, strCallid=call_id(world, COLLEAGUE)) == 1
    assert parties(world, first) == [CUSTOMER, str(COLLEAGUE)]
    assert world.at("ATTranCall", strExt=EXTENSION, strExt_dest=OTHER) == -1


def test_keys_are_sent_during_a_call_and_dial_at_the_dial_tone(world: SoapWorld) -> None:
    heard: list[object] = []
    world.platform.switch.subscribe(heard.append)
    assert world.at("ATDialDigit", strUid=AGENT, strDigit="5") == -1
    world.talk()
    assert world.at("ATDialDigit", strUid=AGENT, strDigit="5") == 1
    assert [it.digits for it in heard if isinstance(it, DigitsGenerated)] == ["5"]
    world.at("ATHoldCall", strUid=AGENT)
    assert world.at("ATDialDigit", strUid=AGENT, strDigit=OUTSIDE) == 1
    assert world.call_info()["CALLED"] == OUTSIDE


@pytest.mark.parametrize(("tones", "result"), [("0129ABD*#", 1), ("12E", -1), ("", -1)])
def test_tones_are_sent_to_the_other_party(world: SoapWorld, tones: str, result: int) -> None:
    assert world.at("ATSendDtmf", strUid=AGENT, strDTMF="1") == -1
    world.talk()
    heard: list[object] = []
    world.platform.switch.subscribe(heard.append)
    assert world.at("ATSendDtmf", strUid=AGENT, strDTMF=tones) == result
    sent = [it.digits for it in heard if isinstance(it, DigitsGenerated)]
    assert sent == ([tones] if result == 1 else [])


def test_somebody_elses_call_is_ended(world: SoapWorld) -> None:
    call = world.talk()
    assert world.at("ATDiscCall", strUid=COLLEAGUE, strExt="40103", strCallid="") == -1
    assert world.at("ATDiscCall", strUid=COLLEAGUE, strExt=EXTENSION, strCallid="1") == -1
    assert world.at("ATDiscCall", strUid=COLLEAGUE, strExt=EXTENSION) == 1
    assert call not in world.platform.switch.calls
    assert "AgentEvent_Call_Release" in told(world, AGENT)


def test_an_agent_hangs_up(world: SoapWorld) -> None:
    call = world.talk()
    assert world.at("ATHangup", strUid=AGENT, strCallid="000000000000") == -1
    assert world.at("ATHangup", strUid=AGENT, strCallid=call_id(world)) == 1
    assert call not in world.platform.switch.calls
    assert world.at("ATHangup", strUid=AGENT) == -1


@pytest.mark.parametrize(
    ("kind", "mode"), [(1, SupervisionMode.BARGE_IN), (2, SupervisionMode.LISTEN)]
)
def test_a_call_is_intruded_on_and_left(world: SoapWorld, kind: int, mode: SupervisionMode) -> None:
    assert world.at("ATInsert", strUid=COLLEAGUE, strExt=EXTENSION, nType=kind) == -1
    world.talk()
    assert world.at("ATInsert", strUid=COLLEAGUE, strExt=EXTENSION, nType=3) == -1
    assert world.at("ATInsert", strUid=COLLEAGUE, strExt=EXTENSION, nType=kind) == 1
    supervision = world.platform.switch.agents[COLLEAGUE].supervision
    assert supervision is not None
    assert supervision.mode is mode
    assert world.at("ATInsert", strUid=COLLEAGUE, strExt=EXTENSION, nType=0) == 1
    assert world.platform.switch.agents[COLLEAGUE].supervision is None
    assert world.at("ATInsert", strUid=COLLEAGUE, strExt=EXTENSION, nType=0) == -1


def test_a_colleagues_call_is_picked_up(world: SoapWorld) -> None:
    call = world.dial_in()
    wrong = {"strUid": COLLEAGUE, "strExt": EXTENSION, "strCallid": "000000000000"}
    assert world.at("ATPickCall", **wrong) == -1
    assert world.at("ATPickCall", strUid=COLLEAGUE, strExt=EXTENSION) == 1
    world.at("ATAnswer", strUid=COLLEAGUE, strCallid="")
    assert parties(world, call) == [CUSTOMER, str(COLLEAGUE)]
    assert world.call_info(COLLEAGUE)["TRANS_TYPE"] == "4"


@pytest.mark.parametrize("number", [OUTSIDE, OTHER, "102"])
def test_a_call_is_placed(world: SoapWorld, number: str) -> None:
    assert world.at("ATPlaceCall", strUid=AGENT, strCallid="") == -1
    assert world.at("ATPlaceCall", strUid=AGENT, strCallid=number) == 1
    shown = world.call_info()
    assert (shown["STATUS"], shown["DIR"]) == ("04", "2" if number == OUTSIDE else "4")
    if number != OUTSIDE:
        assert world.call_info(COLLEAGUE)["DIR"] == "3"


def test_agents_that_have_not_signed_in_do_nothing(world: SoapWorld) -> None:
    before = world.dump()
    for uid in ("104", "999", "x", ""):
        assert world.at("ATPlaceCall", strUid=uid, strCallid=OUTSIDE) == -1
        assert world.at("ATHoldCall", strUid=uid) == -1
    assert world.dump() == before
