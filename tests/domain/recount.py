"""A day counted anew, by lists and sums, from what the switch reports (CEC 12.3.8.1).

Nothing here comes from the domain or the store: an indicator that both find is right, or the
same mistake made twice. Times are microseconds; `of_…` give the indicators of since ≤ time < until.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from emulator.switch import events
from emulator.switch.terms import CONSULTATIONS, CallType, MediaType, QueueOutcome

SECOND = 1_000_000
QUARTER = 900 * SECOND
BOUNDS = (3, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60)
CUSTOMER_LEFT = (531, 601)
OUT = (
    CallType.OUTBOUND,
    CallType.RESERVED,
    CallType.PREOCCUPIED,
    CallType.PREDICTED,
    CallType.PREVIEWED,
    CallType.CALLBACK,
)
Numbers = dict[str, float]


@dataclass
class Ring:
    """An agent on a call: it rings from `begin`, talks from `answer` (0: never) to `end`."""

    agent: int
    begin: int
    queue: int
    answer: int = 0
    end: int = 0
    why: str = ""

    @property
    def talk(self) -> int:
        return self.end - self.answer if self.answer else 0

    @property
    def rings(self) -> int:
        return (self.answer or self.end) - self.begin


@dataclass
class Wait:
    """A call in a queue, `waited` without the last ring."""

    queue: int
    begin: int
    end: int = 0
    waited: int = 0
    outcome: QueueOutcome = QueueOutcome.IN_PROGRESS
    on: str = ""
    """Where the queue sent it: to a queue or a flow."""


@dataclass
class Flow:
    """A call in a flow."""

    begin: int
    end: int = 0


@dataclass
class Call:
    """A call as it was heard."""

    id: str
    type: CallType
    media: MediaType
    caller: str
    called: str
    waits: list[Wait] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    order: list[tuple[str, int]] = field(default_factory=list)
    """What the call entered, in turn."""
    cleared: int = 0
    cause: int = 0

    @property
    def stays(self) -> list[Any]:
        return [*self.waits, *self.rings, *self.flows]

    @property
    def begin(self) -> int:
        return min(it.begin for it in self.stays)

    @property
    def end(self) -> int:
        return max(it.end for it in self.stays)

    def given_up_at(self, at: int) -> bool:
        return self.cause in CUSTOMER_LEFT and self.cleared == at


@dataclass
class Asked:
    """A request for an agent: the queues it waited in one after another, and whom it rang at."""

    call: Call
    queue: int
    begin: int
    waits: list[Wait]
    vain: list[Ring]
    answer: Ring | None

    @property
    def queued(self) -> int:
        return sum(it.waited for it in self.waits)

    @property
    def at(self) -> int:
        if self.answer:
            return self.answer.answer
        return max(it.end for it in [*self.waits, *self.vain])

    @property
    def waited(self) -> int:
        if self.answer:
            return self.answer.answer - self.begin
        return max(it.end for it in self.waits or self.vain) - self.begin

    @property
    def lost_ringing(self) -> bool:
        """It came to nothing while a phone rang."""
        if self.answer:
            return False
        last = max(self.vain, key=lambda it: it.end, default=None)
        if not self.waits or last is None:
            return not self.waits
        if last.end != self.waits[-1].end:
            return False
        if last.why == "refused":
            return self.waits[-1].outcome is QueueOutcome.RELEASED
        return last.why in ("customer", "released", "gone")

    @property
    def given_up(self) -> bool:
        if self.answer:
            return False
        if self.waits:
            return self.waits[-1].outcome is QueueOutcome.ABANDONED
        return self.vain[-1].why == "customer"

    @property
    def lost_in_queue(self) -> bool:
        return not self.answer and not self.lost_ringing

    @property
    def cut_off(self) -> bool:
        if not self.lost_in_queue or self.given_up or self.waits[-1].on:
            return False
        return self.call.end == self.waits[-1].end


@dataclass
class Span:
    """Something an agent did."""

    agent: int
    what: str
    begin: int
    end: int = 0
    media: int = 0


class Recount:
    """Hears the events of a switch; numbers that begin with `inside` lead back into it."""

    def __init__(self, inside: str) -> None:
        self._inside = inside
        self.calls: dict[str, Call] = {}
        self._live: dict[str, Call] = {}
        self._asked: dict[str, list[Asked]] = {}
        self.spans: list[Span] = []
        self._state: dict[int, list[Span]] = {}
        self._logged: dict[int, Span] = {}
        self._own: dict[int, str] = {}
        self._held: dict[tuple[int, str], Span] = {}
        self._was_held: dict[tuple[int, str], Span] = {}
        self._plays: dict[int, Span] = {}
        self._known: set[str] = set()
        self._three: set[tuple[int, str]] = set()
        self._was_in_three: dict[tuple[int, str], int] = {}
        self._parties: dict[str, set[str]] = {}
        self._sent: dict[str, int] = {}
        self._moved_on: dict[int, str] = {}
        self._helped: dict[str, int] = {}
        self._lent: dict[tuple[int, str], Span] = {}

    def __call__(self, event: Any) -> None:
        hear = _HEARD.get(type(event))
        if hear is not None:
            hear(self, event)

    # Calls

    def _offered(self, it: events.Offered) -> None:
        call = Call(it.call, it.call_type, it.media, it.caller, it.called)
        self.calls[it.call] = self._live[it.call] = call

    def _service_initiated(self, it: events.ServiceInitiated) -> None:
        call = Call(it.call, it.call_type, it.media, it.caller, it.called)
        self.calls[it.call] = self._live[it.call] = call
        call.rings.append(Ring(it.agent, it.at, 0))
        if it.call_type in CONSULTATIONS:
            self._note(it.agent, "help", it.at)
            self._helped[it.call] = it.agent
        elif it.call_type is CallType.INTERNAL and it.called in self._known:
            self._note(it.agent, "internal", it.at)

    def _queued(self, it: events.Queued) -> None:
        call = self.calls[it.call]
        if call.waits and call.waits[-1].end == it.at and self._led_on(call):
            call.waits[-1].on = "queue"
        call.waits.append(Wait(it.queue, it.at))
        call.order.append(("queue", it.at))

    def _led_on(self, call: Call) -> bool:
        """The queue that the call has just left keeps no calls that wait too long, or at all."""
        led = (QueueOutcome.TIMED_OUT, QueueOutcome.OVERFLOWED)
        return bool(call.waits) and call.waits[-1].outcome in led and not call.waits[-1].on

    def _queue_left(self, it: events.QueueLeft) -> None:
        wait = self.calls[it.call].waits[-1]
        wait.end, wait.waited, wait.outcome = it.at, it.waited, it.outcome

    def _ring(self, call: str, agent: int) -> Ring | None:
        known = self.calls[call].rings
        return next((it for it in known if it.agent == agent and not it.end), None)

    def _delivered(self, it: events.Delivered) -> None:
        if not it.work_no or self._ring(it.call, it.work_no):
            return
        call = self.calls[it.call]
        call.rings.append(Ring(it.work_no, it.at, it.queue))
        call.order.append(("agent", it.at))
        if it.work_no not in self._own and not self._talks(it.work_no):
            self._leave_state(it.work_no, it.at)

    def _talks(self, agent: int) -> bool:
        rings = (ring for call in self._live.values() for ring in call.rings)
        return any(it.agent == agent and it.answer and not it.end for it in rings)

    def _established(self, it: events.Established) -> None:
        call = self.calls[it.call]
        kind, _, name = it.device.partition(":")
        if kind == "ivr":
            if not call.flows or call.flows[-1].end:
                self._enters_flow(call, it.at)
            return
        answers = self._ring(it.call, int(name)) if kind == "agent" else None
        first = next(iter(call.rings), None)
        for ring in (answers, first):
            waits = ring is not None and not ring.answer and not ring.end
            if ring is not None and waits and (ring is answers or self._began(call, ring)):
                ring.answer = it.at
        for ring in call.rings:
            if ring.answer == it.at and not ring.end:
                self._own.setdefault(ring.agent, it.call)

    def _began(self, call: Call, ring: Ring) -> bool:
        """Whether the agent has made the call, and so talks as soon as somebody answers."""
        return call.type is not CallType.INBOUND and ring is call.rings[0]

    def _enters_flow(self, call: Call, at: int) -> None:
        if call.waits and call.waits[-1].end == at and self._led_on(call):
            call.waits[-1].on = "flow"
        call.flows.append(Flow(at))
        call.order.append(("flow", at))
        for ring in call.rings:
            if ring.answer and not ring.end and self._sent.get(call.id) != at:
                self._lent[ring.agent, call.id] = self._note(ring.agent, "lent", at)

    def _not_answered(self, it: events.NotAnswered) -> None:
        self._rings_no_more(it, "refused" if it.rejected else "not answered")

    def _diverted(self, it: events.Diverted) -> None:
        self._rings_no_more(it, "picked up")

    def _rings_no_more(self, it: Any, why: str) -> None:
        ring = self._ring(it.call, it.agent)
        if ring is not None:
            ring.end, ring.why = it.at, why

    def _connection_cleared(self, it: events.ConnectionCleared) -> None:
        call = self.calls[it.call]
        kind, _, name = it.device.partition(":")
        if kind == "ivr" and call.flows and not call.flows[-1].end:
            call.flows[-1].end = it.at
        self._parties.get(it.call, set()).discard(it.number)
        if len(self._parties.get(it.call, ())) < 3:
            for agent, call in list(self._three):
                if call == it.call:
                    self._leave_three(agent, call, it.at)
        if kind == "agent" and (ring := self._ring(it.call, int(name))):
            ring.end = it.at
            ring.why = {601: "customer", 518: "gone"}.get(it.cause, "released")
            self._off_hold(ring.agent, it.call, it.at)
            self._leave_three(ring.agent, it.call, it.at)

    def _leave_three(self, agent: int, call: str, at: int) -> None:
        if (agent, call) in self._three:
            self._three.remove((agent, call))
            self._was_in_three[agent, call] = at

    def _connection_moved(self, it: events.ConnectionMoved) -> None:
        self._parties.setdefault(it.call, set()).add(it.device.partition(":")[2])
        if not it.agent:
            return
        source, target = self.calls[it.from_call], self.calls[it.call]
        ring = [r for r in source.rings if r.agent == it.agent and r.end in (0, it.at)][-1]
        source.rings.remove(ring)
        ring.end, ring.why = 0, ""
        target.rings.append(ring)
        if self._was_in_three.pop((it.agent, it.from_call), 0) == it.at:
            self._three.add((it.agent, it.call))
        held = self._was_held.pop((it.agent, it.from_call), None)
        if held is not None and held.end == it.at:
            self._held[it.agent, it.call] = held

    def _call_cleared(self, it: events.CallCleared) -> None:
        call = self._live.pop(it.call)
        call.cleared, call.cause = it.at, it.cause
        for stay in call.stays:
            if not stay.end:
                stay.end = it.at
        for agent, held in list(self._held):
            if held == it.call:
                self._off_hold(agent, held, it.at)

    # Agents

    def _note(self, agent: int, what: str, at: int, media: int = 0) -> Span:
        self.spans.append(Span(agent, what, at, at, media))
        return self.spans[-1]

    def _leave_state(self, agent: int, at: int) -> None:
        for span in self._state.pop(agent, []):
            span.end = at

    def _enter(self, agent: int, at: int, *states: str) -> None:
        self._leave_state(agent, at)
        self._own.pop(agent, None)
        self._state[agent] = [self._note(agent, state, at) for state in states]

    def _agent_logged_on(self, it: events.AgentLoggedOn) -> None:
        self._known.add(str(it.agent))
        self._note(it.agent, "sign in", it.at)
        self._logged[it.agent] = self._note(it.agent, "signed in", it.at // SECOND * SECOND)

    def _agent_logged_off(self, it: events.AgentLoggedOff) -> None:
        self._enter(it.agent, it.at)
        self._logged.pop(it.agent).end = it.at // SECOND * SECOND

    def _agent_ready(self, it: events.AgentReady) -> None:
        self._enter(it.agent, it.at, "idle")

    def _agent_not_ready(self, it: events.AgentNotReady) -> None:
        self._enter(it.agent, it.at, "busy")

    def _agent_resting(self, it: events.AgentResting) -> None:
        self._enter(it.agent, it.at, "rest")

    def _agent_working_after_call(self, it: events.AgentWorkingAfterCall) -> None:
        after = None if it.requested else self.calls.get(self._own.get(it.agent, ""))
        kinds = ["work"]
        if after is not None:
            kinds.append("after")
            if after.type in (CallType.INBOUND, CallType.CALLBACK):
                kinds.append("after in")
            elif after.type in OUT:
                kinds.append("after out")
        self._enter(it.agent, it.at, *kinds)

    def _agent_state_changed(self, it: events.AgentStateChanged) -> None:
        self._leave_state(it.agent, it.at)

    def _agent_busy(self, it: events.AgentBusy) -> None:
        self._leave_state(it.agent, it.at)

    def _held(self, it: events.Held) -> None:
        self._held[it.agent, it.call] = self._note(it.agent, "hold", it.at)

    def _off_hold(self, agent: int, call: str, at: int) -> None:
        span = self._held.pop((agent, call), None)
        if span is not None:
            span.end = at
            self._was_held[agent, call] = span

    def _retrieved(self, it: events.Retrieved) -> None:
        self._off_hold(it.agent, it.call, it.at)

    def _conferenced(self, it: events.Conferenced) -> None:
        self._off_hold(it.agent, it.call, it.at)
        self._parties[it.call] = {*it.parties, str(it.agent)}
        if (it.agent, it.call) not in self._three:
            self._three.add((it.agent, it.call))
            self._note(it.agent, "three", it.at)

    def _returned_from_ivr(self, it: events.ReturnedFromIvr) -> None:
        """Of several agents on the call only the one who lent it gets it back."""
        for agent, call in list(self._lent):
            lent = self._lent[agent, call]
            if call == it.call and agent != it.agent and lent in self.spans:
                self.spans.remove(lent)
                del self._lent[agent, call]

    def _transfer_result(self, it: events.TransferResult) -> None:
        self._moved_on[it.agent] = it.call if it.result == 0 else ""

    def _transferred(self, it: events.Transferred) -> None:
        kind, _, number = it.device.partition(":")
        self._sent[it.call] = it.at
        lent = self._lent.pop((it.agent, it.call), None)
        if lent is not None and lent.begin == it.at:
            self.spans.remove(lent)
        helps = any(
            agent == it.agent and not self.calls[call].cleared
            for call, agent in self._helped.items()
        )
        if helps:
            return
        if kind == "trunk" and not number.startswith(self._inside):
            self._note(it.agent, "out", it.at)
        elif kind == "agent" and self._moved_on.pop(it.agent, "") == it.call:
            self._note(it.agent, "inside", it.at)

    def _playback_started(self, it: events.PlaybackStarted) -> None:
        self._plays[it.agent] = self._note(it.agent, "play", it.at)

    def _playback_stopped(self, it: events.PlaybackStopped) -> None:
        span = self._plays.pop(it.agent, None)
        if span is not None:
            span.end = it.at

    # What calls amount to

    def over(self) -> list[Call]:
        """Calls that are over, and that somebody or something has served."""
        return [it for it in self.calls.values() if it.cleared and it.stays]

    def inbound(self) -> list[Call]:
        return [it for it in self.over() if it.type is CallType.INBOUND]

    def requests(self) -> list[Asked]:
        return [it for call in self.inbound() for it in self.requests_of(call)]

    def requests_of(self, call: Call) -> list[Asked]:
        if call.id not in self._asked:
            self._asked[call.id] = _requests(call)
        return self._asked[call.id]


_HEARD: dict[type[Any], Callable[[Recount, Any], None]] = {
    events.Offered: Recount._offered,
    events.ServiceInitiated: Recount._service_initiated,
    events.Queued: Recount._queued,
    events.QueueLeft: Recount._queue_left,
    events.Delivered: Recount._delivered,
    events.Established: Recount._established,
    events.NotAnswered: Recount._not_answered,
    events.Diverted: Recount._diverted,
    events.ConnectionCleared: Recount._connection_cleared,
    events.ConnectionMoved: Recount._connection_moved,
    events.CallCleared: Recount._call_cleared,
    events.AgentLoggedOn: Recount._agent_logged_on,
    events.AgentLoggedOff: Recount._agent_logged_off,
    events.AgentReady: Recount._agent_ready,
    events.AgentNotReady: Recount._agent_not_ready,
    events.AgentResting: Recount._agent_resting,
    events.AgentWorkingAfterCall: Recount._agent_working_after_call,
    events.AgentStateChanged: Recount._agent_state_changed,
    events.AgentBusy: Recount._agent_busy,
    events.Held: Recount._held,
    events.Retrieved: Recount._retrieved,
    events.Conferenced: Recount._conferenced,
    events.ReturnedFromIvr: Recount._returned_from_ivr,
    events.TransferResult: Recount._transfer_result,
    events.Transferred: Recount._transferred,
    events.PlaybackStarted: Recount._playback_started,
    events.PlaybackStopped: Recount._playback_stopped,
}


def _requests(call: Call) -> list[Asked]:
    found: list[Asked] = []
    left = list(call.rings)
    waits: list[Wait] = []
    for wait in call.waits:
        waits.append(wait)
        if wait.on == "queue":
            continue
        asked = Asked(call, waits[0].queue, waits[0].begin, waits, [], None)
        for ring in list(left):
            mine = any(_inside(ring, it) for it in waits)
            if mine and ring.talk and ring.answer == wait.end:
                asked.answer = ring
                left.remove(ring)
            elif mine and not ring.talk:
                asked.vain.append(ring)
                left.remove(ring)
        found.append(asked)
        waits = []
    for ring in left:
        before = [it for it in found if it.waits and it.begin <= ring.begin]
        queue = before[-1].queue if before else 0
        vain, answer = ([], ring) if ring.talk else ([ring], None)
        found.append(Asked(call, queue, ring.begin, [], vain, answer))
    return found


def _inside(ring: Ring, wait: Wait) -> bool:
    upto = ring.answer or ring.end
    return ring.queue == wait.queue and wait.begin <= ring.begin and upto <= wait.end


# Indicators


def _sum(values: Iterable[float]) -> int:
    return int(sum(values) / SECOND)


def _mean(total: int, count: int) -> float:
    return round(total / SECOND / count, 2) if count else 0


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0


def _plain(numbers: Numbers) -> Numbers:
    return {code: value for code, value in numbers.items() if value}


def of_queue(day: Recount, queue: int, since: int, until: int) -> Numbers:
    """Everything of a queue that is not zero."""
    asked = [it for it in day.requests() if it.queue == queue and since <= it.at < until]
    good = [it for it in asked if it.answer]
    lost = [it for it in asked if not it.answer]
    vain = [ring for it in asked for ring in it.vain]
    rung = [it.answer for it in good if it.answer]
    left = [it for it in asked if it.given_up]
    waits = [
        wait
        for call in day.inbound()
        for wait in call.waits
        if wait.queue == queue and since <= wait.end < until
    ]
    firsts = {
        id(next(a for a in day.requests_of(c) if a.waits).waits[0])
        for c in day.inbound()
        if c.waits
    }
    rings, requests = len(vain) + len(rung), len(vain) + len(rung)
    requests += sum(it.lost_in_queue for it in lost)
    queued_in_vain = sum(it.queued for it in lost)
    waits_in_vain = sum(len(it.waits) for it in lost)
    rang_in_vain = [it for it in vain if it.rings > 0]
    talk, ring_good = sum(it.talk for it in rung), sum(it.rings for it in rung)
    ring_vain, queued_good = sum(it.rings for it in vain), sum(it.queued for it in good)
    c, d, r = "IDX_COUNT_SKILL_", "IDX_DURATION_SKILL_", "IDX_RATE_SKILL_"
    numbers: Numbers = {
        f"{c}REQUEST": requests,
        f"{c}INCOMING_CALL": sum(
            bool(it.waits) and id(it.waits[0]) in firsts and it.call.media is MediaType.VOICE
            for it in asked
        ),
        f"{c}CONNECTED": len(good),
        f"{c}ABANDON": requests - len(good),
        f"{c}USER_ABANDON": len(left),
        f"{c}AGENT_ABANDON": sum(it.why == "refused" for it in vain),
        f"{c}QUEUE_DISCONNECTED": sum(it.cut_off for it in asked),
        f"{c}SYSTEM_LOST": sum(it.why == "not answered" for it in vain),
        f"{c}LOST_RING": len(rang_in_vain),
        **_diverted(waits),
        f"{c}USER_ABANDON_QUEUE": sum(not it.lost_ringing for it in left),
        f"{c}USER_ABANDON_AGENT": sum(it.why == "customer" for it in vain),
        f"{c}WAIT_FAIL_CONNECTED_QUEUE": waits_in_vain,
        f"{r}CONNECTED": _percent(len(good), requests),
        f"{r}ABANDON": _percent(requests - len(good), requests),
        f"{r}RING_CONNECT": _percent(len(good), rings),
        f"{d}AVG_CONNECTED": _mean(talk, len(good)),
        f"{d}CONNECTED": _sum([talk]),
        f"{d}AVG_QUEUE_ACK": _mean(sum(it.waited for it in asked), len(asked)),
        f"{d}AVG_CONNECTED_ACK": _mean(ring_good, len(good)),
        f"{d}AVG_ABANDON_ACK": _mean(ring_vain, len(rang_in_vain)),
        f"{d}AVG_CONNECTED_QUEUE": _mean(queued_good, len(good)),
        f"{d}AVG_ABANDON_QUEUE": _mean(queued_in_vain, waits_in_vain),
        f"{d}MAX_QUEUE_ACK": _sum([max((it.waited for it in asked), default=0)]),
        f"{d}MIN_QUEUE_ACK": _sum([min((it.waited for it in asked), default=0)]),
        f"{d}USER_ABANDON_QUEUE": _sum(it.waited for it in left if not it.lost_ringing),
        f"{d}USER_ABANDON_AGENT": _sum(it.waited for it in left if it.lost_ringing),
        f"{d}ABANDON_QUEUE": _sum([queued_in_vain]),
        f"{d}ABANDON_ACK": _sum([ring_vain]),
        f"{d}WAIT_SUCCESS_CONNECTED_QUEUE": _sum([queued_good]),
        f"{d}SUCCESS_ACK": _sum([ring_good]),
        f"{d}ALL_ACK": _sum([ring_good + ring_vain]),
        f"{d}ALL_QUEUE": _sum([queued_good + queued_in_vain]),
        "IDX_SKILL_RESERVED_COL3": sum(it.waited <= 15 * SECOND for it in good),
    }
    for bound in BOUNDS:
        soon = sum(it.waited <= bound * SECOND for it in good)
        soon_left = sum(it.waited <= bound * SECOND for it in left)
        numbers[f"{c}CONNECTED_IN_{bound}"] = soon
        numbers[f"{c}CONNECTED_AFTER_{bound}"] = len(good) - soon
        numbers[f"{c}ABANDON_IN_{bound}"] = soon_left
        numbers[f"{c}ABANDON_AFTER_{bound}"] = len(left) - soon_left
    return _plain(numbers)


def _diverted(waits: list[Wait]) -> Numbers:
    def number(outcome: QueueOutcome, on: str) -> int:
        return sum(it.outcome is outcome and it.on == on for it in waits)

    return {
        "IDX_COUNT_SKILL_TIME_OUT_QUEUE": number(QueueOutcome.TIMED_OUT, "queue"),
        "IDX_COUNT_SKILL_TIMEOUT_IVR": number(QueueOutcome.TIMED_OUT, "flow"),
        "IDX_COUNT_SKILL_OVERFLOW_QUEUE": number(QueueOutcome.OVERFLOWED, "queue"),
        "IDX_COUNT_SKILL_OVERFLOW_IVR": number(QueueOutcome.OVERFLOWED, "flow"),
    }


def of_agent(day: Recount, agent: int, since: int, until: int) -> Numbers:
    """Everything of an agent that is not zero."""

    def of(*types: CallType) -> list[Ring]:
        return [
            ring
            for call in day.over()
            if call.type in types
            for ring in call.rings
            if ring.agent == agent and since <= ring.end < until
        ]

    came, went = of(CallType.INBOUND), of(*OUT)
    good, out = [it for it in came if it.talk], [it for it in went if it.talk]
    spans = [it for it in day.spans if it.agent == agent]

    def times(what: str) -> int:
        return sum(it.what == what and since <= it.begin < until for it in spans)

    def took(what: str) -> int:
        return sum(
            max(0, min(it.end, until) - max(it.begin, since)) for it in spans if it.what == what
        )

    c, d = "IDX_COUNT_AGENT_", "IDX_DURATION_AGENT_"
    talk, out_talk = sum(it.talk for it in good), sum(it.talk for it in out)
    numbers: Numbers = {
        f"{c}CONNECTED": len(good),
        f"{c}CALL_OUT": len(out),
        "IDX_COUNT_TOTAL_AGENT_CALL_OUT": len(went),
        f"{c}REQUEST": len(came),
        f"{c}ABANDON": len(came) - len(good),
        f"{c}WAIT_ANS": len(came),
        f"{c}LOST_RING": sum(not it.talk and it.rings > 0 for it in came),
        f"{c}NO_ACK": sum(it.why == "not answered" for it in came if not it.talk),
        f"{c}HANG_UP": sum(it.why == "refused" for it in came if not it.talk),
        f"{d}CONVERSATION_IN": _sum([talk]),
        f"{d}AVERAGE_CONVERSATION_IN": _mean(talk, len(good)),
        f"{d}CALL_OUT": _sum([out_talk]),
        f"{d}AVG_CALL_OUT": _mean(out_talk, len(out)),
        f"{d}RING": _sum([sum(it.rings for it in came)]),
        f"{d}AVG_RING": _mean(sum(it.rings for it in came), len(came)),
        f"{d}MAX_CALLING": _sum([max((it.talk for it in good), default=0)]),
        f"{d}MIN_CALLING": _sum([min((it.talk for it in good), default=0)]),
        "IDX_RATE_AGENT_CONNECTED": _percent(len(good), len(came)),
        "IDX_RATE_AGENT_SUCCESS_OUT": _percent(len(out), len(went)),
        "IDX_AGENT_RESERVED_COL3": sum(it.rings <= 15 * SECOND for it in good),
    }
    for bound in BOUNDS:
        numbers[f"{c}CONNECTED_IN_{bound}"] = sum(it.rings <= bound * SECOND for it in good)
    for code, what in _DONE.items():
        numbers[c + code] = times(what)
    for code, what in _TOOK.items():
        numbers[d + code] = _sum([took(what)])
        if code not in ("SIGN_IN", "FREE", "ARRANGE", "PLAY"):
            numbers[f"{d}AVG_{code}"] = _mean(took(what), times(what))
    return _plain(numbers)


_DONE = {
    "SIGN_IN": "sign in",
    "COLLATION": "after",
    "COLLATION_CALL_IN": "after in",
    "COLLATION_CALL_OUT": "after out",
    "REST": "rest",
    "HOLD": "hold",
    "SET_BUSY": "busy",
    "MOVE_INSIDE": "inside",
    "MOVE_OUT": "out",
    "MOVE_IVR": "lent",
    "3WC": "three",
    "INSIDE_CALL": "internal",
    "INSIDE_HELP_SEEKING": "help",
    "ARRANGE": "work",
    "PLAY": "play",
}
_TOOK = {
    "SIGN_IN": "signed in",
    "COLLATION": "after",
    "COLLATION_CALL_IN": "after in",
    "COLLATION_CALL_OUT": "after out",
    "REST": "rest",
    "HOLD": "hold",
    "SET_BUSY": "busy",
    "FREE": "idle",
    "ARRANGE": "work",
    "PLAY": "play",
}


def of_vdn(day: Recount, since: int, until: int) -> Numbers:
    """Everything of the VDN that is not zero."""
    over = [it for it in day.over() if since <= it.end < until]
    came = [it for it in over if it.type is CallType.INBOUND]
    went = [it for it in over if it.type in OUT]
    asked = [request for call in came for request in day.requests_of(call)]
    good, left = [it for it in asked if it.answer], [it for it in asked if it.given_up]
    requests = sum(len(it.vain) + bool(it.answer) + it.lost_in_queue for it in asked)
    manual = [it for it in came if it.waits or it.rings]
    served = [it for it in came if _agents_talk(it)]
    answered = [it for it in came if _agents_talk(it) or _flows_talk(it)]
    called = [it for it in went if _agents_talk(it) or _flows_talk(it)]
    only = [it for it in came if it.flows and not it.waits and not it.rings]
    flows = [flow for it in came for flow in it.flows]
    out_flows = [flow for it in went for flow in it.flows]
    c, d, r = "IDX_COUNT_", "IDX_DURATION_", "IDX_RATE_"
    numbers: Numbers = {
        f"{c}TOTAL_CALL": len(came) + len(went),
        f"{c}CONNECTED_CALL": len(answered) + len(called),
        f"{c}ABANDONED_CALL": len(came) + len(went) - len(answered) - len(called),
        f"{c}INBOUND_CALL": len(came),
        f"{c}INBOUND_CONNECTED": len(answered),
        f"{c}OUTBOUND_CALL": len(went),
        f"{c}OUTBOUND_CONNECTED": len(called),
        f"{c}AGENT_INBOUND": len(manual),
        f"{c}AGENT_INBOUND_CONNECTED": len(served),
        f"{c}IVR_INBOUND": len(flows),
        f"{c}IVR_INBOUND_CONNECTED": sum(it.end > it.begin for it in flows),
        f"{c}IVR_OUTBOUND": sum(it.end > it.begin for it in out_flows),
        "IDX_UNIQUE_COUNT_IVR_INBOUND": sum(bool(it.flows) for it in came),
        "IDX_UNIQUE_COUNT_IVR_INBOUND_CONNECTED": sum(_flows_talk(it) > 0 for it in came),
        "IDX_UNIQUE_COUNT_IVR_OUTBOUND": sum(bool(it.flows) for it in went),
        "IDX_UNIQUE_COUNT_IVR_OUTBOUND_CONNECTED": sum(_flows_talk(it) > 0 for it in went),
        f"{c}AGENT_OUTBOUND_CONNECTED": sum(_agents_talk(it) > 0 for it in went),
        f"{c}INBOUND_ABANDON_CONNECTED": len(came) - len(answered),
        f"{c}IVR_ONLY_INBOUND": len(only),
        f"{c}IVR_ONLY_INBOUND_CONNECTED": sum(_flows_talk(it) > 0 for it in only),
        f"{c}SYSTEM_INBOUND": len(came),
        f"{c}SYSTEM_IN_SUCC": len(answered),
        f"{c}AGENT_ASSIGNED": len(served),
        f"{r}IVR_INBOUND_CONNECTED": _percent(sum(it.end > it.begin for it in flows), len(flows)),
        f"{r}INBOUND_CONNECTED": _percent(len(answered), len(came)),
        f"{r}OUTBOUND_CONNECTED": _percent(len(called), len(went)),
        f"{r}AGENT_INBOUND_CONNECTED": _percent(len(served), len(manual)),
        f"{r}AGENT_INBOUND_ABANDON": _percent(len(manual) - len(served), len(manual)),
        f"{r}PHONE_INBOUND_ABANDON": _percent(len(came) - len(answered), len(came)),
        f"{r}AGENT_CALL_IN_CONNECTED": _percent(len(good), requests),
        f"{r}AGENT_CALL_IN_CONNECTED_IN_20": _soon(good, 20),
        f"{d}AVG_VDN_INBOUND": _mean(sum(it.end - it.begin for it in came), len(came)),
        f"{d}AVG_VDN_OUTBOUND": _mean(sum(it.end - it.begin for it in went), len(went)),
        f"{d}AVG_CONNECTED": _mean(
            sum(_agents_talk(it) + _flows_talk(it) for it in came), len(answered)
        ),
        f"{d}AVG_WAIT": _mean(sum(it.waited for it in asked), len(asked)),
        f"{d}AVG_AGENT_CALL_IN_CONNECTED": _mean(sum(map(_agents_talk, came)), len(good)),
        f"{d}AVG_AGENT_CALL_OUT_CONNECTED": _mean(
            sum(map(_agents_talk, went)), sum(_agents_talk(it) > 0 for it in went)
        ),
        f"{d}IVR_ONLY_INBOUND": _sum(map(_flows_talk, only)),
    }
    for bound in (3, 5, 10, 30, 60):
        numbers[f"{r}ABANDON_IN_{bound}"] = _soon(left, bound)
        numbers[f"{r}AGENT_CONNECTED_IN_{bound}"] = _soon(good, bound)
    for bound in (10, 60):
        late = sum(it.waited > bound * SECOND for it in good)
        numbers[f"{r}AGENT_CONNECTED_AFTER_{bound}"] = _percent(late, len(good))
    return _plain(numbers)


def _soon(asked: list[Asked], bound: int) -> float:
    return _percent(sum(it.waited <= bound * SECOND for it in asked), len(asked))


def _agents_talk(call: Call) -> int:
    return sum(it.talk for it in call.rings)


def _flows_talk(call: Call) -> int:
    return sum(it.end - it.begin for it in call.flows)


def of_flows(day: Recount, since: int, until: int) -> Numbers:
    """Everything of the flows that is not zero."""
    heard = [
        (call, flow) for call in day.inbound() for flow in call.flows if since <= flow.end < until
    ]
    served = [flow for _, flow in heard if flow.end > flow.begin]
    on = [_next(call, flow) for call, flow in heard if not _ended_in(call, flow)]
    c = "IDX_COUNT_IVR_"
    numbers: Numbers = {
        f"{c}INBOUND_CALL": len(heard),
        f"{c}INBOUND_CONNECTED": len(served),
        f"{c}ABANDONED_CALL": len(heard) - len(served),
        f"{c}INBOUND_FLOWOUT": len(on),
        f"{c}INBOUND_USER_ABORT": sum(call.given_up_at(flow.end) for call, flow in heard),
        "IDX_RATE_IVR_INBOUND_CONNECTED": _percent(len(served), len(heard)),
        "IDX_DURATION_AVG_IVR_CONNECTED": _mean(
            sum(it.end - it.begin for it in served), len(served)
        ),
        f"{c}TO_AGENT": sum(it in ("queue", "agent") for it in on),
    }
    return _plain(numbers)


def _ended_in(call: Call, flow: Flow) -> bool:
    """Whether the flow ended the call, or its caller did who was in the flow."""
    return call.cleared == flow.end and call.cause in (*CUSTOMER_LEFT, 256, 360)


def _next(call: Call, flow: Flow) -> str:
    """What the call was led to; to nothing that was asked for: back to an agent, or outside."""
    after = call.order[call.order.index(("flow", flow.begin)) + 1 :]
    waits_for_it = any(it.answer <= flow.begin and it.end >= flow.end for it in call.rings)
    return next((kind for kind, _ in after), "agent" if waits_for_it else "outside")


def quarters(since: int, until: int) -> Iterator[tuple[int, int]]:
    """The intervals of a quarter of an hour."""
    return ((at, at + QUARTER) for at in range(since, until, QUARTER))
