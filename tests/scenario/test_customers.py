"""Customers: they wait as long as they can, press keys, give up and call again."""

from __future__ import annotations

import pytest

from emulator.switch.events import (
    CallCleared,
    DigitsGenerated,
    Established,
    Offered,
    Queued,
)
from tests.scenario.support import callers, play, team


def test_a_customer_calls_is_served_and_hangs_up() -> None:
    played = play(streams=[callers("10s")], agents=[team(answer="3s")])
    assert played.times(Offered) == [10]
    assert played.times(Established) == [13]
    assert played.times(CallCleared) == [73]
    assert played.result.value("answered") == 1
    assert played.result.refused == {}


def test_nobody_waits_longer_than_their_patience() -> None:
    impatient = callers("0s", "1s", customers={"patience": "20s"})
    played = play(streams=[impatient], agents=[team()])
    assert played.times(CallCleared) == [21, 60]
    assert (played.result.given_up, played.result.value("abandoned")) == (1, 1)


def test_ringing_wears_patience_out_too() -> None:
    played = play(
        streams=[callers("0s", customers={"patience": "5s"})], agents=[team(answer="10s")]
    )
    assert played.times(CallCleared) == [5]
    assert played.result.value("answered") == 0


def test_an_answer_in_time_ends_the_wait() -> None:
    played = play(streams=[callers("0s", customers={"patience": "5s"})], agents=[team(answer="4s")])
    assert played.result.given_up == 0
    assert played.times(CallCleared) == [64]


def test_whoever_gave_up_calls_again_so_many_times() -> None:
    again = {"patience": "10s", "redial": {"after": "1min", "times": 2}}
    played = play(streams=[callers("0s", customers=again)], agents=[])
    # Without anybody signed in the queue sends them away at once: they did not give up.
    assert played.times(Offered) == [0]
    played = play(streams=[callers("0s", customers=again)], agents=[team(answer="1min")])
    assert played.times(Offered) == [0, 70, 140]
    assert (played.result.dialled, played.result.redialled) == (3, 2)
    numbers = {event.caller for event in played.of(Offered)}
    assert len(numbers) == 1


def test_half_of_them_call_again() -> None:
    again = {"patience": "10s", "redial": {"probability": 0.5, "after": "1h", "times": 1}}
    times = [f"{second}s" for second in range(200)]
    played = play(
        streams=[callers(*times, customers=again)], agents=[team(talk="4h")], duration="3h"
    )
    assert played.result.given_up > 190
    assert 0.35 < played.result.redialled / 199 < 0.65


def test_customers_press_the_keys_that_they_want() -> None:
    keys = {"keys": {"menu": {"1": 1}}, "thinking": "3s"}
    played = play(streams=[callers("0s", dials="95003", customers=keys)], agents=[team()])
    assert [(event.digits, event.at) for event in played.of(DigitsGenerated)] == [
        ("1", played.run.begins + 3_000_000)
    ]
    assert played.times(Queued) == [3]


def test_customers_hang_up_at_a_node() -> None:
    keys = {"keys": {"menu": {"hang_up": 1}}, "thinking": "2s"}
    played = play(streams=[callers("0s", dials="95003", customers=keys)])
    assert played.times(CallCleared) == [2]


def test_customers_who_press_nothing_hear_the_menu_to_its_end() -> None:
    keys = {"keys": {"menu": {"nothing": 1}}}
    played = play(streams=[callers("0s", dials="95003", customers=keys)])
    assert played.times(CallCleared) == [10]


def test_keys_are_pressed_as_often_as_their_weights_say() -> None:
    keys = {"keys": {"menu": {"1": 3, "2": 1}}, "patience": 0}
    times = [f"{second * 5}s" for second in range(400)]
    played = play(
        streams=[callers(*times, dials="95003", customers=keys)], agents=[team(talk="1s")]
    )
    pressed = [event.digits for event in played.of(DigitsGenerated)]
    assert pressed.count("1") / len(pressed) == pytest.approx(0.75, abs=0.06)


def test_priority_customers_overtake() -> None:
    waiting = callers("1s", "2s")
    member = callers("3s", callers="130########", name="members", priority=5)
    played = play(streams=[waiting, member], agents=[team(talk="10s")])
    served = [event.caller[:3] for event in played.of(Established)]
    assert served == ["139", "130", "139"]


def test_a_stream_ends_with_its_number_of_calls() -> None:
    many = {"name": "many", "dials": "95001", "arrivals": {"constant": "1/s"}, "at_most": 7}
    assert play(streams=[many], agents=[team("101-110")]).result.dialled == 7


def test_several_patterns_of_numbers_take_turns() -> None:
    stream = callers("1s", "2s", "3s", callers=["111", "222##"])
    numbers = [event.caller for event in play(streams=[stream], agents=[team()]).of(Offered)]
    assert (numbers[0], numbers[1][:3], numbers[2]) == ("111", "222", "111")


def test_a_call_that_the_switch_refuses_is_told() -> None:
    stream = callers("1s", dials="95001", callers="1" * 30)
    assert play(streams=[stream]).result.refused == {"dial_in: InvalidNumber": 1}
