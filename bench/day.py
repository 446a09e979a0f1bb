"""A large call center's day as a scenario: how long does it take, and in how much memory?

    python -m bench.day [calls]

1,000 agents in shifts with breaks, 8 queues, an IVR menu before them that serves a quarter of the
customers alone; agents hold, consult and transfer. It is played in a process of its own, on one
core, with every call record and operation written and counted.
"""

from __future__ import annotations

import resource
import sys
import time
from typing import Any

from bench.machine import machine
from emulator.scenario.engine.run import Run
from emulator.scenario.file.scenario import Scenario

CALLS = 200_000
QUEUES = 8
TEAM = 125
"""Agents for each queue."""
HOURS = 13
PROFILE = (3, 6, 9, 10, 10, 9, 8, 9, 10, 10, 8, 5, 3)
"""How the calls are spread over the hours from eight o'clock on."""


def the_day(calls: int = CALLS, team: int = TEAM, queues: int = QUEUES) -> Scenario:
    """The scenario: about so many calls, and agents in proportion if it is to be a calm day."""
    return Scenario.model_validate(
        {
            "name": "day",
            "purpose": "A large call center's day",
            "duration": f"{HOURS}h",
            "run_out": "2h",
            "random_seed": 1,
            "tenants": [_tenant(queues, team)],
            "streams": [
                {
                    "name": "customers",
                    "dials": "95001",
                    "arrivals": {
                        "profile": {
                            "step": "1h",
                            "from": "08:00",
                            "calls": [calls * share / sum(PROFILE) for share in PROFILE],
                        }
                    },
                    "customers": {
                        "patience": {"exponential": "3min"},
                        "redial": {"probability": 0.3},
                        "keys": {"menu": _keys(queues)},
                        "thinking": {"uniform": ["2s", "8s"]},
                    },
                }
            ],
            "agents": [it for queue in range(1, queues + 1) for it in _teams(queue, queues, team)],
        }
    )


def _keys(queues: int) -> dict[str, float]:
    return {str(queue): 9.0 for queue in range(1, queues + 1)} | {"9": 24.0, "hang_up": 2.0}


def _numbers(queue: int, team: int) -> tuple[int, int]:
    return 1000 * queue + 1, 1000 * queue + team


def _tenant(queues: int, team: int) -> dict[str, Any]:
    numbers = range(1, queues + 1)
    menu = {str(queue): f"to_{queue}" for queue in numbers} | {"9": "hours"}
    nodes: dict[str, Any] = {
        "menu": {"type": "menu", "prompt": "welcome", "digits": menu, "otherwise": "bye"},
        "hours": {"type": "play", "prompt": "opening hours", "seconds": 25, "next": "bye"},
        "bye": {"type": "hang_up"},
    }
    return {
        "id": 1,
        "name": "day",
        "trunks": [{"name": "outside", "channels": 100_000}],
        "queues": [{"id": it, "name": f"queue {it}", "max_waiting": 2000} for it in numbers],
        "flows": [
            {
                "id": 1,
                "name": "menu",
                "start": "menu",
                "nodes": nodes
                | {f"to_{queue}": {"type": "queue", "queue": queue} for queue in numbers},
            }
        ],
        "access_codes": [{"code": "95001", "routes": [{"target": "ivr", "target_id": 1}]}],
        "agents": [
            {
                "range": "{}-{}".format(*_numbers(queue, team)),
                "name": "agent",
                "phone": "4{n}",
                "skills": [{"queue": queue}],
            }
            for queue in numbers
        ],
        "rest_reasons": [{"code": 1, "name": "lunch"}, {"code": 2, "name": "coffee"}],
    }


def _teams(queue: int, queues: int, team: int) -> list[dict[str, Any]]:
    first, last = _numbers(queue, team)
    middle = first + team // 2
    other = queue % queues + 1
    habits = {
        "hold": {"probability": 0.1, "after": {"exponential": "40s"}, "for": "20s"},
        "consult": {"probability": 0.03, "after": "30s", "to": {"queue": other}, "for": "30s"},
        "transfer": {
            "probability": 0.05,
            "after": {"exponential": "60s"},
            "to": {"queue": other},
            "mode": "blind",
        },
    }
    common = {
        "answer": {"uniform": ["1s", "5s"]},
        "talk": {"lognormal": {"mean": "110s", "sd": "80s"}},
        "wrap_up": {"exponential": "15s"},
        "habits": habits,
        "late": {"exponential": "2min"},
    }
    shifts = (
        ("early", first, middle - 1, "08:00", "17:00", "11:30", "10:00"),
        ("late", middle, last, "12:00", "21:00", "15:30", "18:30"),
    )
    return [
        {
            "name": f"{name} {queue}",
            "agents": f"{begin}-{end}",
            "shifts": [{"from": comes, "to": goes}],
            "breaks": [
                {"at": lunch, "for": "30min", "spread": "90min", "reason": 1},
                {"at": coffee, "for": "10min", "spread": "60min", "reason": 2},
            ],
            **common,
        }
        for name, begin, end, comes, goes, lunch, coffee in shifts
    ]


def largest_size() -> float:
    """The most memory that this process has had, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20) if sys.platform == "darwin" else most / 1024


def main(calls: int = CALLS) -> None:
    """Play the day, and print how long it took and what came of it."""
    print(machine())
    begun, before = time.perf_counter(), time.process_time()
    result = Run(the_day(calls)).play()
    seconds, busy = time.perf_counter() - begun, time.process_time() - before
    agents = QUEUES * TEAM
    print(f"a day of {agents:,} agents, {QUEUES} queues and {result.dialled:,} calls:")
    print(f"  {seconds:.1f} s ({busy:.1f} s of one core), {largest_size():,.0f} MiB")
    print(f"  {result.records:,} call records, {result.operations:,} operations")
    seen = result.events
    names = ("Transferred", "Held", "AgentResting", "IvrNodeEntered")
    print("  " + ", ".join(f"{seen.get(name, 0):,} {name}" for name in names))
    shown = ("asa", "abandonment", "service_level_20", "occupancy", "containment")
    print("  " + ", ".join(f"{name} {result.value(name):.2f}" for name in shown))
    if result.unfinished or not result.complete:
        raise SystemExit(f"{result.unfinished} calls were not over")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
