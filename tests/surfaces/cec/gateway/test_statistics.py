"""What an agent has done since it signed in, as it can ask for it (CEC 6.1.3.9)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.world import World

AGENT, OTHER, INSPECTOR = 101, 102, 191
OUTSIDE = "13900000002"


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        world.sign_in(AGENT)
        yield world


def counted(world: World, agent: int = AGENT) -> dict[str, int]:
    """What is not zero; the short form must say the same."""
    found = world.agent("6.1.3.9", agent)
    short = world.agent("6.1.3.10", agent)
    assert short == {name: found[name] for name in ("talktime", "answernums", "calloutnums")}
    return {name: value for name, value in found.items() if value}


def talk(world: World) -> str:
    call = world.dial_in()
    world.agent("6.1.2.3", AGENT)
    return call


def blind_transfer(world: World, device_type: int, address: str) -> None:
    body = {"devicetype": device_type, "address": address, "mode": 0}
    world.agent("6.1.2.11", AGENT, body)


def test_nothing_is_counted_at_first(world: World) -> None:
    assert counted(world) == {}


def test_talking_is_counted_while_it_goes_on(world: World) -> None:
    talk(world)
    world.pass_time(20)
    assert counted(world) == {"talktime": 20, "answernums": 1}


def test_it_counts_whether_the_agent_or_the_customer_hangs_up(world: World) -> None:
    talk(world)
    world.pass_time(20)
    world.agent("6.1.2.16", AGENT)
    assert counted(world) == {"talktime": 20, "answernums": 1, "agentrelease": 1}
    call = talk(world)
    world.do(lambda switch: switch.outside_hangs_up(call))
    assert counted(world) == {"talktime": 20, "answernums": 2, "agentrelease": 1}


def test_only_who_hangs_up_an_internal_call_releases_it(world: World) -> None:
    world.sign_in(OTHER)
    world.agent("6.1.2.4", AGENT, {"called": str(OTHER)})
    world.agent("6.1.2.3", OTHER)
    world.pass_time(4)
    world.agent("6.1.2.16", OTHER)
    assert counted(world) == {"talktime": 4, "intercallnums": 1}
    assert counted(world, OTHER) == {
        "talktime": 4,
        "answernums": 1,
        "intercallnums": 1,
        "agentrelease": 1,
    }


def test_a_call_handed_on_is_talked_on_no_longer_although_it_lives(world: World) -> None:
    world.sign_in(OTHER)
    talk(world)
    world.pass_time(20)
    blind_transfer(world, 2, str(OTHER))
    world.agent("6.1.2.3", OTHER)
    world.pass_time(30)
    expected = {"talktime": 20, "answernums": 1, "transferoutnums": 1}
    assert counted(world) == expected
    assert counted(world, OTHER) == {"talktime": 30, "answernums": 1, "transfernums": 1}
    world.agent("6.1.2.16", OTHER)
    assert counted(world) == expected


def test_a_transfer_to_a_flow_is_counted_apart(world: World) -> None:
    talk(world)
    blind_transfer(world, 3, "1")
    assert counted(world) == {"answernums": 1, "transferivrnums": 1}


def test_calls_not_answered_and_refused_are_told_apart(world: World) -> None:
    world.dial_in()
    world.pass_time(30)
    assert counted(world)["noanswernums"] == 1
    world.agent("6.1.1.9", AGENT)
    world.dial_in(caller="13800000002")
    world.agent("6.1.2.22", AGENT, {"mode": 1})
    found = counted(world)
    assert (found["noanswernums"], found["redirectnums"]) == (1, 1)


def test_calls_out_help_and_holding_are_counted(world: World) -> None:
    world.sign_in(OTHER)
    world.agent("6.1.2.1", AGENT, {"called": OUTSIDE})
    world.pass_time(3)
    world.agent("6.1.2.8", AGENT)
    world.agent("6.1.2.10", AGENT)
    world.agent("6.1.2.5", AGENT, {"devicetype": 2, "dstaddress": str(OTHER), "mode": 1})
    found = counted(world)
    assert (found["calloutnums"], found["interhelpnums"]) == (1, 1)
    assert found["keepnums"] == 2
    assert "answernums" not in found


def test_busy_and_rest_are_counted_and_timed(world: World) -> None:
    world.agent("6.1.1.10", AGENT)
    world.pass_time(7)
    assert counted(world) == {"busynums": 1, "busytime": 7}
    world.agent("6.1.1.12", AGENT, time=60, restcause=1)
    world.pass_time(75)
    expected = {
        "busynums": 1,
        "busytime": 7,
        "restnums": 1,
        "resttime": 75,
        "restoutnums": 1,
        "restouttime": 15,
    }
    assert counted(world) == expected
    world.agent("6.1.1.13", AGENT)
    world.pass_time(100)
    assert counted(world) == expected


def test_a_busy_agent_that_makes_a_call_is_not_busy_meanwhile(world: World) -> None:
    world.agent("6.1.1.10", AGENT)
    world.pass_time(5)
    world.agent("6.1.2.1", AGENT, {"called": OUTSIDE})
    world.pass_time(50)
    assert counted(world)["busytime"] == 5


def test_a_rest_that_is_approved_was_asked_for_once(world: World) -> None:
    world.configure(rest_approval=True)
    world.sign_in(INSPECTOR)
    world.agent("6.1.1.12", AGENT, time=60, restcause=1)
    assert counted(world) == {"restnums": 1}
    world.do(lambda switch: switch.decide_rest(INSPECTOR, AGENT, approve=True))
    world.pass_time(9)
    assert counted(world) == {"restnums": 1, "resttime": 9}


def test_two_calls_at_once_are_talked_on_no_longer_than_one(world: World) -> None:
    talk(world)
    world.pass_time(10)
    world.agent("6.1.2.8", AGENT)
    second = world.agent("6.1.2.1", AGENT, {"called": OUTSIDE})
    world.pass_time(15)
    world.agent("6.1.2.15", AGENT, callid=second)
    world.pass_time(5)
    world.agent("6.1.2.10", AGENT)
    world.agent("6.1.2.16", AGENT)
    assert counted(world)["talktime"] == 30


def test_who_ends_what_is_left_of_a_three_party_call_releases_it(world: World) -> None:
    call = talk(world)
    world.pass_time(10)
    world.agent("6.1.2.8", AGENT)
    world.agent("6.1.2.1", AGENT, {"called": OUTSIDE})
    world.pass_time(5)
    world.agent("6.1.2.14", AGENT, {"callid": call})
    world.pass_time(10)
    world.do(lambda switch: switch.outside_hangs_up(call, OUTSIDE))
    world.agent("6.1.2.16", AGENT)
    found = counted(world)
    assert (found["agentrelease"], found["talktime"]) == (1, 25)


def test_counting_begins_anew_with_each_sign_in(world: World) -> None:
    talk(world)
    world.agent("6.1.2.16", AGENT)
    world.agent("6.1.1.18", AGENT)
    world.guids.pop(AGENT)
    world.sign_in(AGENT)
    assert counted(world) == {}
