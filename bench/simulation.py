"""How fast is the switch as a queueing simulator, beside Ciw and SimPy, and does it agree?

    python -m bench.simulation

The same M/M/50 queue runs on every engine, one after the other on one core. Waits in a queue this
busy are strongly correlated: the mean of a single run of 100,000 customers has a standard deviation
of some 15 % around the theoretical one.
"""

from __future__ import annotations

import importlib
import os
import random
import time
from collections.abc import Callable, Generator

from bench.erlang import MEAN_SERVICE, arrival_rate, mean_wait
from bench.machine import machine

AGENTS = 50
CUSTOMERS = 100_000
SEED = 1

Engine = Callable[[int, int, int], float]
"""Takes customers, agents and a seed; returns the customers' mean wait in seconds."""


def run_ciw(n: int, agents: int, seed: int) -> float:
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
    return sum(waits) / len(waits)


def run_simpy(n: int, agents: int, seed: int) -> float:
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
    return sum(waits) / len(waits)


def run_switch(n: int, agents: int, seed: int) -> float:
    """Our switch in virtual time; `bench.switch` builds the call center around it."""
    engine: Engine = importlib.import_module("bench.switch").run_switch
    return engine(n, agents, seed)


ENGINES: dict[str, Engine] = {"Ciw": run_ciw, "SimPy": run_simpy, "switch": run_switch}


def measure(name: str, n: int, agents: int, seed: int) -> str:
    """A line of the report: customers per second and mean wait, or that there is no such engine."""
    started = time.perf_counter()
    try:
        wait = ENGINES[name](n, agents, seed)
    except ModuleNotFoundError as missing:
        return f"{name:<8} not built ({missing.name})"
    rate = n / (time.perf_counter() - started)
    return f"{name:<8} {rate:>10,.0f} customers/s   mean wait {wait:6.2f} s"


def stay_on_one_core() -> None:
    """Pin this process, so that no engine profits from a second core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def main() -> None:
    stay_on_one_core()
    print(machine())
    print(f"M/M/{AGENTS}, {CUSTOMERS:,} customers, seed {SEED}, one core")
    for name in ENGINES:
        print(measure(name, CUSTOMERS, AGENTS, SEED), flush=True)
    print(f"{'Erlang C':<8} {'':>10}               mean wait {mean_wait(AGENTS):6.2f} s")


if __name__ == "__main__":
    main()
