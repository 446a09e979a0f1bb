"""What an operation of an agent adds to its cells (CEC 13.2.2.2, 12.3.8.1.2).

An operation counts in the interval in which it began; its time is divided among the intervals
that it touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator.domain import operations as op
from emulator.domain.indicators import system
from emulator.domain.indicators.cells import Contribution, Kind, Subject
from emulator.store.rows import AgentOperation
from emulator.store.statistics import UncountedOperation

Operation = UncountedOperation | AgentOperation

INTERVAL = 900_000_000
"""µs of the shortest interval that can be asked for: 15 minutes."""

COUNTED: Mapping[int, str] = {
    op.LOGGED_ON: "sign_in",
    op.SHOWS_BUSY: "busy",
    op.RESTS: "rest",
    op.WORKS: "work",
    op.HOLDS: "hold",
    op.TRANSFERS_INSIDE: "transferred_inside",
    op.TRANSFERS_OUT: "transferred_out",
    op.SUSPENDED: "transferred_to_ivr",
    op.IN_THREE_PARTY_CALL: "three_party",
    op.CALLS_AGENT: "internal",
    op.HEARS_RECORDING: "play",
}
"""How often it was done, by operation type."""

TIMED: Mapping[int, str] = {
    op.SHOWS_IDLE: "idle_time",
    op.SHOWS_BUSY: "busy_time",
    op.RESTS: "rest_time",
    op.WORKS: "work_time",
    op.HOLDS: "hold_time",
    op.HEARS_RECORDING: "play_time",
    op.TALKS: "occupied_time",
    op.IN_TEXT: "occupied_time",
}
"""How long it took."""

HELP = frozenset(map(str, (op.HELP_FROM_ANYBODY, op.HELP_TWO_PARTY, op.HELP_THREE_PARTY)))


def count_operation(row: Operation) -> Iterator[Contribution]:
    """Everything that an operation adds."""
    kind, end = int(row.op_type), row.end_time or row.begin_time
    who = Subject(Kind.AGENT, row.agent_id, media=int(row.media_type or 0))
    yield from _done(who, kind, row, end)
    if kind == op.LOGGED_OFF:
        # As exact as its serial number tells when the agent signed in: in seconds.
        since = int(row.logon_sn or 0) * 1_000_000
        yield from _divided(who, "sign_in_time", since, end // 1_000_000 * 1_000_000)
    yield from system.of_operation(kind, row)


def _done(who: Subject, kind: int, row: Operation, end: int) -> Iterator[Contribution]:
    """That it was done, and for how long; most are over in the interval in which they began."""
    begin, values = row.begin_time, dict.fromkeys(_counts(kind, row), 1)
    first = min(end, (begin // INTERVAL + 1) * INTERVAL)
    for name in _times(kind, row):
        values[name] = first - begin
        yield from _divided(who, name, first, end)
    if values:
        yield Contribution(who, begin, values)


def _counts(kind: int, row: Operation) -> Iterator[str]:
    if kind == op.ASKS_FOR_HELP and row.op_cause in HELP:
        yield "help"
    name = COUNTED.get(kind)
    if name is not None:
        yield name
    if kind == op.WORKS:
        yield from _after_call(row)


def _times(kind: int, row: Operation) -> Iterator[str]:
    name = TIMED.get(kind)
    if name is not None:
        yield name
    if kind == op.WORKS:
        for counted in _after_call(row):
            yield f"{counted}_time"


def _after_call(row: Operation) -> Iterator[str]:
    """Wrap-up after a call, which the agent has not asked for."""
    if row.call_id:
        yield "wrap_up"
    if row.call_in_out == op.INCOMING:
        yield "wrap_up_in"
    elif row.call_in_out:
        yield "wrap_up_out"


def _divided(who: Subject, name: str, begin: int, end: int) -> Iterator[Contribution]:
    while begin < end:
        boundary = min(end, (begin // INTERVAL + 1) * INTERVAL)
        yield Contribution(who, begin, {name: boundary - begin})
        begin = boundary
