"""What was counted is told alike by a call center that goes on from a snapshot."""

from __future__ import annotations

from typing import Any

from tests.contract.cms.world import MonitoredWorld

DAY = "2023-11-14"
TIMES = {"beginDayTime": f"{DAY} 00:00:00", "endDayTime": "2023-11-15 00:00:00"}
QUEUES = ["IDX_COUNT_SKILL_REQUEST", "IDX_COUNT_SKILL_USER_ABANDON", "IDX_DURATION_SKILL_ALL_QUEUE"]
AGENTS = ["IDX_COUNT_AGENT_CONNECTED", "IDX_COUNT_AGENT_SIGN_IN"]
NUMBERS = {"calleeNos": ["95001", "95002"], "callTypes": [0]}


def told(world: MonitoredWorld) -> list[Any]:
    """The day, by queues, agents and numbers."""
    return [
        world.result("12.3.2.6", skillIds=[1, 2], indexIds=QUEUES, **TIMES),
        world.result("12.3.2.8", agentIds=[101, 111, 112], indexIds=AGENTS, **TIMES),
        world.result("12.3.2.10", beginLogDay=DAY, endLogDay=DAY, **NUMBERS),
    ]


def requests_of_support(world: MonitoredWorld) -> str:
    [support, _] = told(world)[0]
    value: str = support["idxs"][0]["val"]
    return value


def test_a_loaded_snapshot_tells_the_same_day_once() -> None:
    with MonitoredWorld() as world:
        world.be_busy()
        before = told(world)
        assert requests_of_support(world) == "1"
        snapshot = world._run(world.platform.snapshot())
        world.do(lambda switch: switch.outside_hangs_up(switch.agents[101].connections[0].call.id))
        assert told(world) != before
        world._run(world.doors.control.desk.load(snapshot))
        assert told(world) == before
        world.do(lambda switch: switch.outside_hangs_up(switch.agents[101].connections[0].call.id))
        assert requests_of_support(world) == "2"


def test_a_call_center_that_begins_anew_has_no_history() -> None:
    with MonitoredWorld() as world:
        world.be_busy()
        assert requests_of_support(world) == "1"
        answer = world.control("POST", "/reset", {})
        assert answer.status == 200, answer.raw
        assert requests_of_support(world) == "0"
