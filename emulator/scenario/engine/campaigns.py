"""Calls out: agents are given numbers, call them, and the world outside answers or does not."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.scenario.engine.agenda import Agenda
from emulator.scenario.engine.agents import AgentPlayer
from emulator.scenario.engine.customers import TALK_OUTSIDE, RandomStream, chooser, numbers
from emulator.scenario.engine.stage import Stage
from emulator.scenario.engine.turns import Seen
from emulator.scenario.file.people import Campaign
from emulator.scenario.file.quantities import SECOND

BUSY, REFUSES = 537, 604
"""Cause codes of CEC Table 6-451."""
USUAL_RING = 2 * SECOND
SHORTEST = SECOND
"""µs before the next call: with none time would not pass while numbers are busy."""


class CampaignPlayer:
    """Plays one campaign; `made` counts the calls that agents were given."""

    def __init__(
        self, campaign: Campaign, stage: Stage, agenda: Agenda, random: RandomStream
    ) -> None:
        name = campaign.name
        self.campaign = campaign
        self.made = 0
        self._stage = stage
        self._agenda = agenda
        self._numbers = numbers(campaign.numbers, random(f"{name}: numbers"))
        self._pause = campaign.pause.sampler(random(f"{name}: pause"))
        self._looks = campaign.looks.sampler(random(f"{name}: looks"))
        self._luck = random(f"{name}: chance").random
        outcome = campaign.outcome
        weights = outcome.model_dump(include={"answers", "busy", "refuses", "no_answer"})
        self._outcome = chooser(weights, self._luck)
        self._rings = outcome.rings.sampler(random(f"{name}: rings"))
        self._from = self._to = 0

    def begin(self, agents: Mapping[int, AgentPlayer], end: int) -> None:
        """From now on these agents call out when they are idle; until `end` (µs) at most."""
        begin = self._agenda.now
        self._from = begin + self.campaign.begin
        self._to = end if self.campaign.end is None else min(end, begin + self.campaign.end)
        for work_no in self.campaign.agents:
            agent = agents.get(work_no)
            if agent is not None:
                agent.on_idle = self._idle
                agent.on_preview = self._preview

    def _idle(self, agent: AgentPlayer) -> None:
        wait = max(self._from - self._agenda.now, 0)
        if self._agenda.now + wait < self._to:
            self._agenda.after(wait + max(self._pause(), SHORTEST), self._give, (agent, agent.turn))

    def _give(self, seen: Seen) -> None:
        agent, turn = seen
        most = self.campaign.at_most
        if agent.turn != turn or (most is not None and self.made >= most):
            return
        if self._agenda.now >= self._to:
            return
        self.made += 1
        number = next(self._numbers)
        if self.campaign.mode == "preview":
            self._stage.offer_preview(agent.work_no, number)
        else:
            self._stage.make_call(agent.work_no, number, self.campaign.caller)

    def _preview(self, agent: AgentPlayer, control: int, number: str) -> None:
        agent.free()
        if self._luck() >= self.campaign.skips:
            subject = (agent, agent.turn, control, number)
            self._agenda.after(self._looks(), self._call, subject)

    def _call(self, subject: tuple[AgentPlayer, int, int, str]) -> None:
        agent, turn, control, number = subject
        if agent.turn == turn:
            self._stage.call_preview(agent.work_no, control, number)

    def outside_rings(self, call: str, number: str) -> None:
        """A number that was called rings: what becomes of it?"""
        outcome = self._outcome()
        rings = self._rings()
        if outcome == "answers":
            self._agenda.after(rings, self._answer, (call, number))
        elif outcome != "no_answer":
            cause = BUSY if outcome == "busy" else REFUSES
            self._agenda.after(rings, self._refuse, (call, number, cause))

    def _answer(self, subject: tuple[str, str]) -> None:
        self._stage.outside_answers(*subject)

    def _refuse(self, subject: tuple[str, str, int]) -> None:
        self._stage.outside_refuses(*subject)


class Outside:
    """The numbers outside that are called: those of campaigns do as their campaign has it."""

    def __init__(self, campaigns: list[CampaignPlayer], stage: Stage, agenda: Agenda) -> None:
        self._stage = stage
        self._agenda = agenda
        self._campaign_of = {
            work_no: player for player in campaigns for work_no in player.campaign.agents
        }

    def rings(self, call: str, number: str, agent: int) -> None:
        """A number rings for an agent, or for nobody (0)."""
        campaign = self._campaign_of.get(agent)
        if campaign is not None:
            campaign.outside_rings(call, number)
        else:
            self._agenda.after(USUAL_RING, self._answer, (call, number))

    def _answer(self, subject: tuple[str, str]) -> None:
        self._stage.outside_answers(*subject)

    def alone(self, call: str) -> None:
        """Two outside talk, and no agent any more: nobody else ends that."""
        self._agenda.after(TALK_OUTSIDE, self._stage.hang_up, call)
