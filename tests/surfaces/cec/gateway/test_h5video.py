"""H5 video: rooms on the media server, and pictures of customers (CEC 6.1.5.4, 6.1.5.5)."""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emulator.clients.control import ControlRefused
from emulator.domain import pictures
from emulator.settings import Settings
from emulator.switch.events import ImageCaptured, VideoRoomEntered
from emulator.switch.validation import problems_of
from tests.contract import facts
from tests.contract import situations as in_
from tests.contract.shapes import problems_of_event
from tests.contract.situations import MEDIA_SERVER, OTHER_VIDEO_AGENT, VIDEO_AGENT
from tests.contract.world import CUSTOMER, START, World
from tests.control.conftest import World as ControlledWorld
from tests.control.conftest import open_world

INFO, CAPTURE = "6.1.5.4", "6.1.5.5"
CONNECT, CAPTURED = "AgentEvent_RequestConnect", "AgentEvent_ImageCapture"


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


def connect_info(world: World, scene: Any) -> Any:
    body = {"callid": scene["callid"], "userType": "agent"}
    return world.agent(INFO, scene["agentid"], body)


def code(world: World, section: str, scene: Any) -> str:
    user = "agent" if section == INFO else "user"
    body = {"callid": scene["callid"], "userType": user}
    return world.call(section, {"agentid": scene["agentid"]}, body=body).code


def told(world: World, name: str, agent: int = VIDEO_AGENT) -> list[Any]:
    found = [event for event in world.events(agent) if event["eventType"] == name]
    for event in found:
        assert problems_of_event(facts.event(name), event["content"]) == []
    return [event["content"] for event in found]


# Rooms


def test_an_agent_is_told_of_the_room_and_can_ask_for_it_again(world: World) -> None:
    scene = in_.seeing_each_other(world)
    [event] = told(world, CONNECT)
    assert event.pop("callid") == scene["callid"]
    assert connect_info(world, scene) == event
    assert {name: event[name] for name in ("userId", "ip", "port", "role", "locationId")} == {
        "userId": str(VIDEO_AGENT),
        "ip": "10.0.0.9",
        "port": "6500",
        "role": "0",
        "locationId": "65535",
    }
    room = world.platform.switch.calls[scene["callid"]].video_room
    assert event["channelId"] == room
    assert room.startswith("17000000-")


def test_the_signature_is_that_of_the_media_service_and_ends_when_it_says(world: World) -> None:
    scene = in_.seeing_each_other(world)
    for waited in (0, 100):
        info = connect_info(world, scene)
        expires = START // 1_000_000 + waited + MEDIA_SERVER.valid_for
        assert info["ctime"] == str(expires)
        signed = f"{info['appId']}+{info['channelId']}+{info['userId']}+{info['ctime']}"
        secret = MEDIA_SERVER.secret.encode()
        assert info["signature"] == hmac.new(secret, signed.encode(), hashlib.sha256).hexdigest()
        world.pass_time(100)


def test_a_room_lasts_as_long_as_the_video(world: World) -> None:
    scene = in_.seeing_each_other(world)
    first = connect_info(world, scene)["channelId"]
    world.events(VIDEO_AGENT)
    world.do(lambda switch: switch.switch_media(VIDEO_AGENT, video=False))
    assert code(world, INFO, scene) == "100-007"
    world.do(lambda switch: switch.switch_media(VIDEO_AGENT, video=True))
    [event] = told(world, CONNECT)
    assert event["channelId"] == connect_info(world, scene)["channelId"] != first


