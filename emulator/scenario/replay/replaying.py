"""A replay from beginning to end: read, derive the call center, play, compare.

The files are read twice: first for what is wrong with them and for the call center that they come
from, then to be played. So calls in progress are all that is kept of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from pathlib import Path

from emulator.scenario.replay.calls import Calls
from emulator.scenario.replay.center import Center
from emulator.scenario.replay.comparing import Comparison
from emulator.scenario.replay.findings import Findings
from emulator.scenario.replay.lines import sources_of
from emulator.scenario.replay.plan import NotRebuilt, Plan, by_begin
from emulator.scenario.replay.playing import Pace, Player
from emulator.scenario.replay.reading import Reading
from emulator.scenario.replay.rebuilding import plan_of
from emulator.store.rows import CallRecord
from emulator.switch.config import TenantConfig
from emulator.switch.switch import Switch

NOT_PLAYED = "could not be played"

Sink = Callable[[CallRecord], None]


@dataclass(slots=True)
class Outcome:
    """What came of a replay. `begin` and `end` are those of the calls that were rebuilt (µs)."""

    findings: Findings
    encodings: dict[str, str]
    comparison: Comparison
    zone: str
    calls: int = 0
    rebuilt: int = 0
    begin: int | None = None
    end: int | None = None
    agents: int = 0
    queues: int = 0
    flows: int = 0
    tenants: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether every column that the files determine agrees."""
        return self.comparison.agrees


class _InOrder:
    """Hands records on by the ends of the stays, as the platform writes them.

    They come call by call; a call that is not over may still have one that ended so long ago as
    the longest call lasts.
    """

    def __init__(self, sink: Sink | None, longest: int) -> None:
        self._sink = sink
        self._longest = longest
        self._count = 0
        self._waiting: list[tuple[int, int, CallRecord]] = []

    def add(self, records: list[CallRecord]) -> None:
        if self._sink is None or not records:
            return
        for record in records:
            self._count += 1
            heappush(self._waiting, (record.call_end or 0, self._count, record))
        self._hand_on((records[-1].call_end or 0) - self._longest)

    def end(self) -> None:
        self._hand_on(None)

    def _hand_on(self, until: int | None) -> None:
        waiting = self._waiting
        while self._sink and waiting and (until is None or waiting[0][0] < until):
            self._sink(heappop(waiting)[2])


class Replay:
    """Plays files of call records again; `CannotRead` if one is none.

    `given` is the call center, by default one is derived from the files. `zone` is that of the
    times in the files. `sink` is given every record of the replay.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        zone: str = "UTC",
        given: Sequence[TenantConfig] = (),
        sink: Sink | None = None,
    ) -> None:
        self._sources = sources_of(list(paths))
        self._zone = zone
        reading = Reading(self._sources, zone)
        self.findings = reading.findings
        self.center = Center(zone, given)
        calls = Calls(reading)
        self.outcome = Outcome(
            reading.findings, reading.encodings, Comparison(frozenset()), zone, notes=[]
        )
        for plan in self._planned(calls, self.findings):
            self._note(plan)
        self._back = calls.back
        self._written = _InOrder(sink, calls.longest)
        self.outcome.calls = calls.count
        self.outcome.comparison.missing = frozenset(reading.missing)
        self.outcome.notes = self.center.notes
        self.tenants = self.center.tenants()
        for tenant in self.tenants:
            self.outcome.tenants += 1
            self.outcome.agents += len(tenant.agents)
            self.outcome.queues += len(tenant.queues)
            self.outcome.flows += len(tenant.flows)

    def _planned(self, calls: Calls, findings: Findings) -> Iterator[Plan]:
        for call in calls:
            try:
                plan = plan_of(call)
                self.center.note(plan)
            except NotRebuilt as reason:
                detail = f"call {call.id}" + (f": {reason.detail}" if reason.detail else "")
                findings.take_back(reason.kind, call.places, detail)
                continue
            yield plan

    def _note(self, plan: Plan) -> None:
        outcome, call = self.outcome, plan.call
        outcome.rebuilt += 1
        begin, end = outcome.begin, outcome.end
        outcome.begin = call.begin if begin is None else min(begin, call.begin)
        outcome.end = call.end if end is None else max(end, call.end)

    def plans(self) -> Iterator[Plan]:
        """The plans of all calls that can be rebuilt, in the order of their begins."""
        reading = Reading(self._sources, self._zone)
        return by_begin(self._planned(Calls(reading), Findings()), self._back)

    def player(self, switch: Switch | None = None) -> Player:
        """Everything that is to be played, on a switch with the call center, by default a new one.

        All agents have signed in.
        """
        if switch is None:
            switch = Switch(self.outcome.begin or 0)
        for tenant in self.tenants:
            switch.apply_tenant(tenant)
        player = Player(switch, self.center, self.plans(), self)
        player.sign_in()
        return player

    def play(self, pace: Pace | None = None) -> Outcome:
        """Play everything on a switch of its own."""
        self.player().play(pace)
        return self.end()

    def end(self) -> Outcome:
        """Whoever plays step by step has come to the end."""
        self._written.end()
        return self.outcome

    # What the player tells

    def over(self, plan: Plan, records: list[CallRecord]) -> None:
        """Hold a call that was played against its source."""
        self.outcome.comparison.compare(plan, records)
        self._written.add(records)

    def failed(self, plan: Plan, why: str) -> None:
        """Note that a call was not played."""
        self.outcome.rebuilt -= 1
        self.findings.take_back(NOT_PLAYED, plan.call.places, f"call {plan.call.id}: {why}")
