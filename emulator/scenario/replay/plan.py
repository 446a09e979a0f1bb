"""The plan of a call: what is to happen to it, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from heapq import heappop, heappush
from typing import NamedTuple

from emulator.scenario.replay.calls import Call
from emulator.switch.directing import Target
from emulator.switch.terms import CallType, MediaType, TransferMode


class NotRebuilt(Exception):
    """Why no plan can be made of a call: a kind, and what it is about."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail


class Act(Enum):
    """What can happen to a call."""

    ARRIVE = auto()
    """A customer calls and comes to the device `to`."""
    ORIGINATE = auto()
    """The agent calls `to`."""
    RING = auto()
    """The agent's phone rings, from the queue that the call is in."""
    ANSWER = auto()
    REFUSE = auto()
    """The agent does not take the call; `reason` NO_ANSWER or REJECTED."""
    REFUSE_AND_RELEASE = auto()
    DIVERT = auto()
    """The queue cannot keep the call: for `reason` it goes to `to`, or ends."""
    LEAVE_FLOW = auto()
    """The flow leads on to `to`, or is over."""
    TRANSFER = auto()
    """The agent transfers to `to`, by `mode`."""
    CANCEL_TRANSFER = auto()
    HAND_OVER = auto()
    """The agent transfers to where the records do not follow."""
    OUTSIDE_ANSWERS = auto()
    OUTSIDE_FAILS = auto()
    HANG_UP = auto()
    """The customer hangs up."""
    AGENT_HANGS_UP = auto()
    RELEASE = auto()
    """The call is over for everybody, for `reason`."""


class Step(NamedTuple):
    """At `at` (µs) this happens; what else is said depends on the act."""

    at: int
    act: Act
    agent: int = 0
    to: Target | None = None
    reason: int = 0
    cause: int = 0
    mode: TransferMode = TransferMode.BLIND


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen to a call, in order."""

    call: Call
    caller: str
    called: str
    call_type: CallType
    media: MediaType
    steps: tuple[Step, ...]


def by_begin(plans: Iterable[Plan], back: int) -> Iterator[Plan]:
    """The same in the order in which calls began; begins go back by so many µs at most."""
    waiting: list[tuple[int, int, Plan]] = []
    latest: int | None = None
    for number, plan in enumerate(plans):
        begin = plan.call.begin
        latest = begin if latest is None else max(latest, begin)
        heappush(waiting, (begin, number, plan))
        while waiting and waiting[0][0] < latest - back:
            yield heappop(waiting)[2]
    while waiting:
        yield heappop(waiting)[2]
