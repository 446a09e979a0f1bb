"""Every documented event is raised by its interface, in order, with exactly its fields."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract import facts
from tests.contract.accepted import request_in
from tests.contract.facts import Trigger
from tests.contract.raised import ALTERNATIVES, STORIES, Story
from tests.contract.shapes import problems_of_event
from tests.contract.situations import AGENT, signed_out
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


def test_the_agent_that_signs_in_is_the_one_of_the_stories() -> None:
    assert AGENT == 101
