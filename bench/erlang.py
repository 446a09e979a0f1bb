"""The M/M/c queue: the load that all engines are given, and what theory says of it."""

from __future__ import annotations

UTILISATION = 0.9
MEAN_SERVICE = 180.0
"""Seconds that an agent spends on a customer, on average; exponentially distributed."""


def arrival_rate(agents: int) -> float:
    """Customers per second, arriving as a Poisson process, that keep the agents busy to 90 %."""
    return UTILISATION * agents / MEAN_SERVICE


def erlang_c(agents: int, offered: float) -> float:
    """The probability that a customer has to wait; `offered` load in erlangs below `agents`."""
    blocking = 1.0
    for servers in range(1, agents + 1):
        blocking = offered * blocking / (servers + offered * blocking)
    utilisation = offered / agents
    return blocking / (1 - utilisation * (1 - blocking))


def mean_wait(agents: int) -> float:
    """Mean seconds in the queue, over all customers, those who do not wait included."""
    rate = arrival_rate(agents)
    return erlang_c(agents, rate * MEAN_SERVICE) / (agents / MEAN_SERVICE - rate)
