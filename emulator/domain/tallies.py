"""What each agent has done since it signed in, counted as it happens (CEC 6.1.3.9).

The counts come from the switch's events, so that reading them costs the same after one call and
after a million. Times are microseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from emulator.snapshot.part import Part, attribute
from emulator.switch.calls import CAUSE_CLIENT
from emulator.switch.events import (
    AgentBusy,
    AgentLoggedOff,
    AgentLoggedOn,
    AgentNotReady,
    AgentReady,
    AgentResting,
    AgentRestTimedOut,
    AgentStateChanged,
    AgentWorkingAfterCall,
    ConferenceJoined,
    ConferenceLeft,
    ConferenceRinging,
    ConnectionCleared,
    ConnectionMoved,
    Delivered,
    Diverted,
    Established,
    Event,
    Held,
    NotAnswered,
    RestRefused,
    RestRequested,
    ReturnedFromIvr,
    ServiceInitiated,
    StayEnded,
    Transferred,
)
from emulator.switch.model import Agent, Call
from emulator.switch.terms import BUSY, REST, AgentState, CallType, DeviceType

SECOND = 1_000_000
_OUTBOUND = frozenset({CallType.OUTBOUND, CallType.PREVIEWED})
_CONSULTATIONS = frozenset({CallType.TWO_PARTY_CONSULTATION, CallType.THREE_PARTY_CONSULTATION})


@dataclass(slots=True)
class Tally:
    """One agent's counts."""

    answered: int = 0
    not_answered: int = 0
    outbound: int = 0
    internal: int = 0
    consultations: int = 0
    transferred_in: int = 0
    transferred_out: int = 0
    transferred_to_ivr: int = 0
    redirected: int = 0
    held: int = 0
    released: int = 0
    busy: int = 0
    rests: int = 0
    overstays: int = 0
    talked: int = 0
    talking_since: int = 0
    """0: not talking. Two calls at once are talked on no longer than one."""
    busy_time: int = 0
    rest_time: int = 0
    overstay_time: int = 0
    state: AgentState | None = None
    """BUSY or REST while the agent is in it, `since` when, the rest `allowed` for so long."""
    since: int = 0
    allowed: int = 0
    asked_for_rest: bool = False
    cleared: str = ""
    """The call that somebody else has just ended."""
    joined: list[Call] = field(default_factory=list)
    """Calls the agent was or is in that have not ended."""
    last: tuple[StayEnded, Call] | None = None

    def times(self, now: int) -> tuple[int, int, int]:
        """Seconds busy, at rest, and at rest for longer than asked, until now."""
        busy, rest, overstay = self._running(now)
        return (
            (self.busy_time + busy) // SECOND,
            (self.rest_time + rest) // SECOND,
            (self.overstay_time + overstay) // SECOND,
        )

    def _running(self, now: int) -> tuple[int, int, int]:
        spent = now - self.since
        if self.state is BUSY:
            return spent, 0, 0
        if self.state is REST:
            return 0, spent, max(0, spent - self.allowed)
        return 0, 0, 0

    def enter(self, now: int, state: AgentState | None, allowed: int = 0) -> None:
        """The agent leaves the state it was in for this one; None: neither busy nor at rest."""
        busy, rest, overstay = self._running(now)
        self.busy_time += busy
        self.rest_time += rest
        self.overstay_time += overstay
        self.state, self.since, self.allowed = state, now, allowed

    def join(self, call: Call) -> None:
        """The agent is in this call now."""
        self.joined = [known for known in self.joined if not known.cleared and known is not call]
        self.joined.append(call)


