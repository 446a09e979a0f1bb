"""Every documented event is raised by its interface, in order, with exactly its fields."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract import facts, situations
from tests.contract.accepted import request_in
from tests.contract.facts import Trigger
from tests.contract.raised import ALTERNATIVES, STORIES, Story
from tests.contract.raised_by import RAISED_BY
from tests.contract.shapes import problems_of_event
from tests.contract.situations import AGENT, BUSY_NUMBER, INSPECTOR, OTHER, OUTSIDE, signed_out
from tests.contract.world import World


def documented(story: Story) -> list[Trigger]:
    """The documented events of the story's conditions, in their order."""
    return [
        trigger
        for trigger in facts.interface(story.section).events
        if trigger.when is None or trigger.when in story.conditions
    ]


def tell(world: World, story: Story) -> tuple[int, list[dict[str, Any]]]:
    """Let the story happen; gives who was told, and what."""
    scene = story.begins(world)
    watcher = story.watcher or scene["agentid"]
    if story.begins is not signed_out:
        world.events(watcher)
    reply = request_in(story.section, scene, **story.changes).send(world)
    assert reply.code == "0", reply.document
    story.then(world, scene)
    return watcher, world.events(watcher)


def missing_in_order(wanted: list[str], told: list[str]) -> list[str]:
    """What of `wanted` is not told after what comes before it."""
    rest = iter(told)
    return [name for name in wanted if name not in rest]


each_story = pytest.mark.parametrize("story", STORIES, ids=lambda s: f"{s.section} {s.name}")


@each_story
def test_the_documented_events_arrive_in_their_order(story: Story) -> None:
    with World() as world:
        _, told = tell(world, story)
        names = [event["eventType"] for event in told]
        wanted = [t for t in documented(story) if t.type not in story.not_here]
        assert wanted
        assert {t.type for t in wanted} <= set(names)
        # The reference lists the events of each condition apart, so their order is told apart.
        for when in {t.when for t in wanted}:
            listed = [t.type for t in wanted if t.when == when]
            assert story.out_of_order or missing_in_order(listed, names) == [], names


@each_story
def test_an_event_has_exactly_its_documented_fields(story: Story) -> None:
    with World() as world:
        watcher, told = tell(world, story)
        for event in told:
            assert set(event) == {"eventType", "workNo", "content"}
            assert event["workNo"] == str(watcher)
            fact = facts.event(event["eventType"])
            assert problems_of_event(fact, event["content"]) == []


def test_every_documented_event_has_its_story_or_its_reason() -> None:
    told = {
        (story.section, trigger.type, trigger.when)
        for story in STORIES
        for trigger in documented(story)
        if trigger.type not in story.not_here
    }
    pairs = {
        (interface.id, trigger.type, trigger.when)
        for interface in facts.interfaces()
        for trigger in interface.events
    }
    assert pairs - told == set(ALTERNATIVES)
    assert all(ALTERNATIVES.values())


def told_to_everybody(world: World) -> list[dict[str, Any]]:
    return [event for agent in list(world.guids) for event in world.events(agent)]


def assert_documented(told: list[dict[str, Any]]) -> None:
    for event in told:
        assert problems_of_event(facts.event(event["eventType"]), event["content"]) == []


@pytest.mark.parametrize("situation", situations.all_situations(), ids=lambda s: s.__name__)
def test_whatever_is_told_on_the_way_has_exactly_its_documented_fields(situation: Any) -> None:
    with World() as world:
        situation(world)
        assert_documented(told_to_everybody(world))


PREVIEWS = {
    "AgentEvent_Preview": ([OUTSIDE], ""),
    "AgentEvent_Preview_CallOut": ([OUTSIDE], "order 4711"),
    "AgentEvent_Preview_CallOut_Ex": ([OUTSIDE, BUSY_NUMBER], "order 4711"),
}


