"""Historical indicators of queues, agents, VDNs and flows (CEC 12.3.8.1.1–4), defined once.

The counts that formulas name are those of `counting` and `work`; times among them, whose names end
in `_time`, are microseconds there and seconds here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from emulator.domain.indicators.cells import BOUNDS, Kind, names_within
from emulator.domain.indicators.definition import (
    Count,
    Formula,
    Indicator,
    Less,
    Mean,
    Percent,
    Read,
    Sum,
    Unit,
    Whole,
    table,
)

SECOND = 1_000_000


class Grain(Enum):
    """Whether an indicator can be asked for by interval (`timeGrain`)."""

    EITHER = "by interval or by day"
    DAYS = "by day only"
    INTERVALS = "by interval only"


@dataclass(frozen=True, slots=True)
class Historical(Indicator):
    """An indicator with the times for which it can be asked."""

    grain: Grain = Grain.EITHER


def seconds(values: Mapping[str, int]) -> Read:
    """The counts of a cell, its times in seconds."""

    def read(name: str) -> int | float:
        value = values.get(name, 0)
        return value / SECOND if name.endswith("_time") else value

    return read


def _calls(
    code: str, meaning: str, formula: Formula | str, grain: Grain = Grain.EITHER
) -> Historical:
    return _of(Unit.CALLS, code, meaning, formula, grain)


def _times(code: str, meaning: str, count: str) -> Historical:
    return _of(Unit.TIMES, code, meaning, count, Grain.EITHER)


def _rate(
    code: str, meaning: str, part: str, whole: str, grain: Grain = Grain.EITHER
) -> Historical:
    return _of(Unit.PERCENT, code, meaning, Percent(Count(part), Count(whole)), grain)


def _time(code: str, meaning: str, total: str) -> Historical:
    return _of(Unit.SECONDS, code, meaning, Whole(total), Grain.EITHER)


def _mean(
    code: str, meaning: str, total: str, count: str, grain: Grain = Grain.EITHER
) -> Historical:
    return _of(Unit.SECONDS, code, meaning, Mean(total, count), grain)


def _of(unit: Unit, code: str, meaning: str, formula: Formula | str, grain: Grain) -> Historical:
    return Historical(
        code, meaning, unit, Count(formula) if isinstance(formula, str) else formula, grain
    )


# Queues (Tables 12-686 and 12-688)


def _queues() -> Iterator[Historical]:
    yield from _queue_counts()
    yield from _queue_rates()
    yield from _queue_times()
    yield _calls(
        "IDX_SKILL_RESERVED_COL3",
        "requests answered within 15 seconds, as reserved column 3 is set by default",
        Sum(names_within("connected", 15)),
        Grain.DAYS,
    )
    for number in (*range(1, 3), *range(4, 21)):
        yield _calls(
            f"IDX_SKILL_RESERVED_COL{number}", "nothing: not configured", Sum(()), Grain.DAYS
        )


def _queue_counts() -> Iterator[Historical]:
    it = "IDX_COUNT_SKILL_"
    yield _calls(f"{it}REQUEST", "rings at agents, and calls that ended while queuing", "request")
    yield _calls(f"{it}INCOMING_CALL", "voice calls whose first queue this was", "incoming")
    yield _calls(f"{it}CONNECTED", "requests that an agent answered", "connected")
    yield _calls(f"{it}ABANDON", "requests that no agent answered", Less("request", ("connected",)))
    yield _calls(f"{it}USER_ABANDON", "callers who hung up queuing or ringing", "user_left")
    yield _calls(f"{it}AGENT_ABANDON", "rings that an agent cut short", "agent_refused")
    yield _calls(
        f"{it}QUEUE_DISCONNECTED", "calls that the platform ended queuing", "platform_left_queue"
    )
    yield _calls(f"{it}SYSTEM_LOST", "rings that the platform ended, unanswered", "system_lost")
    yield _calls(f"{it}LOST_RING", "rings in vain", "ring_lost")
    yield _calls(f"{it}TIME_OUT_QUEUE", "moves to another queue, having waited", "timeout_queue")
    yield _calls(f"{it}TIME_OUT_AGENT", "moves to an agent, having waited", "timeout_agent")
    yield _calls(f"{it}OVERFLOW_QUEUE", "moves to another queue at once", "overflow_queue")
    yield _calls(f"{it}OVER_AGENT", "moves to an agent at once", "overflow_agent")
    for bound in BOUNDS:
        yield from _queue_bounds(it, bound)
    yield _calls(f"{it}USER_ABANDON_QUEUE", "callers who hung up queuing", "user_left_queue")
    yield _calls(f"{it}USER_ABANDON_AGENT", "callers who hung up ringing", "user_left_ringing")
    yield _calls(
        f"{it}WAIT_FAIL_CONNECTED_QUEUE", "stays in queues of requests in vain", "queue_lost"
    )
    yield _calls(f"{it}TIMEOUT_IVR", "moves to a flow, having waited", "timeout_ivr")
    yield _calls(f"{it}OVERFLOW_IVR", "moves to a flow at once", "overflow_ivr")


def _queue_bounds(it: str, bound: int) -> Iterator[Historical]:
    answered, left = names_within("connected", bound), names_within("user_left", bound)
    yield _calls(f"{it}CONNECTED_IN_{bound}", f"answered within {bound} s", Sum(answered))
    yield _calls(
        f"{it}ABANDON_IN_{bound}", f"callers who hung up within {bound} s", Sum(left), Grain.DAYS
    )
    yield _calls(
        f"{it}CONNECTED_AFTER_{bound}",
        f"answered after {bound} s",
        Less("connected", answered),
        Grain.DAYS,
    )
    yield _calls(
        f"{it}ABANDON_AFTER_{bound}",
        f"callers who hung up after {bound} s",
        Less("user_left", left),
        Grain.DAYS,
    )


def _queue_rates() -> Iterator[Historical]:
    yield _rate("IDX_RATE_SKILL_CONNECTED", "requests that were answered", "connected", "request")
    yield _of(
        Unit.PERCENT,
        "IDX_RATE_SKILL_ABANDON",
        "requests that were not answered",
        Percent(Less("request", ("connected",)), Count("request")),
        Grain.EITHER,
    )
    yield _rate("IDX_RATE_SKILL_RING_CONNECT", "rings that were answered", "connected", "ring")


def _queue_times() -> Iterator[Historical]:
    it = "IDX_DURATION_SKILL_"
    lost = "ring_lost_time"
    yield _mean(f"{it}AVG_CONNECTED", "conversation, on average", "talk_time", "connected")
    yield _time(f"{it}CONNECTED", "all conversations", "talk_time")
    yield _mean(f"{it}AVG_QUEUE_ACK", "wait of a request", "wait_time", "request")
    yield _mean(
        f"{it}AVG_CONNECTED_ACK", "ring before an answer", "ring_connected_time", "connected"
    )
    yield _mean(f"{it}AVG_ABANDON_ACK", "ring in vain", lost, "ring_lost")
    yield _mean(
        f"{it}AVG_CONNECTED_QUEUE",
        "queuing of a request that was answered",
        "queue_connected_time",
        "connected",
    )
    yield _mean(
        f"{it}AVG_ABANDON_QUEUE", "queuing of a request in vain", "queue_lost_time", "queue_lost"
    )
    yield _time(f"{it}MAX_QUEUE_ACK", "longest wait", "max_wait_time")
    yield _time(f"{it}MIN_QUEUE_ACK", "shortest wait", "min_wait_time")
    yield _time(
        f"{it}USER_ABANDON_QUEUE", "waits of callers who hung up queuing", "user_left_queue_time"
    )
    yield _time(
        f"{it}USER_ABANDON_AGENT",
        "waits, with the ringing, of callers who hung up ringing",
        "user_left_ringing_time",
    )
    yield _time(f"{it}ABANDON_QUEUE", "queuing of requests in vain", "queue_lost_time")
    yield _time(f"{it}ABANDON_ACK", "rings in vain", lost)
    yield _time(
        f"{it}WAIT_SUCCESS_CONNECTED_QUEUE",
        "queuing of requests that were answered",
        "queue_connected_time",
    )
    yield _time(f"{it}SUCCESS_ACK", "rings that were answered", "ring_connected_time")
    yield _time(f"{it}ALL_ACK", "all ringing", "ring_time")
    yield _time(f"{it}ALL_QUEUE", "all queuing", "queue_time")


# Agents (Tables 12-689 and 12-691)


def _agents() -> Iterator[Historical]:
    yield from _agent_counts()
    yield from _agent_times()
    yield from _agent_averages()
    yield _rate("IDX_RATE_AGENT_CONNECTED", "requests answered", "connected", "request")
    yield _rate("IDX_RATE_AGENT_SUCCESS_OUT", "calls out answered", "out_connected", "out")
    yield _calls(
        "IDX_AGENT_RESERVED_COL3",
        "requests answered within 15 seconds, as reserved column 3 is set by default",
        Sum(names_within("connected", 15)),
        Grain.DAYS,
    )
    for number in (*range(1, 3), *range(4, 21)):
        yield _calls(
            f"IDX_AGENT_RESERVED_COL{number}", "nothing: not configured", Sum(()), Grain.DAYS
        )


def _agent_counts() -> Iterator[Historical]:
    it = "IDX_COUNT_AGENT_"
    yield _times(f"{it}SIGN_IN", "times signed in", "sign_in")
    yield _calls(f"{it}CONNECTED", "inbound calls answered", "connected")
    yield _calls(f"{it}CALL_OUT", "calls out that were answered", "out_connected")
    yield _times(f"{it}COLLATION", "wrap-ups after calls", "wrap_up")
    yield _times(f"{it}COLLATION_CALL_IN", "wrap-ups after inbound calls", "wrap_up_in")
    yield _times(f"{it}COLLATION_CALL_OUT", "wrap-ups after calls out", "wrap_up_out")
    yield _times(f"{it}REST", "rests", "rest")
    yield _times(f"{it}HOLD", "calls put on hold", "hold")
    yield _times(f"{it}SET_BUSY", "times busy", "busy")
    yield _times(f"{it}MOVE_INSIDE", "calls handed on inside", "transferred_inside")
    yield _times(f"{it}MOVE_OUT", "calls handed on outside", "transferred_out")
    yield _times(f"{it}MOVE_IVR", "calls lent to a flow", "transferred_to_ivr")
    yield _times(f"{it}3WC", "three-party calls", "three_party")
    yield _times(f"{it}INSIDE_CALL", "calls to other agents", "internal")
    yield _times(f"{it}INSIDE_HELP_SEEKING", "consultations asked for", "help")
    yield _calls(f"{it}REQUEST", "inbound calls that rang", "request")
    yield _calls(f"{it}ABANDON", "inbound calls that rang in vain", Less("request", ("connected",)))
    yield _calls(f"{it}WAIT_ANS", "rings of inbound calls", "ring")
    yield _calls(f"{it}LOST_RING", "inbound calls that rang for a time in vain", "ring_lost")
    yield _calls(f"{it}NO_ACK", "inbound calls left ringing too long", "no_answer")
    yield _calls(f"{it}HANG_UP", "inbound calls refused while they rang", "hung_up")
    for bound in BOUNDS:
        yield _calls(
            f"{it}CONNECTED_IN_{bound}",
            f"inbound calls answered within {bound} s of ringing",
            Sum(names_within("connected", bound)),
            Grain.DAYS,
        )
    yield _calls("IDX_COUNT_TOTAL_AGENT_CALL_OUT", "calls out", "out")
    yield _times(f"{it}ARRANGE", "wrap-ups", "work")
    yield _times(f"{it}PLAY", "recordings played", "play")


def _agent_times() -> Iterator[Historical]:
    it = "IDX_DURATION_AGENT_"
    yield _time(f"{it}SIGN_IN", "signed in, once it is over", "sign_in_time")
    yield _time(f"{it}CONVERSATION_IN", "conversations of inbound calls", "talk_time")
    yield _time(f"{it}CALL_OUT", "conversations of calls out", "out_talk_time")
    yield _time(f"{it}COLLATION", "wrap-ups after calls", "wrap_up_time")
    yield _time(f"{it}COLLATION_CALL_IN", "wrap-ups after inbound calls", "wrap_up_in_time")
    yield _time(f"{it}COLLATION_CALL_OUT", "wrap-ups after calls out", "wrap_up_out_time")
    yield _time(f"{it}REST", "rests", "rest_time")
    yield _time(f"{it}HOLD", "calls on hold", "hold_time")
    yield _time(f"{it}SET_BUSY", "busy", "busy_time")
    yield _time(f"{it}RING", "ringing of inbound calls", "ring_time")
    yield _time(f"{it}FREE", "idle", "idle_time")
    yield _time(f"{it}MAX_CALLING", "longest conversation of an inbound call", "max_talk_time")
    yield _time(f"{it}MIN_CALLING", "shortest conversation of an inbound call", "min_talk_time")
    yield _time(f"{it}ARRANGE", "wrap-ups", "work_time")
    yield _time(f"{it}PLAY", "recordings played", "play_time")


def _agent_averages() -> Iterator[Historical]:
    it, days = "IDX_DURATION_AGENT_", Grain.DAYS
    yield _mean(
        f"{it}AVERAGE_CONVERSATION_IN", "conversation of an inbound call", "talk_time", "connected"
    )
    yield _mean(f"{it}AVG_CALL_OUT", "conversation of a call out", "out_talk_time", "out_connected")
    yield _mean(f"{it}AVG_COLLATION", "wrap-up after a call", "wrap_up_time", "wrap_up", days)
    yield _mean(
        f"{it}AVG_COLLATION_CALL_IN",
        "wrap-up after an inbound call",
        "wrap_up_in_time",
        "wrap_up_in",
        days,
    )
    yield _mean(
        f"{it}AVG_COLLATION_CALL_OUT",
        "wrap-up after a call out",
        "wrap_up_out_time",
        "wrap_up_out",
        days,
    )
    yield _mean(f"{it}AVG_REST", "rest, on average", "rest_time", "rest", days)
    yield _mean(f"{it}AVG_HOLD", "hold, on average", "hold_time", "hold", days)
    yield _mean(f"{it}AVG_SET_BUSY", "busy at a time", "busy_time", "busy", days)
    yield _mean(f"{it}AVG_RING", "ring of an inbound call", "ring_time", "ring")


# VDNs (Table 12-692)


def _vdns() -> Iterator[Historical]:
    yield from _vdn_counts()
    yield from _vdn_rates()
    yield from _vdn_times()


def _vdn_counts() -> Iterator[Historical]:
    it, intervals = "IDX_COUNT_", Grain.INTERVALS
    all_calls, answered = Sum(("in", "out")), Sum(("in_connected", "out_connected"))
    yield _calls(f"{it}TOTAL_CALL", "calls in and out", all_calls, intervals)
    yield _calls(f"{it}CONNECTED_CALL", "calls in and out answered", answered, intervals)
    lost = _Difference(all_calls, answered)
    yield _calls(f"{it}ABANDONED_CALL", "calls in and out in vain", lost, intervals)
    yield _calls(f"{it}INBOUND_CALL", "inbound calls", "in")
    yield _calls(f"{it}INBOUND_CONNECTED", "inbound calls answered", "in_connected")
    yield _calls(f"{it}OUTBOUND_CALL", "calls out", "out")
    yield _calls(f"{it}OUTBOUND_CONNECTED", "calls out answered", "out_connected")
    yield _calls(f"{it}AGENT_INBOUND", "inbound calls for which an agent was asked", "agent_in")
    yield _calls(
        f"{it}AGENT_INBOUND_CONNECTED", "inbound calls that agents answered", "agent_in_connected"
    )
    yield _calls(f"{it}IVR_INBOUND", "inbound calls entering a flow", "ivr_in")
    yield _calls(f"{it}IVR_INBOUND_CONNECTED", "inbound calls served by a flow", "ivr_in_connected")
    yield _calls(f"{it}IVR_OUTBOUND", "calls out served by a flow", "ivr_out_connected")
    unique = "IDX_UNIQUE_COUNT_IVR_"
    yield _calls(f"{unique}INBOUND", "inbound calls with a flow, each once", "ivr_in_calls")
    yield _calls(
        f"{unique}INBOUND_CONNECTED",
        "inbound calls that flows served, each once",
        "ivr_in_calls_connected",
    )
    yield _calls(f"{unique}OUTBOUND", "calls out with a flow, each once", "ivr_out_calls")
    yield _calls(
        f"{unique}OUTBOUND_CONNECTED",
        "calls out that flows served, each once",
        "ivr_out_calls_connected",
    )
    yield _calls(
        f"{it}AGENT_OUTBOUND_CONNECTED", "agents' calls out answered", "agent_out_connected"
    )
    yield _calls(
        f"{it}INBOUND_ABANDON_CONNECTED",
        "inbound calls in vain",
        Less("in", ("in_connected",)),
        Grain.DAYS,
    )
    yield _calls(f"{it}IVR_ONLY_INBOUND", "inbound calls with flows alone", "ivr_only")
    yield _calls(
        f"{it}IVR_ONLY_INBOUND_CONNECTED",
        "inbound calls that flows alone served",
        "ivr_only_connected",
    )
    yield _calls(f"{it}SYSTEM_INBOUND", "inbound calls that reached the platform", "in")
    yield _calls(f"{it}SYSTEM_IN_SUCC", "inbound calls that the platform served", "in_connected")
    yield _calls(f"{it}AGENT_ASSIGNED", "inbound calls that agents served", "agent_in_connected")


@dataclass(frozen=True, slots=True)
class _Difference:
    """What one formula has more than another."""

    whole: Formula
    part: Formula

    def of(self, read: Read) -> int:
        left: int = self.whole.of(read) - self.part.of(read)
        return left

    def __str__(self) -> str:
        return f"({self.whole}) − ({self.part})"


def _vdn_rates() -> Iterator[Historical]:
    days = Grain.DAYS
    yield _rate(
        "IDX_RATE_IVR_INBOUND_CONNECTED",
        "entries of flows that served",
        "ivr_in_connected",
        "ivr_in",
    )
    yield _rate("IDX_RATE_INBOUND_CONNECTED", "inbound calls answered", "in_connected", "in")
    yield _rate("IDX_RATE_OUTBOUND_CONNECTED", "calls out answered", "out_connected", "out")
    yield _rate(
        "IDX_RATE_AGENT_INBOUND_CONNECTED",
        "calls for agents answered",
        "agent_in_connected",
        "agent_in",
    )
    yield _lost_rate("IDX_RATE_AGENT_INBOUND_ABANDON", "agent_in", "agent_in_connected")
    yield _lost_rate("IDX_RATE_PHONE_INBOUND_ABANDON", "in", "in_connected")
    for bound in (3, 5, 10, 30, 60):
        yield _rate_within(
            f"IDX_RATE_ABANDON_IN_{bound}", "of the callers who hung up waiting", "user_left", bound
        )
        yield _rate_within(
            f"IDX_RATE_AGENT_CONNECTED_IN_{bound}", "of the requests answered", "connected", bound
        )
    for bound in (10, 60):
        late = Less("connected", names_within("connected", bound))
        yield _of(
            Unit.PERCENT,
            f"IDX_RATE_AGENT_CONNECTED_AFTER_{bound}",
            f"of the requests answered, those after {bound} s",
            Percent(late, Count("connected")),
            days,
        )
    yield _rate(
        "IDX_RATE_AGENT_CALL_IN_CONNECTED", "requests answered", "connected", "request", days
    )
    yield _rate_within(
        "IDX_RATE_AGENT_CALL_IN_CONNECTED_IN_20", "of the requests answered", "connected", 20
    )


def _rate_within(code: str, meaning: str, name: str, bound: int) -> Historical:
    soon = Percent(Sum(names_within(name, bound)), Count(name))
    return _of(Unit.PERCENT, code, f"{meaning}, those within {bound} s", soon, Grain.DAYS)


def _lost_rate(code: str, whole: str, part: str) -> Historical:
    lost = Percent(Less(whole, (part,)), Count(whole))
    return _of(Unit.PERCENT, code, "calls in vain", lost, Grain.DAYS)


def _vdn_times() -> Iterator[Historical]:
    it, days = "IDX_DURATION_", Grain.DAYS
    yield _mean(f"{it}AVG_VDN_INBOUND", "an inbound call occupies the VDN", "in_time", "in")
    yield _mean(f"{it}AVG_VDN_OUTBOUND", "a call out occupies the VDN", "out_time", "out")
    yield _mean(
        f"{it}AVG_CONNECTED",
        "an answered inbound call talks, to agents and flows",
        "talk_time",
        "in_connected",
        days,
    )
    yield _mean(f"{it}AVG_WAIT", "a request waits", "wait_time", "request", days)
    yield _mean(
        f"{it}AVG_AGENT_CALL_IN_CONNECTED",
        "conversation with an agent, by request answered",
        "agent_talk_time",
        "connected",
        days,
    )
    yield _mean(
        f"{it}AVG_AGENT_CALL_OUT_CONNECTED",
        "conversation of an agent's call out",
        "agent_out_talk_time",
        "agent_out_connected",
        days,
    )
    yield _time(f"{it}IVR_ONLY_INBOUND", "inbound calls in flows alone", "ivr_only_time")


# IVR flows by business type (Table 12-694)


def _flows() -> Iterator[Historical]:
    it = "IDX_COUNT_IVR_"
    yield _calls(f"{it}INBOUND_CALL", "entries into flows", "request")
    yield _calls(f"{it}INBOUND_CONNECTED", "entries that were served", "connected")
    yield _calls(f"{it}ABANDONED_CALL", "entries that were not", Less("request", ("connected",)))
    yield _calls(f"{it}INBOUND_FLOWOUT", "calls that went on to another device", "moved")
    yield _calls(f"{it}INBOUND_USER_ABORT", "callers who hung up in a flow", "left")
    yield _rate("IDX_RATE_IVR_INBOUND_CONNECTED", "entries served", "connected", "request")
    yield _mean("IDX_DURATION_AVG_IVR_CONNECTED", "time in a flow", "talk_time", "connected")
    yield _calls(f"{it}TO_AGENT", "calls that went on to queues or agents", "to_agent")


INDICATORS: Mapping[Kind, Mapping[str, Indicator]] = {
    Kind.QUEUE: table(_queues()),
    Kind.AGENT: table(_agents()),
    Kind.VDN: table(_vdns()),
    Kind.IVR: table(_flows()),
}
"""By what they are about and by code."""
