"""What agents see of queues and of each other (CEC 5.2.5–13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from emulator.switch.config import Policy, PolicyAction
from tests.contract.world import World

AGENT, OTHER, BOTH_QUEUES, INSPECTOR = 101, 102, 106, 191
SUPPORT, SALES = 1, 2


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


def works_for_nobody(world: World, agent: int) -> None:
    """Sign in, and take no calls from queues."""
    world.sign_in(agent)
    world.agent("6.1.1.22", agent, flag=0)


def statistics(world: World, queue: int) -> dict[str, Any]:
    [found] = world.agent("5.2.9", AGENT, {"skills": [queue]})
    return dict(found)


def test_who_waits_is_counted_until_somebody_is_rung(world: World) -> None:
    works_for_nobody(world, AGENT)
    world.dial_in()
    world.dial_in(caller="13800000002")
    assert world.agent("5.2.8", AGENT, skillid=SUPPORT) == 2
    assert world.agent("5.2.8", AGENT, skillid=SALES) == 0
    world.agent("6.1.1.22", AGENT, flag=1)
    assert world.agent("5.2.8", AGENT, skillid=SUPPORT) == 1


def test_configured_queues_and_those_signed_in_to_are_told_apart(world: World) -> None:
    works_for_nobody(world, AGENT)
    works_for_nobody(world, BOTH_QUEUES)
    world.dial_in("95001")
    world.dial_in("95002", caller="13800000002")
    assert world.agent("5.2.5", BOTH_QUEUES) == world.agent("5.2.6", BOTH_QUEUES) == 2
    world.agent("6.1.1.8", BOTH_QUEUES, autoflag="false", skillid="2")
    assert world.agent("5.2.6", BOTH_QUEUES) == 1
    assert world.agent("5.2.5", BOTH_QUEUES) == 2


def test_the_call_that_waits_longest_is_named_in_parts_even_behind_one_with_priority(
    world: World,
) -> None:
    world.configure(priority_customers={"13800000009": 5})
    works_for_nobody(world, AGENT)
    oldest = world.dial_in()
    world.pass_time(10)
    world.dial_in(caller="13800000009")
    world.pass_time(5)
    found = statistics(world, SUPPORT)
    parts = found["oldCallIdEx"]
    sequence = (parts["server"] << 24) + (parts["handle"] << 16) + parts["dsn"]
    assert f"{parts['dateTime'] // 1000}-{sequence}" == oldest
    assert (found["queueSize"], found["queueTime"]) == (2, 15)


def test_an_empty_queue_shows_who_works_for_it_and_where_it_can_be_reached(world: World) -> None:
    world.sign_in(AGENT)
    world.sign_in(OTHER)
    world.agent("6.1.1.10", OTHER)
    found = statistics(world, SUPPORT)
    assert (found["loggedOnAgents"], found["availAgents"]) == (2, 1)
    assert (found["queueSize"], found["queueTime"], found["pilotNbr"]) == (0, 0, "95001")
    assert found["oldCallIdEx"] == {
        "dateTime": 4294967295000,
        "dsn": 65535,
        "server": 255,
        "handle": 255,
    }


def test_a_queue_tells_where_it_sends_whom_it_has_no_room_for(world: World) -> None:
    world.sign_in(AGENT)
    released = statistics(world, SUPPORT)
    support, *others = world.platform.switch.tenants[1].config.queues
    overflowing = replace(support, on_busy=Policy(PolicyAction.QUEUE, SALES), max_waiting=7)
    world.configure(queues=(overflowing, *others))
    moved = statistics(world, SUPPORT)
    names = ("transferFlg", "transferDeviceType", "transferDeviceNo", "maxQueueSize")
    assert [released[name] for name in names] == [0, 255, 65535, 100]
    assert [moved[name] for name in names] == [2, 1, SALES, 7]


def test_the_vdn_s_queues_and_flows_are_those_of_its_configuration(world: World) -> None:
    world.sign_in(AGENT)
    queues = world.agent("5.2.7", AGENT)
    assert [(q["id"], q["name"], q["mediatype"]) for q in queues] == [
        (1, "support", 5),
        (2, "sales", 5),
        (3, "chat", 53),
        (4, "video", 19),
    ]
    [flow] = world.agent("5.2.10", AGENT)
    assert (flow["id"], flow["description"]) == (1, "menu")


def test_who_takes_no_calls_is_not_among_the_agents_of_a_queue(world: World) -> None:
    world.sign_in(AGENT)
    works_for_nobody(world, OTHER)
    found = world.agent("5.2.11", AGENT, skillid=SUPPORT)
    assert [agent["workno"] for agent in found] == [str(AGENT)]
    world.agent("6.1.1.22", OTHER, flag=1)
    assert len(world.agent("5.2.11", AGENT, skillid=SUPPORT)) == 2


def test_an_agent_s_details_follow_what_it_does(world: World) -> None:
    world.sign_in(AGENT)
    world.pass_time(5)
    world.sign_in(OTHER, checkInMailm=True)
    signed_in_at = world.platform.now // 1000
    world.agent("6.1.1.10", OTHER, reason=201)
    world.pass_time(30)
    found = world.agent("5.2.12", AGENT, workno=OTHER)
    assert (found["status"], found["ctiStatus"], found["currentStateReason"]) == ("3", "7", 201)
    assert (found["currentstatetime"], found["logindate"]) == (30, signed_in_at)
    assert (found["mediatype"], found["phonenumber"], found["vdnid"]) == ("TTT", "40102", 1)
    assert found["skilllist"] == [{"name": "support", "id": 1, "mediatype": 5}]


def test_an_agent_that_has_not_signed_in_is_shown_as_such(world: World) -> None:
    world.sign_in(AGENT)
    found = world.agent("5.2.12", AGENT, workno=OTHER)
    assert (found["status"], found["ctiStatus"], found["mediatype"]) == ("2", "0", "FFF")
    assert (found["logindate"], found["currentstatetime"], found["skilllist"]) == (0, 0, [])


def test_only_a_conference_that_is_seen_is_a_multimedia_one(world: World) -> None:
    for agent in (119, 120):
        world.sign_in(agent, agenttype=11)
    world.dial_in("95004")
    ringing = next(a for a in (119, 120) if world.agent("6.1.3.8", a))
    other = 239 - ringing
    world.agent("6.1.2.3", ringing)
    assert world.agent("5.2.12", ringing, workno=ringing)["inMultimediaConf"] == 0
    world.agent("6.1.2.5", ringing, {"dstaddress": str(other), "mode": 2, "devicetype": 2})
    world.agent("6.1.2.3", other)
    assert world.agent("5.2.12", ringing, workno=other)["inMultimediaConf"] == 1


def test_an_agent_of_two_queues_is_listed_in_both_and_empty_queues_are_left_out(
    world: World,
) -> None:
    world.sign_in(AGENT)
    world.sign_in(BOTH_QUEUES)
    world.sign_in(INSPECTOR)
    found = world.agent("5.2.13", INSPECTOR)
    assert {q["skillId"]: [a["workno"] for a in q["agent"]] for q in found} == {
        SUPPORT: [str(AGENT), str(BOTH_QUEUES)],
        SALES: [str(BOTH_QUEUES)],
    }
