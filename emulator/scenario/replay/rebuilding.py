"""Makes the plan of a call of what its records say, or says why none can be made.

The records tell of stays; a plan needs what led from one to the next: a policy of a queue, an exit
of a flow, a transfer. It is read off the reasons, the times and the devices that came before.
"""

from __future__ import annotations

from emulator.domain.indicators.calls import AGENT, IVR, QUEUE
from emulator.scenario.replay.calls import Call
from emulator.scenario.replay.plan import Act, NotRebuilt, Plan, Step
from emulator.scenario.replay.reading import SECOND
from emulator.scenario.replay.stays import NORMAL_CLEARING, REFUSED, R, Stay, stays_of
from emulator.switch.directing import Target
from emulator.switch.operations import reason_of
from emulator.switch.terms import (
    CHAT_MEDIA,
    CONSULTATIONS,
    CallType,
    LeaveReason,
    MediaType,
    TargetType,
    TransferMode,
)
from emulator.switch.validation import QUEUE_RANGES, WORK_NUMBERS

LONGEST_WAIT = QUEUE_RANGES["max_wait"][-1] * SECOND
LONGEST_RING = QUEUE_RANGES["ring"][-1] * SECOND
BY_FLOW = 256
NOT_ANSWERED, REJECTED = 853, 852

_DIVERTED = frozenset(
    {R.OVERFLOW, R.TIMEOUT, R.NO_AGENT, R.TRANSFER_TIMED_OUT, R.THREE_PARTY_TIMED_OUT}
)
_BY_AGENTS = frozenset(
    {
        *(CallType.INTERNAL, CallType.OUTBOUND, CallType.RESERVED, CallType.PREOCCUPIED),
        *(CallType.PREDICTED, CallType.PREVIEWED, CallType.CALLBACK),
    }
    | CONSULTATIONS
)
_BETWEEN_AGENTS = CONSULTATIONS | {CallType.INTERNAL}
_HUNG_UP = frozenset({R.AGENT_RELEASED, R.HELP_RELEASED})
_OTHERWISE = {
    R.HELD_CALL_CONNECTED: "a held call was connected with another",
    R.THREE_PARTY_HELP: "an agent asked for help in a three-party conversation",
    R.THREE_PARTY: "a three-party conversation",
    R.INTERCEPTED: "an inspector took the call",
    R.PICKED_UP: "an agent picked up a call that rang at another",
    R.CONFERENCE_RELEASED: "a conference",
    R.REMOVED: "a conference",
}
_REASONS = frozenset(int(it) for it in LeaveReason)
_SPLIT = "stays that do not follow one another: a conference, or two calls in one"


def plan_of(call: Call) -> Plan:
    """What happened to the call; `NotRebuilt` if the records do not tell, or the switch cannot."""
    first = call.records[0]
    call_type = _call_type(call)
    media = _media(call)
    stays = stays_of(call.records)
    for stay in stays:
        _check(stay, media)
        for ring in stay.rings:
            _check(ring, media)
    steps = _Course(call, stays, call_type, media).steps
    return Plan(call, first.caller_no, first.callee_no, call_type, media, tuple(steps))


def _call_type(call: Call) -> CallType:
    types = {it.call_type for it in call.records}
    if len(types) > 1:
        raise NotRebuilt("the type of the call changes")
    try:
        found = CallType(types.pop())
    except ValueError:
        kind = call.records[0].call_type
        raise NotRebuilt("a type of call that the emulator has not", str(kind)) from None
    if found is CallType.MULTI_PARTY:
        raise NotRebuilt("a conference")
    for name in ("caller_no", "callee_no"):
        if len({getattr(it, name) for it in call.records}) > 1:
            raise NotRebuilt("a number changes during the call", name)
    return found


def _media(call: Call) -> MediaType:
    found = {it.media_type for it in call.records if it.media_type}
    if len(found) > 1:
        raise NotRebuilt("the medium changes during the call")
    text = found.pop() if found else str(int(MediaType.VOICE))
    try:
        return MediaType(int(text))
    except ValueError:
        raise NotRebuilt("a medium that the emulator has not", text) from None


def _check(stay: Stay, media: MediaType) -> None:
    """Refuse what the switch would not do."""
    if stay.reason in _OTHERWISE:
        raise NotRebuilt(_OTHERWISE[LeaveReason(stay.reason)])
    if stay.reason not in _REASONS:
        raise NotRebuilt("a reason to leave that the emulator has not", str(stay.reason))
    if stay.kind == AGENT and stay.agent not in WORK_NUMBERS:
        raise NotRebuilt("an agent whose number is none", str(stay.agent))
    if stay.record.device_no < 1:
        raise NotRebuilt("a device whose number is none", str(stay.record.device_no))
    if stay.kind == QUEUE and stay.end - stay.begin >= LONGEST_WAIT:
        raise NotRebuilt("a wait longer than a queue can allow")
    if stay.kind == AGENT and stay.record.current_skill_id:
        rang = (stay.record.ack_end or 0) - stay.begin
        if rang >= LONGEST_RING:
            raise NotRebuilt("a ring longer than a queue can allow")
        if rang and media in CHAT_MEDIA:
            raise NotRebuilt("a chat that was not taken at once")


