"""What is said on calls: by whom, when, and where nobody could hear it."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.switch.errors import InvalidValue, NoCall, WrongCallState, WrongCallType
from emulator.switch.events import Spoken
from emulator.switch.speech import LATEST, LONGEST_SCRIPT, MAX_TEXT
from emulator.switch.utterance import Utterance
from tests.switch.support import CUSTOMER, CallCenter, small_call_center

HELLO = Utterance("hello")


@pytest.fixture
def center() -> CallCenter:
    center = small_call_center()
    center.sign_in(101, 102)
    return center


def spoken(center: CallCenter) -> list[Spoken]:
    return [event for event in center.events if type(event) is Spoken]


def test_agent_and_customer_are_heard_under_their_numbers(center: CallCenter) -> None:
    call = center.talk(101)
    center.switch.speak(call, Utterance("good morning", agent=101, confidence=93))
    center.switch.speak(call, Utterance("my card is lost", final=True))
    said = [(s.device, s.number, s.text, s.confidence, s.final) for s in spoken(center)]
    assert said == [
        ("agent:101", "101", "good morning", 93, False),
        (f"trunk:{CUSTOMER}", CUSTOMER, "my card is lost", 100, True),
    ]


def test_a_script_says_each_part_in_its_time(center: CallCenter) -> None:
    call = center.talk(101)
    script = [(2, Utterance("two")), (1, Utterance("one", agent=101)), (3, Utterance("three"))]
    center.switch.script_speech(call, script)
    begun = center.switch.now
    center.switch.advance_to(begun + 10_000_000)
    assert [(s.at - begun, s.text) for s in spoken(center)] == [
        (1_000_000, "one"),
        (2_000_000, "two"),
        (3_000_000, "three"),
    ]


def test_a_script_may_begin_before_somebody_answers(center: CallCenter) -> None:
    call = center.dial()
    center.switch.script_speech(call, [(1, Utterance("anybody?")), (20, HELLO)])
    center.switch.advance_to(center.switch.now + 5_000_000)
    center.switch.answer_call(101, call)
    center.switch.advance_to(center.switch.now + 20_000_000)
    assert [s.text for s in spoken(center)] == ["hello"]


def test_the_script_of_a_call_ends_with_the_call(center: CallCenter) -> None:
    call = center.talk(101)
    center.switch.script_speech(call, [(1, HELLO)])
    center.switch.outside_hangs_up(call)
    assert len(center.switch.timers) == 0
    center.switch.advance_to(center.switch.now + 5_000_000)
    assert spoken(center) == []


def test_a_second_script_is_said_beside_the_first(center: CallCenter) -> None:
    call = center.talk(101)
    center.switch.script_speech(call, [(1, Utterance("one")), (3, Utterance("three"))])
    center.switch.script_speech(call, [(2, Utterance("two")), (3, Utterance("and three"))])
    center.switch.advance_to(center.switch.now + 5_000_000)
    assert [s.text for s in spoken(center)] == ["one", "two", "three", "and three"]


def test_nobody_speaks_on_a_call_that_is_not_answered_or_on_hold(center: CallCenter) -> None:
    call = center.dial()
    with pytest.raises(WrongCallState):
        center.switch.speak(call, HELLO)
    center.switch.answer_call(101, call)
    center.switch.hold_call(101)
    for utterance in (HELLO, Utterance("hello", agent=101)):
        with pytest.raises(WrongCallState):
            center.switch.speak(call, utterance)


def test_a_muted_agent_and_a_stranger_are_not_heard(center: CallCenter) -> None:
    call = center.talk(101)
    with pytest.raises(NoCall):
        center.switch.speak(call, Utterance("hello", agent=102))
    center.switch.mute(101, muted=True)
    with pytest.raises(WrongCallState):
        center.switch.speak(call, Utterance("hello", agent=101))
    center.switch.speak(call, HELLO)
    assert [s.number for s in spoken(center)] == [CUSTOMER]


def test_there_is_no_customer_where_agents_talk_to_each_other(center: CallCenter) -> None:
    call = center.switch.make_internal_call(101, 102)
    center.switch.answer_call(102, call)
    with pytest.raises(NoCall):
        center.switch.speak(call, HELLO)
    center.switch.speak(call, Utterance("hello", agent=102))


def test_a_chat_has_no_words_to_hear(center: CallCenter) -> None:
    center.sign_in(120)
    call = center.dial("95005")
    for say in (
        lambda: center.switch.speak(call, HELLO),
        lambda: center.switch.script_speech(call, [(1, HELLO)]),
    ):
        with pytest.raises(WrongCallType):
            say()


@pytest.mark.parametrize(
    "flaw",
    [
        {"text": ""},
        {"text": "x" * (MAX_TEXT + 1)},
        {"confidence": -1},
        {"confidence": 101},
        {"error": -1},
    ],
)
def test_a_wrong_utterance_is_refused_at_once_and_in_a_script(
    center: CallCenter, flaw: dict[str, Any]
) -> None:
    call = center.talk(101)
    wrong = Utterance(**{"text": "hello", **flaw})
    with pytest.raises(InvalidValue):
        center.switch.speak(call, wrong)
    with pytest.raises(InvalidValue):
        center.switch.script_speech(call, [(1, HELLO), (1, wrong)])
    center.switch.advance_to(center.switch.now + 2_000_000)
    assert spoken(center) == []


@pytest.mark.parametrize("after", [-1, LATEST + 1])
def test_a_script_has_its_limits(center: CallCenter, after: float) -> None:
    call = center.talk(101)
    for script in ([], [(after, HELLO)], [(1, HELLO)] * (LONGEST_SCRIPT + 1)):
        with pytest.raises(InvalidValue):
            center.switch.script_speech(call, script)
    assert not [t for t in center.switch.timers.pending() if t[2].name == "SPEECH"]
