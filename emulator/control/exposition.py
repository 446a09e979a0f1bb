"""The measurements of worlds, read from them as they are and written as Prometheus reads them.

Labels are names of the configuration and values of enumerations, never agents or calls: their
number does not grow with the traffic.
"""

from __future__ import annotations

import asyncio
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from emulator import __version__
from emulator.control.desk import ControlDesk
from emulator.control.lag import LoopLag
from emulator.switch.model import Queue, Tenant
from emulator.switch.switch import Switch
from emulator.switch.terms import AgentState, CallType, QueueOutcome
from emulator.traffic.meter import BOUNDS, Durations

SECOND = 1_000_000
NO_ANSWER = "none"
"""How the status is shown of a request that was not answered."""
SIP_KINDS = ("parties", "dialogs", "transactions", "sound_ports", "recordings")

Worlds = Mapping[str, ControlDesk]


def exposition(worlds: Worlds, lag: LoopLag, accept: str) -> tuple[bytes, str]:
    """All measurements, and their media type, which `accept` decides about."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    registry.register(_Worlds(worlds, lag))
    encode, media_type = choose_encoder(accept)
    content: bytes = encode(registry)
    return content, media_type


class _Worlds:
    """Reads all worlds when it is asked."""

    def __init__(self, worlds: Worlds, lag: LoopLag) -> None:
        self._worlds = worlds
        self._lag = lag

    def describe(self) -> Iterable[Metric]:
        """Nothing is known before it is read."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Read everything."""
        yield InfoMetricFamily("emulator", "The emulator.", {"version": __version__})
        late = HistogramMetricFamily(
            "emulator_event_loop_lag_seconds",
            "How late the event loop calls what is due, since the first scrape.",
        )
        _add_durations(late, [], self._lag.late)
        yield late
        yield GaugeMetricFamily(
            "emulator_event_loop_tasks", "Tasks of the event loop.", len(asyncio.all_tasks())
        )
        families = _families()
        for name, desk in self._worlds.items():
            desk.platform.advance()
            _of_calls(families, name, desk)
            for tenant in desk.switch.tenants.values():
                _of_tenant(families, [name, str(tenant.id)], tenant, desk.switch)
            _of_requests(families, name, desk)
            _of_keeping(families, name, desk)
            _of_sip(families, name, desk)
        yield from families.values()


_TENANT = ("world", "tenant")
_QUEUE = (*_TENANT, "queue", "name")
_TRUNK = (*_TENANT, "trunk")
_COMPONENT = ("world", "component")

_GAUGES = {
    "time_seconds": ("The world's time, since 1970.", ("world",)),
    "calls_in_progress": ("Calls that there are.", (*_TENANT, "type")),
    "agents": ("Agents by state.", (*_TENANT, "state")),
    "queue_waiting": ("Calls that wait for an agent.", _QUEUE),
    "queue_longest_wait_seconds": ("How long the call has waited that waits longest.", _QUEUE),
    "queue_agents": ("Agents that have signed in to the queue.", _QUEUE),
    "queue_agents_free": ("Agents that could take a call of the queue now.", _QUEUE),
    "trunk_channels": ("Channels of the trunk group.", _TRUNK),
    "trunk_channels_in_use": ("Channels that are taken.", _TRUNK),
    "requests_in_progress": ("Requests that are being served or held.", _COMPONENT),
    "events_waiting": ("Events that wait for their client.", ("world", "delivery")),
    "events_in_flight": ("Events on their way, their fate unknown.", ("world",)),
    "polls_held": ("Polls that wait for an event.", ("world",)),
    "pushes_in_progress": ("Receivers that events are being pushed to.", ("world",)),
    "store_lag_seconds": ("Age of the oldest record that is not committed.", ("world",)),
    "records_waiting": ("Records that are not committed.", ("world",)),
    "journal_bytes": ("Memory that the journal takes, about.", ("world",)),
    "timers": ("Deadlines that the call center waits for.", ("world",)),
    "phones_asked": ("Phones and lines that were asked for something.", ("world",)),
    "sip_in_progress": ("What SIP has under way.", ("world", "kind")),
    "sip_registrations": ("Contacts of phones that are registered.", ("world",)),
}
_COUNTERS = {
    "calls_begun": ("Calls that customers or agents began.", (*_TENANT, "type")),
    "calls_ended": ("Calls that ended, by release cause.", (*_TENANT, "cause")),
    "queue_entered": ("Stays in the queue that began.", _QUEUE),
    "queue_left": ("Stays in the queue that ended.", (*_QUEUE, "outcome")),
    "requests": ("Requests.", (*_COMPONENT, "method", "code")),
    "records_committed": ("Records that were committed.", ("world",)),
    "journal_exchanges": ("Requests that the journal has seen.", ("world",)),
    "sip_refused": ("SIP messages that were refused.", ("world", "code")),
    "journal_dropped": ("Requests that the journal has let go for want of room.", ("world",)),
}
_HISTOGRAMS = {
    "request_seconds": ("Time from a request to its answer.", _COMPONENT),
    "held_request_seconds": ("The same of requests that wait for something.", _COMPONENT),
}

Families = dict[str, Any]


