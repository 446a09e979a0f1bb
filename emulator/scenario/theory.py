"""Which queues of a scenario theory knows: by chance and steadily, with agents who are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulator.scenario.erlang import Line
from emulator.scenario.file.arrivals import Poisson
from emulator.scenario.file.distributions import NOTHING, Exponential, Fixed
from emulator.scenario.file.people import Agents, Habits, Mistakes, Stream
from emulator.scenario.file.quantities import SECOND
from emulator.scenario.file.scenario import Scenario
from emulator.switch.config import TenantConfig
from emulator.switch.terms import TargetType


def lines_of(scenario: Scenario, tenants: Sequence[TenantConfig]) -> Mapping[tuple[int, int], Line]:
    """The lines of theory by tenant and queue; empty where theory does not reach.

    There is one stream of customers, Poisson, straight to a queue, and one team of agents for that
    queue alone who are there all the time, answer at once, talk exponentially long and are free.
    """
    if not _is_plain(scenario) or len(tenants) != 1:
        return {}
    (stream,), (team,) = scenario.streams, scenario.agents
    queue = _queue_of(stream, tenants)
    service = team.talk.exponential if isinstance(team.talk, Exponential) else 0
    agents = _agents_of(team, tenants[0], queue)
    if queue is None or not agents or not service or not isinstance(stream.arrivals, Poisson):
        return {}
    try:
        line = Line(agents, stream.arrivals.poisson, service / SECOND, _patience(scenario, stream))
    except ValueError:
        return {}
    return {(tenants[0].id, queue): line}


def _is_plain(scenario: Scenario) -> bool:
    beside = (scenario.campaigns, scenario.supervisors, scenario.incidents)
    if len(scenario.streams) != 1 or len(scenario.agents) != 1 or any(beside):
        return False
    (stream,), (team,) = scenario.streams, scenario.agents
    customers = scenario.customers_of(stream)
    return (
        stream.at_most is None
        and customers.redial is None
        and isinstance(customers.patience, Exponential | Fixed)
        and _works_plainly(team)
    )


def _works_plainly(team: Agents) -> bool:
    nothing = (team.answer, team.wrap_up, team.late, team.leaves_early)
    return (
        all(it == NOTHING for it in nothing)
        and not team.shifts
        and not team.breaks
        and not team.handling
        and team.habits == Habits()
        and team.mistakes == Mistakes()
        and team.played_by in (None, "engine")
    )


def _patience(scenario: Scenario, stream: Stream) -> float | None:
    patience = scenario.customers_of(stream).patience
    if isinstance(patience, Exponential):
        return patience.exponential / SECOND
    if isinstance(patience, Fixed) and patience.fixed == "never":
        return None
    raise ValueError("theory knows exponential patience, and patience without end")


def _queue_of(stream: Stream, tenants: Sequence[TenantConfig]) -> int | None:
    for code in tenants[0].access_codes:
        for route in code.routes:
            if code.code + route.extension == stream.dials and route.target is TargetType.QUEUE:
                return route.target_id
    return None


def _agents_of(team: Agents, tenant: TenantConfig, queue: int | None) -> int:
    """How many agents of the team serve the queue; 0 if some of them serve another too."""
    known = {agent.work_no: agent for agent in tenant.agents}
    served = [[skill.queue for skill in known[number].skills] for number in team.agents]
    return len(served) if all(it == [queue] for it in served) else 0
