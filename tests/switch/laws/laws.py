"""The laws of the switch: what holds after every command, whatever was commanded.

Each function states one law. `Observed` is the switch with everything it has reported and a
mirror that heard nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from emulator.switch import events
from emulator.switch.agents import MEDIA_OF_TYPE
from emulator.switch.events import Event, StayEnded
from emulator.switch.model import Agent, Call, Connection, Queue
from emulator.switch.operations import goes_on
from emulator.switch.playback import position
from emulator.switch.switch import Switch
from emulator.switch.terms import (
    IN_CALL_STATES,
    AgentState,
    ConnectionState,
    DeviceType,
    LegState,
    PhoneCondition,
)
from tests.switch.mirror import Mirror


@dataclass
class Observed:
    switch: Switch
    mirror: Mirror = field(default_factory=Mirror)
    heard: list[Event] = field(default_factory=list)
    fresh: list[Event] = field(default_factory=list)
    """What the last command reported."""
    tenant_of_call: dict[str, int] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    stays: dict[str, list[StayEnded]] = field(default_factory=dict)
    lifted: set[str] = field(default_factory=set)
    """Phones that somebody took off the hook by hand and that have not gone down since."""
    counted: dict[tuple[int, int], tuple[Queue, int, list[int]]] = field(default_factory=dict)

    def hear(self, event: Event) -> None:
        self.heard.append(event)
        self.fresh.append(event)
        self.mirror(event)
        if type(event) is events.PhoneOnHook:
            self.lifted.discard(event.phone)

    def connections(self) -> Iterator[Connection]:
        for call in self.switch.calls.values():
            yield from call.connections


def check(seen: Observed) -> None:
    """Every law, and then the reports of the last command are old."""
    for law in _LAWS:
        law(seen)
    seen.fresh.clear()


def one_active_audio_connection(seen: Observed) -> None:
    """An agent's phone has at most one audio connection that is not held; a conference is one."""
    for agent in seen.switch.agents.values():
        active = [
            c for c in agent.connections if c.state is not ConnectionState.HOLD and not c.is_chat
        ]
        assert len(active) <= 1, f"agent {agent.work_no} is on {[c.call.id for c in active]}"


def state_and_connections_agree(seen: Observed) -> None:
    """Outside call states an agent has no connection, operation, preview or supervision.

    Preoccupied: a preview and no connection. Occupied: one connection on which nobody has
    answered. Answering: one connection, and it rings. Talking: a connection, or a supervision.
    """
    for agent in seen.switch.agents.values():
        _state_agrees(agent)


def _state_agrees(agent: Agent) -> None:
    where = f"agent {agent.work_no} {agent.state.name}"
    mine = agent.connections
    if agent.state not in IN_CALL_STATES:
        assert not mine, where
        assert agent.operation is None, where
        assert agent.supervision is None, where
        assert agent.pending is None, where
    assert (agent.preview is not None) == (agent.state is AgentState.PREOCCUPIED), where
    if agent.state is AgentState.PREOCCUPIED:
        assert not mine, where
    elif agent.state is AgentState.OCCUPIED:
        assert len(mine) == 1, where
        assert mine[0].state in (ConnectionState.INITIATED, ConnectionState.CONNECTED), where
        assert not mine[0].talk_begin, where
    elif agent.state is AgentState.ANSWERING:
        assert [c.state for c in mine] == [ConnectionState.ALERTING], where
    elif agent.state is AgentState.TALKING:
        assert mine, where
    assert agent.chats == sum(c.is_chat for c in mine), where
    assert (agent.phone is not None) == agent.signed_in, where


def whoever_is_not_to_be_disturbed_is_busy(seen: Observed) -> None:
    """An agent that is not to be disturbed is busy, or is to be after its call."""
    for agent in seen.switch.agents.values():
        if not agent.do_not_disturb:
            continue
        later = (agent.state, *(it.state for it in (agent.pending, agent.return_state) if it))
        assert AgentState.BUSY in later, f"agent {agent.work_no} {agent.state.name}"


