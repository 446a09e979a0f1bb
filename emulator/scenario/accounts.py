"""The books of a run, and the result that they amount to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from emulator.domain.calendar import SECOND
from emulator.domain.indicators.cells import Kind
from emulator.domain.indicators.definition import Read
from emulator.domain.indicators.historical import seconds
from emulator.scenario.dispatch import Dispatch, Listener
from emulator.scenario.engine.cast import Cast
from emulator.scenario.figures import FIGURES, Figure, service_level
from emulator.scenario.file.arrivals import Period
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.ledger import Ledger
from emulator.scenario.observer import Observer
from emulator.scenario.result import AgentSpans, QueueSeries, Result, Value, Verdict
from emulator.scenario.theory import lines_of
from emulator.scenario.verdicts import judge, seen_of
from emulator.scenario.watching import OrderWatch
from emulator.store.rows import Row
from emulator.switch.switch import Subscriber, Switch

SERVICE_LEVEL = service_level(20)
LONGEST_DRAWN = 600
"""Seconds of the longest wait for which theory is asked."""
SHOWN: tuple[Figure, ...] = (*FIGURES.values(), SERVICE_LEVEL)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run stands."""

    cast: Cast
    seed: int
    now: int
    complete: bool
    refused: Mapping[str, int]
    incidents: tuple[str, ...] = ()
    violations: int | None = None
    unfinished: int | None = None
    """Calls that are not over; None: those of the switch."""
    checked: tuple[Verdict, ...] = ()
    """What must be true of every run on this stage."""


