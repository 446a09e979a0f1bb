"""The M/M/c queue: the load that all engines are given, and what theory says of it."""

from __future__ import annotations

from emulator.scenario.erlang import Line

UTILISATION = 0.9
MEAN_SERVICE = 180.0
"""Seconds that an agent spends on a customer, on average; exponentially distributed."""


def arrival_rate(agents: int) -> float:
    """Customers per second, arriving as a Poisson process, that keep the agents busy to 90 %."""
    return UTILISATION * agents / MEAN_SERVICE


def line(agents: int) -> Line:
    """What theory says of that load."""
    return Line(agents, arrival_rate(agents), MEAN_SERVICE)


def mean_wait(agents: int) -> float:
    """Mean seconds in the queue, over all customers, those who do not wait included."""
    return line(agents).mean_wait
