"""Recordings as clients hear, see and keep them (CEC 13.1)."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from emulator.clients.control import AsyncControlClient
from emulator.media import movie, tones, wav
from emulator.settings import Settings, from_environment
from emulator.store.engine import MEMORY_URL
from emulator.store.rows import RecordingRow
from emulator.store.store import Store
from emulator.switch.clock import Clock
from tests.contract import facts
from tests.contract.situations import (
    AGENT,
    CHAT_AGENT,
    INSPECTOR,
    OTHER,
    recorded,
    recorded_by_video,
    talking,
    talking_unrecorded,
)
from tests.contract.world import START, Reply, World
from tests.media import movies
from tests.surfaces.cec.gateway.site import site

FILE = "Y:/1/0/20231114/101/own.V3"
SECOND = 1_000_000


@pytest.fixture
def world() -> Iterator[World]:
    with Store.open(MEMORY_URL) as store, World(store) as opened:
        yield opened


def download(world: World, file: str, agent: int = AGENT, **query: Any) -> Reply:
    return world.call("13.1.2.1", {"agentid": agent}, query={"recordId": file, **query})


def sound(reply: Reply) -> tuple[float, str, str]:
    """How many seconds there are to hear, and what the customer and the agent have dialled."""
    assert reply.is_file, reply.document
    kind, (left, right) = wav.read(reply.raw)
    return len(left) / kind.rate, tones.dialled(left), tones.dialled(right)


def file_told(world: World, agent: int = AGENT) -> str:
    """The name that the agent's client was told last."""
    told = [e for e in world.events(agent) if e["eventType"] == "AgentMediaEvent_Record"]
    name: str = told[-1]["content"]["fileName"]
    return name


# Downloads


def test_a_call_is_heard_for_exactly_as_long_as_it_was_recorded(world: World) -> None:
    call = talking(world)["callid"]
    world.pass_time(7.5)
    world.agent("6.1.2.16", AGENT)
    reply = download(world, file_told(world))
    assert reply.headers["content-type"] == "application/octet-stream;charset=utf-8"
    assert sound(reply) == (7.5, call, str(AGENT))


def test_a_call_that_goes_on_is_heard_until_now(world: World) -> None:
    call = talking(world)["callid"]
    file = file_told(world)
    world.pass_time(4)
    assert sound(download(world, file)) == (4, call, str(AGENT))
    world.pass_time(3)
    assert sound(download(world, file))[0] == 7


@pytest.mark.parametrize("respell", [str.lower, lambda name: name.replace("/", "\\")])
def test_the_drive_is_written_small_or_large_and_slashes_in_either_way(
    world: World, respell: Any
) -> None:
    scene = recorded(world)
    name = scene["file"]
    drive, rest = name[:2], name[2:]
    spelled = respell(drive) + rest if respell is str.lower else respell(name)
    assert sound(download(world, spelled))[0] == 5


def test_a_colleague_s_call_is_heard_and_another_vdn_s_is_not(world: World) -> None:
    scene = recorded(world)
    world.sign_in(OTHER)
    assert sound(download(world, scene["file"], OTHER))[2] == str(AGENT)
    elsewhere = scene["file"].replace("Y:/1/", "Y:/2/")
    assert download(world, elsewhere, OTHER).code == "104-005"


HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "Y:/1/../2/0/a.V3",
    "Y:/1/0/..\\..\\..\\etc\\passwd",
    "Y:/1/0/%2e%2e/%2e%2e/a.V3",
    "C:/1/0/a.V3",
    "Y:/2/0/20231114/101/a.V3",
    "Y:/1/0/" + "a" * 5000,
    "file:///etc/passwd",
    "Y:/1/0/a.V3;rm -rf",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_no_file_in_no_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "recordings" / "2" / "0").mkdir(parents=True)
    (tmp_path / "recordings" / "2" / "0" / "a.V3").write_bytes(b"secret")
    (tmp_path / "recordings" / "1" / "0").mkdir(parents=True)
    with World() as world:
        world.platform.recordings.library.root = tmp_path / "recordings"
        world.sign_in(AGENT)
        assert download(world, name).code == "104-005"
        for section in ("13.1.2.2", "13.1.3.2"):
            query = {"recordId": name, "callId": "1-1", "hwFileName": name}
            reply = world.call(section, {"agentid": AGENT}, query=query)
            assert reply.code in {"108-015", "108-016", "104-003", "108-002", "108-011", "108-009"}
        world.agent("13.1.1.1", AGENT, {"voicepath": name[:100]})
        told = [event["eventType"] for event in world.events(AGENT)]
        assert "AgentMediaEvent_Play_Fail" in told


