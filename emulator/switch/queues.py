"""Queues: waiting, the policies for what cannot wait, and who is matched with whom.

A new call takes the idle agent with the largest agent weight for the queue, among equals the one
idle longest. A free agent takes the queue with its largest skill weight, there the customer with
the highest priority, among equals the one waiting longest. Agents who refused a call, or did not
answer it, are passed over for that call.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from emulator.switch import calls, delivery, ivr, operations, stays
from emulator.switch.agents import CHAT_ONLY, UNAVAILABLE
from emulator.switch.config import Policy, PolicyAction
from emulator.switch.events import Queued
from emulator.switch.model import Agent, Call, Queue, QueueEntry
from emulator.switch.terms import LeaveReason, QueueOutcome
from emulator.switch.timers import TimerKind

if TYPE_CHECKING:
    from emulator.switch.core import Core

MAX_DIVERSIONS = 10
"""After so many overflows from queue to queue the call is released: policies can form a circle."""


def enter(sw: Core, call: Call, queue: Queue, *, diverted: bool = False) -> None:
    """Put the call in the queue; it is matched, waits, or goes where the queue's policy says.

    `diverted`: another queue could not keep it, to which it belongs still (13.2.2.1, skill_id).
    """
    if queue.is_chat != call.is_chat:
        not_served(sw, call, calls.CAUSE_ROUTING_FAILED, LeaveReason.NO_ROUTE)
        return
    entry = begin_stay(sw, call, queue, diverted=diverted)
    if queue.idle and not sw.free_agents:
        agent = _idle_agent(sw, queue, call)
        if agent is not None:
            delivery.from_queue(sw, call, agent)
            return
    if not queue.agents:
        _divert(sw, call, queue.config.on_no_agents, LeaveReason.NO_AGENT)
    elif len(queue.waiting) >= queue.config.max_waiting:
        _divert(sw, call, queue.config.on_busy, LeaveReason.OVERFLOW)
    else:
        line_up(sw, call, entry)


def begin_stay(sw: Core, call: Call, queue: Queue, *, diverted: bool) -> QueueEntry:
    """The call is the queue's from now on; it is still to be seen whether it waits there."""
    if not diverted:
        call.wanted_queue = queue.id
    queue.entered += 1
    key = (-call.priority, sw.serial(), call.id)
    call.entry = entry = QueueEntry(queue, key, sw.now, 0, call.previous_type, call.previous_no)
    position = bisect_left(queue.waiting, key) + 1
    sw.report(
        Queued(sw.now, call.tenant.id, call.id, queue.device, queue.id, position, call.priority)
    )
    return entry


def line_up(sw: Core, call: Call, entry: QueueEntry) -> None:
    """Wait for an agent, for as long as the queue allows."""
    insort(entry.queue.waiting, entry.key)
    entry.timer = sw.start_timer(entry.queue.config.max_wait, TimerKind.QUEUE_WAIT, call.id)
    sw.new_waiters.append(call)


def back_to_head(sw: Core, call: Call) -> None:
    """The agent did not take the call: it waits again, before all who came after it."""
    entry = call.entry
    if entry is None:
        return
    entry.ringing = None
    entry.assigned = 0
    call.requeued += 1
    insort(entry.queue.waiting, entry.key)
    deadline = entry.begun + entry.queue.config.max_wait * 1_000_000
    entry.timer = sw.timers.start(max(deadline, sw.now), TimerKind.QUEUE_WAIT, call.id)
    sw.new_waiters.append(call)


def waited_too_long(sw: Core, call: Call) -> None:
    if call.entry is not None:
        call.entry.timer = 0
        _divert(sw, call, call.entry.queue.config.on_timeout, LeaveReason.TIMEOUT)


_OUTCOMES = {
    LeaveReason.OVERFLOW: QueueOutcome.OVERFLOWED,
    LeaveReason.TIMEOUT: QueueOutcome.TIMED_OUT,
}


