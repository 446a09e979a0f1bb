"""The switch: every command of the call center, and the events it publishes.

Pure, synchronous and deterministic (rules 1 to 9 of the house). Time is given: `advance_to` fires
the timers that are due, in order, and every command happens at the instant last advanced to.
A command either raises a `SwitchError` and has changed nothing, or is done, and its events are
published in order before it returns. Agents are named by work number, calls by id.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from emulator.switch import (
    agents,
    configuration,
    delivery,
    dialling,
    endpoints,
    ivr,
    mobile,
    operations,
    outside,
    queues,
    services,
    states,
    supervision,
    transfers,
    video_calls,
)
from emulator.switch.agents import SignIn
from emulator.switch.config import AccessCodeConfig, OutsideNumberConfig, TenantConfig
from emulator.switch.errors import (
    CommandDuringPublication,
    InvalidNumber,
    InvalidValue,
    NoCall,
    TransferNotAllowed,
    UnknownAgent,
    UnknownQueue,
    UnknownTenant,
)
from emulator.switch.events import EndpointRequested, Event
from emulator.switch.model import Agent, Call, Connection, Phone, Queue, Tenant
from emulator.switch.terms import (
    SIGNED_OUT,
    AgentState,
    CallType,
    MediaType,
    SupervisionMode,
    TargetType,
    TransferMode,
)
from emulator.switch.timers import TimerKind, Timers

Subscriber = Callable[[Event], None]
Target = tuple[TargetType, str]


class Switch:
    """One call center. `now` is the start, in µs since the epoch.

    `first_call` is the sequence number of the first call id: above every number ever used, so
    that ids are not repeated after a restart (`next_call` is the high-water mark to keep).
    """

    __slots__ = (
        "_control",
        "_outbox",
        "_publishing",
        "_recording",
        "_request",
        "_serial",
        "_subscribers",
        "access_codes",
        "agents",
        "calls",
        "free_agents",
        "new_waiters",
        "next_call",
        "now",
        "on_subscriber_error",
        "phones",
        "report",
        "requests",
        "tenants",
        "timers",
    )

    def __init__(self, now: int, *, first_call: int = 1) -> None:
        self.now = now
        self.next_call = first_call
        self.timers = Timers()
        self.tenants: dict[int, Tenant] = {}
        self.agents: dict[int, Agent] = {}
        self.phones: dict[str, Phone] = {}
        self.access_codes: dict[str, tuple[Tenant, AccessCodeConfig]] = {}
        self.calls: dict[str, Call] = {}
        self.requests: dict[int, tuple[Connection, str]] = {}
        self.free_agents: deque[Agent] = deque()
        self.new_waiters: deque[Call] = deque()
        self.on_subscriber_error: Callable[[Subscriber, Exception], None] = _ignore
        self._outbox: list[Event] = []
        self.report: Callable[[Event], None] = self._outbox.append
        self._subscribers: tuple[Subscriber, ...] = ()
        self._publishing = False
        self._serial = 0
        self._control = 0
        self._recording = 0
        self._request = 0

    # Numbers

    def serial(self) -> int:
        """A number that only grows: orders arrivals and idle agents."""
        self._serial = serial = self._serial + 1
        return serial

    def next_call_id(self) -> str:
        sequence = self.next_call
        self.next_call = sequence + 1
        return f"{self.now // 1_000_000}-{sequence}"

    def next_control(self) -> int:
        self._control += 1
        return self._control

    def next_recording(self) -> int:
        self._recording += 1
        return self._recording

    def request(self, connection: Connection, action: str) -> int:
        """Ask an endpoint for something; the answer comes by this number."""
        self._request = number = self._request + 1
        self.requests[number] = (connection, action)
        agent = connection.agent
        if agent is not None and agent.phone is not None:
            call = connection.call
            self.report(
                EndpointRequested(
                    self.now, call.tenant.id, number, agent.phone.number, action, call.id
                )
            )
        return number

    def request_release(self, phone: str, call_id: str) -> None:
        """Tell an external phone that its call is over; no answer is expected."""
        self._request += 1
        tenant = self.phones[phone].tenant
        self.report(EndpointRequested(self.now, tenant, self._request, phone, "release", call_id))

    # Time

    def start_timer(self, seconds: float, kind: TimerKind, subject: Any) -> int:
        return self.timers.start(self.now + int(seconds * 1_000_000), kind, subject)

    def advance_to(self, instant: int) -> None:
        """Fire the timers due until the instant (µs), in order, and make it the present."""
        if self._publishing:
            self._guard()
        while (due := self.timers.pop_due(instant)) is not None:
            deadline, serial, kind, subject = due
            if deadline > self.now:
                self.now = deadline
            endpoints.fire(self, kind, subject, serial)
            self._done()
        if instant > self.now:
            self.now = instant

    # Events

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Hear every event from now on; returns the way to stop."""
        self._subscribers = (*self._subscribers, subscriber)
        return lambda: self._unsubscribe(subscriber)

    def _unsubscribe(self, subscriber: Subscriber) -> None:
        hearing = list(self._subscribers)
        hearing.remove(subscriber)
        self._subscribers = tuple(hearing)

    def _guard(self) -> None:
        if self._publishing:
            raise CommandDuringPublication("a subscriber must post its command, not give it")

    def _done(self) -> None:
        if self.free_agents or self.new_waiters:
            queues.settle(self)
        outbox = self._outbox
        if not outbox:
            return
        if self._subscribers:
            self._publishing = True
            try:
                self._publish(outbox)
            finally:
                self._publishing = False
                outbox.clear()
        else:
            outbox.clear()

    def _publish(self, outbox: list[Event]) -> None:
        for subscriber in self._subscribers:
            for event in outbox:
                try:
                    subscriber(event)
                except Exception as error:
                    self.on_subscriber_error(subscriber, error)

    # Finding things

    def tenant(self, tenant_id: int) -> Tenant:
        tenant = self.tenants.get(tenant_id)
        if tenant is None:
            raise UnknownTenant(f"there is no tenant {tenant_id}")
        return tenant

    def agent(self, work_no: int) -> Agent:
        agent = self.agents.get(work_no)
        if agent is None:
            raise UnknownAgent(f"there is no agent {work_no}")
        return agent

    def call(self, call_id: str) -> Call:
        call = self.calls.get(call_id)
        if call is None:
            raise NoCall(f"there is no call {call_id}")
        return call

    def queue(self, tenant_id: int, queue_id: int) -> Queue:
        queue = self.tenant(tenant_id).queues.get(queue_id)
        if queue is None:
            raise UnknownQueue(f"there is no queue {queue_id}")
        return queue

    def _actor(self, work_no: int) -> Agent:
        """The agent who gives a command."""
        if self._publishing:
            self._guard()
        agent = self.agents.get(work_no)
        if agent is None:
            raise UnknownAgent(f"there is no agent {work_no}")
        if agent.state is SIGNED_OUT:
            agents.require_signed_in(agent)
        return agent

    def _own_call(self, agent: Agent, call_id: str | None) -> Call | None:
        """The call meant, if one is named; another tenant's does not exist."""
        if not call_id:
            return None
        call = agent.tenant.calls.get(call_id)
        if call is None:
            raise NoCall(f"there is no call {call_id}")
        return call

    # Configuration

    def check_tenant(self, config: TenantConfig) -> None:
        """Raise `ConfigurationError` if the tenant contradicts itself or others."""
        configuration.check_tenant(self, config)

    def apply_tenant(self, config: TenantConfig) -> None:
        """Make a tenant live, new or changed."""
        self._guard()
        configuration.check_tenant(self, config)
        configuration.apply_tenant(self, config)
        self._done()

    def set_outside_number(self, tenant_id: int, behaviour: OutsideNumberConfig) -> None:
        """How an outside number behaves when it is called, from now on."""
        self._guard()
        self.tenant(tenant_id).outside[behaviour.number] = behaviour

    # Agents (CSTA 21.1: Set Agent State)

    def log_on(self, work_no: int, how: SignIn | None = None) -> None:
        """Sign an agent in (CEC 6.1.1.1); the password has been checked."""
        self._guard()
        agent, how = self.agent(work_no), how or SignIn()
        phone = agents.check_log_on(self, agent, how)
        if agent.signed_in:
            supervision.released(self, agent)
            agents.log_off(self, agent)
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

    # Calls of an agent (CSTA 17: call control services)

    def make_call(
        self,
        work_no: int,
        number: str,
        *,
        caller: str = "",
        video: bool = False,
        data: str = "",
    ) -> str:
        """Call an outside number; returns the call id."""
        agent = self._actor(work_no)
        call = dialling.make_call(
            self,
            agent,
            (TargetType.OUTSIDE, number),
            CallType.OUTBOUND,
            caller=caller,
            video=video,
            data=data,
        )
        self._done()
        return call.id

    def make_internal_call(
        self, work_no: int, called: int, *, caller: str = "", data: str = ""
    ) -> str:
        """Call another agent of the tenant; returns the call id."""
        agent = self._actor(work_no)
        target = (TargetType.AGENT, str(called))
        dialling.require_target(self, agent, target)
        call = dialling.make_call(self, agent, target, CallType.INTERNAL, caller=caller, data=data)
        self._done()
        return call.id

    def offer_preview(self, work_no: int, numbers: Iterable[str], data: str = "") -> int:
        agent = self._actor(work_no)
        control = dialling.offer_preview(self, agent, tuple(numbers), data)
        self._done()
        return control

    def call_preview(self, work_no: int, control: int, number: str) -> str:
        call = dialling.call_preview(self, self._actor(work_no), control, number)
        self._done()
        return call.id

    def answer_call(self, work_no: int, call_id: str | None = None) -> None:
        agent = self._actor(work_no)
        delivery.answer(self, agent, self._own_call(agent, call_id))
        self._done()

    def reject_call(self, work_no: int, call_id: str | None = None, *, release: bool) -> None:
        """Refuse a ringing call: to its queue's head, or released (CEC 6.1.2.22)."""
        agent = self._actor(work_no)
        delivery.reject(self, agent, self._own_call(agent, call_id), release=release)
        self._done()

    def hold_call(self, work_no: int, call_id: str | None = None) -> None:
        agent = self._actor(work_no)
        services.hold(self, agent, self._own_call(agent, call_id))
        self._done()

    def retrieve_call(self, work_no: int, call_id: str | None = None) -> None:
        agent = self._actor(work_no)
        services.retrieve(self, agent, self._own_call(agent, call_id))
        self._done()

    def alternate_call(self, work_no: int, call_id: str | None = None) -> None:
        agent = self._actor(work_no)
        services.alternate(self, agent, self._own_call(agent, call_id))
        self._done()

    def mute(self, work_no: int, muted: bool) -> None:
        services.mute(self, self._actor(work_no), muted=muted)
        self._done()

    def generate_digits(self, work_no: int, digits: str) -> None:
        services.generate_digits(self, self._actor(work_no), digits)
        self._done()

    def consultation_call(
        self,
        work_no: int,
        target: Target,
        *,
        three_party: bool = False,
        data: str = "",
    ) -> str:
        """Ask an agent or queue for help; returns the id of the second call."""
        agent = self._actor(work_no)
        call = transfers.consult(self, agent, target, three_party=three_party, data=data)
        self._done()
        return call.id

    def conference_call(self, work_no: int, call_id: str, data: str = "") -> None:
        agent = self._actor(work_no)
        call = self._required_call(agent, call_id)
        transfers.conference(self, agent, call, data)
        self._done()

    def transfer_call(self, work_no: int, call_id: str) -> None:
        """Connect a held call with the current one, and leave both."""
        agent = self._actor(work_no)
        transfers.transfer_call(self, agent, self._required_call(agent, call_id))
        self._done()

    def single_step_transfer(
        self,
        work_no: int,
        target: Target,
        mode: TransferMode,
        *,
        caller: str = "",
        video: bool = False,
        data: str = "",
    ) -> None:
        """Transfer the current call in one of the modes of CEC Table 6-459."""
        if not isinstance(mode, TransferMode):
            raise TransferNotAllowed(f"there is no transfer mode {mode!r}")
        agent = self._actor(work_no)
        transfers.transfer(self, agent, target, mode, caller=caller, video=video, data=data)
        self._done()

    def cancel_transfer(self, work_no: int) -> None:
        operations.cancel_transfer(self, self._actor(work_no))
        self._done()

    def release_call(self, work_no: int, call_id: str | None = None) -> None:
        """The agent hangs up its current call, or the given one."""
        agent = self._actor(work_no)
        services.release(self, agent, self._own_call(agent, call_id))
        self._done()

    def clear_connection(self, work_no: int, number: str) -> None:
        """Release one party of the agent's last call by its number."""
        services.clear_connection(self, self._actor(work_no), number)
        self._done()

    def set_call_data(self, call_id: str, data: str) -> None:
        self._guard()
        services.set_data(self, self.call(call_id), data)
        self._done()

    def switch_media(self, work_no: int, video: bool) -> None:
        video_calls.switch_media(self, self._actor(work_no), video)
        self._done()

    def set_video_mode(self, work_no: int, mode: int) -> None:
        video_calls.set_video_mode(self, self._actor(work_no), mode)
        self._done()

    def transmit_digits(self, work_no: int) -> None:
        video_calls.transmit_digits(self._actor(work_no))

    def pick_up(self, work_no: int, ringing_agent: int) -> None:
        """Take the call that rings at another agent of the tenant."""
        agent = self._actor(work_no)
        target = agent.tenant.agents.get(ringing_agent)
        if target is None:
            raise UnknownAgent(f"there is no agent {ringing_agent}")
        delivery.pick_up(self, agent, target)
        self._done()

    def request_queued_call(self, work_no: int, call_id: str, queue_id: int) -> None:
        """Ask for a call that waits in the queue."""
        agent = self._actor(work_no)
        call = self._required_call(agent, call_id)
        if call.entry is None or call.entry.queue.id != queue_id:
            raise NoCall(f"call {call_id} does not wait in queue {queue_id}")
        delivery.take_queued(self, agent, call)
        self._done()

    def _required_call(self, agent: Agent, call_id: str) -> Call:
        call = self._own_call(agent, call_id)
        if call is None:
            raise NoCall("no call is named")
        return call

    # Supervision

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

    def force_ready(self, inspector: int, work_no: int) -> None:
        states.force_ready(self, supervision.signed_in_target(self._actor(inspector), work_no))
        self._done()

    def force_not_ready(self, inspector: int, work_no: int) -> None:
        target = supervision.signed_in_target(self._actor(inspector), work_no)
        states.set_not_ready(self, target, 0, prolong=True)
        self._done()

    def force_rest(self, inspector: int, work_no: int, duration: int, reason: int) -> None:
        target = supervision.signed_in_target(self._actor(inspector), work_no)
        states.force_rest(self, target, duration, reason)
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

    # The world outside

    def dial_in(
        self, caller: str, dialled: str, *, media: MediaType | None = None, data: str = ""
    ) -> str:
        """A customer dials an access code, perhaps with an extension; returns the call id."""
        if self._publishing:
            self._guard()
        if not 1 <= len(caller) <= 24:
            raise InvalidNumber("a calling number has 1 to 24 characters")
        services.require_data(data)
        call = outside.dial_in(self, caller, dialled, media, data)
        self._done()
        return call.id

    def outside_hangs_up(self, call_id: str, number: str | None = None) -> None:
        """The customer of the call, or its outside party with the number, hangs up."""
        if self._publishing:
            self._guard()
        outside.hang_up(self, outside.party(self.call(call_id), number))
        self._done()

    def outside_presses(self, call_id: str, digits: str, number: str | None = None) -> None:
        self._guard()
        if not digits or any(digit not in "0123456789*#" for digit in digits):
            raise InvalidValue("keys are digits, * and #")
        outside.press(self, outside.party(self.call(call_id), number), digits)
        self._done()

    def outside_answers(self, call_id: str, number: str | None = None) -> None:
        """An outside number that rings is picked up."""
        self._guard()
        outside.answer(self, outside.ringing_party(self.call(call_id), number))
        self._done()

    def outside_refuses(self, call_id: str, cause: int = 604, number: str | None = None) -> None:
        """An outside number that rings refuses the call; `cause` of CEC Table 6-451."""
        self._guard()
        outside.fail(self, outside.ringing_party(self.call(call_id), number), cause)
        self._done()

    # Endpoints and effects

    def endpoint_confirmed(self, request: int) -> None:
        """An external phone did what it was asked."""
        self._guard()
        endpoints.confirmed(self, request)
        self._done()

    def endpoint_failed(self, request: int) -> None:
        """An external phone could not do what it was asked."""
        self._guard()
        endpoints.failed(self, request)
        self._done()

    def phone_off_hook(self, number: str) -> None:
        """Somebody picks up a phone."""
        self._guard()
        endpoints.off_hook(self, number)
        self._done()

    def phone_on_hook(self, number: str) -> None:
        """Somebody hangs up a phone."""
        self._guard()
        endpoints.on_hook(self, number)
        self._done()

    def lookup_answered(self, request: int, values: dict[str, str] | None) -> None:
        """The answer to a lookup: variables to set, None if it failed; late answers are ignored."""
        self._guard()
        found = self.requests.get(request)
        if found is None or found[1] != "lookup":
            return
        del self.requests[request]
        ivr.lookup_answered(self, found[0].call, values)
        self._done()


def _ignore(subscriber: Subscriber, error: Exception) -> None:
    """A subscriber's fault is its own."""


__all__ = ["SignIn", "Subscriber", "Switch", "Target"]
