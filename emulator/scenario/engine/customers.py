"""Customers: they call, press keys, wait, lose patience, hang up and call again."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from random import Random
from typing import Any

from emulator.scenario.engine.agenda import Agenda
from emulator.scenario.engine.stage import Dialling, Stage
from emulator.scenario.file.arrivals import Arrival, Period
from emulator.scenario.file.distributions import ENDLESS
from emulator.scenario.file.people import Customers, Stream
from emulator.scenario.file.quantities import SECOND

TALK_OUTSIDE = 180 * SECOND
"""µs after which customers who were handed on to a number outside hang up."""
RandomStream = Callable[[str], Random]
"""Gives the random stream of a name."""


class Customer:
    """One customer, from dialling to hanging up; `tries` counts the calls before this one."""

    __slots__ = (
        "answered",
        "call",
        "caller",
        "crowd",
        "data",
        "dialled",
        "gave_up",
        "is_chat",
        "node",
        "tries",
        "waits",
    )

    def __init__(self, crowd: Crowd, caller: str, dialled: str, data: str, tries: int = 0) -> None:
        self.crowd = crowd
        self.caller = caller
        self.dialled = dialled
        self.data = data
        self.tries = tries
        self.call = ""
        self.waits = 0
        """Which wait this is: what was meant for an earlier one is pointless. 0: does not wait."""
        self.node = 0
        self.answered = False
        self.gave_up = False
        self.is_chat = False

    # What it hears

    def begun(self, call: str, *, is_chat: bool) -> None:
        """Its call is there."""
        self.call = call
        self.is_chat = is_chat

    def queued(self) -> None:
        """It waits for an agent, perhaps again."""
        if self.waits:
            return
        crowd = self.crowd
        crowd.serial = self.waits = crowd.serial + 1
        patience = crowd.patience()
        if patience < ENDLESS:
            crowd.agenda.after(patience, crowd.give_up, (self, self.waits))

    def talks(self) -> None:
        """An agent has answered."""
        self.waits = 0
        self.node += 1
        self.answered = True

    def handed_on(self) -> None:
        """It talks to somebody outside, and to no agent any more: nobody else ends that."""
        self.node += 1
        crowd = self.crowd
        crowd.agenda.after(TALK_OUTSIDE, crowd.press, (self, self.node, "hang_up"))

    def asked(self, node: str) -> None:
        """A flow has come to a node that may want a key."""
        self.node += 1
        keys = self.crowd.keys.get(node)
        if keys is None:
            return
        key = keys()
        if key != "nothing":
            crowd = self.crowd
            crowd.agenda.after(crowd.thinking(), crowd.press, (self, self.node, key))

    def over(self) -> None:
        """Its call is over."""
        self.call = ""
        self.waits = 0
        self.node += 1
        if self.gave_up:
            self.crowd.redial(self)


class Crowd:
    """All customers of a stream: their call times, numbers and behaviour."""

    def __init__(
        self,
        stream: Stream,
        behaviour: Customers,
        stage: Stage,
        agenda: Agenda,
        random: RandomStream,
    ) -> None:
        name = stream.name
        self.stream = stream
        self.stage = stage
        self.agenda = agenda
        self.serial = 0
        self.dialled = 0
        """How many calls were made, redials included."""
        self.given_up = 0
        self.redialled = 0
        self.patience = behaviour.patience.sampler(random(f"{name}: patience"))
        self.thinking = behaviour.thinking.sampler(random(f"{name}: thinking"))
        draw = random(f"{name}: keys").random
        self.keys = {node: chooser(keys, draw) for node, keys in behaviour.keys.items()}
        self._redial = behaviour.redial
        self._redials = random(f"{name}: redial")
        if behaviour.redial is not None:
            self._pause = behaviour.redial.after.sampler(self._redials)
        self._arrival_times = random(f"{name}: arrivals")
        self._numbers = numbers(stream.callers, random(f"{name}: callers"))
        self._arrivals: Iterator[Arrival] = iter(())
        self._begin = self._end = 0

    def begin(self, period: Period) -> None:
        """From now on customers call."""
        self._begin = self.agenda.now
        self._end = self._begin + period.length
        self._arrivals = self.stream.arrivals.arrivals(period, self._arrival_times)
        self._await_next()

    def _await_next(self) -> None:
        most = self.stream.at_most
        if most is not None and self.dialled - self.redialled >= most:
            return
        arrival = next(self._arrivals, None)
        if arrival is not None:
            self.agenda.at(self._begin + arrival.at, self._arrive, arrival)

    def _arrive(self, arrival: Arrival) -> None:
        caller = arrival.caller or next(self._numbers)
        dialled = arrival.dialled or self.stream.dials
        self._dial(Customer(self, caller, dialled, arrival.data or self.stream.data))
        self._await_next()

    def _dial(self, customer: Customer) -> None:
        self.dialled += 1
        stream = self.stream
        self.stage.dial_in(
            Dialling(
                customer,
                customer.caller,
                customer.dialled,
                stream.media,
                customer.data,
                stream.priority,
                stream.language,
            )
        )

    # What customers do

    def give_up(self, subject: tuple[Customer, int]) -> None:
        """Patience is over, unless somebody has answered."""
        customer, wait = subject
        if customer.waits == wait and customer.call:
            customer.gave_up = True
            self.given_up += 1
            self.stage.hang_up(customer.call)

    def press(self, subject: tuple[Customer, int, str]) -> None:
        """Press a key, or hang up, at a node of a flow that the call is still at."""
        customer, node, key = subject
        if customer.node != node or not customer.call:
            return
        if key == "hang_up":
            self.stage.hang_up(customer.call)
        else:
            self.stage.press(customer.call, key)

    def redial(self, customer: Customer) -> None:
        """Somebody who gave up may call again, unless it is too late for calls by then."""
        habit = self._redial
        if habit is None or customer.tries >= habit.times:
            return
        if self._redials.random() < habit.probability:
            pause = self._pause()
            if self.agenda.now + pause >= self._end:
                return
            self.redialled += 1
            again = Customer(
                self, customer.caller, customer.dialled, customer.data, customer.tries + 1
            )
            self.agenda.after(pause, self._dial, again)


def chooser(weights: Mapping[Any, float], draw: Callable[[], float]) -> Callable[[], str]:
    """Gives one of the names by chance, as their weights say."""
    names = list(weights)
    bounds = list(accumulate(weights.values()))
    total, last = bounds[-1], len(names) - 1
    return lambda: names[bisect(bounds, draw() * total, hi=last)]


def numbers(pattern: tuple[str, ...] | str, random: Random) -> Iterator[str]:
    """Phone numbers without end: each # is a digit by chance; several patterns take turns."""
    patterns = (pattern,) if isinstance(pattern, str) else pattern
    while True:
        for it in patterns:
            yield _number(it, random)


def _number(pattern: str, random: Random) -> str:
    wanted = pattern.count("#")
    if not wanted:
        return pattern
    digits = f"{int(random.random() * 10**wanted):0{wanted}d}"
    if pattern.endswith("#" * wanted):
        return pattern[:-wanted] + digits
    taken = iter(digits)
    return "".join(next(taken) if it == "#" else it for it in pattern)