def leg_agrees(seen: Observed) -> None:
    """The phone of an agent that is connected by audio is up.

    Without an audio connection it does not ring, and it is down, unless the agent keeps its phone
    off the hook between calls or somebody lifted it by hand.
    """
    for agent in seen.switch.agents.values():
        phone = agent.phone
        if phone is None:
            continue
        assert phone.agent is agent
        active = agent.active
        where = f"agent {agent.work_no} {agent.state.name}: leg {phone.leg.name}"
        if phone.condition is not PhoneCondition.IN_SERVICE:
            assert phone.leg is LegState.DOWN, where
        if active is not None and active.state is ConnectionState.CONNECTED:
            assert phone.leg is LegState.UP, where
        if all(c.is_chat for c in agent.connections):
            assert phone.leg is not LegState.RINGING, where
            if agent.release_phone and phone.number not in seen.lifted:
                assert phone.leg is LegState.DOWN, where


def stays_in_queues_add_up(seen: Observed) -> None:
    """A stay is in progress or has one outcome; counts from the reports agree with the queue's.

    A queue that was removed and configured again counts from zero.
    """
    for tenant in seen.switch.tenants.values():
        for queue in tenant.queues.values():
            present = sum(
                c.entry is not None and c.entry.queue is queue for c in tenant.calls.values()
            )
            assert queue.in_progress == present
            _counts_as_reported(seen, tenant.id, queue)


def _counts_as_reported(seen: Observed, tenant: int, queue: Queue) -> None:
    key = (tenant, queue.id)
    entered = seen.mirror.entered.get(key, 0)
    outcomes = seen.mirror.outcomes.get(key, [0] * len(queue.outcomes))
    known = seen.counted.get(key)
    if known is None or known[0] is not queue:
        before = entered - queue.entered
        base = [a - b for a, b in zip(outcomes, queue.outcomes, strict=True)]
        known = seen.counted[key] = (queue, before, base)
    assert entered - known[1] == queue.entered
    assert [a - b for a, b in zip(outcomes, known[2], strict=True)] == queue.outcomes


def nobody_waits_for_an_idle_agent(seen: Observed) -> None:
    """No call waits in a queue while an agent could take it.

    Such an agent is signed in to the queue, can take its medium, takes calls, is not excluded by
    the call, and is idle, or has room for another chat and no other wish.
    """
    for call in seen.switch.calls.values():
        entry = call.entry
        if entry is None or entry.ringing is not None:
            continue
        for agent in entry.queue.agents.values():
            media = MEDIA_OF_TYPE[agent.config.agent_type]
            if entry.queue.config.media_type in media and agent.work_no not in call.excluded:
                assert not _could_take(agent, entry.queue), f"{agent.work_no}: {call.id} waits"


def _could_take(agent: Agent, queue: Queue) -> bool:
    if not agent.takes_calls:
        return False
    if agent.state is AgentState.IDLE:
        return True
    only_chats = agent.state is AgentState.TALKING and all(c.is_chat for c in agent.connections)
    room = 0 < len(agent.connections) < agent.max_chats
    return queue.is_chat and only_chats and room and agent.pending is None


def reports_tell_everything(seen: Observed) -> None:
    """A mirror fed only with reports knows states, phones, calls with their devices, and queues.

    Devices are compared with their number on a call; a call's place in its queue by order.
    """
    mirror, switch = seen.mirror, seen.switch
    for agent in switch.agents.values():
        shown = mirror.states.get(agent.work_no, AgentState.SIGNED_OUT)
        assert shown is agent.state, f"agent {agent.work_no}: {shown!r}, not {agent.state!r}"
        if agent.phone is not None:
            assert mirror.legs[agent.work_no] is agent.phone.leg, f"leg of {agent.work_no}"
    assert set(mirror.calls) == set(switch.calls)
    for call in switch.calls.values():
        shown_devices = Counter(mirror.calls[call.id])
        assert shown_devices == Counter(c.device for c in call.connections), call.id
    for tenant in switch.tenants.values():
        for queue in tenant.queues.values():
            inside = [c.entry for c in tenant.calls.values() if c.entry and c.entry.queue is queue]
            shown_calls = [
                stay[2] for stay in sorted(mirror.waiting.get((tenant.id, queue.id), []))
            ]
            assert shown_calls == [e.key[2] for e in sorted(inside, key=lambda e: e.key)]


