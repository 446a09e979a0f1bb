"""Historical indicators of VDNs (CEC 12.3.8.1.3, Table 12-692)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from emulator.domain.indicators.building import (
    Grain,
    Historical,
    calls,
    indicator,
    mean,
    rate,
    rate_within,
    time,
)
from emulator.domain.indicators.cells import names_within
from emulator.domain.indicators.definition import Count, Formula, Less, Percent, Read, Sum, Unit


def vdns() -> Iterator[Historical]:
    """Everything that can be asked of a VDN."""
    yield from _vdn_counts()
    yield from _vdn_rates()
    yield from _vdn_times()


def _vdn_counts() -> Iterator[Historical]:
    it, intervals = "IDX_COUNT_", Grain.INTERVALS
    all_calls, answered = Sum(("in", "out")), Sum(("in_connected", "out_connected"))
    yield calls(f"{it}TOTAL_CALL", "calls in and out", all_calls, intervals)
    yield calls(f"{it}CONNECTED_CALL", "calls in and out answered", answered, intervals)
    lost = _Difference(all_calls, answered)
    yield calls(f"{it}ABANDONED_CALL", "calls in and out in vain", lost, intervals)
    yield calls(f"{it}INBOUND_CALL", "inbound calls", "in")
    yield calls(f"{it}INBOUND_CONNECTED", "inbound calls answered", "in_connected")
    yield calls(f"{it}OUTBOUND_CALL", "calls out", "out")
    yield calls(f"{it}OUTBOUND_CONNECTED", "calls out answered", "out_connected")
    yield calls(f"{it}AGENT_INBOUND", "inbound calls for which an agent was asked", "agent_in")
    yield calls(
        f"{it}AGENT_INBOUND_CONNECTED", "inbound calls that agents answered", "agent_in_connected"
    )
    yield calls(f"{it}IVR_INBOUND", "inbound calls entering a flow", "ivr_in")
    yield calls(f"{it}IVR_INBOUND_CONNECTED", "inbound calls served by a flow", "ivr_in_connected")
    yield calls(f"{it}IVR_OUTBOUND", "calls out served by a flow", "ivr_out_connected")
    unique = "IDX_UNIQUE_COUNT_IVR_"
    yield calls(f"{unique}INBOUND", "inbound calls with a flow, each once", "ivr_in_calls")
    yield calls(
        f"{unique}INBOUND_CONNECTED",
        "inbound calls that flows served, each once",
        "ivr_in_calls_connected",
    )
    yield calls(f"{unique}OUTBOUND", "calls out with a flow, each once", "ivr_out_calls")
    yield calls(
        f"{unique}OUTBOUND_CONNECTED",
        "calls out that flows served, each once",
        "ivr_out_calls_connected",
    )
    yield calls(
        f"{it}AGENT_OUTBOUND_CONNECTED", "agents' calls out answered", "agent_out_connected"
    )
    yield calls(
        f"{it}INBOUND_ABANDON_CONNECTED",
        "inbound calls in vain",
        Less("in", ("in_connected",)),
        Grain.DAYS,
    )
    yield calls(f"{it}IVR_ONLY_INBOUND", "inbound calls with flows alone", "ivr_only")
    yield calls(
        f"{it}IVR_ONLY_INBOUND_CONNECTED",
        "inbound calls that flows alone served",
        "ivr_only_connected",
    )
    yield calls(f"{it}SYSTEM_INBOUND", "inbound calls that reached the platform", "in")
    yield calls(f"{it}SYSTEM_IN_SUCC", "inbound calls that the platform served", "in_connected")
    yield calls(f"{it}AGENT_ASSIGNED", "inbound calls that agents served", "agent_in_connected")


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
    yield rate(
        "IDX_RATE_IVR_INBOUND_CONNECTED",
        "entries of flows that served",
        "ivr_in_connected",
        "ivr_in",
    )
    yield rate("IDX_RATE_INBOUND_CONNECTED", "inbound calls answered", "in_connected", "in")
    yield rate("IDX_RATE_OUTBOUND_CONNECTED", "calls out answered", "out_connected", "out")
    yield rate(
        "IDX_RATE_AGENT_INBOUND_CONNECTED",
        "calls for agents answered",
        "agent_in_connected",
        "agent_in",
    )
    yield _lost_rate("IDX_RATE_AGENT_INBOUND_ABANDON", "agent_in", "agent_in_connected")
    yield _lost_rate("IDX_RATE_PHONE_INBOUND_ABANDON", "in", "in_connected")
    for bound in (3, 5, 10, 30, 60):
        yield rate_within(
            f"IDX_RATE_ABANDON_IN_{bound}", "of the callers who hung up waiting", "user_left", bound
        )
        yield rate_within(
            f"IDX_RATE_AGENT_CONNECTED_IN_{bound}", "of the requests answered", "connected", bound
        )
    for bound in (10, 60):
        late = Less("connected", names_within("connected", bound))
        yield indicator(
            Unit.PERCENT,
            f"IDX_RATE_AGENT_CONNECTED_AFTER_{bound}",
            f"of the requests answered, those after {bound} s",
            Percent(late, Count("connected")),
            days,
        )
    yield rate(
        "IDX_RATE_AGENT_CALL_IN_CONNECTED", "requests answered", "connected", "request", days
    )
    yield rate_within(
        "IDX_RATE_AGENT_CALL_IN_CONNECTED_IN_20", "of the requests answered", "connected", 20
    )


def _lost_rate(code: str, whole: str, part: str) -> Historical:
    lost = Percent(Less(whole, (part,)), Count(whole))
    return indicator(Unit.PERCENT, code, "calls in vain", lost, Grain.DAYS)


def _vdn_times() -> Iterator[Historical]:
    it, days = "IDX_DURATION_", Grain.DAYS
    yield mean(f"{it}AVG_VDN_INBOUND", "an inbound call occupies the VDN", "in_time", "in")
    yield mean(f"{it}AVG_VDN_OUTBOUND", "a call out occupies the VDN", "out_time", "out")
    yield mean(
        f"{it}AVG_CONNECTED",
        "an answered inbound call talks, to agents and flows",
        "talk_time",
        "in_connected",
        days,
    )
    yield mean(f"{it}AVG_WAIT", "a request waits", "wait_time", "asked", days)
    yield mean(
        f"{it}AVG_AGENT_CALL_IN_CONNECTED",
        "conversation with an agent, by request answered",
        "agent_talk_time",
        "connected",
        days,
    )
    yield mean(
        f"{it}AVG_AGENT_CALL_OUT_CONNECTED",
        "conversation of an agent's call out",
        "agent_out_talk_time",
        "agent_out_connected",
        days,
    )
    yield time(f"{it}IVR_ONLY_INBOUND", "inbound calls in flows alone", "ivr_only_time")
