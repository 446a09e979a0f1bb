"""Says in words what a scenario does."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from emulator.scenario.file.distributions import Fixed
from emulator.scenario.file.people import Agents, Stream
from emulator.scenario.file.quantities import spelled
from emulator.scenario.file.scenario import Scenario


def description(scenario: Scenario) -> Iterator[str]:
    """Lines of text."""
    yield scenario.name
    if scenario.purpose:
        yield f"  {' '.join(scenario.purpose.split())}"
    begin, length = scenario.begin.isoformat(sep=" "), spelled(scenario.duration)
    yield f"  {length} from {begin}, random seed {scenario.random_seed}"
    if scenario.variables:
        values = ", ".join(f"{name} = {value}" for name, value in scenario.variables.items())
        yield f"  variables: {values}"
    yield "Customers"
    for stream in scenario.streams:
        yield f"  {stream.name}: {_stream(scenario, stream)}"
    yield "Agents"
    for team in scenario.agents:
        yield f"  {team.name}: {_team(team)}"
    for campaign in scenario.campaigns:
        yield f"  {campaign.name}: {len(campaign.agents)} of them call out ({campaign.mode})"
    for supervisor in scenario.supervisors:
        yield f"  inspector {supervisor.inspector} looks in {_said(supervisor.every)} apart"
    if scenario.incidents:
        yield "Incidents"
        for incident in scenario.incidents:
            kind = next(iter(incident.model_dump(exclude={"at"}, exclude_none=True)))
            yield f"  after {spelled(incident.at)}: {kind.replace('_', ' ')}"
    if scenario.expect:
        yield f"Expectations: {len(scenario.expect)}"


def _stream(scenario: Scenario, stream: Stream) -> str:
    customers = scenario.customers_of(stream)
    words = [f"dial {stream.dials}, arrivals {_kind(stream.arrivals)}"]
    words.append(f"patience {_said(customers.patience)}")
    if customers.redial is not None:
        words.append(f"{customers.redial.probability:.0%} call again")
    return "; ".join(words)


def _team(team: Agents) -> str:
    words = [f"{len(team.agents)} agents, talk {_said(team.talk)}"]
    words.append(f"wrap-up {_said(team.wrap_up)}")
    if team.shifts:
        words.append(f"{len(team.shifts)} shifts")
    if team.breaks:
        words.append(f"{len(team.breaks)} breaks")
    return "; ".join(words)


def _kind(arrivals: BaseModel) -> str:
    (name, value), *_ = arrivals.model_dump().items()
    return f"{name} {value * 3600:g}/h" if isinstance(value, float) else str(name)


def _said(distribution: BaseModel) -> str:
    if isinstance(distribution, Fixed):
        return "endless" if distribution.fixed == "never" else spelled(distribution.fixed)
    (name, value), *_ = distribution.model_dump().items()
    mean = value.get("mean") if isinstance(value, dict) else value
    return f"{name} ({spelled(mean)} on average)" if isinstance(mean, int) else str(name)