def test_a_nul_in_a_name_is_no_parameter(world: World) -> None:
    world.sign_in(AGENT)
    assert download(world, "Y:/1/0/a.V3\0.wav").code == "000-002"


def test_messages_of_customers_are_files_of_their_own_sort(world: World) -> None:
    world.sign_in(AGENT)
    call = world.dial_in("95003")
    world.do(lambda switch: switch.outside_presses(call, "9"))
    world.pass_time(6)
    world.do(lambda switch: switch.outside_hangs_up(call))
    [message] = recordings_of(world, call)
    name = message.file_name
    assert name == "Y:/1/record/20231114/playvoice1700000006000.wav"
    assert download(world, name).code == "104-005"
    seconds, customer, agent = sound(download(world, name, filetype=2))
    assert (customer, agent) == (call, "")
    assert 0 < seconds <= 6
    assert download(world, recorded_file(world), filetype=2).code == "104-005"


def recordings_of(world: World, call: str) -> list[RecordingRow]:
    async def find() -> list[RecordingRow]:
        return await world.platform.recordings.of_call(call)

    found: list[RecordingRow] = world._run(find())
    return found


def recorded_file(world: World) -> str:
    world.dial_in()
    world.agent("6.1.2.3", AGENT)
    world.agent("6.1.2.16", AGENT)
    return file_told(world)


def test_in_a_world_that_began_anew_at_the_same_instant_the_new_call_is_heard(
    world: World,
) -> None:
    first = recorded(world)
    tenants = [tenant.config for tenant in world.platform.switch.tenants.values()]
    world.platform.clock = Clock(START)
    world.do(lambda switch: world.platform.reset(tenants))
    second = talking(world)["callid"]
    assert second != first["callid"]
    world.pass_time(2)
    assert sound(download(world, first["file"])) == (2, second, str(AGENT))


# By call


def test_what_an_agent_said_and_heard_is_found_by_its_call(world: World) -> None:
    scene = recorded(world)
    reply = world.call("13.1.2.2", {"agentid": AGENT}, query={"callId": scene["callid"]})
    assert sound(reply) == (5, scene["callid"], str(AGENT))
    assert reply.raw == download(world, scene["file"]).raw


def test_an_inspector_says_whose_sound_it_wants(world: World) -> None:
    scene = recorded(world)
    world.sign_in(INSPECTOR)
    query = {"callId": scene["callid"], "workNo": AGENT}
    reply = world.call("13.1.2.2", {"agentid": INSPECTOR}, query=query)
    assert sound(reply)[2] == str(AGENT)


def test_an_agent_has_no_other_s_sound_by_its_call(world: World) -> None:
    scene = recorded(world)
    world.sign_in(OTHER)
    query = {"callId": scene["callid"]}
    assert world.call("13.1.2.2", {"agentid": OTHER}, query=query).code == "108-015"
    query["workNo"] = str(AGENT)
    assert world.call("13.1.2.2", {"agentid": OTHER}, query=query).code == "108-016"


# Pictures


@pytest.mark.parametrize(("kind", "size"), [(0, movie.HD), (1, movie.SD)])
def test_a_video_call_is_seen_for_as_long_as_it_was_recorded(
    world: World, kind: int, size: tuple[int, int]
) -> None:
    scene = recorded_by_video(world)
    agent, call = scene["agentid"], scene["callid"]
    query = {"conferenceId": call, "recordId": scene["record"], "fileType": kind}
    reply = world.call("13.1.3.1", {"agentid": agent}, query=query)
    assert movies.read(reply.raw) == movies.Movie(5, size, f"{call} {agent}")


