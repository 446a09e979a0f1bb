"""What is true of every scenario, whoever calls and whatever befalls whom.

The figures are counted anew by `tests.domain.recount`, from what the switch reports: it knows
nothing of records, indicators or the ledger.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from emulator.scenario.checking import check
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.report.files import as_json
from emulator.switch import events
from emulator.switch.terms import AgentState, MediaType, QueueOutcome
from tests.domain.recount import OUT, Recount, Ring
from tests.scenario.generated import Document, documents
from tests.scenario.support import Played

SECOND = 1_000_000
CHAT = MediaType.SOCIAL_CHAT

RACES = {
    "outside_answers: NoCall": "who was called hangs up, or the agent does, before it is answered",
    "outside_refuses: NoCall": "the same",
    "fault: no doors": "in virtual time there are none",
    "rest: WrongAgentState": "a break begins in another one",
    "transfer: UnknownAgent": "whoever is to have the call has it, or is not at work",
    "consult: UnknownAgent": "the same",
    "transfer: WrongCallType": "only customers who call are handed on outside blindly",
    "force_sign_out: NotSignedIn": "the inspector is not at work",
    "force_sign_out: WrongAgentState": "the inspector is in a call",
    "sign_out: WrongAgentState": "time to go while a number is called: after the call, then",
    "make_call: WrongAgentState": "the agent's phone is cut off",
    "call_preview: WrongAgentState": "the same",
    "set_phone_online: WrongCallState": "it rings at this very moment",
    "intercept: NoCall": "the conversation is over, or on hold",
    "hang_up: NoCall": "all three talk, and none of them is outside",
}
"""What the call center may refuse, and why that is nobody's mistake."""


class Watched(Played):
    """A scenario that was played, and counted a second time."""

    def __init__(self, document: Document) -> None:
        made = Scenario.model_validate(document)
        check(made)
        super().__init__(made)
        self.made = made
        self.recount = Recount(inside="950")
        for event in self.events:
            self.recount(event)
            if type(event) is events.CallIntercepted:
                self._taken_over(event)

    def _taken_over(self, event: events.CallIntercepted) -> None:
        """The platform counts it as a request of the same queue, answered at once."""
        ring = Ring(event.agent, event.at, 0, answer=event.at)
        self.recount.calls[event.call].rings.append(ring)


def played(document: Document) -> Watched:
    """Play what a file says."""
    return Watched(document)


# The laws


def nothing_is_left(it: Watched) -> None:
    """In the end no call is there, and nobody is at work."""
    switch = it.run.switch
    assert it.result.complete
    assert not switch.calls
    assert it.result.unfinished == 0
    assert [number for number, agent in switch.agents.items() if agent.signed_in] == []


def each_call_is_cleared_once(it: Watched) -> None:
    """What was dialled is heard of once, and is over once; nobody calls when it is over."""
    begun = Counter(
        event.call
        for event in it.events
        if type(event) in (events.Offered, events.ServiceInitiated)
    )
    cleared = Counter(event.call for event in it.of(events.CallCleared))
    assert begun == cleared
    assert set(cleared.values()) <= {1}
    assert len(it.of(events.Offered)) == it.result.dialled
    assert all(event.at < it.run.ends for event in it.of(events.Offered))


def nobody_talks_twice(it: Watched) -> None:
    """An agent is in one conversation at a time; others are on hold, or written."""
    talks: set[tuple[int, str]] = set()
    at = 0
    for event in it.events:
        if event.at > at:
            assert len({agent for agent, _ in talks}) == len(talks), at
            at = event.at
        _note_talk(talks, event, it.recount)


def _note_talk(talks: set[tuple[int, str]], event: Any, day: Recount) -> None:
    kind = type(event)
    own = getattr(event, "device", "") == f"agent:{getattr(event, 'agent', 0)}"
    if kind is events.CallCleared:
        talks.difference_update({talk for talk in talks if talk[1] == event.call})
    elif kind is events.ConnectionMoved and event.agent:
        talks.discard((event.agent, event.from_call))
        talks.add((event.agent, event.call))
    elif kind is events.Held or (kind is events.ConnectionCleared and own):
        talks.discard((event.agent, event.call))
    elif (kind is events.Retrieved or (kind is events.Established and own)) and (
        day.calls[event.call].media is not CHAT
    ):
        talks.add((event.agent, event.call))