def test_a_second_agent_is_told_of_the_room_that_it_joins(world: World) -> None:
    scene = in_.seeing_each_other(world)
    world.sign_in(OTHER_VIDEO_AGENT, agenttype=11)
    world.agent("6.1.2.5", VIDEO_AGENT, {"dstaddress": str(OTHER_VIDEO_AGENT), "mode": 2})
    world.agent("6.1.2.3", OTHER_VIDEO_AGENT)
    room = connect_info(world, scene)["channelId"]
    told_last = told(world, CONNECT, OTHER_VIDEO_AGENT)[-1]
    assert (told_last["callid"], told_last["channelId"]) == (scene["callid"], room)
    other = {**scene, "agentid": OTHER_VIDEO_AGENT}
    assert connect_info(world, other)["channelId"] == room


def test_two_calls_have_two_rooms(world: World) -> None:
    scene = in_.seeing_each_other(world)
    world.sign_in(OTHER_VIDEO_AGENT, agenttype=11)
    other = world.dial_in("95004", "13800000002")
    world.agent("6.1.2.3", OTHER_VIDEO_AGENT)
    mine = connect_info(world, scene)["channelId"]
    others = connect_info(world, {"agentid": OTHER_VIDEO_AGENT, "callid": other})["channelId"]
    assert mine != others


def test_a_voice_call_has_no_room(world: World) -> None:
    world.configure(media_server=MEDIA_SERVER)
    scene = in_.talking(world)
    assert [code(world, section, scene) for section in (INFO, CAPTURE)] == ["100-007"] * 2
    assert told(world, CONNECT, scene["agentid"]) == []


def test_a_vdn_without_a_media_server_has_no_rooms(world: World) -> None:
    scene = in_.talking_by_video(world)
    assert told(world, CONNECT) == []
    assert code(world, INFO, scene) == "100-007"


def test_a_media_server_that_is_taken_away_lets_nobody_in(world: World) -> None:
    scene = in_.seeing_each_other(world)
    world.configure(media_server=None)
    assert code(world, INFO, scene) == "100-007"


@pytest.mark.parametrize("section", [INFO, CAPTURE])
def test_another_agent_s_call_is_none_of_the_agent(world: World, section: str) -> None:
    scene = in_.seeing_each_other(world)
    world.sign_in(OTHER_VIDEO_AGENT, agenttype=11)
    assert code(world, section, {**scene, "agentid": OTHER_VIDEO_AGENT}) == "100-007"


@pytest.mark.parametrize("section", [INFO, CAPTURE])
def test_a_ringing_call_has_nothing_to_see(world: World, section: str) -> None:
    world.configure(media_server=MEDIA_SERVER)
    world.sign_in(VIDEO_AGENT, agenttype=11)
    scene = {"agentid": VIDEO_AGENT, "callid": world.dial_in("95004")}
    assert code(world, section, scene) == "100-007"


@pytest.mark.parametrize(
    "flaw", [{"port": 0}, {"port": 65_536}, {"valid_for": 0}, {"valid_for": 43_200}, {"secret": ""}]
)
def test_a_media_server_that_cannot_be_is_refused(world: World, flaw: Any) -> None:
    tenant = world.platform.switch.tenants[1].config
    wrong = replace(tenant, media_server=replace(MEDIA_SERVER, **flaw))
    [problem] = problems_of([wrong])
    assert problem.path == (0, "media_server", next(iter(flaw)))


# Pictures


def test_a_picture_is_where_the_event_says_and_shows_call_and_time(world: World) -> None:
    scene = in_.seeing_each_other(world)
    world.events(VIDEO_AGENT)
    assert code(world, CAPTURE, scene) == "0"
    [event] = told(world, CAPTURED)
    assert (event["callid"], event["result"]) == (scene["callid"], 0)
    assert event["filename"].startswith(f"Y:/1/1/20231114/{VIDEO_AGENT}/221320")
    content = world.platform.pictures.read(event["filename"])
    assert content is not None
    assert texts(content) == {
        "Call": scene["callid"],
        "Creation Time": "2023-11-14T22:13:20Z",
        "Agent": str(VIDEO_AGENT),
        "Customer": CUSTOMER,
    }


