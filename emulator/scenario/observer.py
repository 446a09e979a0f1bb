"""Watches a run for what no indicator counts: the course of queues, waits, and agents' days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from emulator.scenario.file.quantities import SECOND
from emulator.switch import events
from emulator.switch.terms import AgentState, QueueOutcome

SHOWN_AGENTS = 60
"""Whose days are drawn, in the order of signing in; the others are only counted."""
SPANS_OF_AN_AGENT = 2_000

STATES = {
    events.AgentReady: AgentState.IDLE,
    events.AgentNotReady: AgentState.BUSY,
    events.AgentResting: AgentState.REST,
    events.AgentWorkingAfterCall: AgentState.WRAP_UP,
    events.AgentLoggedOff: AgentState.SIGNED_OUT,
}


@dataclass(slots=True)
class QueueCourse:
    """How a queue went: its length over time by interval, and how long who waited."""

    length: int = 0
    since: int = 0
    longest: Counter[int] = field(default_factory=Counter)
    """The greatest length, by interval."""
    waiting: Counter[int] = field(default_factory=Counter)
    """µs that customers waited in each interval, all together."""
    answered: Counter[int] = field(default_factory=Counter)
    """How many waited so many whole seconds until an agent was found."""
    abandoned: Counter[int] = field(default_factory=Counter)
    """How many gave up after so many whole seconds."""


@dataclass(slots=True)
class AgentDay:
    """What an agent did: (state, begin, end) in µs."""

    spans: list[tuple[AgentState, int, int]] = field(default_factory=list)


class Observer:
    """Hears a switch's events from `begin` (µs) on, in intervals of `step`.

    `handlers` take note of an event, by its type.
    """

    def __init__(self, begin: int, step: int) -> None:
        self.begin = begin
        self.step = step
        self.queues: dict[tuple[int, int], QueueCourse] = {}
        """By tenant and queue."""
        self.agents: dict[int, AgentDay] = {}
        self.in_state: dict[AgentState, Counter[int]] = {}
        """µs that agents spent in a state, by interval."""
        self.arrivals: Counter[int] = Counter()
        self._since: dict[int, tuple[AgentState, int]] = {}
        self.handlers: dict[type[Any], Callable[[Any], None]] = {
            events.Offered: self._offered,
            events.Queued: self._queued,
            events.QueueLeft: self._left,
            events.AgentStateChanged: self._state_changed,
            events.Delivered: self._delivered,
            events.AgentBusy: self._busy,
            **{kind: self._entering(state) for kind, state in STATES.items()},
        }

    def close(self, at: int) -> None:
        """The run is over: what goes on ends here."""
        for agent in list(self._since):
            self._enter(agent, AgentState.SIGNED_OUT, at)
        for course in self.queues.values():
            self._change(course, 0, at)

    # Calls

    def _offered(self, event: events.Offered) -> None:
        if event.at >= self.begin:
            self.arrivals[(event.at - self.begin) // self.step] += 1

    def _queued(self, event: events.Queued) -> None:
        key = (event.tenant, event.queue)
        course = self.queues.get(key)
        if course is None:
            course = self.queues[key] = QueueCourse(since=event.at)
        self._change(course, 1, event.at)

    def _left(self, event: events.QueueLeft) -> None:
        course = self.queues[event.tenant, event.queue]
        self._change(course, -1, event.at)
        if event.at >= self.begin:
            if event.outcome is QueueOutcome.ANSWERED:
                course.answered[event.waited // SECOND] += 1
            elif event.outcome is QueueOutcome.ABANDONED:
                course.abandoned[event.waited // SECOND] += 1

    def _change(self, course: QueueCourse, by: int, at: int) -> None:
        if course.length and at > course.since:
            self._spread(course.waiting, course.since, at, course.length)
        course.length += by
        course.since = at
        if by > 0 and at >= self.begin:
            interval = (at - self.begin) // self.step
            if course.length > course.longest[interval]:
                course.longest[interval] = course.length

    # Agents

    def _entering(self, state: AgentState) -> Callable[[Any], None]:
        return lambda event: self._enter(event.agent, state, event.at)

    def _state_changed(self, event: events.AgentStateChanged) -> None:
        self._enter(event.agent, event.state, event.at)

    def _delivered(self, event: events.Delivered) -> None:
        if event.agent and event.agent == event.work_no:
            self._enter(event.agent, AgentState.ANSWERING, event.at)

    def _busy(self, event: events.AgentBusy) -> None:
        """The agent has answered, unless it calls somebody itself."""
        state, _ = self._since.get(event.agent, (AgentState.SIGNED_OUT, 0))
        if state is not AgentState.OCCUPIED:
            self._enter(event.agent, AgentState.TALKING, event.at)

    def _enter(self, agent: int, state: AgentState, at: int) -> None:
        before = self._since.get(agent)
        if before is not None:
            if before[0] is state:
                return
            if at > before[1]:
                self._note(agent, *before, at)
        if state is AgentState.SIGNED_OUT:
            self._since.pop(agent, None)
        else:
            self._since[agent] = (state, at)

    def _note(self, agent: int, state: AgentState, since: int, at: int) -> None:
        counted = self.in_state.get(state)
        if counted is None:
            counted = self.in_state[state] = Counter()
        self._spread(counted, since, at, 1)
        day = self.agents.get(agent)
        if day is None and len(self.agents) < SHOWN_AGENTS:
            day = self.agents[agent] = AgentDay()
        if day is not None and len(day.spans) < SPANS_OF_AN_AGENT:
            day.spans.append((state, since, at))

    def _spread(self, counter: Counter[int], since: int, until: int, weight: int) -> None:
        """Divide a time among the intervals that it touches."""
        begin, step = self.begin, self.step
        since = since - begin if since > begin else 0
        until -= begin
        if since // step == until // step:
            counter[since // step] += (until - since) * weight
            return
        while since < until:
            interval = since // step
            boundary = (interval + 1) * step
            if boundary > until:
                boundary = until
            counter[interval] += (boundary - since) * weight
            since = boundary