def nobody_waits_longer_than_patience(it: Watched) -> None:
    """From the queue to the answer, or to the end."""
    patience = {
        stream.dials: it.made.customers_of(stream).patience.sampler(Random(0))()
        for stream in it.made.streams
        if "fixed" in type(it.made.customers_of(stream).patience).model_fields
    }
    of_call: dict[str, int] = {}
    since: dict[str, int] = {}
    for event in it.events:
        kind = type(event)
        if kind is events.Offered and event.called in patience:
            of_call[event.call] = patience[event.called]
        elif kind is events.Queued and event.call in of_call:
            since.setdefault(event.call, event.at)
        elif kind is events.ConnectionMoved and not event.agent and event.from_call in of_call:
            of_call[event.call] = of_call.pop(event.from_call)
            if event.from_call in since:
                since[event.call] = since.pop(event.from_call)
        elif kind is events.CallCleared or (
            kind is events.Established and event.device == f"agent:{event.agent}"
        ):
            begun = since.pop(event.call, None)
            assert begun is None or event.at - begun <= of_call[event.call], event


def figures_are_right(it: Watched) -> None:
    """Whoever counts anew comes to the same figures."""
    found = {value.figure: value.value for value in it.result.figures if not value.id}
    for name, value in {**of_queues(it.recount), **of_agents(it), **of_vdn(it.recount)}.items():
        assert found[name] == pytest.approx(value, abs=1e-6), name


def of_queues(day: Recount, queue: int | None = None) -> dict[str, float]:
    """The figures of a queue, or of all."""
    asked = [it for it in day.requests() if it.queue and queue in (None, it.queue)]
    good = [it for it in asked if it.answer]
    left = [it for it in asked if it.given_up]
    count = len(asked)
    return {
        "offered": count,
        "answered": len(good),
        "abandoned": len(left),
        "asa": _mean(sum(it.waited for it in good), len(good)),
        "mean_wait": _mean(sum(it.waited for it in asked), count),
        "longest_wait": max((it.waited for it in asked), default=0) / SECOND,
        "abandonment": _percent(len(left), count),
        "wait_probability": _percent(sum(it.queued > 0 for it in asked), count),
        "service_level_20": _percent(sum(it.waited <= 20 * SECOND for it in good), count),
    }


def of_agents(it: Watched) -> dict[str, float]:
    """The figures of all agents."""
    day = it.recount
    came = [ring for call in day.inbound() for ring in call.rings]
    talk = [ring.talk for ring in came if ring.talk]
    after, idle = _spans(day, "after"), _spans(day, "idle")
    occupied = _occupied(it.events) + sum(ring.rings for ring in came) + sum(after)
    return {
        "talk_time": _mean(sum(talk), len(talk)),
        "wrap_up": _mean(sum(after), len(after)),
        "occupancy": _percent(occupied, occupied + sum(idle)),
    }


def _spans(day: Recount, what: str) -> list[int]:
    return [span.end - span.begin for span in day.spans if span.what == what]


def _occupied(heard: list[Any]) -> int:
    """µs that agents were with somebody, all together."""
    since: dict[int, int] = {}
    dialling: set[int] = set()
    total = 0
    for event in heard:
        kind = type(event)
        ends = kind in STATES or kind is events.AgentStateChanged
        begins = kind is events.AgentBusy and event.agent not in dialling
        if kind is events.AgentStateChanged and event.state is AgentState.TALKING:
            begins = True
        if ends or begins:
            total += event.at - since.pop(event.agent, event.at)
            if ends:
                dialling.discard(event.agent)
        if begins:
            since[event.agent] = event.at
        elif kind is events.AgentStateChanged:
            dialling.add(event.agent)
    return total


STATES = (
    events.AgentReady,
    events.AgentNotReady,
    events.AgentResting,
    events.AgentWorkingAfterCall,
    events.AgentLoggedOff,
)


