"""Customers, outside numbers and phones over the control API."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emulator.clients.control import ControlRefused
from emulator.switch.agents import SignIn
from emulator.switch.config import AccessCodeConfig, RouteConfig
from emulator.switch.terms import AgentState, LegState, MediaType, PhoneCondition, TargetType
from tests.control.conftest import World


async def test_a_customer_dials_in_and_is_rung_through(world: World) -> None:
    world.sign_in(101, auto_answer=False)
    call = await world.control.dial_in("139", "95001", data="gold")
    shown = await world.control.call(call)
    assert shown["caller"] == "139"
    assert shown["data"] == "gold"
    assert shown["queue"]["ringing"] == 101
    assert world.switch.agent(101).state is AgentState.ANSWERING


async def test_a_customer_finds_the_way_through_the_menu(world: World) -> None:
    world.sign_in(111)
    call = await world.control.dial_in("139", "95003")
    assert (await world.control.call(call))["ivr"]["node"] == "start"
    await world.control.press(call, "2")
    assert world.switch.agent(111).state is AgentState.TALKING


async def test_a_customer_hangs_up(world: World) -> None:
    world.sign_in(101)
    call = await world.control.dial_in("139", "95001")
    await world.control.hang_up(call)
    assert await world.control.calls() == []
    assert world.switch.agent(101).state is AgentState.IDLE


async def test_a_video_call_is_named_by_its_media_type(world: World) -> None:
    world.sign_in(101)
    call = await world.control.dial_in("139", "95001", media_type="video")
    assert (await world.control.call(call))["media"] == "video"


async def test_a_customer_writes_to_an_agent(world: World) -> None:
    world.sign_in(116)
    call = await _chat(world)
    await world.control.write(call, "good morning")
    (message,) = (await world.control.call(call))["messages"]
    assert (message["agent"], message["text"]) == (0, "good morning")
    [sent] = [e for e in await world.control.events() if e["event"] == "MessageSent"]
    assert (sent["agent"], sent["text"]) == (116, "good morning")


@pytest.mark.parametrize("text", ["", "x" * 2049, "é" * 1025])
async def test_a_message_has_a_text_of_at_most_2048_bytes(world: World, text: str) -> None:
    world.sign_in(116)
    call = await _chat(world)
    with pytest.raises(ControlRefused):
        await world.control.write(call, text)
    assert (await world.control.call(call))["messages"] == []


async def test_a_customer_on_the_phone_does_not_write(world: World) -> None:
    world.sign_in(101)
    call = await world.control.dial_in("139", "95001")
    with pytest.raises(ControlRefused, match="is no chat"):
        await world.control.write(call, "hello")


async def _chat(world: World) -> str:
    config = world.switch.tenants[1].config
    chat = AccessCodeConfig("95005", MediaType.SOCIAL_CHAT, (RouteConfig(TargetType.QUEUE, 3),))
    world.switch.apply_tenant(replace(config, access_codes=(*config.access_codes, chat)))
    call: str = await world.control.dial_in("139", "95005")
    return call


async def test_an_outside_number_that_rings_is_answered_when_told(world: World) -> None:
    world.sign_in(101)
    await world.control.set_outside_number("555", answer_after=None)
    call = world.switch.make_call(101, "555")
    await world.control.advance(5)
    assert world.switch.agent(101).state is not AgentState.IDLE
    await world.control.answer(call)
    parties = (await world.control.call(call))["connections"]
    assert {party["state"] for party in parties} == {"connected"}


async def test_an_outside_number_that_rings_refuses_when_told(world: World) -> None:
    world.sign_in(101)
    await world.control.set_outside_number("555", answer_after=None)
    call = world.switch.make_call(101, "555")
    await world.control.refuse(call, 537)
    failed = [e for e in await world.control.events() if e["event"] == "Failed"]
    assert [event["cause"] for event in failed] == [537]


async def test_an_outside_number_can_refuse_by_itself(world: World) -> None:
    world.sign_in(101)
    await world.control.set_outside_number("555", refuse=548)
    world.switch.make_call(101, "555")
    failed = [e for e in await world.control.events() if e["event"] == "Failed"]
    assert [event["cause"] for event in failed] == [548]


async def test_an_agent_answers_by_picking_the_phone_up_and_ends_by_hanging_up(
    world: World,
) -> None:
    world.sign_in(101, auto_answer=False)
    await world.control.dial_in("139", "95001")
    await world.control.off_hook("40101")
    assert world.switch.agent(101).state is AgentState.TALKING
    await world.control.on_hook("40101")
    assert world.switch.phones["40101"].leg is LegState.DOWN
    assert world.switch.agent(101).state is AgentState.IDLE


async def test_the_keys_of_a_linked_phone_do_what_commands_do(world: World) -> None:
    control = world.control
    world.switch.log_on(101, SignIn(phone="40101", phone_linkage=True))
    first = await control.dial_in("139", "95001")
    connection = world.switch.agent(101).connections[0]
    await control.phone_mutes("40101")
    assert connection.muted
    await control.phone_mutes("40101", muted=False)
    assert not connection.muted
    await control.phone_holds("40101")
    assert connection.held_at
    await control.phone_retrieves("40101")
    assert world.switch.agent(101).active is connection
    await control.phone_transfers("40101", "555")
    await control.answer(first, "555")
    assert world.switch.agent(101).connections == []
    second = await control.phone_dials("40101", "555666")
    assert [c.call.id for c in world.switch.agent(101).connections] == [second]


async def test_a_phone_can_be_used_without_the_call_center(world: World) -> None:
    await world.control.set_phone_condition("40101", "busy")
    assert world.switch.phones["40101"].condition is PhoneCondition.BUSY
    with pytest.raises(ControlRefused) as refused:
        await world.control.off_hook("40101")
    assert refused.value.status == 409


async def test_what_is_not_there_is_not_found(world: World) -> None:
    for ask in (
        world.control.dial_in("139", "00000"),
        world.control.call("1-1"),
        world.control.hang_up("1-1"),
        world.control.on_hook("nobody's"),
        world.control.calls(99),
        world.control.set_outside_number("5", tenant=99),
    ):
        with pytest.raises(ControlRefused) as refused:
            await ask
        assert refused.value.status == 404


async def test_what_is_not_valid_is_refused(world: World) -> None:
    call = await world.control.dial_in("139", "95003")
    for ask in (
        world.control.dial_in("", "95001"),
        world.control.dial_in("139", "95001", media_type="telepathy"),
        world.control.press(call, "12a"),
        world.control.press(call, ""),
        world.control.refuse(call, 0),
    ):
        with pytest.raises(ControlRefused) as refused:
            await ask
        assert refused.value.status == 422


async def test_a_customer_with_habits_loses_patience_while_a_phone_rings(world: World) -> None:
    world.sign_in(101, auto_answer=False)
    await world.control.set_outside_number("139", ring_patience=3, digits="1", hang_up_after=60)
    call = await world.control.dial_in("139", "95001")
    await world.control.advance(2.9)
    assert (await world.control.call(call))["caller"] == "139"
    await world.control.advance(0.1)
    assert await world.control.calls() == []
