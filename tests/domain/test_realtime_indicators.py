"""Each real-time indicator, in a story in which one can count by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.domain.indicators import realtime
from emulator.domain.indicators.definition import Unit
from emulator.domain.live.views import AgentView, QueueView, TenantView, read
from emulator.switch.config import Policy, PolicyAction
from tests.contract.cms import facts
from tests.contract.cms.world import MonitoredWorld

DOCUMENTED = json.loads(Path(facts.__file__).with_name("indicators.json").read_text("utf-8"))
TABLES = {"skill": realtime.QUEUE, "agent": realtime.AGENT, "vdn": realtime.VDN}
SUPPORT, SALES = 1, 2


@pytest.fixture
def world() -> Iterator[MonitoredWorld]:
    with MonitoredWorld() as world:
        yield world


@pytest.fixture(scope="module")
def morning() -> Iterator[MonitoredWorld]:
    with MonitoredWorld() as world:
        world.be_busy()
        yield world


def of_queue(world: MonitoredWorld, queue: int, code: str) -> Any:
    switch = world.platform.advance()
    view = QueueView(world.platform.live, switch.queue(1, queue), switch.now)
    return realtime.QUEUE[code].value(read(view))


def of_vdn(world: MonitoredWorld, code: str) -> Any:
    view = TenantView(world.platform.live, world.platform.advance().tenants[1])
    return realtime.VDN[code].value(read(view))


def of_agent(world: MonitoredWorld, agent: int, code: str) -> Any:
    switch = world.platform.advance()
    view = AgentView(switch.agents[agent], switch.now, world.platform.started_at)
    return realtime.AGENT[code].value(read(view))


@pytest.mark.parametrize("dimension", TABLES)
def test_exactly_the_documented_indicators_are_defined(dimension: str) -> None:
    assert sorted(TABLES[dimension]) == sorted(DOCUMENTED[dimension]["real-time"])


@pytest.mark.parametrize("dimension", TABLES)
def test_an_indicator_says_in_one_line_what_it_means(dimension: str) -> None:
    for it in TABLES[dimension].values():
        assert it.meaning
        assert "\n" not in it.meaning
        assert isinstance(it.unit, Unit)
        assert str(it.formula)


@pytest.mark.parametrize(
    ("code", "support", "sales"),
    [
        ("IDX_COUNT_REAL_SKILL_QUEUE", 2, 0),
        ("IDX_COUNT_REAL_SKILL_HANDLE", 2, 0),
        ("IDX_DURATION_SKILL_MAX_QUEUE_ACK", 1, 0),
        ("IDX_COUNT_20S_CALL_FOR_5MIN", 2, 1),
        ("IDX_COUNT_REAL_AGENT_SIGN_IN", 6, 4),
        ("IDX_COUNT_REAL_AGENT_CONNECT", 2, 2),
        ("IDX_COUNT_REAL_AGENT_SET_IDLE", 0, 1),
        ("IDX_COUNT_REAL_AGENT_USABLE", 0, 1),
        ("IDX_COUNT_REAL_AGENT_SET_BUSY", 1, 0),
        ("IDX_COUNT_REAL_AGENT_ACW", 0, 1),
        ("IDX_COUNT_REAL_AGENT_REST", 1, 0),
        ("IDX_COUNT_REAL_AGENT_STUDY", 1, 0),
    ],
)
def test_queues_on_a_busy_morning(
    morning: MonitoredWorld, code: str, support: int, sales: int
) -> None:
    assert of_queue(morning, SUPPORT, code) == support
    assert of_queue(morning, SALES, code) == sales


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("IDX_COUNT_REAL_VDN_CALL", 7),
        ("IDX_COUNT_REAL_VDN_CONNECT", 3),
        ("IDX_COUNT_REAL_IVR_HANDLE", 1),
        ("IDX_COUNT_REAL_SKILL_QUEUE", 2),
        ("IDX_COUNT_REAL_AGENT_SIGN_IN", 9),
        ("IDX_COUNT_REAL_AGENT_NOT_SIGN_IN", 13),
        ("IDX_COUNT_REAL_AGENT_SET_IDLE", 1),
        ("IDX_COUNT_REAL_AGENT_SET_BUSY", 1),
        ("IDX_COUNT_REAL_AGENT_CONNECT", 3),
        ("IDX_COUNT_REAL_AGENT_STUDY", 1),
        ("IDX_COUNT_REAL_AGENT_ACW", 1),
        ("IDX_COUNT_REAL_AGENT_ANSWER", 1),
        ("IDX_COUNT_REAL_AGENT_PREOCCUPY", 0),
        ("IDX_COUNT_REAL_AGENT_OCCUPY", 0),
        ("IDX_COUNT_REAL_AGENT_REST", 1),
    ],
)
def test_the_vdn_on_a_busy_morning(morning: MonitoredWorld, code: str, value: int) -> None:
    assert of_vdn(morning, code) == value


def test_an_agent_that_dials_is_occupied_until_somebody_answers(world: MonitoredWorld) -> None:
    world.sign_in(101)
    world.do(lambda sw: sw.make_call(101, "13900000112"))
    before = [of_vdn(world, f"IDX_COUNT_REAL_{it}") for it in ("AGENT_OCCUPY", "VDN_CONNECT")]
    world.pass_time(3)
    after = [of_vdn(world, f"IDX_COUNT_REAL_{it}") for it in ("AGENT_OCCUPY", "VDN_CONNECT")]
    assert (before, after) == ([1, 0], [0, 1])


def test_an_agent_that_is_offered_a_number_is_preoccupied(world: MonitoredWorld) -> None:
    world.sign_in(101)
    world.do(lambda sw: sw.offer_preview(101, ("13900000112",), ""))
    assert of_vdn(world, "IDX_COUNT_REAL_AGENT_PREOCCUPY") == 1


@pytest.mark.parametrize(
    ("code", "talks", "is_away"),
    [
        ("IDX_AGENT_PHONE", "40101", None),
        ("IDX_AGENT_CURRENT_STATE", 5, 0),
        ("IDX_DURATION_AGENT_CURRENT_STATE", 41, 46),
        ("IDX_AGENT_LOGIN_SKILLS", [1], [1, 2]),
    ],
)
def test_agents_on_a_busy_morning(
    morning: MonitoredWorld, code: str, talks: Any, is_away: Any
) -> None:
    assert of_agent(morning, 101, code) == talks
    assert of_agent(morning, 107, code) == is_away


def test_an_agent_shows_the_queues_that_it_has_chosen(world: MonitoredWorld) -> None:
    world.sign_in(106)
    world.do(lambda sw: sw.set_skills(106, [2]))
    assert of_agent(world, 106, "IDX_AGENT_LOGIN_SKILLS") == [2]


def test_a_call_counts_as_quick_for_five_minutes(world: MonitoredWorld) -> None:
    world.sign_in(103)
    world.do(lambda sw: sw.set_not_ready(103, 0))
    for agent, seconds in ((101, 20), (102, 20.5)):
        call = world.dial_in()
        world.pass_time(seconds)
        world.sign_in(agent)
        world.do(lambda sw, agent=agent, call=call: sw.answer_call(agent, call))
    quick = "IDX_COUNT_20S_CALL_FOR_5MIN"
    assert of_queue(world, SUPPORT, quick) == 1
    world.pass_time(300 - 20.5 - 0.5)
    assert of_queue(world, SUPPORT, quick) == 1
    world.pass_time(0.5)
    assert of_queue(world, SUPPORT, quick) == 0


def test_the_longest_wait_is_that_of_the_oldest_call_whoever_comes_first(
    world: MonitoredWorld,
) -> None:
    world.configure_demo(priority_customers={"13800000099": 9})
    world.sign_in(101)
    world.do(lambda sw: sw.set_not_ready(101, 0))
    first = world.dial_in(caller="13800000001")
    world.pass_time(7)
    world.dial_in(caller="13800000099")
    world.pass_time(3)
    switch = world.platform.advance()
    view = QueueView(world.platform.live, switch.queue(1, SUPPORT), switch.now)
    assert of_queue(world, SUPPORT, "IDX_DURATION_SKILL_MAX_QUEUE_ACK") == 10
    assert view.longest_waiting is switch.calls[first]


def test_a_queue_that_nobody_has_called_counts_nothing(world: MonitoredWorld) -> None:
    assert {of_queue(world, SUPPORT, code) for code in realtime.QUEUE} == {0}


def test_whoever_overflows_waits_where_the_call_has_gone(world: MonitoredWorld) -> None:
    tenant = world.platform.switch.tenants[1].config
    support, *others = tenant.queues
    full = type(support)(1, "support", max_waiting=1, on_busy=Policy(PolicyAction.QUEUE, SALES))
    world.configure_demo(queues=(full, *others))
    for agent in (101, 111):
        world.sign_in(agent)
        world.do(lambda sw, agent=agent: sw.set_not_ready(agent, 0))
    for customer in ("13800000001", "13800000002"):
        world.dial_in(caller=customer)
    found = [of_queue(world, it, "IDX_COUNT_REAL_SKILL_QUEUE") for it in (SUPPORT, SALES)]
    assert found == [1, 1]
