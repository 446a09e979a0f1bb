"""What a listener that hears only events knows of a call center.

A door or a record keeper sees no more than the event stream. If this mirror agrees with the
switch after every command, the stream is complete.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.switch import events
from emulator.switch.events import Event
from emulator.switch.terms import AgentState, LegState, QueueOutcome


class Mirror:
    """Agents' states and phone legs, live calls with their devices, queues with their calls."""

    def __init__(self) -> None:
        self.states: dict[int, AgentState] = {}
        self.legs: dict[int, LegState] = {}
        self.phones: dict[str, int] = {}
        self.calls: dict[str, list[str]] = {}
        self.waiting: dict[tuple[int, int], list[tuple[int, int, str]]] = {}
        self.entered: dict[tuple[int, int], int] = {}
        self.outcomes: dict[tuple[int, int], list[int]] = {}
        self._ringing: set[tuple[str, str]] = set()
        self._arrivals = 0
        self._clearing: tuple[Any, ...] = ()
        self._hearers: set[int] = set()

    def __call__(self, event: Event) -> None:
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)
        if type(event) is not events.ConnectionCleared:
            self._clearing = ()

    # Agents

    def _state(self, event: Any) -> None:
        self.states[event.agent] = _STATE_OF.get(type(event)) or event.state

    def _logged_on(self, event: Any) -> None:
        self.legs[event.agent] = LegState.DOWN
        self.phones[event.phone] = event.agent

    def _logged_off(self, event: Any) -> None:
        self.states[event.agent] = AgentState.SIGNED_OUT
        self.phones = {p: a for p, a in self.phones.items() if a != event.agent}

    def _busy(self, event: Any) -> None:
        """Whoever begins a call stays occupied until it is answered; everyone else talks."""
        if self.states[event.agent] is not AgentState.OCCUPIED:
            self.states[event.agent] = AgentState.TALKING

    def _leg(self, event: Any) -> None:
        self.legs[event.agent] = _LEG_OF[type(event)]

    # Calls

    def _join(self, event: Any) -> None:
        self._add(event.call, event.device)
        self._ringing.discard((event.call, event.device))

    def _add(self, call: str, device: str) -> None:
        devices = self.calls.setdefault(call, [])
        if device not in devices:
            devices.append(device)

    def _remove(self, call: str, device: str) -> None:
        devices = self.calls.get(call, [])
        if device in devices:
            devices.remove(device)

    def _leave(self, event: Any) -> None:
        self._remove(event.call, event.device)
        self._ringing.discard((event.call, event.device))

    def _delivered(self, event: Any) -> None:
        self._join(event)
        self._ringing.add((event.call, event.device))
        if event.work_no and self.states[event.work_no] is not AgentState.TALKING:
            self.states[event.work_no] = AgentState.ANSWERING

    def _failed(self, event: Any) -> None:
        """Only what rang can fail; a party may have been called a second time in vain."""
        if (event.call, event.device) in self._ringing:
            self._leave(event)

    def _asked(self, event: Any) -> None:
        """A phone that is to ring, or to begin a call, belongs to the call from now on."""
        if event.action == "ring":
            self._add(event.call, f"agent:{self.phones[event.phone]}")

    def _called(self, event: Any) -> None:
        """Who is called by a gateway belongs to the call before it rings."""
        self._join(event)
        self._ringing.add((event.call, event.device))

    def _cleared(self, event: Any) -> None:
        """Every agent of a call hears of each clearing once; it happened once."""
        subject = (event.at, event.call, event.device, event.cause)
        if subject == self._clearing and event.agent not in self._hearers:
            self._hearers.add(event.agent)
            return
        self._clearing, self._hearers = subject, {event.agent}
        self._leave(event)

    def _moved(self, event: Any) -> None:
        self._remove(event.from_call, event.device)
        self.calls.setdefault(event.call, []).append(event.device)

    def _intercepted(self, event: Any) -> None:
        self._add(event.call, f"agent:{event.agent}")

    def _call_cleared(self, event: Any) -> None:
        self.calls.pop(event.call, None)

    # Conferences

    def _conference_rings(self, event: Any) -> None:
        self._join(event)
        if event.agent and self.states[event.agent] is not AgentState.TALKING:
            self.states[event.agent] = AgentState.ANSWERING

    # Queues

    def _queued(self, event: Any) -> None:
        key = (event.tenant, event.queue)
        self._arrivals += 1
        self.waiting.setdefault(key, []).append((-event.priority, self._arrivals, event.call))
        self.entered[key] = self.entered.get(key, 0) + 1

    def _queue_left(self, event: Any) -> None:
        key = (event.tenant, event.queue)
        self.waiting[key] = [stay for stay in self.waiting[key] if stay[2] != event.call]
        self.outcomes.setdefault(key, [0] * len(QueueOutcome))[event.outcome] += 1


_STATE_OF = {
    events.AgentReady: AgentState.IDLE,
    events.AgentNotReady: AgentState.BUSY,
    events.AgentResting: AgentState.REST,
    events.AgentWorkingAfterCall: AgentState.WRAP_UP,
}
_LEG_OF = {
    events.PhoneAlerting: LegState.RINGING,
    events.PhoneOffHook: LegState.UP,
    events.PhoneOnHook: LegState.DOWN,
}
_HANDLERS: dict[type, Callable[[Mirror, Any], None]] = {
    **dict.fromkeys(_STATE_OF, Mirror._state),
    **dict.fromkeys(_LEG_OF, Mirror._leg),
    events.AgentStateChanged: Mirror._state,
    events.AgentLoggedOn: Mirror._logged_on,
    events.AgentLoggedOff: Mirror._logged_off,
    events.AgentBusy: Mirror._busy,
    events.Offered: Mirror._join,
    events.ServiceInitiated: Mirror._join,
    events.Delivered: Mirror._delivered,
    events.Established: Mirror._join,
    events.EndpointRequested: Mirror._asked,
    events.OutsideRequested: Mirror._called,
    events.ConnectionCleared: Mirror._cleared,
    events.NotAnswered: Mirror._leave,
    events.Diverted: Mirror._leave,
    events.Failed: Mirror._failed,
    events.ConnectionMoved: Mirror._moved,
    events.ConferenceRinging: Mirror._conference_rings,
    events.ConferenceJoined: Mirror._join,
    events.PhoneCannotRing: Mirror._join,
    events.ConferenceLeft: Mirror._leave,
    events.ParticipantNotReached: Mirror._leave,
    events.CallIntercepted: Mirror._intercepted,
    events.CallCleared: Mirror._call_cleared,
    events.Queued: Mirror._queued,
    events.QueueLeft: Mirror._queue_left,
}
