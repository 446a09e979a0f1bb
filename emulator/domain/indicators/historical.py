"""Historical indicators of queues, agents, VDNs and flows (CEC 12.3.8.1.1–4), defined once.

The counts that formulas name are those of `counting` and `work`; times among them, whose names end
in `_time`, are microseconds there and seconds here.
"""

from __future__ import annotations

from collections.abc import Mapping

from emulator.domain.indicators.building import Historical
from emulator.domain.indicators.cells import Kind
from emulator.domain.indicators.definition import Read, table
from emulator.domain.indicators.of_agents import agents
from emulator.domain.indicators.of_flows import flows
from emulator.domain.indicators.of_queues import queues
from emulator.domain.indicators.of_vdns import vdns

SECOND = 1_000_000


def seconds(values: Mapping[str, int]) -> Read:
    """The counts of a cell, its times in seconds."""

    def read(name: str) -> int | float:
        value = values.get(name, 0)
        return value / SECOND if name.endswith("_time") else value

    return read


INDICATORS: Mapping[Kind, Mapping[str, Historical]] = {
    Kind.QUEUE: table(queues()),
    Kind.AGENT: table(agents()),
    Kind.VDN: table(vdns()),
    Kind.IVR: table(flows()),
}
"""By what they are about and by code."""