def _families() -> Families:
    found: Families = {}
    for kind, described in (
        (GaugeMetricFamily, _GAUGES),
        (CounterMetricFamily, _COUNTERS),
        (HistogramMetricFamily, _HISTOGRAMS),
    ):
        for name, (text, labels) in described.items():
            found[name] = kind(f"emulator_{name}", text, labels=labels)
    return found


def _of_calls(families: Families, world: str, desk: ControlDesk) -> None:
    counts = desk.platform.counts
    for (tenant, call_type), number in counts.begun.items():
        labels = [world, str(tenant), CallType(call_type).name.lower()]
        families["calls_begun"].add_metric(labels, number)
    for (tenant, cause), number in counts.ended.items():
        families["calls_ended"].add_metric([world, str(tenant), str(cause)], number)


def _of_tenant(families: Families, labels: list[str], tenant: Tenant, switch: Switch) -> None:
    calls = Counter(call.type for call in tenant.calls.values())
    for call_type in CallType:
        shown = [*labels, call_type.name.lower()]
        families["calls_in_progress"].add_metric(shown, calls[call_type])
    states = Counter(agent.state for agent in tenant.agents.values())
    for state in AgentState:
        families["agents"].add_metric([*labels, state.name.lower()], states[state])
    for queue in tenant.queues.values():
        _of_queue(families, [*labels, str(queue.id), queue.config.name], queue, switch)
    for trunk in tenant.trunks:
        shown = [*labels, trunk.config.name]
        families["trunk_channels"].add_metric(shown, trunk.config.channels)
        families["trunk_channels_in_use"].add_metric(shown, trunk.in_use)


def _of_queue(families: Families, labels: list[str], queue: Queue, switch: Switch) -> None:
    families["queue_waiting"].add_metric(labels, len(queue.waiting))
    waited = longest_wait(queue, switch) / SECOND
    families["queue_longest_wait_seconds"].add_metric(labels, waited)
    families["queue_agents"].add_metric(labels, len(queue.agents))
    families["queue_agents_free"].add_metric(labels, len(queue.idle))
    families["queue_entered"].add_metric(labels, queue.entered)
    for outcome in QueueOutcome:
        if outcome is not QueueOutcome.IN_PROGRESS:
            shown = [*labels, outcome.name.lower()]
            families["queue_left"].add_metric(shown, queue.outcomes[outcome])


def longest_wait(queue: Queue, switch: Switch) -> int:
    """µs that the call has waited that waits longest: the first of some priority."""
    waiting = queue.waiting
    index, longest = 0, 0
    while index < len(waiting):
        priority, _, call_id = waiting[index]
        entry = switch.calls[call_id].entry
        if entry is not None:
            longest = max(longest, switch.now - entry.begun)
        index = bisect_left(waiting, (priority, sys.maxsize, ""))
    return longest


def _of_requests(families: Families, world: str, desk: ControlDesk) -> None:
    meter = desk.traffic.meter
    for (component, method, group), number in meter.answered.items():
        shown = f"{group}xx" if group else NO_ANSWER
        families["requests"].add_metric([world, component, method, shown], number)
    for component, number in meter.in_progress.items():
        families["requests_in_progress"].add_metric([world, component], number)
    for name, durations in (("request_seconds", meter.took), ("held_request_seconds", meter.held)):
        for component, taken in durations.items():
            _add_durations(families[name], [world, component], taken)
    backlog = desk.sessions.backlog()
    families["events_waiting"].add_metric([world, "polled"], backlog.polled)
    families["events_waiting"].add_metric([world, "pushed"], backlog.pushed)
    families["events_in_flight"].add_metric([world], backlog.in_flight)
    families["polls_held"].add_metric([world], backlog.polls)
    families["pushes_in_progress"].add_metric([world], backlog.pushes)


def _of_keeping(families: Families, world: str, desk: ControlDesk) -> None:
    records, journal = desk.platform.records, desk.traffic.journal
    families["time_seconds"].add_metric([world], desk.switch.now / SECOND)
    families["timers"].add_metric([world], len(desk.switch.timers))
    families["phones_asked"].add_metric([world], len(desk.switch.requests))
    families["store_lag_seconds"].add_metric([world], records.lag)
    families["records_waiting"].add_metric([world], records.waiting)
    families["records_committed"].add_metric([world], records.committed)
    families["journal_bytes"].add_metric([world], journal.used)
    families["journal_exchanges"].add_metric([world], journal.last_exchange)
    families["journal_dropped"].add_metric([world], journal.dropped)


def _of_sip(families: Families, world: str, desk: ControlDesk) -> None:
    found = desk.platform.signalling()
    for kind in SIP_KINDS:
        families["sip_in_progress"].add_metric([world, kind], getattr(found, kind))
    families["sip_registrations"].add_metric([world], found.registrations)
    for status, number in found.refused.items():
        families["sip_refused"].add_metric([world, str(status or NO_ANSWER)], number)


def _add_durations(family: Any, labels: list[str], durations: Durations) -> None:
    counted, buckets = 0, []
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), durations.counts, strict=True):
        counted += count
        buckets.append((bound, counted))
    family.add_metric(labels, buckets, durations.total)
