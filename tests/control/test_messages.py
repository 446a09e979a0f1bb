"""Inboxes and outboxes over the control API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emulator.clients.control import ControlRefused
from emulator.settings import Settings
from tests.control.conftest import NOON, World, open_world

SECOND = 1_000_000


async def test_a_message_that_is_put_into_an_inbox_is_there(world: World) -> None:
    put = await world.control.put_message(
        "email",
        sender="ada@example.com",
        recipient="desk@example.com",
        copy="bea@example.com",
        subject="hello",
        body="one\ntwo",
        files=["a.pdf", "b.pdf"],
        agent_id="101",
    )
    assert await world.control.messages() == [put]
    assert (put["direction"], put["at"], put["files"]) == ("received", NOON, ["a.pdf", "b.pdf"])
    assert (put["copy"], put["tenant_id"]) == ("bea@example.com", 1)


async def test_messages_are_listed_by_channel_direction_agent_and_time(world: World) -> None:
    control = world.control
    sms = await control.put_message("sms", "sent", recipient="139", at=NOON - SECOND)
    fax = await control.put_message("fax", sender="65120797", agent_id="101")
    assert await control.messages(channel="sms") == [sms]
    assert await control.messages(direction="received") == [fax]
    assert await control.messages(agent="101") == [fax]
    assert await control.messages(since=NOON) == [fax]
    assert await control.messages(until=NOON) == [sms]
    assert await control.messages(limit=1, offset=1) == [fax]
    assert await control.messages(tenant=2) == []


async def test_voice_mail_is_in_the_inbox_as_soon_as_it_is_left(world: World) -> None:
    call = await world.control.dial_in("139", "95003")
    await world.control.press(call, "9")
    await world.control.advance(7)
    await world.control.hang_up(call)
    (mail,) = await world.control.messages(channel="voice_mail", direction="received")
    assert (mail["call_id"], mail["sender"], mail["called"]) == (call, "139", "95003")
    assert (mail["seconds"], mail["line"]) == (7, 1)
    (recorded,) = await world.control.recordings(call=call)
    assert mail["files"] == [recorded["file_name"]]


async def test_a_message_that_was_acknowledged_is_kept(tmp_path: Path) -> None:
    async for world in open_world(Settings(data=tmp_path)):
        put = await world.control.put_message("sms", body="hello")
        assert world.emulator.platform.records.lag == 0
    async for world in open_world(Settings(data=tmp_path)):
        assert await world.control.messages() == [put]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"channel": "telex"},
        {"channel": "sms", "direction": "lost"},
        {"channel": "sms", "colour": "red"},
        {"channel": "sms", "at": -1},
        {"channel": "sms", "at": 10**30},
        {"channel": "sms", "seconds": 2**31},
        {"channel": "sms", "line": -1},
        {"channel": "sms", "body": "a\0b"},
        {"channel": "sms", "sender": "1" * 1001},
        {"channel": "sms", "files": "a.pdf"},
        {"channel": "sms", "tenant": 2**40},
    ],
)
async def test_what_is_no_message_is_refused(world: World, body: dict[str, Any]) -> None:
    answer = await world.http.post("/_emulator/messages", json=body)
    assert (answer.status_code, answer.json()["error"]["type"]) == (422, "InvalidValue")
    assert await world.control.messages() == []


async def test_half_a_character_is_refused(world: World) -> None:
    body = b'{"channel": "sms", "body": "\\ud800"}'
    headers = {"content-type": "application/json"}
    answer = await world.http.post("/_emulator/messages", content=body, headers=headers)
    assert answer.status_code == 422


async def test_a_tenant_that_is_not_there_has_no_inbox(world: World) -> None:
    with pytest.raises(ControlRefused, match="no tenant 9") as refused:
        await world.control.put_message("sms", tenant=9)
    assert refused.value.status == 404


async def test_a_guarded_inbox_is_not_shown(guarded: World) -> None:
    assert (await guarded.http.get("/_emulator/messages")).status_code == 401
    assert await guarded.control.messages() == []