def test_a_video_is_found_by_its_name_and_by_its_call(world: World) -> None:
    scene = recorded_by_video(world)
    path = {"agentid": scene["agentid"]}
    by_name = world.call("13.1.3.2", path, query={"recordId": scene["file"]})
    query = {"callId": scene["callid"], "hwFileName": scene["file"]}
    assert world.call("13.1.2.2", path, query=query).raw == by_name.raw
    assert movies.read(by_name.raw).seconds == 5


def test_a_video_call_is_heard_too(world: World) -> None:
    scene = recorded_by_video(world)
    query = {"callId": scene["callid"]}
    reply = world.call("13.1.2.2", {"agentid": scene["agentid"]}, query=query)
    assert sound(reply) == (5, scene["callid"], str(scene["agentid"]))


def test_a_screen_is_seen(world: World) -> None:
    world.sign_in(AGENT)
    world.agent("13.1.1.7", AGENT)
    world.pass_time(3)
    world.agent("13.1.1.8", AGENT)
    file = "Y:/1/screen/20231114/101/2213200.mp4"
    reply = world.call("13.1.3.2", {"agentid": AGENT}, query={"recordId": file})
    assert movies.read(reply.raw).seconds == 3


# Playing


def test_an_agent_hears_a_recording_for_as_long_as_it_is(world: World) -> None:
    scene = recorded(world)
    world.events(AGENT)
    world.agent("13.1.1.1", AGENT, {"voicepath": scene["file"], "startpostion": 2})
    world.pass_time(2.9)
    told = [event["eventType"] for event in world.events(AGENT)]
    assert told[:1] + told[-1:] == ["AgentMediaEvent_Play", "AgentMediaEvent_Play_Succ"]
    world.pass_time(0.1)
    done = world.events(AGENT)[0]
    assert (done["eventType"], done["content"]) == ("AgentMediaEvent_StopPlayDone", {"cause": 0})


def test_an_agent_that_listens_shows_it(world: World) -> None:
    scene = recorded(world)
    world.agent("13.1.1.1", AGENT, {"voicepath": scene["file"]})
    shown = world.agent("6.1.1.25", AGENT)["agentStateInfo"]
    assert (shown["state"], shown["curCommand"]) == (5, 19)


@pytest.mark.parametrize(("times", "seconds"), [(3, 15), (0, 5), (-1, 5)])
def test_a_recording_is_played_so_many_times(world: World, times: int, seconds: float) -> None:
    scene = recorded(world)
    world.agent("13.1.1.1", AGENT, {"voicepath": scene["file"], "times": times})
    assert _lasts(world) == seconds


@pytest.mark.parametrize(("times", "lasts"), [(1, 5), (2, 5), (0, None)])
def test_a_recording_of_the_network_is_played_once_or_for_ever(
    world: World, times: int, lasts: float | None
) -> None:
    scene = recorded(world)
    body = {"fileName": scene["file"], "playTime": times, "ccId": 1}
    world.agent("13.1.1.11", AGENT, body)
    assert _lasts(world) == lasts


def _lasts(world: World) -> float | None:
    deadline = world.platform.switch.timers.next_deadline()
    return None if deadline is None else (deadline - world.platform.switch.now) / SECOND


@pytest.mark.parametrize(
    "changes", [{"ccId": 2}, {"fileFormat": 1}, {"fileName": "Y:/1/0/20231114/101/none.V3"}]
)
def test_what_the_network_does_not_have_is_not_heard(world: World, changes: dict[str, Any]) -> None:
    scene = recorded(world)
    world.events(AGENT)
    world.agent("13.1.1.11", AGENT, {"fileName": scene["file"], "ccId": 1, **changes})
    told = [(event["eventType"], event["content"]) for event in world.events(AGENT)]
    assert told == [
        ("AgentMediaEvent_Play", None),
        ("AgentMediaEvent_Play_Fail", None),
        ("AgentMediaEvent_StopPlayDone", {"cause": 2}),
    ]


