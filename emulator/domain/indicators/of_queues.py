"""Historical indicators of skill queues (CEC 12.3.8.1.1, Tables 12-686 and 12-688)."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.domain.indicators.building import (
    Grain,
    Historical,
    calls,
    indicator,
    mean,
    rate,
    time,
)
from emulator.domain.indicators.cells import BOUNDS, names_within
from emulator.domain.indicators.definition import Count, Less, Percent, Sum, Unit


def queues() -> Iterator[Historical]:
    """Everything that can be asked of a queue."""
    yield from _queue_counts()
    yield from _queue_rates()
    yield from _queue_times()
    yield calls(
        "IDX_SKILL_RESERVED_COL3",
        "requests answered within 15 seconds, as reserved column 3 is set by default",
        Sum(names_within("connected", 15)),
        Grain.DAYS,
    )
    for number in (*range(1, 3), *range(4, 21)):
        yield calls(
            f"IDX_SKILL_RESERVED_COL{number}", "nothing: not configured", Sum(()), Grain.DAYS
        )


def _queue_counts() -> Iterator[Historical]:
    it = "IDX_COUNT_SKILL_"
    yield calls(f"{it}REQUEST", "rings at agents, and calls that ended while queuing", "request")
    yield calls(f"{it}INCOMING_CALL", "voice calls whose first queue this was", "incoming")
    yield calls(f"{it}CONNECTED", "requests that an agent answered", "connected")
    yield calls(f"{it}ABANDON", "requests that no agent answered", Less("request", ("connected",)))
    yield calls(f"{it}USER_ABANDON", "callers who hung up queuing or ringing", "user_left")
    yield calls(f"{it}AGENT_ABANDON", "rings that an agent cut short", "agent_refused")
    yield calls(
        f"{it}QUEUE_DISCONNECTED", "calls that the platform ended queuing", "platform_left_queue"
    )
    yield calls(f"{it}SYSTEM_LOST", "rings that the platform ended, unanswered", "system_lost")
    yield calls(f"{it}LOST_RING", "rings in vain", "ring_lost")
    yield calls(f"{it}TIME_OUT_QUEUE", "moves to another queue, having waited", "timeout_queue")
    yield calls(f"{it}TIME_OUT_AGENT", "moves to an agent, having waited", "timeout_agent")
    yield calls(f"{it}OVERFLOW_QUEUE", "moves to another queue at once", "overflow_queue")
    yield calls(f"{it}OVER_AGENT", "moves to an agent at once", "overflow_agent")
    for bound in BOUNDS:
        yield from _queue_bounds(it, bound)
    yield calls(f"{it}USER_ABANDON_QUEUE", "callers who hung up queuing", "user_left_queue")
    yield calls(f"{it}USER_ABANDON_AGENT", "callers who hung up ringing", "user_left_ringing")
    yield calls(
        f"{it}WAIT_FAIL_CONNECTED_QUEUE", "stays in queues of requests in vain", "queue_lost"
    )
    yield calls(f"{it}TIMEOUT_IVR", "moves to a flow, having waited", "timeout_ivr")
    yield calls(f"{it}OVERFLOW_IVR", "moves to a flow at once", "overflow_ivr")


def _queue_bounds(it: str, bound: int) -> Iterator[Historical]:
    answered, left = names_within("connected", bound), names_within("user_left", bound)
    yield calls(f"{it}CONNECTED_IN_{bound}", f"answered within {bound} s", Sum(answered))
    yield calls(
        f"{it}ABANDON_IN_{bound}", f"callers who hung up within {bound} s", Sum(left), Grain.DAYS
    )
    yield calls(
        f"{it}CONNECTED_AFTER_{bound}",
        f"answered after {bound} s",
        Less("connected", answered),
        Grain.DAYS,
    )
    yield calls(
        f"{it}ABANDON_AFTER_{bound}",
        f"callers who hung up after {bound} s",
        Less("user_left", left),
        Grain.DAYS,
    )


def _queue_rates() -> Iterator[Historical]:
    yield rate("IDX_RATE_SKILL_CONNECTED", "requests that were answered", "connected", "request")
    yield indicator(
        Unit.PERCENT,
        "IDX_RATE_SKILL_ABANDON",
        "requests that were not answered",
        Percent(Less("request", ("connected",)), Count("request")),
        Grain.EITHER,
    )
    yield rate("IDX_RATE_SKILL_RING_CONNECT", "rings that were answered", "connected", "ring")


def _queue_times() -> Iterator[Historical]:
    it = "IDX_DURATION_SKILL_"
    lost = "ring_lost_time"
    yield mean(f"{it}AVG_CONNECTED", "conversation, on average", "talk_time", "connected")
    yield time(f"{it}CONNECTED", "all conversations", "talk_time")
    yield mean(f"{it}AVG_QUEUE_ACK", "wait of a request", "wait_time", "asked")
    yield mean(
        f"{it}AVG_CONNECTED_ACK", "ring before an answer", "ring_connected_time", "connected"
    )
    yield mean(f"{it}AVG_ABANDON_ACK", "ring in vain", lost, "ring_lost")
    yield mean(
        f"{it}AVG_CONNECTED_QUEUE",
        "queuing of a request that was answered",
        "queue_connected_time",
        "connected",
    )
    yield mean(
        f"{it}AVG_ABANDON_QUEUE", "queuing of a request in vain", "queue_lost_time", "queue_lost"
    )
    yield time(f"{it}MAX_QUEUE_ACK", "longest wait", "max_wait_time")
    yield time(f"{it}MIN_QUEUE_ACK", "shortest wait", "min_wait_time")
    yield time(
        f"{it}USER_ABANDON_QUEUE", "waits of callers who hung up queuing", "user_left_queue_time"
    )
    yield time(
        f"{it}USER_ABANDON_AGENT",
        "waits, with the ringing, of callers who hung up ringing",
        "user_left_ringing_time",
    )
    yield time(f"{it}ABANDON_QUEUE", "queuing of requests in vain", "queue_lost_time")
    yield time(f"{it}ABANDON_ACK", "rings in vain", lost)
    yield time(
        f"{it}WAIT_SUCCESS_CONNECTED_QUEUE",
        "queuing of requests that were answered",
        "queue_connected_time",
    )
    yield time(f"{it}SUCCESS_ACK", "rings that were answered", "ring_connected_time")
    yield time(f"{it}ALL_ACK", "all ringing", "ring_time")
    yield time(f"{it}ALL_QUEUE", "all queuing", "queue_time")