class _Course:
    """Walks from stay to stay, and notes what led on.

    `here` is where the customer is; `waiting` the agent who has the call transferred and stays in
    it until that has come about.
    """

    def __init__(
        self, call: Call, stays: list[Stay], call_type: CallType, media: MediaType
    ) -> None:
        self.steps: list[Step] = []
        self._call = call
        self._type = call_type
        self._is_chat = media in CHAT_MEDIA
        self._last = call.records[-1]
        self._waiting: Stay | None = None
        self._stays = sorted((*stays, *(ring for it in stays for ring in it.rings)), key=_number)
        stays = sorted(stays, key=lambda it: (it.begin, it.number))
        self._caller = caller = self._by_agent(stays)
        if caller is None:
            first, *rest = stays
            self._add(first.begin, Act.ARRIVE, to=first.device)
            self._here = self._enter(first)
        else:
            rest = [it for it in stays if it is not caller]
            self._here = caller
            rest = self._originate(caller, rest)
        for stay in rest:
            self._lead(stay)
            self._here = self._enter(stay)
        self._end()
        self.steps.sort(key=_at)

    def _add(
        self,
        at: int,
        act: Act,
        *,
        agent: int = 0,
        to: Target | None = None,
        reason: int = 0,
        cause: int = 0,
        mode: TransferMode = TransferMode.BLIND,
    ) -> None:
        self.steps.append(Step(at, act, agent, to, reason, cause, mode))

    # Begin

    def _by_agent(self, stays: list[Stay]) -> Stay | None:
        """The stay of the agent who began the call."""
        begin = stays[0].begin
        found = [
            it
            for it in stays
            if it.begin == begin and it.kind == AGENT and not it.record.pre_device_type
        ]
        asks = self._type in CONSULTATIONS or stays[0].kind == AGENT
        if self._type not in _BY_AGENTS or not found or not asks:
            return None
        own = [it for it in found if str(it.agent) == it.record.caller_no]
        others = [it for it in found if str(it.agent) != it.record.callee_no]
        return (own or others or found)[0]

    def _originate(self, caller: Stay, rest: list[Stay]) -> list[Stay]:
        """Note how the call begins; returns the stays that are still to come."""
        begin = caller.begin
        if self._type in _BETWEEN_AGENTS and rest:
            target, *others = rest
            asks = target.kind == AGENT or self._type in CONSULTATIONS
            if target.begin != begin or others or not asks:
                raise NotRebuilt("an agent who calls a queue, or more than one colleague")
            self._add(begin, Act.ORIGINATE, agent=caller.agent, to=target.device)
            self._here = self._enter(target)
            if self._here.talked and self._here.end != caller.end:
                raise NotRebuilt(_SPLIT)
            return []
        to = (TargetType.OUTSIDE, caller.record.callee_no)
        self._add(begin, Act.ORIGINATE, agent=caller.agent, to=to)
        if caller.talked:
            self._add(caller.answered_at, Act.OUTSIDE_ANSWERS)
        return rest

    # From one stay to the next

    def _lead(self, stay: Stay) -> None:
        at, to = stay.begin, stay.device
        self._come_back(at, stay)
        here = self._here
        if here.kind == QUEUE and here.end == at and here.reason in _DIVERTED:
            self._add(at, Act.DIVERT, to=to, reason=here.reason)
            if stay.kind == IVR:
                self._waiting = None
        elif here.kind == IVR and here.end == at and here.reason == R.NORMAL:
            self._add(at, Act.LEAVE_FLOW, to=to)
        elif here.kind == AGENT and here.talked and at <= here.end and not self._waiting:
            self._transfer(here, stay)
        else:
            raise NotRebuilt(_SPLIT)

    def _transfer(self, agent: Stay, stay: Stay) -> None:
        leaves = agent.end == stay.begin and agent.reason == R.TRANSFERRED
        untold = not stay.record.pre_device_type and not stay.answered_at_once
        if leaves and (stay.came_from(agent) or untold):
            mode = TransferMode.BLIND
        elif stay.kind == IVR and not leaves:
            mode = TransferMode.HANG_UP
            self._waiting = agent
        else:
            mode = TransferMode.RELEASE_AFTER
            self._waiting = None if stay.kind == IVR else agent
        self._add(stay.begin, Act.TRANSFER, agent=agent.agent, to=stay.device, mode=mode)
        until = stay.answered_at if stay.kind == AGENT and stay.talked else stay.end
        if self._waiting and agent.reason in _HUNG_UP and agent.end < until:
            self._add(agent.end, Act.AGENT_HANGS_UP, agent=agent.agent, cause=NORMAL_CLEARING)
            self._waiting = None

    def _enter(self, stay: Stay) -> Stay:
        """Note what happens on the device; returns where the customer is then."""
        if stay.kind == QUEUE:
            return self._wait(stay)
        if stay.kind == AGENT and stay.talked:
            self._answer(stay.answered_at, stay)
        return stay

    def _wait(self, queue: Stay) -> Stay:
        for ring in queue.rings:
            self._add(ring.begin, Act.RING, agent=ring.agent)
            if ring.talked:
                self._answer(queue.end, ring)
                return ring
            if ring.end < queue.end and ring.reason not in REFUSED:
                raise NotRebuilt("a ring that ended otherwise than by an answer or a refusal")
            if ring.end < queue.end or (
                ring.number < queue.number
                and ring.reason in REFUSED
                and queue.reason != ring.reason
            ):
                self._add(ring.end, Act.REFUSE, agent=ring.agent, reason=ring.reason)
        return queue

    def _answer(self, at: int, stay: Stay) -> None:
        if not self._is_chat:
            self._add(at, Act.ANSWER, agent=stay.agent)
        waiting, self._waiting = self._waiting, None
        if waiting is not None and (waiting.end != at or waiting.reason != R.TRANSFERRED):
            raise NotRebuilt(_SPLIT)

    def _come_back(self, until: int, stay: Stay | None = None) -> None:
        """The customer is back at the agent whose transfer came to nothing before `until`."""
        here, agent = self._here, self._waiting
        if agent is None or here.end > until or (stay is not None and self._leads_on(stay)):
            return
        at = here.end
        if here.kind == IVR and here.reason == R.RESUMED:
            self._add(at, Act.LEAVE_FLOW)
        elif here.kind == QUEUE and here.reason in _DIVERTED:
            self._add(at, Act.DIVERT, reason=here.reason)
        elif here.kind == AGENT and here.reason in REFUSED:
            self._add(at, Act.REFUSE, agent=here.agent, reason=here.reason)
        elif here.kind == IVR or here.reason == R.QUEUE_CANCELLED:
            self._add(at, Act.CANCEL_TRANSFER, agent=agent.agent)
        else:
            return
        self._here, self._waiting = agent, None

    def _leads_on(self, stay: Stay) -> bool:
        here = self._here
        told = stay.record.pre_device_type
        if here.end != stay.begin or (told and not stay.came_from(here)):
            return False
        return here.kind == QUEUE or (here.kind == IVR and here.reason == R.NORMAL)

    # End

    def _end(self) -> None:
        at = self._call.end
        if self._here.end < at:
            self._come_back(at)
        here, cause, reason = self._here, self._last.release_cause, self._here.reason
        caller, between = self._caller, self._type in _BETWEEN_AGENTS
        if here.end != at:
            raise NotRebuilt(_SPLIT)
        gave_up = here.kind != AGENT and reason in (R.USER_RELEASED, *_HUNG_UP)
        if caller is not None and between and gave_up:
            self._add(at, Act.AGENT_HANGS_UP, agent=caller.agent, cause=cause)
        elif reason == R.USER_RELEASED and not between:
            self._add(at, Act.HANG_UP, cause=cause)
        elif here.kind == AGENT:
            self._end_at_agent(here, at, cause)
        elif here.kind == QUEUE:
            self._end_in_queue(here, at, cause)
        elif reason == R.NORMAL and cause == BY_FLOW and self._waiting is None:
            self._add(at, Act.LEAVE_FLOW)
        else:
            self._add(at, Act.RELEASE, cause=cause, reason=reason)

    def _end_at_agent(self, here: Stay, at: int, cause: int) -> None:
        reason = here.reason
        began = self.steps[0].act is Act.ORIGINATE and self.steps[0].agent == here.agent
        if reason in _HUNG_UP and (here.talked or began):
            first = next(it for it in self._stays if it.end == at and it.kind == AGENT)
            asked = self._type in CONSULTATIONS and first is self._caller
            if asked != (reason == R.HELP_RELEASED):
                self._add(at, Act.RELEASE, cause=cause, reason=reason)
            else:
                self._add(at, Act.AGENT_HANGS_UP, agent=first.agent, cause=cause)
        elif reason == R.TRANSFERRED and here.talked:
            self._add(at, Act.HAND_OVER, agent=here.agent, cause=cause)
        elif began and not here.talked and reason == reason_of(cause):
            self._add(at, Act.OUTSIDE_FAILS, cause=cause)
        elif not here.talked and (reason, cause) in (
            (R.NO_ANSWER, NOT_ANSWERED),
            (R.REJECTED, REJECTED),
        ):
            self._add(at, Act.REFUSE, agent=here.agent, reason=reason)
        else:
            self._add(at, Act.RELEASE, cause=cause, reason=reason)

    def _end_in_queue(self, here: Stay, at: int, cause: int) -> None:
        ring = here.rings[-1] if here.rings else None
        rings = ring is not None and ring.end == at and ring.reason == here.reason
        if here.reason in _DIVERTED and self._waiting is None:
            self._add(at, Act.DIVERT, reason=here.reason, cause=cause)
        elif ring is not None and rings and (here.reason, cause) == (R.REJECTED, REJECTED):
            self._add(at, Act.REFUSE_AND_RELEASE, agent=ring.agent, reason=here.reason)
        else:
            self._add(at, Act.RELEASE, cause=cause, reason=here.reason)


def _number(stay: Stay) -> int:
    return stay.number


def _at(step: Step) -> int:
    return step.at