class Tallies:
    """Hears the switch's events; `call_of` finds a call that has not ended, `agent_of` an agent."""

    def __init__(
        self, call_of: Callable[[str], Call | None], agent_of: Callable[[int], Agent | None]
    ) -> None:
        self._call_of = call_of
        self._agent_of = agent_of
        self._tallies: dict[int, Tally] = {}
        of_agents: dict[type[Any], Callable[[Tally, Any], None]] = {
            AgentReady: _leave_state,
            AgentBusy: _leave_state,
            AgentStateChanged: _leave_state,
            AgentWorkingAfterCall: _leave_state,
            AgentNotReady: _not_ready,
            AgentResting: _resting,
            AgentRestTimedOut: _add("overstays"),
            RestRequested: _rest_requested,
            RestRefused: _rest_refused,
            ServiceInitiated: self._initiated,
            Delivered: self._delivered,
            Established: self._established,
            NotAnswered: _not_answered,
            Diverted: _add("redirected"),
            Held: _add("held"),
            Transferred: _transferred,
            ReturnedFromIvr: _add("transferred_to_ivr"),
            ConnectionCleared: self._cleared,
            ConferenceRinging: self._conference_rings,
            ConferenceJoined: self._conference_joined,
            ConferenceLeft: self._count_talk,
        }
        self._handlers: dict[type[Any], Callable[[Any], None]] = {
            AgentLoggedOn: self._logged_on,
            AgentLoggedOff: self._logged_off,
            ConnectionMoved: self._moved,
            StayEnded: self._stay_ended,
            **{kind: self._with_tally(handler) for kind, handler in of_agents.items()},
        }

    def __call__(self, event: Event) -> None:
        """Count one event."""
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    def _with_tally(self, handler: Callable[[Tally, Any], None]) -> Callable[[Any], None]:
        """The handler, for events that concern an agent who has signed in."""

        def handle(event: Any) -> None:
            tally = self._tallies.get(event.agent)
            if tally is not None:
                handler(tally, event)

        return handle

    def part(self) -> Part:
        """What a snapshot keeps of them."""
        return attribute(self, "_tallies", dict[int, Tally], "tallies")

    # Reading

    def of(self, agent: Agent) -> Tally:
        """The counts of an agent that has signed in."""
        return self._tallies.get(agent.work_no) or Tally()

    def talking_time(self, agent: Agent, now: int) -> int:
        """Seconds of talking since the agent signed in, calls that go on included."""
        tally = self.of(agent)
        running = now - tally.talking_since if tally.talking_since else 0
        return (tally.talked + running) // SECOND

    def last_stay(self, agent: Agent) -> tuple[StayEnded, Call] | None:
        """The agent's part in the call that it left last, and that call."""
        tally = self.of(agent)
        stays = list(_unrecorded(tally, agent.work_no))
        if tally.last is not None:
            stays.append(tally.last)
        return max(stays, key=lambda found: found[0].at, default=None)

    # Events

    def _logged_on(self, event: AgentLoggedOn) -> None:
        self._tallies[event.agent] = Tally()

    def _logged_off(self, event: AgentLoggedOff) -> None:
        self._tallies.pop(event.agent, None)

    def _initiated(self, tally: Tally, event: ServiceInitiated) -> None:
        tally.enter(event.at, None)
        self._join(tally, event.call)
        if event.call_type in _OUTBOUND:
            tally.outbound += 1
        elif event.call_type is CallType.INTERNAL:
            tally.internal += 1
        elif event.call_type in _CONSULTATIONS:
            tally.consultations += 1

    def _delivered(self, tally: Tally, event: Delivered) -> None:
        if event.work_no == event.agent:
            tally.enter(event.at, None)
            self._join(tally, event.call)

    def _established(self, tally: Tally, event: Established) -> None:
        self._count_talk(tally, event)
        if event.device != f"agent:{event.agent}":
            return
        call = self._join(tally, event.call)
        tally.answered += 1
        if event.call_type is CallType.INTERNAL:
            tally.internal += 1
        for connection in call.connections if call is not None else ():
            if connection.device == event.device and connection.transfer_from:
                tally.transferred_in += 1

    def _cleared(self, tally: Tally, event: ConnectionCleared) -> None:
        """Of a call that ends, who hangs up is told first."""
        self._count_talk(tally, event)
        if event.device != f"agent:{event.agent}":
            if self._call_of(event.call) is None:
                tally.cleared = event.call
        elif event.cause == CAUSE_CLIENT and tally.cleared != event.call:
            tally.released += 1

    def _conference_rings(self, tally: Tally, event: ConferenceRinging) -> None:
        tally.enter(event.at, None)

    def _conference_joined(self, tally: Tally, event: ConferenceJoined) -> None:
        self._count_talk(tally, event)
        self._join(tally, event.call)

    def _count_talk(
        self,
        tally: Tally,
        event: Established | ConnectionCleared | ConferenceJoined | ConferenceLeft,
    ) -> None:
        """The agent may have begun or ceased to talk."""
        agent = self._agent_of(event.agent)
        talks = agent is not None and any(c.talk_begin for c in agent.connections)
        if talks and not tally.talking_since:
            tally.talking_since = event.at
        elif not talks and tally.talking_since:
            tally.talked += event.at - tally.talking_since
            tally.talking_since = 0

    def _moved(self, event: ConnectionMoved) -> None:
        call = self._call_of(event.call)
        for agent in call.agents() if call is not None else ():
            tally = self._tallies.get(agent.work_no)
            if tally is not None and agent.device == event.device and call is not None:
                tally.join(call)

    def _stay_ended(self, event: StayEnded) -> None:
        if event.device_type is not DeviceType.AGENT:
            return
        tally = self._tallies.get(int(event.device_no))
        if tally is None:
            return
        for call in tally.joined:
            if call.id == event.call:
                tally.last = (event, call)

    def _join(self, tally: Tally, call_id: str) -> Call | None:
        call = self._call_of(call_id)
        if call is not None:
            tally.join(call)
        return call


def _unrecorded(tally: Tally, work_no: int) -> list[tuple[StayEnded, Call]]:
    """The agent's stays that are over, and reported only when another stay ends."""
    found = []
    for call in tally.joined:
        stay = call.last_stay
        if (
            stay is not None
            and stay.device_type is DeviceType.AGENT
            and int(stay.device_no) == work_no
        ):
            found.append((stay, call))
    return found


def _add(name: str) -> Callable[[Tally, Any], None]:
    def count(tally: Tally, event: Any) -> None:
        setattr(tally, name, getattr(tally, name) + 1)

    return count


def _leave_state(tally: Tally, event: Any) -> None:
    tally.enter(event.at, None)


def _not_ready(tally: Tally, event: AgentNotReady) -> None:
    tally.enter(event.at, BUSY)
    tally.busy += 1


def _resting(tally: Tally, event: AgentResting) -> None:
    tally.enter(event.at, REST, event.duration * SECOND)
    if not tally.asked_for_rest:
        tally.rests += 1
    tally.asked_for_rest = False


def _rest_requested(tally: Tally, event: RestRequested) -> None:
    tally.rests += 1
    tally.asked_for_rest = True


def _rest_refused(tally: Tally, event: RestRefused) -> None:
    tally.asked_for_rest = False


def _not_answered(tally: Tally, event: NotAnswered) -> None:
    if event.rejected:
        tally.redirected += 1
    else:
        tally.not_answered += 1


def _transferred(tally: Tally, event: Transferred) -> None:
    if event.device.startswith("ivr:"):
        tally.transferred_to_ivr += 1
    else:
        tally.transferred_out += 1
