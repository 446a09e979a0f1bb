"""What a call that is over adds to the daily settlement of its number (CEC 12.3.2.10, 12.3.2.11).

Calls in are settled by the number that was called, calls out by the number that they came from,
both by call type and by the queue of their last record. Names that end in `_time` are microseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from emulator.domain.indicators.calls import (
    AGENT_REFUSED,
    IVR,
    USER_RELEASED,
    CallStory,
    Request,
    began_to_talk,
    begun,
    ended,
    rang,
    talked,
    waited,
)
from emulator.domain.indicators.cells import Contribution, Kind, Subject, Values, add, within
from emulator.store.rows import CallRecord
from emulator.switch.terms import CallType, LeaveReason

TRANSFERRED = str(int(LeaveReason.TRANSFERRED))
MINUTE = 60_000_000
PLACES = 100_000
"""Room for a work number, or a queue's, behind the second of a record."""
NOBODY = 65_535

PREFIXES = {
    int(CallType.PREDICTED): "predicted",
    int(CallType.PREOCCUPIED): "preoccupied",
    int(CallType.PREVIEWED): "previewed",
}


def settle_call(story: CallStory) -> Contribution:
    """Everything that a call adds to the settlement of its day."""
    last, first = story.last, story.records[0]
    values: Values = {}
    kind, number, parts = Kind.SETTLED_IN, first.callee_no, CALLS_IN
    if story.is_outbound:
        kind, number, parts = Kind.SETTLED_OUT, first.caller_no, CALLS_OUT
    for part in parts:
        add(values, part(story))
    extremes = _extremes(story)
    who = Subject(kind, number, last.current_skill_id, last.call_type)
    return Contribution(who, story.ended, {**values, **extremes})


def called(story: CallStory) -> list[CallRecord]:
    """The agents' stays but that of the agent who has made a call inside."""
    return [it for it in story.agents if it.agent_id != it.caller_no]


def _agents(story: CallStory) -> Values:
    values: Values = {}
    for record in called(story):
        add(values, _of_stay(record))
    return values | {"calls": 1, "call_time": story.occupied}


