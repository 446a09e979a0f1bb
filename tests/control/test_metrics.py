"""What a Prometheus server collects, and the dashboard that shows it."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as openmetrics_families,
)
from prometheus_client.parser import text_string_to_metric_families

from emulator.control.exposition import longest_wait
from emulator.control.lag import LoopLag
from emulator.domain.signalling import Signalling
from emulator.surfaces.sip.leg import SipLeg
from emulator.surfaces.sip.stack import StackSettings
from emulator.traffic.meter import BOUNDS, Durations
from tests.control.conftest import LOOPBACK, World
from tests.surfaces.sip.network import Cable, Network
from tests.surfaces.sip.test_leg import OUTSIDE, SWITCH, Peer

EXAMPLES = Path(__file__).parents[2] / "examples" / "grafana"
SUFFIXES = ("_bucket", "_sum", "_count", "_created")
NAME = re.compile(r"\b(?:emulator|process|python)_[a-z_]+")


class Scrape:
    """One look at the metrics."""

    def __init__(self, text: str) -> None:
        self.families: dict[str, Metric] = {
            family.name: family for family in text_string_to_metric_families(text)
        }
        self.samples = [sample for family in self.families.values() for sample in family.samples]

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of this name that have these labels."""
        return sum(
            sample.value
            for sample in self.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    @property
    def names(self) -> set[str]:
        return {sample.name for sample in self.samples}


async def scrape(world: World) -> Scrape:
    return Scrape(await world.control.metrics())


async def test_calls_agents_and_queues_are_shown_as_they_are(world: World) -> None:
    world.sign_in(101)
    call = await world.control.dial_in("139", "95001")
    await world.control.dial_in("140", "95001")
    await world.control.advance(7)
    shown = await scrape(world)
    assert shown.value("emulator_calls_in_progress", tenant="1", type="inbound") == 2
    assert shown.value("emulator_agents", state="talking") == 1
    assert shown.value("emulator_queue_waiting", queue="1") == 1
    assert shown.value("emulator_queue_longest_wait_seconds", queue="1") == 7
    assert shown.value("emulator_queue_entered_total", queue="1") == 2
    assert shown.value("emulator_queue_left_total", queue="1", outcome="answered") == 1
    assert shown.value("emulator_trunk_channels_in_use") == 2
    await world.control.hang_up(call)
    shown = await scrape(world)
    assert shown.value("emulator_calls_begun_total", type="inbound") == 2
    assert shown.value("emulator_calls_ended_total", cause="531") == 1


async def test_a_request_counts_whether_or_not_the_journal_keeps_it(world: World) -> None:
    await world.control.record(False)
    await world.http.get("/agentgateway/resource/nowhere")
    await world.http.get("/elsewhere")
    shown = await scrape(world)
    assert shown.value("emulator_requests_total", component="agentgateway", code="4xx") == 1
    assert shown.value("emulator_requests_total", component="", code="4xx") == 1
    assert shown.value("emulator_requests_total", component="_emulator", method="PUT") == 1
    assert shown.value("emulator_request_seconds_count", component="agentgateway") == 1


async def test_what_waits_for_an_event_is_no_latency(world: World) -> None:
    await world.control.events(wait=0.01)
    shown = await scrape(world)
    assert shown.value("emulator_held_request_seconds_count", component="_emulator") == 1
    assert shown.value("emulator_request_seconds_count", component="_emulator") == 0
    await world.http.get("/agentgateway/resource/agentevent/101")
    shown = await scrape(world)
    assert shown.value("emulator_held_request_seconds_count", component="agentgateway") == 1


async def test_an_unknown_method_is_not_a_label_of_its_own(world: World) -> None:
    for method in ("BREW", "WHEN"):
        await world.http.request(method, "/agentgateway/resource/coffee")
    shown = await scrape(world)
    assert shown.value("emulator_requests_total", component="agentgateway", method="other") == 2


async def test_labels_do_not_grow_with_agents_and_calls(world: World) -> None:
    await busy(world)
    before = await scrape(world)
    world.sign_in(102)
    for caller in ("150", "151"):
        await world.control.dial_in(caller, "95001")
    after = await scrape(world)
    series = [{(it.name, *it.labels.items()) for it in one.samples} for one in (before, after)]
    assert series[0] == series[1]


async def test_the_first_world_shows_those_beside_it_and_they_themselves(world: World) -> None:
    made = await world.control.make_world("blue")
    shown = await scrape(world)
    assert {it.labels["world"] for it in shown.families["emulator_agents"].samples} == {"", "blue"}
    answer = await world.http.get(f"/_world/{made['name']}/_emulator/metrics")
    own = Scrape(answer.text)
    assert {it.labels["world"] for it in own.families["emulator_agents"].samples} == {"blue"}


def by_sip(world: World) -> Peer:
    """A caller by SIP, on a network in memory."""
    network = Network()
    cable = Cable(network, SWITCH)
    leg = SipLeg(world.emulator.platform, StackSettings(), network.clock, cable)
    network.peers[SWITCH] = leg.stack.received
    return Peer(network, OUTSIDE)


async def test_what_sip_has_under_way_is_shown_until_it_is_over(world: World) -> None:
    caller = by_sip(world)
    caller.call("95003")
    caller.call("12345")
    caller.send(caller.plain("PUBLISH", "95003"))
    shown = await scrape(world)
    for kind, expected in (("parties", 1), ("dialogs", 1), ("transactions", 3), ("recordings", 0)):
        assert shown.value("emulator_sip_in_progress", kind=kind) == expected
    assert shown.value("emulator_sip_refused_total", code="404") == 1
    assert shown.value("emulator_sip_refused_total", code="405") == 1
    caller.within("BYE")
    caller.network.clock.advance(40)
    shown = await scrape(world)
    assert shown.value("emulator_sip_in_progress") == 0


async def test_who_is_registered_and_what_is_asked_of_phones_counts(world: World) -> None:
    platform = world.emulator.platform
    by_sip(world)
    platform.signalling = lambda: Signalling(registrations=2)
    before = await scrape(world)
    assert before.value("emulator_sip_registrations") == 2
    platform.advance().attach_phone("40101", True)
    world.sign_in(101)
    await world.control.dial_in("139", "95001")
    shown = await scrape(world)
    assert shown.value("emulator_phones_asked") == 1
    assert shown.value("emulator_timers") > before.value("emulator_timers")
    assert shown.value("emulator_event_loop_tasks") >= 1


async def test_the_answer_has_the_type_that_was_asked_for(world: World) -> None:
    plain = await world.http.get("/_emulator/metrics")
    assert plain.headers["content-type"].startswith("text/plain; version=")
    accept = {"accept": "application/openmetrics-text; version=1.0.0"}
    open_ = await world.http.get("/_emulator/metrics", headers=accept)
    assert open_.headers["content-type"].startswith("application/openmetrics-text")
    names = {family.name for family in openmetrics_families(open_.text)}
    assert {"emulator_requests", "emulator_agents", "emulator_queue_left"} <= names


async def test_measurements_are_guarded_as_the_rest_of_the_control_plane(guarded: World) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(guarded.emulator.app), base_url=LOOPBACK
    ) as stranger:
        assert (await stranger.get("/_emulator/metrics")).status_code == 401
    assert "emulator_agents" in (await scrape(guarded)).families


