"""What befalls people at given times: phones without a network, sign-outs, calls cut, faults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from emulator.scenario.engine.customers import RandomStream
from emulator.scenario.file.people import (
    CallsCut,
    ForcedSignOut,
    Incident,
    PhonesOffline,
    SkillChange,
)
from emulator.scenario.file.quantities import spelled

if TYPE_CHECKING:
    from emulator.scenario.engine.agents import AgentPlayer
    from emulator.scenario.engine.cast import Cast


class Incidents:
    """Puts incidents on the agenda; `told` says what happened, in words."""

    def __init__(self, incidents: Sequence[Incident], cast: Cast, random: RandomStream) -> None:
        self.told: list[str] = []
        self._incidents = incidents
        self._cast = cast
        self._stage = cast.stage
        self._luck = random("incidents").random

    def begin(self) -> None:
        """From now on they happen."""
        begin = self._cast.agenda.now
        for incident in self._incidents:
            self._cast.agenda.at(begin + incident.at, self._happen, incident)

    def _happen(self, incident: Incident) -> None:
        if incident.phones_offline is not None:
            self._cut_off(incident.at, incident.phones_offline)
        elif incident.forced_sign_out is not None:
            self._sign_out(incident.at, incident.forced_sign_out)
        elif incident.skills is not None:
            self._change_skills(incident.at, incident.skills)
        elif incident.calls_cut is not None:
            self._cut_calls(incident.at, incident.calls_cut)
        elif incident.fault is not None:
            self._tell(incident.at, f"a fault: {incident.fault}")
            self._stage.fault(dict(incident.fault))

    def _tell(self, at: int, what: str) -> None:
        self.told.append(f"after {spelled(at)}: {what}")

    def _cut_off(self, at: int, it: PhonesOffline) -> None:
        present = [n for n in it.agents if n in self._cast.agents and self._cast.agents[n].present]
        self._tell(at, f"{len(present)} phones are cut off for {spelled(it.length)}")
        until = self._cast.agenda.now + it.length
        for agent in present:
            player = self._cast.agents[agent]
            was_online = not player.offline_until
            player.offline_until = max(until, player.offline_until)
            if was_online:
                self._stage.set_phone_online(agent, online=False)
            self._cast.agenda.at(until, self._restore, player)

    def _restore(self, player: AgentPlayer) -> None:
        if 0 < player.offline_until <= self._cast.agenda.now:
            self._stage.set_phone_online(player.work_no, online=True)
            player.phone_is_back()

    def _sign_out(self, at: int, it: ForcedSignOut) -> None:
        players = [self._cast.agents[n] for n in it.agents if n in self._cast.agents]
        present = [player for player in players if player.present]
        self._tell(at, f"{len(present)} agents are signed out by inspector {it.inspector}")
        for player in present:
            self._stage.force_sign_out(it.inspector, player.work_no)
            if it.back_after is not None:
                self._cast.agenda.after(it.back_after, player.come_back)

    def _change_skills(self, at: int, it: SkillChange) -> None:
        self._tell(at, f"{len(it.agents)} agents serve queues {', '.join(map(str, it.queues))}")
        for agent in it.agents:
            player = self._cast.agents.get(agent)
            if player is not None and player.present:
                self._stage.set_skills(agent, it.queues)

    def _cut_calls(self, at: int, it: CallsCut) -> None:
        lost = [call for call in self._cast.calls() if self._luck() < it.share]
        self._tell(at, f"{len(lost)} calls are cut")
        for call in lost:
            self._stage.hang_up(call)
