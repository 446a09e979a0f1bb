"""The whole world as plain data: what `GET /_emulator/state` shows.

Enumerations appear by name, instants as microseconds since the epoch (None: not yet), durations
in seconds. Nothing here is secret: passwords and keys are not looked at.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Any

from emulator.platform import Platform
from emulator.switch import queues
from emulator.switch.model import (
    Agent,
    Call,
    Connection,
    Operation,
    Pending,
    Phone,
    Playback,
    Preview,
    Queue,
    Supervision,
    Tenant,
    Trunk,
)
from emulator.switch.playback import SECOND, position
from emulator.switch.supervision import heard_by
from emulator.switch.terms import QueueOutcome

View = dict[str, Any]


def name_of(member: Enum) -> str:
    """The name by which seeds and answers know a member of an enumeration."""
    return member.name.lower() if isinstance(member, IntEnum) else str(member.value)


def world(platform: Platform, tenant: int | None = None) -> View:
    """Clock and tenants, or the one tenant; UnknownTenant if there is none with the id."""
    switch = platform.switch
    shown = list(switch.tenants.values()) if tenant is None else [switch.tenant(tenant)]
    return {"clock": clock(platform), "tenants": [of_tenant(it, platform.now) for it in shown]}


def clock(platform: Platform) -> View:
    """Domain time, and how it goes: `scale` is 0 while it stands still."""
    return {
        "now": platform.now,
        "mode": str(platform.clock.mode),
        "scale": platform.clock.scale,
        "started_at": platform.started_at,
        "next_timer": platform.switch.timers.next_deadline(),
    }


def of_tenant(tenant: Tenant, now: int) -> View:
    """Everything that lives in a tenant, at that instant."""
    return {
        "id": tenant.id,
        "name": tenant.config.name,
        "timezone": tenant.config.timezone,
        "agents": [of_agent(agent, now) for agent in tenant.agents.values()],
        "queues": [of_queue(queue) for queue in tenant.queues.values()],
        "calls": [of_call(call) for call in tenant.calls.values()],
        "trunks": [_trunk(trunk) for trunk in tenant.trunks],
        "rest_requests": [
            {"agent": work_no, "duration": duration, "reason": reason}
            for work_no, (duration, reason) in tenant.rest_requests.items()
        ],
    }


def _trunk(trunk: Trunk) -> View:
    return {
        "name": trunk.config.name,
        "channels": trunk.config.channels,
        "in_use": trunk.in_use,
        "external": trunk.external,
        "attached": trunk.attached,
    }


# Agents


def of_agent(agent: Agent, now: int) -> View:
    """An agent: its state, its phone, what it is doing."""
    return {
        "work_no": agent.work_no,
        "name": agent.config.name,
        "role": name_of(agent.config.role),
        "state": name_of(agent.state),
        "state_since": agent.state_since or None,
        "reason": agent.reason,
        "signed_in_at": (agent.logged_on_at or None) if agent.signed_in else None,
        "phone": None if agent.phone is None else of_phone(agent.phone),
        "auto_answer": agent.auto_answer,
        "auto_idle": agent.auto_idle,
        "takes_calls": agent.takes_calls,
        "custom_state": agent.custom_state,
        "pending": None if agent.pending is None else _pending(agent.pending),
        "queues": [queue.id for queue, _ in agent.memberships],
        "calls": [_part(connection) for connection in agent.connections],
        "operation": None if agent.operation is None else _operation(agent.operation),
        "supervision": None if agent.supervision is None else _supervision(agent.supervision),
        "supervised_by": [it.inspector.work_no for it in agent.supervisors],
        "preview": None if agent.preview is None else _preview(agent.preview),
        "playback": None if agent.playback is None else _playback(agent.playback, now),
        "screen_recording": None if agent.screen is None else agent.screen.number,
    }


def of_phone(phone: Phone) -> View:
    """A phone: its audio leg, and whether calls can ring at it."""
    return {
        "number": phone.number,
        "leg": name_of(phone.leg),
        "condition": name_of(phone.condition),
        "external": phone.external,
    }


def _pending(pending: Pending) -> View:
    return {
        "state": name_of(pending.state),
        "reason": pending.reason,
        "duration": pending.duration,
    }


def _part(connection: Connection) -> View:
    return {
        "call": connection.call.id,
        "state": name_of(connection.state),
        "muted": connection.muted,
        "main": connection.main,
    }


def _operation(operation: Operation) -> View:
    second = operation.second
    return {
        "kind": name_of(operation.kind),
        "call": operation.call.id,
        "second": None if second is None else second.id,
    }


def _supervision(supervision: Supervision) -> View:
    heard = heard_by(supervision.inspector)
    return {
        "target": supervision.target.work_no,
        "mode": name_of(supervision.mode),
        "hears": None if heard is None else heard.id,
    }


def _playback(playback: Playback, now: int) -> View:
    return {
        "file": playback.file,
        "length": playback.length / SECOND,
        "position": position(playback, now) / SECOND,
        "volume": playback.volume,
        "speed": playback.speed,
        "times": playback.times,
        "paused": playback.paused,
    }


def _preview(preview: Preview) -> View:
    return {
        "control": preview.control,
        "numbers": list(preview.numbers),
        "data": preview.data,
    }


# Queues


def of_queue(queue: Queue) -> View:
    """A queue: who works for it, who waits, and its counts since the world began."""
    waiting = [queue.tenant.calls[call_id] for _, _, call_id in queue.waiting]
    return {
        "id": queue.id,
        "name": queue.config.name,
        "media_type": name_of(queue.config.media_type),
        "agents": list(queue.agents),
        "idle_agents": [work_no for _, _, work_no in queue.idle],
        "waiting": [_waiting(call, place) for place, call in enumerate(waiting, start=1)],
        "ringing": queue.in_progress - len(waiting),
        "expected_wait": queues.expected_wait(queue, len(waiting) + 1),
        "entered": queue.entered,
        "outcomes": {
            name_of(outcome): queue.outcomes[outcome]
            for outcome in QueueOutcome
            if outcome is not QueueOutcome.IN_PROGRESS
        },
    }


def _waiting(call: Call, place: int) -> View:
    entry = call.entry
    return {
        "call": call.id,
        "caller": call.caller,
        "position": place,
        "priority": call.priority,
        "since": None if entry is None else entry.begun,
        "expected_wait": 0 if entry is None else queues.expected_wait(entry.queue, place),
    }


# Calls


def of_call(call: Call) -> View:
    """A call: its parties, and where it waits or what it hears."""
    return {
        "id": call.id,
        "linkage": call.linkage,
        "tenant": call.tenant.id,
        "caller": call.caller,
        "called": call.called,
        "type": name_of(call.type),
        "media": name_of(call.media),
        "created": call.created,
        "priority": call.priority,
        "data": call.data,
        "conference": call.conference,
        "messages": [message._asdict() for message in call.messages],
        "video_room": call.video_room or None,
        "script": len(call.script),
        "connections": [_connection(connection) for connection in call.connections],
        "queue": _queue_entry(call),
        "ivr": _ivr(call),
    }


def _connection(connection: Connection) -> View:
    return {
        "device": connection.device,
        "number": connection.number,
        "state": name_of(connection.state),
        "main": connection.main,
        "muted": connection.muted,
        "ringing_since": connection.ack_begin or None,
        "talking_since": connection.talk_begin or None,
        "held_since": connection.held_at or None,
        "recording": connection.recording or None,
    }


def _queue_entry(call: Call) -> View | None:
    entry = call.entry
    if entry is None:
        return None
    ringing = entry.ringing
    place = queues.position(call)
    return {
        "queue": entry.queue.id,
        "position": place,
        "since": entry.begun,
        "expected_wait": queues.expected_wait(entry.queue, place),
        "ringing": ringing.agent.work_no if ringing is not None and ringing.agent else None,
    }


def _ivr(call: Call) -> View | None:
    run = call.ivr
    if run is None or not run.frames:
        return None
    frame = run.frames[-1]
    return {
        "flow": frame.flow.config.id,
        "node": frame.node,
        "variables": dict(run.variables),
        "collected": run.collected,
        "tries": run.tries,
    }