class Books:
    """Everything that is written down of a run.

    `switch` knows the names of who is there. If it is not the one that is played on, the ledger is
    given its rows (`has_rows`) and hears no events.
    """

    def __init__(
        self,
        scenario: Scenario,
        period: Period,
        switch: Switch,
        sink: Callable[[Row], None] | None = None,
        *,
        has_rows: bool = False,
    ) -> None:
        self.scenario = scenario
        self.period = period
        self.switch = switch
        self.counted_from = period.begin + scenario.warm_up
        self.ledger = Ledger(switch, self.counted_from, scenario.step, sink)
        self.observer = Observer(self.counted_from, scenario.step)
        self.watches = {
            id(it): OrderWatch(it.order) for it in scenario.expect if it.order is not None
        }
        self._lines = lines_of(scenario, [it.config for it in switch.tenants.values()])
        self._until = period.begin
        self.dispatch = Dispatch()
        """Has to hear the switch; others may listen there too."""
        listeners: tuple[Listener, ...] = (self.observer, *self.watches.values())
        if not has_rows:
            listeners = (self.ledger, *listeners)
        for listener in listeners:
            self.dispatch.add(listener.handlers)

    @property
    def subscribers(self) -> tuple[Subscriber, ...]:
        """Who has to hear the switch."""
        return (self.dispatch.hear,)

    def close(self, outcome: Outcome) -> Result:
        """The result, as things stand."""
        for watch in self.watches.values():
            watch.expire(outcome.now)
        self.observer.close(outcome.now)
        self._until = outcome.now
        crowds = outcome.cast.crowds
        return Result(
            scenario=self.scenario.name,
            purpose=self.scenario.purpose,
            seed=outcome.seed,
            begins=self.scenario.begin.isoformat(),
            zone=self.period.zone,
            simulated=(outcome.now - self.period.begin) / SECOND,
            counted_from=self.scenario.warm_up / SECOND,
            step=self.scenario.step / SECOND,
            complete=outcome.complete,
            dialled=outcome.cast.dialled,
            redialled=sum(crowd.redialled for crowd in crowds),
            given_up=sum(crowd.given_up for crowd in crowds),
            records=self.ledger.records,
            operations=self.ledger.operations,
            unfinished=(
                len(self.switch.calls) if outcome.unfinished is None else outcome.unfinished
            ),
            figures=list(self._figures()),
            arrivals=self._filled(self.observer.arrivals),
            queues=list(self._queues()),
            agent_states=self._agent_states(),
            agents=list(self._agents()),
            events=self.dispatch.events,
            refused=dict(sorted(outcome.refused.items())),
            incidents=list(outcome.incidents),
            verdicts=[*self._verdicts(outcome), *outcome.checked],
        )

    # Figures

    def _figures(self) -> Iterator[Value]:
        for kind in (Kind.VDN, Kind.QUEUE, Kind.AGENT):
            yield from self._values(kind, "", "", seconds(self.ledger.values(kind)))
        for tenant in self.switch.tenants.values():
            for queue in tenant.queues.values():
                values = self.ledger.values(Kind.QUEUE, str(queue.id), tenant.id)
                if values:
                    yield from self._values(
                        Kind.QUEUE, str(queue.id), queue.config.name, seconds(values)
                    )

    def _values(self, kind: Kind, number: str, name: str, read: Read) -> Iterator[Value]:
        for figure in SHOWN:
            if figure.kind is kind:
                value = float(figure.value(read))
                yield Value(figure.code, kind.value, number, name, value, figure.unit.value)

    # By interval

    @cached_property
    def _intervals(self) -> int:
        """As many as the scenario lasts, and those in which calls went on after that.

        What ends at the last instant of all may belong to one that begins there.
        """
        lasted = max(self.scenario.duration, self._until - self.period.begin)
        last = (lasted - self.scenario.warm_up - 1) // self.scenario.step
        return max(last, *self.ledger.by_interval(Kind.QUEUE), 0) + 1

    def _filled(self, counts: Mapping[int, int]) -> list[int]:
        return [counts.get(it, 0) for it in range(self._intervals)]

    def _queues(self) -> Iterator[QueueSeries]:
        step = self.scenario.step
        for (tenant, number), course in sorted(self.observer.queues.items()):
            name = self.switch.queue(tenant, number).config.name
            series = QueueSeries(str(number), name, tenant)
            cells = self.ledger.by_interval(Kind.QUEUE, str(number), tenant)
            for interval in range(self._intervals):
                values = cells.get(interval, {})
                read = seconds(values)
                series.offered.append(values.get("asked", 0))
                series.answered.append(values.get("connected", 0))
                series.abandoned.append(values.get("user_left", 0))
                asked, connected = values.get("asked"), values.get("connected")
                level = float(SERVICE_LEVEL.value(read)) if asked else None
                series.service_level.append(level)
                asa = float(FIGURES["asa"].value(read)) if connected else None
                series.asa.append(asa)
                series.longest_queue.append(course.longest.get(interval, 0))
                series.mean_queue.append(round(course.waiting.get(interval, 0) / step, 4))
            series.waits_answered = dict(sorted(course.answered.items()))
            series.waits_abandoned = dict(sorted(course.abandoned.items()))
            line = self._lines.get((tenant, number))
            if line is not None:
                last = max((*course.answered, *course.abandoned), default=0) + 1
                levels = (line.service_level(wait) for wait in range(min(last, LONGEST_DRAWN) + 1))
                series.theoretical_waits = [round(level, 6) for level in levels]
            yield series

    def _agent_states(self) -> dict[str, list[float]]:
        step = self.scenario.step
        return {
            state.name.lower(): [
                round(counts.get(it, 0) / step, 4) for it in range(self._intervals)
            ]
            for state, counts in sorted(self.observer.in_state.items())
        }

    def _agents(self) -> Iterator[AgentSpans]:
        begin = self.period.begin
        for agent, day in sorted(self.observer.agents.items()):
            spans = [
                (state.name.lower(), (since - begin) / SECOND, (until - begin) / SECOND)
                for state, since, until in day.spans
            ]
            yield AgentSpans(agent, spans)

    # Expectations

    def seen(self) -> tuple[float | None, ...]:
        """The number that each expectation is about; None: it is about no number."""
        events = self.dispatch.events
        return tuple(seen_of(expected, self.ledger, events) for expected in self.scenario.expect)

    def _verdicts(self, outcome: Outcome) -> Iterator[Verdict]:
        for expected in self.scenario.expect:
            yield judge(
                expected, self.ledger, self.dispatch.events, self.watches, outcome.violations
            )
