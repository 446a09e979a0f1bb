"""Tells customers and agents what concerns them of what the switch reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.scenario.engine.agents import AgentPlayer
from emulator.scenario.engine.customers import Customer
from emulator.switch import events
from emulator.switch.terms import CallType, MediaType

TRUNK = "trunk"
"""What the devices of numbers outside begin with."""
CHATS = frozenset({MediaType.TEXT_CHAT, MediaType.WEB_CHAT, MediaType.SOCIAL_CHAT})


class Hearing:
    """Hears the switch's events. `customers` are those in a call, by call; agents by number.

    `agents` are those who hear of themselves here, and not at a door of their own.
    """

    def __init__(self) -> None:
        self.customers: dict[str, Customer] = {}
        self.agents: dict[int, AgentPlayer] = {}
        self.handlers: dict[type[Any], Callable[[Any], None]] = {
            events.Queued: self._queued,
            events.Delivered: self._delivered,
            events.Established: self._established,
            events.IvrNodeEntered: self._at_node,
            events.CallCleared: self._cleared,
            events.ConnectionMoved: self._moved,
            events.ConnectionCleared: self._left,
            events.NotAnswered: self._not_answered,
            events.AgentWorkingAfterCall: self._works,
            events.AgentReady: self._idle,
            events.AgentResting: self._rests,
            events.AgentLoggedOn: self._signed_in,
            events.AgentLoggedOff: self._signed_out,
            events.AgentNotReady: self._not_ready,
            events.Transferred: self._transferred,
            events.Held: self._held,
            events.PreviewOffered: self._preview,
        }
        self.outside_rings: Callable[[str, str, int], None] = _nobody
        """Told of a call, the number outside that rings, and the agent who hears it ring or 0."""
        self.outside_alone: Callable[[str], None] = _no_call
        """Told of a call out on which two outside talk, and no agent."""
        self._handed_on: set[str] = set()
        """The calls that have come to a number outside."""

    def __call__(self, event: events.Event) -> None:
        """Take note of one event."""
        handler = self.handlers.get(type(event))
        if handler is not None:
            handler(event)

    def begun(self, customer: Customer, call: str, media: MediaType) -> None:
        """A customer's call is there."""
        self.customers[call] = customer
        customer.begun(call, is_chat=media in CHATS)

    def stream_of(self, call: str) -> str:
        """The name of the stream that a call's customer belongs to; empty: it has none."""
        customer = self.customers.get(call)
        return customer.crowd.stream.name if customer is not None else ""

    def is_chat(self, call: str) -> bool:
        """Whether a customer writes instead of talking."""
        customer = self.customers.get(call)
        return customer is not None and customer.is_chat

    # Customers

    def _queued(self, event: events.Queued) -> None:
        customer = self.customers.get(event.call)
        if customer is not None:
            customer.queued()

    def _at_node(self, event: events.IvrNodeEntered) -> None:
        customer = self.customers.get(event.call)
        if customer is not None:
            customer.asked(event.node)

    def _cleared(self, event: events.CallCleared) -> None:
        self._handed_on.discard(event.call)
        customer = self.customers.pop(event.call, None)
        if customer is not None:
            customer.over()

    def _moved(self, event: events.ConnectionMoved) -> None:
        """A transfer or conference has made two calls one."""
        if event.agent:
            agent = self.agents.get(event.agent)
            if agent is not None:
                agent.moved(event.from_call, event.call)
        else:
            customer = self.customers.pop(event.from_call, None)
            if customer is not None:
                self.customers[event.call] = customer
                customer.call = event.call

    # Agents

    def _delivered(self, event: events.Delivered) -> None:
        if event.agent == event.work_no:
            agent = self.agents.get(event.agent)
            if agent is not None:
                agent.rings(event.call, event.queue, event.call_type)
        elif not event.work_no:
            self.outside_rings(event.call, event.number, event.agent)

    def _established(self, event: events.Established) -> None:
        if event.agent and event.device == f"agent:{event.agent}":
            customer = self.customers.get(event.call)
            if customer is not None:
                customer.talks()
            agent = self.agents.get(event.agent)
            if agent is not None:
                agent.talks(event.call, event.call_type)
        elif not event.agent:
            self._answered_alone(event)
        elif event.call_type != CallType.INBOUND:
            agent = self.agents.get(event.agent)
            if agent is not None:
                agent.partner_answers(event.call, event.call_type)

    def _answered_alone(self, event: events.Established) -> None:
        """A number outside has answered that nobody calls any more but who was handed on to it."""
        kind, _, number = event.device.partition(":")
        if kind == TRUNK and number != event.caller:
            self._hand_on(event.call)

    def _left(self, event: events.ConnectionCleared) -> None:
        agent = self.agents.get(event.agent)
        if agent is None:
            return
        if event.device == f"agent:{event.agent}":
            agent.lost(event.call)
        elif event.device.startswith("agent:"):
            agent.partner_leaves(event.call)

    def _held(self, event: events.Held) -> None:
        agent = self.agents.get(event.agent)
        if agent is not None:
            agent.holds(event.call)

    def _not_answered(self, event: events.NotAnswered) -> None:
        agent = self.agents.get(event.agent)
        if agent is not None:
            agent.lost(event.call)

    def _works(self, event: events.AgentWorkingAfterCall) -> None:
        agent = self.agents.get(event.agent)
        if agent is not None:
            agent.works()

    def _idle(self, event: events.AgentReady) -> None:
        agent = self.agents.get(event.agent)
        if agent is not None:
            agent.idle()

    def _rests(self, event: events.AgentResting) -> None:
        agent = self.agents.get(event.agent)
        if agent is not None:
            agent.rests(event.duration)

    def _signed_in(self, event: events.AgentLoggedOn) -> None:
        agent = self.agents.get(event.agent)
        if agent is not None:
            agent.signed_in()

    def _signed_out(self, event: events.AgentLoggedOff) -> None:
        agent = self.agents.get(event.agent)
        if agent is not None:
            agent.signed_out()

    def _not_ready(self, event: events.AgentNotReady) -> None:
        agent = self.agents.get(event.agent)
        if agent is not None:
            agent.not_ready()

    def _transferred(self, event: events.Transferred) -> None:
        kind, _, number = event.device.partition(":")
        if kind == TRUNK:
            self._hand_on(event.call)
        agent = self.agents.get(int(number)) if kind == "agent" else None
        if agent is not None:
            agent.takes_over(event.call)

    def _hand_on(self, call: str) -> None:
        """Whoever is on a call talks to somebody outside, and to no agent any more."""
        if call in self._handed_on:
            return
        self._handed_on.add(call)
        customer = self.customers.get(call)
        if customer is not None:
            customer.handed_on()
        else:
            self.outside_alone(call)

    def _preview(self, event: events.PreviewOffered) -> None:
        agent = self.agents.get(event.agent)
        if agent is not None:
            agent.previews(event.control, event.numbers[0])


def _nobody(call: str, number: str, agent: int) -> None:
    """Numbers outside do what the tenant says."""


def _no_call(call: str) -> None:
    """Without campaigns there are no calls out."""
