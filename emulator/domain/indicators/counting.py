"""What a call that is over adds to the cells of queues, agents, flows and its VDN (12.3.8.1).

A stay counts in the interval in which it ended, a request in that of its answer or its end, the
call as a whole in that of its own end: whatever crosses an interval counts once, with all of its
duration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

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
    moves,
    rang,
    talked,
)
from emulator.domain.indicators.cells import Contribution, Kind, Subject, Values, add, within
from emulator.domain.indicators.settlement import settle_call
from emulator.store.rows import CallRecord
from emulator.switch.terms import MediaType

VOICE = str(int(MediaType.VOICE))
SERVICE = "1"
"""The business type of a flow that has none of its own."""

Counted = Iterator[Contribution]


def count_call(records: Sequence[CallRecord]) -> list[Contribution]:
    """Everything that a call adds; `records` are all of one call, in their order."""
    story = CallStory(records)
    counters: tuple[Callable[[CallStory], Counted], ...] = (
        _queues,
        _moves,
        _agents,
        _flows,
        _vdn,
    )
    counted = [*(it for counter in counters for it in counter(story)), settle_call(story)]
    return [*counted, *system.of_call(story)]


def subject(kind: Kind, name: str, record: CallRecord, detail: str = "") -> Subject:
    """A subject's cells for calls of the record's media."""
    media, sub_media = int(record.media_type or 0), int(record.sub_media_type or 0)
    return Subject(kind, name, detail, 0, media, sub_media)


# Queues


def _queues(story: CallStory) -> Counted:
    if not story.is_inbound:
        return
    first = next((it for it in story.requests if it.waits), None)
    for request in story.requests:
        if request.queue:
            values = _of_request(request)
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
    values: Values = {}
    for ring in request.refused:
        add(values, _of_ring_in_vain(ring))
    values["asked"] = 1
    values["waited"] = int(request.queued > 0)
    values["queue_time"] = request.queued
    if request.answered is not None:
        add(values, _of_answer(request, request.answered))
        _extremes(values, request.until_answered)
    else:
        add(values, _of_loss(request))
        _extremes(values, request.in_vain)
    values["request"] = values.get("ring", 0) + values.get("ended_in_queue", 0)
    return values


def _of_ring_in_vain(ring: CallRecord) -> Values:
    reason = ring.leave_reason
    return {
        "ring": 1,
        "ring_time": rang(ring),
        "ring_lost_time": rang(ring),
        "ring_lost": int(rang(ring) > 0),
        "agent_refused": int(reason in AGENT_REFUSED),
        "system_lost": int(reason == NO_ANSWER),
        "user_left_ringing": int(reason == USER_RELEASED),
    }


def _of_answer(request: Request, answer: CallRecord) -> Values:
    values = {
        "ring": 1,
        "connected": 1,
        "ring_time": rang(answer),
        "ring_connected_time": rang(answer),
        "queue_connected_time": request.queued,
        "talk_time": talked(answer),
        "wait_time": request.until_answered,
        "answer_time": request.until_answered,
    }
    values |= within("connected", request.until_answered)
    return values


def _of_loss(request: Request) -> Values:
    ringing = request.ended_ringing
    values = {
        "queue_lost": len(request.waits),
        "queue_lost_time": request.queued,
        "ended_in_queue": int(not ringing),
        "platform_left_queue": int(request.released and not ringing),
        "wait_time": request.in_vain,
    }
    if request.gave_up:
        where = "ringing" if ringing else "queue"
        values["user_left"] = 1
        values[f"user_left_{where}_time"] = request.in_vain
        values["user_left_queue"] = int(not ringing)
        values |= within("user_left", request.in_vain)
    return values


def _extremes(values: Values, wait: int) -> None:
    values["max_wait_time"] = values["min_wait_time"] = wait


def _moves(story: CallStory) -> Counted:
    """Stays in queues that led to another device since they were too long, or could not begin."""
    if not story.is_inbound:
        return
    for wait, after in moves(story.records):
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
    if not story.is_inbound:
        return
    for place, record in enumerate(story.records):
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


def _vdn(story: CallStory) -> Counted:
    if story.is_inbound:
        values = _of_inbound_call(story)
    elif story.is_outbound:
        values = _of_outbound_call(story)
    else:
        return
    first = story.records[0]
    # The numbers that agents call are without end: only those that are called from outside count
    # by number.
    number = first.callee_no if story.is_inbound else ""
    who = subject(Kind.VDN, str(int(not first.caller_no)), story.last, number)
    yield Contribution(who, story.ended, values)


def _of_inbound_call(story: CallStory) -> Values:
    agent, flow = story.talked_to_agents > 0, story.heard_flows > 0
    only_flows = bool(story.flows) and not story.requested_agent
    values: Values = {
        "in": 1,
        "in_connected": int(agent or flow),
        "in_time": story.occupied,
        "talk_time": story.talked_to_agents + story.heard_flows,
        "agent_in": int(story.requested_agent),
        "agent_in_connected": int(agent),
        "agent_talk_time": story.talked_to_agents,
        "ivr_in": len(story.flows),
        "ivr_in_connected": sum(talked(it) > 0 for it in story.flows),
        "ivr_in_calls": int(bool(story.flows)),
        "ivr_in_calls_connected": int(flow),
        "ivr_only": int(only_flows),
        "ivr_only_connected": int(only_flows and flow),
        "ivr_only_time": story.heard_flows if only_flows else 0,
    }
    for request in story.requests:
        add(values, _of_vdns_request(request))
    return values


def _of_vdns_request(request: Request) -> Values:
    of_request = _of_request(request)
    names = ("asked", "request", "connected", "wait_time", "queue_time", "ring_time", "user_left")
    values = {name: of_request.get(name, 0) for name in names}
    return values | {name: value for name, value in of_request.items() if "_by_" in name}


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
