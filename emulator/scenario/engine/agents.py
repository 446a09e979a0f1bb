"""Agents: they come to work, answer, talk, wrap up, take their breaks and go home."""

from __future__ import annotations

from collections.abc import Callable

from emulator.scenario.engine import conversation
from emulator.scenario.engine.agenda import Agenda
from emulator.scenario.engine.chats import Chats
from emulator.scenario.engine.stage import Stage
from emulator.scenario.engine.teams import Team, Times
from emulator.scenario.engine.turns import in_its_turn
from emulator.scenario.file.arrivals import Period
from emulator.scenario.file.quantities import SECOND
from emulator.switch.terms import AgentState, CallType

LONGEST_REST = 86_399
"""Seconds of a rest (CEC 6.1.1.11)."""


class AgentPlayer:
    """Plays one agent. It hears what concerns it, and puts what it will do on the agenda.

    `turn` counts what begins anew: what was meant for an earlier turn is pointless.
    """

    __slots__ = (
        "agenda",
        "asked",
        "asking",
        "call",
        "chats",
        "goes_at",
        "held",
        "helping",
        "is_busy",
        "is_chat",
        "is_idle",
        "joined",
        "leaving",
        "offline_until",
        "on_idle",
        "on_preview",
        "period",
        "present",
        "rest_of_talk",
        "stage",
        "stream_of",
        "team",
        "times",
        "turn",
        "work_no",
        "wrapping_up",
    )

    def __init__(
        self,
        work_no: int,
        team: Team,
        stage: Stage,
        agenda: Agenda,
        stream_of: Callable[[str], str],
        is_chat: Callable[[str], bool],
    ) -> None:
        self.work_no = work_no
        self.team = team
        self.stage = stage
        self.agenda = agenda
        self.stream_of = stream_of
        self.is_chat = is_chat
        self.chats = Chats(self)
        self.times: Times = team.times
        self.call = ""
        """The conversation it is in."""
        self.asking = False
        """Whether it wants to ask somebody else."""
        self.held = ""
        """The customer's call while it does."""
        self.asked = ""
        """The call on which it asks, once it is answered."""
        self.joined = False
        """Whether all three talk."""
        self.helping = False
        """Whether somebody has asked it."""
        self.rest_of_talk = 0
        self.wrapping_up = False
        self.is_idle = self.is_busy = False
        self.offline_until = 0
        """When its phone, which is cut off, is back (µs); 0: the phone can be used."""
        self.turn = 0
        self.present = False
        self.leaving = False
        self.goes_at: int | None = None
        self.on_idle: Callable[[AgentPlayer], None] | None = None
        """Called whenever the agent is idle: a campaign gives it the next number."""
        self.on_preview: Callable[[AgentPlayer, int, str], None] | None = None

    def begin(self, period: Period) -> None:
        """From now on it comes and goes."""
        self.period = period
        begin = self.agenda.now
        for comes, goes in self.team.stints(period):
            self.agenda.at(begin + comes, self._come, None if goes is None else begin + goes)

    # Coming and going

    def _come(self, goes_at: int | None) -> None:
        self.goes_at, self.leaving = goes_at, False
        self._plan_breaks()
        if not self.present:
            self.stage.sign_in(self.work_no, self.team.sign_in, self.team.agents.queues)
        if goes_at is not None:
            self.agenda.at(goes_at, self._go, goes_at)

    def _plan_breaks(self) -> None:
        """Put the breaks of this stint on the agenda: those of each day, if it lasts for days."""
        begin, period = self.agenda.now, self.period
        ends = period.begin + period.length if self.goes_at is None else self.goes_at
        for place, (it, _) in enumerate(self.team.breaks):
            if it.after is not None:
                spread = int(self.team.break_chance() * it.spread)
                self._plan_break(begin + it.after + spread, place)
                continue
            assert it.at is not None
            for day in period.days():
                at = period.begin + period.after_begin(day, it.at)
                if begin <= at < ends:
                    self._plan_break(at + int(self.team.break_chance() * it.spread), place)

    def _plan_break(self, at: int, place: int) -> None:
        self.agenda.at(at, self._rest, (place, self.goes_at))

    def come_back(self, _: object) -> None:
        """Sign in again after having been signed out, if it is still time to work."""
        if not self.present and (self.goes_at is None or self.goes_at > self.agenda.now):
            self.stage.sign_in(self.work_no, self.team.sign_in, self.team.agents.queues)

    def _go(self, goes_at: int) -> None:
        if self.present and self.goes_at == goes_at:
            self.leave()

    def leave(self) -> None:
        """Go home, when the conversations and the wrap-up are over."""
        self.leaving = True
        if not self.call and not self.chats and not self.wrapping_up:
            self.stage.sign_out(self.work_no)

    # What it hears

    def signed_in(self) -> None:
        """It is at work."""
        self.present = True
        self.free()

    def signed_out(self) -> None:
        """It is not at work any more, whoever wanted that."""
        self.present = False
        self.chats.forget()
        self.free()

    def rings(self, call: str, queue: int, call_type: int) -> None:
        """A call rings at its phone."""
        team = self.team
        if self.is_chat(call):
            self.chats.rings(call, team.times_for(queue, self.stream_of(call), call_type))
            return
        self.free()
        self.call = call
        self.times = team.times_for(queue, self.stream_of(call), call_type)
        if team.agents.auto_answer:
            return
        if team.errs:
            luck, mistakes = team.chance(), team.agents.mistakes
            if luck < mistakes.no_answer:
                return
            if luck < mistakes.no_answer + mistakes.rejects:
                self.agenda.after(self.times.answer(), _reject, (self, self.turn))
                return
        self.agenda.after(self.times.answer(), _answer, (self, self.turn))

    def talks(self, call: str, call_type: int) -> None:
        """It is in a conversation."""
        if call in self.chats:
            self.chats.talks(call)
            return
        if self.call != call:
            # It did not ring: the call came with a transfer, or is its own.
            self.times = self.team.times_for(0, self.stream_of(call), call_type)
        self.call = call
        self.turn = turn = self.turn + 1
        if call_type == CallType.TWO_PARTY_CONSULTATION:
            self.helping = True  # whoever asked ends it
            return
        talk = self.times.talk()
        ends = conversation.plan(self, talk) if self.team.has_habits else talk
        if ends is not None:
            self.agenda.after(ends, finish, (self, turn))

    def takes_over(self, call: str) -> None:
        """Whoever asked it has left it the customer."""
        if self.helping:
            self.helping = False
            self.times = self.team.times_for(0, self.stream_of(call), CallType.INBOUND)
            self.call = call
            self.turn = turn = self.turn + 1
            self.agenda.after(self.times.talk(), finish, (self, turn))

    def moved(self, from_call: str, call: str) -> None:
        """Its conversation goes on as another call."""
        if self.call == from_call:
            self.call = call

    def holds(self, call: str) -> None:
        """It has put a call on hold."""
        if self.asking:
            self.held = call

    def partner_leaves(self, call: str) -> None:
        """Another agent is not on the call any more."""
        if self.call == call:
            self.takes_over(call)

    def partner_answers(self, call: str, call_type: int) -> None:
        """Somebody whom it called has answered."""
        if self.held:
            conversation.helped(self, call)
        else:
            self.talks(call, call_type)

    def previews(self, control: int, number: str) -> None:
        """It is shown whom to call."""
        if self.on_preview is not None:
            self.on_preview(self, control, number)

    def works(self) -> None:
        """It is in wrap-up."""
        self.free()
        turn = self.turn
        if self.team.wraps_up:
            self.wrapping_up = True
            time = self.times.wrap_up()
            mistakes = self.team.agents.mistakes
            if mistakes.stays_in_wrap_up and self.team.chance() < mistakes.stays_in_wrap_up:
                time += self.team.forgotten_for()
            self.agenda.after(time, _end_wrap_up, (self, turn))

    def idle(self) -> None:
        """It is idle."""
        self.free()
        self.is_idle = True
        if self.leaving:
            if not self.chats:
                self.agenda.after(0, _sign_out, (self, self.turn))
        elif self.on_idle is not None:
            self.on_idle(self)

    def rests(self, seconds: int) -> None:
        """It rests."""
        self.free()
        self.agenda.after(seconds * SECOND, _end_rest, (self, self.turn))

    def lost(self, call: str) -> None:
        """It is not on that call any more."""
        if call in self.chats:
            self.chats.lost(call)
            if self.leaving and not self.chats:
                self.agenda.after(0, _sign_out, (self, self.turn))
        elif self.held:
            conversation.one_is_gone(self, call)
        elif self.call == call:
            self.free()

    def not_ready(self) -> None:
        """It has let a call ring, or refused it, and gets no more until it says so."""
        self.free()
        self.is_busy = True
        if self.leaving:
            if not self.chats:
                self.agenda.after(0, _sign_out, (self, self.turn))
        elif not self.offline_until:  # else it is ready when its phone is back
            self.agenda.after(self.team.forgotten_for(), _set_ready, (self, self.turn))

    def phone_is_back(self) -> None:
        """Its phone, which was cut off, can be used again."""
        self.offline_until = 0
        if self.call or self.leaving or not self.present:
            return
        if self.is_busy:
            self.turn += 1
            self.stage.set_ready(self.work_no)
        elif self.is_idle and self.on_idle is not None:
            self.turn += 1
            self.on_idle(self)

    def free(self) -> None:
        """It is in no conversation."""
        self.call = self.held = self.asked = ""
        self.asking = self.helping = self.joined = self.wrapping_up = False
        self.is_busy = self.is_idle = False
        self.turn += 1

    # What it does

    def _rest(self, subject: tuple[int, int | None]) -> None:
        place, goes_at = subject
        it, length = self.team.breaks[place]
        if self.present and not self.leaving and self.goes_at == goes_at:
            seconds = min(max(1, length() // SECOND), LONGEST_REST)
            self.stage.rest(self.work_no, seconds, it.reason)


@in_its_turn
def _answer(player: AgentPlayer) -> None:
    player.stage.answer(player.work_no, player.call)


@in_its_turn
def _reject(player: AgentPlayer) -> None:
    player.stage.reject(player.work_no, player.call)


@in_its_turn
def finish(player: AgentPlayer) -> None:
    """The conversation is over: the agent hangs up, or the customer does."""
    if player.joined:
        player.stage.hang_up(player.call)
        player.stage.release(player.work_no, player.call)
        return
    team = player.team
    share = team.agents.ends_call
    if share and (share >= 1 or team.chance() < share):
        player.stage.release(player.work_no, player.call)
    else:
        player.stage.hang_up(player.call)


@in_its_turn
def _end_wrap_up(player: AgentPlayer) -> None:
    player.stage.cancel_state(player.work_no, AgentState.WRAP_UP)


@in_its_turn
def _set_ready(player: AgentPlayer) -> None:
    player.stage.set_ready(player.work_no)


@in_its_turn
def _end_rest(player: AgentPlayer) -> None:
    player.stage.cancel_state(player.work_no, AgentState.REST)


@in_its_turn
def _sign_out(player: AgentPlayer) -> None:
    player.stage.sign_out(player.work_no)
