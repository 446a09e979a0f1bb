"""Everybody who takes part in a run, ready to begin."""

from __future__ import annotations

from emulator.scenario.engine.agenda import Agenda
from emulator.scenario.engine.agents import AgentPlayer
from emulator.scenario.engine.campaigns import CampaignPlayer, Outside
from emulator.scenario.engine.customers import Crowd, RandomStream
from emulator.scenario.engine.hearing import Hearing
from emulator.scenario.engine.incidents import Incidents
from emulator.scenario.engine.stage import Stage
from emulator.scenario.engine.supervisors import SupervisorPlayer, SupervisorsHearing
from emulator.scenario.engine.teams import Team
from emulator.scenario.file.arrivals import Period
from emulator.scenario.file.people import Agents
from emulator.scenario.file.scenario import Scenario
from emulator.streams import Streams


class Cast:
    """Customers, agents, campaigns, inspectors and incidents of a scenario on a stage.

    `agents` are those that the engine plays; they hear of themselves through `hearing` if the
    stage has no doors of their own for them.
    """

    def __init__(
        self, scenario: Scenario, stage: Stage, agenda: Agenda, hearing: Hearing, seed: int
    ) -> None:
        random = Streams(seed).get
        self.scenario = scenario
        self.stage = stage
        self.agenda = agenda
        self.hearing = hearing
        self.crowds = [
            Crowd(stream, scenario.customers_of(stream), stage, agenda, random)
            for stream in scenario.streams
        ]
        self.agents: dict[int, AgentPlayer] = {}
        for team in scenario.agents:
            if team.played_by != "none":
                self._add(team, random)
        hearing.agents.update(self.agents)
        self.campaigns = [CampaignPlayer(it, stage, agenda, random) for it in scenario.campaigns]
        if self.campaigns:
            outside = Outside(self.campaigns, stage, agenda)
            hearing.outside_rings, hearing.outside_alone = outside.rings, outside.alone
        self.supervisors = {
            it.inspector: SupervisorPlayer(it, self.agents, stage, agenda, random)
            for it in scenario.supervisors
        }
        if self.supervisors:
            SupervisorsHearing(self.supervisors, hearing)
        self.incidents = Incidents(scenario.incidents, self, random)

    def _add(self, agents: Agents, random: RandomStream) -> None:
        team = Team(agents, random)
        for work_no in agents.agents:
            self.agents[work_no] = AgentPlayer(
                work_no,
                team,
                self.stage,
                self.agenda,
                self.hearing.stream_of,
                self.hearing.is_chat,
            )

    def begin(self, period: Period) -> None:
        """Put on the agenda what everybody does first: agents come before customers call."""
        for campaign in self.campaigns:
            campaign.begin(self.agents, self.agenda.now + period.length)
        for agent in self.agents.values():
            agent.begin(period)
        for supervisor in self.supervisors.values():
            supervisor.begin(period)
        for crowd in self.crowds:
            crowd.begin(period)
        self.incidents.begin()

    def go_home(self) -> None:
        """It is over for everybody who is still there."""
        for agent in self.agents.values():
            if agent.present:
                agent.leave()
        for supervisor in self.supervisors.values():
            supervisor.leave()

    @property
    def is_at_work(self) -> bool:
        """Whether anybody whom the engine plays is signed in."""
        return any(agent.present for agent in self.agents.values()) or any(
            inspector.present for inspector in self.supervisors.values()
        )

    def calls(self) -> list[str]:
        """The calls of customers, as they began."""
        return list(self.hearing.customers)

    @property
    def dialled(self) -> int:
        """How many calls customers made, redials included."""
        return sum(crowd.dialled for crowd in self.crowds)
