"""The commands of agents about themselves (CSTA 21.1: Set Agent State; CEC 6.1.1)."""

from __future__ import annotations

from collections.abc import Iterable

from emulator.switch import agents, mobile, playback, recordings, states, supervision
from emulator.switch.agents import SignIn
from emulator.switch.core import Core
from emulator.switch.errors import UnknownAgent
from emulator.switch.playback import Playing
from emulator.switch.terms import AgentState


class AgentCommands(Core):
    """Signing in and out, states, skills, notes."""

    __slots__ = ()

    def log_on(self, work_no: int, how: SignIn | None = None) -> None:
        """Sign an agent in (CEC 6.1.1.1); the password has been checked."""
        self._guard()
        agent, how = self.agent(work_no), how or SignIn()
        phone = agents.check_log_on(self, agent, how)
        if agent.signed_in:
            supervision.released(self, agent)
            agents.log_off(self, agent, agents.TAKEN_OVER)
        agents.log_on(self, agent, how, phone)
        self._done()

    def log_off(self, work_no: int, reason: int = 0) -> None:
        """Sign an agent out that is in no call (CEC 6.1.1.18)."""
        agent = self._actor(work_no)
        agents.require_no_call(agent)
        supervision.released(self, agent)
        agents.log_off(self, agent, reason)
        self._done()

    def force_log_off(self, work_no: int, reason: int = 0, by: int = 0) -> None:
        """Sign an agent out whatever it does; its calls are released (CEC 6.1.1.19, 6.1.1.20)."""
        supervision.force_sign_out(self, self._actor(work_no), reason, by)
        self._done()

    def log_on_mobile(self, work_no: int, number: str) -> None:
        """Sign an agent in at an outside number (CEC 6.1.2.26)."""
        self._guard()
        mobile.log_on(self, self.agent(work_no), number)
        self._done()

    def log_off_mobile(self, work_no: int) -> None:
        mobile.log_off(self, self._actor(work_no))
        self._done()

    def set_ready(self, work_no: int) -> None:
        states.set_ready(self, self._actor(work_no))
        self._done()

    def set_not_ready(self, work_no: int, reason: int = 0, *, prolong: bool = False) -> None:
        states.set_not_ready(self, self._actor(work_no), reason, prolong=prolong)
        self._done()

    def set_do_not_disturb(self, work_no: int, on: bool) -> None:
        """Be busy, and for calls directed at the agent as if in a call (CSTA Do Not Disturb).

        Whatever ends being busy ends this too.
        """
        states.set_do_not_disturb(self, self._actor(work_no), on)
        self._done()

    def set_working(self, work_no: int) -> None:
        states.set_working(self, self._actor(work_no))
        self._done()

    def request_rest(
        self, work_no: int, duration: int, reason: int = 0, *, prolong: bool = False
    ) -> None:
        states.request_rest(self, self._actor(work_no), duration, reason, prolong=prolong)
        self._done()

    def cancel_state(self, work_no: int, state: AgentState) -> None:
        """Leave BUSY, REST or WRAP_UP for idle."""
        states.cancel(self, self._actor(work_no), state)
        self._done()

    def decide_rest(self, inspector: int, work_no: int, *, approve: bool) -> None:
        by = self._actor(inspector)
        states.decide_rest(self, by, supervision.signed_in_target(by, work_no), approve=approve)
        self._done()

    def set_study(self, work_no: int, *, studying: bool) -> None:
        states.set_study(self, self._actor(work_no), studying=studying)
        self._done()

    def set_custom_state(self, work_no: int, state: int | None) -> None:
        states.set_custom_state(self, self._actor(work_no), state)
        self._done()

    def set_auto_answer(self, work_no: int, automatic: bool) -> None:
        self._actor(work_no).auto_answer = automatic

    def set_auto_idle(self, work_no: int, automatic: bool) -> None:
        self._actor(work_no).auto_idle = automatic

    def accept_calls(self, work_no: int, accepts: bool) -> None:
        states.accept_calls(self, self._actor(work_no), accepts)
        self._done()

    def set_skills(self, work_no: int, queue_ids: list[int] | None) -> None:
        """Sign in to these of the agent's queues; None: to all."""
        agents.set_skills(self, self._actor(work_no), queue_ids)
        self._done()

    def send_note(self, work_no: int, recipients: Iterable[int], text: str) -> None:
        sender = self._actor(work_no)
        found = [sender.tenant.agents.get(number) for number in recipients]
        known = [agent for agent in found if agent is not None]
        if len(known) != len(found):
            raise UnknownAgent("a recipient of the note does not exist")
        states.send_note(self, sender, known, text)
        self._done()

    # Recordings

    def play(self, work_no: int, file: str, length: int | None, how: Playing | None = None) -> None:
        """Play a file of so many µs to an agent; None: there is none (CEC 13.1.1.1)."""
        playback.play(self, self._actor(work_no), file, length, how or Playing())
        self._done()

    def pause_playback(self, work_no: int) -> None:
        playback.pause(self, self._actor(work_no))
        self._done()

    def resume_playback(self, work_no: int) -> None:
        playback.resume(self, self._actor(work_no))
        self._done()

    def jump_in_playback(self, work_no: int, seconds: int) -> None:
        """Go on so many seconds later, negative: earlier."""
        playback.jump(self, self._actor(work_no), seconds)
        self._done()

    def stop_playback(self, work_no: int) -> None:
        playback.stop(self, self._actor(work_no))
        self._done()

    def start_recording(
        self, work_no: int, file: str = "", *, appends: bool = False, possible: bool = True
    ) -> int:
        """Record the agent (CEC 13.1.1.9); returns the recording's number."""
        agent = self._actor(work_no)
        number = playback.record(self, agent, file, appends=appends, possible=possible)
        self._done()
        return number

    def stop_recording(self, work_no: int) -> None:
        playback.stop_recording(self, self._actor(work_no))
        self._done()

    def start_screen_recording(self, work_no: int) -> None:
        recordings.start_screen(self, self._actor(work_no))
        self._done()

    def stop_screen_recording(self, work_no: int) -> None:
        recordings.stop_screen(self, self._actor(work_no))
        self._done()
