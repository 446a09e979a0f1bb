"""Plays the plans of calls on a switch, whose own recorder writes down what comes of them.

Agents are signed in, but get no call except the one that a plan gives them. Time is the switch's;
whoever wants it to pass in real time gives a pace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from emulator.domain.recorder import Recorder
from emulator.scenario.engine.agenda import Agenda
from emulator.scenario.replay.center import Center
from emulator.scenario.replay.plan import Act, Plan, Step
from emulator.scenario.replay.stays import NORMAL_CLEARING
from emulator.store.rows import CallRecord, Row
from emulator.switch import directing
from emulator.switch.agents import SignIn
from emulator.switch.directing import Target
from emulator.switch.errors import SwitchError
from emulator.switch.switch import Subscriber, Switch
from emulator.switch.terms import CONSULTATIONS, LeaveReason, TargetType

TRIES = 50
"""How often a step waits for others of the same instant, which free the agent that it needs."""

Pace = Callable[[int], None]
"""Is told the instant (µs) of what comes next, before it is done."""


class Audience(Protocol):
    """Hears what became of every call."""

    def over(self, plan: Plan, records: list[CallRecord]) -> None:
        """The call was played to its end; these are its records."""

    def failed(self, plan: Plan, why: str) -> None:
        """The switch did not do what the plan says."""


class Running:
    """A call that is being played."""

    __slots__ = ("call", "next", "plan", "tries")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.call = ""
        self.next = 0
        self.tries = 0


class Player:
    """Plays plans in the order of their begins; `step` after `step`, or all by `play`."""

    def __init__(
        self,
        switch: Switch,
        center: Center,
        plans: Iterable[Plan],
        audience: Audience,
    ) -> None:
        self.switch = switch
        self.calls = 0
        self._center = center
        self._plans: Iterator[Plan] = iter(plans)
        self._audience = audience
        self._records: dict[str, list[CallRecord]] = {}
        switch.on_subscriber_error = _fail
        switch.subscribe(Recorder(self._write, lambda: switch))
        self._agenda = Agenda(switch.now)
        self._coming = next(self._plans, None)

    def sign_in(self) -> None:
        """Everybody comes to work, to be given calls by the plans only."""
        for agent in list(self.switch.agents.values()):
            if not agent.signed_in:
                self.switch.log_on(agent.work_no, SignIn(auto_answer=False))
            self.switch.accept_calls(agent.work_no, False)

    @property
    def next(self) -> int | None:
        """The instant (µs) of what comes next; None: everything has been played."""
        agenda, coming = self._agenda, self._coming
        while coming is not None:
            due = agenda.next
            begin = coming.steps[0].at
            if due is not None and due < begin:
                break
            agenda.at(begin, self._go_on, Running(coming))
            coming = self._coming = next(self._plans, None)
        return agenda.next

    def step(self) -> None:
        """Do what comes next, at its time."""
        due = self.next
        if due is None:
            return
        if due > self.switch.now:
            self._agenda.now = due
            self.switch.advance_to(due)
        action, running = self._agenda.take()
        action(running)

    def play(self, pace: Pace | None = None) -> None:
        """Do everything."""
        while (due := self.next) is not None:
            if pace is not None:
                pace(due)
            self.step()

    def _write(self, row: Row) -> None:
        if type(row) is CallRecord:
            self._records.setdefault(row.call_id, []).append(row)

    def _go_on(self, running: Running) -> None:
        steps, now = running.plan.steps, self.switch.now
        while running.next < len(steps):
            step = steps[running.next]
            if step.at > now:
                self._agenda.at(step.at, self._go_on, running)
                return
            try:
                self._do(running, step)
            except SwitchError as error:
                if running.tries < TRIES:
                    running.tries += 1
                    self._agenda.at(now, self._go_on, running)
                else:
                    self._give_up(running, f"{step.act.name.lower()}: {error}")
                return
            running.next += 1
            running.tries = 0
        if running.call in self.switch.calls:
            self._give_up(running, "the call goes on after its last line")
            return
        self.calls += 1
        self._audience.over(running.plan, self._records.pop(running.call, []))

    def _give_up(self, running: Running, why: str) -> None:
        if running.call in self.switch.calls:
            directing.release(self.switch, running.call, NORMAL_CLEARING, LeaveReason.NORMAL)
        self._records.pop(running.call, None)
        self._audience.failed(running.plan, why)

    def _do(self, running: Running, step: Step) -> None:
        if step.act is Act.ARRIVE:
            running.call = self._arrive(running.plan, step)
        elif step.act is Act.ORIGINATE:
            running.call = self._originate(running.plan, step)
        else:
            _ACTS[step.act](self.switch, running.call, step)

    def _arrive(self, plan: Plan, step: Step) -> str:
        return directing.arrive(
            self.switch,
            self._center.tenant_of(plan),
            plan.caller,
            plan.called,
            _to(step),
            media=plan.media,
            call_type=plan.call_type,
        )

    def _originate(self, plan: Plan, step: Step) -> str:
        to = _to(step)
        if plan.call_type in CONSULTATIONS and to[0] is not TargetType.OUTSIDE:
            return directing.consult(
                self.switch,
                step.agent,
                to,
                caller=plan.caller,
                called=plan.called,
                media=plan.media,
                call_type=plan.call_type,
            )
        return directing.originate(
            self.switch,
            step.agent,
            to,
            caller=plan.caller,
            media=plan.media,
            call_type=plan.call_type,
        )


def _to(step: Step) -> Target:
    assert step.to is not None
    return step.to


_UNDERLYING = {
    int(LeaveReason.TRANSFER_TIMED_OUT): LeaveReason.TIMEOUT,
    int(LeaveReason.THREE_PARTY_TIMED_OUT): LeaveReason.TIMEOUT,
}
"""What happens in a queue where records give the reason of the transfer."""


def _ring(switch: Switch, call: str, step: Step) -> None:
    directing.ring(switch, call, step.agent)


def _answer(switch: Switch, call: str, step: Step) -> None:
    switch.answer_call(step.agent, call)


def _refuse(switch: Switch, call: str, step: Step) -> None:
    rejected = step.reason == LeaveReason.REJECTED
    release = step.act is Act.REFUSE_AND_RELEASE
    directing.refuse(switch, call, step.agent, rejected=rejected, release=release)


def _divert(switch: Switch, call: str, step: Step) -> None:
    reason = _UNDERLYING.get(step.reason) or LeaveReason(step.reason)
    directing.divert(switch, call, reason, step.to, step.cause)


def _leave_flow(switch: Switch, call: str, step: Step) -> None:
    directing.leave_flow(switch, call, step.to)


def _transfer(switch: Switch, call: str, step: Step) -> None:
    directing.transfer(switch, call, step.agent, _to(step), step.mode)


def _cancel(switch: Switch, call: str, step: Step) -> None:
    switch.cancel_transfer(step.agent)


def _hand_over(switch: Switch, call: str, step: Step) -> None:
    directing.hand_over(switch, call, step.agent, step.cause)


def _outside_answers(switch: Switch, call: str, step: Step) -> None:
    switch.outside_answers(call)


def _outside_fails(switch: Switch, call: str, step: Step) -> None:
    switch.outside_refuses(call, step.cause)


def _hang_up(switch: Switch, call: str, step: Step) -> None:
    directing.hang_up(switch, call, step.cause, step.agent)


def _release(switch: Switch, call: str, step: Step) -> None:
    directing.release(switch, call, step.cause, LeaveReason(step.reason))


_ACTS: dict[Act, Callable[[Switch, str, Step], None]] = {
    Act.RING: _ring,
    Act.ANSWER: _answer,
    Act.REFUSE: _refuse,
    Act.REFUSE_AND_RELEASE: _refuse,
    Act.DIVERT: _divert,
    Act.LEAVE_FLOW: _leave_flow,
    Act.TRANSFER: _transfer,
    Act.CANCEL_TRANSFER: _cancel,
    Act.HAND_OVER: _hand_over,
    Act.OUTSIDE_ANSWERS: _outside_answers,
    Act.OUTSIDE_FAILS: _outside_fails,
    Act.HANG_UP: _hang_up,
    Act.AGENT_HANGS_UP: _hang_up,
    Act.RELEASE: _release,
}


def _fail(subscriber: Subscriber, error: Exception) -> None:
    """Whoever writes down must not fail: the replay would go on with half a truth."""
    raise error
