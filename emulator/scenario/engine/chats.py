"""An agent's chats: several at once, each with an answer and an end of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.scenario.engine.teams import Times

if TYPE_CHECKING:
    from emulator.scenario.engine.agents import AgentPlayer


class Chats:
    """The chats that ring at an agent, or that it is in."""

    def __init__(self, agent: AgentPlayer) -> None:
        self._agent = agent
        self._times: dict[str, Times] = {}
        self._answered: set[str] = set()
        """A switch may answer chats for the agent."""

    def __contains__(self, call: str) -> bool:
        return call in self._times

    def __bool__(self) -> bool:
        return bool(self._times)

    def rings(self, call: str, times: Times) -> None:
        """A customer wants to chat."""
        self._times[call] = times
        if not self._agent.team.agents.auto_answer:
            self._agent.agenda.after(times.answer(), self._answer, call)

    def talks(self, call: str) -> None:
        """It chats."""
        self._answered.add(call)
        self._agent.agenda.after(self._times[call].talk(), self._finish, call)

    def lost(self, call: str) -> None:
        """A chat is over."""
        self._times.pop(call, None)
        self._answered.discard(call)

    def forget(self) -> None:
        """It is not at work any more."""
        self._times.clear()
        self._answered.clear()

    def _answer(self, call: str) -> None:
        if call in self._times and call not in self._answered:
            self._agent.stage.answer(self._agent.work_no, call)

    def _finish(self, call: str) -> None:
        if call not in self._times:
            return
        agent = self._agent
        share = agent.team.agents.ends_call
        if share and (share >= 1 or agent.team.chance() < share):
            agent.stage.release(agent.work_no, call)
        else:
            agent.stage.hang_up(call)