async def test_the_event_loop_is_watched_from_the_first_look(world: World) -> None:
    await scrape(world)
    desk = world.emulator.doors.control.desk
    assert desk.lag._timer is not None
    world.emulator.doors.control.close()
    assert desk.lag._timer is None


async def test_how_late_the_event_loop_is_falls_into_a_bucket() -> None:
    lag = LoopLag()
    lag.start()
    loop = asyncio.get_running_loop()
    lag._due = loop.time() - 0.003
    lag._look(loop)
    lag.stop()
    assert sum(lag.late.counts) == 1
    assert lag.late.total >= 0.003


def test_durations_fall_into_buckets() -> None:
    taken = Durations()
    for seconds in (0.0001, BOUNDS[0], 0.3, 99.0):
        taken.note(seconds)
    assert taken.counts[0] == 2
    assert taken.counts[BOUNDS.index(0.5)] == 1
    assert taken.counts[-1] == 1


async def test_a_customer_with_priority_does_not_hide_who_waits_longer(world: World) -> None:
    world.sign_in(101)
    switch = world.switch
    switch.set_not_ready(101)
    await world.control.dial_in("139", "95001")
    await world.control.advance(20)
    later = await world.control.dial_in("140", "95001")
    queue = switch.queue(1, 1)
    entry = switch.calls[later].entry
    assert entry is not None
    queue.waiting.remove(entry.key)
    entry.key = (-5, entry.key[1], entry.key[2])
    queue.waiting.insert(0, entry.key)
    assert longest_wait(queue, switch) == 20_000_000


# The dashboard


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXAMPLES / "emulator.json").read_text(encoding="utf-8"))
    return found


def expressions() -> list[str]:
    return [
        target["expr"] for panel in dashboard()["panels"] for target in panel.get("targets", ())
    ]


def without_suffix(name: str) -> str:
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return name


async def busy(world: World) -> Scrape:
    """A look at a world in which each measurement has something to tell."""
    world.sign_in(101)
    call = await world.control.dial_in("139", "95001")
    await world.control.hang_up(call)
    await world.control.events(wait=0.01)
    by_sip(world).call("12345")
    return await scrape(world)


async def test_every_measurement_of_the_dashboard_is_there_and_the_other_way_round(
    world: World,
) -> None:
    shown = await busy(world)
    used = {name for text in expressions() for name in NAME.findall(text)}
    assert used <= shown.names
    ours = {without_suffix(name) for name in shown.names if name.startswith("emulator_")}
    assert ours == {without_suffix(name) for name in used if name.startswith("emulator_")}


async def test_the_labels_of_the_dashboard_are_those_of_the_measurements(world: World) -> None:
    shown = await busy(world)
    labels = {sample.name: set(sample.labels) for sample in shown.samples}
    for text in expressions():
        (first, *_) = NAME.findall(text)
        for group in re.findall(r"by \(([^)]*)\)", text):
            assert {it.strip() for it in group.split(",")} <= labels[first] | {"le"}, text


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    board = dashboard()
    assert board["schemaVersion"] >= 36
    assert board["id"] is None
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    sources = {variable["name"] for variable in board["templating"]["list"]}
    assert {"datasource", "world", "tenant"} <= sources
    for panel in board["panels"]:
        if panel["type"] != "row":
            assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
            assert panel["targets"]
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24


@pytest.mark.parametrize("key", ["metrics_path", "static_configs"])
def test_the_scrape_configuration_is_yaml(key: str) -> None:
    text = (EXAMPLES / "prometheus.yml").read_text(encoding="utf-8")
    (job,) = yaml.safe_load(text)["scrape_configs"]
    assert job["metrics_path"] == "/_emulator/metrics"
    assert key in job
