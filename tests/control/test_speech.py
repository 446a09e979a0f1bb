"""Words for the recogniser over the control API."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.clients.control import ControlRefused
from tests.control.conftest import World


async def _spoken(world: World) -> list[Any]:
    return [event for event in await world.control.events() if event["event"] == "Spoken"]


async def test_agent_and_customer_speak(world: World) -> None:
    world.sign_in(101)
    call = await world.control.dial_in("139", "95001")
    await world.control.speak(call, "good morning", agent=101, confidence=90)
    await world.control.speak(call, "hello", final=True, analysis={"Intend": "greeting"})
    shown = [(s["device"], s["text"], s["analysis"]) for s in await _spoken(world)]
    assert shown == [
        ("agent:101", "good morning", ""),
        ("trunk:139", "hello", '{"Intend":"greeting"}'),
    ]


async def test_a_recognition_that_fails_has_a_code_and_no_words(world: World) -> None:
    world.sign_in(101)
    call = await world.control.dial_in("139", "95001")
    await world.control.speak(call, "", error=12)
    assert [(s["text"], s["error"]) for s in await _spoken(world)] == [("", 12)]


async def test_a_call_talks_by_itself(world: World) -> None:
    world.sign_in(101)
    call = await world.control.dial_in("139", "95001")
    await world.control.script_speech(
        call,
        {"after": 1, "agent": 101, "text": "good morning"},
        {"after": 2.5, "text": "hello"},
    )
    await world.control.advance(2)
    assert [s["text"] for s in await _spoken(world)] == ["good morning"]
    await world.control.advance(1)
    assert [s["text"] for s in await _spoken(world)] == ["good morning", "hello"]


@pytest.mark.parametrize(
    "how",
    [
        {"analysis": {"intent": "unknown field"}},
        {"analysis": {"call_script": [{"intentcode": "x"}]}},
        {"confidence": 101},
        {"error": 0},
        {"text": ""},
    ],
)
async def test_what_no_recogniser_would_say_is_refused(world: World, how: Any) -> None:
    world.sign_in(101)
    call = await world.control.dial_in("139", "95001")
    with pytest.raises(ControlRefused) as refused:
        await world.control.speak(call, **{"text": "hello", **how})
    assert refused.value.status == 422


async def test_nobody_speaks_on_a_call_that_nobody_has_answered(world: World) -> None:
    world.sign_in(101, auto_answer=False)
    call = await world.control.dial_in("139", "95001")
    with pytest.raises(ControlRefused) as refused:
        await world.control.speak(call, "hello")
    assert refused.value.status == 409