def _cause(reason: LeaveReason) -> int:
    if reason is LeaveReason.NO_AGENT:
        return calls.CAUSE_NO_AGENT
    return calls.CAUSE_QUEUE_FULL if reason is LeaveReason.OVERFLOW else calls.CAUSE_QUEUE_TIMEOUT


def _divert(sw: Core, call: Call, policy: Policy, reason: LeaveReason) -> None:
    """The queue cannot keep the call: do what its policy says."""
    call.diversions += 1
    circles = call.diversions > MAX_DIVERSIONS
    released = policy.action is PolicyAction.RELEASE or circles
    leave(sw, call, reason, released=released)
    if not released and policy.target is not None:
        queue = call.tenant.queues.get(policy.target)
        flow = call.tenant.flows.get(policy.target)
        if policy.action is PolicyAction.QUEUE and queue is not None:
            enter(sw, call, queue, diverted=True)
            return
        if policy.action is PolicyAction.IVR and flow is not None:
            ivr.start(sw, call, flow)
            return
    cause = calls.CAUSE_OVERFLOWS if circles else _cause(reason)
    not_served(sw, call, cause, reason)


def leave(sw: Core, call: Call, reason: LeaveReason, *, released: bool) -> None:
    """The queue does not keep the call, which is released or goes elsewhere."""
    outcome = _OUTCOMES.get(reason)
    if outcome is None:
        outcome = QueueOutcome.RELEASED if released else QueueOutcome.OVERFLOWED
    stays.leave_queue(sw, call, outcome, operations.reason_in_queue(call, reason))


def not_served(sw: Core, call: Call, cause: int, reason: LeaveReason) -> None:
    """No device takes the call: a transfer or consultation fails, else the call is released."""
    if not operations.failed(sw, call, cause):
        calls.clear_call(sw, call, cause, reason)


# Matching


def settle(sw: Core) -> None:
    """Match what waits with who is free, until nothing new can be matched."""
    while sw.new_waiters or sw.free_agents:
        if sw.free_agents:
            _place_agent(sw, sw.free_agents.popleft())
        else:
            call = sw.new_waiters.popleft()
            entry = call.entry
            if entry is None or entry.ringing is not None:
                continue
            agent = _idle_agent(sw, entry.queue, call)
            if agent is not None:
                delivery.from_queue(sw, call, agent)


def _idle_agent(sw: Core, queue: Queue, call: Call) -> Agent | None:
    for _, _, work_no in queue.idle:
        if work_no not in call.excluded:
            return sw.agents[work_no]
    return None


def _place_agent(sw: Core, agent: Agent) -> None:
    if agent.availability == UNAVAILABLE:
        return
    best: tuple[tuple[int, WaitingRank], Call] | None = None
    for queue, skill in agent.memberships:
        if not queue.waiting or (agent.availability == CHAT_ONLY and not queue.is_chat):
            continue
        if best is not None and best[0][0] < -skill.skill_weight:
            break
        call = _next_call(sw, queue, agent)
        if call is not None and call.entry is not None:
            rank = (-skill.skill_weight, call.entry.key[:2])
            if best is None or rank < best[0]:
                best = (rank, call)
    if best is not None:
        delivery.from_queue(sw, best[1], agent)
        if agent.availability == CHAT_ONLY:
            sw.free_agents.append(agent)


WaitingRank = tuple[int, int]


def _next_call(sw: Core, queue: Queue, agent: Agent) -> Call | None:
    for _, _, call_id in queue.waiting:
        call = sw.calls[call_id]
        if agent.work_no not in call.excluded:
            return call
    return None


# What a queue can say of itself


def position(call: Call) -> int:
    """Place in the line, from 1; 0 while an agent is being rung or the call does not wait."""
    entry = call.entry
    if entry is None or entry.ringing is not None:
        return 0
    return bisect_left(entry.queue.waiting, entry.key) + 1


def expected_wait(queue: Queue, place: int) -> int:
    """Seconds until the call in this place is served, from the talking times so far."""
    if not queue.agents:
        return queue.config.max_wait
    average = queue.talked // queue.finished if queue.finished else 180_000_000
    return min(queue.config.max_wait, place * average // len(queue.agents) // 1_000_000)