def tenants_do_not_see_each_other(seen: Observed) -> None:
    """No report of a tenant names another's agent or call."""
    for call in seen.switch.calls.values():
        seen.tenant_of_call.setdefault(call.id, call.tenant.id)
    for event in seen.fresh:
        names = event._asdict()
        for name in ("agent", "work_no", "target", "by", "sender", "transfer_from", "last_agent"):
            if names.get(name):
                assert names[name] // 100 == event.tenant, event
        for name in ("call", "from_call", "merged"):
            if names.get(name):
                owner = seen.tenant_of_call.setdefault(names[name], event.tenant)
                assert owner == event.tenant, event


def calls_are_whole(seen: Observed) -> None:
    """A live call has connections, each also its agent's, and parties that are among them."""
    switch = seen.switch
    by_tenant = {k: c for t in switch.tenants.values() for k, c in t.calls.items()}
    assert by_tenant == switch.calls
    for call in switch.calls.values():
        _call_is_whole(call)
    held_by_agents = [c for a in switch.agents.values() for c in a.connections]
    assert {id(c) for c in held_by_agents} == {id(c) for c in seen.connections() if c.agent}


def _call_is_whole(call: Call) -> None:
    assert not call.cleared
    assert call.connections, f"{call.id} has no connections"
    assert all(c.call is call for c in call.connections)
    assert all(c.state is not ConnectionState.NULL for c in call.connections)
    assert call.served is None or call.served in call.connections, call.id
    assert not call.conference or len(call.connections) > 2, call.id
    if call.entry is not None and call.entry.ringing is not None:
        assert call.entry.ringing in call.connections
    ports = [c for c in call.connections if c.kind is DeviceType.IVR]
    assert ports == ([call.ivr.connection] if call.ivr else []), call.id
    if call.ivr is not None and call.ivr.joined:
        assert goes_on(call), f"nobody talks on {call.id} while its flow runs"
        assert call.served is not None
    if call.follow_up is not None and call.room is None:
        assert call.served is not None, f"nobody on {call.id} is left to be asked"
        assert call.served.kind is DeviceType.TRUNK


def somebody_serves_every_call(seen: Observed) -> None:
    """A call has two ends: parties, an IVR port, a queue; or it is an agent's own line.

    In a conference the chairperson may be alone.
    """
    for call in seen.switch.calls.values():
        waits = call.entry is not None and call.entry.ringing is None
        line = any(a.supervision and a.supervision.call is call for a in call.agents())
        line |= any(a.line and a.line.call is call for a in call.agents())
        dialling = any(c.state is ConnectionState.INITIATED for c in call.connections)
        alone = line or call.room is not None
        assert len(call.connections) + waits + alone + dialling >= 2, call.id


def trunks_count_their_parties(seen: Observed) -> None:
    """The channels in use of a trunk group are its live connections, each on one of its own.

    Whoever came last has the lowest channel that nobody had then, so none is above the limit.
    """
    used: dict[int, list[int]] = {}
    for connection in seen.connections():
        assert (connection.trunk is not None) == bool(connection.channel), connection.device
        used.setdefault(id(connection.trunk), []).append(connection.channel)
    for tenant in seen.switch.tenants.values():
        for trunk in tenant.trunks:
            channels = used.get(id(trunk), [])
            assert trunk.in_use == len(channels), trunk.config.name
            assert sorted([*channels, *trunk.free]) == [*range(1, trunk.opened + 1)]
            assert trunk.opened <= trunk.config.channels


