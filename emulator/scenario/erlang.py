"""What theory says of a queue: Erlang C (M/M/c) and Erlang A (M/M/c+M), exactly.

Customers come by chance at a steady rate, `agents` serve them in the order of coming, conversations
are exponentially distributed, and so is patience where there is any. Everything is computed from
the probabilities of how many customers are there, which fall to both sides of the likeliest number:
so nothing overflows, whatever the number of agents. Times are seconds, rates are per second,
probabilities and shares lie between 0 and 1.

Who finds j customers waiting waits for j + 1 departures of those in front, which come at the rates
r, r + θ, ..., r + jθ, where r is the rate at which all agents together finish, and θ the rate at
which one loses patience. Until t fewer than j + 1 of them have come with the probability

    sum over k ≤ j of  exp(-rt) (r/θ)(r/θ + 1) ... (r/θ + k - 1) (1 - exp(-θt))^k / k!

all of whose terms are positive; without patience it is the sum of Poisson probabilities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, count
from math import exp, expm1, fsum, log

NEGLIGIBLE = 1e-18
"""States less likely than this, of the most likely one, are left out."""


@dataclass(frozen=True)
class Line:
    """A queue with its agents; `patience` None: nobody gives up.

    `rate` of customers, mean `service` and mean `patience`. A line that would grow without end is
    a `ValueError`.
    """

    agents: int
    rate: float
    service: float
    patience: float | None = None

    def __post_init__(self) -> None:
        if self.agents < 1 or self.rate <= 0 or self.service <= 0:
            raise ValueError("a line needs agents, customers, and something to talk about")
        if self.patience is not None and self.patience <= 0:
            raise ValueError("patience must be longer than nothing")
        if self.patience is None and self.offered >= self.agents:
            raise ValueError("more is offered than the agents can do, and nobody gives up")

    @property
    def offered(self) -> float:
        """The load that customers offer, in erlangs."""
        return self.rate * self.service

    # The states

    @property
    def _finishing(self) -> float:
        """The rate at which occupied agents finish, all together."""
        return self.agents / self.service

    @property
    def _leaving(self) -> float:
        """The rate at which one who waits gives up."""
        return 0.0 if self.patience is None else 1 / self.patience

    def _ending(self, there: int) -> float:
        """The rate at which one of so many customers goes, served or not."""
        waiting = max(there - self.agents, 0)
        return (there - waiting) / self.service + waiting * self._leaving

    @cached_property
    def states(self) -> tuple[float, ...]:
        """The probabilities that 0, 1, ... customers are there, waiting or being served."""
        if self.offered <= self.agents:
            likeliest = int(self.offered)
        else:
            likeliest = self.agents + int((self.rate - self._finishing) * (self.patience or 0))
        fewer = list(self._fewer(likeliest))
        weights = (*reversed(fewer), *self._more(likeliest))
        total = fsum(weights)
        return tuple(weight / total for weight in weights)

    def _fewer(self, there: int) -> Iterator[float]:
        weight = 1.0
        for customers in range(there, 0, -1):
            weight *= self._ending(customers) / self.rate
            yield weight

    def _more(self, there: int) -> Iterator[float]:
        weight = 1.0
        for customers in count(there + 1):
            yield weight
            ratio = self.rate / self._ending(customers)
            weight *= ratio
            if customers > self.agents and ratio < 1 and weight < NEGLIGIBLE * (1 - ratio):
                return

    @cached_property
    def _all_occupied(self) -> tuple[float, ...]:
        """The probabilities that all agents are, while 0, 1, ... customers wait."""
        return self.states[self.agents :]

    # On average

    @cached_property
    def wait_probability(self) -> float:
        """The share of customers who find every agent occupied."""
        return fsum(self._all_occupied)

    @cached_property
    def mean_queue(self) -> float:
        """How many wait, on average over time."""
        return fsum(place * share for place, share in enumerate(self._all_occupied))

    @property
    def mean_wait(self) -> float:
        """The mean wait of all customers, those who give up or do not wait included."""
        return self.mean_queue / self.rate

    @property
    def abandonment(self) -> float:
        """The share of customers who give up."""
        return self._leaving * self.mean_queue / self.rate

    @property
    def occupancy(self) -> float:
        """The share of their time that agents are occupied."""
        return self.offered * (1 - self.abandonment) / self.agents

    @cached_property
    def asa(self) -> float:
        """Average speed of answer: the mean wait of those who are answered."""
        finishing, leaving = self._finishing, self._leaving
        waits = accumulate(1 / (finishing + k * leaving) for k in count(1))
        answered = zip(self._all_occupied, self._answered, waits, strict=False)
        return fsum(share * chance * wait for share, chance, wait in answered) / (
            1 - self.abandonment
        )

    @cached_property
    def _answered(self) -> tuple[float, ...]:
        """The probability that one is answered who finds 0, 1, ... waiting."""
        finishing, leaving = self._finishing, self._leaving
        return tuple(
            finishing / (finishing + (place + 1) * leaving)
            for place in range(len(self._all_occupied))
        )

    # Within a time

    def wait_exceeds(self, seconds: float) -> float:
        """The share of customers who wait longer, whatever becomes of them."""
        still = self._still_waiting(self._finishing, seconds)
        wait = fsum(share * it for share, it in zip(self._all_occupied, still, strict=False))
        return wait * exp(-self._leaving * seconds)

    def answered_later(self, seconds: float) -> float:
        """The share of customers who wait longer, and are answered then."""
        still = self._still_waiting(self._finishing + self._leaving, seconds)
        answered = zip(self._all_occupied, self._answered, still, strict=False)
        return fsum(share * chance * it for share, chance, it in answered)

    def service_level(self, seconds: float) -> float:
        """The share of customers who are answered within that time."""
        return 1 - self.abandonment - self.answered_later(seconds)

    def answered_wait_exceeds(self, seconds: float) -> float:
        """The share of those who are answered, whose wait is longer."""
        return self.answered_later(seconds) / (1 - self.abandonment)

    def _still_waiting(self, rate: float, seconds: float) -> Iterator[float]:
        """The probability that one still waits who found 0, 1, ... waiting, as above."""
        leaving = self._leaving
        spent = -expm1(-leaving * seconds) / leaving if leaving else seconds
        logarithm, still = -rate * seconds, 0.0
        for place in count():
            still += exp(logarithm)
            yield min(still, 1.0)
            if not spent:
                logarithm = -1e9
                continue
            logarithm += log((rate + place * leaving) * spent / (place + 1))


def erlang_b(agents: int, offered: float) -> float:
    """The share of customers who are turned away where nobody can wait."""
    blocked = 1.0
    for occupied in range(1, agents + 1):
        blocked = offered * blocked / (occupied + offered * blocked)
    return blocked


def erlang_c(agents: int, offered: float) -> float:
    """The share of customers who have to wait, by Erlang's formula; `offered` below `agents`."""
    if offered >= agents:
        raise ValueError("more is offered than the agents can do")
    blocked = erlang_b(agents, offered)
    return agents * blocked / (agents - offered * (1 - blocked))
