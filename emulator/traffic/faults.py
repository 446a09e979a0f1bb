"""Faults: what shall go wrong, where, how often.

A fault names the requests or events it is for, and one effect. Of the faults that a request or
event meets, delays add up, and the first other effect counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random
from typing import NamedTuple

from emulator.snapshot.part import Part, attribute


class RequestFacts(NamedTuple):
    """What is known of a request before it is served; 0 and empty: not known."""

    surface: str
    section: str
    method: str
    path: str
    agent: int
    tenant: int


@dataclass(frozen=True, slots=True)
class RequestPattern:
    """Which requests: those that fit in everything that is given. `path` may hold `*` and `?`."""

    surface: str | None = None
    section: str | None = None
    method: str | None = None
    path: str | None = None
    agent: int | None = None
    tenant: int | None = None

    def fits(self, facts: RequestFacts) -> bool:
        """Say whether the request is one of them."""
        return (
            self.surface in (None, facts.surface)
            and self.section in (None, facts.section)
            and self.method in (None, facts.method)
            and self.agent in (None, facts.agent)
            and self.tenant in (None, facts.tenant)
            and (self.path is None or fnmatchcase(facts.path, self.path))
        )


@dataclass(frozen=True, slots=True)
class EventPattern:
    """Which events for clients: `type` as the door names it, may hold `*` and `?`."""

    type: str | None = None
    agent: int | None = None
    tenant: int | None = None

    def fits(self, kind: str, agent: int, tenant: int) -> bool:
        """Say whether the event is one of them."""
        return (
            self.agent in (None, agent)
            and self.tenant in (None, tenant)
            and (self.type is None or fnmatchcase(kind, self.type))
        )


# Effects on requests. `served` says whether the request still takes effect.


@dataclass(frozen=True, slots=True)
class Delay:
    """The answer comes so many real seconds later; `served` first, or only then."""

    seconds: float
    served: bool = True


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """A refusal with this code in the component's envelope."""

    code: str
    message: str = "fault"
    served: bool = False


@dataclass(frozen=True, slots=True)
class HttpStatus:
    """Another status line, with this body."""

    status: int
    body: str = ""
    served: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection breaks without an answer."""

    served: bool = False


@dataclass(frozen=True, slots=True)
class HalfSent:
    """The connection breaks in the middle of the answer's body."""

    served: bool = True


# Effects on events


@dataclass(frozen=True, slots=True)
class Lose:
    """The client never hears of it."""


@dataclass(frozen=True, slots=True)
class Double:
    """The client hears of it twice."""


@dataclass(frozen=True, slots=True)
class Late:
    """The client hears of it so many real seconds later, after what follows meanwhile."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Reorder:
    """The client hears of the agent's next event first."""


Ending = ErrorCode | HttpStatus | Drop | HalfSent
RequestEffect = Delay | Ending
EventEffect = Lose | Double | Late | Reorder


@dataclass(slots=True)
class Fault:
    """`count`: how many times at most; `since` and `until`: domain time in µs; `hits` so far."""

    where: RequestPattern | EventPattern
    effect: RequestEffect | EventEffect
    probability: float = 1.0
    count: int | None = None
    since: int | None = None
    until: int | None = None
    number: int = 0
    hits: int = 0

    def is_due(self, now: int) -> bool:
        """Say whether it is in force."""
        return (
            (self.count is None or self.hits < self.count)
            and (self.since is None or now >= self.since)
            and (self.until is None or now < self.until)
        )


@dataclass(slots=True)
class Mishap:
    """What happens to one request: pauses in seconds before and after it is served, its end."""

    before: float = 0.0
    after: float = 0.0
    ending: Ending | None = None
    faults: list[int] = field(default_factory=list)

    @property
    def served(self) -> bool:
        """Whether the request takes effect."""
        return self.ending is None or self.ending.served


class Faults:
    """The faults of one world, in the order they were ordered."""

    def __init__(self, random: Random, now: Callable[[], int]) -> None:
        """`now` gives domain time in microseconds."""
        self._random = random
        self._now = now
        self._latest = 0
        self.for_requests: list[Fault] = []
        self.for_events: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        """All of them, by number."""
        return iter(sorted(self.for_requests + self.for_events, key=lambda it: it.number))

    def order(self, fault: Fault) -> int:
        """Put a fault in force; gives its number."""
        self._latest += 1
        fault.number = self._latest
        is_request = isinstance(fault.where, RequestPattern)
        (self.for_requests if is_request else self.for_events).append(fault)
        return fault.number

    def withdraw(self, number: int) -> bool:
        """Take a fault back; False if there is none with this number."""
        for faults in (self.for_requests, self.for_events):
            for index, fault in enumerate(faults):
                if fault.number == number:
                    del faults[index]
                    return True
        return False

    def parts(self) -> Sequence[Part]:
        """What a snapshot keeps of them."""
        return (
            attribute(self, "for_requests", list[Fault], "faults of requests"),
            attribute(self, "for_events", list[Fault], "faults of events"),
            attribute(self, "_latest", int, "latest fault"),
        )

    def clear(self) -> None:
        """Take all faults back."""
        self.for_requests.clear()
        self.for_events.clear()

    def meet(self, facts: RequestFacts) -> Mishap | None:
        """What happens to a request, None if it is left alone."""
        mishap = Mishap()
        for fault in self.for_requests:
            if not isinstance(fault.where, RequestPattern) or not fault.where.fits(facts):
                continue
            effect = fault.effect
            if isinstance(effect, Delay):
                if self._strikes(fault):
                    mishap.faults.append(fault.number)
                    mishap.before += 0 if effect.served else effect.seconds
                    mishap.after += effect.seconds if effect.served else 0
            elif mishap.ending is None and isinstance(effect, Ending) and self._strikes(fault):
                mishap.faults.append(fault.number)
                mishap.ending = effect
        return mishap if mishap.faults else None

    def befall(self, kind: str, agent: int, tenant: int) -> EventEffect | None:
        """What happens to an event on its way to a client, None if it is left alone."""
        for fault in self.for_events:
            if (
                isinstance(fault.where, EventPattern)
                and isinstance(fault.effect, EventEffect)
                and fault.where.fits(kind, agent, tenant)
                and self._strikes(fault)
            ):
                return fault.effect
        return None

    def _strikes(self, fault: Fault) -> bool:
        if not fault.is_due(self._now()):
            return False
        if fault.probability < 1 and self._random.random() >= fault.probability:
            return False
        fault.hits += 1
        return True
