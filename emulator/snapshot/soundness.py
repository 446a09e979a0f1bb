"""Whether the things of a switch hold together: what types alone cannot say.

It is asked of a snapshot before anything of it is put in. Each thing stands under its own number,
the tenants and the world know the same things, and a thing and its parts know each other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from emulator.settings import MAX_CLOCK_SCALE
from emulator.snapshot.errors import SnapshotRefused
from emulator.store.rows import AccountState
from emulator.switch import flow, ivr
from emulator.switch.clock import END_OF_TIME, ClockState
from emulator.switch.errors import ConfigurationError
from emulator.switch.model import Agent, Call, Queue, Tenant
from emulator.switch.switch import Switch
from emulator.switch.terms import QueueOutcome
from emulator.switch.timers import TimerKind

MOST_CALLS = 10**12
SUBJECTS: Mapping[TimerKind, type[Any]] = {
    TimerKind.RING: tuple,
    TimerKind.OUTSIDE_ANSWER: tuple,
    TimerKind.OUTSIDE_RING: tuple,
    TimerKind.QUEUE_WAIT: str,
    TimerKind.WRAP_UP: int,
    TimerKind.REST: int,
    TimerKind.IVR: str,
    TimerKind.PREVIEW: int,
    TimerKind.PLAYBACK: int,
    TimerKind.SPEECH: str,
    TimerKind.HABIT: tuple,
    TimerKind.CONFERENCE_END: str,
    TimerKind.CONFERENCE_PROMPT: str,
    TimerKind.CONFERENCE_VOICE: str,
    TimerKind.PARTICIPANT_VOICE: tuple,
}
"""What a timer is about: a call (its id), an agent (its work number), a call and a device."""

_ASKS = {ivr.LOOKUP: "lookup", ivr.ANNOUNCEMENT: "play"}
"""The types of nodes that wait for what their flow has asked for."""


def check(switch: Switch) -> None:
    """`SnapshotRefused` names the first thing that does not fit."""
    aspects = (_numbers, _timers, _tenants, _agents, _calls, _flows, _others)
    for problem in chain.from_iterable(aspect(switch) for aspect in aspects):
        raise SnapshotRefused(problem)
    _check_configuration(switch)


def check_clock(clock: ClockState) -> None:
    """It must show an instant, and run at a speed that clocks have."""
    if not (0 <= clock.now < END_OF_TIME and 0 < clock.scale <= MAX_CLOCK_SCALE):
        raise SnapshotRefused("the clock cannot show that")


def check_accounts(switch: Switch, accounts: Mapping[int, AccountState]) -> None:
    """Every agent must have an account, and nobody else."""
    if accounts.keys() != switch.agents.keys():
        raise SnapshotRefused("there are agents without an account, or accounts without an agent")
    for work_no, state in accounts.items():
        if state.work_no != work_no or state.tenant_id != switch.agents[work_no].tenant.id:
            raise SnapshotRefused(f"the account of agent {work_no} is another's")


def _check_configuration(switch: Switch) -> None:
    """The tenants' configurations must hold together as those of a seed do."""
    rehearsed = Switch(now=0)
    try:
        for tenant in switch.tenants.values():
            rehearsed.apply_tenant(tenant.config)
    except ConfigurationError as error:
        raise SnapshotRefused(f"the configuration does not hold together: {error}") from error


def _numbers(switch: Switch) -> Iterator[str]:
    if not 0 <= switch.now < END_OF_TIME:
        yield "the present is out of all time"
    if not 0 < switch.next_call < MOST_CALLS:
        yield "the number of the next call cannot be one"