@pytest.mark.parametrize(("location", "heard"), [(None, False), (255, False), (256, True)])
def test_in_a_pool_a_file_is_found_at_its_node_only(
    world: World, location: int | None, heard: bool
) -> None:
    scene = recorded(world)
    world.set(cti_pool=True)
    body = {"voicepath": scene["file"], "locationId": location}
    world.agent("13.1.1.1", AGENT, body)
    assert (world.platform.switch.agents[AGENT].playback is not None) == heard
    query = {} if location is None else {"locationId": location}
    assert download(world, scene["file"], **query).is_file == heard


# Recordings that agents make


def record(world: World, seconds: float, **body: Any) -> None:
    world.agent("13.1.1.9", AGENT, {"mediaType": 5, "fileName": FILE, **body})
    world.pass_time(seconds)
    world.agent("13.1.1.10", AGENT)


def test_an_agent_s_own_recording_is_heard_under_the_name_that_it_gave(world: World) -> None:
    call = talking_unrecorded(world)["callid"]
    record(world, 3)
    assert file_told(world) == FILE
    assert sound(download(world, FILE)) == (3, call, str(AGENT))


def test_an_agent_without_a_call_records_itself(world: World) -> None:
    world.sign_in(AGENT)
    record(world, 3, fileName="")
    assert sound(download(world, file_told(world)))[0::2] == (3, str(AGENT))


def test_a_recording_takes_the_place_of_the_last_or_goes_on_where_it_ended(
    world: World,
) -> None:
    talking_unrecorded(world)
    for seconds, mode in ((3, 0), (2, 0), (4, 1), (1, 1)):
        record(world, seconds, recordMode=mode)
    assert sound(download(world, FILE))[0] == 2 + 4 + 1
    record(world, 6, recordMode=2)
    assert sound(download(world, FILE))[0] == 6


def test_a_recording_in_course_is_heard_behind_what_it_goes_on_from(world: World) -> None:
    talking_unrecorded(world)
    record(world, 3)
    world.agent("13.1.1.9", AGENT, {"mediaType": 5, "fileName": FILE, "recordMode": 1})
    world.pass_time(2)
    assert sound(download(world, FILE))[0] == 5


def test_nobody_overwrites_another_s_recording(world: World) -> None:
    scene = recorded(world)
    world.sign_in(OTHER)
    body = {"mediaType": 5, "fileName": scene["file"]}
    reply = world.call("13.1.1.9", {"agentid": OTHER}, body=body)
    assert reply.code == "500-008"
    assert sound(download(world, scene["file"]))[2] == str(AGENT)


def test_who_may_not_record_does_not(world: World) -> None:
    world.sign_in(AGENT)
    world.set(self_record=False)
    reply = world.call("13.1.1.9", {"agentid": AGENT}, body={"mediaType": 5})
    assert reply.code == "100-007"


def test_a_recording_of_the_platform_s_can_be_stopped_and_made_anew(world: World) -> None:
    talking(world)
    assert world.call("13.1.1.9", {"agentid": AGENT}, body={"mediaType": 5}).code == "500-008"
    world.agent("13.1.1.10", AGENT)
    task = world.agent("13.1.1.9", AGENT, {"mediaType": 5})["taskId"]
    told = [e for e in world.events(AGENT) if e["eventType"] == "AgentMediaEvent_Record"]
    assert told[-1]["content"]["taskId"] == task


def test_who_chats_is_not_recorded(world: World) -> None:
    world.sign_in(CHAT_AGENT)
    reply = world.call("13.1.1.10", {"agentid": CHAT_AGENT})
    assert reply.code == "500-010"


# On the wire, and on the disk


