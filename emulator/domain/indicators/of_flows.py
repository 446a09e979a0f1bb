"""Historical indicators of IVR flows by business type (CEC 12.3.8.1.4, Table 12-694)."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.domain.indicators.building import (
    Historical,
    calls,
    mean,
    rate,
)
from emulator.domain.indicators.definition import Less


def flows() -> Iterator[Historical]:
    """Everything that can be asked of the flows of a business type."""
    it = "IDX_COUNT_IVR_"
    yield calls(f"{it}INBOUND_CALL", "entries into flows", "request")
    yield calls(f"{it}INBOUND_CONNECTED", "entries that were served", "connected")
    yield calls(f"{it}ABANDONED_CALL", "entries that were not", Less("request", ("connected",)))
    yield calls(f"{it}INBOUND_FLOWOUT", "calls that went on to another device", "moved")
    yield calls(f"{it}INBOUND_USER_ABORT", "callers who hung up in a flow", "left")
    yield rate("IDX_RATE_IVR_INBOUND_CONNECTED", "entries served", "connected", "request")
    yield mean("IDX_DURATION_AVG_IVR_CONNECTED", "time in a flow", "talk_time", "connected")
    yield calls(f"{it}TO_AGENT", "calls that went on to queues or agents", "to_agent")
