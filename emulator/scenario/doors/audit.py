"""Whether every agent's client was told what concerns its calls, in order, and ended up knowing."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.scenario.result import Verdict
from emulator.switch import events

RINGING, TALKING, RELEASED = "ringing", "talking", "released"
EXAMPLES = 5

Told = tuple[str, str]
"""What, and of which call."""


@dataclass(slots=True)
class _Account:
    """What an agent should have been told and was, without what agrees."""

    due: deque[Told] = field(default_factory=deque)
    told: deque[Told] = field(default_factory=deque)

    def settle(self) -> None:
        """Strike out what agrees, from the front."""
        while self.due and self.told and self.due[0] == self.told[0]:
            self.due.popleft()
            self.told.popleft()


class Audit:
    """Hears the switch's events on one side, and what agents' clients are told on the other.

    Of an agent it is held against the emulator that each call that rang, talked or ended at it was
    told to its client as ringing, talking and released, in this order and no others.
    """

    def __init__(self) -> None:
        self.agents: dict[int, _Account] = {}
        self.told = 0
        self.latencies: list[int] = []
        """µs of domain time from `Delivered` to the client's ringing, of each call."""
        self._rings: dict[tuple[int, str], int] = {}

    def watch(self, agent: int) -> None:
        """From now on this agent's client is accounted for."""
        self.agents.setdefault(agent, _Account())

    def forget(self, agent: int) -> None:
        """It did not become ours."""
        self.agents.pop(agent, None)

    def __call__(self, event: events.Event) -> None:
        """The switch reports something."""
        found = _due(event)
        if found is None or event.agent not in self.agents:
            return
        what, call = found
        if what is RINGING:
            self._ring(event.agent, call, -event.at)
        account = self.agents[event.agent]
        account.due.append((what, call))
        account.settle()

    def tell(self, agent: int, what: str, call: str, now: int) -> None:
        """The agent's client was told something, at this instant of domain time."""
        self.told += 1
        if what == RINGING:
            self._ring(agent, call, now)
        account = self.agents[agent]
        account.told.append((what, call))
        account.settle()

    def _ring(self, agent: int, call: str, at: int) -> None:
        """`at` is negative where the switch says it, so that the two make a difference."""
        other = self._rings.pop((agent, call), None)
        if other is None or (other < 0) == (at < 0):
            self._rings[agent, call] = at
        else:
            self.latencies.append(at + other)

    @property
    def pending(self) -> bool:
        """Whether something agrees with nothing so far."""
        return any(account.due or account.told for account in self.agents.values())

    def lost(self) -> list[str]:
        """What clients were not told, or were told out of turn, in words."""
        found = []
        for agent, account in sorted(self.agents.items()):
            due, told = Counter(account.due), Counter(account.told)
            found += [f"agent {agent} was not told {it}" for it in _spelled(due - told)]
            found += [f"agent {agent} was told {it}" for it in _spelled(told - due)]
            if due == told and account.due:
                found.append(f"agent {agent} was told {len(account.due)} in another order")
        return found


def _spelled(told: Counter[Told]) -> list[str]:
    return [f"{what} of call {call}" for (what, call), count in told.items() for _ in range(count)]


def _due(event: Any) -> Told | None:
    """What an event says to the agent who hears it, as far as it is accounted for."""
    match event:
        case events.Delivered() if event.agent == event.work_no:
            return RINGING, event.call
        case events.Established() | events.Retrieved():
            return TALKING, event.call
        case events.ConnectionCleared() if event.device == f"agent:{event.agent}":
            return RELEASED, event.call
        case events.NotAnswered() | events.Diverted():
            return RELEASED, event.call
        case events.ConnectionMoved():
            return RELEASED, event.from_call
    return None


def verdict(expected: str, wrong: list[str], seen: str) -> Verdict:
    """That nothing was wrong, else how much, with some examples."""
    if not wrong:
        return Verdict(expected, seen, True)
    return Verdict(expected, f"not {len(wrong)} times: {'; '.join(wrong[:EXAMPLES])}", False)


def different_states(known: Mapping[int, str], shown: Mapping[int, str]) -> list[str]:
    """Which agents are in another state than their clients believe."""
    return [
        f"agent {agent} is {shown.get(agent, 'nobody')}, not {state}"
        for agent, state in sorted(known.items())
        if shown.get(agent) != state
    ]
