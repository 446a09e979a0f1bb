"""What the system as a whole did, by five minutes (CEC 12.3.6).

Of calls it is counted how they ended, in the five minutes in which they did. Of agents it is
counted who was in which state when five minutes were over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from emulator.domain import operations as op
from emulator.domain.indicators.calls import CallStory
from emulator.domain.indicators.cells import FIVE_MINUTES, Contribution, Kind, Subject, Values
from emulator.domain.operations import Work
from emulator.store.rows import AgentOperation
from emulator.store.statistics import UncountedOperation

CALLS, AGENTS = "calls", "agents"
"""What is counted: the ids of the subjects."""
ONLINE, IDLE, BUSY, REST, TALKING = "online", "idle", "busy", "rest", "talking"

STATES: Mapping[int, str] = {
    op.SHOWS_IDLE: IDLE,
    op.SHOWS_BUSY: BUSY,
    op.RESTS: REST,
    op.TALKS: TALKING,
    op.IN_TEXT: TALKING,
}
"""The states that are told apart, by operation type."""


def of_call(story: CallStory) -> Iterator[Contribution]:
    """What a call adds."""
    if story.is_inbound:
        agent = story.talked_to_agents
        values: Values = {
            "in": 1,
            "in_connected": int(agent > 0 or story.heard_flows > 0),
            "in_time": story.occupied,
            "talk_time": agent + story.heard_flows,
            "agent_in": int(story.requested_agent),
            "agent_in_connected": int(agent > 0),
        }
        number = story.records[0].callee_no
        yield Contribution(Subject(Kind.SYSTEM, CALLS, number), story.ended, values)
    elif story.is_outbound:
        yield Contribution(Subject(Kind.SYSTEM, CALLS), story.ended, {"out": 1})


def of_operation(kind: int, row: UncountedOperation | AgentOperation) -> Iterator[Contribution]:
    """What an operation adds: it lasted while these five minutes ended."""
    end = row.end_time or row.begin_time
    name, begin = STATES.get(kind), row.begin_time
    if kind == op.LOGGED_ON:
        # Nothing yet, but from now on there is something to tell of.
        yield Contribution(Subject(Kind.SYSTEM, AGENTS), begin, {"sign_in": 1})
    if kind == op.LOGGED_OFF:
        name, begin = ONLINE, int(row.logon_sn or 0) * 1_000_000
    if name is not None:
        for at in intervals_ended(begin, end):
            yield Contribution(Subject(Kind.SYSTEM, AGENTS), at, {name: 1})


def of_work(running: Iterable[Work], begin: int) -> Values:
    """How many agents have been so since before the end of the five minutes from `begin` (µs)."""
    end = begin + FIVE_MINUTES
    values: Values = {}
    for work in running:
        if work.since // 1_000_000 * 1_000_000 < end:
            values[ONLINE] = values.get(ONLINE, 0) + 1
        state = work.state
        name = STATES.get(state.type) if state is not None and state.begin < end else None
        if name is not None:
            values[name] = values.get(name, 0) + 1
    return values


def intervals_ended(begin: int, end: int) -> range:
    """The begins of the five minutes that ended in begin < time ≤ end (µs).

    What begins just when they are over is not counted: whoever asks then is told the same as later.
    """
    return range(begin // FIVE_MINUTES * FIVE_MINUTES, end - FIVE_MINUTES + 1, FIVE_MINUTES)
