"""Inspectors: they sign in, look in on agents who talk, and now and then take a customer over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.scenario.engine.agenda import Agenda
from emulator.scenario.engine.agents import AgentPlayer
from emulator.scenario.engine.customers import RandomStream, chooser
from emulator.scenario.engine.hearing import Hearing
from emulator.scenario.engine.stage import Stage
from emulator.scenario.engine.teams import stints
from emulator.scenario.file.arrivals import Period
from emulator.scenario.file.distributions import NOTHING
from emulator.scenario.file.people import Supervisor
from emulator.scenario.file.quantities import SECOND
from emulator.switch import events
from emulator.switch.agents import SignIn
from emulator.switch.terms import SupervisionMode

MODES = {
    "listen": SupervisionMode.LISTEN,
    "whisper": SupervisionMode.WHISPER,
    "barge_in": SupervisionMode.BARGE_IN,
}
SHORTEST = SECOND
"""µs between two looks: with none time would not pass."""


class SupervisorPlayer:
    """Plays one inspector."""

    def __init__(
        self,
        supervisor: Supervisor,
        agents: Mapping[int, AgentPlayer],
        stage: Stage,
        agenda: Agenda,
        random: RandomStream,
    ) -> None:
        name = f"inspector {supervisor.inspector}"
        self.number = supervisor.inspector
        self.supervisor = supervisor
        self.present = False
        self.watched = 0
        self.customer = ""
        self.leaving = False
        self._agents = agents
        self._stage = stage
        self._agenda = agenda
        self._luck = random(f"{name}: chance").random
        self._every = supervisor.every.sampler(random(f"{name}: every"))
        self._length = supervisor.length.sampler(random(f"{name}: length"))
        self._mode = chooser(supervisor.modes, random(f"{name}: mode").random)
        self._turn = 0

    def begin(self, period: Period) -> None:
        """From now on it comes and goes."""
        begin, punctual = self._agenda.now, NOTHING.sampler()
        for comes, goes in stints(self.supervisor.shifts, period, punctual, punctual):
            self._agenda.at(begin + comes, self._come)
            if goes is not None:
                self._agenda.at(begin + goes, self._go)

    def _come(self, _: object) -> None:
        self.leaving = False
        if not self.present:
            self._stage.sign_in(self.number, SignIn())

    def _go(self, _: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Go home, when it has no customer any more."""
        self.leaving = True
        if self.present:
            self._turn += 1
            if self.watched:
                self._stage.stop_supervision(self.number, self.watched)
            if not self.customer:
                self._stage.sign_out(self.number)

    # What it hears

    def signed_in(self) -> None:
        """It is at work."""
        self.present = True
        self._wait()

    def signed_out(self) -> None:
        """It is not at work any more."""
        self.present, self.watched, self.customer = False, 0, ""
        self._turn += 1

    def started(self, agent: int) -> None:
        """It is with an agent."""
        self.watched = agent
        self._turn += 1
        self._agenda.after(self._length(), self._leave_agent, self._turn)

    def stopped(self) -> None:
        """It is not with the agent any more."""
        self.watched = 0
        self._turn += 1
        if self.present and not self.customer:
            self._wait()

    def intercepted(self, call: str) -> None:
        """It has taken the customer over."""
        self.customer = call
        self._turn += 1
        self._agenda.after(self._length(), self._end_call, call)

    def idle(self) -> None:
        """It is in no call."""
        if self.customer:
            self.customer = ""
            self._turn += 1
            if self.leaving:
                self._agenda.after(0, self._go_home, self._turn)
            else:
                self._wait()

    def _go_home(self, turn: int) -> None:
        if turn == self._turn:
            self._stage.sign_out(self.number)

    # What it does

    def _wait(self) -> None:
        self._agenda.after(max(self._every(), SHORTEST), self._look_in, self._turn)

    def _look_in(self, turn: int) -> None:
        if turn != self._turn or not self.present:
            return
        talking = [it for it in self._watches() if it.call and it.present]
        if not talking:
            self._wait()
            return
        agent = talking[int(self._luck() * len(talking))]
        self._wait()  # if it does not come to it
        self._stage.supervise(self.number, agent.work_no, MODES[self._mode()])

    def _watches(self) -> list[AgentPlayer]:
        numbers = self.supervisor.watches
        if numbers is None:
            return list(self._agents.values())
        return [self._agents[it] for it in numbers if it in self._agents]

    def _leave_agent(self, turn: int) -> None:
        if turn != self._turn or not self.watched:
            return
        luck, agent = self._luck(), self._agents.get(self.watched)
        if luck < self.supervisor.intercepts and agent is not None and agent.call:
            self._agenda.after(SECOND, self._stop, turn)  # if it does not come to it
            self._stage.intercept(self.number, self.watched)
        else:
            self._stop(turn)

    def _stop(self, turn: int) -> None:
        if turn == self._turn and self.watched:
            self._stage.stop_supervision(self.number, self.watched)

    def _end_call(self, call: str) -> None:
        if self.customer == call:
            self._stage.hang_up(call)
            self._agenda.after(0, self._release, call)

    def _release(self, call: str) -> None:
        """Others may be on the call still."""
        if self.customer == call:
            self._stage.release(self.number, call)


class SupervisorsHearing:
    """Tells inspectors what concerns them."""

    def __init__(self, players: Mapping[int, SupervisorPlayer], hearing: Hearing) -> None:
        self._players = players
        self._handlers: dict[type[Any], Any] = {
            events.AgentLoggedOn: lambda player, event: player.signed_in(),
            events.AgentLoggedOff: lambda player, event: player.signed_out(),
            events.AgentReady: lambda player, event: player.idle(),
            events.SupervisionStarted: lambda player, event: player.started(event.target),
            events.SupervisionStopped: lambda player, event: player.stopped(),
            events.CallIntercepted: lambda player, event: player.intercepted(event.call),
        }
        for kind in self._handlers:
            hearing.handlers[kind] = self._beside(hearing.handlers.get(kind), kind)

    def _beside(self, other: Any, kind: type[Any]) -> Any:
        own = self._handlers[kind]

        def hear(event: Any) -> None:
            player = self._players.get(event.agent)
            if player is not None:
                own(player, event)
            elif other is not None:
                other(event)

        return hear
