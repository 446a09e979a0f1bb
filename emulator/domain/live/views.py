"""A queue, a VDN and an agent as they stand, under the names that indicators and answers use.

Durations are whole seconds. Nothing here looks at every agent or call: what is not counted in
`counts` the switch has at hand.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

from emulator.domain.live.counts import (
    CALLING_OUT,
    SECOND,
    SIGNED_IN,
    Phase,
    TenantCounts,
    Window,
    no_agents,
)
from emulator.domain.live.live import Live
from emulator.switch.model import Agent, Call, Queue, Tenant
from emulator.switch.terms import IDLE, AgentState, QueueOutcome


@dataclass(frozen=True, slots=True)
class AgentCounts:
    """Agents by state; `places` as in `counts`."""

    places: list[int]

    @property
    def signed_in(self) -> int:
        return self.places[SIGNED_IN]

    @property
    def idle(self) -> int:
        return self.places[AgentState.IDLE]

    @property
    def preoccupied(self) -> int:
        return self.places[AgentState.PREOCCUPIED]

    @property
    def occupied(self) -> int:
        return self.places[AgentState.OCCUPIED]

    @property
    def answering(self) -> int:
        return self.places[AgentState.ANSWERING]

    @property
    def talking(self) -> int:
        return self.places[AgentState.TALKING]

    @property
    def wrapping_up(self) -> int:
        return self.places[AgentState.WRAP_UP]

    @property
    def busy(self) -> int:
        return self.places[AgentState.BUSY]

    @property
    def resting(self) -> int:
        return self.places[AgentState.REST]

    @property
    def studying(self) -> int:
        return self.places[AgentState.STUDY]

    @property
    def calling_out(self) -> int:
        return self.places[CALLING_OUT]


@dataclass(frozen=True, slots=True)
class QueueView:
    """A queue at the instant `now`."""

    live: Live
    queue: Queue
    now: int

    @property
    def agents(self) -> AgentCounts:
        """Those that are signed in to the queue."""
        return AgentCounts(self.live.queue(self.queue.tenant.id, self.queue.id).agents)

    @property
    def available(self) -> int:
        """Agents to whom a call of the queue could be offered now."""
        return len(self.queue.idle)

    @property
    def queuing(self) -> int:
        return len(self.queue.waiting)

    @property
    def handled(self) -> int:
        """Calls of the queue in which an agent is."""
        return self.connected - self.queue.finished

    @property
    def connected(self) -> int:
        """Since the beginning."""
        return self.queue.outcomes[QueueOutcome.ANSWERED]

    @property
    def longest_waiting(self) -> Call | None:
        """The call that has been in the line for longest; each priority has an oldest one."""
        waiting, place = self.queue.waiting, 0
        oldest: tuple[int, int, str] | None = None
        while place < len(waiting):
            key = waiting[place]
            if oldest is None or key[1] < oldest[1]:
                oldest = key
            place = bisect_left(waiting, (key[0] + 1,), place)
        return None if oldest is None else self.queue.tenant.calls[oldest[2]]

    @property
    def longest_wait(self) -> int:
        call = self.longest_waiting
        return 0 if call is None else waiting_time(call, self.now)

    @property
    def quick(self) -> int:
        """Calls connected within 20 seconds in the last five minutes."""
        return self.live.queue(self.queue.tenant.id, self.queue.id).quick_until(self.now)

    @property
    def window(self) -> Window:
        """What has happened in the present five minutes."""
        return self.live.queue(self.queue.tenant.id, self.queue.id).at(self.now)

    @property
    def longest_idle(self) -> int:
        """Of idle times that ended in the present five minutes, or have not ended."""
        idle, place = self.queue.idle, 0
        longest = self.window.longest_idle
        while place < len(idle):
            weight, _, work_no = idle[place]
            agent = self.queue.tenant.agents[work_no]
            if agent.state is IDLE:
                longest = max(longest, self.now - agent.state_since)
                place = bisect_left(idle, (weight + 1,), place)
            else:
                place += 1
        return longest // SECOND


@dataclass(frozen=True, slots=True)
class TenantView:
    """A VDN."""

    live: Live
    tenant: Tenant

    @property
    def counts(self) -> TenantCounts:
        return self.live.tenant(self.tenant.id)

    @property
    def agents(self) -> AgentCounts:
        return AgentCounts(self.counts.agents)

    @property
    def not_signed_in(self) -> int:
        return len(self.tenant.agents) - self.agents.signed_in

    @property
    def calls(self) -> int:
        return len(self.tenant.calls)

    @property
    def with_agents(self) -> int:
        return self.counts.calls[Phase.AGENT]

    @property
    def in_ivr(self) -> int:
        return self.counts.calls[Phase.IVR]

    @property
    def queuing(self) -> int:
        return self.counts.calls[Phase.QUEUED]


@dataclass(frozen=True, slots=True)
class AgentView:
    """An agent at the instant `now`; `begin` is when the world began."""

    agent: Agent
    now: int
    begin: int

    @property
    def phone(self) -> str | None:
        """The number at which the agent is signed in."""
        return None if self.agent.phone is None else self.agent.phone.number

    @property
    def state(self) -> int:
        return int(self.agent.state)

    @property
    def state_time(self) -> int:
        return (self.now - max(self.agent.state_since, self.begin)) // SECOND

    @property
    def queues(self) -> list[int]:
        """The queues that the agent is signed in to, or while it is not, those that it has."""
        if self.agent.signed_in:
            return sorted(queue.id for queue, _ in self.agent.memberships)
        return sorted(skill.queue for skill in self.agent.config.skills)


def waiting_time(call: Call, now: int) -> int:
    """Seconds that the call has been in its queue, ringing included; 0: it is in none."""
    return 0 if call.entry is None else (now - call.entry.begun) // SECOND


def agents_of(live: Live, tenant: int, queues: set[int], *, exactly: bool) -> AgentCounts:
    """Agents signed in to any of the queues, or to exactly these."""
    places = no_agents()
    for profile, counts in live.tenant(tenant).profiles.items():
        if queues == set(profile) if exactly else not queues.isdisjoint(profile):
            places = [one + other for one, other in zip(places, counts, strict=True)]
    return AgentCounts(places)


def read(view: Any) -> Any:
    """Read counts of a view by name; `agents.idle` is the view's `agents`, of these the idle."""

    def value(name: str) -> Any:
        found = view
        for part in name.split("."):
            found = getattr(found, part)
        return found

    return value
