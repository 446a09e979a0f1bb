"""Holds a scenario against its call center: whoever it names must be there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from emulator.control.seed import SeedError, rehearse
from emulator.scenario.engine.world import tenants_of
from emulator.scenario.file.errors import Problem, ScenarioError
from emulator.scenario.file.expectations import Expectation
from emulator.scenario.file.people import Incident
from emulator.scenario.file.places import Field, place_of, spelled
from emulator.scenario.file.quantities import SECOND
from emulator.scenario.file.quantities import spelled as spelled_duration
from emulator.scenario.file.reading import reason_of
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.verdicts import figure_of
from emulator.switch import events
from emulator.switch.config import TenantConfig
from emulator.switch.errors import ConfigurationError
from emulator.switch.terms import Role

QUARTER = 900 * SECOND
Found = Iterator[tuple[Field, str]]
_PART = re.compile(r"([a-z_]+)|\[([0-9]+)\]")


def check(scenario: Scenario, source: str = "") -> list[TenantConfig]:
    """The tenants of the scenario; `ScenarioError` names everything that does not fit."""
    source = source or scenario.name
    tenants = _tenants(scenario, source)
    _raise(scenario, source, _Checking(scenario, tenants).problems())
    return tenants


def _raise(scenario: Scenario, source: str, found: Found) -> None:
    problems = []
    for field, reason in found:
        file, line = place_of(field, scenario.places)
        problems.append(Problem(file or source, line, spelled(field), reason))
    if problems:
        raise ScenarioError(problems)


def _tenants(scenario: Scenario, source: str) -> list[TenantConfig]:
    field: Field = ("seed",) if scenario.tenants is None else ("tenants",)
    try:
        tenants = tenants_of(scenario)
        rehearse(tenants)
    except SeedError as error:
        found = ((_field_of(place) or field, reason) for place, reason in error.problems)
        _raise(scenario, source, ((it if it[:1] == field else field, why) for it, why in found))
        raise
    except ConfigurationError as error:
        _raise(scenario, source, iter([(field, str(error))]))
        raise
    if not tenants:
        _raise(scenario, source, iter([(field, "describes no tenant")]))
    return tenants


def _field_of(place: str) -> Field:
    """tenants[0].agents[3](n=5).work_no, as a field."""
    return tuple(int(number) if number else name for name, number in _PART.findall(place))


class _Checking:
    """What there is in the call center, and what a scenario says of it."""

    def __init__(self, scenario: Scenario, tenants: Sequence[TenantConfig]) -> None:
        self.scenario = scenario
        self.agents = {it.work_no: it for tenant in tenants for it in tenant.agents}
        self.queues = {it.id for tenant in tenants for it in tenant.queues}
        self.tenants = {tenant.id for tenant in tenants}
        self.codes = {it.code: it for tenant in tenants for it in tenant.access_codes}
        flows = [flow for tenant in tenants for flow in tenant.flows]
        self.flows = {str(it.id) for it in flows} | {it.access_code for it in flows}
        self.reasons = {it.code for tenant in tenants for it in tenant.rest_reasons}

    def problems(self) -> Found:
        """Everything that does not fit."""
        yield from self._times()
        yield from self._streams()
        yield from self._teams()
        yield from self._others()
        for place, expected in enumerate(self.scenario.expect):
            for name, reason in self._expectation(expected):
                yield ("expect", place, *name), reason

    def _times(self) -> Found:
        for name in ("warm_up", "step"):
            if getattr(self.scenario, name) % QUARTER:
                yield (name,), "must be whole quarters of an hour: figures are counted by these"
        if self.scenario.begin.minute % 15 or self.scenario.begin.second:
            yield ("begin",), "must be at a quarter of an hour: figures are counted by these"
        if self.scenario.warm_up >= self.scenario.duration:
            yield ("warm_up",), "must be shorter than the duration"

    # Who calls

    def _streams(self) -> Found:
        names: set[str] = set()
        for place, stream in enumerate(self.scenario.streams):
            field: Field = ("streams", place)
            if stream.name in names:
                yield (*field, "name"), f"there are two streams {stream.name!r}"
            names.add(stream.name)
            known = self.scenario.customers
            if isinstance(stream.customers, str) and stream.customers not in known:
                yield (
                    (*field, "customers"),
                    f"there are no customers {stream.customers!r}; there are: "
                    + (", ".join(known) or "none"),
                )
            if not self._leads_somewhere(stream.dials):
                yield (*field, "dials"), f"no access code begins {stream.dials}"

    def _leads_somewhere(self, dialled: str) -> bool:
        return any(dialled[:length] in self.codes for length in range(len(dialled), 0, -1))

    # Who serves

    def _teams(self) -> Found:
        played: set[int] = set()
        names: set[str] = set()
        for place, team in enumerate(self.scenario.agents):
            field: Field = ("agents", place)
            if team.name in names:
                yield (*field, "name"), f"there are two teams {team.name!r}"
            names.add(team.name)
            yield from self._workers((*field, "agents"), team.agents)
            for work_no in team.agents:
                if work_no in played:
                    yield (*field, "agents"), f"agent {work_no} is in another team already"
            played.update(team.agents)
            yield from self._queues((*field, "queues"), team.queues or ())
            yield from self._details(field, team)

    def _details(self, field: Field, team: Any) -> Found:
        streams = {stream.name for stream in self.scenario.streams}
        for place, it in enumerate(team.handling):
            if it.queue is not None:
                yield from self._queues((*field, "handling", place, "queue"), (it.queue,))
            if it.stream is not None and it.stream not in streams:
                reason = f"there is no stream {it.stream!r}"
                yield (*field, "handling", place, "stream"), reason
        for place, it in enumerate(team.breaks):
            if it.reason and it.reason not in self.reasons:
                reason = f"the tenant has no rest reason {it.reason}"
                yield (*field, "breaks", place, "reason"), reason
        for name in ("consult", "transfer"):
            habit = getattr(team.habits, name)
            if habit is not None:
                yield from self._where((*field, "habits", name, "to"), habit.to)
        transfer = team.habits.transfer
        if transfer is not None and transfer.to.ivr and transfer.mode != "blind":
            yield (*field, "habits", "transfer", "mode"), "must be blind to a flow"

    def _where(self, field: Field, where: Any) -> Found:
        if where.queue is not None:
            yield from self._queues(field, (where.queue,))
        if where.agent is not None:
            yield from self._workers(field, (where.agent,))
        if where.ivr is not None and where.ivr not in self.flows:
            yield field, f"there is no flow with the access code {where.ivr!r}"

    def _workers(self, field: Field, numbers: Collection[int]) -> Found:
        missing = [number for number in numbers if number not in self.agents]
        if missing:
            yield field, f"there is no agent {missing[0]}" + _more(missing)
            return
        for number in numbers:
            if not self.agents[number].phone:
                yield field, f"agent {number} has no phone to sign in with"
                return

    def _queues(self, field: Field, numbers: Collection[int]) -> Found:
        missing = [number for number in numbers if number not in self.queues]
        if missing:
            yield field, f"there is no queue {missing[0]}" + _more(missing)

    # Campaigns, supervisors, incidents

    def _others(self) -> Found:
        teams = {number for team in self.scenario.agents for number in team.agents}
        for place, campaign in enumerate(self.scenario.campaigns):
            strangers = [number for number in campaign.agents if number not in teams]
            if strangers:
                reason = f"agent {strangers[0]} is in no team" + _more(strangers)
                yield ("campaigns", place, "agents"), reason
        for place, supervisor in enumerate(self.scenario.supervisors):
            field: Field = ("supervisors", place)
            yield from self._inspector((*field, "inspector"), supervisor.inspector)
            yield from self._workers((*field, "watches"), supervisor.watches or ())
        for place, incident in enumerate(self.scenario.incidents):
            yield from self._incident(("incidents", place), incident)

    def _inspector(self, field: Field, number: int) -> Found:
        yield from self._workers(field, (number,))
        agent = self.agents.get(number)
        if agent is not None and agent.role is not Role.INSPECTOR:
            yield field, f"agent {number} is no inspector"

    def _incident(self, field: Field, incident: Incident) -> Found:
        for name in ("phones_offline", "forced_sign_out", "skills"):
            it: Any = getattr(incident, name)
            if it is not None:
                yield from self._workers((*field, name, "agents"), it.agents)
        if incident.forced_sign_out is not None:
            named = (*field, "forced_sign_out", "inspector")
            inspector = incident.forced_sign_out.inspector
            yield from self._inspector(named, inspector)
            if inspector not in self._played():
                yield named, f"inspector {inspector} is in no team, nor a supervisor: never there"
        if incident.skills is not None:
            yield from self._queues((*field, "skills", "queues"), incident.skills.queues)
        if incident.fault is not None:
            yield from _fault((*field, "fault"), incident.fault)

    def _played(self) -> set[int]:
        """Who comes to work in this scenario, as far as it says."""
        teams = {number for team in self.scenario.agents for number in team.agents}
        return teams | {it.inspector for it in self.scenario.supervisors}

    # What is expected

    def _expectation(self, expected: Expectation) -> Found:
        if expected.figure is not None or expected.indicator is not None:
            try:
                figure_of(expected)
            except ValueError as error:
                yield (("figure",) if expected.figure else ("indicator",)), str(error)
        elif expected.event is not None and expected.event not in events.__all__:
            yield ("event",), f"the switch reports no event {expected.event!r}"
        if expected.queue is not None:
            yield from self._queues(("queue",), (expected.queue,))
        if expected.agent is not None and expected.agent not in self.agents:
            yield ("agent",), f"there is no agent {expected.agent}"
        if expected.vdn is not None and expected.vdn not in self.tenants:
            yield ("vdn",), f"there is no tenant {expected.vdn}"
        for name in ("after", "before"):
            value = getattr(expected, name)
            if value is not None and value % self.scenario.step:
                step = spelled_duration(self.scenario.step)
                yield (name,), f"must be whole steps of {step} after the warm-up"


def _fault(field: Field, fault: dict[str, Any]) -> Found:
    """A fault must be one that the control API takes."""
    # Loaded for the few scenarios that have faults: the doors' schemas take their time.
    from emulator.control.faults import EventFault, RequestFault

    kind: type[BaseModel] = EventFault if "events" in fault else RequestFault
    try:
        kind.model_validate(fault)
    except ValidationError as error:
        for it in error.errors(include_url=False):
            named = [part for part in it["loc"] if isinstance(part, str)]
            yield (*field, *named), reason_of(it)


def _more(missing: Sequence[int]) -> str:
    return f" (nor {len(missing) - 1} others of these)" if len(missing) > 1 else ""
