"""How fast are switch and scenario engine as queueing simulators, and do they agree with others?

    python -m bench.simulation

The same M/M/50 queue runs on Ciw, on SimPy, on the bare switch, and as a scenario with all its
call records, operations and indicators; one after the other on one core. Waits in a queue this busy
are strongly correlated, so each runs several times, by other chances: what is shown are means and
the half-widths of their 95 % confidence intervals.
"""

from __future__ import annotations

import importlib
import os
import random
import time
from collections.abc import Callable, Generator, Sequence
from typing import NamedTuple

from bench.erlang import MEAN_SERVICE, arrival_rate, line
from bench.machine import machine
from emulator.scenario.intervals import spread

AGENTS = 50
CUSTOMERS = 25_000
"""Of each run."""
RUNS = 10
SEED = 1
WITHIN = 20
"""Seconds of the service level."""


class Seen(NamedTuple):
    """Mean wait (s), the share of customers who waited, and of those answered WITHIN."""

    mean_wait: float
    waited: float
    within: float


Engine = Callable[[int, int, int], Seen]
"""Takes customers, agents and a seed; returns what it has seen."""


def seen(waits: Sequence[float]) -> Seen:
    """What the waits of all customers amount to."""
    count = len(waits)
    return Seen(
        sum(waits) / count,
        sum(wait > 0 for wait in waits) / count,
        sum(wait <= WITHIN for wait in waits) / count,
    )


def run_ciw(n: int, agents: int, seed: int) -> Seen:
    import ciw  # type: ignore[import-untyped]

    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(arrival_rate(agents))],
        service_distributions=[ciw.dists.Exponential(1 / MEAN_SERVICE)],
        number_of_servers=[agents],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(n, method="Finish")
    waits: list[float] = [record.waiting_time for record in simulation.get_all_records()]
    return seen(waits)


def run_simpy(n: int, agents: int, seed: int) -> Seen:
    import simpy

    draw = random.Random(seed)
    environment = simpy.Environment()
    servers = simpy.Resource(environment, capacity=agents)
    waits: list[float] = []

    def customer() -> Generator[simpy.Event, object, None]:
        arrived = environment.now
        with servers.request() as served:
            yield served
            waits.append(environment.now - arrived)
            yield environment.timeout(draw.expovariate(1 / MEAN_SERVICE))

    def arrivals() -> Generator[simpy.Event, object, None]:
        for _ in range(n):
            yield environment.timeout(draw.expovariate(arrival_rate(agents)))
            environment.process(customer())

    environment.process(arrivals())
    environment.run()
    return seen(waits)


def run_switch(n: int, agents: int, seed: int) -> Seen:
    """Our switch in virtual time; `bench.switch` builds the call center around it."""
    waits: list[float] = importlib.import_module("bench.switch").run_switch(n, agents, seed)
    return seen(waits)


def run_scenario(n: int, agents: int, seed: int) -> Seen:
    """The scenario engine, which writes and counts every record; figures are its own."""
    from bench.scenario import queue_of
    from emulator.scenario.engine.run import Run

    result = Run(queue_of(n, agents), seed).play()
    return Seen(
        result.value("mean_wait"),
        result.value("wait_probability") / 100,
        result.value(f"service_level_{WITHIN}") / 100,
    )


ENGINES: dict[str, Engine] = {
    "Ciw": run_ciw,
    "SimPy": run_simpy,
    "switch": run_switch,
    "scenario": run_scenario,
}


def measure(name: str, n: int, agents: int, seed: int, runs: int = RUNS) -> str:
    """A line of the report: customers per second and what was seen, or that there is no engine."""
    started = time.perf_counter()
    try:
        found = [ENGINES[name](n, agents, seed + run) for run in range(runs)]
    except ModuleNotFoundError as missing:
        return f"{name:<8} not built ({missing.name})"
    rate = n * runs / (time.perf_counter() - started)
    means = [spread(values) for values in zip(*found, strict=True)]
    return f"{name:<8} {rate:>10,.0f} customers/s   {shown(*(it[::2] for it in means))}"


def shown(
    wait: tuple[float, float], waited: tuple[float, float], within: tuple[float, float]
) -> str:
    """Means and half-widths as a line has them."""
    return (
        f"mean wait {wait[0]:6.2f} ±{wait[1]:5.2f} s   "
        f"waited {waited[0]:.3f} ±{waited[1]:.3f}   "
        f"within {WITHIN} s {within[0]:.3f} ±{within[1]:.3f}"
    )


def stay_on_one_core() -> None:
    """Pin this process, so that no engine profits from a second core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def main() -> None:
    stay_on_one_core()
    print(machine())
    print(f"M/M/{AGENTS}, {RUNS} runs of {CUSTOMERS:,} customers, one core")
    for name in ENGINES:
        print(measure(name, CUSTOMERS, AGENTS, SEED), flush=True)
    exact = line(AGENTS)
    theory = (exact.mean_wait, exact.wait_probability, exact.service_level(WITHIN))
    print(f"{'Erlang C':<8} {'':>10}               {shown(*((it, 0.0) for it in theory))}")


if __name__ == "__main__":
    main()