def _timers(switch: Switch) -> Iterator[str]:
    heap = switch.timers._heap
    for place, entry in enumerate(heap):
        if place and entry[:2] < heap[(place - 1) // 2][:2]:
            yield f"timer {entry[1]} is out of its order"
        if not isinstance(entry[3], SUBJECTS[entry[2]]):
            yield f"timer {entry[1]} has a subject of another kind"
    if len({entry[1] for entry in heap}) != len(heap):
        yield "two timers have one number"
    if not switch.timers._live.keys() <= {entry[1] for entry in heap}:
        yield "a timer runs that is not there"


def _tenants(switch: Switch) -> Iterator[str]:
    for number, tenant in switch.tenants.items():
        if not number == tenant.id == tenant.config.id:
            yield f"tenant {tenant.id} stands under number {number}"
        yield from _shared("agent", tenant.agents, switch.agents)
        yield from _shared("call", tenant.calls, switch.calls)
        for code in tenant.access_codes:
            if switch.access_codes.get(code, (None,))[0] is not tenant:
                yield f"access code {code} leads to another tenant"
        for queue_id, queue in tenant.queues.items():
            yield from _queue(tenant, queue_id, queue)
        yield from _channels(tenant)
        for conference_id, room in tenant.conferences.items():
            if room.id != conference_id or room.call.room is not room:
                yield f"conference {conference_id} is not that of its call"


def _channels(tenant: Tenant) -> Iterator[str]:
    """Each channel that was ever taken is taken once, or free; the free ones are a heap."""
    by_trunk: dict[int, list[int]] = {}
    for party in chain.from_iterable(call.connections for call in tenant.calls.values()):
        by_trunk.setdefault(id(party.trunk), []).append(party.channel)
    for trunk in tenant.trunks:
        taken, free = by_trunk.get(id(trunk), []), trunk.free
        if trunk.in_use != len(taken) or trunk.opened != len(taken) + len(free):
            yield f"trunk group {trunk.config.name} counts other channels than are taken"
        elif sorted([*taken, *free]) != [*range(1, trunk.opened + 1)]:
            yield f"a channel of trunk group {trunk.config.name} is taken twice"
        if any(free[place] < free[(place - 1) // 2] for place in range(1, len(free))):
            yield f"the free channels of trunk group {trunk.config.name} are out of their order"


def _shared(kind: str, own: Mapping[Any, object], of_all: Mapping[Any, object]) -> Iterator[str]:
    for number, thing in own.items():
        if of_all.get(number) is not thing:
            yield f"{kind} {number} is its tenant's, but not the world's"


def _queue(tenant: Tenant, number: int, queue: Queue) -> Iterator[str]:
    if queue.tenant is not tenant or queue.id != number:
        yield f"queue {number} is another one"
    if any(call_id not in tenant.calls for _, _, call_id in queue.waiting):
        yield f"a call waits in queue {number} that is none"
    if any(work_no not in queue.agents for _, _, work_no in queue.idle):
        yield f"an agent is idle for queue {number} that is not of it"
    if any(sorted(line) != line for line in (queue.waiting, queue.idle)):
        yield f"queue {number} is out of its order"
    if len(queue.outcomes) != len(QueueOutcome):
        yield f"queue {number} counts other outcomes"


def _holds(line: Sequence[Any], key: Any) -> bool:
    """Whether a key is in a sorted line."""
    place = bisect_left(line, key)
    return place < len(line) and line[place] == key


def _agents(switch: Switch) -> Iterator[str]:
    for number, agent in switch.agents.items():
        if not number == agent.work_no == agent.config.work_no:
            yield f"agent {agent.work_no} stands under number {number}"
        if agent.tenant.agents.get(number) is not agent:
            yield f"agent {number} is the world's, but not its tenant's"
        if agent.phone is not None and agent.phone.agent is not agent:
            yield f"agent {number} is at a phone at which somebody else is"
        yield from _memberships(agent)
        for connection in agent.connections:
            if connection.agent is not agent or connection not in connection.call.connections:
                yield f"agent {number} has a connection that its call does not have"


def _memberships(agent: Agent) -> Iterator[str]:
    for queue, _ in agent.memberships:
        if queue.agents.get(agent.work_no) is not agent:
            yield f"agent {agent.work_no} is a member of queue {queue.id}, which does not know it"
    for queue, entry in agent.listed:
        if not _holds(queue.idle, entry):
            yield f"agent {agent.work_no} is idle for queue {queue.id}, which does not know it"
    for supervision in agent.supervisors:
        if supervision.target is not agent or supervision.inspector.supervision is not supervision:
            yield f"agent {agent.work_no} is supervised by somebody who does not"
        if supervision.bound is not None and supervision.bound not in agent.connections:
            yield f"somebody intrudes on a call that agent {agent.work_no} does not have"


def _calls(switch: Switch) -> Iterator[str]:
    for number, call in switch.calls.items():
        if number != call.id:
            yield f"call {call.id} stands under the id {number}"
        if call.tenant.calls.get(number) is not call:
            yield f"call {number} is the world's, but not its tenant's"
        yield from _connections(call)
        yield from _place(call)


def _connections(call: Call) -> Iterator[str]:
    for connection in call.connections:
        if connection.call is not call:
            yield f"call {call.id} has a connection of another call"
        if connection.agent is not None and connection not in connection.agent.connections:
            yield f"call {call.id} has a connection that its agent does not have"


def _place(call: Call) -> Iterator[str]:
    """Where in a queue or a flow the call is; while an agent is rung it is not in the line."""
    entry, run = call.entry, call.ivr
    if entry is not None and entry.ringing is None and not _holds(entry.queue.waiting, entry.key):
        yield f"call {call.id} waits in a queue that does not know it"
    if run is None:
        return
    if not run.frames:
        yield f"call {call.id} is in no flow"
    for frame in run.frames:
        if frame.node not in frame.flow.config.nodes:
            yield f"call {call.id} is at a node that its flow does not have"


def _flows(switch: Switch) -> Iterator[str]:
    """Those that calls are in, or will be, which need not be configured any more."""
    runs = [call.ivr for call in switch.calls.values() if call.ivr is not None]
    entered = {id(it.flow): it.flow.config for run in runs for it in run.frames}
    follow = [call.follow_up for call in switch.calls.values() if call.follow_up is not None]
    entered |= {id(it): it.config for it in follow}
    for config in entered.values():
        for place, reason in flow.problems_of(config):
            yield f"flow {config.id}: {'.'.join(map(str, place))} {reason}"
    for run in runs:
        frame = run.frames[-1]
        _, asked = switch.requests.get(run.request, (None, ""))
        if asked and frame.flow.node(frame.node)["type"] != _ASKS.get(asked):
            yield f"node {frame.node} waits for {asked}, as none of its type does"


def _others(switch: Switch) -> Iterator[str]:
    for number, phone in switch.phones.items():
        if phone.number != number or phone.tenant not in switch.tenants:
            yield f"phone {phone.number} stands under number {number}"
    for code, (tenant, _) in switch.access_codes.items():
        if code not in tenant.access_codes:
            yield f"access code {code} is not its tenant's"
    for request, (connection, _) in switch.requests.items():
        if connection.call.id not in switch.calls:
            yield f"request {request} is about a call that is over"