@pytest.mark.parametrize("name", PREVIEWS)
def test_a_preview_is_told_in_the_form_that_can_carry_it(name: str) -> None:
    numbers, data = PREVIEWS[name]
    with World() as world:
        world.sign_in(AGENT)
        world.do(lambda switch: switch.offer_preview(AGENT, numbers, data))
        world.pass_time(61)
        told = world.events(AGENT)
        assert_documented(told)
        assert {name, "AgentEvent_Agent_Occupied", "AgentEvent_Release_Preview"} <= {
            event["eventType"] for event in told
        }


def test_an_inspector_that_asks_for_it_hears_who_signs_in_and_out() -> None:
    with World() as world:
        world.sign_in(INSPECTOR, listenStatus=True)
        world.sign_in(AGENT)
        world.agent("6.1.1.18", AGENT)
        told = [e for e in world.events(INSPECTOR) if e["eventType"] == "QC_AgentState_Notify"]
        assert_documented(told)
        assert [event["content"]["subtype"] for event in told] == [
            "QC_AgentState_Login",
            "QC_AgentState_Logout",
        ]


def test_what_a_customer_writes_is_told_to_the_agent_of_the_session() -> None:
    with World() as world:
        scene = situations.chatting(world)
        agent, call = scene["agentid"], scene["callid"]
        world.events(agent)
        world.do(lambda switch: switch.outside_writes(call, "good morning"))
        told = world.events(agent)
        assert_documented(told)
        [message] = told
        assert message["eventType"] == "AgentEvent_MessageData"
        assert (message["content"]["callid"], message["content"]["message"]) == (
            call,
            "good morning",
        )


def test_what_an_agent_writes_is_told_to_no_agent() -> None:
    with World() as world:
        scene = situations.chatting(world)
        agent = scene["agentid"]
        world.events(agent)
        world.agent("6.1.5.1", agent, {"callid": scene["callid"], "data": "hello"})
        assert world.events(agent) == []


OF_6_5_1 = [event for event in facts.events() if event.section.startswith("6.5.1.")]
STORY_BY_NAME = {f"{story.section} {story.name}": story for story in STORIES}


def test_each_of_the_77_events_has_its_story() -> None:
    assert len(OF_6_5_1) == 77
    assert list(RAISED_BY) == [event.name for event in OF_6_5_1]


@pytest.mark.parametrize("fact", OF_6_5_1, ids=lambda fact: f"{fact.section} {fact.name}")
def test_each_event_is_raised_by_its_story_with_exactly_its_fields(fact: facts.Event) -> None:
    happens = RAISED_BY[fact.name]
    with World() as world:
        if isinstance(happens, str):
            watcher, told = tell(world, STORY_BY_NAME[happens])
        else:
            watcher = happens(world)
            told = world.events(watcher)
        found = [event for event in told if event["eventType"] == fact.name]
        assert found, [event["eventType"] for event in told]
        for event in found:
            assert set(event) == {"eventType", "workNo", "content"}
            assert event["workNo"] == str(watcher)
            assert problems_of_event(fact, event["content"]) == []


def test_inspectors_hear_that_all_agents_are_busy() -> None:
    with World() as world:
        situations.talking(world)
        world.sign_in(INSPECTOR)
        world.agent("6.1.1.10", INSPECTOR)
        world.events(INSPECTOR)
        world.sign_in(OTHER)
        world.dial_in()
        told = world.events(INSPECTOR)
        assert_documented(told)
        assert [event["eventType"] for event in told] == ["AgentOther_All_Agent_Busy"]


def test_an_agent_that_answers_by_itself_is_told_auto_answer_in_place_of_ringing() -> None:
    with World() as world:
        world.sign_in(AGENT, autoanswer=True)
        world.dial_in()
        told = world.events(AGENT)
        names = [event["eventType"] for event in told]
        assert_documented(told)
        assert "AgentEvent_Auto_Answer" in names
        assert "AgentEvent_Ringing" not in names
