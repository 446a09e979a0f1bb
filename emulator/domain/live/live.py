"""Hearing what happens at the switch, and counting it.

An event says that something may have changed about an agent or a call; what it is now is read
from the switch, where it takes no search. So nothing depends on the order of the events of one
command, and reading the counts never looks at agents or calls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.domain.live.counts import (
    CALLING_OUT,
    QUICKLY,
    SECOND,
    SIGNED_IN,
    CodeCounts,
    LiveAgent,
    LiveCall,
    LiveState,
    Phase,
    QueueCounts,
    TenantCounts,
    no_agents,
)
from emulator.snapshot.part import Part, attribute
from emulator.switch.errors import UnknownAccessCode
from emulator.switch.events import (
    AgentBusy,
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
    Conferenced,
    ConferenceJoined,
    ConferenceLeft,
    ConferenceRinging,
    ConnectionCleared,
    ConnectionMoved,
    Delivered,
    Diverted,
    EndpointRequested,
    Established,
    Event,
    IncomingCallInfo,
    IvrNodeEntered,
    NotAnswered,
    Offered,
    OutsideReleased,
    OutsideRequested,
    PhoneCannotRing,
    Queued,
    QueueLeft,
    RestRequested,
    ReturnedFromIvr,
    ServiceInitiated,
    StayEnded,
    Transferred,
)
from emulator.switch.model import Agent, Call
from emulator.switch.outside import find_route
from emulator.switch.switch import Switch
from emulator.switch.terms import (
    AGENT_DEVICE,
    IDLE,
    IVR_DEVICE,
    SIGNED_OUT,
    WRAP_UP,
    CallType,
    QueueOutcome,
)

OUTBOUND = frozenset({CallType.OUTBOUND, CallType.PREVIEWED})
NOBODY = TenantCounts()


class Live:
    """Hears the events of the switch that `switch` gives."""

    def __init__(self, switch: Callable[[], Switch]) -> None:
        self._switch = switch
        self._state = LiveState()
        self._handlers: dict[type[Any], Callable[[Any], None]] = {
            **dict.fromkeys((AgentLoggedOn, AgentLoggedOff, AgentSkillsChanged), self._skills),
            **dict.fromkeys(
                (
                    AgentReady,
                    AgentNotReady,
                    AgentResting,
                    AgentWorkingAfterCall,
                    AgentBusy,
                    AgentStateChanged,
                    ConferenceRinging,
                ),
                lambda event: self._see_agent(event.agent, event.at),
            ),
            **dict.fromkeys(
                (
                    Conferenced,
                    ConferenceJoined,
                    ConferenceLeft,
                    ConnectionCleared,
                    ConnectionMoved,
                    Established,
                    ServiceInitiated,
                ),
                self._both,
            ),
            **dict.fromkeys(
                (
                    Diverted,
                    EndpointRequested,
                    IvrNodeEntered,
                    NotAnswered,
                    OutsideReleased,
                    OutsideRequested,
                    PhoneCannotRing,
                    ReturnedFromIvr,
                    Transferred,
                ),
                lambda event: self._see_call(event.tenant, event.call),
            ),
            Delivered: self._delivered,
            Offered: self._offered,
            Queued: self._queued,
            QueueLeft: self._queue_left,
            IncomingCallInfo: self._served,
            StayEnded: self._count_stay,
            CallCleared: self._cleared,
            RestRequested: self._asked_for_rest,
            AgentPendingState: self._asked_for_rest,
        }

    def __call__(self, event: Event) -> None:
        """Count one event."""
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    def part(self) -> Part:
        """What a snapshot keeps of it."""
        return attribute(self, "_state", LiveState, "live counts")

    def forget(self, tenant: int | None = None) -> None:
        """Begin anew, or for one tenant: the switch has forgotten it too."""
        if tenant is None:
            self._state = LiveState()
            return
        state = self._state
        state.tenants.pop(tenant, None)
        state.agents = {no: it for no, it in state.agents.items() if it.tenant != tenant}
        state.calls = {call: it for call, it in state.calls.items() if it.tenant != tenant}

    # Reading

    def tenant(self, tenant: int) -> TenantCounts:
        """A VDN's counts; not to be changed."""
        return self._state.tenants.get(tenant, NOBODY)

    def queue(self, tenant: int, queue: int) -> QueueCounts:
        """A queue's counts; not to be changed."""
        return self.tenant(tenant).queues.get(queue) or QueueCounts()

    def previous_time(self, agent: Agent) -> int:
        """Seconds that the agent's previous state lasted."""
        known = self._state.agents.get(agent.work_no)
        # A state that the events of one command hide has not lasted.
        if known is None or known.previous is not agent.last_state:
            return 0
        return known.previous_time // SECOND

    def asked_for_rest(self, agent: Agent) -> int:
        """When the agent asked for the rest that it does not have yet (µs)."""
        known = self._state.agents.get(agent.work_no)
        return agent.state_since if known is None else known.asked_for_rest

    # Agents

    def _skills(self, event: Any) -> None:
        agent = self._switch().agents.get(event.agent)
        queues = sorted(queue.id for queue, _ in agent.memberships) if agent is not None else ()
        known = self._state.agents.get(event.agent)
        if known is not None and known.queues != tuple(queues):
            self._count_agent(known, -1)
            known.queues = tuple(queues)
            self._count_agent(known, 1)
        self._see_agent(event.agent, event.at, tuple(queues))

    def _see_agent(self, work_no: int, at: int, queues: tuple[int, ...] = ()) -> None:
        """Count the agent as it is now."""
        agent = self._switch().agents.get(work_no)
        known = self._state.agents.get(work_no)
        if agent is None:
            if known is not None:
                self._count_agent(known, -1)
                del self._state.agents[work_no]
            return
        if known is None:
            known = LiveAgent(agent.tenant.id, SIGNED_OUT, agent.state_since, queues)
            self._state.agents[work_no] = known
        calls_out = any(it.call.type in OUTBOUND for it in agent.connections)
        if known.state is agent.state and known.calls_out is calls_out:
            return
        self._count_agent(known, -1)
        if known.state is not agent.state:
            self._leave_state(known, at)
            known.previous, known.previous_time = known.state, at - known.since
            known.state, known.since = agent.state, at
        known.calls_out = calls_out
        self._count_agent(known, 1)

    def _count_agent(self, known: LiveAgent, one: int) -> None:
        if known.state is SIGNED_OUT:
            return
        tenant = self._tenant(known.tenant)
        profile = tenant.profiles.get(known.queues)
        if profile is None:
            profile = tenant.profiles[known.queues] = no_agents()
        of_queues = [tenant.queue(queue).agents for queue in known.queues]
        for counts in (tenant.agents, profile, *of_queues):
            counts[SIGNED_IN] += one
            counts[known.state] += one
            if known.calls_out:
                counts[CALLING_OUT] += one
        if not profile[SIGNED_IN]:
            del tenant.profiles[known.queues]

    def _leave_state(self, known: LiveAgent, at: int) -> None:
        spent = at - known.since
        if known.state is IDLE:
            for queue in known.queues:
                window = self._tenant(known.tenant).queue(queue).during(at)
                window.longest_idle = max(window.longest_idle, spent)
        elif known.state is WRAP_UP and known.served:
            window = self._tenant(known.tenant).queue(known.served).during(at)
            window.wrap_ups += 1
            window.wrapping_up += spent
            known.served = 0

    def _asked_for_rest(self, event: RestRequested | AgentPendingState) -> None:
        known = self._state.agents.get(event.agent)
        if known is not None:
            known.asked_for_rest = event.at

    def _served(self, event: IncomingCallInfo) -> None:
        known = self._state.agents.get(event.agent)
        if known is not None:
            known.served = event.queue

    # Calls

    def _both(self, event: Any) -> None:
        if event.agent:
            self._see_agent(event.agent, event.at)
        self._see_call(event.tenant, event.call)
        self._see_stay(event.call)

    def _delivered(self, event: Delivered) -> None:
        if event.work_no == event.agent:
            self._see_agent(event.agent, event.at)
        self._see_call(event.tenant, event.call)

    def _offered(self, event: Offered) -> None:
        known = LiveCall(event.tenant, Phase.OTHER, self._code_of(event))
        self._state.calls[event.call] = known
        self._count_call(known, 1)
        self._see_call(event.tenant, event.call)

    def _code_of(self, event: Offered) -> str:
        """The access code by which the call has come; a message needs none."""
        try:
            tenant, code, _ = find_route(self._switch(), event.called)
        except UnknownAccessCode:
            return ""
        return code.code if tenant.id == event.tenant else ""

    def _see_call(self, tenant: int, call_id: str) -> None:
        """Count the call as it is now."""
        call = self._switch().calls.get(call_id)
        if call is None:
            return  # that it is over comes as an event of its own
        phase = _phase(call)
        known = self._call(tenant, call_id)
        if known.phase is not phase:
            self._count_call(known, -1)
            known.phase = phase
            self._count_call(known, 1)
        self._see_flow(known, call)

    def _see_flow(self, known: LiveCall, call: Call) -> None:
        """A flow can lead to another one."""
        flow = call.ivr.frames[-1].flow.id if call.ivr is not None and call.ivr.frames else None
        if flow != known.flow:
            self._leave_flow(known, call.id)
            known.flow = flow
            if flow is not None:
                self._tenant(known.tenant).flows.setdefault(flow, {})[call.id] = None

    def _leave_flow(self, known: LiveCall, call_id: str) -> None:
        if known.flow is not None:
            self._tenant(known.tenant).flows[known.flow].pop(call_id, None)

    def _call(self, tenant: int, call_id: str) -> LiveCall:
        known = self._state.calls.get(call_id)
        if known is None:
            known = self._state.calls[call_id] = LiveCall(tenant, Phase.OTHER)
            self._count_call(known, 1)
        return known

    def _count_call(self, known: LiveCall, one: int) -> None:
        tenant = self._tenant(known.tenant)
        tenant.calls[known.phase] += one
        if known.code:
            self._code(known).calls[known.phase] += one

    def _code(self, known: LiveCall) -> CodeCounts:
        codes = self._tenant(known.tenant).codes
        found = codes.get(known.code)
        if found is None:
            found = codes[known.code] = CodeCounts()
        return found

    def _queued(self, event: Queued) -> None:
        known = self._call(event.tenant, event.call)
        if known.left != event.at:
            known.first_queue = event.queue
        known.queue, known.entered, known.left, known.lost = event.queue, event.at, 0, False
        self._tenant(event.tenant).queue(event.queue).during(event.at).inbound += 1
        if known.code:
            self._code(known).waiting[event.call] = event.at
        self._see_call(event.tenant, event.call)
        self._see_stay(event.call)

    def _queue_left(self, event: QueueLeft) -> None:
        known = self._call(event.tenant, event.call)
        queue = self._tenant(event.tenant).queue(event.queue)
        window = queue.during(event.at)
        waited = event.at - known.entered
        window.waits += 1
        window.waited += waited
        window.longest_wait = max(window.longest_wait, waited)
        known.left = event.at
        if event.outcome is QueueOutcome.ANSWERED:
            known.left = 0
            window.connected += 1
            window.connected_in_15 += waited <= 15 * SECOND
            window.connected_in_20 += waited <= QUICKLY
            if waited <= QUICKLY:
                queue.quick_until(event.at)
                queue.quick.append(event.at)
            if known.first_queue != event.queue:
                others = queue.taken_over
                others[known.first_queue] = others.get(known.first_queue, 0) + 1
        elif event.outcome is QueueOutcome.ABANDONED:
            self._lose(known, event.at)
        else:
            known.lost = event.call not in self._switch().calls
        if known.code:
            self._code(known).waiting.pop(event.call, None)
        self._see_call(event.tenant, event.call)

    def _lose(self, known: LiveCall, at: int) -> None:
        """The queue has not found an agent for the call, and nobody else serves it."""
        window = self._tenant(known.tenant).queue(known.queue).during(at)
        waited = at - known.entered
        window.lost += 1
        window.lost_before_15 += waited < 15 * SECOND
        window.lost_before_20 += waited < QUICKLY

    def _see_stay(self, call_id: str) -> None:
        """Count the stay that has just ended; it is reported only as another one ends."""
        call = self._switch().calls.get(call_id)
        if call is not None and call.last_stay is not None:
            self._count_stay(call.last_stay)

    def _count_stay(self, stay: StayEnded) -> None:
        if stay.device_type is AGENT_DEVICE:
            if stay.queue and stay.talk_begin and self._is_new(stay):
                queue = self._tenant(stay.tenant).queue(stay.queue)
                window = queue.during(self._switch().now)
                window.ended += 1
                window.talked += stay.talk_end - stay.talk_begin
        elif stay.device_type is IVR_DEVICE and stay.talk_begin:
            known = self._state.calls.get(stay.call)
            if known is not None and known.entered == stay.at and self._is_new(stay):
                window = self._tenant(stay.tenant).queue(known.queue).during(self._switch().now)
                window.in_ivr += stay.talk_end - stay.talk_begin

    def _is_new(self, stay: StayEnded) -> bool:
        known = self._call(stay.tenant, stay.call)
        if stay.serial <= known.stays:
            return False
        known.stays = stay.serial
        return True

    def _cleared(self, event: CallCleared) -> None:
        known = self._state.calls.pop(event.call, None)
        if known is None:
            return
        self._count_call(known, -1)
        self._leave_flow(known, event.call)
        if known.lost:
            self._lose(known, event.at)

    def _tenant(self, number: int) -> TenantCounts:
        found = self._state.tenants.get(number)
        if found is None:
            found = self._state.tenants[number] = TenantCounts()
        return found


def _phase(call: Call) -> Phase:
    entry = call.entry
    if entry is not None:
        return Phase.QUEUED if entry.ringing is None else Phase.OFFERED
    if call.ivr is not None and not call.ivr.joined:
        return Phase.IVR
    for connection in call.connections:
        if connection.agent is not None and connection.talk_begin:
            return Phase.AGENT
    return Phase.OTHER
