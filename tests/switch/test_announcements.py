"""A `play` without `seconds`: for real parties it lasts until they have heard its announcement."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.switch.events import AnnouncementRequested
from emulator.switch.ivr import LONGEST_ANNOUNCEMENT
from emulator.switch.terms import AgentState
from tests.switch.support import CallCenter
from tests.switch.test_ivr import BYE, ivr, nodes

TWO = {
    "a": {"type": "play", "prompt": "one", "next": "b"},
    "b": {"type": "play", "prompt": "two", "next": "q"},
    "q": {"type": "queue", "queue": 1},
}


def asked(center: CallCenter) -> int:
    """The request of the newest announcement."""
    return center.last(AnnouncementRequested).request


def over(center: CallCenter, request: int) -> None:
    center.switch.announcement_over(request)


def test_for_a_simulated_caller_a_flow_goes_on_at_once() -> None:
    center = ivr("a", **TWO)
    center.dial("95009")
    assert center.state(101) is AgentState.ANSWERING
    assert asked(center) == 0
    assert center.switch.requests == {}


def test_a_real_caller_hears_each_announcement_to_its_end() -> None:
    center = ivr("a", **TWO)
    center.dial("95009", listens=True)
    assert nodes(center) == ["a"]
    first = asked(center)
    over(center, first)
    assert nodes(center) == ["a", "b"]
    over(center, first)
    assert nodes(center) == ["a", "b"]
    over(center, asked(center))
    assert center.state(101) is AgentState.ANSWERING
    assert len(center.switch.timers) == 1  # that of the phone that rings


def test_what_nobody_says_to_be_over_is_over_after_a_while() -> None:
    center = ivr("a", **TWO)
    center.dial("95009", listens=True)
    first = asked(center)
    center.wait(LONGEST_ANNOUNCEMENT - 0.1)
    assert nodes(center) == ["a"]
    center.wait(0.1)
    assert nodes(center) == ["a", "b"]
    over(center, first)
    assert nodes(center) == ["a", "b"]


@pytest.mark.parametrize(
    ("node", "left"), [({"prompt": "x", "seconds": 2}, 2.0), ({"seconds": 2}, 2.0), ({}, 0.0)]
)
def test_seconds_are_as_they_were_and_without_a_prompt_there_is_nothing_to_wait_for(
    node: dict[str, Any], left: float
) -> None:
    center = ivr("a", a={"type": "play", "next": "b", **node}, b=BYE)
    call = center.dial("95009", listens=True)
    assert center.lives(call) is bool(left)
    assert center.switch.requests == {}
    center.wait(left)
    assert not center.lives(call)


def test_who_hangs_up_in_an_announcement_is_waited_for_no_more() -> None:
    center = ivr("a", **TWO)
    call = center.dial("95009", listens=True)
    center.switch.outside_hangs_up(call)
    assert center.switch.requests == {}
    assert len(center.switch.timers) == 0
    over(center, asked(center))
    assert not center.lives(call)


def test_an_announcement_beside_those_who_talk_takes_no_time() -> None:
    center = ivr("a", a=TWO["a"], b={**TWO["b"], "next": "c"}, c={"type": "return"})
    call = center.dial("95001", listens=True)
    center.switch.answer_call(101)
    center.switch.join_ivr(101, "7001")
    assert center.heard(AnnouncementRequested)[0].request == 0
    assert center.lives(call)
    assert center.switch.requests == {}


def test_who_is_real_is_so_in_the_flow_after_the_agent() -> None:
    center = ivr("a", a=TWO["a"], b={**TWO["b"], "next": "c"}, c=BYE)
    call = center.dial("95001", listens=True)
    center.switch.answer_call(101)
    center.switch.follow_up(101, "7001")
    center.switch.release_call(101)
    assert center.lives(call)
    over(center, asked(center))
    over(center, asked(center))
    assert not center.lives(call)


def test_a_lookup_is_not_answered_by_the_end_of_an_announcement() -> None:
    center = ivr("a", a={"type": "lookup", "url": "http://x", "next": "b"}, b=BYE)
    call = center.dial("95009", listens=True)
    [request] = center.switch.requests
    over(center, request)
    assert center.lives(call)
    center.switch.lookup_answered(request, {})
    assert not center.lives(call)


def test_an_announcement_is_not_over_by_the_answer_of_a_lookup() -> None:
    center = ivr("a", **TWO)
    center.dial("95009", listens=True)
    center.switch.lookup_answered(asked(center), {})
    assert nodes(center) == ["a"]
