"""Historical indicators of agents (CEC 12.3.8.1.2, Tables 12-689 and 12-691)."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.domain.indicators.building import (
    Grain,
    Historical,
    calls,
    mean,
    rate,
    time,
    times,
)
from emulator.domain.indicators.cells import BOUNDS, names_within
from emulator.domain.indicators.definition import Less, Sum


def agents() -> Iterator[Historical]:
    """Everything that can be asked of an agent."""
    yield from _agent_counts()
    yield from _agent_times()
    yield from _agent_averages()
    yield rate("IDX_RATE_AGENT_CONNECTED", "requests answered", "connected", "request")
    yield rate("IDX_RATE_AGENT_SUCCESS_OUT", "calls out answered", "out_connected", "out")
    yield calls(
        "IDX_AGENT_RESERVED_COL3",
        "requests answered within 15 seconds, as reserved column 3 is set by default",
        Sum(names_within("connected", 15)),
        Grain.DAYS,
    )
    for number in (*range(1, 3), *range(4, 21)):
        yield calls(
            f"IDX_AGENT_RESERVED_COL{number}", "nothing: not configured", Sum(()), Grain.DAYS
        )


def _agent_counts() -> Iterator[Historical]:
    it = "IDX_COUNT_AGENT_"
    yield times(f"{it}SIGN_IN", "times signed in", "sign_in")
    yield calls(f"{it}CONNECTED", "inbound calls answered", "connected")
    yield calls(f"{it}CALL_OUT", "calls out that were answered", "out_connected")
    yield times(f"{it}COLLATION", "wrap-ups after calls", "wrap_up")
    yield times(f"{it}COLLATION_CALL_IN", "wrap-ups after inbound calls", "wrap_up_in")
    yield times(f"{it}COLLATION_CALL_OUT", "wrap-ups after calls out", "wrap_up_out")
    yield times(f"{it}REST", "rests", "rest")
    yield times(f"{it}HOLD", "calls put on hold", "hold")
    yield times(f"{it}SET_BUSY", "times busy", "busy")
    yield times(f"{it}MOVE_INSIDE", "calls handed on inside", "transferred_inside")
    yield times(f"{it}MOVE_OUT", "calls handed on outside", "transferred_out")
    yield times(f"{it}MOVE_IVR", "calls lent to a flow", "transferred_to_ivr")
    yield times(f"{it}3WC", "three-party calls", "three_party")
    yield times(f"{it}INSIDE_CALL", "calls to other agents", "internal")
    yield times(f"{it}INSIDE_HELP_SEEKING", "consultations asked for", "help")
    yield calls(f"{it}REQUEST", "inbound calls that rang", "request")
    yield calls(f"{it}ABANDON", "inbound calls that rang in vain", Less("request", ("connected",)))
    yield calls(f"{it}WAIT_ANS", "rings of inbound calls", "ring")
    yield calls(f"{it}LOST_RING", "inbound calls that rang for a time in vain", "ring_lost")
    yield calls(f"{it}NO_ACK", "inbound calls left ringing too long", "no_answer")
    yield calls(f"{it}HANG_UP", "inbound calls refused while they rang", "hung_up")
    for bound in BOUNDS:
        yield calls(
            f"{it}CONNECTED_IN_{bound}",
            f"inbound calls answered within {bound} s of ringing",
            Sum(names_within("connected", bound)),
            Grain.DAYS,
        )
    yield calls("IDX_COUNT_TOTAL_AGENT_CALL_OUT", "calls out", "out")
    yield times(f"{it}ARRANGE", "wrap-ups", "work")
    yield times(f"{it}PLAY", "recordings played", "play")


def _agent_times() -> Iterator[Historical]:
    it = "IDX_DURATION_AGENT_"
    yield time(f"{it}SIGN_IN", "signed in, once it is over", "sign_in_time")
    yield time(f"{it}CONVERSATION_IN", "conversations of inbound calls", "talk_time")
    yield time(f"{it}CALL_OUT", "conversations of calls out", "out_talk_time")
    yield time(f"{it}COLLATION", "wrap-ups after calls", "wrap_up_time")
    yield time(f"{it}COLLATION_CALL_IN", "wrap-ups after inbound calls", "wrap_up_in_time")
    yield time(f"{it}COLLATION_CALL_OUT", "wrap-ups after calls out", "wrap_up_out_time")
    yield time(f"{it}REST", "rests", "rest_time")
    yield time(f"{it}HOLD", "calls on hold", "hold_time")
    yield time(f"{it}SET_BUSY", "busy", "busy_time")
    yield time(f"{it}RING", "ringing of inbound calls", "ring_time")
    yield time(f"{it}FREE", "idle", "idle_time")
    yield time(f"{it}MAX_CALLING", "longest conversation of an inbound call", "max_talk_time")
    yield time(f"{it}MIN_CALLING", "shortest conversation of an inbound call", "min_talk_time")
    yield time(f"{it}ARRANGE", "wrap-ups", "work_time")
    yield time(f"{it}PLAY", "recordings played", "play_time")


def _agent_averages() -> Iterator[Historical]:
    it, days = "IDX_DURATION_AGENT_", Grain.DAYS
    yield mean(
        f"{it}AVERAGE_CONVERSATION_IN", "conversation of an inbound call", "talk_time", "connected"
    )
    yield mean(f"{it}AVG_CALL_OUT", "conversation of a call out", "out_talk_time", "out_connected")
    yield mean(f"{it}AVG_COLLATION", "wrap-up after a call", "wrap_up_time", "wrap_up", days)
    yield mean(
        f"{it}AVG_COLLATION_CALL_IN",
        "wrap-up after an inbound call",
        "wrap_up_in_time",
        "wrap_up_in",
        days,
    )
    yield mean(
        f"{it}AVG_COLLATION_CALL_OUT",
        "wrap-up after a call out",
        "wrap_up_out_time",
        "wrap_up_out",
        days,
    )
    yield mean(f"{it}AVG_REST", "rest, on average", "rest_time", "rest", days)
    yield mean(f"{it}AVG_HOLD", "hold, on average", "hold_time", "hold", days)
    yield mean(f"{it}AVG_SET_BUSY", "busy at a time", "busy_time", "busy", days)
    yield mean(f"{it}AVG_RING", "ring of an inbound call", "ring_time", "ring")