def _of_stay(record: CallRecord) -> Values:
    ring, talk = rang(record), talked(record)
    values = {"ring": 1, "ring_time": ring}
    if not talk:
        lost = _of_loss(ring) if not record.current_skill_id else {}
        return values | {"ring_lost": 1, "ring_lost_time": ring} | lost
    values |= {
        "answered": 1,
        "ring_answered_time": ring,
        "talk_time": talk,
        "talk_minutes": -(-talk // MINUTE),
        "transferred": int(record.leave_reason == TRANSFERRED),
    }
    return values | within("ack", ring) | within("talk", talk) | shorter("talk", talk)


def _of_loss(wait: int) -> Values:
    """A call in vain after so long a wait."""
    return {"lost": 1} | within("lost", wait) | shorter("lost", wait)


def shorter(name: str, microseconds: int) -> Values:
    """The one count of `name` by duration that a duration below its bound adds to."""
    return within(f"{name}_under", microseconds + 1)


def _flows(story: CallStory) -> Values:
    heard = story.heard_flows
    minutes = -(-(heard + story.talked_to_agents) // MINUTE)
    if not story.flows:
        return {"all_minutes": minutes}
    only = not story.requested_agent
    values = {
        "ivr": len(story.flows),
        "ivr_connected": sum(talked(it) > 0 for it in story.flows),
        "ivr_talk_time": heard,
        "ivr_ring_time": sum(map(rang, story.flows)),
        "ivr_left": sum(it.leave_reason == USER_RELEASED for it in story.flows),
        "ivr_moved": sum(map(story.goes_on_from, story.flows)),
        "ivr_calls": 1,
        "ivr_calls_connected": int(heard > 0),
        "ivr_only": int(only),
        "ivr_only_connected": int(only and heard > 0),
        "ivr_only_time": heard if only else 0,
        "all_minutes": minutes,
    }
    lent = _sent(story, story.flows)
    return values | {
        "lent": len(lent),
        "lent_time": sum(map(talked, lent)),
        "lent_ended": sum(not story.goes_on_from(it) for it in lent),
    }


def _sent(
    story: CallStory, stays: Sequence[CallRecord], *, for_good: bool = False
) -> list[CallRecord]:
    """Stays to which an agent sent its call; `for_good`: and left it then."""
    if not stays:
        return []
    by_queues = {id(after) for _, after in story.moves}
    agents = [it for it in story.agents if it.leave_reason == TRANSFERRED or not for_good]
    return [
        stay
        for stay in stays
        if id(stay) not in by_queues and any(_sends(agent, stay) for agent in agents)
    ]


def _sends(agent: CallRecord, stay: CallRecord) -> bool:
    """Whether the agent had the call when the stay began, or let it go for that."""
    if agent is stay or not talked(agent):
        return False
    upto = ended(agent) + int(agent.leave_reason == TRANSFERRED)
    return began_to_talk(agent) < begun(stay) < upto


def _queues(story: CallStory) -> Values:
    requests = sum(map(_asked, story.requests))
    values: Values = {"queue_time": sum(map(waited, story.queues)), "request": requests}
    for request in story.requests:
        if request.answered is not None:
            answered = {
                "queue_answered": len(request.waits),
                "queue_answered_time": request.queued,
            }
            add(values, answered)
        elif request.waits:
            lost = {
                "queue_lost": len(request.waits),
                "queue_lost_time": request.queued,
            }
            add(values, lost | _of_loss(request.in_vain))
    for wait, after in story.moves:
        if after.device_type == IVR:
            add(values, {"queue_to_ivr": 1, "queue_to_ivr_time": waited(wait)})
    return values


def _asked(request: Request) -> int:
    """How often agents were asked: each ring, and a wait that ended without one."""
    at_last = request.answered is not None or not request.ended_ringing
    return len(request.refused) + int(at_last)


def _in(story: CallStory) -> Values:
    named = [it for it in story.agents if not it.current_skill_id]
    return {
        "agent_to_queue": len(_sent(story, story.queues, for_good=True)),
        "agent_to_agent": len(_sent(story, named, for_good=True)),
    }


def _out(story: CallStory) -> Values:
    last = story.last
    answered = any(map(talked, story.agents))
    values = {
        "zero": int(not answered and not story.heard_flows),
        "cancelled_soon": int(
            not answered and last.leave_reason in AGENT_REFUSED and story.occupied < 3_000_000
        ),
    }
    prefix = PREFIXES.get(last.call_type)
    if prefix is None:
        return values
    return values | {
        prefix: 1,
        f"{prefix}_answered": int(answered),
        f"{prefix}_time": story.occupied,
        f"{prefix}_ring_time": sum(rang(it) for it in story.agents if talked(it)),
        f"{prefix}_transferred": sum(it.leave_reason == TRANSFERRED for it in story.agents),
    }


def _extremes(story: CallStory) -> Values:
    agents = called(story)
    measured: tuple[tuple[str, Callable[[CallRecord], int], Sequence[CallRecord]], ...] = (
        ("queue", waited, story.queues),
        ("ring", rang, agents),
        ("talk", talked, [it for it in agents if talked(it)]),
        ("ivr", talked, [it for it in story.flows if talked(it)]),
    )
    values: Values = {}
    for name, measure, records in measured:
        if records:
            measures = list(map(measure, records))
            values[f"max_{name}_time"] = max(measures)
            values[f"min_{name}_time"] = min(measures)
    second = ended(story.last) // 1_000_000
    agent, queue = story.last.agent_id or NOBODY, story.last.current_skill_id or NOBODY
    values["max_last_agent"] = second * PLACES + int(agent)
    values["max_last_queue"] = second * PLACES + int(queue)
    return values


CALLS_IN: tuple[Callable[[CallStory], Values], ...] = (_agents, _flows, _queues, _in)
CALLS_OUT: tuple[Callable[[CallStory], Values], ...] = (_agents, _flows, _out)