async def test_a_recording_is_kept_in_the_data_folder_and_outlives_the_process(
    tmp_path: Path,
) -> None:
    clock = Clock(START)
    async with site(clock, data=tmp_path) as it:
        client = await it.agent(AGENT)
        it.emulator.platform.advance().dial_in("13800000001", "95001")
        await client.request("PUT", "/voicecall/{}/answer")
        file = await _file_of(client)
        it.emulator.platform.move_clock(3600 * SECOND)
        await client.request("DELETE", "/voicecall/{}/release")
        answer = await client.request("GET", f"/recordfile/{{}}?recordId={quote(file)}")
    kept = tmp_path / "recordings" / file.removeprefix("Y:/")
    assert answer.header(b"Content-Type") == b"application/octet-stream;charset=utf-8"
    assert kept.read_bytes() == answer.body
    assert wav.layout(answer.body[:4096], len(answer.body)).microseconds == 3600 * SECOND
    kept.unlink()
    async with site(Clock(START + 4000 * SECOND), data=tmp_path) as it:
        client = await it.agent(AGENT)
        again = await client.request("GET", f"/recordfile/{{}}?recordId={quote(file)}")
        missing = await client.request("GET", "/recordfile/{}?recordId=Y:/1/0/x.V3")
    assert again.body == answer.body
    assert missing.code == "104-005"
    assert missing.header(b"Content-Type") == b"application/json;charset=UTF-8"


async def _file_of(client: Any) -> str:
    while (event := await client.poll()) is not None:
        if event["eventType"] == "AgentMediaEvent_Record":
            return str(event["content"]["fileName"])
    raise AssertionError("no recording has begun")


async def test_others_are_served_while_an_hour_is_sent_and_its_receiver_may_leave() -> None:
    async with site(Clock(START)) as it:
        client = await it.agent(AGENT)
        it.emulator.platform.advance().dial_in("13800000001", "95001")
        await client.request("PUT", "/voicecall/{}/answer")
        file = await _file_of(client)
        it.emulator.platform.move_clock(3600 * SECOND)
        wire = await client.open()
        client.start(wire, "GET", f"/recordfile/{{}}?recordId={quote(file)}")
        # The receiver takes nothing: whoever sends has to wait for it.
        await asyncio.wait_for(client.drain(), 30)
        assert (await client.request("GET", "/onlineagent/{}/agentstatus")).code == "0"
        wire.vanish()
        assert (await client.request("GET", "/onlineagent/{}/agentstatus")).code == "0"


async def test_a_file_in_the_journal_takes_no_room_and_can_be_broken_off() -> None:
    async with (
        site(Clock(START)) as it,
        AsyncControlClient(f"http://127.0.0.1:{it.port}") as orders,
    ):
        client = await it.agent(AGENT)
        it.emulator.platform.advance().dial_in("13800000001", "95001")
        await client.request("PUT", "/voicecall/{}/answer")
        path = f"/recordfile/{{}}?recordId={quote(await _file_of(client))}"
        it.emulator.platform.move_clock(60 * SECOND)
        whole = await client.request("GET", path)
        await orders.fault_requests({"kind": "half_sent"}, section="13.1.2.1")
        journal = it.emulator.platform.traffic.journal
        [noted] = [it for it in journal.exchanges() if it.section == "13.1.2.1"]
        assert (noted.code, noted.answer) == ("0", b"")
        wire = await client.open()
        client.start(wire, "GET", path)
        with pytest.raises(asyncio.IncompleteReadError) as broken:
            await wire.receive()
        assert broken.value.partial
        assert whole.body.startswith(broken.value.partial)


def test_the_contract_says_which_answers_are_files() -> None:
    with World() as opened:
        document = opened.request("GET", "/agentgateway/openapi.json").document
    files = {
        path
        for path, operations in document["paths"].items()
        for operation in operations.values()
        if "application/octet-stream" in operation["responses"]["200"]["content"]
    }
    assert files == {interface.path for interface in facts.interfaces() if interface.is_file}


def test_the_settings_of_recordings_come_from_the_environment() -> None:
    names = [field.name for field in dataclasses.fields(Settings) if field.name in SETTINGS]
    assert len(names) == len(SETTINGS)
    changed = {f"EMULATOR_{name.upper()}": json.dumps(value) for name, value in SETTINGS.items()}
    found = from_environment(changed)
    assert {name: getattr(found, name) for name in SETTINGS} == SETTINGS


SETTINGS = {
    "recording_download": False,
    "video_download": False,
    "voicecyber": False,
    "self_record": False,
    "record_path": False,
    "cti_pool": True,
}
