"""Agents at the REST gateway under load in real time: is every event there, and how soon?

    python -m bench.realtime [agents] [calls/s] [seconds]

By default 300 agents, 50 calls/s, ten minutes. The emulator has a process of its own; customers
and agents are a scenario that this process plays against it. Every agent is a client of the agent
gateway that signs in, polls, answers, talks for 3 s and ends its wrap-up after 1 s, and knows
nothing but what it is told there. Prints rates and how long it takes from the switch's `Delivered`
until the client has read that its phone rings, on one machine's clock. Status 1 if an event was
lost, an agent was in another state than its client believed, or a call was left over.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.machine import machine
from emulator.scenario.doors.against import Performance, performance
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.result import Result
from emulator.server import run
from emulator.testing.servers import ChildProcess

FIRST = 101
TALK, WRAP_UP = 3, 1
REPORT_EVERY_S = 30.0
MICROSECONDS_OF_A_MILLISECOND = 1000


def scenario(agents: int, rate: float, seconds: int) -> Scenario:
    """Customers who call by chance, so many a second on average, and agents for them."""
    numbers = f"{FIRST}-{FIRST + agents - 1}"
    tenant: dict[str, Any] = {
        "id": 1,
        "name": "real time",
        "trunks": [{"name": "outside", "channels": 10_000}],
        "agents": [
            {
                "range": numbers,
                "name": "agent {n}",
                "password": "Bench@2026",
                "phone": "4{n}",
                "skills": [{"queue": 1}],
            }
        ],
        "phones": [{"range": numbers, "number": "4{n}"}],
        "queues": [{"id": 1, "name": "all", "max_wait": 600, "max_waiting": 10_000}],
        "access_codes": [{"code": "95001", "routes": [{"target": "queue", "target_id": 1}]}],
    }
    return Scenario.model_validate(
        {
            "name": "real time",
            "tenants": [tenant],
            "duration": f"{seconds}s",
            "run_out": "2min",
            "streams": [
                {"name": "customers", "dials": "95001", "arrivals": {"poisson": f"{rate}/s"}}
            ],
            "agents": [
                {
                    "name": "team",
                    "agents": numbers,
                    "answer": {"fixed": 0.2},
                    "talk": {"fixed": TALK},
                    "wrap_up": {"fixed": WRAP_UP},
                }
            ],
        }
    )


@dataclass(slots=True)
class Measured:
    """What came of it; latencies in ms, CPU seconds of this process."""

    result: Result
    seconds: float
    told: int
    latencies: list[float]
    cpu: float


async def measure(
    url: str, played: Scenario, report: Callable[[Performance], bool] | None = None
) -> Measured:
    """Play it against the emulator at the URL."""
    async with performance(played, url) as performed:
        begun, cpu = time.monotonic(), time.process_time()
        result = await performed.play(report)
        return Measured(
            result,
            time.monotonic() - begun,
            performed.audit.told,
            [it / MICROSECONDS_OF_A_MILLISECOND for it in performed.audit.latencies],
            time.process_time() - cpu,
        )


class Report:
    """A line now and then."""

    def __init__(self) -> None:
        self._next = time.monotonic() + REPORT_EVERY_S

    def __call__(self, performed: Performance) -> bool:
        if time.monotonic() >= self._next:
            self._next += REPORT_EVERY_S
            played = (performed.now - performed.begins) / 1e6
            print(f"{played:6.0f} s {performed.dialled:7} calls", flush=True)
        return True


def show(measured: Measured, agents: int, seconds: int) -> None:
    """Print it."""
    result, latencies = measured.result, measured.latencies
    quantiles = statistics.quantiles(latencies, n=1000)
    print(machine())
    print(f"{agents} agents, {result.dialled} calls, {result.dialled / seconds:.1f} calls/s")
    print(f"answered                {result.value('answered'):10.0f}")
    print(f"ringing, talking, released {measured.told:7} told")
    print(f"ringing after, median   {statistics.median(latencies):10.2f} ms")
    print(f"ringing after, p99      {quantiles[989]:10.2f} ms")
    print(f"ringing after, p99.9    {quantiles[998]:10.2f} ms")
    print(f"ringing after, longest  {max(latencies):10.2f} ms")
    print(f"CPU of the clients      {measured.cpu / measured.seconds:10.0%} of a core")
    print(f"refused                 {result.refused or 'nothing'}")
    for it in result.verdicts:
        print(f"{'kept' if it.met else 'BROKEN'}: {it.expected}: {it.seen}")


def main() -> None:
    """Start an emulator, put it under load, stop it."""
    given = sys.argv[1:4]
    agents, rate, seconds = (float(it) for it in (*given, *("300", "50", "600")[len(given) :]))
    emulator = ChildProcess({})
    try:
        played = scenario(int(agents), rate, int(seconds))
        measured = run(measure(emulator.url, played, Report()))
    finally:
        emulator.stop()
    show(measured, int(agents), int(seconds))
    sys.exit(0 if measured.result.met and measured.result.complete else 1)


if __name__ == "__main__":
    main()