def lists_are_sorted_and_true(seen: Observed) -> None:
    """Waiting and idle lists are sorted and hold exactly those who wait and who are idle."""
    switch = seen.switch
    assert not switch.free_agents
    assert not switch.new_waiters
    for tenant in switch.tenants.values():
        agents = tenant.agents.values()
        assert tenant.idle_agents == sum(a.state is AgentState.IDLE for a in agents)
        assert tenant.resting == sum(a.state is AgentState.REST for a in agents)
        for queue in tenant.queues.values():
            _queue_lists(queue, list(tenant.calls.values()), list(agents))


def _queue_lists(queue: Queue, calls: list[Call], agents: list[Agent]) -> None:
    entries = [c.entry for c in calls if c.entry and c.entry.queue is queue]
    assert queue.waiting == sorted(e.key for e in entries if e.ringing is None)
    listed = [entry for a in agents for q, entry in a.listed if q is queue]
    assert queue.idle == sorted(listed)
    signed_in = [a for a in agents if any(q is queue for q, _ in a.memberships)]
    assert set(queue.agents) == {a.work_no for a in signed_in}


def nothing_is_left_behind(seen: Observed) -> None:
    """Every timer, request and operation belongs to something that lives.

    Who was called by a gateway keeps the number of its request after it has answered.
    """
    switch = seen.switch
    wanted = {c.timer for c in seen.connections()}
    wanted |= {c.habits.timer for c in seen.connections() if c.habits is not None}
    wanted |= {a.timer for a in switch.agents.values()}
    requests = {
        c.request for c in seen.connections() if c.agent or c.state is ConnectionState.ALERTING
    }
    for call in switch.calls.values():
        wanted.add(call.script_timer)
        if call.entry is not None:
            wanted.add(call.entry.timer)
        if call.ivr is not None:
            wanted.add(call.ivr.timer)
            requests.add(call.ivr.request)
        if call.room is not None:
            room = call.room
            wanted |= {room.timer, room.prompt_timer, room.voice_timer}
            wanted |= {participant.timer for participant in room.participants}
    wanted |= {a.preview.timer for a in switch.agents.values() if a.preview is not None}
    wanted |= {a.playback.timer for a in switch.agents.values() if a.playback is not None}
    assert {entry[1] for entry in switch.timers.pending()} == wanted - {0}
    assert set(switch.requests) == requests - {0}
    for agent in switch.agents.values():
        _operation_lives(switch, agent)


def _operation_lives(switch: Switch, agent: Agent) -> None:
    operation = agent.operation
    if operation is not None:
        assert operation.owner is agent
        for call in (operation.call, operation.second):
            assert call is None or switch.calls.get(call.id) is call
            assert call is None or agent.connection(call) is not None
    for supervision in agent.supervisors:
        assert supervision.inspector.supervision is supervision
        assert switch.calls.get(supervision.call.id) is supervision.call
        if supervision.bound is not None:
            assert supervision.bound in agent.connections
            assert supervision.bound.talk_begin


def chats_are_whole(seen: Observed) -> None:
    """Who writes in a chat and who reads it are parties of it.

    A chat is held only while its agent waits for a transfer of it.
    """
    for event in seen.fresh:
        if type(event) is events.MessageSent:
            devices = seen.mirror.calls[event.call]
            assert event.device in devices, event
            assert not event.agent or f"agent:{event.agent}" in devices, event
    for call in seen.switch.calls.values():
        taken = any(c.talk_begin for c in call.connections)
        assert not (call.unread and taken), f"nobody was told how {call.id} began"
    for connection in seen.connections():
        agent = connection.agent
        if connection.is_chat and agent and connection.state is ConnectionState.HOLD:
            operation = agent.operation
            assert operation is not None, f"agent {agent.work_no} holds a chat"
            assert operation.call is connection.call, f"agent {agent.work_no} holds a chat"


