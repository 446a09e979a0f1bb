"""What a call that is over adds to the cells of queues, agents, flows and its VDN (12.3.8.1).

A stay counts in the interval in which it ended, a request in that of its answer or its end, the
call as a whole in that of its own end: whatever crosses an interval counts once, with all of its
duration.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from emulator.domain.indicators import system
from emulator.domain.indicators.calls import (
    AGENT_REFUSED,
    INBOUND,
    IVR,
    NO_ANSWER,
    OUTBOUND,
    QUEUE,
    TIMED_OUT,
    USER_RELEASED,
    CallStory,
    Request,
    began_to_talk,
    ended,
    rang,
    talked,
)
from emulator.domain.indicators.cells import (
    BOUNDS,
    Contribution,
    Kind,
    Subject,
    Values,
    add,
    within,
)
from emulator.domain.indicators.settlement import settle_call
from emulator.store.rows import CallRecord
from emulator.switch.terms import MediaType

VOICE = str(int(MediaType.VOICE))
SERVICE = "1"
"""The business type of a flow that has none of its own."""

Counted = Iterator[Contribution]

OF_VDNS = frozenset(
    (
        *("asked", "request", "connected", "wait_time", "queue_time", "ring_time", "user_left"),
        *(f"{name}_by_{bound}" for name in ("connected", "user_left") for bound in BOUNDS),
    )
)
"""What a request adds to its VDN, of that which it adds to its queue."""


def count_call(records: Sequence[CallRecord]) -> list[Contribution]:
    """Everything that a call adds; `records` are all of one call, in their order."""
    story = CallStory(records)
    return [*_served(story), settle_call(story), *system.of_call(story)]


def count_service(records: Sequence[CallRecord]) -> list[Contribution]:
    """What the call adds to queues, agents, flows and its VDN, and not to settlements."""
    return _served(CallStory(records))


def _served(story: CallStory) -> list[Contribution]:
    counted: list[Contribution] = []
    if story.is_inbound:
        requests = [_of_request(request) for request in story.requests]
        counted += _queues(story, requests)
        counted += _moves(story)
        counted += _agents(story)
        counted += _flows(story)
        counted.append(_vdn(story, _of_inbound_call(story, requests), story.records[0].callee_no))
        return counted
    counted += _agents(story)
    if story.is_outbound:
        # The numbers that agents call are without end: only those that are called from outside
        # count by number.
        counted.append(_vdn(story, _of_outbound_call(story), ""))
    return counted


def subject(kind: Kind, name: str, record: CallRecord, detail: str = "") -> Subject:
    """A subject's cells for calls of the record's media."""
    media, sub_media = int(record.media_type or 0), int(record.sub_media_type or 0)
    return Subject(kind, name, detail, 0, media, sub_media)


# Queues


def _queues(story: CallStory, requests: list[Values]) -> Counted:
    first = next((it for it in story.requests if it.waits), None)
    for request, values in zip(story.requests, requests, strict=True):
        if request.queue:
            if request is first and story.last.media_type == VOICE:
                values["incoming"] = 1
            who = subject(Kind.QUEUE, str(request.queue), story.last)
            yield Contribution(who, _over(request), values)


def _over(request: Request) -> int:
    """When the request was answered, or came to nothing."""
    if request.answered is not None:
        return began_to_talk(request.answered)
    return max(map(ended, (*request.waits, *request.refused)))


def _of_request(request: Request) -> Values:
    queued = request.queued
    if request.answered is not None:
        wait = request.until_answered
        values = _of_answer(request.answered, queued, wait)
    else:
        wait = request.in_vain
        values = _of_loss(request, queued, wait)
    for ring in request.refused:
        add(values, _of_ring_in_vain(ring))
    values["asked"] = 1
    values["queue_time"] = queued
    values["waited"] = int(queued > 0)
    values["max_wait_time"] = values["min_wait_time"] = values["wait_time"] = wait
    values["request"] = values.get("ring", 0) + values.get("ended_in_queue", 0)
    return values


def _of_ring_in_vain(ring: CallRecord) -> Values:
    reason, rung = ring.leave_reason, rang(ring)
    return {
        "ring": 1,
        "ring_time": rung,
        "ring_lost_time": rung,
        "ring_lost": int(rung > 0),
        "agent_refused": int(reason in AGENT_REFUSED),
        "system_lost": int(reason == NO_ANSWER),
        "user_left_ringing": int(reason == USER_RELEASED),
    }


def _of_answer(answer: CallRecord, queued: int, wait: int) -> Values:
    rung = rang(answer)
    values = {
        "ring": 1,
        "connected": 1,
        "ring_time": rung,
        "ring_connected_time": rung,
        "queue_connected_time": queued,
        "talk_time": talked(answer),
        "answer_time": wait,
    }
    values |= within("connected", wait)
    return values


def _of_loss(request: Request, queued: int, wait: int) -> Values:
    ringing = request.ended_ringing
    values = {
        "queue_lost": len(request.waits),
        "queue_lost_time": queued,
        "ended_in_queue": int(not ringing),
        "platform_left_queue": int(request.released and not ringing),
    }
    if request.gave_up:
        where = "ringing" if ringing else "queue"
        values["user_left"] = 1
        values[f"user_left_{where}_time"] = wait
        values["user_left_queue"] = int(not ringing)
        values |= within("user_left", wait)
    return values


def _moves(story: CallStory) -> Counted:
    """Stays in queues that led to another device since they were too long, or could not begin."""
    for wait, after in story.moves:
        if after.device_type in (QUEUE, IVR):
            why = "timeout" if wait.leave_reason in TIMED_OUT else "overflow"
            where = "queue" if after.device_type == QUEUE else "ivr"
            who = subject(Kind.QUEUE, str(wait.device_no), wait)
            yield Contribution(who, ended(wait), {f"{why}_{where}": 1})


# Agents


def _agents(story: CallStory) -> Counted:
    for record in story.agents:
        if record.call_type in INBOUND:
            values = _of_inbound_stay(record)
        elif record.call_type in OUTBOUND:
            values = _of_outbound_stay(record)
        else:
            continue
        yield Contribution(subject(Kind.AGENT, record.agent_id, record), ended(record), values)


def _of_inbound_stay(record: CallRecord) -> Values:
    talk, ring = talked(record), rang(record)
    values = {"request": 1, "ring": 1, "ring_time": ring}
    if talk:
        values |= {"connected": 1, "talk_time": talk, "max_talk_time": talk, "min_talk_time": talk}
        values |= within("connected", ring)
    else:
        values["ring_lost"] = int(ring > 0)
        values["no_answer"] = int(record.leave_reason == NO_ANSWER)
        values["hung_up"] = int(record.leave_reason in AGENT_REFUSED)
    return values


def _of_outbound_stay(record: CallRecord) -> Values:
    talk = talked(record)
    return {"out": 1, "out_connected": int(talk > 0), "out_talk_time": talk}


# IVR flows


def _flows(story: CallStory) -> Counted:
    for place, record in enumerate(story.records if story.flows else ()):
        if record.device_type != IVR:
            continue
        after = story.records[place + 1 :]
        moved = story.goes_on_from(record)
        talk = talked(record)
        values = {
            "request": 1,
            "connected": int(talk > 0),
            "talk_time": talk,
            "left": int(record.leave_reason == USER_RELEASED),
            "moved": int(moved),
            "to_agent": int(moved and bool(after) and after[0].device_type != IVR),
        }
        who = subject(Kind.IVR, record.service_no or SERVICE, record)
        yield Contribution(who, ended(record), values)


# The VDN


def _vdn(story: CallStory, values: Values, number: str) -> Contribution:
    anonymous = "0" if story.records[0].caller_no else "1"
    return Contribution(subject(Kind.VDN, anonymous, story.last, number), story.ended, values)


def _of_inbound_call(story: CallStory, requests: list[Values]) -> Values:
    agent, flow = story.talked_to_agents > 0, story.heard_flows > 0
    values: Values = {
        "in": 1,
        "in_connected": int(agent or flow),
        "in_time": story.occupied,
        "talk_time": story.talked_to_agents + story.heard_flows,
        "agent_in": int(story.requested_agent),
        "agent_in_connected": int(agent),
        "agent_talk_time": story.talked_to_agents,
    }
    if story.flows:
        values |= _of_flows(story)
    for request in requests:
        for name, value in request.items():
            if name in OF_VDNS:
                values[name] = values.get(name, 0) + value
    return values


def _of_flows(story: CallStory) -> Values:
    flow, only_flows = story.heard_flows > 0, not story.requested_agent
    return {
        "ivr_in": len(story.flows),
        "ivr_in_connected": sum(talked(it) > 0 for it in story.flows),
        "ivr_in_calls": 1,
        "ivr_in_calls_connected": int(flow),
        "ivr_only": int(only_flows),
        "ivr_only_connected": int(only_flows and flow),
        "ivr_only_time": story.heard_flows if only_flows else 0,
    }


def _of_outbound_call(story: CallStory) -> Values:
    agent, flow = story.talked_to_agents > 0, story.heard_flows > 0
    return {
        "out": 1,
        "out_connected": int(agent or flow),
        "out_time": story.occupied,
        "agent_out_connected": int(agent),
        "agent_out_talk_time": story.talked_to_agents,
        "ivr_out": len(story.flows),
        "ivr_out_connected": sum(talked(it) > 0 for it in story.flows),
        "ivr_out_calls": int(bool(story.flows)),
        "ivr_out_calls_connected": int(flow),
    }
