"""The commands of inspectors (CEC 12.1), and of whoever intrudes on a call (CSTA 17)."""

from __future__ import annotations

from emulator.switch import agents, intrusion, states, supervision
from emulator.switch.conference_commands import ConferenceCommands
from emulator.switch.terms import SupervisionMode


class SupervisionCommands(ConferenceCommands):
    """Listening to agents, taking their calls, and giving them orders."""

    __slots__ = ()

    def supervise(self, inspector: int, work_no: int, mode: SupervisionMode) -> None:
        """Listen to, barge in on, or whisper to an agent."""
        supervision.start(self, self._actor(inspector), work_no, mode)
        self._done()

    def switch_supervision(
        self, inspector: int, work_no: int, mode: SupervisionMode | None = None
    ) -> None:
        """Change the mode; None swaps listening and barging in."""
        supervision.switch_mode(self, self._actor(inspector), work_no, mode)
        self._done()

    def stop_supervision(self, inspector: int, work_no: int) -> None:
        by = self._actor(inspector)
        supervision.of(by, work_no)
        supervision.stop(self, by)
        self._done()

    def intercept(self, inspector: int, work_no: int) -> str:
        """Take the supervised agent's customer; returns the call id."""
        call = supervision.intercept(self, self._actor(inspector), work_no)
        self._done()
        return call.id

    def intrude_call(self, work_no: int, target: int, mode: SupervisionMode) -> None:
        """Listen to the call of another agent, barge in on it or whisper; needs no role."""
        intrusion.start(self, self._actor(work_no), target, mode)
        self._done()

    def stop_intrusion(self, work_no: int, target: int | None = None) -> None:
        intrusion.stop(self, self._actor(work_no), target)
        self._done()

    def disconnect_call(self, work_no: int, target: int, call_id: str | None = None) -> None:
        """End the call of another agent for everybody; needs no role."""
        agent = self._actor(work_no)
        intrusion.disconnect(self, agent, target, self._own_call(agent, call_id))
        self._done()

    def force_ready(self, inspector: int, work_no: int) -> None:
        by = self._actor(inspector)
        states.force_ready(self, by, supervision.signed_in_target(by, work_no))
        self._done()

    def force_not_ready(self, inspector: int, work_no: int) -> None:
        by = self._actor(inspector)
        states.force_not_ready(self, by, supervision.signed_in_target(by, work_no))
        self._done()

    def force_rest(self, inspector: int, work_no: int, duration: int, reason: int) -> None:
        by = self._actor(inspector)
        target = supervision.signed_in_target(by, work_no)
        states.force_rest(self, by, target, duration, reason)
        self._done()

    def force_sign_out(self, inspector: int, work_no: int) -> None:
        target = supervision.signed_in_target(self._actor(inspector), work_no)
        supervision.force_sign_out(self, target, 0, inspector)
        self._done()

    def force_release(self, inspector: int, call_id: str) -> None:
        by = self._actor(inspector)
        supervision.require_inspector(by)
        supervision.release_call(self, by, self._required_call(by, call_id))
        self._done()

    def force_skills(self, inspector: int, work_no: int, queue_ids: list[int]) -> None:
        target = supervision.signed_in_target(self._actor(inspector), work_no)
        agents.set_skills(self, target, queue_ids)
        self._done()