def conferences_are_whole(seen: Observed) -> None:
    """A conference's participants are its call's parties, never more than it may have.

    Its chairperson is among them, nobody is in two, and a conference that ended is forgotten. All
    of a tenant's together keep to its limit; one that has not begun has its chairperson only.
    """
    members: list[int] = []
    for tenant in seen.switch.tenants.values():
        rooms = [call.room for call in tenant.calls.values() if call.room is not None]
        assert {room.id: room for room in rooms} == tenant.conferences
        for room in rooms:
            parties = [participant.connection for participant in room.participants]
            assert {id(c) for c in parties} == {id(c) for c in room.call.connections}
            assert len(parties) == len(room.call.connections) <= room.size, room.id
            assert room.chairperson in room.call.agents(), room.id
            assert room.begun or len(parties) == 1, room.id
            assert room.call.served is None, room.id
            assert not room.call.conference, room.id
            members += [agent.work_no for agent in room.call.agents()]
            for participant in room.participants:
                talks = participant.connection.state is ConnectionState.CONNECTED
                assert bool(participant.entered) == (talks and bool(room.begun)), room.id
    assert len(members) == len(set(members))


def seats_are_limited(seen: Observed) -> None:
    """No conference begins or grows beyond the tenant's limit."""
    for event in seen.fresh:
        if type(event) is events.ConferenceStarted:
            tenant = seen.switch.tenants[event.tenant]
            taken = sum(room.size for room in tenant.conferences.values())
            assert taken <= tenant.config.conference_seats, event


def recordings_are_whole(seen: Observed) -> None:
    """A line is for a playback or for a recording of the agent's own, and for nothing else.

    What is played stands in its file, and ends by itself unless it is paused or endless, or a real
    phone still rings. An agent's own recording is that of its connection. Who has signed out is
    not recorded.
    """
    now = seen.switch.now
    for agent in seen.switch.agents.values():
        own, playback, line = agent.own_recording, agent.playback, agent.line
        where = f"agent {agent.work_no}"
        alone = own is not None and own.connection is line
        assert (line is not None) == (playback is not None or alone), where
        assert line is None or agent.connections == [line], where
        assert line is None or agent.supervision is None, where
        if playback is not None:
            assert 0 <= position(playback, now) <= playback.length, where
            is_up = line is not None and line.state is ConnectionState.CONNECTED
            runs = is_up and playback.times and not playback.paused
            assert bool(playback.timer) == bool(runs), where
        if own is not None:
            assert own.connection in agent.connections, where
            assert own.connection.recording == own.number, where
        assert agent.signed_in or agent.screen is None, where


def records_are_complete(seen: Observed) -> None:
    """Call ids are not used twice; a call's stays are numbered from 1, its times are in order.

    Exactly the last stay of an ended call is marked as the last; nothing follows a call's end.
    """
    for event in seen.fresh:
        call: Any = getattr(event, "call", None)
        if call is not None and call in seen.ended:
            late = (
                events.RecordingStopped,
                events.ScreenRecordingStopped,
                events.EndpointRequested,
            )
            assert type(event) in late, f"{event} after the end of its call"
        if type(event) is StayEnded:
            _stay_is_in_order(event)
            rows = seen.stays.setdefault(event.call, [])
            rows.append(event)
            assert event.serial == len(rows), event
            assert not any(row.last for row in rows[:-1]), event
        elif type(event) is events.CallCleared:
            seen.ended.add(event.call)
            rows = seen.stays.pop(event.call, [])
            assert not rows or rows[-1].last, f"{event}: no last stay"


def _stay_is_in_order(row: StayEnded) -> None:
    times = (row.wait_begin, row.wait_end, row.ack_begin, row.ack_end, row.talk_begin, row.talk_end)
    given = [time for time in times if time]
    assert given == sorted(given), row
    assert given, row
    assert given[-1] <= row.at, row


_LAWS = (
    records_are_complete,
    tenants_do_not_see_each_other,
    calls_are_whole,
    somebody_serves_every_call,
    one_active_audio_connection,
    state_and_connections_agree,
    whoever_is_not_to_be_disturbed_is_busy,
    leg_agrees,
    stays_in_queues_add_up,
    nobody_waits_for_an_idle_agent,
    lists_are_sorted_and_true,
    trunks_count_their_parties,
    nothing_is_left_behind,
    chats_are_whole,
    conferences_are_whole,
    seats_are_limited,
    recordings_are_whole,
    reports_tell_everything,
)
