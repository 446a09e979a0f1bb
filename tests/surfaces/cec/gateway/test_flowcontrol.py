"""Agents that query too often are refused for a while (CEC 6.1.3, 6.5.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from emulator.settings import Settings, from_environment
from emulator.surfaces.cec.gateway.component import gateway
from emulator.surfaces.cec.gateway.flowcontrol import is_query
from emulator.traffic.exchange import Offence
from tests.contract.world import World

AGENT, OTHER = 101, 102
QUEUES, STATUS, SKILLS = "5.2.7", "6.1.1.21", "6.1.1.5"
OVERLOAD = "999-002"


class Watch:
    """Wire time that stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def limited(watch: Callable[[], float], **settings: Any) -> Iterator[World]:
    with World(flow_control=True, **settings) as world:
        world.doors.gateway.flow_control._monotonic = watch
        world.sign_in(AGENT)
        world.sign_in(OTHER)
        yield world


def ask(world: World, section: str = QUEUES, agent: int = AGENT) -> str:
    return world.call(section, {"agentid": agent}).code


def test_the_sixth_query_of_an_agent_in_two_seconds_is_refused() -> None:
    with limited(Watch()) as world:
        assert [ask(world) for _ in range(7)] == ["0"] * 5 + [OVERLOAD] * 2


def test_a_refusal_is_answered_as_all_others_and_changes_nothing() -> None:
    with limited(Watch()) as world:
        for _ in range(5):
            ask(world)
        before = world.dump()
        reply = world.call(QUEUES, {"agentid": AGENT})
        assert reply.status == 200
        assert reply.document == {"message": "too many queries", "retcode": OVERLOAD}
        assert world.dump() == before


def test_the_journal_says_that_an_agent_asked_too_often() -> None:
    with limited(Watch()) as world:
        codes = [ask(world) for _ in range(6)]
        (*_, last) = world.platform.traffic.journal.exchanges()
        assert (codes[-1], last.code) == (OVERLOAD, OVERLOAD)
        assert [violation.offence for violation in last.violations] == [Offence.TOO_OFTEN]


def test_after_two_seconds_an_agent_may_ask_again() -> None:
    watch = Watch()
    with limited(watch) as world:
        for _ in range(6):
            ask(world)
        watch.now += 1.9
        assert ask(world) == OVERLOAD
        watch.now += 0.1
        assert [ask(world) for _ in range(6)] == ["0"] * 5 + [OVERLOAD]


def test_the_time_of_the_call_center_gives_no_new_queries() -> None:
    with limited(Watch()) as world:
        for _ in range(5):
            ask(world)
        world.pass_time(60)
        assert ask(world) == OVERLOAD


def test_all_queries_of_an_agent_count_together_and_those_of_others_apart() -> None:
    with limited(Watch()) as world:
        for section in (QUEUES, STATUS, SKILLS, QUEUES, STATUS):
            assert ask(world, section) == "0"
        assert ask(world, SKILLS) == OVERLOAD
        assert ask(world, SKILLS, OTHER) == "0"


def test_all_agents_together_have_a_limit_too() -> None:
    watch = Watch()
    with limited(watch, system_queries=3) as world:
        codes = [ask(world, agent=agent) for agent in (AGENT, OTHER, AGENT, OTHER)]
        assert codes == ["0", "0", "0", OVERLOAD]
        watch.now += 2
        assert ask(world, agent=OTHER) == "0"


def test_what_is_no_query_has_no_limit() -> None:
    with limited(Watch(), agent_queries=1) as world:
        for _ in range(3):
            assert ask(world, "6.1.1.3") == "0"
            assert ask(world, "6.1.4.1") == "0"


def test_who_shows_a_wrong_guid_uses_up_no_queries_of_the_agent() -> None:
    with limited(Watch(), agent_queries=1) as world:
        wrong = {"Guid": "00000000.AgentGateway0"}
        for _ in range(3):
            assert world.call(QUEUES, {"agentid": AGENT}, headers=wrong).code == "000-003"
        assert ask(world) == "0"


def test_without_the_setting_nobody_is_refused() -> None:
    with World() as world:
        world.sign_in(AGENT)
        assert {ask(world) for _ in range(20)} == {"0"}


def test_the_limited_interfaces_are_the_documented_ones() -> None:
    limited = {interface.section for interface in gateway.interfaces if is_query(interface.path)}
    assert limited == {
        *(f"5.2.{number}" for number in range(5, 14)),
        *(f"6.1.3.{number}" for number in range(1, 13)),
        *("6.1.1.5", "6.1.1.6", "6.1.1.21", "6.1.1.24", "6.1.1.25"),
    }


@pytest.mark.parametrize("truth", ["1", "true"])
def test_the_environment_turns_it_on(truth: str) -> None:
    settings = from_environment({"EMULATOR_FLOW_CONTROL": truth, "EMULATOR_AGENT_QUERIES": "9"})
    assert (settings.flow_control, settings.agent_queries) == (True, 9)
    assert Settings().system_queries == 15_000
