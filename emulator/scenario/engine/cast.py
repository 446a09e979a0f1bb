"""Everybody who takes part in a run, ready to begin."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.scenario.engine.agenda import Agenda
from emulator.scenario.engine.agents import AgentPlayer
from emulator.scenario.engine.customers import Crowd
from emulator.scenario.engine.hearing import Hearing
from emulator.scenario.engine.stage import Stage
from emulator.scenario.engine.teams import Team
from emulator.scenario.file.arrivals import Period
from emulator.scenario.file.people import Agents
from emulator.scenario.file.scenario import Scenario
from emulator.streams import Streams


class Cast:
    """Customers and agents of a scenario on a stage.

    `played` are the teams that the engine plays; they hear of themselves through `hearing` if the
    stage has no doors of their own for them.
    """

    def __init__(
        self, scenario: Scenario, stage: Stage, agenda: Agenda, hearing: Hearing, seed: int
    ) -> None:
        streams = Streams(seed)
        self.scenario = scenario
        self.stage = stage
        self.agenda = agenda
        self.crowds = [
            Crowd(stream, scenario.customers_of(stream), stage, agenda, streams.get)
            for stream in scenario.streams
        ]
        self.agents: dict[int, AgentPlayer] = {}
        for team in scenario.agents:
            if team.played_by != "none":
                self._add(team, streams, hearing)
        hearing.agents.update(self.agents)

    def _add(self, agents: Agents, streams: Streams, hearing: Hearing) -> None:
        team = Team(agents, streams.get)
        for work_no in agents.agents:
            self.agents[work_no] = AgentPlayer(
                work_no, team, self.stage, self.agenda, hearing.stream_of
            )

    def begin(self, period: Period) -> None:
        """Put on the agenda what everybody does first: agents come before customers call."""
        for agent in self.agents.values():
            agent.begin(period)
        for crowd in self.crowds:
            crowd.begin(period)

    def go_home(self) -> None:
        """It is over for everybody who is still there."""
        for agent in self.agents.values():
            if agent.present:
                agent.leave()

    @property
    def dialled(self) -> int:
        """How many calls customers made, redials included."""
        return sum(crowd.dialled for crowd in self.crowds)

    def at_work(self) -> Iterator[AgentPlayer]:
        """Agents who are there."""
        return (agent for agent in self.agents.values() if agent.present)