def test_two_pictures_of_one_instant_are_two(world: World) -> None:
    scene = in_.seeing_each_other(world)
    for _ in range(2):
        assert code(world, CAPTURE, scene) == "0"
    first, second = told(world, CAPTURED)
    assert first["filename"] != second["filename"]


def test_there_is_nobody_to_see_on_hold(world: World) -> None:
    scene = in_.seeing_each_other(world)
    world.agent("6.1.2.8", VIDEO_AGENT)
    assert code(world, CAPTURE, scene) == "100-007"
    assert told(world, CAPTURED) == []


TAKEN = ImageCaptured(START, 1, "1700000000-1", VIDEO_AGENT, CUSTOMER, 7)


def test_pictures_differ_where_they_can_be_seen_to_differ() -> None:
    shown = [
        pixels(pictures.draw(taken))
        for taken in (
            TAKEN,
            TAKEN._replace(call="1700000000-2"),
            TAKEN._replace(at=START + 1_000_000),
            TAKEN._replace(agent=120),
            TAKEN._replace(number="13800000002"),
        )
    ]
    assert len({bytes(image) for image in shown}) == 5
    assert {max(image) for image in shown} == {224}


def test_a_picture_is_kept_in_its_folder_over_a_restart(tmp_path: Path) -> None:
    name = pictures.file_name(TAKEN)
    pictures.Pictures(tmp_path).hear(TAKEN)
    assert pictures.Pictures(tmp_path).read(name) == pictures.draw(TAKEN)
    assert pictures.Pictures(None).read(name) is None


@pytest.mark.parametrize("name", ["", "Y:/../secret", "Y:/1/1/20231114/119/../x.png", "/etc/hosts"])
def test_a_name_that_is_no_picture_s_leads_nowhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "secret").write_text("secret")
    assert pictures.Pictures(tmp_path / "pictures").read(name) is None


def test_the_oldest_pictures_in_memory_are_forgotten() -> None:
    kept = pictures.Pictures(None)
    names = []
    for serial in range(pictures.KEPT + 1):
        taken = TAKEN._replace(serial=serial)
        names.append(pictures.file_name(taken))
        kept.hear(taken)
    assert kept.read(names[0]) is None
    assert kept.read(names[1]) is not None


async def test_the_control_plane_gives_a_picture() -> None:
    async for controlled in open_world(Settings()):
        name = pictures.file_name(TAKEN)
        controlled.emulator.platform.pictures.hear(TAKEN)
        assert await controlled.control.picture(name) == pictures.draw(TAKEN)
        await nothing_at(controlled, "Y:/1/1/20231114/119/0000001.png")


async def nothing_at(controlled: ControlledWorld, name: str) -> None:
    with pytest.raises(ControlRefused) as refused:
        await controlled.control.picture(name)
    assert refused.value.status == 404


def test_the_switch_tells_of_a_room_once(world: World) -> None:
    heard: list[Any] = []
    world.platform.subscribe(heard.append)
    scene = in_.seeing_each_other(world)
    world.agent("6.1.2.8", VIDEO_AGENT)
    world.agent("6.1.2.10", VIDEO_AGENT, callid=scene["callid"])
    assert len([event for event in heard if type(event) is VideoRoomEntered]) == 1


# PNG


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    place = 8
    while place < len(content):
        [length] = struct.unpack_from(">I", content, place)
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        [check] = struct.unpack_from(">I", content, place + 8 + length)
        assert check == zlib.crc32(kind + data)
        yield kind, data
        place += 12 + length


def texts(content: bytes) -> dict[str, str]:
    return dict(data.decode().split("\0") for kind, data in chunks(content) if kind == b"tEXt")


def pixels(content: bytes) -> list[int]:
    parts = dict(chunks(content))
    width, height = struct.unpack_from(">II", parts[b"IHDR"])
    raw = zlib.decompress(parts[b"IDAT"])
    assert len(raw) == height * (width + 1)
    return [value for row in range(height) for value in raw[row * (width + 1) + 1 :][:width]]
