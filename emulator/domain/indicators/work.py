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


def count_operation(row: Operation) -> list[Contribution]:
    """Everything that an operation adds."""
    return [*count_work(row), *system.of_operation(int(row.op_type), row)]


def count_work(row: Operation) -> list[Contribution]:
    """What an operation adds to its agent's cells."""
    kind, begin = int(row.op_type), row.begin_time
    end = row.end_time or begin
    who = Subject(Kind.AGENT, row.agent_id, "", 0, int(row.media_type or 0))
    counts, times = _names(kind, row)
    values = dict.fromkeys(counts, 1)
    first = min(end, (begin // INTERVAL + 1) * INTERVAL)
    counted: list[Contribution] = []
    for name in times:
        values[name] = first - begin
        if first < end:  # most are over in the interval in which they began
            counted += _divided(who, name, first, end)
    if values:
        counted.append(Contribution(who, begin, values))
    if kind == op.LOGGED_OFF:
        # As exact as its serial number tells when the agent signed in: in seconds.
        since = int(row.logon_sn or 0) * 1_000_000
        counted += _divided(who, "sign_in_time", since, end // 1_000_000 * 1_000_000)
    return counted


Names = tuple[str, ...]


def _names(kind: int, row: Operation) -> tuple[Names, Names]:
    """What tells that it was done, and for how long."""
    counts, times = NAMES.get(kind, ((), ()))
    if kind == op.ASKS_FOR_HELP and row.op_cause in HELP:
        counts = ("help",)
    elif kind == op.WORKS:
        after = _after_call(row)
        counts, times = counts + after, times + tuple(f"{name}_time" for name in after)
    return counts, times


def _of_kind(names: Mapping[int, str], kind: int) -> Names:
    return (names[kind],) if kind in names else ()


NAMES: Mapping[int, tuple[Names, Names]] = {
    kind: (_of_kind(COUNTED, kind), _of_kind(TIMED, kind)) for kind in (*COUNTED, *TIMED)
}


def _after_call(row: Operation) -> Names:
    """Wrap-up after a call, which the agent has not asked for."""
    wrap_up = ("wrap_up",) if row.call_id else ()
    if row.call_in_out == op.INCOMING:
        return (*wrap_up, "wrap_up_in")
    return (*wrap_up, "wrap_up_out") if row.call_in_out else wrap_up


def _divided(who: Subject, name: str, begin: int, end: int) -> Iterator[Contribution]:
    while begin < end:
        boundary = min(end, (begin // INTERVAL + 1) * INTERVAL)
        yield Contribution(who, begin, {name: boundary - begin})
        begin = boundary