def of_vdn(day: Recount) -> dict[str, float]:
    """The figures of the calls in and out."""
    came = day.inbound()
    went = [call for call in day.over() if call.type in OUT]
    alone = [
        call
        for call in came
        if not call.waits and not call.rings and any(it.end > it.begin for it in call.flows)
    ]
    answered = [
        call
        for call in went
        if any(it.talk for it in call.rings) or any(it.end > it.begin for it in call.flows)
    ]
    return {
        "calls": len(came),
        "contained": len(alone),
        "containment": _percent(len(alone), len(came)),
        "calls_out": len(went),
        "calls_out_answered": len(answered),
    }


def _mean(total: int, count: int) -> float:
    return total / SECOND / count if count else 0.0


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def series_add_up(it: Watched) -> None:
    """What is told by interval is together what is told of all."""
    result = it.result
    assert sum(result.arrivals) == len(it.of(events.Offered))
    for queue in result.queues:
        left = it.of(events.QueueLeft, queue=int(queue.id))
        outcomes = Counter(event.outcome for event in left)
        assert sum(queue.waits_answered.values()) == outcomes[QueueOutcome.ANSWERED]
        assert sum(queue.waits_abandoned.values()) == outcomes[QueueOutcome.ABANDONED]
        counted = of_queues(it.recount, int(queue.id))
        for name in ("offered", "answered", "abandoned"):
            assert sum(getattr(queue, name)) == counted[name], (queue.id, name)
        waited = sum(
            wait.end - wait.begin
            for call in it.recount.calls.values()
            for wait in call.waits
            if wait.queue == int(queue.id)
        )
        slack = 0.0001 * len(queue.mean_queue) * result.step
        assert abs(sum(queue.mean_queue) * result.step - waited / SECOND) <= slack
    there = sum((event.at - event.logged_on_at) / SECOND for event in it.of(events.AgentLoggedOff))
    told = sum(sum(values) for values in result.agent_states.values()) * result.step
    slack = 0.0001 * result.step * sum(map(len, result.agent_states.values()))
    assert abs(told - there) <= slack


def refusals_are_races(it: Watched) -> None:
    """The call center does what it is asked for, except for what came too late."""
    assert set(it.result.refused) <= set(RACES)


LAWS = (
    nothing_is_left,
    each_call_is_cleared_once,
    nobody_talks_twice,
    nobody_waits_longer_than_patience,
    figures_are_right,
    series_add_up,
    refusals_are_races,
)


def holds(document: Document) -> Watched:
    """Every law."""
    it = played(document)
    for law in LAWS:
        law(it)
    return it


@settings(max_examples=800, suppress_health_check=list(HealthCheck))
@given(documents())
def test_laws(document: Document) -> None:
    holds(document)


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(documents())
def test_the_same_seed_gives_the_same_result_to_the_byte(document: Document) -> None:
    assert as_json(played(document).result) == as_json(played(document).result)


def test_who_gives_up_at_the_last_instant_is_in_the_interval_that_begins_there() -> None:
    queue = {"id": 1, "name": "support", "max_wait": 3600, "max_waiting": 1000}
    it = holds(
        {
            "name": "one who waits for an hour",
            "tenants": [
                {
                    "id": 1,
                    "name": "shop",
                    "agents": [
                        {"work_no": 101, "name": "Agent", "phone": "4101", "skills": [{"queue": 1}]}
                    ],
                    "queues": [queue],
                    "access_codes": [
                        {"code": "95001", "routes": [{"target": "queue", "target_id": 1}]}
                    ],
                }
            ],
            "begin": "2026-03-02T08:00",
            "duration": "30min",
            "run_out": "6h",
            "streams": [
                {
                    "name": "calls",
                    "dials": "95001",
                    "arrivals": {"constant": "2/h"},
                    "customers": {"patience": "never"},
                }
            ],
            "agents": [{"name": "support", "agents": "101", "talk": 0}],
            "incidents": [{"at": 0, "phones_offline": {"agents": ["101"], "for": 1}}],
        }
    )
    [series] = it.result.queues
    assert series.offered == [0, 0, 0, 0, 1]
