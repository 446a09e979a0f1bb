"""The core of the switch: time, numbers, events, and finding things.

The commands are laid on top of it in a chain of classes, since a class that is compiled inherits
from one other only: agents about themselves, about calls, about flows, about conferences, about
each other, and the rest in `Switch`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from emulator.switch import agents, endpoints, queues
from emulator.switch.config import AccessCodeConfig
from emulator.switch.errors import (
    CommandDuringPublication,
    NoCall,
    UnknownAgent,
    UnknownQueue,
    UnknownTenant,
)
from emulator.switch.events import EndpointRequested, Event
from emulator.switch.model import Agent, Call, Connection, Phone, Queue, Tenant
from emulator.switch.terms import SIGNED_OUT
from emulator.switch.timers import TimerKind, Timers

Subscriber = Callable[[Event], None]

TRANSIENT = frozenset(("_outbox", "_publishing", "_subscribers", "on_subscriber_error", "report"))
"""Slots that are no state: who listens, and what is being told."""


class Core:
    """What every command uses: time, numbers, timers, events and the things there are."""

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
        self._serial = 0
        self._control = 0
        self._recording = 0
        self._request = 0
        self.listen()

    def listen(self) -> None:
        """Begin to report, to nobody yet; a switch that comes from a snapshot does not so far."""
        self.on_subscriber_error: Callable[[Subscriber, Exception], None] = _ignore
        self._outbox: list[Event] = []
        self.report: Callable[[Event], None] = self._outbox.append
        self._subscribers: tuple[Subscriber, ...] = ()
        self._publishing = False

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

    def _required_call(self, agent: Agent, call_id: str) -> Call:
        call = self._own_call(agent, call_id)
        if call is None:
            raise NoCall("no call is named")
        return call


def _ignore(subscriber: Subscriber, error: Exception) -> None:
    """A subscriber's fault is its own."""
