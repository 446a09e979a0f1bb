"""The counts that are kept: agents by state, calls by phase, queues by five minutes.

Times are microseconds of domain time.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum

from emulator.switch.terms import AgentState

SECOND = 1_000_000
WINDOW = 300 * SECOND
"""Five minutes; a window begins at a multiple of it."""
QUICKLY = 20 * SECOND
SIGNED_IN = 0
"""Where agents that are signed in are counted; behind it those in each `AgentState`."""
CALLING_OUT = len(AgentState)
"""Where agents in outbound calls are counted."""

Profile = tuple[int, ...]
"""The queues that an agent is signed in to, in ascending order."""


def no_agents() -> list[int]:
    """Agents by place: `SIGNED_IN`, the states' own numbers, `CALLING_OUT`."""
    return [0] * (CALLING_OUT + 1)


class Phase(IntEnum):
    """What is going on with a call."""

    OTHER = 0
    """It rings at an agent it was meant for, or an outside number is dialled."""
    IVR = 1
    QUEUED = 2
    OFFERED = 3
    """Its turn in the queue has come: it rings at an agent."""
    AGENT = 4
    """An agent is talking."""


@dataclass(slots=True)
class Window:
    """What has happened at a queue in the five minutes since `begun`."""

    begun: int
    inbound: int = 0
    connected: int = 0
    connected_in_15: int = 0
    connected_in_20: int = 0
    lost: int = 0
    lost_before_15: int = 0
    lost_before_20: int = 0
    ended: int = 0
    talked: int = 0
    in_ivr: int = 0
    """Time that calls spent in a flow from which they came to the queue."""
    waits: int = 0
    waited: int = 0
    longest_wait: int = 0
    """Of calls whose wait is over: from entering the queue until an agent answered, or not."""
    longest_idle: int = 0
    wrap_ups: int = 0
    wrapping_up: int = 0


@dataclass(slots=True)
class QueueCounts:
    """A queue's agents, its present window, and calls that it took over from other queues."""

    agents: list[int] = field(default_factory=no_agents)
    window: Window = field(default_factory=lambda: Window(0))
    quick: deque[int] = field(default_factory=deque)
    """When calls were connected within 20 seconds, in the last five minutes."""
    taken_over: dict[int, int] = field(default_factory=dict)
    """By the queue that the calls had entered first."""

    def at(self, now: int) -> Window:
        """The window of that instant, for reading."""
        begun = now - now % WINDOW
        return self.window if self.window.begun == begun else Window(begun)

    def during(self, now: int) -> Window:
        """The window of that instant, for counting."""
        self.window = self.at(now)
        return self.window

    def quick_until(self, now: int) -> int:
        """Calls connected within 20 seconds in the five minutes before."""
        while self.quick and self.quick[0] <= now - WINDOW:
            self.quick.popleft()
        return len(self.quick)


@dataclass(slots=True)
class CodeCounts:
    """Calls to an access code by phase, and since when those wait that wait, the oldest first."""

    calls: list[int] = field(default_factory=lambda: [0] * len(Phase))
    waiting: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class TenantCounts:
    """A VDN's."""

    agents: list[int] = field(default_factory=no_agents)
    calls: list[int] = field(default_factory=lambda: [0] * len(Phase))
    queues: dict[int, QueueCounts] = field(default_factory=dict)
    codes: dict[str, CodeCounts] = field(default_factory=dict)
    flows: dict[int, dict[str, None]] = field(default_factory=dict)
    """Calls by the IVR flow that is running."""
    profiles: dict[Profile, list[int]] = field(default_factory=dict)
    """Agents by the queues that they are signed in to."""

    def queue(self, number: int) -> QueueCounts:
        """A queue's counts, for counting."""
        found = self.queues.get(number)
        if found is None:
            found = self.queues[number] = QueueCounts()
        return found


@dataclass(slots=True)
class LiveAgent:
    """How an agent is counted. `served`: the queue whose call it wraps up, 0: none."""

    tenant: int
    state: AgentState
    since: int
    queues: Profile = ()
    calls_out: bool = False
    previous: AgentState = AgentState.SIGNED_OUT
    previous_time: int = 0
    served: int = 0
    asked_for_rest: int = 0
    """When it asked for a rest, or was allowed one that waits for the end of its call."""


@dataclass(slots=True)
class LiveCall:
    """How a call is counted. `queue` is the one that it has entered last, at `entered`."""

    tenant: int
    phase: Phase
    code: str = ""
    queue: int = 0
    entered: int = 0
    first_queue: int = 0
    left: int = 0
    """When it left that queue without an agent, 0: it has not."""
    lost: bool = False
    """That was because the call ended."""
    flow: int | None = None
    """The IVR flow that is running; 0 is the switch's own survey."""
    stays: int = 0
    """The serial of the stay that was counted last."""


@dataclass(slots=True)
class LiveState:
    """All that is kept."""

    tenants: dict[int, TenantCounts] = field(default_factory=dict)
    agents: dict[int, LiveAgent] = field(default_factory=dict)
    calls: dict[str, LiveCall] = field(default_factory=dict)
