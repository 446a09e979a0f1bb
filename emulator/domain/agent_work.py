"""What agents do, written down as the switch reports it: the rows of CEC 13.2.2.2.

An operation is a span of an agent's time, or an instant. Its row is complete, and handed on, when
it is over. Operations, their objects and causes are those of CEC 13.2.3.4; 34, 56 and 60 are of
12.3.8.12, which knows more. What the tables say writes no row (waiting for an answer, dialling,
ending things) is none here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from emulator.domain.operations import (
    ASKS_FOR_HELP,
    BUSY_BY_INSPECTOR,
    BUSY_BY_WISH,
    BUSY_NOT_ANSWERED,
    BUSY_PHONE_UNAVAILABLE,
    BUSY_REJECTED,
    CALLS_AGENT,
    DIALS,
    FORCED_BUSY,
    FORCED_IDLE,
    FORCED_OUT,
    HEARS_RECORDING,
    HELP_CONNECTED,
    HELP_FROM_ANYBODY,
    HELP_JOINED,
    HELP_THREE_PARTY,
    HELP_TWO_PARTY,
    HOLDS,
    IN_CONFERENCE,
    IN_SLICES,
    IN_TEXT,
    IN_THREE_PARTY_CALL,
    INTERCEPTS,
    LOGGED_OFF,
    LOGGED_ON,
    MUTES,
    NONE,
    OUT_BY_INSPECTOR,
    OUT_BY_ITSELF,
    PAUSES_RECORDING,
    RELEASES_TO,
    RESTS,
    SHOWS_BUSY,
    SHOWS_IDLE,
    SHOWS_OWN_STATE,
    STUDIES,
    SUPERVISES,
    SUSPENDED,
    SWAPS_HELP,
    TAKES_FROM_QUEUE,
    TALKS,
    TRANSFER_HELP,
    TRANSFERS_INSIDE,
    TRANSFERS_OUT,
    TRANSFERS_TO_DEVICE,
    WAITS_FOR_ANSWER,
    WORKS,
    Span,
    Work,
)
from emulator.domain.spans import Spans
from emulator.store.rows import AgentOperation
from emulator.switch import operations
from emulator.switch.events import (
    AgentBusy,
    AgentCustomState,
    AgentForced,
    AgentLoggedOff,
    AgentLoggedOn,
    AgentNotReady,
    AgentPendingState,
    AgentReady,
    AgentResting,
    AgentSkillsChanged,
    AgentStateChanged,
    AgentWorkingAfterCall,
    CallCleared,
    CallIntercepted,
    Conferenced,
    ConferenceJoined,
    ConferenceLeft,
    ConferenceRinging,
    ConnectionCleared,
    ConnectionMoved,
    Delivered,
    Established,
    Held,
    Muted,
    NotAnswered,
    PlaybackPaused,
    PlaybackResumed,
    PlaybackStarted,
    PlaybackStopped,
    QueuedCallTaken,
    Retrieved,
    ReturnedFromIvr,
    ServiceInitiated,
    SupervisionStarted,
    SupervisionStopped,
    Transferred,
    TransferResult,
)
from emulator.switch.model import OperationKind
from emulator.switch.switch import Switch
from emulator.switch.terms import (
    BUSY,
    CONSULTATIONS,
    IDLE,
    IN_SERVICE,
    OCCUPIED,
    PREOCCUPIED,
    STUDY,
    TALKING,
    CallType,
    MediaAbility,
    TargetType,
)


class AgentWork:
    """Hears the switch's events and hands on the operations of agents.

    `handlers` take note of an event, by its type. `numbers` tell operations of one instant apart.
    """

    def __init__(
        self,
        write: Callable[[AgentOperation], None],
        switch: Callable[[], Switch],
        numbers: Iterator[int],
    ) -> None:
        self._switch = switch
        self._spans = Spans(write, switch, numbers)
        of_agents: dict[type[Any], Callable[[Work, Any], None]] = {
            AgentReady: self._ready,
            AgentNotReady: self._not_ready,
            AgentResting: self._resting,
            AgentWorkingAfterCall: self._works,
            AgentBusy: self._busy,
            AgentStateChanged: self._state_changed,
            AgentPendingState: self._pending,
            AgentSkillsChanged: self._skills_changed,
            AgentCustomState: self._custom_state,
            Conferenced: self._conferenced,
            ConferenceRinging: self._rings,
            ConferenceJoined: self._conference_joined,
            ConferenceLeft: lambda w, e: self._spans.leave(e.agent, w, e.call, e.at),
            ConnectionCleared: self._cleared,
            NotAnswered: self._not_answered,
            SupervisionStarted: lambda w, e: self._spans.begin(
                w, e.agent, Span(SUPERVISES, e.at, 0, e.target)
            ),
            SupervisionStopped: lambda w, e: self._spans.finish(w, e, SUPERVISES),
            PlaybackStarted: lambda w, e: self._spans.begin(
                w, e.agent, Span(HEARS_RECORDING, e.at)
            ),
            PlaybackPaused: lambda w, e: self._spans.begin(
                w, e.agent, Span(PAUSES_RECORDING, e.at)
            ),
            PlaybackResumed: lambda w, e: self._spans.finish(w, e, PAUSES_RECORDING),
            PlaybackStopped: self._playback_stopped,
            Muted: self._muted,
            Held: self._held,
            Retrieved: self._retrieved,
            ServiceInitiated: self._initiated,
            CallIntercepted: self._intercepted,
            TransferResult: _transfer_result,
            Transferred: self._transferred,
            ReturnedFromIvr: self._returned,
            QueuedCallTaken: self._took_from_queue,
        }
        self.handlers: dict[type[Any], Callable[[Any], None]] = {
            AgentLoggedOn: self._logged_on,
            AgentLoggedOff: self._logged_off,
            AgentForced: self._forced,
            Delivered: self._delivered,
            Established: self._established,
            CallCleared: self._call_cleared,
            ConnectionMoved: self._moved,
            **{kind: self._of_agent(handler) for kind, handler in of_agents.items()},
        }

    def _begins(self, operation: int) -> Callable[[Work, Any], None]:
        return lambda work, event: self._spans.begin(work, event.agent, Span(operation, event.at))

    def _of_agent(self, handler: Callable[[Work, Any], None]) -> Callable[[Any], None]:
        def handle(event: Any) -> None:
            work = self._spans.work.get(event.agent)
            if work is not None:
                handler(work, event)

        return handle

    @property
    def running(self) -> dict[int, Work]:
        """What has begun and is not over, by agent."""
        return self._spans.work

    def take_up(self, running: dict[int, Work]) -> None:
        """Go on with what another had begun."""
        self._spans.take_up(running)

    def forget(self, tenant: int) -> None:
        """A tenant begins anew: what its agents were doing is not written down."""
        self._spans.forget(tenant)

    # Signing in and out

    def _logged_on(self, event: AgentLoggedOn) -> None:
        work = self._spans.work[event.agent] = Work(event.tenant, event.at, event.phone)
        self._spans.note(work, event.agent, Span(LOGGED_ON, event.at))
        agent = self._switch().agents.get(event.agent)
        if agent is not None and agent.memberships:
            work.skills = str(event.at // 1_000_000)

    def _logged_off(self, event: AgentLoggedOff) -> None:
        work = self._spans.work.get(event.agent)
        if work is None:
            return
        self._spans.enter(work, event, None)
        while work.beside:
            self._spans.end(work, event.agent, work.beside[-1], event.at)
        cause = OUT_BY_INSPECTOR if event.by else event.reason or OUT_BY_ITSELF
        self._spans.note(work, event.agent, Span(LOGGED_OFF, event.at, cause))
        del self._spans.work[event.agent]
        inspector = self._spans.work.get(event.by)
        if inspector is not None:
            self._spans.note(inspector, event.by, Span(FORCED_OUT, event.at, object=event.agent))

    def _skills_changed(self, work: Work, event: AgentSkillsChanged) -> None:
        work.skills = str(event.at // 1_000_000) if event.queues else ""

    # States

    def _ready(self, work: Work, event: AgentReady) -> None:
        self._spans.enter(work, event, Span(SHOWS_IDLE, event.at))

    def _not_ready(self, work: Work, event: AgentNotReady) -> None:
        cause = work.busy_cause or event.reason or BUSY_BY_WISH
        self._spans.enter(work, event, Span(SHOWS_BUSY, event.at, cause))

    def _resting(self, work: Work, event: AgentResting) -> None:
        self._spans.enter(work, event, Span(RESTS, event.at, event.reason, event.agent))

    def _works(self, work: Work, event: AgentWorkingAfterCall) -> None:
        """After a call it is that call which the agent wraps up."""
        span, before = Span(WORKS, event.at, 0), work.state
        if not event.requested and before is not None and before.type in IN_SLICES:
            span.call, span.queue = before.call, before.queue
            span.media, span.direction = before.media, before.direction
        self._spans.enter(work, event, span)

    def _state_changed(self, work: Work, event: AgentStateChanged) -> None:
        if event.state is STUDY:
            self._spans.enter(work, event, Span(STUDIES, event.at))
        elif event.state is OCCUPIED or event.state is PREOCCUPIED:
            self._spans.enter(work, event, Span(DIALS, event.at))
        elif event.state is TALKING:
            self._spans.enter(work, event, Span(TALKS, event.at, 0))

    def _busy(self, work: Work, event: AgentBusy) -> None:
        """Whoever begins a call talks when somebody answers; everyone else now."""
        if work.state is None or work.state.type != DIALS:
            self._spans.enter(work, event, Span(TALKS, event.at, 0))

    def _delivered(self, event: Delivered) -> None:
        if event.work_no == event.agent and event.agent in self._spans.work:
            self._rings(self._spans.work[event.agent], event)

    def _rings(self, work: Work, event: Delivered | ConferenceRinging) -> None:
        state = work.state
        if state is None or state.type not in IN_SLICES:
            self._spans.enter(work, event, Span(WAITS_FOR_ANSWER, event.at))

    def _pending(self, work: Work, event: AgentPendingState) -> None:
        work.busy_cause = 0

    def _not_answered(self, work: Work, event: NotAnswered) -> None:
        if event.rejected:
            work.busy_cause = BUSY_REJECTED
            return
        agent = self._switch().agents.get(event.agent)
        phone = agent.phone if agent is not None else None
        gone = phone is not None and phone.condition is not IN_SERVICE
        work.busy_cause = BUSY_PHONE_UNAVAILABLE if gone else BUSY_NOT_ANSWERED

    def _custom_state(self, work: Work, event: AgentCustomState) -> None:
        self._spans.note(work, event.agent, Span(SHOWS_OWN_STATE, event.at, event.state))

    def _forced(self, event: AgentForced) -> None:
        inspector, target = self._spans.work.get(event.agent), self._spans.work.get(event.target)
        if target is not None and event.state is BUSY:
            state = target.state
            if state is not None and state.type == SHOWS_BUSY and state.begin == event.at:
                state.cause = BUSY_BY_INSPECTOR
            else:
                target.busy_cause = BUSY_BY_INSPECTOR
        operation = {IDLE: FORCED_IDLE, BUSY: FORCED_BUSY}.get(event.state)
        if inspector is not None and operation is not None:
            self._spans.note(inspector, event.agent, Span(operation, event.at, object=event.target))

    # Calls

    def _established(self, event: Established) -> None:
        """The agent, who talks, has this call now; or a call is in a flow."""
        if event.device.startswith("ivr:"):
            self._suspended(event)
        work = self._spans.work.get(event.agent)
        state = work.state if work is not None else None
        if state is None or state.type != TALKS or state.call:
            return
        self._spans.tell_of_call(state, event.agent, event.call)
        if event.ability == MediaAbility.TEXT:
            state.type = IN_TEXT

    def _suspended(self, event: Established) -> None:
        """The call is in a flow, and an agent waits for it to come back."""
        call = self._switch().calls.get(event.call)
        operation = operations.of_call(call) if call is not None else None
        if operation is None or operation.kind is not OperationKind.HANG_UP_TRANSFER:
            return
        owner = operation.owner.work_no
        if owner in self._spans.work:
            self._spans.begin(
                self._spans.work[owner], owner, Span(SUSPENDED, event.at, call=event.call)
            )

    def _returned(self, work: Work, event: ReturnedFromIvr) -> None:
        if not any(it.type == SUSPENDED for it in work.beside):
            self._spans.begin(work, event.agent, Span(SUSPENDED, event.at, call=event.call))
        self._spans.finish(work, event, SUSPENDED, event.call)

    def _muted(self, work: Work, event: Muted) -> None:
        if event.muted:
            self._spans.begin(work, event.agent, Span(MUTES, event.at, call=event.call))
        else:
            self._spans.finish(work, event, MUTES, event.call)

    def _held(self, work: Work, event: Held) -> None:
        span = Span(HOLDS, event.at, object=event.agent, call=event.call)
        self._spans.begin(work, event.agent, span)

    def _retrieved(self, work: Work, event: Retrieved) -> None:
        self._spans.finish(work, event, HOLDS, event.call)
        swapped = any(it.type == HOLDS and it.begin == event.at for it in work.beside)
        if swapped and any(it.type == ASKS_FOR_HELP for it in work.beside):
            self._spans.note(work, event.agent, Span(SWAPS_HELP, event.at, call=event.call))

    def _initiated(self, work: Work, event: ServiceInitiated) -> None:
        call = self._switch().calls.get(event.call)
        target = call.target if call is not None else None
        called = int(event.called) if event.called.isdecimal() else NONE
        if called not in self._switch().tenants[event.tenant].agents:
            called = NONE
        if target is not None and target[0] is not TargetType.AGENT:
            called = NONE
        span = Span(ASKS_FOR_HELP, event.at, HELP_FROM_ANYBODY, called, event.call)
        if event.call_type in CONSULTATIONS:
            if called != NONE:
                three = event.call_type is CallType.THREE_PARTY_CONSULTATION
                span.cause = HELP_THREE_PARTY if three else HELP_TWO_PARTY
            self._spans.begin(work, event.agent, span)
        elif event.call_type is CallType.INTERNAL:
            if called != NONE and (call is None or target is not None):
                span.type, span.cause = CALLS_AGENT, NONE
                self._spans.begin(work, event.agent, span)
        else:
            self._asks_to_transfer(work, event, span)

    def _asks_to_transfer(self, work: Work, event: ServiceInitiated, span: Span) -> None:
        """A call outside may be the second one of a transfer."""
        agent = self._switch().agents.get(event.agent)
        operation = agent.operation if agent is not None else None
        cause = TRANSFER_HELP.get(operation.kind) if operation is not None else None
        second = operation.second if operation is not None else None
        if cause is not None and second is not None and second.id == event.call:
            span.cause, span.phone = cause, event.called
            self._spans.begin(work, event.agent, span)

    def _conferenced(self, work: Work, event: Conferenced) -> None:
        self._spans.finish(work, event, HOLDS, event.call)
        if any(it.type == IN_THREE_PARTY_CALL and it.call == event.call for it in work.beside):
            return
        call = self._switch().calls.get(event.call)
        others = call.agents() if call is not None else []
        other = next((it.work_no for it in others if it.work_no != event.agent), NONE)
        span = Span(IN_THREE_PARTY_CALL, event.at, object=other, call=event.call)
        self._spans.begin(work, event.agent, span)

    def _conference_joined(self, work: Work, event: ConferenceJoined) -> None:
        self._spans.finish(work, event, IN_THREE_PARTY_CALL, event.call)
        span = Span(IN_CONFERENCE, event.at, object=event.agent, call=event.call)
        span.phone = str(event.conference)
        self._spans.begin(work, event.agent, span)

    def _intercepted(self, work: Work, event: CallIntercepted) -> None:
        span = Span(INTERCEPTS, event.at, object=event.target, call=event.call)
        self._spans.note(work, event.agent, span)

    def _took_from_queue(self, work: Work, event: QueuedCallTaken) -> None:
        span = Span(TAKES_FROM_QUEUE, event.at, call=event.call)
        self._spans.note(work, event.agent, span, event.queue)

    def _transferred(self, work: Work, event: Transferred) -> None:
        """The agent hands its call on; to whom it has asked for help, or to a device."""
        handed_on, work.handed_on = work.handed_on == event.call, ""
        for span in work.beside:
            if span.type == ASKS_FOR_HELP and span.cause in (HELP_FROM_ANYBODY, HELP_TWO_PARTY):
                self._spans.end(work, event.agent, span, event.at)
                connected = Span(ASKS_FOR_HELP, event.at, HELP_CONNECTED, span.object, event.call)
                self._spans.note(work, event.agent, connected)
                return
        kind, _, address = event.device.partition(":")
        span = Span(RELEASES_TO, event.at, call=event.call)
        if kind == "ivr":
            span.type = TRANSFERS_TO_DEVICE
        elif kind == "trunk" and not self._is_own(event.tenant, address):
            span.type, span.phone = TRANSFERS_OUT, address
        elif handed_on and kind == "agent":
            span.type, span.object = TRANSFERS_INSIDE, int(address)
        self._spans.note(work, event.agent, span)

    def _is_own(self, tenant: int, number: str) -> bool:
        """Whether the number leads back into the call center."""
        codes = self._switch().tenants[tenant].access_codes
        return any(number[:length] in codes for length in range(1, len(number) + 1))

    def _playback_stopped(self, work: Work, event: PlaybackStopped) -> None:
        self._spans.finish(work, event, PAUSES_RECORDING)
        self._spans.finish(work, event, HEARS_RECORDING)

    def _cleared(self, work: Work, event: ConnectionCleared) -> None:
        if not work.beside:
            return
        if event.device == f"agent:{event.agent}":
            self._spans.leave(event.agent, work, event.call, event.at)
            return
        call = self._switch().calls.get(event.call)
        if call is None or not call.conference:
            self._spans.finish(work, event, IN_THREE_PARTY_CALL, event.call)

    def _call_cleared(self, event: CallCleared) -> None:
        for agent in self._spans.busy_on(event.call):
            self._spans.leave(agent, self._spans.work[agent], event.call, event.at)

    def _moved(self, event: ConnectionMoved) -> None:
        """Calls are joined: help becomes a call of three, and what goes on is on the other call."""
        for agent in self._spans.busy_on(event.from_call):
            work = self._spans.work[agent]
            for span in [it for it in work.beside if it.call == event.from_call]:
                if span.type == ASKS_FOR_HELP:
                    self._spans.end(work, agent, span, event.at)
                    if span.cause in (HELP_FROM_ANYBODY, HELP_TWO_PARTY):
                        joined = Span(ASKS_FOR_HELP, event.at, HELP_JOINED, span.object, event.call)
                        self._spans.note(work, agent, joined)
                elif agent == event.agent:
                    self._spans.move(agent, span, event.call)


def _transfer_result(work: Work, event: TransferResult) -> None:
    work.handed_on = event.call if event.result == 0 else ""
